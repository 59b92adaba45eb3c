"""A program of ATen calls as a graph: nodes named by module, inputs in the order that kinds promise, nothing in place.

An operator that works in place becomes one that gives a new tensor wherever nobody sees the difference, so that every
value in between can be kept. Where somebody does (another view of the same memory is read later) it stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from engines.core.words import tr
from engines.inspection.reading.aten.calls import (
    Call,
    Told,
    Value,
    defaults,
    in_place,
    short,
)  # fmt: skip
from engines.inspection.reading.aten.kinds import NUMBERS, told
from engines.inspection.reading.aten.memory import latest, without_writing
from engines.inspection.reading.aten.program import Program, Step, read_by
from engines.inspection.reading.references import Ref, leaves, mapped
from engines.inspection.types import Graph, Kind, Node

CHECKS = (
    "assert_tensor_metadata", "assert_scalar", "assert_async", "sym_constrain_range", "sym_constrain_range_for_size",
    "functional_assert_scalar", "functional_assert_async",
)  # fmt: skip
"""Operators that only check, which are left out."""
SAME = "aten.alias.default"
PLACED = (Kind.CONV, Kind.LINEAR, Kind.ATTENTION)
"""Kinds whose inputs have a place each, "" for those left out."""


def graph_of(program: Program) -> Graph:
    """Tells in `program.warnings` of operators that write where others read, and of those that draw random numbers."""
    steps, renamed = without_writing(_alive(program), program)
    graph = _Making(program, steps, renamed).graph()
    drawn = next((node.name for node in graph.nodes if node.attributes.get("random")), "")
    program.warnings += (
        [tr("'{drawn}' draws random numbers, so that no two runs are the same", drawn=drawn)] if drawn else []
    )
    return graph


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
        outputs = tuple(self.given_out(latest(self.renamed, id)) for id in self.program.outputs)
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
        through = replace(
            self.program.tensors[id], name=tr("{id} handed out", id=id), stored=False, storage="", constant=False
        )
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
