"""Batches of a run as one loop: the pictures of the plain job, each batch with its own classes and noise."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from engines.core.context import PlainContext
from engines.generative.diffusion.sampling.captured import Captured, hindrance
from engines.generative.diffusion.sampling.job import Opener, draw_and_save, prepare
from engines.generative.diffusion.types import Guidance, ModelInfo, SampleSpec, Start
from tests.engines.generative.diffusion.tiny import write_tiny

NETWORK = ModelInfo("net", "Net", "network", (1, 8, 8), classes=("a", "b"))
UNSEEN = SampleSpec("net", device="cuda", preview_every=0, keep_steps=False)


@pytest.mark.parametrize(("sampler", "weight"), [("dpm++2m", 2.0), ("ancestral", 1.0)])
def test_each_batch_has_its_own_classes_and_noise_in_the_places_of_the_first(tmp_path, sampler, weight) -> None:
    spec = SampleSpec(
        str(write_tiny(tmp_path / "net")), sampler=sampler, steps=4, seeds=(0, 1, 2, 3), classes=(0, 1, 2, 0),
        guidance=Guidance(weight), batch=2, keep_steps=False,
    )  # fmt: skip
    ready = prepare(Opener(), spec)
    wanted = draw_and_save(ready, PlainContext())[1]
    captured = Captured(ready)
    for indices in (range(2), range(2, 4), range(2)):
        drawn = captured.draw(indices)
        assert drawn is not None
        assert torch.allclose(drawn[0], wanted[indices.start : indices.stop], atol=1e-6)
        assert drawn[1] == 4


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"device": "cpu"}, "CUDA"),
        ({"preview_every": 1}, "previews"),
        ({"keep_steps": True}, "steps"),
        ({"start": Start("inpaint", "a.png", "b.png")}, "inpaint"),
        ({"start": Start("image", "a.png")}, ""),
        ({"guidance": Guidance(1.0, "classifier")}, "gradients"),
        ({"guidance": Guidance(3.0)}, ""),
    ],
)
def test_a_run_is_captured_unless_something_speaks_against_it(change, why) -> None:
    told = hindrance(replace(UNSEEN, **change), NETWORK)
    assert bool(told) == bool(why)
    assert why in told


def test_models_that_may_wait_for_the_device_are_drawn_step_by_step() -> None:
    assert hindrance(UNSEEN, replace(NETWORK, kind="analytic"))
