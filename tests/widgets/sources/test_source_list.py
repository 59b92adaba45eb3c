"""The list of sources by hand: its menu and keys, a name typed into it, and sources dragged to another place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLineEdit

from widgets.sources.choice import source_data
from widgets.sources.list import SourceRow, TileRow
from widgets.sources.panel import SourcesPanel

TILES = (TileRow("rig/a", "left: [1]"), TileRow("rig/a undistorted", "left: [1] undistorted", straight=True))
ROWS = (
    SourceRow("rig", "tiled", "Sample rig", "playing", "good", tiles=TILES),
    SourceRow("clip", "file", "Clip", "failed", "bad", "There is no such file", file=True, gone=True),
    SourceRow("cam", "usb", "Camera", "playing", "good"),
)


@pytest.fixture
def panel(qtbot):
    made = SourcesPanel()
    qtbot.addWidget(made)
    made.resize(300, 500)
    with qtbot.waitExposed(made):
        made.show()
    made.show_rows(ROWS)
    return made


def offered(panel: SourcesPanel, id: str) -> list[str]:
    return [action.text() for action in panel.menu_for(panel.list.row_of(id)).actions() if action.text()]


def test_the_menu_offers_what_a_row_can_do(panel) -> None:
    assert offered(panel, "rig")[:4] == ["Show in the viewer", "Rename", "Edit…", "Split anew…"]
    assert "Reveal" not in offered(panel, "rig")
    assert {"Locate…", "Replace by file…", "Reveal"} <= set(offered(panel, "clip"))
    assert offered(panel, "rig/a") == ["Show in the viewer", "Rename", "Undistort", "Properties"]
    assert offered(panel, "rig/a undistorted") == ["Show in the viewer", "Properties", "Remove"]


@pytest.mark.parametrize(
    ("key", "modifier", "verb"),
    [
        (Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier, "duplicate"),
        (Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier, "properties"),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier, "up"),
    ],
)
def test_keys_do_what_the_menu_does(panel, qtbot, key, modifier, verb) -> None:
    panel.list.select("cam")
    with qtbot.waitSignal(panel.wanted) as heard:
        qtbot.keyClick(panel.list, key, modifier)
    assert heard.args == [verb, "cam"]


def test_a_typed_name_survives_new_figures_and_is_told_once(panel, qtbot) -> None:
    said: list[tuple[str, str]] = []
    panel.list.renamed.connect(lambda id, name: said.append((id, name)))
    panel.list.select("rig/a")
    qtbot.keyClick(panel.list, Qt.Key.Key_F2)
    (editor,) = panel.list.viewport().findChildren(QLineEdit)
    assert editor.text() == "left: [1]"
    editor.setText("north")
    panel.show_rows((SourceRow("rig", "tiled", "Sample rig", "playing", "good", fps=29.0, tiles=TILES), *ROWS[1:]))
    assert editor.text() == "north"
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: said == [("rig/a", "north")])


def test_a_picture_made_of_another_keeps_its_name(panel, qtbot) -> None:
    panel.list.edit_name("rig/a undistorted")
    assert not panel.list.viewport().findChildren(QLineEdit)


@pytest.mark.parametrize(("above", "place"), [("clip", 1), ("rig", 0), ("", 3)])
def test_a_source_is_dropped_before_another(panel, above, place) -> None:
    said: list[tuple[str, int]] = []
    panel.list.moved.connect(lambda id, place: said.append((id, place)))
    item = next((item for item in panel.list._items() if item.data(0, Qt.ItemDataRole.UserRole).id == above), None)
    height = panel.list.visualItemRect(item).top() + 4 if item else 480
    drop(panel, QPoint(40, height), "cam")
    assert said == [("cam", place)]


def test_a_tile_is_not_moved_in_the_list(panel) -> None:
    said: list[object] = []
    panel.list.moved.connect(lambda *what: said.append(what))
    assert not drop(panel, QPoint(40, 10), "rig/a")
    assert said == []


def drop(panel: SourcesPanel, at: QPoint, path: str) -> bool:
    data = source_data(path)
    event = QDropEvent(
        QPointF(at), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    panel.list.dropEvent(event)
    return event.isAccepted()


def test_a_chosen_source_that_comes_back_is_chosen_again(panel) -> None:
    panel.list.select("clip")
    panel.show_rows((ROWS[0], ROWS[2]))
    assert panel.list.current() != "clip"
    panel.show_rows(ROWS)
    assert panel.list.current() == "clip"
    panel.show_rows((ROWS[0], ROWS[2]))
    panel.list.select("rig" if panel.list.current() != "rig" else "cam")
    chosen = panel.list.current()
    panel.show_rows(ROWS)
    assert panel.list.current() == chosen, "another was chosen since"
