"""Samplers beside diffusers' schedulers: the same start, levels, noise and varying denoiser, at every step before 0.

Where diffusers departs: DEIS is NaN at sigma 0 (ln 0 in its integrals) unless below 15 steps it is told to lower its
order; FlowMatchHeun is straight in t, which is another method than Heun in sigma; DPMSolverSDE is k-diffusion's.
Its SDE form of 3M has the wrong sign in the weight of the second difference, (1 - e^-2h - 2h) / (2h)^2 - 1/2, where
+ 1/2 makes it vanish with h; ours is k-diffusion's.
"""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from engines.generative.diffusion.axis import schedules
from engines.generative.diffusion.axis.process import linear_alphas
from engines.generative.diffusion.samplers.named import begin, sample
from tests.engines.generative.diffusion.truth import MIXTURE, Replayed, exact, normal_noise
from workbench.benchmarks import diffusion_peers as peers

CLOSE = 1e-5
SIGMAS = schedules.karras(20, 0.002, 80.0)
NOISE = normal_noise(0, 8, 4)
START = SIGMAS[0] * NOISE
VP = {"prediction_type": "sample"}
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(autouse=True, scope="module")
def _installed() -> None:
    if peers.diffusers() is None:
        pytest.skip("diffusers is not installed (make peers)")


def vp(sigma: float) -> float:
    return (1 + sigma**2) ** -0.5


def ours(sampler: str, sigmas: Tensor = SIGMAS, start: Tensor = START, **options: object) -> list[Tensor]:
    states: list[Tensor] = []
    end = sample(MIXTURE, start, sigmas, sampler=sampler, observe=lambda i, s, y, d: states.append(y), **options)
    return [*states, end]


def furthest(one: list[Tensor], other: list[Tensor]) -> float:
    """The largest relative distance of two states; the last, at sigma 0, is left out."""
    assert len(one) == len(other) > 3
    return max(float((a - b).norm() / b.norm()) for a, b in zip(one[:-1], other[:-1], strict=True))


@pytest.mark.parametrize(
    ("sampler", "options", "name", "config", "how"),
    [
        ("euler", {}, "EulerDiscreteScheduler", VP, {}),
        ("dpm++1s", {}, "DPMSolverMultistepScheduler", VP | {"solver_order": 1}, {"scale": vp}),
        ("dpm++2m", {}, "DPMSolverMultistepScheduler", VP, {"scale": vp}),
        ("dpm++2m", {"heun": 1}, "DPMSolverMultistepScheduler", VP | {"solver_type": "heun"}, {"scale": vp}),
        ("dpm++3m", {}, "DPMSolverMultistepScheduler", VP | {"solver_order": 3}, {"scale": vp}),
        ("unipc", {}, "UniPCMultistepScheduler", VP | {"solver_order": 3}, {"scale": vp}),
        ("unipc", {"order": 2}, "UniPCMultistepScheduler", VP | {"solver_order": 2}, {"scale": vp}),
        ("unipc", {"order": 1}, "UniPCMultistepScheduler", VP | {"solver_order": 1}, {"scale": vp}),
        (
            "unipc",
            {"variant": 1},
            "UniPCMultistepScheduler",
            VP | {"solver_order": 3, "solver_type": "bh1"},
            {"scale": vp},
        ),
        (
            "unipc",
            {"order": 2, "variant": 1},
            "UniPCMultistepScheduler",
            VP | {"solver_order": 2, "solver_type": "bh1"},
            {"scale": vp},
        ),
        ("deis", {}, "DEISMultistepScheduler", VP | {"solver_order": 3}, {"scale": vp}),
        ("deis", {"order": 2}, "DEISMultistepScheduler", VP | {"solver_order": 2}, {"scale": vp}),
        ("lms", {}, "LMSDiscreteScheduler", {}, {"answer": "eps"}),
    ],
)
@pytest.mark.parametrize("steps", [20, 8])
def test_ode_samplers(steps: int, sampler: str, options: dict, name: str, config: dict, how: dict):
    """8 steps too: below 15 some lower their order toward the end."""
    sigmas = schedules.karras(steps, 0.002, 80.0)
    want = peers.walk_scheduler(peers.scheduler(name, sigmas, **config), MIXTURE, START, sigmas, **how)
    assert furthest(ours(sampler, sigmas, **options), want) < CLOSE


