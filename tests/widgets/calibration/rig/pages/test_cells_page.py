"""The page of the rig: the map of frames by cameras, its keys and clicks, and what is told of a cell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QWidget

from tests.widgets.calibration.rig.rig_states import BLIND, FRAMES, NAMES, SETUP, SIZE, WRONG, told
from widgets.calibration.rig.alone import alone
from widgets.calibration.rig.pages.cells import CellsPage
from widgets.calibration.rig.pages.matrix import Kind, matrix_of, table
from widgets.calibration.rig.pages.state import Cell, Page, PagesView
from widgets.calibration.rig.state import RigState
from widgets.kit.theme import DARK, LOOK


@pytest.fixture
def page(qtbot, qapp) -> CellsPage:
    LOOK.apply(qapp, DARK)
    made = CellsPage()
    qtbot.addWidget(made)
    made.resize(1000, 800)
    made.show()
    return made


def shown(cell: Cell | None = None, exclude: tuple[str, ...] = ()) -> PagesView:
    state = RigState(replace(SETUP, exclude=exclude), result=told())
    return PagesView(Page.RIG, state, cell=cell or Cell())


def test_where_the_head_is_narrow_its_buttons_stand_below_its_words(page: CellsPage, qtbot) -> None:
    def at(part: QWidget) -> QPoint:
        return part.mapTo(page, QPoint())

    page.setMinimumWidth(1)
    page.resize(470, 700)
    page.show_state(shown())
    qtbot.waitUntil(lambda: at(page.form).y() > at(page.state).y())
    assert page.state.width() >= page.state.sizeHint().width()
    page.resize(1000, 700)
    qtbot.waitUntil(lambda: at(page.form).x() > at(page.state).x() + 10)


def test_cells_are_what_the_views_say_and_boards_of_one_picture_are_pooled() -> None:
    result = told()
    matrix = matrix_of(result, ("set 1.png", "set 3.png/side"))
    assert (matrix.frames, matrix.cameras) == (FRAMES, NAMES)
    assert [cell.kind for cell in matrix.cells[0]] == [Kind.OFF] * 3
    assert [cell.kind for cell in matrix.cells[2]] == [Kind.USED, Kind.USED, Kind.OFF]
    assert matrix.cell(*BLIND).kind is Kind.UNSEEN
    assert matrix.cell(*WRONG).wrong == 2
    second = replace(result.views[0], board=1, ids=(0,), corners=((1.0, 1.0),), projected=((1.0, 2.0),), rms_px=1.0)
    both = matrix_of(replace(result, views=(*result.views, replace(second, weights=(1.0,))))).cell(FRAMES[0], 0)
    assert both.corners == 55
    assert both.rms == pytest.approx(np.sqrt((54 * result.views[0].rms_px ** 2 + 1.0) / 55))
    assert len(table(matrix)) == 19


def test_the_worst_cell_is_looked_at_first(page: CellsPage, qtbot) -> None:
    with qtbot.waitSignal(page.framePicturesWanted) as wanted:
        page.show_state(shown())
    assert page.cell == Cell("set 6.png", 2)
    assert wanted.args == ["set 6.png"]
    assert page.state.text() == "6 frames, 2 outliers, 17 of 18 cells"


def test_arrow_keys_and_clicks_go_from_cell_to_cell(page: CellsPage, qtbot) -> None:
    page.cellChosen.connect(lambda cell: page.show_state(shown(cell)))
    page.show_state(shown(Cell("set 5.png", 1)))
    for key, cell in (
        (Qt.Key.Key_Right, Cell("set 6.png", 1)),
        (Qt.Key.Key_Right, Cell("set 6.png", 1)),
        (Qt.Key.Key_Down, Cell("set 6.png", 2)),
        (Qt.Key.Key_Left, Cell("set 5.png", 2)),
        (Qt.Key.Key_Up, Cell("set 5.png", 1)),
    ):
        qtbot.keyClick(page.map, key)
        assert page.cell == cell
    place = page.map.box(Cell("set 2.png", 0)).center()
    assert page.map.tip_at(place) == "set 2.png, front left: RMS 0.070 px, left out 0.084 px, 54 corners"
    qtbot.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert page.cell == Cell("set 2.png", 0)
    assert page.map.cell_at(QPointF(page.map.width() + 5, 4)) is None
    assert "no board found" in page.map.tip_at(page.map.box(Cell(*BLIND)).center())


def test_a_cell_a_frame_and_a_camera_are_switched(page: CellsPage, qtbot) -> None:
    asked: list[tuple] = []
    page.switchWanted.connect(lambda names, on: asked.append((names, on)))
    page.cameraWanted.connect(lambda camera: asked.append((camera,)))
    page.originWanted.connect(lambda frame: asked.append((frame,)))
    page.show_state(shown(Cell("set 3.png", 1)))
    for button in (page.cell_switch, page.frame_switch, page.camera_switch, page.origin):
        button.click()
    page.show_state(shown(Cell("set 3.png", 1), ("set 3.png/front right",)))
    assert page.cell_switch.text() == "Cell on"
    qtbot.keyClick(page.map, Qt.Key.Key_Space)
    assert asked == [
        (("set 3.png/front right",), False), (("set 3.png",), False), (1,), ("set 3.png",),
        (("set 3.png/front right",), True),
    ]  # fmt: skip


def test_the_residuals_of_a_cell_lie_over_its_picture(page: CellsPage) -> None:
    page.show_state(shown(Cell(*WRONG)))
    image = np.full((SIZE.height, SIZE.width, 3), 120, np.uint8)
    page.show_pictures("another frame", {1: image})
    assert not page.picture.has_picture
    page.show_pictures(WRONG[0], dict.fromkeys(range(3), image))
    assert page.picture.has_picture
    assert [row[0] for row in page.corners.rows[:2]] == ["3", "7"] or {row[0] for row in page.corners.rows[:2]} == {
        "3",
        "7",
    }
    page.picture.cornerChosen.emit(7)
    assert page.hint.text().startswith("corner 7, row 1 column 8")
    page.show_form("frame")
    assert all(picture.has_picture for picture in page.frame.pictures[:3])
    page.show_form("field")
    assert len(page.field.marks) == 6 * 54
    page.show_problem(WRONG[0], "The picture is no longer there")
    assert not page.picture.has_picture


def test_a_camera_that_saw_no_board_shows_its_picture_without_marks(page: CellsPage) -> None:
    page.show_state(shown(Cell(*BLIND)))
    image = np.full((SIZE.height, SIZE.width, 3), 120, np.uint8)
    page.show_pictures(BLIND[0], dict.fromkeys(range(3), image))
    assert page.picture.has_picture
    assert (page.picture.rows, page.corners.rows) == ((), ())
    assert all(picture.has_picture for picture in page.frame.pictures[:3])
    assert page.why.text() == "no board found"


def test_pairs_hang_together_in_the_graph(page: CellsPage, qtbot) -> None:
    page.show_state(shown())
    graph = page.graph
    middle = (graph.place(0) + graph.place(1)) / 2
    pair = graph.pair_at(middle)
    assert (pair.first, pair.second) == (0, 1)
    assert (
        graph.tip_at(middle)
        == "front left \u2013 front right: 200.000 \u00b1 0.050 mm, 6 frames, 324 corners seen by both"
    )
    with qtbot.waitSignal(graph.cameraChosen) as chosen:
        qtbot.mouseClick(graph, Qt.MouseButton.LeftButton, pos=graph.place(2).toPoint())
    assert chosen.args == [2]


def test_one_camera_of_a_rig_is_a_calibration_of_its_own() -> None:
    mono = alone(told(), 1)
    assert (mono.intrinsics.fx, len(mono.views), mono.loo_rms_px) == (561.0, 6, 0.12)
    assert next(view for view in mono.views if view.name == WRONG[0]).suspects == (3, 7)


def test_a_file_of_cameras_alone_has_no_frames_to_show(page: CellsPage) -> None:
    page.show_state(PagesView(Page.RIG, RigState(result=told(views=()))))
    assert not page.there
    assert page.state.text() == "This file holds cameras alone, no frames"


def test_what_is_zoomed_into_stays_so_while_corners_are_chosen(page: CellsPage) -> None:
    view = shown(Cell(*WRONG))
    page.show_state(view)
    page.show_pictures(WRONG[0], dict.fromkeys(range(3), np.full((SIZE.height, SIZE.width, 3), 120, np.uint8)))
    page.picture.zoom(3.0)
    zoomed = page.picture.viewport
    page.picture.cornerChosen.emit(7)
    page.show_state(view)
    assert page.picture.viewport == zoomed
