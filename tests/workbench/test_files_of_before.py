"""What an earlier version kept still opens: project, settings, history of jobs, recorded commands."""

from __future__ import annotations

import inspect
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.core import TyperCommand

from engines.actions.types import Segment
from engines.cameras.sources.parsing import parse
from engines.core.places import config_dir, data_dir
from engines.core.spec import from_json, resolve, spec_type, to_json
from main import main
from tests import kept
from tests.engines.actions.watching import make_film
from tests.workbench.opened import Opened, until
from widgets.actions.state import Page as ActionsPage
from widgets.faces.state import Page as FacesPage
from workbench.project.file import Project
from workbench.project.forgetting import tells_of_people
from workbench.project.settings import SettingsStore
from workbench.threads.jobs import JobQueue
from workbench.work.job_store import JobRecord, JobState, JobStore

Open = Callable[..., Opened]
OF_PEOPLE = {
    "Verify two pictures",
    "Look through 1 file or folder",
    "Evaluate recognition",
    "Evaluate against strangers",
    "Find wrong names",
    "Train a head with cosface",
    "Cover faces in one.png",
    "Calibrate gaze",
}
OTHERS = {
    "Calibrate from 5 views",
    "Sample Digits, mixture (exact)",
    "Write samples.png",
    "Compare 4 runs",
    "Error curves",
    "Flow of spirals",
    "Spectrum of the data",
    "Train small",
    "Look at small.safetensors",
    "Fetch weights for faces",
    "Train wave",
    "Run wave over clip.mkv",
    "Evaluate action models",
    "4 000 steps",
}
TITLES = OF_PEOPLE | OTHERS
COMMANDS: dict[str, dict[str, str]] = json.loads((kept.DATA / "commands.json").read_text(encoding="utf-8"))


@pytest.fixture
def history(tmp_path: Path) -> JobStore:
    store = JobStore(kept.copy("jobs.sqlite", tmp_path))
    assert store.notice == ""
    return store


@pytest.fixture
def records(history: JobStore) -> dict[str, JobRecord]:
    """By title; of several the last."""
    found = history.records()
    history.close()
    return {record.title: record for record in found}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """With the film, the picture and the gallery that it tells of."""
    folder = tmp_path / "before"
    path = kept.copy_project(folder)
    kept.copy("people.faces", folder)
    kept.copy("wave.safetensors", folder)
    make_film(folder / "clip.mkv", 60)
    (folder / "pictures").mkdir()
    cv2.imwrite(str(folder / "pictures" / "picture 0.png"), np.zeros((12, 16, 3), np.uint8))
    return path


def test_a_project_comes_back_whole_in_the_window(open_window: Open, qtbot, project: Path) -> None:
    opened = open_window(str(project))
    window, folder = opened.window, project.parent
    until(qtbot, lambda: {"file1", "folder1", "tiled1", "stream1"} <= set(opened.sources))
    assert window.viewer.layout == "2x2"
    assert window.viewer.shown() == {
        0: "file1", 1: "tiled1/front right", 2: "tiled1/side left", 3: "tiled1/side right"
    }  # fmt: skip
    session = window.features["calibration"].session
    assert str(session.board) == "chessboard:9x6:25mm"
    assert [view.used for view in session.material.views] == [True] * 5 + [False]
    assert session.result is not None
    assert session.current
    assert 0 < session.result.rms_px < 1
    form = window.features["diffusion"].form
    assert (form.spec.model, form.spec.sampler, form.spec.seeds) == ("analytic:digits", "heun", (3, 4))
    assert (form.compare.x_values, form.train.name, form.flow.particles) == (("euler", "heun"), "small", 16)
    faces = window.features["faces"]
    assert (faces.form.page, faces.form.settings.accept.rate) == (FacesPage.AUDIT, 1e-4)
    assert (faces.form.open_set.choose, faces.form.train.loss) == ("best", "cosface")
    until(qtbot, lambda: faces.galleries.path == str(folder / "people.faces"))
    actions = window.features["actions"]
    assert (actions.form.page, actions.form.settings.threshold) == (ActionsPage.TEACH, 0.4)
    assert actions.form.settings.model == str(folder / "wave.safetensors")
    assert actions.form.train.features == "pose"
    labels = actions.labels.labels(str(folder / "clip.mkv"))
    assert labels.segments == (Segment(20, 39, "wave", "actions"),)
    assert labels.classes == ("wave", "stand")
    assert not opened.says("could not be read")


