"""What the palette of the real window finds and does, and keys that are changed on the page of shortcuts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFileDialog

from engines.cameras.types import SceneSource
from engines.core.spec import resolve
from tests.workbench.opened import Opened, until
from widgets.shell.help import headings
from widgets.shell.palette import CommandRow, ranked
from workbench.commands import COMMANDS
from workbench.controllers.shell.shortcuts import sound
from workbench.plugged import FEATURES
from workbench.synonyms import MEANINGS

Open = Callable[..., Opened]
PLAIN = ("viewer", "live", "samples")
"""Pages that an engine begins with, which the beginning of a guide's page tells of."""


def _first(opened: Opened, query: str, most: int = 1) -> list[str]:
    palette = opened.window.finding.palette
    assert palette is not None
    palette.field.setText(query)
    return [row.id for row in palette.shown[:most]]


def test_everything_is_found_by_words_of_any_meaning(open_window: Open, qtbot) -> None:
    opened = open_window(begin=False)
    window = opened.window
    window.sources.add(SceneSource(cameras=2, name="Loading dock"))
    window.services.settings.add_recent("/films/Harbour.kino")
    window.commands.run("window.palette")
    for query, ids in {
        "undistort": {"source.undistort"},
        "straighten": {"source.undistort", "source.undistort-settings"},
        "diagnostics": {"help.log-folder"},
        "log": {"panel:log"},
        "log folder": {"help.log-folder"},
        "timeline": {"panel:timeline"},
        "detect": {"actions.detect", "faces.start"},
        "export": {"file.export"},
        "exit": {"file.quit"},
        "checkerboard": {"calibration.board-pdf", "rig.board-pdf"},
        "hotkey": {"help.shortcuts"},
        "go to page threshold": {"page:faces/threshold"},
        "faces people": {"page:faces/people"},
        "loading": {"source:scene1"},
        "harbour": {"project:/films/Harbour.kino"},
        "begin with": {"setting:Begin with"},
        "verdict": {"help:calibration#The verdict"},
        "opsam": {"file.open-sample"},
    }.items():
        assert ids & set(_first(opened, query, 3)), (query, _first(opened, query, 6))
    palette = window.finding.palette
    assert palette is not None
    assert _first(opened, "faces people", 1) == ["page:faces/people"]
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert (window.centre.front, str(window.features["faces"].form.page)) == ("faces", "people")
    window.commands.run("window.palette")
    assert palette.shown[0].id == "page:faces/people", "what was used last stands first"
    assert window.services.settings.value.panels["palette"]["recent"] == ["page:faces/people"]


def test_a_command_that_is_not_possible_says_why(open_window: Open) -> None:
    window = open_window(begin=False).window
    window.features["calibration"]
    rows = {row.id: row for row, _ in window.finding.found()}
    refused = {id for id, row in rows.items() if not row.enabled}
    assert {"edit.undo", "calibration.save", "diffusion.cancel"} <= refused
    assert [command.id for command in COMMANDS if command.enabled and not command.needs] == []
    assert {id for id in refused if not rows[id].why} == set()


def test_a_command_is_found_before_the_heading_that_tells_of_it() -> None:
    rows = (CommandRow("help:x", "Undistort", kind="help"), CommandRow("straight", "Undistort", "Source"))
    assert [row.id for row in ranked("undistort", rows, (), MEANINGS)] == ["straight", "help:x"]


def test_every_heading_of_the_guide_opens_the_page_there(open_window: Open) -> None:
    window = open_window(begin=False).window
    seen = 0
    for row, show in window.finding.found():
        if row.kind == "help":
            show()
            pages, seen = window.dialogs.help, seen + 1
            assert pages is not None
            cursor = pages.text.textCursor()
            assert row.title in cursor.block().text()[: len(row.title) + 4], row.id
    assert seen > 60


def test_headings_are_titles_and_what_paragraphs_begin_with() -> None:
    text = "# Rig\n\nText with **bold** in it.\n\n**2. Known lenses.** A file;\n**F8** goes on.\n\n## Pages\n"
    assert headings(text) == ("Rig", "Known lenses", "Pages")


