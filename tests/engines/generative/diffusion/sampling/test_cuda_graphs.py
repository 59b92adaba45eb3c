"""A loop that is run as one: the same numbers as the plain one, noise included, run after run."""

from __future__ import annotations

import pytest
import torch

from engines.generative.diffusion.axis.noise import SeededNoise
from engines.generative.diffusion.axis.schedules import karras
from engines.generative.diffusion.distributions.analytic import digits_mixture
from engines.generative.diffusion.samplers.named import sample
from engines.generative.diffusion.sampling.cuda_graphs import Loop


@pytest.mark.parametrize("sampler", ["euler", "dpm++2m", "ancestral", "dpm++sde"])
def test_a_loop_gives_what_the_sampler_gives_for_every_new_state(sampler) -> None:
    known, sigmas = digits_mixture(), karras(6, 0.01, 80.0)
    loop = Loop(known, torch.empty(2, 1, 8, 8), sigmas, sampler=sampler)
    for seeds in ((0, 1), (2, 3), (0, 1)):
        noises = [SeededNoise(seeds) for _ in range(2)]
        y = 80.0 * noises[0](torch.empty(2, 1, 8, 8))
        noises[1](y)
        expected = sample(known, y, sigmas, sampler=sampler, noise=noises[0])
        assert torch.equal(loop(y, noises[1]), expected)
