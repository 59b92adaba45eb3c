"""A program of ATen calls as a graph: nodes named by module, inputs in the order that kinds promise, nothing in place.

An operator that works in place becomes one that gives a new tensor wherever nobody sees the difference, so that every
value in between can be kept. Where somebody does (another view of the same memory is read later) it stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engines.inspection.reading.aten.calls import (
    Call,
    Told,
    Value,
    defaults,
    giving_new,
    in_place,
    overload,
    short,
    without_out,
)  # fmt: skip
from engines.inspection.reading.aten.kinds import NUMBERS, told
from engines.inspection.reading.references import Ref, leaves, mapped
from engines.inspection.types import Graph, Kind, Node, Tensor

CHECKS = (
    "assert_tensor_metadata", "assert_scalar", "assert_async", "sym_constrain_range", "sym_constrain_range_for_size",
    "functional_assert_scalar", "functional_assert_async",
)  # fmt: skip
"""Operators that only check, which are left out."""
ALIASING = ("dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout")
"""They give back what they were given, at rest, and their schema does not say so."""
SAME = "aten.alias.default"
PLACED = (Kind.CONV, Kind.LINEAR, Kind.ATTENTION)
"""Kinds whose inputs have a place each, "" for those left out."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call. run: which call of a module it belongs to, for modules that run twice. outputs: tensors by their ids,
    without shape where they are numbers."""

    target: str
    module: str
    run: str
    arguments: Mapping[str, Any]
    outputs: Sequence[Tensor]


@dataclass(slots=True)
class Program:
    """tensors: inputs and stored ones by id, named as the graph will. inputs, outputs: ids."""

    tensors: dict[str, Tensor] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def graph_of(program: Program) -> Graph:
    """Tells in `program.warnings` of operators that write where others read."""
    steps = _alive(program)
    steps, renamed = _without_writing(steps, program)
    return _Making(program, steps, renamed).graph()


def read_by(step: Step) -> list[str]:
    """Ids of what a call reads."""
    return [leaf.id for leaf in leaves(step.arguments) if isinstance(leaf, Value)]


def _alive(program: Program) -> list[Step]:
    """Without checks, and without numbers that nobody reads; with what is given out as it is stored."""
    wanted, kept = set(program.outputs), []
    for step in reversed(program.steps):
        number = step.target.startswith(NUMBERS) or short(step.target).startswith("sym_")
        used = any(output.name in wanted for output in step.outputs)
        if short(step.target) in CHECKS or (number and not used):
            continue
        kept.append(step)
        wanted.update(read_by(step))
    return kept[::-1]


def _without_writing(steps: Sequence[Step], program: Program) -> tuple[list[Step], dict[str, str]]:
    """Calls in place as calls that give something new, and what later readers of a tensor find instead of it."""
    last = {name: at for at, step in enumerate(steps) for name in read_by(step)}
    last.update(dict.fromkeys(program.outputs, len(steps)))
    now, root, made = dict[str, str](), dict[str, str](), list[Step]()
    for at, step in enumerate(steps):
        known = mapped(step.arguments, lambda leaf: Value(_latest(now, leaf.id)) if isinstance(leaf, Value) else leaf)
        step = replace(step, arguments=known)
        instead, written = _functional(step)
        if instead is not None and not _seen_elsewhere(written, root, last, now, at):
            step = instead
            now[written] = step.outputs[0].name
        elif written:
            program.warnings.append(f"'{step.target}' writes into memory that is read later too; its input changes")
        if step is not instead and _shares(step):
            source = written or next(iter(read_by(step)), "")
            root.update({output.name: root.get(source, source) for output in step.outputs})
        made.append(step)
    return made, now


def _latest(now: Mapping[str, str], name: str) -> str:
    while name in now:
        name = now[name]
    return name


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


def _seen_elsewhere(
    written: str, root: Mapping[str, str], last: Mapping[str, int], now: Mapping[str, str], at: int
) -> bool:
    """Whether another name of the same memory is read later."""
    mine = root.get(written, written)
    family = {name for name, base in root.items() if base == mine} | {mine}
    return any(last.get(name, -1) > at for name in family - {written} if _latest(now, name) != written)


def _shares(step: Step) -> bool:
    """Whether the result may be the memory of what was given."""
    found = overload(step.target)
    if found is None:
        return False
    return short(step.target) in ALIASING or any(each.alias_info is not None for each in found._schema.returns)


class _Making:
    """Nodes and tensors, one call after another."""

    def __init__(self, program: Program, steps: Sequence[Step], renamed: Mapping[str, str]) -> None:
        self.program, self.steps, self.renamed = program, steps, renamed
        self.tensors = {tensor.name: tensor for tensor in program.tensors.values()}
        self.names = {id: tensor.name for id, tensor in program.tensors.items()}
        self.known = dict(program.tensors)
        self.frozen = {id for id, tensor in program.tensors.items() if tensor.stored}
        self.alone = Counter((step.module, step.run) for step in steps)
        self.groups = {path for step in steps for path in _above(step.module)}
        self.nodes: list[Node] = []
        self.used = set(self.tensors)

    def graph(self) -> Graph:
        for step in self.steps:
            self.add(step)
        outputs = tuple(self.given_out(_latest(self.renamed, id)) for id in self.program.outputs)
        return Graph(tuple(self.nodes), self.tensors, tuple(self.names[id] for id in self.program.inputs), outputs)

    def add(self, step: Step) -> Node:
        call = Call(step.target, step.arguments, step.outputs, self.known, self.frozen)
        described = told(call)
        name = self.name(step)
        given, order = _given(step, described)
        arguments = mapped(step.arguments, lambda leaf: Ref(order[leaf.id]) if isinstance(leaf, Value) else leaf)
        args, kwargs = in_place(step.target, arguments)
        made = {"target": step.target, "args": args, "kwargs": kwargs}
        outputs = tuple(name if len(step.outputs) == 1 else f"{name}:{at}" for at in range(len(step.outputs)))
        for output, tensor in zip(outputs, step.outputs, strict=True):
            self.names[tensor.name], self.known[tensor.name] = output, tensor
            self.tensors[output] = replace(tensor, name=output)
        if all(id in self.frozen for id in order):
            self.frozen.update(output.name for output in step.outputs)
        node = Node(
            name, described.kind, step.target, tuple(self.names[id] if id else "" for id in given), outputs,
            step.module, described.window, described.attributes, made,
        )  # fmt: skip
        self.nodes.append(node)
        return node

    def given_out(self, id: str) -> str:
        """The tensor of an output; what is stored or given is handed through a node."""
        if id not in self.program.tensors:
            return self.names[id]
        through = replace(self.program.tensors[id], name=f"{id} handed out", stored=False, storage="", constant=False)
        return self.add(Step(SAME, "", "", {"self": Value(id)}, (through,))).output

    def name(self, step: Step) -> str:
        """Path-like: the module's own where it does one thing, else with the operator's; numbered where it is taken."""
        alone = step.module and step.module not in self.groups and self.alone[step.module, step.run] == 1
        operator = short(step.target).rpartition(".")[2]
        base = step.module if alone else ".".join(filter(None, (step.module, operator)))
        name, number = base, 0
        while name in self.used:
            number += 1
            name = f"{base}_{number}"
        self.used.add(name)
        return name


def _above(module: str) -> list[str]:
    """Paths of the modules that a module is in."""
    parts = module.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _given(step: Step, described: Told) -> tuple[list[str], dict[str, int]]:
    """Ids of a node's inputs, "" for one left out, and the first place of each."""
    given: list[str] = []
    known = defaults(step.target)
    for name in (*described.order, *(name for name in step.arguments if name not in described.order)):
        value = step.arguments.get(name)
        if value is None and name in described.order and name in known:
            given.append("")
        given.extend(leaf.id for leaf in leaves(value) if isinstance(leaf, Value))
    while given and not given[-1] and described.kind not in PLACED:
        given.pop()
    return given, {id: given.index(id) for id in given if id}
