"""Which layers of two graphs belong together: by name, else by place where all shapes agree."""

from __future__ import annotations

from dataclasses import dataclass

from engines.core.words import tr
from engines.inspection.types import Graph, Node


@dataclass(frozen=True, slots=True)
class Pair:
    """Names of a layer in both graphs, "" where it is in the other alone, which `note` says."""

    name: str
    other: str
    type: str
    note: str = ""


def pairs_of(first: Graph, second: Graph) -> tuple[list[Pair], str]:
    """In the first graph's order, then what only the second has; and in words how they were matched, "" by name."""
    names = {node.name for node in second.nodes}
    shared = {node.name for node in first.nodes} & names
    if len(shared) < max(len(first.nodes), len(second.nodes)) and _same_shapes(first, second):
        both = zip(first.nodes, second.nodes, strict=True)
        words = tr("The layers have other names; they are matched by place, as all shapes agree")
        return [Pair(a.name, b.name, a.op) for a, b in both], words
    found = [_pair(node, node.name in shared, "first") for node in first.nodes]
    found += [_pair(node, False, "second") for node in second.nodes if node.name not in shared]
    return found, "" if shared else tr("No layer has a name that both know, and their shapes do not agree")


def _pair(node: Node, shared: bool, where: str) -> Pair:
    if shared:
        return Pair(node.name, node.name, node.op)
    alone = tr("in the {where} only", where=where)
    return Pair(node.name, "", node.op, alone) if where == "first" else Pair("", node.name, node.op, alone)


def _same_shapes(first: Graph, second: Graph) -> bool:
    if len(first.nodes) != len(second.nodes):
        return False
    both = zip(first.nodes, second.nodes, strict=True)
    return all(first.shape(a.output) == second.shape(b.output) for a, b in both)
