"""The Graph page: what is painted and hit, how keys walk, what is followed, found, sorted, coloured and written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QToolButton

from engines.core.errors import BadInput
from engines.inspection.layout.files import svg
from engines.inspection.layout.folding import fold
from engines.inspection.layout.following import links
from engines.inspection.layout.layers import place
from engines.inspection.layout.modules import ModuleTree
from engines.inspection.layout.table import node_rows
from engines.inspection.types import Counts, Format, Graph, ModelSheet
from tests.engines.inspection.layout.graphs import chain, counts_of, graph_of
from widgets.inspection.graph.colors import Scale, box_colors, family_color
from widgets.inspection.graph.page import GraphPage
from widgets.inspection.graph.saving import save
from widgets.inspection.graph.search import found
from widgets.inspection.state import GraphView, InspectionView, ModelView, Page
from widgets.kit.theme import LOOK

SPLIT = [("a", "", "x"), ("b", "m.p", "a"), ("c", "m.q", "a"), ("d", "m", "b c"), ("e", "", "d")]


def view_of(graph: Graph, opened: frozenset[str] | None = None, selected: str = "", shows: int = 0) -> InspectionView:
    counts = counts_of(graph)
    folded = fold(graph, counts, opened)
    placed = place(len(folded.boxes), [(edge.source, edge.target) for edge in folded.edges])
    sheet = SHEETS.setdefault(id(graph), ModelSheet("", "net", Format.MODULE, 0, graph=graph, counts=counts))
    shown = GraphView(folded, placed, node_rows(graph, counts), ModuleTree(graph), links(graph), selected, shows)
    return InspectionView(page=Page.GRAPH, model=ModelView(sheet=sheet), graph=shown)


SHEETS: dict[int, ModelSheet] = {}


@pytest.fixture
def page(qtbot) -> GraphPage:
    made = GraphPage()
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    return made


def middle(page: GraphPage, name: str) -> QPoint:
    """Where a box is on the canvas."""
    scene = page.canvas.scene
    assert scene is not None
    return page.canvas.on_screen(scene.box(scene.at[name]).center()).toPoint()


def test_boxes_are_painted_where_they_are_hit_near_and_far(page: GraphPage, qtbot) -> None:
    view = view_of(graph_of(SPLIT), frozenset({"m"}))
    page.show_state(view)
    ground = LOOK.now.color("surface").rgb()
    for scale in (1.0, 0.3, 0.1):
        page.canvas.fit()
        page.canvas.zoom(scale / page.canvas.scale)
        picture = page.canvas.grab().toImage()
        for name in ("a", "b", "c", "d", "input:x", "output:e"):
            at = middle(page, name)
            assert page.canvas.place_at(QPointF(at)) == page.canvas.scene.at[name]
            assert picture.pixelColor(at).rgb() != ground
        assert page.canvas.place_at(QPointF(2, 2)) == -1
        assert picture.pixelColor(3, 3).rgb() == ground
    with qtbot.waitSignal(page.selected) as told:
        qtbot.mouseClick(page.canvas, Qt.MouseButton.LeftButton, pos=middle(page, "c"))
    assert told.args == ["c"]


def test_a_double_click_opens_a_closed_module_and_closes_it_from_within(page: GraphPage, qtbot) -> None:
    page.show_state(view_of(graph_of(SPLIT), frozenset()))
    with qtbot.waitSignal(page.openWanted) as told:
        qtbot.mouseDClick(page.canvas, Qt.MouseButton.LeftButton, pos=middle(page, "b"))
    assert told.args == ["m"]
    page.show_state(view_of(graph_of(SPLIT), frozenset({"m"})))
    with qtbot.waitSignal(page.closeWanted) as told:
        qtbot.mouseDClick(page.canvas, Qt.MouseButton.LeftButton, pos=middle(page, "b"))
    assert told.args == ["m"]


def test_arrow_keys_walk_along_edges_and_escape_lets_go(page: GraphPage, qtbot) -> None:
    graph = graph_of(SPLIT)
    opened = frozenset({"m"})
    steps = [("a", Qt.Key.Key_Up, "input:x"), ("e", Qt.Key.Key_Up, "d"), ("e", Qt.Key.Key_Down, "output:e"),
             ("e", Qt.Key.Key_Left, "e"), ("e", Qt.Key.Key_Escape, "")]  # fmt: skip
    for start, key, end in steps:
        page.show_state(view_of(graph, opened, start))
        with qtbot.waitSignal(page.selected) as told:
            qtbot.keyClick(page.canvas, key)
        assert told.args == [end]
    page.show_state(view_of(graph, opened, "b"))
    x = page.canvas.scene.placed.x
    aside = Qt.Key.Key_Right if x[page.canvas.scene.at["c"]] > x[page.canvas.scene.at["b"]] else Qt.Key.Key_Left
    with qtbot.waitSignal(page.selected) as told:
        qtbot.keyClick(page.canvas, aside)
    assert told.args == ["c"]


def test_zoom_keeps_the_point_under_the_pointer_and_a_pan_never_loses_the_graph(page: GraphPage) -> None:
    page.show_state(view_of(chain(60), frozenset()))
    canvas, at = page.canvas, QPointF(200, 120)
    before = canvas.in_scene(at)
    canvas.zoom(1.7, at)
    assert (canvas.in_scene(at) - before).manhattanLength() < 1e-6
    canvas.pan(QPointF(1e6, -1e6))
    shown = canvas.on_screen(canvas.scene.bounds.topLeft()), canvas.on_screen(canvas.scene.bounds.bottomRight())
    assert shown[0].x() < canvas.width()
    assert shown[1].y() > 0


def test_what_is_selected_stays_where_it_was_seen_when_a_module_opens(page: GraphPage) -> None:
    graph = chain(60)
    page.show_state(view_of(graph, frozenset(), "module:stage0"))
    before = middle(page, "module:stage0")
    page.show_state(view_of(graph, frozenset({"stage0"}), "module:stage0.block0"))
    assert (middle(page, "n0") - before).manhattanLength() <= 2


def test_a_hit_far_away_is_brought_into_sight(page: GraphPage) -> None:
    graph = chain(300)
    opened = frozenset(ModuleTree(graph).sizes)
    page.show_state(view_of(graph, opened))
    assert not page.canvas.rect().contains(middle(page, "n250"))
    page.show_state(view_of(graph, opened, "n250", 1))
    assert page.canvas.rect().contains(middle(page, "n250"))
    page.canvas.fit()
    page.show_state(view_of(graph, opened, "n20", 2))
    assert page.canvas.scale >= 0.5
    assert page.canvas.rect().contains(middle(page, "n20"))


def test_followed_boxes_are_those_behind_before_or_both(page: GraphPage) -> None:
    page.show_state(view_of(graph_of(SPLIT), frozenset({"m"}), "b"))
    at = page.canvas.scene.at
    for way, names in (("back", {"a", "input:x"}), ("forward", {"d", "e", "output:e"}),
                       ("both", {"a", "input:x", "d", "e", "output:e"})):  # fmt: skip
        page.follow.set_value(way)
        page.follow.chosen.emit(way)
        assert page.canvas.marks.lit == {at[name] for name in names}
    page.follow.set_value("off")
    page.follow.chosen.emit("off")
    assert page.canvas.marks.lit is None


def test_a_search_counts_goes_round_and_asks_for_hits_in_closed_modules(page: GraphPage, qtbot) -> None:
    graph = chain(60)
    page.show_state(view_of(graph, frozenset()))
    page.search.field.setText("block2 add")
    wanted = [node.name for node in graph.nodes if "block2" in node.module and node.op == "add"]
    assert page.search.hits == tuple(wanted)
    asked: list[str] = []
    page.revealWanted.connect(asked.append)
    for _ in range(len(wanted) + 1):
        qtbot.keyClick(page.search.field, Qt.Key.Key_Return)
    assert asked == [*wanted, wanted[0]]
    assert page.search.told.text() == f"1 of {len(wanted)}"
    qtbot.keyClick(page.search.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert asked[-1] == wanted[-1]
    page.search.field.setText("no such layer")
    assert page.search.told.text() == "nothing found"
    assert found(node_rows(graph), "   ") == ()


def test_find_goes_to_the_search_from_the_drawing(page: GraphPage, qtbot) -> None:
    page.show_state(view_of(graph_of(SPLIT)))
    page.canvas.setFocus()
    qtbot.keyClick(page.canvas, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.focusWidget() is page.search.field


def test_the_table_sorts_by_number_with_the_unknown_last_and_follows_search_and_selection(
    page: GraphPage, qtbot
) -> None:
    page.form.set_value("table")
    page.form.chosen.emit("table")
    page.show_state(view_of(chain(120), selected="n7"))
    table = page.table
    assert table.held.rows[table.currentIndex().row()].name == "n7"
    table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    adds = [row.multiply_adds for row in table.held.rows]
    known = [each for each in adds if each is not None]
    assert known == sorted(known, reverse=True)
    assert adds[len(known) :] == [None] * 24
    assert table.held.rows[table.currentIndex().row()].name == "n7"
    page.search.field.setText("n11")
    assert {row.name for row in table.held.rows} == {"n11", *(f"n11{n}" for n in range(10))}
    with qtbot.waitSignal(page.selected) as told:
        table.selectRow(0)
    assert told.args == [table.held.rows[0].name]
    assert not table.isColumnHidden(2)
    page.show_state(replace(page.shown, graph=replace(page.shown.graph, rows=node_rows(chain(120)))))
    assert table.isColumnHidden(2)


def test_the_head_sums_the_times_that_were_measured(page: GraphPage) -> None:
    page.show_state(view_of(chain(6)))
    told = page.state.text()
    total = sum(row.ms for row in page.shown.graph.rows if row.ms is not None)
    assert told.endswith((f"{total:.3f} ms", f"{total:.3g} ms"))
    page.show_state(replace(page.shown, graph=replace(page.shown.graph, rows=node_rows(chain(6)))))
    assert " ms" not in page.state.text()


def test_what_was_saved_is_said_until_another_model_is_shown(page: GraphPage, tmp_path, monkeypatch) -> None:
    page.show_state(view_of(chain(6)))
    monkeypatch.setattr("widgets.inspection.graph.page.ask_file", lambda *_: str(tmp_path / "table.csv"))
    page.save()
    page.show_state(replace(page.shown))
    assert page.said.text() == f"Saved as {tmp_path / 'table.csv'}"
    page.show_state(view_of(chain(5)))
    assert page.said.text() == ""


def test_colours_tell_families_or_a_figure_with_its_scale(page: GraphPage) -> None:
    view = view_of(graph_of(SPLIT), frozenset({"m"}))
    boxes = view.graph.folded.boxes
    assert [color.rgb() for color in box_colors(boxes, "")] == [family_color(box.family).rgb() for box in boxes]
    by_figure = box_colors(boxes, "parameters")
    assert len({color.rgb() for color, box in zip(by_figure, boxes, strict=True) if box.parameters}) == 4
    assert {color.rgb() for color, box in zip(by_figure, boxes, strict=True) if not box.parameters} == {
        LOOK.now.color("line").rgb()
    }
    assert [Scale(1.0, 100.0).share(value) for value in (1.0, 50.5, 100.0)] == [0.0, 0.5, 1.0]
    assert Scale(1.0, 10000.0).share(100.0) == pytest.approx(0.5)
    page.show_state(view)
    assert set(page.legend.families) == {box.family for box in boxes}
    page.color.set_value("ms")
    page.color.chosen.emit("ms")
    assert page.legend.accessibleDescription() == "0.125 ms to 0.500 ms"


def test_the_card_names_tensors_figures_and_settings_of_what_is_selected(page: GraphPage, qtbot) -> None:
    page.show_state(view_of(graph_of(SPLIT), frozenset({"m"}), "b"))
    assert page.card.name.text() == "b"
    with qtbot.waitSignal(page.fieldWanted) as told:
        page.card.field.click()
    assert told.args == ["b"]
    with qtbot.waitSignal(page.closeWanted) as told:
        page.card.close_around.click()
    assert told.args == ["m"]
    page.show_state(view_of(graph_of(SPLIT), frozenset(), "module:m"))
    assert not page.card.field.isVisible()
    with qtbot.waitSignal(page.openWanted) as told:
        page.card.open.click()
    assert told.args == ["m"]


def test_pictures_and_tables_are_written_and_large_ones_say_that_they_are_bounded(tmp_path: Path) -> None:
    view = view_of(graph_of(SPLIT)).graph
    assert save(str(tmp_path / "g.png"), view, "net", "") == ""
    image = QImage(str(tmp_path / "g.png"))
    assert image.width() == round(2 * (view.placed.width + 48))
    large = view_of(chain(1500), frozenset(ModuleTree(chain(1500)).sizes)).graph
    assert "% of the size" in save(str(tmp_path / "large.png"), large, "net", "")
    assert QImage(str(tmp_path / "large.png")).height() <= 16000
    for name in ("g.svg", "g.csv"):
        save(str(tmp_path / name), view, "net", "parameters")
    assert (tmp_path / "g.svg").read_text().count('class="box"') == len(view.folded.boxes)
    assert svg(view.folded, view.placed, "net") != (tmp_path / "g.svg").read_text()
    (tmp_path / "other.png").write_bytes(b"not a picture")
    with pytest.raises(BadInput):
        save(str(tmp_path / "other.png"), view, "net", "")


def test_without_a_graph_the_page_says_why(page: GraphPage, qtbot) -> None:
    with qtbot.waitSignal(page.empty.clicked):
        page.empty.button.click()
    assert "Open a model" in page.empty.words.text()
    page.show_state(InspectionView(model=ModelView(sheet=ModelSheet("", "w", Format.SAFETENSORS, 0, counts=Counts()))))
    assert "no graph" in page.empty.words.text()
    assert not page.there


def test_every_control_has_a_name_and_a_tip(page: GraphPage) -> None:
    page.show_state(view_of(graph_of(SPLIT), frozenset({"m"}), "b"))
    for button in page.findChildren(QToolButton):
        assert button.accessibleName()
        assert button.toolTip()
    assert page.canvas.accessibleName()
    assert "b" in page.canvas.accessibleDescription()
