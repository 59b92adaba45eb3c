"""Finds layers of attention in a graph: fused ones, and softmax between two products as exports write it out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from engines.inspection.types import Graph, Kind, Node

FAR = 12
"""Nodes between the scores and their softmax, at most."""
SIDES = (Kind.ADD, Kind.CAST, Kind.ARITHMETIC)
"""What may stand between the scores and their softmax: a scale, a mask that is added."""


@dataclass(frozen=True, slots=True)
class Site:
    """A layer of attention. name: of its fused node, or of its softmax. scores: the node that has q and k as inputs;
    between: nodes from the scores to the softmax, in order; followed: whether each of them is a scale, a cast or a sum,
    so that q and k alone say what the weights are.
    """

    name: str
    scores: str
    between: tuple[str, ...] = ()
    fused: bool = False
    followed: bool = True


def sites(graph: Graph) -> tuple[Site, ...]:
    """All of a graph, in order of execution."""
    makers = graph.makers()
    readers: dict[str, list[Node]] = {}
    for node in graph.nodes:
        for name in node.inputs:
            readers.setdefault(name, []).append(node)
    found = []
    for node in graph.nodes:
        if node.kind is Kind.ATTENTION:
            found.append(Site(node.name, node.name, fused=True))
        elif node.kind is Kind.SOFTMAX and _is_last(node, graph) and _weighs(node, readers):
            site = _written_out(node, makers, graph)
            if site is not None:
                found.append(site)
    return tuple(found)


def chain(tensor: str, makers: Mapping[str, Node], through: tuple[Kind, ...]) -> tuple[Node, list[Node]] | None:
    """The first product behind a tensor and the nodes in between, nearest to it first; None where there is none within
    a few nodes."""
    waiting: list[tuple[str, list[Node]]] = [(tensor, [])]
    seen: set[str] = set()
    while waiting:
        name, passed = waiting.pop()
        node = makers.get(name)
        if node is None or name in seen or len(passed) > FAR:
            continue
        seen.add(name)
        if node.kind is Kind.MATMUL:
            return node, passed[::-1]
        if node.kind in through:
            waiting += [(one, [*passed, node]) for one in reversed(node.inputs)]
    return None


def _written_out(softmax: Node, makers: Mapping[str, Node], graph: Graph) -> Site | None:
    """Scale, mask and casts are followed; what else stands in between only keeps q and k from saying it all."""
    for through in (SIDES, (*SIDES, Kind.RESHAPE, Kind.EXPAND, Kind.UNKNOWN, Kind.ACTIVATION)):
        found = chain(softmax.inputs[0], makers, through)
        if found is not None:
            product, between = found
            before = (product, *between)
            followed = through is SIDES and all(
                _is_plain(node, node.inputs.index(last.output), graph)
                for last, node in zip(before, between, strict=False)
            )
            return Site(softmax.name, product.name, tuple(node.name for node in between), followed=followed)
    return None


def _is_plain(node: Node, at: int, graph: Graph) -> bool:
    """Whether it casts, adds, or does arithmetic with single numbers alone."""
    others = [graph.shape(name) for index, name in enumerate(node.inputs) if index != at and name]
    numbers = all(shape is not None and math.prod(shape) == 1 for shape in others)
    return node.kind is not Kind.ARITHMETIC or numbers


def _is_last(node: Node, graph: Graph) -> bool:
    shape = graph.shape(node.output) or graph.shape(node.inputs[0])
    return shape is None or node.attributes.get("axes", (len(shape) - 1,))[0] == len(shape) - 1


def _weighs(node: Node, readers: Mapping[str, list[Node]]) -> bool:
    """Whether its output is the left side of a product, through casts and reshapes."""
    waiting = [node.output]
    while waiting:
        for reader in readers.get(waiting.pop(), ()):
            if reader.kind is Kind.MATMUL:
                return True
            if reader.kind in (Kind.CAST, Kind.RESHAPE):
                waiting.append(reader.output)
    return False
