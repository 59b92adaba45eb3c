"""Runs that begin with a picture, a hole in one, or between two seeds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engines.core.context import PlainContext
from engines.core.errors import BadInput, FileMissing, UsageError
from engines.generative.diffusion.axis.noise import SeededNoise
from engines.generative.diffusion.sampling.initial_states import begin, fitted, slerp
from engines.generative.diffusion.sampling.job import Opener, draw_and_save, prepare
from engines.generative.diffusion.types import SampleSpec, Schedule, Start
from engines.generative.runs import history

SPEC = SampleSpec("analytic:digits", steps=20, sampler="heun", seeds=(0, 1), keep_steps=False)


@pytest.fixture
def picture(tmp_path) -> Path:
    """A digit of the mixture, 8 x 8."""
    path = tmp_path / "digit.png"
    _, samples = draw_and_save(prepare(Opener(), replace(SPEC, seeds=(9,))), PlainContext())
    history.write_png(path, ((samples[0, 0].numpy() + 1) * 127.5).round().clip(0, 255).astype(np.uint8))
    return path


def _drawn(spec: SampleSpec) -> torch.Tensor:
    return draw_and_save(prepare(Opener(), spec), PlainContext())[1]


def _values(path: Path) -> torch.Tensor:
    return torch.from_numpy(history.read_image(path) / 127.5 - 1).float()[None]


def test_a_little_noise_keeps_the_picture_and_much_forgets_it(picture) -> None:
    near = _drawn(replace(SPEC, start=Start("image", str(picture), strength=0.2)))
    far = _drawn(replace(SPEC, start=Start("image", str(picture), strength=1.0)))
    known = _values(picture)
    assert float((near - known).abs().mean()) < 0.05 < float((far - known).abs().mean())


def test_the_noise_on_a_picture_is_its_level_of_the_schedule(picture) -> None:
    ready = prepare(Opener(), replace(SPEC, start=Start("image", str(picture), strength=0.5)))
    begun = begin(ready, range(2), SeededNoise((0, 1)))
    assert torch.equal(begun.sigmas, ready.sigmas[10:])
    noise = SeededNoise((0, 1))(ready.empty(2))
    assert torch.allclose(begun.y, _values(picture) + float(ready.sigmas[10]) * noise, atol=1e-5)


@pytest.mark.parametrize("sampler", ["euler", "dpm++2m", "ancestral"])
@pytest.mark.parametrize("schedule", [Schedule(), Schedule("flow", sigma_max=0.0)])
def test_what_the_mask_keeps_is_kept_to_the_bit_and_the_rest_is_new(picture, tmp_path, sampler, schedule) -> None:
    mask = np.zeros((8, 8), np.uint8)
    mask[:, 4:] = 255
    history.write_png(tmp_path / "mask.png", mask)
    start = Start("inpaint", str(picture), str(tmp_path / "mask.png"))
    drawn = _drawn(replace(SPEC, sampler=sampler, schedule=schedule, start=start))
    known = _values(picture)
    assert torch.allclose(drawn[..., :4], known[..., :4].expand(2, 1, 8, 4), atol=2e-6)
    assert float((drawn[0, ..., 4:] - drawn[1, ..., 4:]).abs().max()) > 0.05


def test_a_picture_turned_into_noise_comes_back(picture) -> None:
    spec = replace(SPEC, steps=60, start=Start("invert", str(picture)), schedule=Schedule(sigma_min=0.01))
    back = _drawn(spec)
    assert float((back - _values(picture)).abs().mean()) < 0.03
    ready = prepare(Opener(), spec)
    begun = begin(ready, range(1), SeededNoise((0,)))
    assert 0.7 < float((begun.y / ready.sigmas[0]).std()) < 1.3


def test_a_walk_between_seeds_begins_and_ends_at_them() -> None:
    seeds = (3, 100, 101, 8)
    walked = _drawn(replace(SPEC, seeds=seeds, start=Start("between")))
    ends = _drawn(replace(SPEC, seeds=(3, 8)))
    assert torch.allclose(walked[[0, -1]], ends, atol=1e-4)
    apart = (walked[1:] - walked[:-1]).flatten(1).norm(dim=1)
    assert float(apart.min()) > 0


def test_the_sphere_keeps_the_size_of_noise() -> None:
    first, second = torch.randn(2, 500, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).unbind()
    first, second = first / first.norm(), second / second.norm()
    middle = slerp(first, second, 0.5)
    assert torch.allclose(middle.norm(), torch.ones((), dtype=torch.float64))
    assert torch.allclose(middle @ first, middle @ second)
    assert torch.equal(slerp(first, first, 0.3), first)


def test_a_picture_of_another_shape_gives_its_middle(tmp_path) -> None:
    wide = np.zeros((10, 30), np.uint8)
    wide[:, 10:20] = 200
    assert fitted(wide, 8, 8).shape == (8, 8)
    assert fitted(wide, 8, 8).min() == 200


@pytest.mark.parametrize(
    ("start", "error", "words"),
    [
        (Start("image"), UsageError, "No picture"),
        (Start("image", "nowhere.png"), FileMissing, "no such picture"),
        (Start("image", "PICTURE", strength=0.0), UsageError, "strength of 0"),
        (Start("inpaint", "PICTURE"), UsageError, "No mask"),
        (Start("inpaint", "PICTURE", "BLACK"), BadInput, "all black"),
        (Start("image", "TEXT"), BadInput, "not a picture"),
        (Start("between"), UsageError, "three samples"),
    ],
)
def test_what_cannot_be_begun_with_is_said(picture, tmp_path, start, error, words) -> None:
    history.write_png(tmp_path / "black.png", np.zeros((8, 8), np.uint8))
    (tmp_path / "text.png").write_text("not a picture")
    files = {"PICTURE": str(picture), "BLACK": str(tmp_path / "black.png"), "TEXT": str(tmp_path / "text.png")}
    start = replace(start, image=files.get(start.image, start.image), mask=files.get(start.mask, start.mask))
    with pytest.raises(error, match=words):
        _drawn(replace(SPEC, start=start))


def test_points_cannot_begin_with_a_picture_and_infinity_cannot_be_inverted_to(picture) -> None:
    with pytest.raises(UsageError, match="draws points"):
        _drawn(replace(SPEC, model="analytic:moons", start=Start("image", str(picture))))
    with pytest.raises(UsageError, match="infinite noise"):
        _drawn(replace(SPEC, schedule=Schedule("flow", sigma_max=0.0), start=Start("invert", str(picture))))
