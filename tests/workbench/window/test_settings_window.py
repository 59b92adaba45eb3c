"""The settings in the window: what is chosen is kept and obeyed, defaults come back, folders are truly told."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from engines.core.places import PICTURES_VARIABLE, config_dir, data_dir, pictures_dir
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
    until(qtbot, lambda: dialog.places["data"].size.text())
    store.add_recent("/a.kino")
    window.commands.run("file.settings")
    dialog.forget.click()
    assert store.value.recent == ()
    kept = store.value.panels
    dialog.findChild(type(dialog.forget), "defaults").click()
    assert (LOOK.now, store.value.workers, store.value.pictures) == (DARK, 2, "")
    assert store.value.panels == kept


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
