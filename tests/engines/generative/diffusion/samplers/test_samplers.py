"""Orders of convergence, starts at infinity, right marginals, and the manners of a plain function."""

from __future__ import annotations

import inspect
import math
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor

from engines.core.errors import Cancelled, UsageError
from engines.generative.diffusion.axis import schedules
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.samplers.named import SAMPLERS, begin, sample
from engines.generative.diffusion.samplers.stepping import split
from engines.generative.diffusion.samplers.stochastic import shared_noise
from tests.engines.generative.diffusion.truth import MIXTURE, NORMAL, Replayed, exact, normal_noise

ODE = [entry.id for entry in catalog.SAMPLERS if not entry.stochastic and not entry.moments]
FREE = [entry.id for entry in catalog.SAMPLERS if not entry.moments]
KARRAS = schedules.karras(20, 0.002, 80.0)
NOISE = normal_noise(0, 16, 4)
WIDE = {"ddim-clamped": {"clamp": 100.0}}
"""Options that leave data outside -1..1 alone."""
START = KARRAS[0] * NOISE


def test_the_catalog_names_the_samplers_and_their_options():
    assert list(SAMPLERS) == [entry.id for entry in catalog.SAMPLERS]
    for entry in catalog.SAMPLERS:
        known = inspect.signature(SAMPLERS[entry.id]).parameters
        assert [option.name for option in entry.options] == [name for name in list(known)[5:] if name != "moments"]
        for option in entry.options:
            assert option.low <= option.default <= option.high
            assert known[option.name].default in (option.default, math.inf)


@pytest.mark.parametrize("entry", [entry for entry in catalog.SAMPLERS if entry.id in FREE], ids=lambda entry: entry.id)
def test_evaluations_and_noise_are_what_the_catalog_says(entry: catalog.Sampler):
    asked, drawn = [], []

    def denoise(y: Tensor, sigma: Tensor) -> Tensor:
        asked.append(sigma)
        return MIXTURE(y, sigma)

    def noise(like: Tensor) -> Tensor:
        drawn.append(1)
        return torch.zeros_like(like)

    sample(denoise, START, KARRAS, sampler=entry.id, noise=noise)
    at_zero = entry.evaluations - 1 if entry.evaluations == 2 and entry.id != "pc" else 0
    twice = entry.id == "pndm"
    assert len(asked) == 20 * entry.evaluations - at_zero + twice
    assert bool(drawn) == entry.stochastic
    assert all(each.shape == () and each.dtype == torch.float64 and each.device.type == "cpu" for each in asked)


def warped(steps: int) -> Tensor:
    """Uneven steps from a sigma so high that how a method warms up does not show, to one above 0."""
    u = torch.linspace(0, 1, steps + 1, dtype=torch.float64)
    return (math.log(1e4) - math.log(2e5) * (u + 0.08 * torch.sin(2 * math.pi * u))).exp()


ORDERS = [
    ("euler", {}, 1),
    ("heun", {}, 2),
    ("dpm2", {}, 2),
    ("dpm++2s", {}, 2),
    ("dpm++2m", {}, 2),
    ("dpm++2m", {"heun": 1}, 2),
    ("dpm++3m", {}, 2),
    ("dpm++3m", {"exact": 1}, 3),
    ("unipc", {"order": 1, "lower_final": 0}, 2),
    ("unipc", {"order": 2, "lower_final": 0}, 3),
    ("unipc", {"order": 2, "variant": 1, "lower_final": 0}, 3),
    ("unipc", {"order": 3, "lower_final": 0}, 4),
    ("deis", {"order": 2}, 2),
    ("deis", {"order": 3}, 3),
    ("deis", {"order": 4}, 4),
    ("ipndm", {"order": 2}, 2),
    ("ipndm", {"order": 4}, 2),
    ("ipndm-v", {"order": 2}, 2),
    ("ipndm-v", {"order": 4}, 2),
    ("pndm", {}, 2),
    ("dpm++2m-lower", {}, 2),
    ("lms", {"order": 3}, 3),
    ("lms", {"order": 4}, 4),
]


@pytest.mark.parametrize(("name", "options", "order"), ORDERS)
def test_order_of_convergence_on_uneven_steps(name: str, options: dict, order: int):
    """Against the ODE's closed form. Two published methods lose orders: 3M by its halved difference, iPNDM by taking
    its steps for even (and iPNDM-v by its bracket)."""
    errors = []
    for steps in (200, 400):
        sigmas = warped(steps)
        end = sample(NORMAL, NOISE[:, :3] * sigmas[0], sigmas, sampler=name, **options)
        errors.append(float((end - NORMAL.solved(NOISE[:, :3] * sigmas[0], 1e4, float(sigmas[-1]))).norm()))
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.3)


