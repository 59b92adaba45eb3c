"""On a CUDA device: a whole loop captured as one graph equals the loop run step by step."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from engines.core.context import PlainContext
from engines.generative.diffusion.axis.denoiser import Preconditioned
from engines.generative.diffusion.axis.noise import SeededNoise
from engines.generative.diffusion.axis.process import process
from engines.generative.diffusion.axis.schedules import karras
from engines.generative.diffusion.samplers.named import sample
from engines.generative.diffusion.sampling.captured import NOTE
from engines.generative.diffusion.sampling.cuda_graphs import Loop
from engines.generative.diffusion.sampling.job import Opener, draw_and_save, prepare
from engines.generative.diffusion.types import Guidance, SampleSpec
from tests.engines.generative.diffusion.tiny import ARGUMENTS, random_network, write_tiny

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")]


@pytest.mark.parametrize("sampler", ["euler", "dpm++2m", "unipc", "ancestral"])
def test_a_captured_loop_equals_the_plain_one(sampler) -> None:
    denoiser = Preconditioned(random_network().cuda(), "edm", process("edm")).eval()
    labels = torch.tensor([0, 2], device="cuda")
    like, sigmas = torch.empty(2, 1, 8, 8, device="cuda"), karras(8, 0.01, 80.0)
    with torch.no_grad():
        loop = Loop(denoiser.conditioned(labels), like, sigmas, sampler=sampler)
        for seeds in ((0, 1), (2, 3)):
            noises = [SeededNoise(seeds) for _ in range(2)]
            y = 80.0 * noises[0](like)
            noises[1](like)
            expected = sample(denoiser.conditioned(labels), y, sigmas, sampler=sampler, noise=noises[0])
            assert torch.allclose(loop(y, noises[1]), expected, atol=1e-5)


def test_the_job_captures_what_nobody_watches_and_no_replay_waits(tmp_path) -> None:
    spec = SampleSpec(
        str(write_tiny(tmp_path / "net", arguments={**ARGUMENTS, "width": 32})), steps=6, seeds=(0, 1, 2, 3),
        classes=(0, 1, 2, 0), guidance=Guidance(2.0), batch=2, device="cuda", keep_steps=False,
    )  # fmt: skip
    seen, watched = draw_and_save(prepare(Opener("cuda"), spec), PlainContext())
    unseen, drawn = draw_and_save(prepare(Opener("cuda"), replace(spec, preview_every=0)), PlainContext())
    assert NOTE in unseen.notes
    assert NOTE not in seen.notes
    assert unseen.nfe == seen.nfe
    assert torch.allclose(drawn, watched, atol=1e-5)


def test_no_step_of_a_captured_loop_waits_for_the_device() -> None:
    denoiser = Preconditioned(random_network().cuda(), "edm", process("edm")).eval()
    like, sigmas = torch.empty(2, 1, 8, 8, device="cuda"), karras(8, 0.01, 80.0)
    with torch.no_grad():
        loop = Loop(denoiser.conditioned(torch.tensor([0, 2], device="cuda")), like, sigmas)
        y = 80.0 * torch.randn_like(like)
        loop(y)
        torch.cuda.synchronize()
        torch.cuda.set_sync_debug_mode("error")
        try:
            loop(y)
        finally:
            torch.cuda.set_sync_debug_mode("default")
