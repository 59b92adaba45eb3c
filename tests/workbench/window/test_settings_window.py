"""The settings in the window: what is chosen is kept and obeyed, defaults come back, folders are truly told."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from engines.core.places import PICTURES_VARIABLE, config_dir, data_dir, log_dir, pictures_dir, store_dir
from tests.workbench.opened import until
from widgets.kit.theme import DARK, LIGHT, LOOK
from workbench.controllers.shell.settings import folder_bytes


def test_choices_are_kept_obeyed_and_undone(open_window, qtbot, monkeypatch, tmp_path):
    opened = open_window(begin=False)
    store, window = opened.window.services.settings, opened.window
    window.commands.run("file.settings")
    dialog = window.dialogs.settings
    dialog.theme._buttons["light"].click()
    assert LOOK.now is LIGHT
    dialog.workers._buttons["1"].click()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: str(tmp_path))
    dialog.places["pictures"].change.click()
    assert dialog.places["pictures"].path.text() == str(tmp_path)
    assert (store.value.theme, store.value.workers, store.value.pictures) == ("light", 1, str(tmp_path))
    until(qtbot, lambda: dialog.places["data"].bytes.text())
    store.add_recent("/a.kino")
    window.commands.run("file.settings")
    dialog.forget.click()
    assert store.value.recent == ()
    kept = store.value.panels
    dialog.findChild(type(dialog.forget), "defaults").click()
    assert (LOOK.now, store.value.workers, store.value.pictures) == (DARK, 2, "")
    assert store.value.panels == kept
    defaults, recent = window.notices.shown[-1], window.notices.shown[-2]
    assert (defaults.action, recent.action) == ("Undo", "Undo")
    for card in reversed(window.notices.cards[-2:]):
        card.action.click()
    assert (LOOK.now, store.value.workers, store.value.pictures) == (LIGHT, 1, str(tmp_path))
    assert store.value.recent == ("/a.kino",)


def test_another_unit_is_seen_at_once_and_changes_no_value(open_window, qtbot):
    opened = open_window(begin=False)
    window = opened.window
    window.preset("calibrate")
    panel, board = window.features["calibration"].panel, window.features["calibration"].panel.board
    before, command = board.board, window.features["calibration"].session.boards
    window.commands.run("file.settings")
    units = window.dialogs.settings.units
    for choice, square in (("in", "0.9843 in"), ("cm", "2.5 cm"), ("auto", "25 mm")):
        units.set_value(choice)
        units.chosen.emit(choice)
        assert board.length.text() == square
        assert square in panel.board_section.head.text().replace("\u00a0", " ")
        assert window.services.settings.value.units == choice
    assert board.board is before
    assert window.features["calibration"].session.boards == command
    units.chosen.emit("in")
    window.dialogs.settings.findChild(type(window.dialogs.settings.forget), "defaults").click()
    assert board.length.text() == "25 mm"


def test_the_next_start_obeys(open_window, qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv(PICTURES_VARIABLE, "")
    monkeypatch.setattr(LOOK, "compact", False)
    wished = {"version": 1, "workers": 1, "density": "compact", "pictures": str(tmp_path / "mine"), "theme": "nonsense"}
    (config_dir() / "settings.json").write_text(json.dumps(wished), encoding="utf-8")
    opened = open_window()
    assert pictures_dir() == tmp_path / "mine"
    assert len(opened.window.services.jobs._runners) == 1
    assert LOOK.compact
    until(qtbot, lambda: opened.says("back to the default", "theme"))


def test_a_folder_counts_its_files_and_follows_no_link(tmp_path: Path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "a").write_bytes(b"x" * 1000)
    (tmp_path / "b").write_bytes(b"x" * 24)
    (tmp_path / "round").symlink_to(tmp_path)
    (tmp_path / "far").symlink_to(data_dir())
    links = sum((tmp_path / name).lstat().st_size for name in ("round", "far"))
    assert folder_bytes(tmp_path) == 1024 + links
    assert folder_bytes(tmp_path / "gone") == 0


def test_about_names_every_folder_and_what_it_stands_on(open_window):
    opened = open_window(begin=False)
    opened.window.commands.run("help.about")
    text = opened.window.dialogs.about.text.toPlainText()
    for folder in (data_dir(), config_dir(), log_dir(), pictures_dir(), store_dir()):
        assert str(folder) in text
    assert "Kinoscope 0.1.0" in text
    assert re.search(r"^torch \d[\w.+]*: \S", text, re.MULTILINE)


def test_a_report_is_gathered_looked_through_and_saved_without_what_is_unticked(
    open_window, qtbot, monkeypatch, tmp_path
):
    opened = open_window()
    window = opened.window
    window.services.log.add(0.0, 20, "workbench", "nothing")
    window.commands.run("help.report")
    dialog = window.dialogs.report.dialog
    until(qtbot, lambda: dialog.ticked)
    assert "about.txt" in dialog.ticked
    assert "torch" in dialog.text.toPlainText()
    dialog.search.setText("torch")
    assert dialog.found.text() == "1 found"
    dialog.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    left_out = dialog.list.item(1).data(Qt.ItemDataRole.UserRole)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(tmp_path / "report"), ""))
    dialog.save.click()
    assert not dialog.isVisible(), "the notice that says where it lies is seen"
    with zipfile.ZipFile(tmp_path / "report.zip") as bundle:
        names = [name.rpartition("/")[2] for name in bundle.namelist()]
    assert "about.txt" in names
    assert left_out not in names
