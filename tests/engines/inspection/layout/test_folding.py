"""Folded graphs: sums, borders, what opens by itself, and what follows from what."""

from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from engines.inspection.layout.folding import Role, fold
from engines.inspection.layout.following import links
from engines.inspection.layout.modules import ModuleTree, parent
from tests.engines.inspection.layout.graphs import chain, counts_of, graph_of


def test_sums_of_boxes_are_those_of_the_graph_however_it_is_folded() -> None:
    graph = chain(230)
    counts = counts_of(graph)
    tree = ModuleTree(graph)
    assert set(tree.sizes) == {"stage0", "stage1", "stage2", *(f"stage{n // 10}.block{n % 10}" for n in range(23))}
    for opened in (
        frozenset[str](),
        frozenset({"stage1"}),
        frozenset({"stage0", "stage0.block3"}),
        frozenset(tree.sizes),
    ):
        boxes = fold(graph, counts, opened).boxes
        assert sum(box.parameters for box in boxes) == sum(range(230))
        assert sum(box.multiply_adds or 0 for box in boxes) == 10 * sum(n for n in range(230) if n % 5 != 4)
        assert sum(box.uncounted for box in boxes) == 46
        assert sum(box.ms or 0 for box in boxes) == sum(range(230)) / 8
        assert [name for box in boxes for name in box.nodes] == [node.name for node in graph.nodes]
    assert [box.name for box in fold(graph, counts, frozenset()).boxes] == ["x", "stage0", "stage1", "stage2", "n229"]


def test_an_edge_crosses_a_border_once_with_all_its_tensors_and_stays_hidden_within() -> None:
    graph = graph_of([("a", "m", "x"), ("b", "m", "a"), ("c", "", "a b"), ("d", "", "c c")])
    folded = fold(graph, opened=frozenset())
    named = {(folded.boxes[edge.source].key, folded.boxes[edge.target].key): edge.tensors for edge in folded.edges}
    assert named == {
        ("input:x", "module:m"): ("x",), ("module:m", "node:c"): ("a", "b"), ("node:c", "node:d"): ("c",),
        ("node:d", "output:d"): ("d",),
    }  # fmt: skip


def test_modules_that_hold_the_same_nodes_are_one_and_a_node_alone_is_no_module() -> None:
    graph = graph_of([("a", "net.body.one", "x"), ("b", "net.body.two", "a"), ("c", "net.body.two", "b")])
    assert set(ModuleTree(graph).sizes) == {"net.body", "net.body.two"}
    again = graph_of([("a", "relu", "x"), ("b", "", "a"), ("c", "relu", "b")])
    assert ModuleTree(again).sizes == {}
    assert parent("/net/layer1.0") == "/net"
    assert parent("net.layer1.0") == "net.layer1"


def test_about_sixty_boxes_show_at_first_and_siblings_that_are_alike_open_together() -> None:
    graph = chain(2000)
    folded = fold(graph)
    assert 20 <= len(folded.boxes) <= 62
    assert fold(chain(40)).open == frozenset(ModuleTree(chain(40)).sizes)
    rows = [
        (f"h{h}.p{p}", f"h.{h}", f"h{h}.p{p - 1}" if p else f"h{h - 1}.p5" if h else "x")
        for h in range(12)
        for p in range(6)
    ]
    assert fold(graph_of(rows)).open == frozenset({"h"} if "h" in ModuleTree(graph_of(rows)).sizes else ())


def test_a_graph_without_modules_stays_flat() -> None:
    graph = graph_of([(f"n{n}", "", f"n{n - 1}" if n else "x") for n in range(100)])
    assert [box.role for box in fold(graph).boxes] == [Role.INPUT, *[Role.NODE] * 100, Role.OUTPUT]


@given(st.lists(st.lists(st.integers(0, 30), max_size=3), min_size=1, max_size=30), st.data())
def test_what_is_followed_is_what_networkx_finds(reads: list[list[int]], data: st.DataObject) -> None:
    names = [f"n{n}" for n in range(len(reads))]
    rows = [(name, "", " ".join(names[each % n] if n and each < 30 else "x" for each in reads[n]))
            for n, name in enumerate(names)]  # fmt: skip
    graph, found = graph_of(rows), nx.DiGraph()
    found.add_nodes_from([*names, "input:x"])
    for name, _module, words in rows:
        found.add_edges_from(("input:x" if word == "x" else word, name) for word in words.split())
    found.add_edge(names[-1], f"output:{names[-1]}")
    one, told = data.draw(st.sampled_from([*names, "input:x"])), links(graph)
    assert told.back([one]) == nx.ancestors(found, one)
    assert told.forward([one]) == nx.descendants(found, one)
