"""Layered drawings: every edge goes down, no boxes touch, nothing depends on chance, whatever the graph."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.core.context import PlainContext
from engines.core.errors import Cancelled, UsageError
from engines.inspection.layout.folding import fold
from engines.inspection.layout.job import LayoutSpec, run
from engines.inspection.layout.layers import Boxes, Placed, place
from tests.engines.inspection.layout.graphs import chain, graph_of

Pair = tuple[int, int]
DAGS = st.integers(1, 40).flatmap(
    lambda count: st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=80).map(
        lambda pairs: (count, [(min(pair), max(pair)) for pair in pairs])
    )
)


def check(placed: Placed, count: int, edges: list[Pair]) -> None:
    """Down, apart, joined."""
    assert len(placed.x) == len(placed.layers) == count
    assert len(placed.lines.starts) == len(edges) + 1
    boxes = placed.boxes
    assert all(placed.layers[target] > placed.layers[source] for source, target in edges if source != target)
    for layer in np.unique(placed.layers):
        lefts = np.sort(placed.x[placed.layers == layer])
        assert (np.diff(lefts) >= boxes.width + boxes.across - 0.1).all()
    np.testing.assert_allclose(placed.y, placed.layers * (boxes.height + boxes.down), rtol=1e-6)
    for number, (source, target) in enumerate(edges):
        line = placed.lines.line(number)
        np.testing.assert_allclose(
            line[0], (placed.x[source] + boxes.width / 2, placed.y[source] + boxes.height), rtol=1e-5
        )
        np.testing.assert_allclose(
            line[-1], (placed.x[target] + boxes.width / 2, placed.y[target]), rtol=1e-5, atol=1e-3
        )
        if source != target:
            between = placed.layers[target] - placed.layers[source] - 1
            assert placed.lines.aside[number] or placed.note or len(line) == 2 + 2 * between
            assert (np.diff(line[:, 1]) >= -1e-3).all()


@given(DAGS)
@settings(max_examples=60, deadline=None)
def test_every_edge_goes_down_and_no_boxes_touch(drawn: tuple[int, list[Pair]]) -> None:
    count, edges = drawn
    placed = place(count, edges)
    check(placed, count, edges)
    assert placed.note == ""


def test_lines_pass_beside_the_boxes_of_the_layers_between() -> None:
    edges = [(n, n + 1) for n in range(6)] + [(0, 6), (1, 5), (0, 3)]
    placed = place(7, edges)
    for number in (6, 7, 8):
        for x, y in placed.lines.line(number)[1:-1]:
            beside = (y > placed.y - 0.1) & (y < placed.y + placed.boxes.height + 0.1)
            assert not (beside & (x > placed.x) & (x < placed.x + placed.boxes.width)).any()


def test_the_same_graph_is_drawn_the_same() -> None:
    folded = fold(chain(400), opened=frozenset())
    one, other = (place(len(folded.boxes), [(e.source, e.target) for e in folded.edges]) for _ in range(2))
    np.testing.assert_array_equal(one.x, other.x)
    np.testing.assert_array_equal(one.lines.points, other.lines.points)


def test_a_thousand_nodes_with_a_hub_and_long_edges_stay_narrow() -> None:
    edges = (
        [(n, n + 1) for n in range(999)] + [(0, n) for n in range(20, 1000, 10)] + [(n, n + 400) for n in range(500)]
    )
    placed = place(1000, edges)
    check(placed, 1000, edges)
    assert placed.lines.aside[-1]
    assert placed.width < 40 * (placed.boxes.width + placed.boxes.across) + 600 * 12


def test_what_reads_nothing_stands_just_above_its_reader() -> None:
    edges = [(0, 1), (1, 2), (2, 3), (3, 4), (5, 6), (6, 4)]
    assert place(7, edges).layers.tolist() == [0, 1, 2, 3, 4, 2, 3]


def test_cycles_loops_and_doubles_are_drawn() -> None:
    placed = place(4, [(0, 1), (1, 2), (2, 0), (0, 1), (3, 3)])
    assert placed.layers.tolist()[:3] == [0, 1, 2]
    assert placed.lines.aside.tolist() == [False, False, True, False, False]
    np.testing.assert_array_equal(placed.lines.line(0), placed.lines.line(3))


def test_parts_that_nothing_joins_fill_a_page() -> None:
    placed = place(400, [(0, 1), (2, 3)])
    check(placed, 400, [(0, 1), (2, 3)])
    assert 0.4 < placed.width / placed.height < 2.5


def test_nothing_and_one_box_are_drawings_too() -> None:
    assert (place(0, []).width, place(0, []).height) == (0.0, 0.0)
    one = place(1, [], Boxes(100.0, 30.0))
    assert (one.width, one.height) == (100.0, 30.0)


def test_a_library_that_fails_is_stood_in_for_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import fast_sugiyama

    def panics(*_given: object, **_named: object) -> None:
        raise type("PanicException", (BaseException,), {})("index out of bounds")

    monkeypatch.setattr(fast_sugiyama, "from_edges", panics)
    edges = [(n // 2, n) for n in range(1, 60)] + [(3, 50), (0, 40)]
    placed = place(60, edges)
    check(placed, 60, edges)
    assert "index out of bounds" in placed.note


def test_a_cancelled_layout_ends_and_an_edge_to_nowhere_is_refused() -> None:
    class Stopped(PlainContext):
        def check(self) -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(LayoutSpec(2, (0, 1)), Stopped())
    with pytest.raises(UsageError, match="not there"):
        run(LayoutSpec(2, (0, 2)), PlainContext())
    check(run(LayoutSpec(3, (0, 1, 1, 2)), PlainContext()), 3, [(0, 1), (1, 2)])


def test_a_module_that_is_called_twice_is_drawn_when_it_is_folded() -> None:
    graph = graph_of([("a", "m.p", "x"), ("b", "m.q", "a"), ("c", "", "b"), ("d", "m.p", "c"), ("e", "m.q", "d")])
    folded = fold(graph, opened=frozenset())
    edges = [(edge.source, edge.target) for edge in folded.edges]
    placed = place(len(folded.boxes), edges)
    assert sum(placed.layers[target] <= placed.layers[source] for source, target in edges) == 1


def test_a_drawing_leaves_the_log_to_what_matters(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    place(3, [(0, 1), (1, 2)])
    assert not caplog.records
