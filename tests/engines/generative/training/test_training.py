"""Training: the same seed gives the same weights, however often it was killed; what goes wrong is said."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, OutOfResources, UsageError, WorkFailed
from engines.core.spec import to_json
from engines.core.training.checkpoints import read_checkpoint
from engines.generative.diffusion.models import cards
from engines.generative.training import job as training
from engines.generative.training.types import TrainSpec, standing_of

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def spec(tmp_path) -> TrainSpec:
    return TrainSpec(
        "digits", str(tmp_path / "out"), name="tiny", width=8, depth=1, steps=12, batch=8, sample_every=0, augment=1
    )


def _weights(spec: TrainSpec) -> dict[str, torch.Tensor]:
    """What a finished training leaves, in full precision."""
    held = read_checkpoint(Path(spec.out) / f"{spec.name}.checkpoint")
    assert held is not None
    return held.tensors


def _same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def _folder(tmp_path: Path, count: int) -> Path:
    """A folder of small pictures."""
    folder, rng = tmp_path / "pictures", np.random.default_rng(0)
    folder.mkdir()
    for index in range(count):
        cv2.imwrite(str(folder / f"{index:02d}.png"), rng.integers(0, 255, (8, 8), np.uint8))
    return folder


class After(PlainContext):
    """Asks for an end after some steps."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.left = steps

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Cancelled


def test_the_same_seed_gives_the_same_weights_and_another_one_others(spec, tmp_path):
    torch.manual_seed(1)
    one = training.run(spec, PlainContext())
    torch.manual_seed(2)
    again = training.run(replace(spec, out=str(tmp_path / "again")), PlainContext())
    other = training.run(replace(spec, out=str(tmp_path / "other"), seed=5), PlainContext())
    assert Path(one.file).read_bytes() == Path(again.file).read_bytes()
    assert Path(one.file).read_bytes() != Path(other.file).read_bytes()


def test_training_leaves_everyones_random_numbers_alone(spec):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    training.run(replace(spec, steps=2), PlainContext())
    assert torch.equal(before, torch.get_rng_state())


def test_the_loss_falls(spec):
    context = PlainContext()
    training.run(replace(spec, steps=50, batch=16, rate=5e-3), context)
    losses = context.events["train"].losses
    assert losses[-1, 1] < 0.9 * losses[:5, 1].mean()


@pytest.mark.parametrize("architecture", ["unet", "dit"])
def test_a_training_that_was_cancelled_goes_on_as_if_it_had_not_been(spec, tmp_path, architecture):
    spec = replace(spec, architecture=architecture, width=32 if architecture == "dit" else 8)
    whole = replace(spec, out=str(tmp_path / "whole"))
    training.run(whole, PlainContext())
    with pytest.raises(Cancelled):
        training.run(spec, After(5))
    result = training.run(spec, PlainContext())
    assert result.resumed_at == 5
    assert _same(_weights(spec), _weights(whole))


