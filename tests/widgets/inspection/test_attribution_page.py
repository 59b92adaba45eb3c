"""The page of attribution: what is missing, methods by click, keys, table and form, opacity, checks, files."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from engines.core.errors import KinoscopeError
from engines.inspection.attribution.asked import AttributeResult, Explained
from engines.inspection.attribution.drawing import overlaid
from engines.inspection.types import Format, Graph, Kind, ModelSheet, Node, OpenSpec, Tensor
from tests.engines.inspection.attribution.results import result
from widgets.inspection.attribution import words
from widgets.inspection.attribution.maps import map_image
from widgets.inspection.attribution.page import AttributionPage
from widgets.inspection.attribution.section import AttributionSection
from widgets.inspection.state import AttributionView, InspectionView, ModelView, Page
from widgets.kit.work_state import Busy

NODES = (Node("conv", Kind.CONV, "Conv", ("x",), ("c",)), Node("fc", Kind.LINEAR, "Gemm", ("c",), ("f",)))
GRAPH = Graph(NODES, {"c": Tensor("c", (1, 4, 8, 8)), "f": Tensor("f", (1, 10))}, ("x",), ("f",))
SHEET = ModelSheet("net.onnx", "net", Format.ONNX, 9, graph=GRAPH)


def view(found: AttributeResult | None = None, method: str = "grad-cam", **fields: object) -> InspectionView:
    spec = replace(found.spec if found else AttributionView().spec, methods=(method,))
    shown = AttributionView(spec, found)
    return replace(
        InspectionView(Page.ATTRIBUTION, ModelView(OpenSpec("net.onnx"), SHEET), attribution=shown), **fields
    )


@pytest.fixture
def page(qtbot) -> AttributionPage:
    made = AttributionPage()
    qtbot.addWidget(made)
    made.resize(1000, 860)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_what_is_missing_is_one_sentence_and_one_button(page: AttributionPage, qtbot) -> None:
    told = {
        "Open model": InspectionView(Page.ATTRIBUTION),
        "Open another model": view(problem="It cannot be run: a word on why"),
        "Choose picture": view(problem=words.NO_PICTURE),
        "Explain": view(),
    }
    for button, shown in told.items():
        page.show_state(shown)
        assert (page.there, page.empty.button.text(), page.export.isVisible()) == (False, button, False)
    assert words.missing(view(problem="Because"))[0] == "Because"
    with qtbot.waitSignal(page.empty.clicked):
        page.empty.button.click()
    page.show_state(view(work=Busy("Occlusion", 1, 2)))
    assert not page.empty.button.isVisible()
    assert page.progress.isVisible()


def test_methods_are_chosen_by_form_click_keys_and_table(page: AttributionPage, qtbot) -> None:
    found = result()
    page.show_state(view(found))
    assert (page.heat.one, page.verdict.text) == (found.explained[3], "Verdict 3")
    assert page.state.text() == "Output 3 of 10 in 'out', value 4.25, softmax 50 %"
    with qtbot.waitSignal(page.used) as used:
        qtbot.mouseClick(page.tiles, Qt.MouseButton.LeftButton, pos=page.tiles.box_of(0).center().toPoint())
    assert (used.args, page.heat.one) == (["gradient"], found.explained[0])
    qtbot.keyClick(page.tiles, Qt.Key.Key_Right)
    page.show_state(view(found, "gradient-x-input"))
    assert page.place == 1
    page.table.rowUsed.emit(4)
    assert page.heat.one is found.explained[4]
    assert [row[0] for row in page.table.rows] == [*(one.title for one in found.explained), "Random order"]
    assert page.table.marked == 4
    assert [one.name for one in page.chart.series] == ["Deletion", "Insertion", "Random deletion", "Random insertion"]
    assert page.chart.series[1].y == found.explained[4].curve.insertion.tolist()
    page.show_state(view(found, "integrated-gradients"))
    assert "adds up to 2 of 2.001 (off by 0.05 %, 64 gradients)" in page.whole.text()
    page.show_state(replace(view(found), attribution=AttributionView(found.spec, found, earlier=True)))
    assert page.state.text().startswith("Of earlier settings: ")


def test_one_method_unchecked_takes_no_more_room_than_it_needs(page: AttributionPage) -> None:
    page.show_state(view(result("occlusion", checked=False), "occlusion"))
    parts = (page.tiles, page.verdict, page.chart, page.table)
    assert [part.isVisible() for part in parts] == [False] * 4
    assert page.heat.isVisible()
    assert "A note" in page.notes.text()


def test_the_map_is_painted_in_its_place_and_tells_its_values(page: AttributionPage) -> None:
    found = result("gradient")
    page.show_state(view(found, "gradient"))
    room = page.heat.room()
    assert room.width() / room.height() == pytest.approx(40 / 30)
    value = float(found.explained[0].map[12, 4])
    place = QPointF(room.left() + room.width() * 4.5 / 16, room.top() + room.height() * 12.5 / 16)
    assert page.heat.tip_at(place) == f"Row 12, column 4 of the input: {value:.3g}"
    assert page.heat.tip_at(QPointF(0, 0)) == ""
    page.opacity.setValue(0)
    bare = page.heat.grab().toImage()
    page.opacity.setValue(100)
    covered = page.heat.grab().toImage()
    at = place.toPoint()
    assert bare.pixelColor(at).saturation() == 0
    assert covered.pixelColor(at).saturation() > 40


def test_files_are_written_and_never_over_what_is_not_ours(page: AttributionPage, tmp_path: Path) -> None:
    found = result()
    page.show_state(view(found))
    page.write(str(tmp_path / "map.png"))
    expected = overlaid(found.picture, found.explained[3], found.placed, page.heat.opacity)
    assert np.array_equal(cv2.imread(str(tmp_path / "map.png")), expected)
    page.write(str(tmp_path / "all.csv"))
    rows = list(csv.DictReader((tmp_path / "all.csv").open()))
    assert [(row["method"], row["verdict"]) for row in rows][2] == ("integrated-gradients", "ignores")
    (tmp_path / "mine.png").write_text("a letter")
    with pytest.raises(KinoscopeError, match="not a PNG"):
        page.write(str(tmp_path / "mine.png"))
    assert page.heat.table()[1][:2] == ["0", "0"]


def test_the_section_tells_fields_and_shows_what_a_method_needs(qtbot) -> None:
    section = AttributionSection()
    qtbot.addWidget(section)
    section.show_state(view())
    assert [section.layer.itemData(row) for row in range(section.layer.count())] == ["", "conv"]
    shown = {}
    for method in ("grad-cam", "integrated-gradients", "occlusion"):
        section.show_state(view(method=method))
        rows = (section.layers, section.steps_row, section.patch_row)
        shown[method] = [not row.isHidden() for row in rows]
    assert shown == {"grad-cam": [True, False, False], "integrated-gradients": [False, True, False],
                     "occlusion": [False, False, True]}  # fmt: skip
    with qtbot.waitSignal(section.edited) as told:
        section.sanity.click()
    assert told.args == [{"sanity": True}]
    with qtbot.waitSignal(section.edited) as told:
        section.method.chosen.emit("gradient")
    assert told.args == [{"methods": ("gradient",)}]
    with qtbot.waitSignal(section.edited) as told:
        qtbot.keyClicks(section.target, "7")
    assert told.args == [{"target": "7"}]


@pytest.mark.parametrize(("value", "shades"), [(1.0, 1), (-1.0, 2)])
def test_what_speaks_against_is_hatched_and_what_speaks_for_is_even(value, shades):
    image = map_image(Explained("m", "M", np.full((12, 12), value, np.float32), signed=True))
    assert len({image.pixelColor(x, y).alpha() for x in range(12) for y in range(12)}) == shades
