"""Operators that work in place as operators that give something new, wherever nobody sees the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engines.core.words import tr
from engines.inspection.reading.aten.calls import Value, giving_new, overload, short, without_out
from engines.inspection.reading.aten.program import Program, Step, read_by
from engines.inspection.reading.references import mapped

ALIASING = ("dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout")
"""They give back what they were given, at rest, and their schema does not say so."""


def without_writing(steps: Sequence[Step], program: Program) -> tuple[list[Step], dict[str, str]]:
    """Such calls, and what readers of a tensor's old id find now. Others stay, and `program.warnings` says so."""
    memory, made = _Memory(steps, program.outputs), list[Step]()
    for at, step in enumerate(steps):
        step = replace(step, arguments=mapped(step.arguments, memory.newest))
        instead, written = _functional(step)
        if instead is not None and not memory.seen_elsewhere(written, at):
            memory.now[written] = step.outputs[0].name
            made.append(instead)
            continue
        if written:
            program.warnings.append(
                tr("'{target}' writes into memory that is read later too; its input changes", target=step.target)
            )
        if _shares(step):
            memory.share(written or next(iter(read_by(step)), ""), [output.name for output in step.outputs])
        made.append(step)
    return made, memory.now


def latest(now: Mapping[str, str], name: str) -> str:
    """What stands for a tensor after all that was written into it."""
    while name in now:
        name = now[name]
    return name


class _Memory:
    """Which ids are views of the same memory, and when each is read last."""

    def __init__(self, steps: Sequence[Step], outputs: Sequence[str]) -> None:
        self.now: dict[str, str] = {}
        self.last = {name: at for at, step in enumerate(steps) for name in read_by(step)}
        self.last.update(dict.fromkeys(outputs, len(steps)))
        self._root: dict[str, str] = {}
        self._family: dict[str, set[str]] = {}

    def newest(self, leaf: Any) -> Any:
        return Value(latest(self.now, leaf.id)) if isinstance(leaf, Value) else leaf

    def share(self, source: str, names: Sequence[str]) -> None:
        """These are views of that one."""
        root = self._root.get(source, source)
        self._family.setdefault(root, {root}).update(names)
        self._root.update(dict.fromkeys(names, root))

    def seen_elsewhere(self, written: str, at: int) -> bool:
        """Whether another view of the same memory is read later."""
        family = self._family.get(self._root.get(written, written), set()) - {written}
        return any(self.last.get(name, -1) > at for name in family if latest(self.now, name) != written)


def _functional(step: Step) -> tuple[Step | None, str]:
    """The same call that gives something new, None for none, and the id of what it would have written into."""
    found = overload(step.target)
    written = next((each for each in found._schema.arguments if _is_written(each)), None) if found else None
    if written is None:
        return None, ""
    value = step.arguments.get(written.name)
    rest = {name: each for name, each in step.arguments.items() if name != written.name or not written.is_out}
    target = without_out(step.target) if written.is_out else giving_new(step.target)
    there = target and isinstance(value, Value)
    return replace(step, target=target, arguments=rest) if there else None, value.id if isinstance(value, Value) else ""


def _is_written(argument: Any) -> bool:
    return argument.alias_info is not None and bool(argument.alias_info.is_write)


def _shares(step: Step) -> bool:
    """Whether the result may be the memory of what was given."""
    found = overload(step.target)
    if found is None:
        return False
    return short(step.target) in ALIASING or any(each.alias_info is not None for each in found._schema.returns)
