"""A graph folded by module path: an open module shows its parts, a closed one is one box with their sums.

Counts of a box are sums over its nodes. Parameters that several nodes share are at their first reader alone, so the
boxes of a folded graph always add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from engines.core.words import tr
from engines.inspection.layout.families import Family, family
from engines.inspection.layout.modules import ModuleTree, parent
from engines.inspection.types import Counts, Graph, Layer, Node, Shape


class Role(StrEnum):
    """What a box stands for."""

    INPUT = "input"
    NODE = "node"
    MODULE = "module"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class Box:
    """name: of the node, module or tensor; title: its last part. nodes: names of the nodes in it. around: innermost
    open module that it is in, "" for none. multiply_adds: of those that can be counted, None where none can; uncounted:
    how many cannot. ms: None before it was timed."""

    role: Role
    name: str
    title: str
    op: str
    family: Family
    shape: Shape | None = None
    dtype: str = ""
    nodes: tuple[str, ...] = ()
    around: str = ""
    parameters: int = 0
    multiply_adds: int | None = 0
    uncounted: int = 0
    bytes: int | None = None
    ms: float | None = None

    @property
    def key(self) -> str:
        """Unique in a graph: a module and a node may have one name."""
        return f"{self.role}:{self.name}"


@dataclass(frozen=True, slots=True)
class Edge:
    """From the box at `source` to the one at `target`: the tensors that go along it."""

    source: int
    target: int
    tensors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """Boxes in order of execution (inputs first, outputs last) and the edges between them, one for each pair."""

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    open: frozenset[str] = frozenset()

    def holding(self) -> dict[str, int]:
        """Place of the box that each node, graph input ("input:x") or output ("output:y") is in."""
        found = {name: place for place, box in enumerate(self.boxes) for name in box.nodes}
        return found | {box.key: place for place, box in enumerate(self.boxes)}


def fold(
    graph: Graph, counts: Counts = Counts(), opened: frozenset[str] | None = None, tree: ModuleTree | None = None
) -> Folded:
    """The graph with these modules open, the others closed. opened: None for `ModuleTree.default_open`. tree: of the
    graph, where it is at hand."""
    tree = tree or ModuleTree(graph)
    opened = tree.default_open() if opened is None else opened
    layers = {layer.name: layer for layer in counts.layers}
    groups = _groups(graph, tree, opened)
    boxes = [_end(graph, name, Role.INPUT) for name in graph.inputs]
    boxes += [_box(graph, nodes, closed, layers, tree, opened) for closed, nodes in groups]
    boxes += [_end(graph, name, Role.OUTPUT) for name in graph.outputs if name]
    folded = Folded(tuple(boxes), (), opened)
    return Folded(folded.boxes, _edges(graph, folded), opened)


def closed_around(chain: Iterable[str], opened: frozenset[str]) -> str:
    """The outermost closed module of those around a node, "" where all are open."""
    return next((path for path in chain if path not in opened), "")


def _groups(graph: Graph, tree: ModuleTree, opened: frozenset[str]) -> list[tuple[str, list[Node]]]:
    groups: dict[tuple[str, str], list[Node]] = {}
    for node in graph.nodes:
        closed = closed_around(tree.chains[node.name], opened)
        groups.setdefault((closed, "") if closed else ("", node.name), []).append(node)
    return [(closed, nodes) for (closed, _name), nodes in groups.items()]


def _box(
    graph: Graph, nodes: list[Node], closed: str, layers: Mapping[str, Layer], tree: ModuleTree, opened: frozenset[str]
) -> Box:
    first, last = nodes[0], nodes[-1]
    told = [layers[node.name] for node in nodes if node.name in layers]
    adds = [layer.multiply_adds for layer in told if layer.multiply_adds is not None]
    times = [layer.ms for layer in told if layer.ms is not None]
    held = [layer.activation_bytes for layer in told if layer.activation_bytes is not None]
    out = graph.tensors.get(last.output)
    name = closed or first.name
    chain = [path for path in tree.chains[first.name] if path in opened]
    return Box(
        Role.MODULE if closed else Role.NODE,
        name,
        _title(name, chain[-1] if chain else ""),
        tr("{count} operators", count=len(nodes)) if closed else first.op,
        Family.MODULE if closed else family(first.kind),
        out.shape if out else None,
        out.dtype if out else "",
        tuple(node.name for node in nodes),
        chain[-1] if chain else "",
        sum(layer.parameters for layer in told),
        sum(adds) if adds or not told else None,
        len(told) - len(adds),
        sum(held) if held else None,
        sum(times) if times else None,
    )


def _title(name: str, around: str) -> str:
    """A name without the module that it is in, unless a number alone would be left."""
    rest = name[len(around) :].lstrip("./") if around and name.startswith(around) else name
    if rest.isdigit():
        return name[len(parent(around)) :].lstrip("./")
    return rest or name


def _end(graph: Graph, name: str, role: Role) -> Box:
    tensor = graph.tensors.get(name)
    shape, dtype = (tensor.shape, tensor.dtype) if tensor else (None, "")
    return Box(role, name, name, role.value, Family.EDGE, shape, dtype)


def _edges(graph: Graph, folded: Folded) -> tuple[Edge, ...]:
    at = folded.holding()
    made: dict[str, int] = {name: at[f"{Role.INPUT}:{name}"] for name in graph.inputs}
    for node in graph.nodes:
        made.update(dict.fromkeys(filter(None, node.outputs), at[node.name]))
    found: dict[tuple[int, int], dict[str, None]] = {}
    readers = [(at[node.name], node.inputs) for node in graph.nodes]
    readers += [(at[f"{Role.OUTPUT}:{name}"], (name,)) for name in graph.outputs if name]
    for target, inputs in readers:
        for tensor in inputs:
            source = made.get(tensor)
            if source is not None and (source != target or folded.boxes[target].role is not Role.MODULE):
                found.setdefault((source, target), {})[tensor] = None
    return tuple(Edge(source, target, tuple(tensors)) for (source, target), tensors in found.items())
