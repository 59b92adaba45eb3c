"""What our solver says of rigs that are exactly known, counted over many seeds: how far off, and does it know it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.benchmarks.calibration.rig_ours import Errors, errors_of, given, solved
from workbench.benchmarks.calibration.rig_problem import Problem, made
from workbench.benchmarks.calibration.rig_sample import sampled


@dataclass(frozen=True)
class Spread:
    """Over seeds. rig: which. focal_px, distance_mm: median error of the worst camera, of the worst distance. *_ratio:
    RMS error over that of the same solver without the wrong corners. inside: share within three stated deviations.
    sigmas: RMS of all errors in stated deviations; focal_sigmas and so on: of some of them."""

    rig: str
    frames: int
    seeds: int
    bow_mm: float
    focal_px: float
    distance_mm: float
    focal_ratio: float
    distance_ratio: float
    inside: float
    sigmas: float
    focal_sigmas: float
    distance_sigmas: float
    lens_sigmas: float
    converged: int


def spread(frames: int, seeds: int, bow: float = 0.0, loss: str = "geman") -> Spread:
    """bow: of the board in metres, which is then freed."""
    return _spread("four cameras", [made(frames, seed, bow) for seed in range(seeds)], bow, loss)


def sample_spread(frames: int, seeds: int) -> Spread:
    """Of the sample project's rendered rig."""
    return _spread("sample", [sampled(frames, seed) for seed in range(seeds)])


def _spread(rig: str, problems: Sequence[Problem], bow: float = 0.0, loss: str = "geman") -> Spread:
    rows, clean, converged = [], [], 0
    for problem in problems:
        solution = solved(given(problem, bow > 0), loss)
        converged += solution.converged
        rows.append(errors_of(solution, problem))
        without = given(problem, bow > 0, problem.sights.without_wrong())
        clean.append(errors_of(solved(without, loss), problem))
    told = _counted(rows, clean)
    return Spread(rig, len(problems[0].truth.boards), len(rows), 1000 * bow, converged=converged, **told)


def _counted(rows: Sequence[Errors], clean: Sequence[Errors]) -> dict[str, float]:
    focals, distances = (np.array([getattr(row, name) for row in rows]) for name in ("focals", "distances"))
    sigmas = [
        np.array([getattr(row, name) for row in rows]) for name in ("focal_sigmas", "distance_sigmas", "others_sigmas")
    ]
    every = np.concatenate([part.ravel() for part in sigmas])
    return {
        "focal_px": float(np.median(np.abs(focals).max(axis=1))),
        "distance_mm": 1000 * float(np.median(np.abs(distances).max(axis=1))),
        "focal_ratio": _rms(focals) / _rms([row.focals for row in clean]),
        "distance_ratio": _rms(distances) / _rms([row.distances for row in clean]),
        "inside": float((np.abs(every) < 3).mean()),
        "sigmas": _rms(every),
        "focal_sigmas": _rms(sigmas[0]),
        "distance_sigmas": _rms(sigmas[1]),
        "lens_sigmas": _rms(sigmas[2]),
    }


def _rms(values: object) -> float:
    return float(np.sqrt(np.mean(np.square(np.asarray(values, dtype=np.float64)))))
