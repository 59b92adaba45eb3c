"""Schedules fall from one exact end to the other, and are what their papers say."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from engines.core.errors import UsageError
from engines.generative.diffusion.axis import levels, schedules
from engines.generative.diffusion.axis.process import process
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.types import Schedule

NAMES = [entry.id for entry in catalog.SCHEDULES]
DRAWN = ((0.0, 4.0), (0.3, 1.0), (0.6, 0.5), (1.0, -6.0))


def asked(name: str, **changes: float) -> Schedule:
    return Schedule(name, points=DRAWN if name == "custom" else (), **changes)


def test_the_catalog_names_what_there_is():
    assert [*schedules.SCHEDULES, "custom"] == NAMES
    assert [*levels.SCHEDULES, "custom"] == NAMES


@given(
    name=st.sampled_from(NAMES),
    steps=st.integers(1, 200),
    low=st.floats(1e-3, 0.5),
    wider=st.floats(1.5, 1e5),
    shift=st.floats(0.1, 10),
)
def test_levels_fall_to_zero(name: str, steps: int, low: float, wider: float, shift: float):
    high = low * wider
    assume(name not in ("linear-beta", "scaled-linear", "cosine", "learned") or high > 0.6)
    sigmas = schedules.levels(asked(name, shift=shift), steps, (low, high))
    assert sigmas.dtype == torch.float64
    assert sigmas.shape == (steps + 1,)
    assert (sigmas.diff() < 0).all()
    assert sigmas[-1] == 0
    if name in ("karras", "exponential", "flow", "ays"):
        assert float(sigmas[0]) == high * shift
    if name in ("karras", "exponential") and steps > 1:
        assert float(sigmas[-2]) == low * shift


def test_the_learned_levels_refuse_a_range_below_their_end():
    end = float(schedules.levels(asked("learned"), 2, (0.001, 80.0))[-2])
    with pytest.raises(UsageError, match="do not fall"):
        schedules.levels(asked("learned"), 2, (0.001, 0.9 * end))


@given(steps=st.integers(2, 60), rho=st.floats(1, 12))
def test_karras_is_even_in_its_root(steps: int, rho: float):
    roots = schedules.karras(steps, 0.002, 80.0, rho)[:-1] ** (1 / rho)
    assert torch.allclose(roots.diff(), roots.diff()[:1].expand(steps - 1), rtol=1e-6, atol=1e-12)


def test_exponential_is_even_in_the_logarithm():
    assert torch.allclose(schedules.exponential(9, 0.01, 50.0)[:-1].log().diff(), torch.tensor(-1.0646).double(), 1e-4)


@pytest.mark.parametrize(
    ("name", "table"), [("linear-beta", "vp"), ("scaled-linear", "vp-scaled"), ("cosine", "vp-cosine")]
)
def test_a_table_is_walked_in_even_steps(name: str, table: str):
    each = process(table)
    sigmas = schedules.levels(Schedule(name), 12, (each.sigma_min, each.sigma_max))
    times = each.time(sigmas[:-1])
    assert torch.allclose(times.diff(), torch.tensor(-999 / 11).double(), atol=1e-6)
    assert float(sigmas[0]) == pytest.approx(each.sigma_max)


def test_a_table_keeps_within_a_models_range_and_its_own():
    inside = schedules.levels(Schedule("linear-beta"), 5, (0.002, 30.0))
    assert float(inside[0]) == pytest.approx(30.0)
    assert float(inside[-2]) == pytest.approx(process("vp").sigma_min)


def test_a_flow_begins_at_infinity_and_is_even_in_time():
    sigmas = schedules.levels(Schedule("flow"), 8, (0.001, 0.0))
    assert float(sigmas[0]) == math.inf
    times = process("flow").time(sigmas)
    assert torch.allclose(times, torch.linspace(1, 0, 9).double(), atol=1e-15)


@given(steps=st.integers(1, 40), shift=st.floats(0.2, 8))
def test_the_shift_is_stable_diffusion_3s(steps: int, shift: float):
    """Esser et al. (2024), equation 23: t' = m t / (1 + (m - 1) t)."""
    plain, moved = (
        process("flow").time(schedules.levels(Schedule("flow", shift=m), steps, (0.001, 0.0))) for m in (1.0, shift)
    )
    assert torch.allclose(moved, shift * plain / (1 + (shift - 1) * plain), atol=1e-12)


