"""Exports are read back by other readers and show the run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, UsageError
from engines.generative.diffusion.sampling.job import run
from engines.generative.diffusion.study_types import ExportSpec
from engines.generative.diffusion.types import SampleSpec
from engines.generative.runs import exporting, history

SPEC = SampleSpec("analytic:digits", steps=6, seeds=(0, 1, 2, 3, 4), sampler="euler")


@pytest.fixture
def folder() -> str:
    return run(SPEC, PlainContext()).folder


def _frames(path: str) -> list[np.ndarray]:
    with av.open(path) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_a_grid_is_the_samples_pixel_by_pixel(folder, tmp_path) -> None:
    out = str(tmp_path / "a.png")
    result = exporting.run(ExportSpec(folder, "grid", out, columns=2, scale=3, samples=(0, 1, 4)), PlainContext())
    sheet = history.read_image(Path(out))
    assert sheet.shape == (result.height, result.width) == (2 * 24, 2 * 24)
    last = history.read_image(Path(folder) / "0004.png")
    assert np.array_equal(sheet[24:, :24], last.repeat(3, 0).repeat(3, 1))
    assert history.read_settings(out).seeds == SPEC.seeds


def test_a_strip_has_a_row_a_sample_and_ends_with_the_sample(folder, tmp_path) -> None:
    out = str(tmp_path / "a.png")
    exporting.run(ExportSpec(folder, "strip", out, scale=1, samples=(1, 3)), PlainContext())
    sheet = history.read_image(Path(out))
    assert sheet.shape == (2 * 8, 7 * 8)
    assert np.array_equal(sheet[8:, -8:], history.read_image(Path(folder) / "0003.png"))
    assert sheet[:, :8].std() > 60


@pytest.mark.parametrize("kind", ["gif", "mp4"])
@pytest.mark.parametrize("model", ["analytic:digits", "analytic:moons"])
def test_a_film_has_a_frame_a_step_and_rests_on_the_last(tmp_path, kind, model) -> None:
    made = run(replace(SPEC, model=model), PlainContext())
    out = str(tmp_path / f"a.{kind}")
    result = exporting.run(ExportSpec(made.folder, kind, out), PlainContext())
    frames = _frames(out)
    assert len(frames) == result.frames == 7 + 18
    assert frames[0].shape == (result.height, result.width, 3)
    last = frames[6].astype(float)
    assert np.abs(frames[-1].astype(float) - last).mean() < 4
    assert np.abs(frames[0].astype(float) - last).mean() > (4 if model == "analytic:digits" else 0.1)
    if model == "analytic:digits":
        sample = history.read_image(Path(made.files[0])).astype(float)
        shown = cv2.resize(
            last[..., 0], None, fx=24 / last.shape[1], fy=24 / last.shape[1], interpolation=cv2.INTER_AREA
        )
        assert np.abs(shown[:8, :8] - sample).mean() < 12


def test_an_export_can_be_cancelled_and_leaves_nothing(folder, tmp_path) -> None:
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        exporting.run(ExportSpec(folder, "mp4", str(tmp_path / "a.mp4")), ctx)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"out": ""}, UsageError, "No file is named"),
        ({"out": "a.txt"}, UsageError, "not written as '.txt'"),
        ({"kind": "mp4", "out": "a.gif"}, UsageError, "not written as '.gif'"),
        ({"out": "/proc/nowhere/a.png"}, BadInput, "cannot be written"),
        ({"samples": (9,)}, UsageError, "samples 0 to 4"),
        ({"scale": -1}, UsageError, "not negative"),
        ({"scale": 9000}, UsageError, "too many"),
        ({"folder": "/nowhere"}, BadInput, "holds no run"),
    ],
)
def test_what_cannot_be_written_is_said(folder, tmp_path, changes, error, words) -> None:
    spec = ExportSpec(folder, "grid", str(tmp_path / "a.png"))
    with pytest.raises(error, match=words):
        exporting.run(replace(spec, **changes), PlainContext())


def test_a_film_of_a_run_without_steps_says_so(tmp_path) -> None:
    made = run(replace(SPEC, keep_steps=False), PlainContext())
    with pytest.raises(BadInput, match="No steps were kept"):
        exporting.run(ExportSpec(made.folder, "gif", str(tmp_path / "a.gif")), PlainContext())
