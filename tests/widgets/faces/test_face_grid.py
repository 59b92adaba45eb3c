"""The grid of faces: what is painted and asked for, selection, keys, rubber band, dragging, words to be heard."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QMenu

from widgets.faces.cells import FaceItem, picture_box
from widgets.faces.grid import FACES_MIME, FaceGrid, dragged_faces, faces_mime
from widgets.faces.thumbs import Thumbs, rounded, square

COUNT = 5000
ITEMS = tuple(FaceItem(f"p{n}", f"face{n}", f"Person {n}", f"{n} faces") for n in range(COUNT))


def shade(value: int) -> np.ndarray:
    return np.full((112, 112, 3), value, np.uint8)


@pytest.fixture
def grid(qtbot):
    made = FaceGrid(Thumbs(), "People", 96)
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show_items(ITEMS)
    with qtbot.waitExposed(made):
        made.show()
    return made


def middle(grid, row: int) -> QPoint:
    return grid.visualRect(grid.model().index(row)).center()


def seen(grid) -> int:
    """Rows whose cell meets the viewport."""
    area = grid.viewport().rect()
    return sum(grid.visualRect(grid.model().index(row)).intersects(area) for row in range(200))


def test_only_what_is_in_view_is_asked_for_and_only_once(grid, qtbot):
    with qtbot.waitSignal(grid.thumbs.wanted) as heard:
        grid.thumbs.forget_asked()
        grid.viewport().update()
    asked = heard.args[0]
    assert asked == [item.thumb for item in ITEMS[: seen(grid)]]
    assert len(asked) < 40
    with qtbot.assertNotEmitted(grid.thumbs.wanted, wait=30):
        grid.viewport().repaint()
    with qtbot.waitSignal(grid.thumbs.wanted) as heard:
        grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    assert ITEMS[-1].thumb in heard.args[0]
    assert not set(asked) & set(heard.args[0])


def test_a_picture_appears_when_it_comes_and_changes_when_it_changes(grid, qapp):
    def at(row: int) -> int:
        return grid.viewport().grab().toImage().pixelColor(middle(grid, row) - QPoint(0, 20)).red()

    placeholder = at(0)
    grid.thumbs.show_images({"face0": shade(250), "face1": shade(120)})
    assert (at(0), at(1)) == (250, 120)
    assert at(2) == placeholder
    grid.thumbs.show_images({"face0": shade(40), "face1": shade(120)})
    assert (at(0), at(1)) == (40, 120)


def test_pictures_that_are_not_painted_cause_no_paint(grid, qtbot):
    grid.viewport().repaint()
    with qtbot.assertNotEmitted(grid.thumbs.changed):
        grid.thumbs.show_images({f"track:{n}": shade(n) for n in range(4)})
    with qtbot.waitSignal(grid.thumbs.changed):
        grid.thumbs.show_images({"face3": shade(9)})


@pytest.mark.parametrize(("width", "height"), [(112, 112), (160, 90), (60, 200), (1, 1)])
def test_a_picture_is_cut_to_its_middle_square(width, height):
    image = np.zeros((height, width, 3), np.uint8)
    image[:, :, 2] = 255
    image[height // 2, width // 2] = (255, 0, 0)
    made = square(image)
    side = min(width, height)
    assert (made.width(), made.height()) == (side, side)
    center = made.pixelColor(width // 2 - (width - side) // 2, height // 2 - (height - side) // 2)
    assert (center.red(), center.blue()) == (0, 255)
    assert rounded(image, 90, 6).pixelColor(0, 0).alpha() < 128
    assert rounded(image, 90, 6).pixelColor(45, 3).alpha() == 255


def test_gray_pictures_are_drawn(grid):
    grid.thumbs.show_images({"face0": np.full((50, 50), 77, np.uint8)})
    shown = grid.viewport().grab().toImage().pixelColor(middle(grid, 0) - QPoint(0, 20))
    assert (shown.red(), shown.green(), shown.blue()) == (77, 77, 77)


def test_click_control_and_shift_select(grid, qtbot):
    def click(row: int, keys=Qt.KeyboardModifier.NoModifier) -> list[str]:
        with qtbot.waitSignal(grid.picked) as heard:
            qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, keys, middle(grid, row))
        return heard.args[0]

    assert click(2) == ["p2"]
    assert click(7, Qt.KeyboardModifier.ControlModifier) == ["p2", "p7"]
    assert click(2, Qt.KeyboardModifier.ControlModifier) == ["p7"]
    assert click(4) == ["p4"]
    assert click(8, Qt.KeyboardModifier.ShiftModifier) == ["p4", "p5", "p6", "p7", "p8"]
    assert grid.accessibleDescription() == "5,000 faces, 5 selected"


def test_the_arrows_move_by_rows_of_the_grid(grid, qtbot):
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle(grid, 0))
    for key, expected in (
        (Qt.Key.Key_Right, ["p1"]),
        (Qt.Key.Key_Down, [f"p{1 + grid.columns}"]),
        (Qt.Key.Key_Up, ["p1"]),
        (Qt.Key.Key_End, [f"p{COUNT - 1}"]),
        (Qt.Key.Key_Home, ["p0"]),
    ):
        qtbot.keyClick(grid, key)
        assert grid.selected == expected
    qtbot.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert grid.selected == ["p0", "p1"]


def test_a_rubber_band_from_a_gap_takes_what_it_meets(grid, qtbot):
    first = grid.visualRect(grid.model().index(0))
    gap = first.topLeft() + QPoint(1, 1)
    assert not grid.indexAt(gap).isValid()
    end = middle(grid, grid.columns + 1)
    qtbot.mousePress(grid.viewport(), Qt.MouseButton.LeftButton, pos=gap)
    for step in range(1, 6):
        qtbot.mouseMove(grid.viewport(), gap + (end - gap) * step / 5)
    qtbot.mouseRelease(grid.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert grid.selected == ["p0", "p1", f"p{grid.columns}", f"p{grid.columns + 1}"]


def test_keys_say_what_is_wanted(grid, qtbot):
    grid.select(["p3", "p4"])
    for key, signal, args in (
        (Qt.Key.Key_Return, grid.opened, ["p3"]),
        (Qt.Key.Key_F2, grid.renameWanted, ["p3"]),
        (Qt.Key.Key_Delete, grid.removeWanted, [["p3", "p4"]]),
    ):
        with qtbot.waitSignal(signal) as heard:
            qtbot.keyClick(grid, key)
        assert heard.args == args
    with qtbot.waitSignal(grid.picked) as heard:
        qtbot.keyClick(grid, Qt.Key.Key_Escape)
    assert heard.args == [[]]


def test_other_items_keep_selection_and_place(grid, qtbot):
    grid.select(["p2500", "p2501"])
    grid.reveal("p2500")
    place = grid.verticalScrollBar().value()
    assert place > 0
    with qtbot.assertNotEmitted(grid.picked):
        grid.show_items([item for item in ITEMS if item.id != "p2501"])
    assert grid.selected == ["p2500"]
    assert grid.verticalScrollBar().value() == place
    grid.select(["p2"])
    grid.verticalScrollBar().setValue(9999)
    grid.show_items(ITEMS[:4000])
    assert grid.verticalScrollBar().value() == 9999, "the selection is far away and stays there"
    grid.select(["p2500"])
    renamed = [FaceItem("p2500", "face2500", "Ada"), *ITEMS[:3]]
    grid.show_items(renamed)
    assert grid.model().data(grid.model().index(0)) == "Ada"
    assert grid.selected == ["p2500"]


def test_selecting_from_outside_is_silent(grid, qtbot):
    with qtbot.assertNotEmitted(grid.picked):
        grid.select(["p9", "nobody"])
    assert grid.selected == ["p9"]
    assert grid.current == "p9"


def test_the_menu_is_of_what_is_selected(grid, qtbot):
    asked: list[list[str]] = []

    def menu(ids):
        asked.append(ids)
        made = QMenu(grid)
        made.addAction("Rename")
        return made

    grid.make_menu = menu
    grid.select(["p1"])
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, middle(grid, 1), QPoint())
    grid.contextMenuEvent(event)
    assert asked[-1] == ["p1"]
    for open_menu in grid.findChildren(QMenu):
        open_menu.close()
    nowhere = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(1, 1), QPoint())
    before = len(asked)
    grid.contextMenuEvent(nowhere)
    assert len(asked) == before


def test_faces_are_dropped_onto_a_person(grid, qtbot):
    data = faces_mime(["f1", "f2"])
    place = QPointF(middle(grid, 5))
    actions, keys = Qt.DropAction.MoveAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place.toPoint(), actions, data, Qt.MouseButton.LeftButton, keys)
    grid.dragEnterEvent(enter)
    assert enter.isAccepted()
    move = QDragMoveEvent(place.toPoint(), actions, data, Qt.MouseButton.LeftButton, keys)
    grid.dragMoveEvent(move)
    assert move.isAccepted()
    with qtbot.waitSignal(grid.faceDropped) as heard:
        grid.dropEvent(QDropEvent(place, actions, data, Qt.MouseButton.LeftButton, keys))
    assert heard.args == [["f1", "f2"], "p5"]
    gap = QDropEvent(QPointF(1, 1), actions, data, Qt.MouseButton.LeftButton, keys)
    with qtbot.assertNotEmitted(grid.faceDropped):
        grid.dropEvent(gap)
    assert not gap.isAccepted()


@pytest.mark.parametrize("raw", [b"", b"\xff", b"{", b'{"a": 1}', b"3"])
def test_what_is_dragged_from_elsewhere_is_no_face(raw):
    data = QMimeData()
    data.setData(FACES_MIME, raw)
    assert dragged_faces(data) == []


def test_what_an_item_is_can_be_heard(grid):
    model = grid.model()
    assert model.data(model.index(4), Qt.ItemDataRole.AccessibleTextRole) == "Person 4, 4 faces"
    assert model.data(model.index(4), Qt.ItemDataRole.ToolTipRole)
    spoken = QAccessible.queryAccessibleInterface(grid)
    assert spoken is not None
    assert spoken.childCount() == COUNT


def test_the_grid_fills_its_rows_and_says_why_it_is_empty(grid, qapp):
    for width in (330, 475, 700, 1120):
        grid.resize(width, 400)
        qapp.processEvents()
        tops = {grid.visualRect(grid.model().index(row)).top() for row in range(grid.columns)}
        assert len(tops) == 1
        assert picture_box(grid.visualRect(grid.model().index(0)).toRectF()).width() >= 96
    grid.selectionModel().select(grid.model().index(0), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    grid.show_items(())
    grid.show_message("Nobody is called that.")
    assert grid.selected == []
    assert len({grid.viewport().grab().toImage().pixelColor(x, 198).name() for x in range(0, 1100, 2)}) > 2
