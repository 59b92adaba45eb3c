"""The diffusion controller with the real queue and engine: what a user does with runs, from end to end."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from engines.generative.diffusion.study_types import CompareSpec
from engines.generative.diffusion.types import SampleSpec, Schedule
from engines.generative.runs import history
from engines.generative.training.types import TrainSpec
from tests.workbench.desk import SMALL, Desk, make_desk
from tests.workbench.opened import until
from tests.workbench.pipeline_folder import a_folder
from widgets.generative.state import Mode, Page, RunState
from widgets.kit.theme import DARK, LOOK
from workbench.project.file import Project
from workbench.threads.jobs import JobQueue, JobState
from workbench.threads.supervisor import Supervisor
from workbench.work.broker import Broker

LONG = replace(SMALL, sampler="langevin", steps=1_000, seeds=tuple(range(64)), keep_steps=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def warm(home: Path, qapp) -> Iterator[JobQueue]:
    """A queue whose worker has the engine imported: that takes longer than all of these tests together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KINOSCOPE_HOME", str(home))
        supervisor = Supervisor()
        queue = JobQueue(supervisor, broker=Broker(threads=4, memory={"cpu": 1 << 30}), workers=1)
        first, soon = queue.submit("engines.generative.diffusion.sampling.job:run", SMALL), threading.Event()
        while not queue.record(first).state.over:
            soon.wait(0.02)
        queue.remove(first)
        yield queue
        assert supervisor.shutdown(20.0) == []
        queue.close()


@pytest.fixture
def make(
    qtbot, warm: JobQueue, home: Path, supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Desk]]:
    """Open a desk, any number of times, on one project and an empty history."""
    monkeypatch.setenv("KINOSCOPE_HOME", str(home))
    shutil.rmtree(history.runs_dir())
    LOOK.apply(QApplication.instance(), DARK)  # type: ignore[arg-type]
    made: list[Desk] = []
    project = Project(tmp_path / "test.kino")

    def one() -> Desk:
        window = QWidget()
        made.append(make_desk(window, supervisor, warm, project, tmp_path / "settings.json"))
        until(qtbot, lambda: made[-1].view.model is not None)
        return made[-1]

    yield one
    for desk in made:
        desk.controller.close()
    warm.cancel_all()
    until(qtbot, lambda: all(record.state.over for record in warm.records()))
    supervisor.shutdown(20.0)
    project.close()
    for desk in made:
        desk.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def desk(make: Callable[[], Desk]) -> Desk:
    return make()


def done(desk: Desk, qtbot, count: int = 1) -> None:
    """So many runs are finished and the newest is shown with its files."""
    until(qtbot, lambda: desk.states().count(RunState.DONE) == count and desk.view.pictures.final, 40)


def test_a_run_forms_is_kept_scrubbed_repeated_deleted_and_brought_back(desk: Desk, qtbot) -> None:
    began: list[str] = []
    desk.services.host.show_centre = lambda _name: began.append(desk.view.page)
    desk.choose()
    assert desk.runs == (), "changing a setting runs nothing"
    desk.panel.start.click()
    assert began == [Page.SAMPLES]
    assert desk.view.shown == desk.runs[0].id
    done(desk, qtbot)

    run = desk.view.run
    assert run is not None
    assert run.result is not None
    assert run.title == "Digits, mixture (exact)"
    assert desk.view.pictures.images is not None
    assert len(desk.view.pictures.images) == 3
    assert Path(run.thumbnail).is_file()
    job = desk.services.jobs.records()[-1]
    assert job.command.startswith("python main.py sample analytic:digits --sampler euler")

    until(qtbot, lambda: desk.view.step is not None)
    desk.page(Page.SAMPLES).scrubber.stepWanted.emit(2)
    until(qtbot, lambda: desk.view.step is not None and desk.view.step.step == 2)
    step = desk.view.step
    assert step is not None
    with history.Steps(Path(run.result.folder)) as steps:
        assert step.sigma == steps.sigmas[2]
        assert step.denoised is not None
        assert np.array_equal(step.denoised, steps.pictures(2)["denoised"])

    first = desk.view.pictures.images
    desk.want("again", run.id)
    done(desk, qtbot, 2)
    assert desk.view.shown != run.id
    assert np.array_equal(desk.view.pictures.images, first), "the same run gives the same pictures"
    assert desk.view.estimate_seconds is not None

    again = desk.view.shown
    folder = Path(run.result.folder)
    desk.want("delete", run.id)
    until(qtbot, lambda: not folder.exists())
    assert [row.id for row in desk.runs] == [again]
    desk.offered["Undo"]()  # type: ignore[operator]
    until(qtbot, lambda: len(desk.runs) == 2)
    assert (folder / "run.json").is_file()