def test_deis_is_not_a_number_at_sigma_0_in_diffusers_and_is_here():
    made = peers.scheduler("DEISMultistepScheduler", SIGMAS, solver_order=3, **VP)
    assert torch.isnan(peers.walk_scheduler(made, MIXTURE, START, SIGMAS, scale=vp)[-1]).any()
    assert torch.isfinite(ours("deis")[-1]).all()


@pytest.mark.parametrize(
    ("options", "config"),
    [({}, {}), ({"heun": 1}, {"solver_type": "heun"})],
)
def test_2m_sde(options: dict, config: dict):
    noise = Replayed(2)(START)
    config = VP | {"algorithm_type": "sde-dpmsolver++"} | config
    made = peers.scheduler("DPMSolverMultistepScheduler", SIGMAS, **config)
    want = peers.walk_scheduler(made, MIXTURE, START, SIGMAS, scale=vp, variance_noise=noise)
    assert furthest(ours("dpm++2m-sde", noise=lambda like: noise, **options), want) < CLOSE


def test_3m_sde_until_the_second_difference():
    noise = Replayed(2)(START)
    config = VP | {"algorithm_type": "sde-dpmsolver++", "solver_order": 3}
    made = peers.scheduler("DPMSolverMultistepScheduler", SIGMAS, **config)
    want = peers.walk_scheduler(made, MIXTURE, START, SIGMAS, scale=vp, variance_noise=noise)
    have = ours("dpm++3m-sde", noise=lambda like: noise, heun=0)
    assert furthest(have[:4], want[:4]) < CLOSE < furthest(have, want)


def test_ancestral():
    made = peers.scheduler("EulerAncestralDiscreteScheduler", SIGMAS)
    generator = torch.Generator().manual_seed(2)
    want = peers.walk_scheduler(made, MIXTURE, START, SIGMAS, answer="eps", generator=generator)
    assert furthest(ours("ancestral", noise=Replayed(2)), want) < CLOSE


def test_heun():
    made = peers.scheduler("HeunDiscreteScheduler", SIGMAS, **VP)
    made.sigmas = torch.cat([SIGMAS[:1], SIGMAS[1:-1].repeat_interleave(2), SIGMAS[-1:]])
    assert furthest(ours("heun"), in_two_stages(made, SIGMAS[1:])) < CLOSE


def test_dpm2():
    made = peers.scheduler("KDPM2DiscreteScheduler", SIGMAS)
    middles = SIGMAS.log().lerp(SIGMAS.roll(1).log(), 0.5).exp()
    interleave(made, sigmas=SIGMAS, sigmas_interpol=middles)
    assert furthest(ours("dpm2"), in_two_stages(made, middles[1:])) < CLOSE


def test_dpm2_ancestral():
    made, following = peers.scheduler("KDPM2AncestralDiscreteScheduler", SIGMAS), SIGMAS.roll(-1)
    following[-1] = 0
    up = (following**2 * (SIGMAS**2 - following**2) / SIGMAS**2).nan_to_num().sqrt()
    down = (following**2 - up**2).sqrt()
    middles = SIGMAS.log().lerp(down.log(), 0.5).exp()
    middles[-2:] = 0
    interleave(made, sigmas=SIGMAS, sigmas_up=up, sigmas_down=down, sigmas_interpol=middles)
    want = in_two_stages(made, middles, generator=torch.Generator().manual_seed(7))
    assert furthest(ours("dpm2", eta=1.0, noise=Replayed(7)), want) < CLOSE


def interleave(made: Any, **levels: Tensor) -> None:
    for name, each in levels.items():
        setattr(made, name, torch.cat([each[:1], each[1:].repeat_interleave(2), each[-1:]]))


def in_two_stages(made: Any, second: Tensor, **options: Any) -> list[Tensor]:
    """States of a scheduler whose `step` is called twice a step, the second time with D at the levels `second`."""
    y, states, eps = START, [START], made.config.prediction_type == "epsilon"
    for i, sigma in enumerate(SIGMAS[:-1]):
        for at in (sigma, second[i]):
            if float(at) == 0:
                break
            denoised = MIXTURE(y, at)
            y = made.step((y - denoised) / at if eps else denoised, 0, y, **options).prev_sample
        states.append(y)
    return states


