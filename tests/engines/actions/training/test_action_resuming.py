"""A training of actions that is cut off goes on with the very numbers, and its checkpoint is nobody else's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from engines.actions.models.files import checkpoint_path, open_model, standing_of
from engines.actions.study_types import TrainProgress, TrainSpec
from engines.actions.training.job import run
from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled
from tests.engines.actions.training.test_action_training import spec


class CutOff(PlainContext):
    """Cancels once so many steps are done."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after, self.checks = after, 0

    def emit(self, key: str, event: object) -> None:
        super().emit(key, event)
        if isinstance(event, TrainProgress) and event.phase == "training":
            self.checks = 0

    def check(self) -> None:
        self.checks += 1
        if self.checks > self.after:
            raise Cancelled


@pytest.fixture
def told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is told at the beginning alone, so that steps can be counted from there."""
    monkeypatch.setattr("engines.actions.training.job.TELL_SECONDS", 1e9)


def cut_off(asked: TrainSpec, after: int) -> None:
    with pytest.raises(Cancelled):
        run(asked, CutOff(after))


@pytest.mark.parametrize(
    "more", [{"held_out": 0.3, "patience": 50}, {"settings": "idn", "rate": 10.0, "held_out": 0.3}]
)
def test_the_model_is_the_same_whether_it_was_cut_off_or_not(tmp_path: Path, told_once: None, more: dict) -> None:
    asked = spec(tmp_path, iterations=40, **more)
    whole = run(replace(asked, out=str(tmp_path / "whole")), PlainContext())
    cut_off(asked, 17)
    cut_off(asked, 9)
    there = standing_of(asked)
    assert there is not None
    assert (there.step, there.steps) == (26, 40)
    assert not (tmp_path / "mine.safetensors").exists()
    ctx = PlainContext()
    made = run(asked, ctx)
    assert cast(TrainProgress, ctx.events["progress"]).resumed == 26
    same = [open_model(each.file).weights for each in (whole, made)]
    assert all((same[0][name] == same[1][name]).all() for name in same[0])
    assert made.last is not None
    assert whole.last is not None
    assert (made.last.loss, made.last.held_loss, made.map) == (whole.last.loss, whole.last.held_loss, whole.map)
    assert standing_of(asked) is None
    assert not checkpoint_path(asked).exists()


def test_a_cut_off_training_is_kept_as_a_model_that_says_so_and_can_still_go_on(
    tmp_path: Path, told_once: None
) -> None:
    asked = spec(tmp_path, iterations=40)
    cut_off(asked, 12)
    kept = run(replace(asked, keep=True), PlainContext())
    assert open_model(kept.file).card.cut_off == 12
    whole = run(asked, PlainContext())
    assert open_model(whole.file).card.cut_off == 0
    with pytest.raises(BadInput, match="no checkpoint"):
        run(replace(asked, keep=True), PlainContext())


def test_anew_begins_with_the_first_step_whatever_is_there(tmp_path: Path, told_once: None) -> None:
    asked = spec(tmp_path, iterations=20)
    cut_off(asked, 12)
    other = replace(asked, seed=1)
    assert standing_of(other) is None
    with pytest.raises(BadInput, match="other settings"):
        run(other, PlainContext())
    ctx = PlainContext()
    run(replace(other, anew=True), ctx)
    assert cast(TrainProgress, ctx.events["progress"]).resumed == 0
    assert not checkpoint_path(asked).exists()


def test_labels_that_were_changed_and_files_of_others_are_refused(tmp_path: Path, told_once: None) -> None:
    asked = spec(tmp_path, iterations=20)
    cut_off(asked, 12)
    labels = Path(asked.clips[0].labels)
    labels.write_text(labels.read_text().replace("wave", "leap", 1))
    with pytest.raises(BadInput, match="changed since"):
        run(asked, PlainContext())
    checkpoint_path(asked).write_bytes(b"a letter")
    for each in (asked, replace(asked, anew=True)):
        with pytest.raises(BadInput, match="a file of this name already"):
            run(each, PlainContext())
    assert checkpoint_path(asked).read_bytes() == b"a letter"