def test_every_source_and_calibration_of_a_project_is_one_of_today(project: Path) -> None:
    before = Project(project)
    try:
        kinds = {parse(value).kind for value in before.items("source").values()}
    finally:
        before.close()
    assert kinds == {"file", "folder", "tiled", "stream"}


def test_settings_and_docks_come_back(open_window: Open) -> None:
    kept.copy("settings.json", config_dir())
    store = SettingsStore()
    assert store.notice == ""
    assert (store.value.preset, store.value.recent) == ("actions", ("/before/work.kino",))
    assert {"calibration", "faces", "diffusion", "actions"} <= store.value.panels.keys()
    opened = open_window()
    assert opened.window.centre.strip == "actions"
    assert opened.window.features["diffusion"].form.train.name == "small"
    assert not opened.says("layout")
    assert not opened.says("could not be read")


def test_the_window_lists_every_job_of_before(open_window: Open, qtbot) -> None:
    kept.copy("jobs.sqlite", data_dir())
    opened = open_window()
    until(qtbot, lambda: {row.title for row in opened.jobs} == TITLES)
    states = {row.title: row.state for row in reversed(opened.jobs)}
    assert (states["Spectrum of the data"], states["4 000 steps"]) == ("failed", "cancelled")


def test_jobs_that_were_under_way_are_lost_and_the_others_ended_as_they_did(history: JobStore) -> None:
    states = [record.state for record in history.records()]
    history.close()
    assert states == [
        *[JobState.DONE] * 6,
        JobState.FAILED,
        *[JobState.DONE] * 14,
        JobState.CANCELLED,
        JobState.LOST,
        JobState.LOST,
    ]


def test_results_of_before_can_be_read(history: JobStore) -> None:
    results = {record.title: history.result(record.id) for record in history.records() if record.state is JobState.DONE}
    history.close()
    assert None not in results.values()
    assert results["Calibrate from 5 views"]["rms_px"] < 1


@pytest.mark.parametrize("title", sorted(TITLES))
def test_a_job_of_before_is_one_of_today(records: dict[str, JobRecord], title: str) -> None:
    record = records[title]
    job = resolve(record.job)
    assert inspect.isfunction(job)
    assert f"{job.__module__}:{job.__name__}" == record.job, "the path is that of today"
    assert_within(record.spec, to_json(from_json(spec_type(record.job), record.spec)))


def test_jobs_that_tell_of_people_are_still_known_for_it(records: dict[str, JobRecord]) -> None:
    assert {title for title, record in records.items() if tells_of_people(record)} == OF_PEOPLE


def test_a_job_of_before_runs_again(jobs: JobQueue, qtbot, records: dict[str, JobRecord]) -> None:
    record = records["Flow of spirals"]
    id = jobs.submit(record.job, record.spec, record.title, record.command)
    until(qtbot, lambda: jobs.record(id).state.over, 60)
    assert jobs.record(id).state is JobState.DONE, jobs.record(id).note
    assert jobs.result(id).samplers == ("euler",)


@pytest.mark.parametrize(
    "line", [pytest.param(line, id=name) for part in COMMANDS.values() for name, line in part.items()]
)
def test_a_recorded_command_is_understood(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """Taken apart by the command line itself, down to the function that would run, which is not called."""
    called: list[str] = []
    monkeypatch.setattr(TyperCommand, "invoke", lambda _self, context: called.append(context.command_path))
    python, program, *words = shlex.split(line)
    assert (python, program) == ("python", "main.py")
    assert main(words) == 0
    assert len(called) == 1
    assert called[0].startswith(f"main.py {words[0]}")


def assert_within(before: Any, now: Any) -> None:
    """Everything that was kept is still said; more may be said."""
    if isinstance(before, dict):
        assert before.keys() <= now.keys()
        for key, value in before.items():
            assert_within(value, now[key])
    else:
        assert before == now