def test_a_training_that_was_killed_goes_on_as_if_it_had_not_been(spec, tmp_path):
    folder = _folder(tmp_path, 20)
    spec = replace(spec, data=str(folder), size=8, save_seconds=0.0)
    asked = tmp_path / "spec.json"
    asked.write_text(json.dumps(to_json(spec)))
    command = [sys.executable, "-m", "tests.engines.generative.training.training_child", str(asked), "7"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "here\n"
        with pytest.raises(BadInput, match=f"being written already, by process {child.pid} since"):
            training.run(replace(spec, steps=20), PlainContext())
        child.kill()
    assert child.returncode == -9
    assert not Path(spec.out, "tiny.safetensors").exists()
    result = training.run(spec, PlainContext())
    assert (result.resumed_at, result.steps) == (7, 12)
    whole = replace(spec, out=str(tmp_path / "whole"))
    training.run(whole, PlainContext())
    assert _same(_weights(spec), _weights(whole))


def test_a_cut_off_training_is_kept_as_a_model_that_says_so_goes_on_or_begins_anew(spec):
    with pytest.raises(Cancelled):
        training.run(spec, After(5))
    assert standing_of(spec).step == 5
    assert standing_of(replace(spec, seed=1)) is None
    kept = training.run(replace(spec, keep=True), PlainContext())
    assert (cards.read_card(Path(kept.file)).cut_off, kept.steps) == (5, 5)
    assert training.run(replace(spec, anew=True), PlainContext()).resumed_at == 0
    assert standing_of(spec) is None
    with pytest.raises(BadInput, match="no checkpoint"):
        training.run(replace(spec, keep=True, name="other"), PlainContext())


def test_a_full_disk_leaves_the_last_checkpoint_whole(spec, monkeypatch):
    spec = replace(spec, save_seconds=0.0)
    with pytest.raises(Cancelled):
        training.run(spec, After(4))
    path = Path(spec.out, "tiny.checkpoint")
    before = path.read_bytes()

    def full(self: Path, content: bytes) -> int:
        with self.open("wb") as part:
            part.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(Path, "write_bytes", full)
        with pytest.raises(OutOfResources, match="The disk is full"):
            training.run(spec, PlainContext())
    assert path.read_bytes() == before
    assert [file.name for file in Path(spec.out).iterdir()] == ["tiny.checkpoint"]
    assert training.run(spec, PlainContext()).resumed_at == 4


def test_a_loss_that_is_no_number_ends_with_advice_and_keeps_the_last_good_weights(spec):
    with pytest.raises(Cancelled):
        training.run(spec, After(4))
    path = Path(spec.out, "tiny.checkpoint")
    before = path.read_bytes()
    setup = training.prepare(spec, PlainContext())
    run = training.Run(spec, setup, PlainContext())
    assert run.resume() == 4
    with torch.no_grad():
        run.state.parameters[0].fill_(float("nan"))
    with pytest.raises(WorkFailed, match="no number any more") as error:
        run.to_the_end()
    assert "learning rate" in error.value.hint
    assert "last good checkpoint is kept" in error.value.hint
    with pytest.raises(WorkFailed):
        run.save()
    assert path.read_bytes() == before


def test_a_rate_that_is_far_too_high_is_said(spec):
    with pytest.raises(WorkFailed, match="no number any more"):
        training.run(replace(spec, rate=1e30, steps=60), PlainContext())


def test_a_checkpoint_of_other_settings_is_not_mixed_in(spec):
    training.run(spec, PlainContext())
    with pytest.raises(BadInput, match="width was 8"):
        training.run(replace(spec, width=16), PlainContext())
    assert training.run(replace(spec, steps=14, save_seconds=9.0), PlainContext()).resumed_at == 12


def test_a_broken_checkpoint_is_said(spec):
    training.run(spec, PlainContext())
    path = Path(spec.out, "tiny.checkpoint")
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(BadInput, match="cannot be read") as error:
        training.run(spec, PlainContext())
    assert error.value.path == str(path)


def test_a_training_that_was_finished_and_went_on_says_how_to_repeat_it(spec):
    training.run(spec, PlainContext())
    longer = replace(spec, steps=14)
    with pytest.raises(Cancelled):
        training.run(longer, After(1))
    result = training.run(longer, PlainContext())
    first, then = json.loads(Path(result.file).with_suffix(".json").read_text())["command"].split(" && ")
    assert "--steps 12 " in first
    assert then == first.replace("--steps 12 ", "--steps 14 ")


def test_live_samples_and_curves_are_emitted(spec):
    context = PlainContext()
    training.run(replace(spec, sample_every=6), context)
    told = context.events["train"]
    assert (told.step, told.steps) == (12, 12)
    assert told.images.shape == (16, 8, 8)
    assert told.images.dtype == np.uint8
    assert told.losses[:, 0].tolist() == list(range(12))
    assert told.by_level.shape[1] == 2
    assert np.isfinite(told.by_level).all()
    assert context.done == context.total == 12


def test_minutes_end_a_training_that_can_go_on(spec):
    result = training.run(replace(spec, minutes=1e-9), PlainContext())
    assert (result.stopped, result.steps) == ("time", 1)
    assert Path(result.file).exists()
    assert training.run(spec, PlainContext()).resumed_at == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"steps": 0}, "Steps"),
        ({"batch": 0}, "batch"),
        ({"rate": float("nan")}, "learning rate"),
        ({"std": 0.0}, "spread"),
        ({"drop_class": 2.0}, "share"),
        ({"size": 4}, "size"),
    ],
)
def test_settings_without_sense_are_said(spec, wrong, says):
    with pytest.raises(UsageError, match=says):
        training.run(replace(spec, **wrong), PlainContext())


def test_a_place_that_cannot_be_written_is_said(spec, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BadInput, match="Nothing can be written"):
        training.run(replace(spec, out=str(tmp_path / "file" / "out")), PlainContext())
    with pytest.raises(UsageError, match="cannot be called"):
        training.run(replace(spec, name="../out"), PlainContext())


def test_memory_that_runs_out_is_said(spec):
    run = training.Run(spec, training.prepare(spec, PlainContext()), PlainContext())

    def greedy() -> None:
        torch.empty(1 << 60)

    run.advance = greedy  # type: ignore[method-assign]
    with pytest.raises(OutOfResources, match="batch of 8 does not fit"):
        run.to_the_end()


def test_pictures_that_were_left_out_are_told(spec, tmp_path):
    folder = _folder(tmp_path, 2)
    for file in folder.iterdir():
        cv2.imwrite(str(file), np.zeros((8, 8), np.uint8))
    (folder / "c.png").write_bytes(b"no picture")
    result = training.run(replace(spec, data=str(folder), size=8, steps=2), PlainContext())
    assert result.notes == ("1 file cannot be read as a picture and was left out: c.png",)


def test_the_moments_of_the_data_are_kept_with_the_weights(spec):
    from engines.generative.data.datasets import split

    result = training.run(spec, PlainContext())
    held = load_file(result.file)
    flat = split("digits")[0].images.flatten(1).double()
    vectors = held["moments.vectors"].double()
    covariance = vectors @ torch.diag(held["moments.values"].double()) @ vectors.T
    torch.testing.assert_close(held["moments.mean"].double(), flat.mean(0), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(covariance, torch.cov(flat.T, correction=0), rtol=0, atol=2e-3)
