"""The menu bar, the Edit menu, the keys of commands and the full screen of the real window."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QPlainTextEdit, QToolButton, QToolTip

from engines.cameras.types import SceneSource
from engines.core.words import as_part, tr
from tests.workbench.opened import Opened, until
from workbench.commands import COMMANDS, PRESETS

Open = Callable[..., Opened]


@pytest.fixture
def opened(open_window: Open, qtbot) -> Opened:
    """An empty window that has the keyboard."""
    made = open_window(begin=False)
    made.window.activateWindow()
    until(qtbot, made.window.isActiveWindow)
    return made


def _menus(opened: Opened) -> dict[str, QMenu]:
    actions = opened.window.menuBar().actions()
    return {action.text().replace("&", ""): menu for action in actions if isinstance(menu := action.menu(), QMenu)}


def _in_front(opened: Opened) -> set[str]:
    """Panels that are seen: of tabs of one place the one in front."""
    return {id for id, dock in opened.window.docks.docks.items() if not dock.visibleRegion().isEmpty()}


def test_menus_stand_in_the_platforms_order(opened: Opened) -> None:
    menus = list(_menus(opened))
    engines = [
        tr("Calibration"),
        tr("Rig"),
        tr("Faces"),
        tr("Actions"),
        tr("Diffusion"),
        tr("Attention"),
        tr("Inspector"),
    ]
    around = [tr("File"), tr("Edit"), tr("View"), tr("Source")], [tr("Jobs"), tr("Window"), tr("Help")]
    assert menus == [*around[0], *engines, *around[1]]


def test_toolbar_window_menu_and_keys_have_presets_in_one_order(opened: Opened) -> None:
    order = [f"window.{preset.id}" for preset in PRESETS]
    in_menu = [action.objectName() for action in _menus(opened)[tr("Window")].actions()]
    buttons = opened.window.findChildren(QToolButton)
    in_bar = [button.defaultAction().objectName() for button in buttons if button.defaultAction() is not None]
    keys = [opened.window.commands.key(id) for id in order]
    assert [id for id in in_menu if id in order] == [id for id in in_bar if id in order] == order
    assert keys == [f"Ctrl+{number}" for number in range(1, len(order) + 1)]


def test_what_is_undone_is_named_and_comes_back(opened: Opened, qtbot) -> None:
    window, commands = opened.window, opened.window.commands
    assert (commands.title("edit.undo"), commands.action("edit.undo").isEnabled()) == (tr("Undo"), False)
    added = as_part(tr("Add {source}", source="Yard & gate"))
    window.sources.add(SceneSource(cameras=1, name="Yard & gate"))
    assert commands.title("edit.undo") == tr("Undo {what}", what=added)
    window.grid.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (opened.sources, commands.title("edit.undo")) == ([], tr("Undo"))
    assert commands.title("edit.redo") == tr("Redo {what}", what=added)
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert len(opened.sources) == 1


def test_the_clipboards_commands_mean_the_field_that_has_the_focus(opened: Opened) -> None:
    window, commands = opened.window, opened.window.commands
    window.docks.show("log")
    field = window.panels.log.search
    field.setFocus()
    field.setText("broken pipe")
    for id in ("edit.select-all", "edit.copy", "edit.cut"):
        assert commands.action(id).isEnabled(), id
        commands.run(id)
    assert (field.text(), QApplication.clipboard().text()) == ("", "broken pipe")
    commands.run("edit.paste")
    assert field.text() == "broken pipe"
    window.panels.sources.list.setFocus()
    assert not commands.action("edit.cut").isEnabled()
    assert not commands.action("edit.paste").isEnabled()


def test_find_goes_to_the_search_in_front_else_to_the_palette(opened: Opened, qtbot) -> None:
    window = opened.window
    logging.getLogger("tests").warning("Something to be found")
    window.docks.show("log")
    until(qtbot, window.panels.log.search.isVisible)
    window.panels.log.level.setFocus()
    window.commands.run("edit.find")
    assert window.panels.log.search.hasFocus()
    window.panels.sources.list.setFocus()
    window.commands.run("edit.find")
    assert window.finding.palette is not None
    assert window.finding.palette.isVisible()


def test_no_key_of_a_command_fires_while_a_text_is_typed(opened: Opened, qtbot) -> None:
    """Letters, digits and what edits a text go to the field; what has Ctrl and edits nothing is a command there too."""
    window = opened.window
    done: list[str] = []
    for command in COMMANDS:
        window.commands.bind(command.id, lambda id=command.id: done.append(id))
    window.docks.show("log")
    line, page = window.panels.log.search, QPlainTextEdit(window)
    page.show()
    typed = "ckfCK 12"
    for field, text in ((line, line.text), (page, page.toPlainText)):
        field.setFocus()
        qtbot.keyClicks(field, typed)
        assert text() == typed
        for key in (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.SelectAll, QKeySequence.StandardKey.Cut):
            qtbot.keySequence(field, QKeySequence(key))
        qtbot.keyClick(field, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClick(field, Qt.Key.Key_Delete)
        assert done == []
    qtbot.keyClick(line, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert done == ["file.save"]


@pytest.mark.parametrize("alone", [False, True])
def test_escape_leaves_the_full_screen_and_everything_is_as_before(opened: Opened, qtbot, alone: bool) -> None:
    window = opened.window
    before = {id for id, dock in window.docks.docks.items() if not dock.isHidden()}
    in_front = _in_front(opened)
    modifier = Qt.KeyboardModifier.ShiftModifier if alone else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(window, Qt.Key.Key_F11, modifier)
    until(qtbot, window.isFullScreen)
    assert window.menuBar().isHidden() == alone
    assert {id for id, dock in window.docks.docks.items() if not dock.isHidden()} == (set() if alone else before)
    qtbot.keyClick(window, Qt.Key.Key_F11, modifier)
    until(qtbot, lambda: not window.isFullScreen())
    qtbot.keyClick(window, Qt.Key.Key_F11, modifier)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    until(qtbot, lambda: not window.isFullScreen())
    assert {id for id, dock in window.docks.docks.items() if not dock.isHidden()} == before
    assert _in_front(opened) == in_front
    assert not window.menuBar().isHidden()
    assert not window.commands.action("view.present").isChecked()


def test_a_menus_tip_stands_beside_it(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    menu = _menus(opened)[tr("File")]
    shown: list[tuple[QPoint, str]] = []
    monkeypatch.setattr(QToolTip, "showText", lambda at, words, *_: shown.append((at, words)))
    menu.popup(QPoint(10, 40))
    entry = next(action for action in menu.actions() if action.objectName() == "file.new")
    place = menu.actionGeometry(entry).center()
    QApplication.sendEvent(menu, QHelpEvent(QHelpEvent.Type.ToolTip, place, menu.mapToGlobal(place)))
    menu.close()
    [(at, words)] = shown
    assert tr("Close all sources and start an empty project") in words
    assert "Ctrl+N" in words
    assert at.x() > menu.mapToGlobal(QPoint(menu.width(), 0)).x()


def test_a_command_that_cannot_be_done_says_why_until_it_can(opened: Opened) -> None:
    remove, why = opened.window.commands.action("source.remove"), "Needs a selected source"
    assert (remove.isEnabled(), remove.toolTip().splitlines()[1:]) == (False, [why])
    opened.window.sources.add(SceneSource(cameras=1))
    assert (remove.isEnabled(), remove.toolTip().splitlines()[1:]) == (True, [])


def test_menus_open_by_keys_alone(opened: Opened, qtbot) -> None:
    bar = opened.window.menuBar()
    letters = [action.text()[action.text().index("&") + 1].casefold() for action in bar.actions()]
    assert len(set(letters)) == len(letters), "each opens one"
    qtbot.keyClick(opened.window, Qt.Key.Key_F10)
    until(qtbot, lambda: _menus(opened)[tr("File")].isVisible())
    qtbot.keyClick(_menus(opened)[tr("File")], Qt.Key.Key_Escape)


def test_whoever_goes_to_another_preset_leaves_the_panel_behind(opened: Opened, qtbot) -> None:
    window = opened.window
    window.docks.show("log")
    window.docks.docks["log"].widget().setFocus()
    window.preset("rig")
    window.commands.run("help.guide")
    assert window.dialogs.help.list.currentItem().data(Qt.ItemDataRole.UserRole) == "rig"


def test_a_panel_behind_another_comes_to_the_front_by_its_name(opened: Opened, qtbot) -> None:
    opened.window.preset("faces")
    entry = next(action for action in _menus(opened)["Window"].actions() if action.text() == "Log")
    until(qtbot, lambda: "jobs" in _in_front(opened))
    assert not entry.isChecked()
    entry.trigger()
    until(qtbot, lambda: "log" in _in_front(opened))
    assert entry.isChecked()
    entry.trigger()
    until(qtbot, lambda: "log" not in _in_front(opened))
    assert opened.window.docks.docks["log"].isHidden()
