"""What the literature writes in other coordinates gives the same numbers: to 1e-12 in float64, on a mixture."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engines.generative.diffusion.axis import schedules
from engines.generative.diffusion.axis.process import linear_alphas
from engines.generative.diffusion.samplers.named import sample
from tests.engines.generative.diffusion.truth import MIXTURE, Replayed, exact, normal_noise

EXACT = 1e-12
NOISE = normal_noise(0, 16, 4)
KARRAS = schedules.karras(20, 0.002, 80.0)


def apart(ours: Tensor, theirs: Tensor) -> float:
    return float((ours - theirs).norm() / theirs.norm())


def predicted(x: Tensor, abar: float) -> tuple[Tensor, Tensor]:
    """(x0, eps) that a VP network would give at x_t."""
    x0 = MIXTURE(x / math.sqrt(abar), exact(math.sqrt((1 - abar) / abar)))
    return x0, (x - math.sqrt(abar) * x0) / math.sqrt(1 - abar)


def ddim(x: Tensor, abars: list[float], eta: float, noise: Replayed) -> Tensor:
    """Song, Meng and Ermon (2021), equations 12 and 16."""
    for abar, following in zip(abars, abars[1:], strict=False):
        x0, eps = predicted(x, abar)
        spread = eta * math.sqrt((1 - following) / (1 - abar)) * math.sqrt(1 - abar / following)
        x = math.sqrt(following) * x0 + math.sqrt(max(1 - following - spread**2, 0.0)) * eps
        if spread > 0:
            x = x + spread * noise(x)
    return x


@pytest.mark.parametrize("eta", [0.0, 0.3, 0.7, 1.0])
def test_ddim_is_euler_and_with_eta_ancestral(eta: float):
    abars = (1 / (1 + KARRAS**2)).tolist()
    start = KARRAS[0] * NOISE
    ours = sample(MIXTURE, start, KARRAS, sampler="ancestral", eta=eta, noise=Replayed(3))
    assert apart(ours, ddim(math.sqrt(abars[0]) * start, abars, eta, Replayed(3))) < EXACT
    if eta == 0:
        assert apart(sample(MIXTURE, start, KARRAS, sampler="euler"), ours) < EXACT
        assert apart(sample(MIXTURE, start, KARRAS, sampler="ddim"), ours) < EXACT


def test_ddpm_of_a_thousand_steps_is_ancestral():
    """Ho, Jain and Abbeel (2020), algorithm 2, with the posterior's variance."""
    abar = linear_alphas()
    sigmas = torch.cat([((1 - abar) / abar).sqrt().flip(0), torch.zeros(1).double()])
    table, noise = abar.tolist(), Replayed(5)
    x = NOISE * math.sqrt(1 - table[-1])
    for t in range(999, -1, -1):
        before = table[t - 1] if t else 1.0
        alpha, x0 = table[t] / before, predicted(x, table[t])[0]
        mean = (math.sqrt(before) * (1 - alpha) * x0 + math.sqrt(alpha) * (1 - before) * x) / (1 - table[t])
        x = mean + math.sqrt((1 - before) / (1 - table[t]) * (1 - alpha)) * noise(x) if t else mean
    ours = sample(MIXTURE, NOISE * sigmas[0], sigmas, sampler="ddpm", noise=Replayed(5))
    assert apart(ours, x) < EXACT


def flow_velocity(x: Tensor, t: float) -> Tensor:
    """u = eps - x0 of x_t = (1 - t) x0 + t eps."""
    sigma = t / (1 - t) if t < 1 else math.inf
    x0 = MIXTURE(x / (1 - t) if t < 1 else x, exact(sigma))
    return (x - x0) / t


def test_a_flows_euler_from_pure_noise_is_euler():
    x, steps = NOISE, 20
    for k in range(steps, 0, -1):
        x = x - flow_velocity(x, k / steps) / steps
    sigmas = schedules.flow(steps, 0.001, math.inf)
    assert float(sigmas[0]) == math.inf
    assert apart(sample(MIXTURE, NOISE, sigmas, sampler="euler"), x) < EXACT


@pytest.mark.parametrize("heun", [0, 1])
def test_2m_in_a_flows_coordinates_is_2m(heun: int):
    """DPM-Solver++ (Lu et al. 2022), algorithm 2 and appendix B, with alpha = 1 - t and sigma = t."""
    ts = [0.98 - 0.97 * k / 20 for k in range(21)]
    lambdas = [math.log((1 - t) / t) for t in ts]
    sigmas = exact([t / (1 - t) for t in ts])
    x, earlier = (1 - ts[0]) * sigmas[0] * NOISE, None
    for i in range(20):
        h, x0 = lambdas[i + 1] - lambdas[i], MIXTURE(x / (1 - ts[i]), sigmas[i])
        x, held = ts[i + 1] / ts[i] * x, (1 - ts[i + 1]) * -math.expm1(-h)
        x = x + held * x0
        if earlier is not None:
            slope = (x0 - earlier) * h / (lambdas[i] - lambdas[i - 1])
            x = x + ((1 - ts[i + 1]) * (math.expm1(-h) / h + 1) if heun else held / 2) * slope
        earlier = x0
    ours = sample(MIXTURE, sigmas[0] * NOISE, sigmas, sampler="dpm++2m", heun=heun)
    assert apart(ours, x / (1 - ts[-1])) < EXACT


def test_the_two_published_2m_forms_differ():
    first = sample(MIXTURE, KARRAS[0] * NOISE, KARRAS, sampler="dpm++2m")
    second = sample(MIXTURE, KARRAS[0] * NOISE, KARRAS, sampler="dpm++2m", heun=1)
    assert apart(first, second) > 1e-4


