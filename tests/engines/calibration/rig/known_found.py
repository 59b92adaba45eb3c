"""What four exactly known cameras see of a board, as the search of pictures gives it to the rig's job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from engines.calibration.rig.found import Found, RigShot
from engines.calibration.rig.types import RigResult, RigSpec
from engines.calibration.targets.detection import Detection
from engines.calibration.targets.shots import Shot
from workbench.benchmarks.calibration.rig_problem import BOARD, SIZE, Problem

NAMES = ("north", "east", "south", "west")
Kept = Callable[[int, int], bool]


def spec(**values: object) -> RigSpec:
    return replace(RigSpec((), BOARD), **values)  # type: ignore[arg-type]


def found(problem: Problem, kept: Kept = lambda frame, camera: True, names: tuple[str, ...] = NAMES) -> Found:
    """kept: whether a camera's view of a frame is there."""
    frames = [f"frame {frame}" for frame in range(len(problem.truth.boards))]
    shots = []
    for frame, camera, rows in problem.sights.views():
        if kept(frame, camera):
            seen = Detection(problem.sights.corner[rows], problem.sights.seen[rows], 5)
            shots.append(RigShot(frames[frame], camera, Shot(frames[frame], Path(frames[frame]), SIZE, seen)))
    return Found(names, (SIZE,) * len(names), tuple(frames), tuple(shots))


def with_shots(found: Found, shots: list[RigShot]) -> Found:
    return replace(found, shots=tuple(shots))


def distances_in_deviations(result: RigResult, problem: Problem) -> np.ndarray:  # type: ignore[type-arg]
    """How far every distance is off, in its own stated uncertainty."""
    told = np.array([pair.distance for pair in result.pairs])
    std = np.array([pair.distance_std for pair in result.pairs])
    return np.asarray((told - problem.truth.distances) / std)