def test_the_current_run_is_cancelled_and_the_next_one_begins(desk: Desk, qtbot) -> None:
    desk.choose(LONG)
    desk.panel.start.click()
    until(qtbot, lambda: desk.view.pictures.images is not None, 40)
    assert not desk.view.pictures.final
    assert desk.view.running is not None
    desk.choose()
    desk.panel.start.click()
    assert desk.view.queued == 1
    assert desk.view.running is not None
    assert desk.view.shown == desk.view.running.id, "the run under way stays in view while another waits"
    other = desk.services.jobs.submit("tests.workbench.samples:count", {"to": 3}, "Another's job")
    desk.panel.progress.cancelled.emit()
    until(qtbot, lambda: RunState.DONE in desk.states(), 40)
    cancelled = next(run for run in desk.runs if run.state is RunState.CANCELLED)
    desk.want("show", cancelled.id)
    until(qtbot, lambda: desk.view.pictures.run == cancelled.id)
    assert desk.view.pictures.images is not None, "what it had made can still be seen"
    desk.want("delete", cancelled.id)
    assert desk.states() == [RunState.DONE]

    desk.choose(LONG)
    for _ in range(3):
        desk.panel.start.click()
    until(qtbot, lambda: desk.view.running is not None and desk.view.pictures.run == desk.view.running.id, 40)
    until(qtbot, lambda: desk.view.pictures.images is not None, 40)
    desk.panel.cancel_all.click()
    until(qtbot, lambda: desk.states().count(RunState.CANCELLED) == 3, 40)
    assert desk.services.jobs.record(other).state is JobState.DONE, "other jobs go on"


def test_a_failure_says_what_and_why_and_the_settings_stay(desk: Desk, qtbot, tmp_path: Path) -> None:
    picture = tmp_path / "broken.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    desk.choose()
    desk.panel.dropped.emit([str(picture)])
    until(qtbot, lambda: desk.view.spec.start is not None)
    assert desk.view.spec.start is not None
    assert desk.view.spec.start.image == str(picture)
    desk.panel.start.click()
    until(qtbot, lambda: desk.view.trouble is not None, 40)
    trouble = desk.view.trouble
    assert trouble is not None
    assert trouble.path == str(picture)
    assert trouble.hint
    assert desk.states() == [RunState.FAILED]
    assert desk.view.spec.start.image == str(picture)
    desk.panel.trouble.dismissed.emit()
    assert desk.view.trouble is None


def test_a_sampled_picture_brings_its_settings_back(desk: Desk, qtbot, monkeypatch, tmp_path: Path) -> None:
    spec = desk.choose(sampler="heun", steps=4, seeds=(7, 9), options={"churn": 3.0})
    desk.panel.start.click()
    done(desk, qtbot)
    run = desk.view.run
    assert run is not None
    assert run.result is not None
    desk.choose(SampleSpec("analytic:spirals"))
    until(qtbot, lambda: desk.view.model is not None and desk.view.model.name == "analytic:spirals")
    desk.studio.dropped.emit([str(Path(run.result.folder) / run.result.files[1])])
    until(qtbot, lambda: desk.view.spec == spec)
    assert desk.view.mode is Mode.SAMPLE
    assert desk.view.model is not None
    assert desk.view.model.name == "analytic:digits"

    target = tmp_path / "all.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_a, **_k: (str(target), "")))
    desk.want("grid", desk.view.shown)
    until(qtbot, lambda: any("all.png" in text for text in desk.said), 20)
    assert target.stat().st_size > 100


def test_form_and_history_come_back_at_the_next_start(make: Callable[[], Desk], qtbot) -> None:
    first = make()
    spec = first.choose(steps=5, seeds=(3,))
    first.panel.start.click()
    done(first, qtbot)
    first.panel.mode.chosen.emit("train")
    first.controller.close()
    second = make()
    until(qtbot, lambda: second.view.pictures.final)
    assert (second.view.mode, second.view.spec) == (Mode.TRAIN, spec)
    assert [run.id for run in second.runs] == [run.id for run in first.runs]
    kept = second.services.project.get("diffusion", "form")
    assert json.loads(json.dumps(kept))["spec"]["steps"] == 5


