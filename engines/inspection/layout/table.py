"""The nodes of a graph as rows of a table, with each one's share of the whole."""

from __future__ import annotations

from dataclasses import dataclass

from engines.inspection.layout.families import Family, family
from engines.inspection.types import Counts, Graph, Layer, Shape

COLUMNS = (
    "name", "operator", "module", "output shape", "dtype", "parameters", "multiply-adds", "memory bytes", "ms",
    "share of parameters", "share of multiply-adds", "share of memory", "share of ms",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node with its counts. shares: of parameters, multiply-adds, memory and ms, None where that is not known."""

    name: str
    op: str
    family: Family
    module: str
    shape: Shape | None
    dtype: str
    parameters: int
    multiply_adds: int | None
    bytes: int | None
    ms: float | None
    shares: tuple[float | None, float | None, float | None, float | None]


def node_rows(graph: Graph, counts: Counts = Counts()) -> tuple[NodeRow, ...]:
    """A row for each node, in order of execution."""
    layers = {layer.name: layer for layer in counts.layers}
    told = [layers.get(node.name, Layer(node.name, node.op, None, 0, None)) for node in graph.nodes]
    figures = [(each.parameters, each.multiply_adds, each.activation_bytes, each.ms) for each in told]
    wholes = [sum(each[column] or 0 for each in figures) for column in range(4)]
    rows = []
    for node, each in zip(graph.nodes, figures, strict=True):
        out = graph.tensors.get(node.output)
        shares = tuple(_share(value, whole) for value, whole in zip(each, wholes, strict=True))
        rows.append(NodeRow(node.name, node.op, family(node.kind), node.module, out.shape if out else None,
                            out.dtype if out else "", *each, shares))  # type: ignore[arg-type]  # fmt: skip
    return tuple(rows)


def _share(value: float | None, whole: float) -> float | None:
    return None if value is None or not whole else value / whole