@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_ddim(eta: float):
    made, sigmas, times = table_steps("DDIMScheduler", 20, set_alpha_to_one=True)
    generator = torch.Generator().manual_seed(1)
    x, states = start_of(sigmas), []
    for t, sigma in zip(times, sigmas, strict=False):
        states.append(x / vp(float(sigma)))
        x = made.step(MIXTURE(states[-1], sigma), t, x, eta=eta, generator=generator).prev_sample
    states.append(x)
    assert furthest(ours("ancestral", sigmas, states[0], eta=eta, noise=Replayed(1)), states) < CLOSE


def test_ddpm():
    made, sigmas, times = table_steps("DDPMScheduler", 50, variance_type="fixed_small")
    generator = torch.Generator().manual_seed(1)
    x, states = start_of(sigmas), []
    for t, sigma in zip(times, sigmas, strict=False):
        states.append(x / vp(float(sigma)))
        x = made.step(MIXTURE(states[-1], sigma), t, x, generator=generator).prev_sample
    states.append(x)
    assert furthest(ours("ddpm", sigmas, states[0], noise=Replayed(1)), states) < CLOSE


def table_steps(name: str, steps: int, **config: Any) -> tuple[Any, Tensor, list[int]]:
    """A scheduler that walks DDPM's table, the levels it visits with a 0 after them, and its times."""
    made = getattr(peers.diffusers(), name)(clip_sample=False, prediction_type="sample", **config)
    made.set_timesteps(steps)
    made.alphas_cumprod = linear_alphas()
    times = [int(t) for t in made.timesteps]
    levels = [math.sqrt((1 - a) / a) for a in made.alphas_cumprod[times].tolist()]
    return made, exact([*levels, 0.0]), times


def start_of(sigmas: Tensor) -> Tensor:
    return NOISE * float(sigmas[0]) * vp(float(sigmas[0]))


def test_ipndm():
    """Its own coordinates are cos and sin of an angle; sigma is the tangent."""
    made = peers.diffusers().IPNDMScheduler()
    made.set_timesteps(20)
    made.alphas = torch.tensor([vp(s) for s in SIGMAS.tolist()], dtype=torch.float64)
    made.betas = made.alphas * SIGMAS
    made.set_begin_index(0)
    x, states = START * made.alphas[0], []
    for i, sigma in enumerate(SIGMAS[:-1]):
        states.append(x / made.alphas[i])
        denoised = MIXTURE(states[-1], sigma)
        eps = (states[-1] - denoised) / sigma
        x = made.step(made.alphas[i] * eps - made.betas[i] * denoised, i, x).prev_sample
    assert furthest(ours("ipndm"), [*states, x]) < CLOSE


def test_flow_match_euler():
    made, sigmas = peers.diffusers().FlowMatchEulerDiscreteScheduler(), schedules.flow(12, 0.001, math.inf)
    made.set_timesteps(12)
    ts = torch.linspace(1, 0, 13, dtype=torch.float64)
    made.sigmas, made.timesteps = ts, ts[:-1] * 1000
    made.set_begin_index(0)
    x, states = NOISE, []
    for i, sigma in enumerate(sigmas[:-1]):
        states.append(x / (1 - ts[i]) if i else x)
        u = (x - MIXTURE(states[-1], sigma)) / ts[i]
        x = made.step(u, made.timesteps[i], x).prev_sample
    assert furthest(ours("euler", sigmas, begin(NOISE, sigmas)), [*states, x]) < CLOSE


def test_predictor_corrector():
    """Score-SDE's, a sample at a time: its norms are means over the batch. It corrects in float32 noise."""
    made, sigmas, one = peers.diffusers().ScoreSdeVeScheduler(snr=0.16), schedules.karras(20, 0.01, 50.0), NOISE[:1]
    made.set_timesteps(20)
    made.discrete_sigmas = sigmas[:-1].flip(0)
    generator, x, states = torch.Generator().manual_seed(5), one * sigmas[0], []
    for i, sigma in enumerate(sigmas[:-1]):
        states.append(x)
        x = made.step_correct((MIXTURE(x, sigma) - x) / sigma**2, x, generator=generator).prev_sample
        time = (19 - i + 0.5) / 19
        x = made.step_pred((MIXTURE(x, sigma) - x) / sigma**2, time, x, generator=generator).prev_sample
    drawing, turns = torch.Generator().manual_seed(5), iter(range(100))

    def noise(like: Tensor) -> Tensor:
        dtype = torch.float64 if next(turns) % 2 else torch.float32
        return torch.randn(like.shape, generator=drawing, dtype=dtype).double()

    assert furthest(ours("pc", sigmas, states[0], norms=1, noise=noise), [*states, x]) < CLOSE