@pytest.mark.parametrize("name", [name for name in ODE if name not in ("heun", "dpm2", "pndm")])
def test_a_start_at_infinity_is_the_limit_of_a_high_one(name: str):
    """Heun, DPM2 and PNDM, whose first slopes are of eps, have none: their first step is Euler's."""
    tail = schedules.karras(12, 0.002, 5.0)
    far = sample(MIXTURE, NOISE, torch.cat([exact([math.inf]), tail]), sampler=name)
    high = 1e150 if name == "dpm++2m" else 1e13
    near = sample(MIXTURE, NOISE * high, torch.cat([exact([high]), tail]), sampler=name)
    assert float((far - near).norm() / far.norm()) < 2e-2


@pytest.mark.parametrize("name", [name for name in FREE if name not in ("langevin", "pc", "ipndm-v")])
def test_a_start_at_infinity_is_exact_where_the_data_is_a_point(name: str):
    """All noise then belongs to the start and to what was drawn: whatever the method, the end is the point."""
    point = exact([[0.3, -1.0, 2.0, 0.1]])
    sigmas = torch.cat([exact([math.inf]), schedules.karras(8, 0.01, 3.0)])
    wide, noise = WIDE.get(name, {}), Replayed(0)
    end = sample(lambda y, sigma: point.expand_as(y).clone(), NOISE, sigmas, sampler=name, noise=noise, **wide)
    assert torch.allclose(end, point.expand_as(end), atol=1e-10)


@pytest.mark.parametrize("name", ODE)
def test_methods_are_exact_on_the_way_to_a_point(name: str):
    """All but iPNDM-v as published: its fourth-order weights sum to 1 on even steps alone."""
    point, sigmas = exact([[0.3, -1.0, 2.0, 0.1]]), schedules.karras(8, 0.01, 80.0)[:-1]
    start, wide = point + 80.0 * NOISE, WIDE.get(name, {})
    end = sample(lambda y, sigma: point.expand_as(y).clone(), start, sigmas, sampler=name, **wide)
    assert torch.allclose(end, point + 0.01 * NOISE, atol=1e-9) == (name != "ipndm-v")


def test_ipndm_v_is_adams_bashforth_on_even_steps_but_for_order_4():
    even = torch.linspace(20, 0.5, 30, dtype=torch.float64)
    for order in (1, 2, 3):
        first, second, third = (
            sample(MIXTURE, 20 * NOISE, even, sampler=name, order=order) for name in ("ipndm", "ipndm-v", "lms")
        )
        assert torch.allclose(first, second, atol=1e-10)
        assert torch.allclose(first, third, atol=1e-10)


STOCHASTIC = [
    ("ancestral", {}),
    ("ancestral", {"eta": 0.5}),
    ("heun", {"churn": 40.0}),
    ("dpm2", {"eta": 1.0}),
    ("dpm++2s", {"eta": 1.0}),
    ("dpm++sde", {}),
    ("dpm++2m-sde", {}),
    ("dpm++2m-sde", {"eta": 0.5, "heun": 1}),
    ("dpm++3m-sde", {}),
    ("dpm++3m-sde", {"exact": 1}),
    ("pc", {}),
]


@pytest.mark.parametrize(("name", "options"), STOCHASTIC)
def test_the_marginal_of_a_gaussian_is_right(name: str, options: dict):
    """Mean and variance of 3,000 samples: within sampling error, and the bias of first-order methods at 200 steps."""
    sigmas = schedules.karras(200 if name in ("ancestral", "pc") else 60, 0.01, 20.0)
    start = NORMAL.mean + normal_noise(1, 3000, 3) * (NORMAL.variance + 400).sqrt()
    end = sample(NORMAL, start, sigmas, sampler=name, noise=Replayed(2), **options)
    assert torch.allclose(end.mean(0), NORMAL.mean, atol=0.06)
    assert torch.allclose(end.var(0) / NORMAL.variance, torch.ones(3).double(), atol=0.12)


def test_the_noise_of_a_midpoint_is_part_of_the_whole_steps():
    """At eta = 1 two ancestral steps are one: the half's draw comes through scaled by (sigma' / middle)^2."""
    sigma, middle, following = 5.0, 2.0, 0.7
    first, second, up_half, down_half = shared_noise(sigma, middle, following, 1.0)
    assert first == pytest.approx((following / middle) ** 2 * up_half)
    assert math.hypot(first, second) == pytest.approx(split(sigma, following, 1.0)[1])
    assert math.hypot(up_half, down_half) == pytest.approx(middle)


def test_langevin_comes_near_the_marginal_the_more_it_works():
    start = NORMAL.mean + normal_noise(1, 1000, 3) * (NORMAL.variance + 400).sqrt()
    away = []
    for inner in (5, 40):
        end = sample(
            NORMAL, start, schedules.karras(20, 0.01, 20.0), sampler="langevin", noise=Replayed(2), inner=inner
        )
        away.append(float((end.var(0) / NORMAL.variance - 1).abs().max()))
    assert away[1] < min(0.25, away[0])


