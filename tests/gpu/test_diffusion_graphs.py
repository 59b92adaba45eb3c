"""On a CUDA device: a whole loop captured as one graph equals the loop run step by step."""

from __future__ import annotations

import pytest
import torch

from engines.generative.diffusion.axis.denoiser import Preconditioned
from engines.generative.diffusion.axis.noise import SeededNoise
from engines.generative.diffusion.axis.process import process
from engines.generative.diffusion.axis.schedules import karras
from engines.generative.diffusion.samplers.named import sample
from engines.generative.diffusion.sampling.cuda_graphs import Loop
from tests.engines.generative.diffusion.tiny import random_network

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
