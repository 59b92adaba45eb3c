"""Where a file lies is shown, and where nothing shows folders that is said."""

from __future__ import annotations

import os

import pytest
from PySide6.QtGui import QDesktopServices

from workbench.controllers.shell.reveal import reveal


@pytest.mark.parametrize("opens", [True, False])
def test_a_folder_that_nothing_shows_is_told(tmp_path, monkeypatch, opens) -> None:
    asked, told = [], []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url.toLocalFile()) or opens)
    for place in (tmp_path, tmp_path / "film.mp4"):
        reveal(place, lambda text, level: told.append((str(tmp_path) in text, level)))
    assert [os.path.normpath(folder) for folder in asked] == [str(tmp_path)] * 2
    assert told == ([] if opens else [(True, "warn")] * 2)
