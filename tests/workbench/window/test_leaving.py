"""Leaving while a job runs: the user is asked once, nothing waits for the answer; signals and programs go at once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

import pytest
from PySide6.QtGui import QCloseEvent

from engines.core.places import data_dir
from tests.workbench.fakes import SAMPLES
from tests.workbench.opened import Opened, until
from workbench.project.running import FinishingMark
from workbench.threads.jobs import JobState
from workbench.window.main import Window
from workbench.work.job_store import owner_of


class ByUser(QCloseEvent):
    """As the window system sends it."""

    def spontaneous(self) -> bool:
        return True


def close_by_cross(window: Window) -> bool:
    """Whether the window took it."""
    event = ByUser()
    window.closeEvent(event)
    return event.isAccepted()


@pytest.fixture
def busy(open_window: Callable[..., Opened], qtbot) -> tuple[Window, int]:
    """A window with a job under way."""
    window = open_window().window
    jobs = window.services.jobs
    id = jobs.submit(f"{SAMPLES}:patient", {}, "Sort stones")
    until(qtbot, lambda: jobs.record(id).state is JobState.RUNNING)
    return window, id


def test_the_user_is_asked_and_stays_or_waits_and_comes_back(busy, qtbot) -> None:
    window, id = busy
    leaving = window.leaving
    assert not close_by_cross(window)
    question = leaving.question
    assert "Sort stones" in question.words.text()
    assert "begin again" in question.words.text()
    question.stay.click()
    assert leaving.question is None
    assert window.isVisible()
    window.commands.run("file.quit")
    leaving.question.wait.click()
    assert not window.isVisible()
    assert leaving.waiting.isVisible()
    assert leaving.waiting.lines[0].title.text() == "Sort stones"
    leaving.waiting.open_again.click()
    assert window.isVisible()
    assert leaving.waiting is None
    assert window.services.jobs.record(id).state is JobState.RUNNING


def test_another_start_of_the_program_has_the_hidden_window_back(busy, qtbot) -> None:
    window, _id = busy
    window.leaving.wait()
    assert not window.isVisible()
    mark = FinishingMark()
    until(qtbot, lambda: mark.want(os.getpid()))
    until(qtbot, window.isVisible)
    assert not mark.want(os.getpid()), "it hides no more"


def test_a_start_beside_one_that_finishes_says_so(open_window, qtbot) -> None:
    parent = os.getppid()
    folder = data_dir() / "running"
    folder.mkdir(parents=True)
    (folder / f"{parent}.finishing").write_text(json.dumps({"owner": owner_of(parent), "jobs": 2}))
    opened = open_window()
    until(qtbot, lambda: opened.says("finishing 2 jobs in the background"))


def test_it_closes_by_itself_when_the_jobs_have_ended(busy, qtbot) -> None:
    window, id = busy
    window.leaving.wait()
    with qtbot.waitSignal(window.closed, timeout=30_000):
        window.services.jobs.cancel(id)


def test_a_signal_does_not_wait_for_the_answer(busy, qtbot) -> None:
    window, id = busy
    assert not close_by_cross(window)
    with qtbot.waitSignal(window.closed, timeout=30_000):
        window.close()
    assert window.services.jobs.record(id).state is JobState.CANCELLED


def test_without_work_nobody_is_asked(open_window, qtbot) -> None:
    window = open_window().window
    with qtbot.waitSignal(window.closed, timeout=30_000):
        window.commands.run("file.quit")
    assert window.leaving.question is None
