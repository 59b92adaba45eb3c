"""The language of the window goes through Qt's translators, Qt's own texts too."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from engines.core.words import tr, tr_count
from workbench.controllers.shell.start import when_words
from workbench.window.language import put_on
from workbench.window.places import page_in
from workbench.work.languages import ENGLISH, STRETCHED, VARIABLE
from workbench.work.stretching import stretch

ROOT = Path(__file__).resolve().parents[3]


def test_our_texts_and_qts_own_are_in_the_language(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, STRETCHED)
    try:
        assert put_on(qapp, "") == STRETCHED
        assert tr("Open {name}", name="x") == stretch("Open {name}").format(name="x")
        assert tr_count(2, "{n} view", "{n} views") == stretch("{n} views").format(n=2)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        assert box.buttons()[0].text().replace("&", "") == stretch("Cancel")
    finally:
        monkeypatch.setenv(VARIABLE, ENGLISH)
        put_on(qapp, "")
    assert (tr("Close"), tr_count(1, "{n} view", "{n} views")) == ("Close", "1 view")


def test_dates_are_in_the_language_of_the_window(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    before = QLocale()
    monkeypatch.setenv(VARIABLE, ENGLISH)
    try:
        QLocale.setDefault(QLocale("de_DE"))
        put_on(qapp, "")
        assert when_words(datetime(2020, 3, 1, 12).timestamp()) == "1 March 2020"
    finally:
        QLocale.setDefault(before)


def test_nothing_is_said_before_the_language_is_known() -> None:
    """What is imported on the way to it has no texts of its own at import."""
    code = """
from engines.core import words
words.speak(lambda source, n: print("SAID", source) or "")
import main, workbench.app
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_a_page_of_the_guide_is_taken_in_the_language_that_has_it(tmp_path: Path) -> None:
    (tmp_path / "de").mkdir()
    for name in ("jobs.md", "log.md", "de/jobs.md"):
        (tmp_path / name).write_text("# Page", "utf-8")
    assert page_in(tmp_path, "jobs", "de") == tmp_path / "de" / "jobs.md"
    assert page_in(tmp_path, "log", "de") == tmp_path / "log.md"
    assert page_in(tmp_path, "jobs", ENGLISH) == tmp_path / "jobs.md"
