"""Deleting somebody everywhere reaches the history of jobs, names what is left, and is never done by mistake."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QMessageBox

import main
from engines.core.places import data_dir
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.types import Forgotten
from tests.engines.faces.gallery.galleries import CARD, Maker
from tests.workbench.opened import Opened, until
from widgets.faces.state import Page
from workbench.controllers.faces.dialogs import Dialogs
from workbench.log import logging_to
from workbench.project.forgetting import forget_in_history, texts_of
from workbench.work.job_store import JobState, JobStore

NAME, PHOTO = "Annelie Quittenbaum", "/photos/zoë/0001.jpg"
JOB = "engines.faces.gallery.enrol:run"


def told(store: JobStore, job: str = JOB, state: JobState = JobState.DONE) -> int:
    record = store.insert(job, f"Look at {NAME}", "main.py faces enrol", {"files": [PHOTO]})
    store.update(replace(record, state=state), f'{{"name": "{NAME}", "points": [1.25, 2.5]}}')
    return record.id


def gallery_of_two(path: Path) -> Path:
    maker = Maker()
    with Gallery.create(path, CARD) as gallery:
        gallery.add(NAME, maker.faces(0, 2, source=PHOTO))
        gallery.add("Somebody Else", maker.faces(1, 2))
    return path


def stands(text: str) -> list[str]:
    """Files of the history in which the text stands."""
    forms = {text.encode(), text.encode("ascii", "backslashreplace").replace(b"\\xeb", b"\\u00eb")}
    files = sorted(data_dir().glob("jobs.sqlite*"))
    return [file.name for file in files if any(form in file.read_bytes() for form in forms)]


def test_the_history_holds_nothing_of_them_while_it_is_open():
    store = JobStore()
    for _ in range(20):
        store.delete(told(store))
    kept = store.insert("engines.calibration.mono:run", "Calibrate", "", {})
    assert stands(NAME)
    assert store.forget({NAME, PHOTO}) == []
    assert stands(NAME) == stands(PHOTO) == stands("points") == []
    assert [record.id for record in store.records()] == [kept.id]
    store.close()


def test_what_is_left_in_the_history_is_named():
    store = JobStore()
    told(store, state=JobState.RUNNING)
    left = store.forget({NAME})
    assert len(left) == 1
    assert str(store.path) in left[0]
    assert f"Look at {NAME}" in left[0]
    assert "running" in left[0]
    store.close()


def test_a_history_that_is_read_elsewhere_is_named_and_gone_later():
    store = JobStore()
    store.delete(told(store))
    other = sqlite3.connect(store.path)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM jobs").fetchone()
    store._base.execute("PRAGMA busy_timeout=1")
    left = store.forget({NAME})
    assert [str(store.path) in words for words in left] == [True]
    other.close()
    assert store.forget({NAME}) == []
    assert stands(NAME) == []
    store.close()


def test_the_command_forgets_in_the_history_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    store = JobStore()
    told(store)
    told(store, job="engines.generative.diffusion.sampling.job:run")
    store.close()
    path = gallery_of_two(tmp_path / "g.faces")
    assert main.main(["faces", "forget", str(path), NAME, "--yes"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"the job 'Look at {NAME}' (done) tells of them" in said
    assert "nothing is left" not in said
    store = JobStore()
    assert [record.job for record in store.records()] == ["engines.generative.diffusion.sampling.job:run"]
    store.close()


def test_the_log_is_blackened_while_it_is_written(tmp_path: Path):
    with logging_to() as log:
        logging.getLogger("workbench.window.main").warning("%s: the picture is broken (%s)", NAME, PHOTO)
        assert forget_in_history({NAME, PHOTO}) == []
        logging.getLogger("workbench.window.main").warning("what comes later stands there")
    said = log.read_text("utf-8")
    assert NAME not in said
    assert PHOTO not in said
    assert "the picture is broken" in said
    assert "what comes later" in said


def test_without_a_history_none_is_made(tmp_path: Path):
    with Gallery.open(gallery_of_two(tmp_path / "g.faces")) as gallery:
        texts = texts_of(gallery, gallery.person_named(NAME))
    assert texts == {NAME, PHOTO}
    assert forget_in_history(texts) == []
    assert not list(data_dir().glob("jobs.sqlite*"))


def test_the_window_deletes_them_everywhere_and_keeps_the_others(
    open_window: Callable[..., Opened], qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    store = JobStore()
    told(store)
    store.close()
    opened = open_window()
    desk = opened.window.features["faces"]
    monkeypatch.setattr(desk.dialogs, "really", lambda *_: True)
    desk.galleries.open(str(gallery_of_two(tmp_path / "g.faces")))
    until(qtbot, lambda: len(desk.galleries.view.people) == 2)
    people = {person.name: person for person in desk.galleries.view.people}
    for person in people.values():
        desk.thumbs.put(person.portrait, np.zeros((8, 8, 3), np.uint8))
    opened.window.features["faces"].board.page(Page.PEOPLE).requests.forgetWanted.emit(people[NAME].id)
    until(qtbot, lambda: desk.galleries.view.forgotten is not None, 20)
    proof = desk.galleries.view.forgotten
    assert isinstance(proof, Forgotten)
    assert proof.left == ()
    assert stands(NAME) == stands(PHOTO) == []
    assert opened.jobs == []
    assert set(desk.thumbs.images()) == {people["Somebody Else"].portrait}


def test_return_and_escape_delete_nothing(qtbot, monkeypatch: pytest.MonkeyPatch):
    shown: list[QMessageBox] = []

    def press(key: Qt.Key) -> Callable[[QMessageBox], int]:
        def execute(box: QMessageBox) -> int:
            shown.append(box)
            box.show()
            qtbot.keyClick(box, key)
            return 0

        return execute

    dialogs = Dialogs(None, lambda *_: None)  # type: ignore[arg-type]
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
        monkeypatch.setattr(QMessageBox, "exec", press(key))
        assert not dialogs.really("Delete everywhere", "Delete <b>Ada</b>?", "Delete everywhere")
    for box in shown:
        qtbot.addWidget(box)
        assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
        assert box.textFormat() == Qt.TextFormat.PlainText
        assert box.findChild(QDialogButtonBox) is not None
