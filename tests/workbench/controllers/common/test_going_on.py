"""The page of a training offers the one that was cut off, also after a restart, and follows it once it goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject
from safetensors.numpy import save

from engines.core.errors import UsageError
from engines.core.spec import to_json
from engines.core.training.standing import Standing
from engines.generative.training.types import TrainSpec, checkpoint_path
from tests.workbench.opened import until
from widgets.kit.work_parts import CutOffLine
from widgets.kit.work_state import CutOff
from workbench.controllers.common.job_slot import JobSlot
from workbench.features import resumes
from workbench.plugged import FEATURES
from workbench.threads.jobs import JobQueue, JobState
from workbench.work.job_store import JobStore

TRAIN = "engines.generative.training.job:run"


@pytest.fixture
def queue(qtbot, supervisor, broker):
    made = JobQueue(supervisor, broker=broker, workers=1, resumes=resumes(FEATURES))
    yield made
    supervisor.shutdown(20.0)
    made.close()


@pytest.fixture
def spec(tmp_path: Path) -> TrainSpec:
    return TrainSpec("no such data", str(tmp_path), name="tiny", steps=12, anew=True)


def cancelled(queue: JobQueue, spec: TrainSpec) -> int:
    """A training that was cut off at its fifth step."""
    id = queue.submit(TRAIN, spec, "Train tiny", "line")
    queue.cancel(id)
    said = {"spec": to_json(spec), "step": 5}
    checkpoint_path(spec).write_bytes(save({"a": np.zeros(1)}, {"said": json.dumps(said)}))
    return id


def test_a_slot_offers_what_was_cut_off_and_follows_it_wherever_it_is_resumed(qtbot, queue, spec) -> None:
    parent, adopted = QObject(), []
    id = cancelled(queue, spec)
    slot = JobSlot(queue, TRAIN, lambda error: error, parent)
    slot.adopted.connect(adopted.append)
    assert slot.cut_off == CutOff(id, "Train tiny", 5, 12)
    again = queue.resume(id)
    assert slot.job == again
    assert slot.busy is not None
    assert slot.cut_off is None
    assert [(each.name, each.anew) for each in adopted] == [("tiny", False)]
    until(qtbot, lambda: slot.job is None)


def test_a_checkpoint_that_went_meanwhile_is_told(queue, spec) -> None:
    parent, troubles = QObject(), []
    id = cancelled(queue, spec)
    slot = JobSlot(queue, TRAIN, lambda error: error["message"], parent)
    slot.failed.connect(troubles.append)
    assert slot.cut_off is not None
    checkpoint_path(spec).unlink()
    slot.resume(id)
    assert troubles == ["This job cannot go on: its checkpoint is gone"]
    assert slot.cut_off is None


def test_the_line_says_how_far_it_came_and_which_job_is_meant(qtbot) -> None:
    line, said = CutOffLine(), []
    qtbot.addWidget(line)
    line.resumed.connect(said.append)
    line.kept.connect(said.append)
    assert line.isHidden()
    line.show_cut_off(CutOff(7, "Train tiny", 1200, 5000))
    assert line.words.text() == "Train tiny: cut off at step 1,200 of 5,000"
    line.resume.click()
    line.keep.click()
    assert said == [7, 7]
    line.show_cut_off(None)
    assert line.isHidden()


def test_a_slot_that_is_made_later_is_about_the_training_under_way(qtbot, queue, spec) -> None:
    parent, adopted = QObject(), []
    id = queue.submit(TRAIN, spec, "Train tiny", "line")
    slot = JobSlot(queue, TRAIN, lambda error: error, parent)
    slot.adopted.connect(adopted.append)
    until(qtbot, lambda: slot.job == id or queue.record(id).state.over)
    assert [each.name for each in adopted] == ["tiny"]
    until(qtbot, lambda: slot.job is None)


def test_a_training_that_waits_is_in_the_queue_and_the_slot_follows_it(qtbot, supervisor, broker, spec) -> None:
    queue = JobQueue(supervisor, broker=broker, workers=2, resumes=resumes(FEATURES))
    parent, seen = QObject(), []
    slot = JobSlot(queue, TRAIN, lambda error: error, parent)
    slot.start(spec, "First", "line", alone=True)
    slot.start_after(replace(spec, seed=1), "Second", "line")
    first, second = queue.going(TRAIN)
    queue.changed.connect(lambda _id: seen.append((queue.record(first).state, queue.record(second).state)))
    until(qtbot, lambda: slot.job == second or queue.record(second).state.over)
    until(qtbot, lambda: slot.job is None)
    assert (JobState.RUNNING, JobState.RUNNING) not in seen
    supervisor.shutdown(20.0)
    queue.close()


def test_a_training_that_never_began_can_be_begun_after_a_kill(qtbot, supervisor, broker, spec) -> None:
    store = JobStore()
    id = store.insert(TRAIN, "Train tiny", "line", to_json(spec)).id
    store.close()
    queue = JobQueue(supervisor, broker=broker, workers=1, resumes=resumes(FEATURES))
    assert queue.standing(id) == Standing(checkpoint_path(spec), 0, 12)
    with pytest.raises(UsageError):
        queue.keep(id)
    again = queue.resume(id)
    assert queue.spec(again).anew
    until(qtbot, lambda: queue.record(again).state.over)
    supervisor.shutdown(20.0)
    queue.close()
