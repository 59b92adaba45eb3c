"""Samplers beside k-diffusion: the same start, levels, noise and varying denoiser, compared at every step.

k-diffusion draws the noise of DPM++ SDE's whole step and of its first half from one Brownian path; here both libraries
are given one path, from which ours takes the two halves that it asks for.
"""

from __future__ import annotations

from types import ModuleType

import pytest
import torch
from torch import Tensor

from engines.generative.diffusion.axis import schedules
from engines.generative.diffusion.samplers.named import sample
from engines.generative.diffusion.samplers.stepping import split
from engines.generative.diffusion.samplers.stochastic import shared_noise
from tests.engines.generative.diffusion.truth import MIXTURE, Replayed, normal_noise
from workbench.benchmarks.diffusion_peers import k_diffusion

CLOSE = 1e-5
SIGMAS = schedules.karras(20, 0.002, 80.0)
START = SIGMAS[0] * normal_noise(0, 8, 4)


@pytest.fixture(scope="module")
def peer() -> ModuleType:
    module = k_diffusion()
    if module is None:
        pytest.skip("k-diffusion is not installed (make peers)")
    return module


def model(y: Tensor, sigma: Tensor) -> Tensor:
    return MIXTURE(y, sigma.flatten()[0])


def theirs(peer: ModuleType, function: str, **options: object) -> list[Tensor]:
    states: list[Tensor] = []
    end = getattr(peer, function)(
        model, START, SIGMAS, disable=True, callback=lambda info: states.append(info["x"]), **options
    )
    return [*states, end]


def ours(sampler: str, **options: object) -> list[Tensor]:
    states: list[Tensor] = []
    end = sample(MIXTURE, START, SIGMAS, sampler=sampler, observe=lambda i, s, y, d: states.append(y), **options)
    return [*states, end]


def furthest(one: list[Tensor], other: list[Tensor]) -> float:
    assert len(one) == len(other) == 21
    return max(float((a - b).norm() / b.norm()) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("sampler", "function", "options", "their_options"),
    [
        ("euler", "sample_euler", {}, {}),
        ("heun", "sample_heun", {}, {}),
        ("dpm2", "sample_dpm_2", {}, {}),
        ("dpm++2s", "sample_dpmpp_2s_ancestral", {}, {"eta": 0.0}),
        ("dpm++2m", "sample_dpmpp_2m", {}, {}),
        ("lms", "sample_lms", {}, {}),
        ("lms", "sample_lms", {"order": 2}, {"order": 2}),
        ("dpm++2m-sde", "sample_dpmpp_2m_sde", {"eta": 0.0}, {"eta": 0.0}),
        ("dpm++3m-sde", "sample_dpmpp_3m_sde", {"eta": 0.0}, {"eta": 0.0}),
    ],
)
def test_ode_samplers(peer: ModuleType, sampler: str, function: str, options: dict, their_options: dict):
    assert furthest(ours(sampler, **options), theirs(peer, function, **their_options)) < CLOSE


@pytest.mark.parametrize(
    ("sampler", "function", "options", "their_options"),
    [
        ("ancestral", "sample_euler_ancestral", {}, {}),
        ("ancestral", "sample_euler_ancestral", {"eta": 0.4}, {"eta": 0.4}),
        ("dpm2", "sample_dpm_2_ancestral", {"eta": 1.0}, {}),
        ("dpm++2s", "sample_dpmpp_2s_ancestral", {"eta": 1.0}, {}),
        ("dpm++2m-sde", "sample_dpmpp_2m_sde", {}, {}),
        ("dpm++2m-sde", "sample_dpmpp_2m_sde", {"eta": 0.5, "heun": 1}, {"eta": 0.5, "solver_type": "heun"}),
        ("dpm++3m-sde", "sample_dpmpp_3m_sde", {}, {}),
        ("dpm++3m-sde", "sample_dpmpp_3m_sde", {"eta": 0.3}, {"eta": 0.3}),
    ],
)
def test_samplers_that_draw_noise(peer: ModuleType, sampler: str, function: str, options: dict, their_options: dict):
    noise = Replayed(4)
    want = theirs(peer, function, noise_sampler=lambda *_: noise(START), **their_options)
    assert furthest(ours(sampler, noise=Replayed(4), **options), want) < CLOSE


def test_heun_with_churn(peer: ModuleType):
    """Its noise comes from the global generator, drawn at every step whether used or not."""
    torch.manual_seed(3)
    want = theirs(peer, "sample_heun", s_churn=30.0, s_noise=1.003)
    torch.manual_seed(3)
    assert furthest(ours("heun", churn=30.0, churn_noise=1.003), want) < CLOSE


@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_dpmpp_sde_on_one_path(peer: ModuleType, eta: float):
    noise, halves = Replayed(6), []

    def path(sigma: Tensor, following: Tensor) -> Tensor:
        if not halves:
            halves.append(noise(START))
            return halves[0]
        middle = float((sigma * following).sqrt())
        first, second, *_ = shared_noise(float(sigma), middle, float(following), eta)
        whole = first * halves.pop() + (second * noise(START) if second else 0)
        return whole / (split(float(sigma), float(following), eta)[1] or 1)

    want = theirs(peer, "sample_dpmpp_sde", eta=eta, noise_sampler=path)
    assert furthest(ours("dpm++sde", eta=eta, noise=Replayed(6)), want) < CLOSE


@pytest.mark.parametrize("rho", [7.0, 3.0])
def test_karras_and_exponential_levels(peer: ModuleType, rho: float):
    assert torch.allclose(schedules.karras(15, 0.01, 50.0, rho).float(), peer.get_sigmas_karras(15, 0.01, 50.0, rho))
    assert torch.allclose(schedules.exponential(15, 0.01, 50.0).float(), peer.get_sigmas_exponential(15, 0.01, 50.0))
