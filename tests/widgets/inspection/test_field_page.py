"""The page of receptive fields: what is missing, the unit by picture, map and keys, the layer by the table, files."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent

from engines.core.frames import Stamp
from engines.core.networks.preprocessing import Placement
from engines.inspection.field.results import CheckResult, FieldTable
from engines.inspection.looks import FieldLook, LookSpec, Seen
from engines.inspection.types import FieldRow, Format, Graph, ModelSheet, OpenSpec
from widgets.inspection.field import words
from widgets.inspection.field.page import FieldPage
from widgets.inspection.field.picture import heat_layer
from widgets.inspection.state import FieldView, InspectionView, LookView, ModelView, Page

SPEC = OpenSpec("net.onnx")
SHEET = ModelSheet("net.onnx", "net", Format.ONNX, 9, graph=Graph((), {}, (), ()))
ROWS = (
    FieldRow("conv", (7, 7), (2.0, 2.0), (-3, -3)),
    FieldRow("wide", (3, 9), (2.0, 4.0), (-1, -4), note="Odd", exact=False),
    FieldRow("mean", (32, 48), (0.0, 0.0), (0, 0), whole=True),
)
TABLE = FieldTable(SPEC, (32, 48), ROWS, ((16, 24), (16, 12), (1, 1)))


def look(**changes: object) -> FieldLook:
    picture = np.full((32, 48, 3), 90, np.uint8)
    effective = np.zeros((32, 48), np.float32)
    effective[10:14, 20:24] = 1
    seen = Seen(Stamp("feed", 0, 0.0, 0.0), "conv", (1, 8, 16, 24), picture, Placement(1, 1, 0, 0), "", 1.0)
    base = FieldLook(seen, (5, 10), (16, 24), 3, 0.25, (7, 17, 14, 24), 1.0, False, effective, 4.0, 8)
    return replace(base, **changes)


def view(found: FieldLook | None = None, **fields: object) -> InspectionView:
    spec = LookSpec(view="field", layer="conv")
    looked = LookView(spec=spec, source="feed", on=True, look=found)
    return InspectionView(Page.FIELD, ModelView(SPEC, SHEET), looked, field=FieldView(TABLE, **fields))


@pytest.fixture
def page(qtbot) -> FieldPage:
    made = FieldPage()
    qtbot.addWidget(made)
    made.resize(1000, 620)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_what_is_missing_is_said_with_a_button(page: FieldPage, qtbot) -> None:
    page.show_state(InspectionView(Page.FIELD))
    assert not page.there
    with qtbot.waitSignal(page.empty.clicked):
        page.empty.button.click()
    page.show_state(InspectionView(Page.FIELD, ModelView(SPEC, replace(SHEET, graph=None))))
    assert (page.there, "no graph" in page.empty.words.text()) == (False, True)
    page.show_state(replace(view(), look=LookView()))
    assert page.there
    with qtbot.waitSignal(page.no_picture.clicked):
        page.no_picture.button.click()


def test_a_model_without_a_table_asks_for_one_and_one_with_it_does_not(page: FieldPage, qtbot) -> None:
    with qtbot.waitSignal(page.tableWanted) as asked:
        page.show_state(replace(view(), field=FieldView()))
    assert asked.args == [SPEC]
    with qtbot.assertNotEmitted(page.tableWanted):
        page.show_state(view())


def test_a_click_on_the_picture_chooses_the_unit_centred_there(page: FieldPage, qtbot) -> None:
    page.show_state(view(look()))
    place = page.picture.view().to_widget(31, 13)
    with qtbot.waitSignal(page.unitChosen) as chosen:
        qtbot.mouseClick(page.picture, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert chosen.args in ([6, 15], [7, 15], [6, 16], [7, 16])
    place = page.picture.view().to_widget(40, 20)
    with qtbot.waitSignal(page.unitChosen) as chosen:
        qtbot.mouseClick(page.picture, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert chosen.args == [10, 20]


def test_map_and_keys_choose_the_unit_too_and_stay_on_the_map(page: FieldPage, qtbot) -> None:
    page.show_state(view(look()))
    with qtbot.waitSignal(page.unitChosen) as chosen:
        qtbot.mouseClick(page.units, Qt.MouseButton.LeftButton, pos=page.units.box_of((3, 20)).center().toPoint())
    assert chosen.args == [3, 20]
    for part, key, unit in ((page.units, Qt.Key.Key_Left, [5, 9]), (page.picture, Qt.Key.Key_Down, [6, 10])):
        with qtbot.waitSignal(page.unitChosen) as chosen:
            qtbot.keyClick(part, key)
        assert chosen.args == unit
    page.show_state(view(look(unit=(15, 23))))
    with qtbot.waitSignal(page.unitChosen) as chosen:
        qtbot.keyClick(page.picture, Qt.Key.Key_Right)
    assert chosen.args == [15, 23]


def test_layers_are_sorted_by_a_heading_and_chosen_by_a_click(page: FieldPage, qtbot) -> None:
    page.show_state(view(look()))
    table = page.layers
    assert (table.names, table.marked) == (("conv", "wide", "mean"), 0)
    table.sort_by(1)
    assert table.names == ("wide", "conv", "mean")
    table.sort_by(1)
    assert (table.names, table.marked) == (("mean", "conv", "wide"), 1)
    place = table.visualRect(table.model().index(2, 0)).center()
    with qtbot.waitSignal(page.layerChosen) as chosen:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))
    assert chosen.args == ["wide"]


def test_figures_of_layer_and_unit_stand_beside_the_picture(page: FieldPage) -> None:
    page.show_state(view(look()))
    shown = {one.label: one.value for one in _stats(look())}
    assert shown["Size"] == "7"
    assert (shown["Seen here"], shown["Effective"], shown["Share"]) == ("7", "4.0", "32.7")
    assert page.channel.maximum() == 7
    assert page.channel.value() == 3
    holes = look(seen_pixels=16 / 49)
    assert {one.label: one.value for one in _stats(holes)}["Share"] == "100.0"


def _stats(found: FieldLook):
    return words.stats(ROWS[0], found)


def test_a_check_is_answered_in_words(page: FieldPage, qtbot) -> None:
    page.show_state(view(look()))
    with qtbot.waitSignal(page.checkWanted):
        page.check.click()
    page.show_state(view(look(), check=CheckResult("conv", (5, 10), True, 49, 49, 0)))
    assert (page.verdict.text, "The same 49 pixels" in page.answer.text()) == ("Agrees", True)
    page.show_state(view(look(), check=CheckResult("conv", (5, 10), False, 49, 45, 4)))
    assert (page.verdict.level, "4 pixels differ" in page.answer.text()) == ("bad", True)


def test_box_and_heat_lie_where_the_field_is(page: FieldPage) -> None:
    page.show_state(view(look()))
    before = _pixels(page)
    edge = page.picture.view().to_widget(16.5, 10)
    inner = page.picture.view().to_widget(21.5, 12.3)
    page.show_state(view(look(effective=None, exact=(0, 0, 4, 4))))
    after = _pixels(page)
    assert before.pixelColor(edge.toPoint()) != after.pixelColor(edge.toPoint())
    assert before.pixelColor(inner.toPoint()) != after.pixelColor(inner.toPoint())
    assert after.pixelColor(inner.toPoint()).name() == "#5a5a5a"


def _pixels(page: FieldPage) -> QImage:
    return page.picture.grab().toImage()


def test_heat_is_clear_where_nothing_is_seen_and_dense_where_it_counts() -> None:
    values = np.array([[0.0, 0.0455, 1.0]], np.float32)
    drawn = heat_layer(values)
    assert [drawn.pixelColor(x, 0).alpha() for x in range(3)] == [0, 255, 255]


def test_the_wheel_zooms_to_the_cursor_and_a_double_click_ends_it(page: FieldPage, qtbot) -> None:
    page.show_state(view(look()))
    fitted = page.picture.view()
    at = QPointF(fitted.to_widget(20, 12))
    _turn(page, at)
    zoomed = page.picture.view()
    assert zoomed.scale > fitted.scale
    assert zoomed.to_image(at) == pytest.approx((20, 12), abs=0.6)
    qtbot.mouseDClick(page.picture, Qt.MouseButton.LeftButton)
    assert page.picture.view().scale == fitted.scale


def _turn(page: FieldPage, at: QPointF) -> None:
    none = Qt.KeyboardModifier.NoModifier
    page.picture.wheelEvent(QWheelEvent(at, at, QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, none,
                                        Qt.ScrollPhase.NoScrollPhase, False))  # fmt: skip


def test_the_table_is_written_with_a_column_for_every_figure(page: FieldPage, tmp_path: Path) -> None:
    page.show_state(view(look()))
    page.write(str(tmp_path / "fields.csv"))
    rows = list(csv.reader((tmp_path / "fields.csv").open()))
    assert rows[0][:3] == ["layer", "height", "width"]
    assert rows[2] == ["wide", "3", "9", "2", "4", "-1", "-4", "16", "12", "false", "false", "Odd"]


def test_rows_and_columns_are_told_from_one_as_on_the_page_of_attention() -> None:
    assert words.unit_words((2, 0), (14, 14)) == "row 3, column 1 of 14 \u00d7 14"
    assert words.unit_words((0, 0), (1, 1)) == "one unit a channel"