@pytest.mark.parametrize("name", FREE)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_callers_tensors_are_left_alone_and_types_kept(name: str, dtype: torch.dtype):
    start, levels = START.to(dtype), KARRAS.clone()
    kept = start.clone()
    end = sample(MIXTURE_IN[dtype], start, levels, sampler=name, noise=Replayed(0))
    assert end.dtype == dtype
    assert torch.equal(start, kept)
    assert torch.equal(levels, KARRAS)
    again = sample(MIXTURE_IN[dtype], start, levels, sampler=name, noise=Replayed(0))
    assert torch.equal(end, again)


MIXTURE_IN = {
    torch.float32: lambda y, sigma: MIXTURE(y.double(), sigma).float(),
    torch.float64: MIXTURE,
}


@pytest.mark.parametrize("name", FREE)
def test_observing_changes_nothing_and_sees_states_that_stay(name: str):
    seen: list[tuple[int, float, Tensor, Tensor, Tensor]] = []
    watched = sample(
        MIXTURE, START, KARRAS, sampler=name, noise=Replayed(0),
        observe=lambda step, sigma, y, d: seen.append((step, sigma, y, y.clone(), d)),
    )  # fmt: skip
    assert torch.equal(watched, sample(MIXTURE, START, KARRAS, sampler=name, noise=Replayed(0)))
    assert [step for step, *_ in seen] == list(range(20))
    for _, sigma, y, then, denoised in seen:
        assert torch.equal(y, then)
        assert torch.allclose(denoised, MIXTURE(y, exact(sigma)), atol=1e-12)


@pytest.mark.parametrize("name", FREE)
def test_threads_do_not_disturb_one_another(name: str):
    def run(seed: int) -> Tensor:
        noise = Replayed(seed)
        return sample(MIXTURE, KARRAS[0] * noise(NOISE), KARRAS, sampler=name, noise=noise)

    alone = [run(seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(run, range(4)))
    assert all(torch.equal(one, other) for one, other in zip(alone, together, strict=True))


def test_an_observer_can_end_a_run():
    def observe(step: int, *_: object) -> None:
        if step == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        sample(MIXTURE, START, KARRAS, observe=observe)


@pytest.mark.parametrize("name", ODE)
def test_rising_levels_lead_back_to_the_noise(name: str):
    sigmas = schedules.karras(80, 0.01, 80.0)[:-1]
    wide = WIDE.get(name, {})
    there = sample(MIXTURE, START, sigmas, sampler=name, **wide)
    back = sample(MIXTURE, there, sigmas.flip(0), sampler=name, **wide)
    assert float((back - START).norm() / START.norm()) < 0.1


def test_levels_need_not_end_at_zero_and_one_step_is_enough():
    for name in FREE:
        end = sample(MIXTURE, START, KARRAS[:-1], sampler=name, noise=Replayed(0))
        assert torch.isfinite(end).all()
        once = sample(MIXTURE, START, exact([80.0, 0.0]), sampler=name, noise=Replayed(0))
        assert torch.isfinite(once).all()


def test_no_gradient_is_kept_by_sample_but_a_sampler_itself_lets_it_through():
    start = START.clone().requires_grad_()
    assert not sample(MIXTURE, start, KARRAS).requires_grad
    for name in ("euler", "dpm++2m", "heun", "unipc"):
        (gradient,) = torch.autograd.grad(SAMPLERS[name](MIXTURE, start, KARRAS).sum(), start)
        assert torch.isfinite(gradient).all()


def test_the_start_of_a_schedule():
    assert torch.equal(begin(NOISE, KARRAS), NOISE * 80.0)
    assert torch.equal(begin(NOISE, exact([math.inf, 1.0])), NOISE)


@pytest.mark.parametrize(
    ("sigmas", "sampler", "options"),
    [
        ([80.0, 0.0], "unheard", {}),
        ([80.0, 0.0], "euler", {"eta": 1.0}),
        ([80.0, 0.0], "ancestral", {"eta": math.nan}),
        ([80.0, 0.0], "ancestral", {"eta": -1.0}),
        ([80.0, 0.0], "unipc", {"order": 9}),
        ([80.0], "euler", {}),
        ([80.0, 80.0, 0.0], "euler", {}),
        ([80.0, math.nan, 0.0], "euler", {}),
        ([80.0, -1.0], "euler", {}),
        ([0.0, 80.0], "euler", {}),
        ([1.0, 80.0], "ancestral", {}),
        ([[80.0, 0.0]], "euler", {}),
    ],
)
def test_what_makes_no_sense_is_refused(sigmas: list[float], sampler: str, options: dict):
    with pytest.raises(UsageError):
        sample(MIXTURE, START, exact(sigmas), sampler=sampler, **options)