def test_a_grid_fills_and_a_cell_gives_its_settings(make: Callable[[], Desk], qtbot) -> None:
    desk = make()
    desk.choose()
    grid = CompareSpec(SampleSpec(""), "sampler", ("euler", "heun"), "steps", ("3", "6"))
    desk.panel.mode.chosen.emit("compare")
    desk.panel.compareChanged.emit(grid)
    assert desk.view.compare == replace(grid, base=SMALL)
    desk.panel.start.click()
    assert desk.view.page is Page.COMPARE
    until(qtbot, lambda: desk.view.compared.result is not None, 60)
    compared = desk.view.compared
    assert set(compared.cells) == {(row, column) for row in (0, 1) for column in (0, 1)}
    assert all(Path(file).is_file() for file in compared.cells.values())
    assert compared.errors[0, 0] > compared.errors[1, 0] > 0, "more steps are nearer to the truth"
    desk.page(Page.COMPARE).grid.used.emit(1, 1)
    assert (desk.view.mode, desk.view.spec.sampler, desk.view.spec.steps) == (Mode.SAMPLE, "heun", 6)
    again = make().view.compared
    assert (again.spec, again.result) == (compared.spec, compared.result), "it is there at the next start"


def test_the_form_beside_a_page_is_the_one_of_what_is_done_there(desk: Desk) -> None:
    for page, mode in ((Page.COMPARE, Mode.COMPARE), (Page.TRAINING, Mode.TRAIN), (Page.SAMPLES, Mode.SAMPLE)):
        desk.controller.choose_page(page)
        assert desk.view.mode is mode
    desk.controller.choose_page(Page.FLOW)
    assert desk.view.mode is Mode.SAMPLE, "a page without a form of its own leaves it"


def test_one_training_at_a_time_and_then_it_can_be_sampled_from(desk: Desk, qtbot, home: Path) -> None:
    tiny = TrainSpec("digits", "", width=8, steps=6, batch=8, sample_every=3)
    desk.panel.mode.chosen.emit("train")
    for spec in (tiny, replace(tiny, seed=1)):
        desk.panel.trainChanged.emit(spec)
        desk.panel.start.click()
    assert desk.controller.training.waiting == 1
    assert desk.services.jobs.records()[-1].command.startswith("python main.py sample train --data digits --out ")
    until(qtbot, lambda: desk.view.training.file != "" and desk.controller.training.waiting == 0, 90)
    until(qtbot, lambda: desk.view.training.file != "" and desk.view.training.busy is None, 90)
    progress, file = desk.view.training.progress, Path(desk.view.training.file)
    assert progress is not None
    assert (progress.step, progress.images is None) == (6, False)
    assert file.is_relative_to(home)
    until(qtbot, lambda: file.stem in {info.name for info in desk.view.models})
    desk.page(Page.TRAINING).use.click()
    until(qtbot, lambda: desk.view.model is not None and desk.view.model.name == file.stem)
    assert (desk.view.mode, desk.view.page, desk.view.spec.model) == (Mode.SAMPLE, Page.SAMPLES, file.stem)
    own = [info.name for info in desk.view.models if info.name.startswith("my-digits-unet-")]
    assert len(own) == 2, "neither hides the other, nor one of ours"
    assert "digits-unet" in {info.name for info in desk.view.models}


def test_precisions_are_compared_on_a_click_with_the_model_of_the_form(desk: Desk, qtbot) -> None:
    desk.controller.choose_model("digits-unet")
    until(qtbot, lambda: desk.view.model is not None and desk.view.model.name == "digits-unet")
    desk.panel.run.measure.click()
    until(qtbot, lambda: desk.view.precision.busy is None and desk.view.precision.result is not None, 40)
    found = desk.view.precision.result
    assert found is not None
    assert found.model == "digits-unet"
    assert found.words in desk.panel.run.offer.text()


def test_a_dropped_folder_fills_the_form_as_it_says(desk: Desk, qtbot, tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "ddpm", "DDIMScheduler", beta_end=0.01)
    desk.controller.take([folder])
    until(qtbot, lambda: desk.view.model is not None and desk.view.model.name == folder)
    spec = desk.view.spec
    assert (spec.sampler, spec.options, spec.steps) == ("ddim-clamped", {"clamp": 1.0}, 1000)
    assert spec.schedule == Schedule("own")
    assert desk.controller.panel.sampler.folder.text() == "As the folder says: DDIM, clamped"
    desk.controller.choose_model(SMALL.model)
    until(qtbot, lambda: desk.view.model is not None and desk.view.model.name == SMALL.model)
    assert (desk.view.spec.sampler, desk.view.spec.steps) == ("dpm++2m", 20)