def test_only_a_flow_begins_at_infinity():
    for name in NAMES:
        first = float(schedules.levels(asked(name), 4, (0.01, 0.0))[0])
        assert (first == math.inf) == (name == "flow")


def test_align_your_steps_gives_its_own_table_back():
    sigmas = schedules.ays(10, 0.029, 14.615)
    assert sigmas[:-1].tolist() == pytest.approx(list(levels.AYS_STABLE[:-1]), rel=1e-9)
    assert float(schedules.ays(20, 0.002, 80.0)[0]) == 80.0


@given(st.lists(st.floats(-6, 5), min_size=2, max_size=7, unique=True), st.integers(2, 40))
def test_a_drawn_curve_goes_through_its_points_and_stays_monotone(heights: list[float], steps: int):
    logs = sorted(heights, reverse=True)
    assume(min(np.diff(logs[::-1])) > 1e-3)
    points = tuple((k / (len(logs) - 1), value) for k, value in enumerate(logs))
    sigmas = levels.values(Schedule("custom", points=points), steps, 0.002, 80.0)
    assert (np.diff(sigmas) < 0).all()
    assert np.log(sigmas[[0, -2]]) == pytest.approx([logs[0], logs[-1]])
    shares = np.array([share for share, _ in points])
    assert levels.monotone_cubic(shares, np.array(logs), shares) == pytest.approx(np.array(logs))


def test_a_straight_drawn_line_is_the_exponential_schedule():
    line = Schedule("custom", points=((0.0, math.log(80.0)), (1.0, math.log(0.002))))
    assert levels.values(line, 20, 1e-5, 1.0) == pytest.approx(levels.exponential(20, 0.002, 80.0), rel=1e-12)


@pytest.mark.parametrize(
    ("schedule", "steps", "reach"),
    [
        (Schedule(), 0, (0.002, 80.0)),
        (Schedule(), -3, (0.002, 80.0)),
        (Schedule(), 10_000, (0.002, 80.0)),
        (Schedule(), 10, (80.0, 0.002)),
        (Schedule(sigma_min=90.0), 10, (0.002, 80.0)),
        (Schedule(sigma_min=0.0), 10, (0.002, 80.0)),
        (Schedule(sigma_min=math.nan), 10, (0.002, 80.0)),
        (Schedule(sigma_max=math.nan), 10, (0.002, 80.0)),
        (Schedule(sigma_max=-1.0), 10, (0.002, 80.0)),
        (Schedule(shift=0.0), 10, (0.002, 80.0)),
        (Schedule(shift=math.nan), 10, (0.002, 80.0)),
        (Schedule(rho=0.0), 10, (0.002, 80.0)),
        (Schedule("unheard"), 10, (0.002, 80.0)),
        (Schedule("custom"), 10, (0.002, 80.0)),
        (Schedule("custom", points=((0, 1.0), (1, 3.0))), 10, (0.002, 80.0)),
        (Schedule("custom", points=((0, 1.0), (0, -3.0))), 10, (0.002, 80.0)),
        (Schedule("custom", points=((0, 1.0), (1, math.nan))), 10, (0.002, 80.0)),
        (Schedule("scaled-linear"), 10, (20.0, 30.0)),
    ],
)
def test_what_makes_no_sense_is_refused(schedule: Schedule, steps: int, reach: tuple[float, float]):
    with pytest.raises(UsageError):
        schedules.levels(schedule, steps, reach)
