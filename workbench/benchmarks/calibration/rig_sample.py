"""The sample project's rendered rig as a problem: its cameras, and its board on its path, both exactly known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.calibration.solve.motions import Motions
from engines.cameras.scene.motion import Motion
from engines.cameras.scene.rig import rig
from engines.cameras.types import SceneSource
from workbench.benchmarks.calibration.rig_problem import SIZE, Problem, Rig, seen

Floats = NDArray[np.float64]


def sampled(frames: int, seed: int = 0) -> Problem:
    """`frames` moments of the whole path, seen by four cameras; every seed is another rig."""
    source = SceneSource(size=SIZE, seed=seed + 1)
    cameras = rig(source)
    path = Motion(source.board, cameras, source.seed)
    places = _motions([(*camera.rvec, *camera.tvec) for camera in cameras])
    poses = [path.pose(path.period * frame / frames) for frame in range(frames)]
    lenses = np.array([[each.fx, each.fy, each.cx, each.cy, *each.distortion] for each in cameras])
    boards = places[0].after(_motions([(*pose.rvec, *pose.tvec) for pose in poses])).poses
    held = places.after(places[0].inverse).poses
    held[0] = 0.0
    truth = Rig(lenses, held, boards, source.board.corners.copy())
    return seen(truth, source.board.corners, np.random.default_rng([seed, frames]))


def _motions(poses: list[tuple[float, ...]]) -> Motions:
    return Motions.of(np.array(poses))
