"""Whoever wants to see where a file lies sees it, or is told why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from workbench.controllers.shell.reveal import reveal


def test_what_cannot_be_shown_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    said: list[str] = []
    works = True

    def open_url(url: QUrl) -> bool:
        asked.append(Path(url.toLocalFile()))
        return works

    def notify(text: str, *_rest: object, **_more: object) -> None:
        said.append(text)

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    for path in (tmp_path / "a.png", tmp_path):
        reveal(path, notify)
    assert (asked, said) == ([tmp_path, tmp_path], [])
    works = False
    reveal(tmp_path / "a.png", notify)
    reveal(tmp_path / "gone" / "a.png", notify)
    assert [text.split(str(tmp_path))[0] for text in said] == ["No file manager was found to show ", ""]
    assert len(asked) == 3
