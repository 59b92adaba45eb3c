"""Levels of a model's own pipeline are those of the definitions: spaced steps, curves between ends, shifted times."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from engines.core.errors import UsageError
from engines.generative.diffusion.axis import levels, own_levels
from engines.generative.diffusion.pipeline_types import Betas, Grid, Own
from engines.generative.diffusion.types import ModelInfo, Schedule

T = 1000
TABLE = Betas("linear", T, 1e-4, 0.02)
INFO = ModelInfo("folder", "A folder", "diffusers", (3, 8, 8), sigma_min=0.01, sigma_max=157.0)
OWN = Schedule("own")


def sigma_of(times: NDArray[np.float64] | list[int]) -> NDArray[np.float64]:
    """From beta, a product a step, as Ho et al. write it."""
    bar, kept = [], 1.0
    for step in range(T):
        kept *= 1 - (1e-4 + (0.02 - 1e-4) * step / (T - 1))
        bar.append(kept)
    sigmas = np.sqrt((1 - np.array(bar)) / np.array(bar))
    return np.interp(np.asarray(times, float), np.arange(T), sigmas)


def walked(grid: Grid, steps: int, **schedule: float) -> tuple[NDArray[np.float64], list[float]]:
    own = Own("Some", "euler", grid=replace(grid, betas=TABLE) if grid.top == 0 else grid)
    found, told = own_levels.walked(replace(OWN, **schedule), steps, replace(INFO, own=own))
    return found, list(told.values())


@pytest.mark.parametrize(
    ("grid", "steps", "times"),
    [
        (Grid(spacing="leading"), 5, [800, 600, 400, 200, 0]),
        (Grid(spacing="leading", offset=1), 4, [751, 501, 251, 1]),
        (Grid(spacing="leading", more=True), 4, [800, 600, 400, 200]),
        (Grid(spacing="trailing"), 5, [999, 799, 599, 399, 199]),
        (Grid(spacing="trailing"), 3, [999, 666, 332]),
        (Grid(spacing="linspace"), 4, [999, 666, 333, 0]),
        (Grid(spacing="linspace", more=True), 3, [999, 666, 333]),
        (Grid(spacing="linspace", whole=False), 3, [999, 499.5, 0]),
    ],
)
def test_steps_are_spaced_as_their_names_say(grid: Grid, steps: int, times: list[float]) -> None:
    found, told = walked(grid, steps)
    assert told == times
    assert np.allclose(found[:-1], sigma_of(times), rtol=2e-4)
    assert found[-1] == 0


def test_the_last_level_is_the_tables_lowest_where_it_is_not_0() -> None:
    found, _ = walked(Grid(spacing="leading", offset=1, ends=True), 4)
    assert found[-1] == pytest.approx(sigma_of([0])[0], rel=2e-4)
    same, told = walked(Grid(spacing="leading", ends=True), 4)
    assert told[-1] == 0
    assert 0 < same[-2] - same[-1] < 1e-8 * same[-2], "a step of no length"


def test_curves_go_between_the_ends_they_are_given() -> None:
    spaced, whole = Grid(spacing="leading", curve="karras"), Grid(spacing="leading", curve="karras", table=True)
    for grid, ends in ((spaced, sigma_of([800, 0])), (whole, sigma_of([999, 0]))):
        found, _ = walked(grid, 5)
        roots = found[:-1] ** (1 / 7)
        assert np.allclose(np.diff(roots), np.diff(roots)[0])
        assert np.allclose(found[[0, -2]], ends, rtol=2e-4)
    found, _ = walked(replace(spaced, curve="exponential", low=0.05, high=20.0), 5)
    assert np.allclose(found[:-1], [20 * 0.0025 ** (i / 4) for i in range(5)])
    found, _ = walked(replace(spaced, curve="beta", low=1.0, high=3.0), 3)
    assert np.allclose(found[:-1], [3, 2, 1]), "symmetrical about the middle"


def test_a_solver_tells_whole_steps_of_a_curves_levels() -> None:
    curve = Grid(curve="karras", table=True)
    _, exact = walked(curve, 6)
    _, rounded = walked(replace(curve, told="round"), 6)
    _, cut = walked(replace(curve, told="floor"), 6)
    assert exact[2] != rounded[2] == round(exact[2])
    assert cut == [math.floor(time) for time in exact]


def test_clipped_steps_begin_below_the_top() -> None:
    own = Own("Some", "euler", grid=Grid(TABLE, "linspace", top=901))
    _, told = own_levels.walked(OWN, 4, replace(INFO, own=own))
    assert list(told.values()) == [900, 600, 300, 0]


def test_a_table_that_ends_in_noise_begins_at_infinity_or_at_what_stands_for_it() -> None:
    grid = Grid(replace(TABLE, noisy=True), "trailing")
    for least, first in ((0.0, math.inf), (2.0**-24, 4096.0)):
        own = Own("Some", "euler", grid=replace(grid, betas=replace(TABLE, noisy=True, least=least)))
        found, told = own_levels.walked(OWN, 4, replace(INFO, own=own))
        assert found[0] == pytest.approx(first, rel=1e-6)
        assert told[float(found[0])] == 999
    bar = own_levels.alphas(replace(TABLE, noisy=True))
    assert bar[0] == pytest.approx(own_levels.alphas(TABLE)[0])


@pytest.mark.parametrize("shift", [1.0, 3.0])
def test_a_flows_levels_are_shifted_and_its_least_time_twice(shift: float) -> None:
    least = shift / T / (1 + (shift - 1) / T)
    times = np.linspace(1, least, 6)
    found, told = walked(Grid(top=T), 6, shift=shift)
    assert found[0] == math.inf
    assert found[-1] == 0
    assert np.allclose(found[1:-1], shift * times[1:] / (1 - times[1:]))
    assert not told
    terminal, _ = walked(Grid(top=T, terminal=0.1), 6, shift=shift)
    assert terminal[-2] / (1 + terminal[-2]) == pytest.approx(0.1)
    dynamic, _ = walked(Grid(top=T, low=1 / T), 6, shift=shift)
    assert dynamic[-2] == pytest.approx(shift / (T - 1))


def test_steps_that_leave_gaps_are_told_apart() -> None:
    grid = Grid(TABLE, "trailing", stride=True)
    assert own_levels.uneven(grid, 12)
    assert not own_levels.uneven(grid, 10)
    assert not own_levels.uneven(replace(grid, stride=False), 12)
    assert own_levels.uneven(replace(grid, spacing="linspace"), 10)


def test_another_schedule_is_as_ever() -> None:
    asked = Schedule("karras", rho=5)
    assert np.array_equal(own_levels.values(asked, 7, INFO), levels.values(asked, 7, 0.01, 157.0))


@pytest.mark.parametrize(
    ("schedule", "steps", "words"),
    [
        (OWN, 1001, "do not fit"),
        (OWN, 0, "cannot be taken"),
        (replace(OWN, sigma_max=9.0), 5, "highest and lowest"),
        (replace(OWN, rho=5.0), 5, "rho"),
        (replace(OWN, shift=-1.0), 5, "shift"),
    ],
)
def test_what_makes_no_sense_is_refused(schedule: Schedule, steps: int, words: str) -> None:
    own = Own("Some", "euler", grid=Grid(TABLE, "leading"))
    with pytest.raises(UsageError, match=words):
        own_levels.values(schedule, steps, replace(INFO, own=own))
    with pytest.raises(UsageError, match="no schedule of its own"):
        own_levels.values(OWN, 5, INFO)
