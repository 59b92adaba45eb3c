"""Training on clips: it learns, what it saves answers as it did, and what is wrong with the material is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch

from engines.actions.evaluation.precision import mean_precision
from engines.actions.features.extraction import extract
from engines.actions.features.recipes import recipe_for
from engines.actions.heads.building import build
from engines.actions.heads.streaming import open_stream, softmax
from engines.actions.models.files import open_model
from engines.actions.study_types import Clip, TrainProgress, TrainSpec
from engines.actions.training.job import run
from engines.actions.types import HeadKind
from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, KinoscopeError, UsageError, WorkFailed
from tests.engines.actions.taught import clip, length, shown

ROWS = [(5, 14, "wave"), (20, 27, "jump"), (33, 42, "wave"), (48, 57, "jump"), (66, 75, "wave"), (80, 89, "jump")]
QUICK: dict[str, Any] = {"features": "pose", "hidden": 16, "width": 16, "window": 12, "batch": 8}
BEGIN = 66
"""The first chunk held out when 30 % are: the place nearest to 67.2 that cuts no segment."""
HEADS = ("trn", "idn", "miniroad", "gru", "lstm", "frame")


def classes(count: int = 96, rows: Sequence[tuple[int, int, str]] = ROWS) -> np.ndarray:
    true = np.zeros(count, np.int64)
    for start, end, name in rows:
        true[start : end + 1] = ("wave", "jump").index(name) + 1
    return true


def spec(folder: Path, clips: tuple[Clip, ...] | None = None, **more: Any) -> TrainSpec:
    """One clip in which the class of a chunk shows at once, where none is given."""
    folder.mkdir(exist_ok=True)
    given = clips or (clip(folder, shown(classes(), length()), ROWS),)
    return TrainSpec(**({"out": str(folder / "mine"), "clips": given, "model": "gru", "iterations": 60} | QUICK | more))


@pytest.mark.parametrize("kind", HEADS)
def test_a_head_learns_and_its_file_answers_as_the_network_did(tmp_path: Path, kind: str) -> None:
    few = 60 if kind == "frame" else 40
    result = run(spec(tmp_path, model=kind, iterations=few, learning_rate=5e-3), PlainContext())
    model = open_model(result.file)
    assert model.card == result.card
    assert model.card.shape.kind == kind
    assert model.card.classes == ("background", "wave", "jump")
    assert model.card.horizons == (0.5, 1.0, 1.5, 2.0)
    new = classes(96, [(8, 19, "jump"), (30, 41, "wave"), (60, 75, "jump")])
    x = model.standardise(shown(new, length(), seed=9))
    network = build(model.card.shape).eval()
    network.load_state_dict({name: torch.from_numpy(value) for name, value in model.weights.items()})
    with torch.no_grad():
        whole = network(torch.from_numpy(x)[None])
    stream = open_stream(model.card.shape, model.weights)
    steps = [stream.step(row) for row in x]
    said = np.stack([softmax(step.logits) for step in steps])
    soon = np.stack([softmax(step.ahead) for step in steps if step.ahead is not None])
    assert np.abs(said - whole.logits[0].softmax(-1).numpy()).max() < 1e-5
    assert np.abs(soon - whole.ahead[0].softmax(-1).numpy()).max() < 1e-5
    assert mean_precision(said, new) > 0.9


def test_the_same_seed_gives_the_same_file_and_another_seed_another(tmp_path: Path) -> None:
    asked = spec(tmp_path, model="trn", iterations=6)
    torch.manual_seed(123)
    first = run(replace(asked, out=str(tmp_path / "first" / "mine")), PlainContext())
    torch.manual_seed(456)
    before = torch.random.get_rng_state()
    again = run(asked, PlainContext())
    assert torch.equal(before, torch.random.get_rng_state())
    other = run(replace(asked, seed=1, out=str(tmp_path / "other")), PlainContext())
    weights = [open_model(each.file).weights for each in (again, other)]
    assert replace(first.card, sha256="", seconds=0) == replace(again.card, sha256="", seconds=0)
    once = open_model(first.file).weights
    assert all((weights[0][name] == once[name]).all() for name in once)
    assert any((weights[0][name] != weights[1][name]).any() for name in once)
    assert first.last is not None
    assert again.last is not None
    assert first.last.loss == again.last.loss


class Watching(PlainContext):
    """Remembers every progress; cancels at an iteration."""

    def __init__(self, cancel_at: int = -1) -> None:
        super().__init__()
        self.seen: list[TrainProgress] = []
        self.cancel_at = cancel_at

    def emit(self, key: str, event: object) -> None:
        super().emit(key, event)
        assert key == "progress"
        self.seen.append(cast(TrainProgress, event))

    def progress(self, done: float, total: float, note: str = "") -> None:
        super().progress(done, total, note)
        if note.startswith("Training") and done >= self.cancel_at >= 0:
            self.cancelled.set()


def test_what_is_held_out_decides_which_weights_are_kept(tmp_path: Path) -> None:
    ctx = Watching()
    asked = spec(tmp_path, held_out=0.3, iterations=300, patience=3, learning_rate=1e-2)
    result = run(asked, ctx)
    last = ctx.seen[-1]
    assert result.stopped_early
    assert result.iterations < 300
    assert [each.phase for each in ctx.seen][0 :: len(ctx.seen) - 1] == ["features", "saving"]
    assert last.classes == ("background", "wave", "jump")
    best = max(value for _, value in last.map)
    assert result.map == pytest.approx(best, abs=2e-3)
    assert dict(last.map)[last.best] == result.map
    assert sum(step > last.best for step, _ in last.map) == 3
    model = open_model(result.file)
    stream = open_stream(model.card.shape, model.weights)
    features = extract(asked.clips[0].video, recipe_for("pose", 10.0)).features
    steps = [stream.step(row) for row in model.standardise(features)[BEGIN - 12 :]]
    said, true = np.stack([softmax(step.logits) for step in steps])[12:], classes()[BEGIN:]
    assert mean_precision(said, true) == pytest.approx(result.map, abs=1e-6)
    loss = -np.log(said[np.arange(len(true)), true]).mean()
    losses = dict(last.held_loss)
    assert loss == pytest.approx(losses[last.best], rel=1e-4)
    assert losses[result.iterations - result.iterations % 10] != losses[last.best]


def test_the_mean_and_deviation_are_those_of_what_is_learned_from(tmp_path: Path) -> None:
    features = shown(classes(), length())
    features[BEGIN:] += 100
    made = clip(tmp_path, features, ROWS)
    model = open_model(run(spec(tmp_path, (made,), held_out=0.3, iterations=2), PlainContext()).file)
    assert np.allclose(model.mean, features[:BEGIN].mean(axis=0), atol=1e-4)
    assert np.allclose(model.deviation, features[:BEGIN].std(axis=0), atol=1e-4)


def test_a_cancelled_training_leaves_nothing(tmp_path: Path) -> None:
    asked = spec(tmp_path, iterations=100_000)
    with pytest.raises(Cancelled):
        run(asked, Watching(cancel_at=0))
    assert not list(tmp_path.glob("*mine*"))


def test_a_part_of_a_clip_is_all_that_is_seen(tmp_path: Path) -> None:
    features = shown(classes(), length())
    made = clip(tmp_path, features, ROWS, frames=(0, 60))
    result = run(spec(tmp_path, (made,), frames=(0, 60), iterations=2), PlainContext())
    assert np.allclose(open_model(result.file).mean, features[:60].mean(axis=0), atol=1e-5)
    assert result.card.trained_on == "clip.mkv (0:60)"


def test_several_clips_are_learned_together_and_differences_are_told(tmp_path: Path) -> None:
    first = clip(tmp_path, shown(classes(), length()), ROWS, name="one")
    more = [(10, 20, "wave"), (30, 40, "squat")]
    other = clip(tmp_path, shown(classes(), length(), 4), more, name="two")
    result = run(spec(tmp_path, (first, other), iterations=2), PlainContext())
    assert result.card.classes == ("background", "wave", "jump", "squat")
    assert result.card.trained_on == "one.mkv, two.mkv"
    said = "\n".join(result.advice)
    assert "'jump' is not marked in two.mkv" in said
    assert "'squat' is not marked in one.mkv" in said
    assert "'squat' has one example only" in said


def test_what_is_weak_is_told_and_trained_all_the_same(tmp_path: Path) -> None:
    made = clip(tmp_path, shown(classes(40), length()), [*ROWS[:2], (30, 39, "wave")], frames=(0, 18), missing=0.6)
    result = run(spec(tmp_path, (made,), frames=(0, 18), iterations=2, window=32), PlainContext())
    said = "\n".join(result.advice)
    assert "'jump' has no example in what is learned from" in said
    assert "'wave' has one example only" in said
    assert "Shorter than the window of 32 chunks: clip.mkv" in said
    assert "nobody was found in 61 % of it" in said


NAN = shown(classes(), length())
NAN[17, 3] = np.nan


@pytest.mark.parametrize(
    ("rows", "made", "more", "words"),
    [
        ([(0, 95, "wave")], {}, {}, "one class only"),
        ([], {}, {}, "empty"),
        ([(5, 200, "wave")], {}, {}, "past the end"),
        ([(5, 20, "wave"), (15, 30, "jump")], {}, {}, "overlap"),
        (ROWS, {"frames": (0, 4)}, {"frames": (0, 4)}, "no labelled action|chunks to learn from"),
        (ROWS, {"frames": (91, 96)}, {"frames": (91, 96)}, "5 chunks to learn from in frames 91:96"),
        (ROWS, {"missing": 1.0}, {}, "Nobody is in view"),
    ],
)
def test_what_cannot_be_learned_from_is_said(
    tmp_path: Path, rows: list[tuple[int, int, str]], made: dict[str, Any], more: dict[str, Any], words: str
) -> None:
    given = clip(tmp_path, shown(classes(), length()), rows, **made)
    with pytest.raises(BadInput, match=words):
        run(spec(tmp_path, (given,), **more), PlainContext())
    assert not list(tmp_path.glob("*mine*"))


def test_a_place_that_cannot_be_written_is_said_before_anything_is_learned(tmp_path: Path) -> None:
    (tmp_path / "taken.safetensors").mkdir()
    (tmp_path / "file").write_text("x")
    for out in (tmp_path / "taken", tmp_path / "file" / "mine"):
        ctx = Watching()
        with pytest.raises(BadInput) as told:
            run(TrainSpec(str(out), (Clip("a", "b"),)), ctx)
        assert told.value.path == f"{out}.safetensors"
        assert not ctx.seen


def test_features_that_are_no_numbers_name_their_frame(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="frame 17 hold NaN"):
        run(spec(tmp_path, (clip(tmp_path, NAN, ROWS),)), PlainContext())


def test_a_clip_without_labels_and_labels_without_a_clip_are_said(tmp_path: Path) -> None:
    made = clip(tmp_path, shown(classes(), length()), ROWS)
    with pytest.raises(BadInput, match="no labels"):
        run(spec(tmp_path, (Clip(made.video, ""),)), PlainContext())
    with pytest.raises(KinoscopeError) as told:
        run(spec(tmp_path, (Clip(str(tmp_path / "gone.mkv"), made.labels),)), PlainContext())
    assert "gone.mkv" in str(told.value)


def test_a_rate_far_too_high_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    asked = replace(spec(tmp_path), learning_rate=10.0, decay=10.0, iterations=400, model="frame", loss="ce")
    features = shown(classes(), length()) * np.float32(1e30)
    made = clip(tmp_path, features, ROWS, name="huge")
    with pytest.raises((WorkFailed, BadInput)):
        run(replace(asked, clips=(made,)), PlainContext())
    assert not list(tmp_path.glob("*mine*"))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"out": ""}, "Where the model goes"),
        ({"clips": ()}, "nothing to learn from"),
        ({"folder": "x"}, "two things"),
        ({"window": 0}, "Window must be"),
        ({"dropout": 1.0}, "Dropout must be"),
        ({"learning_rate": float("nan")}, "Learning rate must be"),
        ({"offset": -1}, "Offset"),
        ({"settings": "lstr"}, "no published settings"),
    ],
)
def test_settings_without_sense_are_refused(tmp_path: Path, more: dict[str, Any], words: str) -> None:
    asked = TrainSpec(out=str(tmp_path / "x"), clips=(Clip("a", "b"),))
    with pytest.raises(UsageError, match=words):
        run(replace(asked, **more), PlainContext())


def test_every_kind_of_head_is_tried() -> None:
    assert set(HEADS) == set(cast(Any, HeadKind).__args__)