def test_a_key_is_changed_taken_over_and_kept(open_window: Open, qtbot, tmp_path, monkeypatch) -> None:
    opened = open_window(begin=False)
    window, commands = opened.window, opened.window.commands
    window.activateWindow()
    commands.run("help.shortcuts")
    dialog = window.shortcuts.dialog
    assert dialog is not None
    page = dialog.page
    page.search.setText("record tile")
    assert page.current is not None
    assert page.current.id == "view.record"
    qtbot.keyClick(page.key, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert "Save project" in page.told.text()
    page.set.click()
    assert (commands.key("view.record"), commands.key("file.save")) == ("Ctrl+S", "")
    assert "Ctrl+S" in commands.action("view.record").toolTip()
    assert "(" not in commands.action("file.save").toolTip()
    path = tmp_path / "keys.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))
    page.export.click()
    assert "View,Record tile,Ctrl+S\n" in path.read_text("utf-8").replace("\r", "")
    opened.end()
    again = open_window(begin=False).window
    assert (again.commands.key("view.record"), again.commands.key("file.save")) == ("Ctrl+S", "")
    again.shortcuts.reset("file.save")
    assert (again.commands.key("view.record"), again.commands.key("file.save")) == ("", "Ctrl+S")
    again.shortcuts.reset()
    assert again.services.settings.value.panels["keys"] == {}
    assert [id for id in again.commands.commands if again.commands.key(id) != _native(id)] == []
    again.commands.run("edit.undo")
    again.commands.run("edit.undo")
    assert (again.commands.key("view.record"), again.commands.key("file.save")) == ("Ctrl+S", "")


def _native(id: str) -> str:
    return QKeySequence(next(command.shortcut for command in COMMANDS if command.id == id)).toString()


def test_a_key_that_every_field_needs_is_no_commands(open_window: Open, qtbot) -> None:
    window = open_window(begin=False).window
    window.commands.run("help.shortcuts")
    assert window.shortcuts.dialog is not None
    page = window.shortcuts.dialog.page
    page.choose("view.record")
    qtbot.keyClick(page.key, Qt.Key.Key_Space)
    assert "needed" in page.told.text()
    assert not page.set.isEnabled()


@pytest.mark.parametrize(
    ("kept", "used"),
    [
        ({"a": "Ctrl+T", "b": "Ctrl+T"}, {"a": "Ctrl+T"}),
        ({"a": "Ctrl+B"}, {"a": "Ctrl+B", "b": ""}),
        ({"a": "no such key+", "b": 3, "gone": "Ctrl+U"}, {}),
        ({"a": "Esc", "b": ""}, {"b": ""}),
    ],
)
def test_keys_written_by_hand_are_taken_where_they_make_sense(kept, used) -> None:
    assert sound(kept, {"a": "Ctrl+A", "b": "Ctrl+B"}) == used


def test_the_tip_of_a_button_names_the_key_of_now(open_window: Open, qtbot) -> None:
    window = open_window(begin=False).window
    window.preset("calibrate")
    start = window.features["calibration"].panel.start
    assert "Ctrl+Return" in start.toolTip()
    window.shortcuts.set_key("jobs.start", "F5")
    until(qtbot, lambda: "F5" in start.toolTip())


def test_one_key_presses_the_button_of_the_panel_in_front(open_window: Open) -> None:
    window = open_window(begin=False).window
    pressed = list[str]()
    window.commands.run("jobs.start")
    for feature in window.features.records:
        window.preset(feature.preset.id)
        start = window.features[feature.id].panel.start
        start.clicked.disconnect()
        start.clicked.connect(lambda _on=False, id=feature.id: pressed.append(id))
        start.setEnabled(True)
        for dock in (feature.id, "jobs"):
            window.docks.show(dock)
            window.docks.docks[dock].widget().setFocus()
            window.commands.run("jobs.start")
    assert pressed == [feature.id for feature in window.features.records for _ in range(2)]


def test_the_guide_opens_where_the_page_in_front_is_told_of(open_window: Open) -> None:
    window = open_window(begin=False).window
    for feature in FEATURES:
        for page, (title, _tip) in (resolve(feature.pages) if feature.pages else {}).items():
            window.features[feature.id].go_to(page)
            window.commands.run("help.guide")
            guide = window.dialogs.help
            assert guide is not None
            begins = guide.text.textCursor().block().text().lstrip(" .0123456789")
            told = title if page not in PLAIN else guide.list.currentItem().text()
            assert begins.startswith(told), (feature.id, title)
