"""Graphs made by hand: chains with skips of any size, modules, shared weights, a module called twice."""

from __future__ import annotations

from collections.abc import Sequence

from engines.inspection.types import Counts, Graph, Kind, Layer, Node, Tensor

KINDS = (Kind.CONV, Kind.NORM, Kind.ACTIVATION, Kind.ADD, Kind.UNKNOWN)


def graph_of(
    rows: Sequence[tuple[str, str, str]], inputs: Sequence[str] = ("x",), outputs: Sequence[str] = ()
) -> Graph:
    """rows: name of a node, the module it is in, names of what it reads (spaces between). A node's tensor is named as
    the node; the last one is the output where none is given."""
    nodes = tuple(
        Node(name, KINDS[place % len(KINDS)], KINDS[place % len(KINDS)].value, tuple(reads.split()), (name,), module)
        for place, (name, module, reads) in enumerate(rows)
    )
    tensors = {name: Tensor(name, (1, 8, 4, 4), "float32") for name in (*inputs, *(node.name for node in nodes))}
    return Graph(nodes, tensors, tuple(inputs), tuple(outputs) or (nodes[-1].name,))


def chain(count: int, skip: int = 7, blocks: int = 10) -> Graph:
    """`count` nodes one after another in modules of ten, every seventh read again some steps later."""
    rows = []
    for place in range(count):
        reads = "x" if place == 0 else f"n{place - 1}"
        if place > skip and place % skip == 0:
            reads += f" n{place - skip + place % 3 - 1}"
        rows.append((f"n{place}", f"stage{place // (10 * blocks)}.block{place // 10 % blocks}", reads))
    return graph_of(rows)


def counts_of(graph: Graph) -> Counts:
    """Figures by place: the k-th node has k parameters, 10 k multiply-adds (unknown ones none), k bytes, k / 8 ms."""
    layers = tuple(
        Layer(
            node.name, node.op, (1, 8, 4, 4), place, None if node.kind is Kind.UNKNOWN else 10 * place, place, place / 8
        )
        for place, node in enumerate(graph.nodes)
    )
    return Counts(sum(each.parameters for each in layers), 0, 0, layers)
