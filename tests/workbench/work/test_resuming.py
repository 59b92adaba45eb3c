"""A training that was cancelled or killed goes on from its checkpoint, also after a restart; removed, it is gone."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from engines.core.errors import UsageError
from engines.core.spec import to_json
from engines.generative.diffusion.models import cards
from engines.generative.training.types import TrainSpec, checkpoint_path
from workbench.features import resumes
from workbench.plugged import FEATURES
from workbench.threads.jobs import JobQueue
from workbench.threads.supervisor import Supervisor
from workbench.work.job_store import JobState, JobStore

TRAIN = "engines.generative.training.job:run"
KINDS = resumes(FEATURES)


def checkpoint(spec: TrainSpec, step: int = 5) -> Path:
    path = checkpoint_path(spec)
    path.parent.mkdir(exist_ok=True)
    said = {"spec": to_json(spec), "step": step}
    path.write_bytes(save({"a": np.zeros(1)}, {"said": json.dumps(said)}))
    return path


@pytest.fixture
def spec(tmp_path: Path) -> TrainSpec:
    return TrainSpec(
        "digits", str(tmp_path / "out"), name="tiny", width=8, depth=1, steps=12, batch=8, sample_every=0, anew=True
    )


@pytest.fixture
def queue(qtbot, supervisor: Supervisor, broker):
    made = JobQueue(supervisor, broker=broker, workers=1, resumes=KINDS)
    yield made
    supervisor.shutdown(20.0)
    made.close()


def test_every_kind_of_training_in_the_window_can_go_on() -> None:
    assert set(KINDS) == {
        "engines.actions.training.job:run",
        "engines.faces.training.job:run",
        TRAIN,
    }


def test_a_killed_training_can_go_on_after_a_restart_until_its_checkpoint_is_gone(queue, tmp_path, spec) -> None:
    lost = queue.submit(TRAIN, spec, "Train tiny", "the line")
    queue.cancel(lost)
    with closing(sqlite3.connect(JobStore().path)) as base:
        base.execute("UPDATE jobs SET state='running', started=1, owner='1:0.00' WHERE id=?", (lost,))
        base.commit()
    path = checkpoint(spec)
    supervisor = Supervisor()
    again = JobQueue(supervisor, workers=1, resumes=KINDS)
    assert again.record(lost).state is JobState.LOST
    there = again.standing(lost)
    assert there is not None
    assert (there.step, there.steps) == (5, 12)
    path.unlink()
    with pytest.raises(UsageError, match="checkpoint is gone"):
        again.resume(lost)
    assert not again.can_resume(lost)
    assert supervisor.shutdown(20.0) == []
    again.close()


def test_the_checkpoint_of_a_job_too_old_to_be_kept_goes_with_it_unless_a_younger_one_has_it(tmp_path, spec) -> None:
    other = replace(spec, name="other")
    store = JobStore()
    for each in (spec, other, other):
        record = store.insert(TRAIN, "Train", "line", to_json(each))
        store.update(replace(record, state=JobState.CANCELLED))
    store.close()
    paths = [checkpoint(each) for each in (spec, other)]
    part = paths[0].with_name(".tiny.0123456789ab.part.checkpoint")
    part.touch()
    supervisor = Supervisor()
    queue = JobQueue(supervisor, JobStore(kept=1), workers=1, resumes=KINDS)
    assert [path.exists() for path in (*paths, part)] == [False, True, False]
    assert [queue.can_resume(record.id) for record in queue.records()] == [True]
    assert supervisor.shutdown(20.0) == []
    queue.close()


def test_a_cancelled_training_goes_on_is_kept_as_a_model_and_leaves_nothing(qtbot, queue, spec) -> None:
    def cut(id: int) -> int:
        qtbot.waitUntil(lambda: queue.record(id).done > 0, timeout=60_000)
        queue.cancel(id)
        return ended(id)

    def ended(id: int) -> int:
        qtbot.waitUntil(lambda: queue.record(id).state.over, timeout=60_000)
        return id

    first = cut(queue.submit(TRAIN, replace(spec, steps=1_000_000), "Train tiny", "the line --anew"))
    assert queue.can_resume(first)
    step = queue.standing(first).step
    second = cut(queue.resume(first))
    assert queue.record(second).spec["anew"] is False
    assert "anew" not in queue.record(second).command
    assert queue.standing(second).step >= step
    assert not queue.can_resume(first)
    third = ended(queue.keep(second))
    assert queue.record(third).state is JobState.DONE
    assert queue.record(third).title == "Keep tiny as a model"
    assert queue.record(third).note.startswith("Kept as a model, cut off at step")
    assert cards.read_card(Path(queue.result(third).file)).cut_off == queue.standing(second).step
    queue.remove(first)
    assert queue.can_resume(second)
    queue.remove(second)
    assert not checkpoint_path(spec).exists()