def test_heun_depends_on_its_coordinates():
    """The one trap: Heun of a flow, straight in t, is not Heun in sigma."""
    ts = [0.98 - 0.97 * k / 20 for k in range(21)]
    sigmas = exact([t / (1 - t) for t in ts])
    x = (1 - ts[0]) * sigmas[0] * NOISE
    for t, following in zip(ts, ts[1:], strict=False):
        slope = flow_velocity(x, t)
        x = x + (following - t) * (slope + flow_velocity(x + (following - t) * slope, following)) / 2
    ours = sample(MIXTURE, sigmas[0] * NOISE, sigmas, sampler="heun")
    assert 1e-6 < apart(ours, x / (1 - ts[-1])) < 0.2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("dpm++1s", {}), ("euler", {})),
        (("dpm++2m-sde", {"eta": 0}), ("dpm++2m", {})),
        (("dpm++2m-sde", {"eta": 0, "heun": 1}), ("dpm++2m", {"heun": 1})),
        (("dpm++3m-sde", {"eta": 0, "heun": 0}), ("dpm++3m", {})),
        (("dpm++sde", {"eta": 0}), ("dpm++2s", {})),
        (("ancestral", {"eta": 0}), ("euler", {})),
        (("ipndm", {"order": 1}), ("euler", {})),
        (("ipndm-v", {"order": 2}), ("lms", {"order": 2})),
        (("deis", {"order": 1}), ("lms", {"order": 1})),
    ],
)
def test_methods_that_are_one_where_their_options_meet(one: tuple[str, dict], other: tuple[str, dict]):
    first, second = (
        sample(MIXTURE, KARRAS[0] * NOISE, KARRAS, sampler=name, noise=Replayed(1), **options)
        for name, options in (one, other)
    )
    assert apart(first, second) < EXACT


def test_weights_of_a_parabola_agree_however_they_are_made():
    """3M with exact weights is the exponential Adams method that UniPC predicts with."""
    first = sample(MIXTURE, KARRAS[0] * NOISE, KARRAS, sampler="dpm++3m", exact=1)
    second = _adams(KARRAS, 3)
    assert apart(first, second) < EXACT


def _adams(sigmas: Tensor, order: int) -> Tensor:
    """Exponential Adams by brute force: the weights from a Vandermonde system and fine quadrature."""
    y, memory = sigmas[0] * NOISE, []
    values = sigmas.tolist()
    for sigma, following in zip(values, values[1:], strict=False):
        memory = [(-math.log(sigma), MIXTURE(y, exact(sigma))), *memory][:order]
        if following == 0:
            return memory[0][1]
        shares = _weights(memory, memory[0][0], math.log(sigma / following))
        y = following / sigma * y + sum(share * value for share, (_, value) in zip(shares, memory, strict=True))
    return y


@pytest.mark.parametrize("lower", [0, 1])
def test_unipc_is_its_predictor_and_its_corrector_in_turn(lower: int):
    """Zhao et al. (2023), algorithms 1 and 2 of order 3 with B2, every state written out (ours: one of two)."""
    values, memory, before = KARRAS[:-1].tolist(), [], None
    y = KARRAS[0] * NOISE
    for step, (sigma, following) in enumerate(zip(values, values[1:], strict=False)):
        answer = (-math.log(sigma), MIXTURE(y, exact(sigma)))
        if before is not None:
            start, used = before
            y = _to(start, [answer, *memory[:used]], memory[0][0], answer[0])
        memory = [answer, *memory][:3]
        used = min(len(memory), len(values) - 1 - step if lower else 3)
        before, y = (y, used), _to(y, memory[:used], memory[0][0], -math.log(following))
    ours = sample(MIXTURE, KARRAS[0] * NOISE, KARRAS[:-1], sampler="unipc", lower_final=lower)
    assert apart(ours, y) < EXACT


def _to(y: Tensor, known: list[tuple[float, Tensor]], at: float, to: float) -> Tensor:
    """The state at `to` in -ln sigma from the one at `at`, along the polynomial through known answers.

    With two of them B2 is used: half of their difference, as far as the step reaches beyond.
    """
    h = to - at
    newest, base = known[0][1], -math.expm1(-h)
    if len(known) == 1:
        return math.exp(-h) * y + base * newest
    if len(known) == 2:
        held, other = (known[0], known[1]) if known[0][0] == at else (known[1], known[0])
        return math.exp(-h) * y + base * (held[1] + (other[1] - held[1]) * h / (other[0] - at) / 2)
    return math.exp(-h) * y + sum(w * d for w, (_, d) in zip(_weights(known, at, h), known, strict=True))


def _weights(known: list[tuple[float, Tensor]], at: float, h: float) -> Tensor:
    """By a Vandermonde system and fine quadrature."""
    places = exact([place - at for place, _ in known]) / h
    nodes, weights = gauss_legendre(12)
    powers = torch.stack([(h * weights * torch.exp(-h * (1 - nodes)) * nodes**k).sum() for k in range(len(places))])
    return torch.linalg.solve(torch.stack([places**k for k in range(len(places))]), powers)


def gauss_legendre(count: int) -> tuple[Tensor, Tensor]:
    """Nodes and weights on 0..1 (Golub and Welsch)."""
    k = torch.arange(1, count).double()
    side = k / (4 * k**2 - 1).sqrt()
    values, vectors = torch.linalg.eigh(torch.diag(side, 1) + torch.diag(side, -1))
    return (values + 1) / 2, vectors[0] ** 2
