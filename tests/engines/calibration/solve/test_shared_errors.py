"""Errors that the corners of a view share make the stated uncertainty larger, independent ones do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engines.calibration.solve.bundle import bundle
from workbench.benchmarks.calibration.rig_ours import Given, errors_of, given
from workbench.benchmarks.calibration.rig_problem import Problem, made


def moved(problem: Problem, pixels: float, seed: int) -> Problem:
    """Every view stretched about its middle at random, as a finder does that is off alike all over a view."""
    rng = np.random.default_rng(seed)
    seen = problem.sights.seen.copy()
    for _, _, rows in problem.sights.views():
        away = seen[rows] - seen[rows].mean(axis=0)
        seen[rows] += away / np.abs(away).max() * rng.normal(0, pixels)
    return replace(problem, sights=replace(problem.sights, seen=seen))


def standardised(pixels: float) -> float:
    """Of focal lengths and distances over ten rigs of twelve frames: the root mean square of their errors in sigma."""
    found = []
    for seed in range(10):
        problem = moved(made(12, seed, wrong=0.0), pixels, seed)
        task: Given = given(problem)
        errors = errors_of(bundle(task.start, task.sights, task.freedom), problem)
        found += [errors.focal_sigmas, errors.distance_sigmas]
    return float(np.sqrt(np.mean(np.concatenate(found) ** 2)))


def test_the_stated_uncertainty_holds_whether_errors_are_shared_or_not() -> None:
    assert 0.8 < standardised(0.0) < 1.2
    assert 0.8 < standardised(0.4) < 1.7, "4.1 where every corner counts for itself"
