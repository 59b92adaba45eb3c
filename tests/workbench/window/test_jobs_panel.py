"""The Jobs panel in the window: what came of jobs of an earlier run, notices that go, long settings, many jobs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from tests.workbench.fakes import SAMPLES
from tests.workbench.opened import Opened, until
from workbench.controllers.shell import jobs as controller
from workbench.work.job_store import JobState, JobStore

Open = Callable[..., Opened]


def ended(window, qtbot, id: int) -> JobState:
    until(qtbot, lambda: window.services.jobs.record(id).state.over)
    return window.services.jobs.record(id).state


def test_a_job_of_an_earlier_run_still_tells_what_came_of_it(open_window: Open, qtbot) -> None:
    first = open_window()
    id = first.window.services.jobs.submit(f"{SAMPLES}:count", {"to": 10, "names": ["a"]}, "Count")
    assert ended(first.window, qtbot, id) is JobState.DONE
    first.end()
    panel = open_window().window.panels.jobs
    assert panel.current().id == id
    assert "total: 45" in panel.details.outcome.text()


def test_the_notice_of_a_failed_job_goes_when_it_is_looked_at_or_done_again(open_window: Open, qtbot) -> None:
    opened = open_window()
    window, jobs = opened.window, opened.window.services.jobs
    failed = jobs.submit(f"{SAMPLES}:wrong", {}, "Divide")
    ended(window, qtbot, failed)
    until(qtbot, lambda: opened.says("Divide", "nothing to divide by"))
    other = jobs.submit(f"{SAMPLES}:wrong", {}, "Divide")
    window.jobs.refresh()
    assert not opened.says("Divide")
    ended(window, qtbot, other)
    until(qtbot, lambda: opened.says("Divide"))
    window.jobs.show(failed)
    assert opened.says("Divide")
    window.jobs.show(other)
    assert not opened.says("Divide")


def test_settings_too_long_for_a_line_are_written_once_the_line_is_copied(open_window: Open, qtbot) -> None:
    window = open_window().window
    asked = {"to": 1, "path": "/a/" + "long" * 2000}
    id = window.services.jobs.submit(f"{SAMPLES}:count", asked, "Count")
    ended(window, qtbot, id)
    until(qtbot, lambda: window.panels.jobs.current() is not None)
    file = Path(shlex.split(window.services.jobs.record(id).command)[-1])
    assert not file.exists()
    window.panels.jobs.copy.click()
    assert QGuiApplication.clipboard().text().endswith(f"--spec {file}")
    assert json.loads(file.read_text()) == asked


def test_a_refresh_makes_no_row_of_a_job_that_has_not_changed(
    open_window: Open, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = JobStore()
    for number in range(500):
        store.insert("engines.a:run", f"Job {number}", "line", {"out": str(number)})
    store.close()
    made: list[int] = []
    true = controller.job_row
    monkeypatch.setattr(controller, "job_row", lambda record, there: (made.append(record.id), true(record, there))[1])
    window = open_window().window
    assert window.panels.jobs.list.count() == 500
    made.clear()
    window.jobs.refresh()
    assert made == []


def test_a_job_that_could_go_on_is_removed_only_after_a_question(
    open_window: Open, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window().window
    jobs, asked, answer = window.services.jobs, list[str](), False
    id = jobs.submit(f"{SAMPLES}:count", {"to": 1, "names": []}, "Train a digit")
    ended(window, qtbot, id)

    def really(_parent: object, _title: str, question: str, _verb: str) -> bool:
        asked.append(question)
        return answer

    monkeypatch.setattr(controller, "really", really)
    monkeypatch.setattr(jobs, "can_resume", lambda _id: True)
    window.panels.jobs.removed.emit(id)
    assert [record.id for record in jobs.records()] == [id]
    answer = True
    window.panels.jobs.removed.emit(id)
    assert jobs.records() == []
    assert ["Train a digit" in question for question in asked] == [True, True]
