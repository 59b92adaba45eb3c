"""Did a camera move, or its lens change, while frames were taken? Then its corners lie elsewhere from some frame on.

In each view the corners' residuals are told as a shift, a turn and a growth. Where one frame parts these into two kinds
that differ by far more than they scatter (a change point by Hotelling's T squared, at the best of all frames), the
camera was not the same throughout. The fit hides it well: it takes the middle, and its RMS grows by a tenth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.calibration.evidence.usual_shapes import by_chance
from engines.calibration.rig.fitting import Fitted
from engines.calibration.solve.equations import Floats
from engines.calibration.solve.projecting import project_seen

CHANCE = 1e-3
"""Of so large a change at any frame of any camera, where there is none."""
LEAST_SIDE = 3
"""Views before a change, and after it."""
LEAST_PX, LEAST_DEVIATIONS = 0.1, 0.75
"""Pixels, and deviations of a corner, that a change moves corners by at least: lens models are off by less."""
_APART = 3.0
"""Scatters of the views before and after, that the change is longer than: else it is one of many ways to be off."""
_WAYS, _LEAST_CORNERS = 4, 6


@dataclass(frozen=True, slots=True)
class Change:
    """camera: its number; frame: the first one after the change; moved: of its corners, root mean square in pixels."""

    camera: int
    frame: str
    moved: float


def change_of(fitted: Fitted) -> Change | None:
    """The largest change of a camera, where a change of any is sure: others follow it, as the boards do. None else."""
    found = [change for camera in range(fitted.problem.cameras) if (change := _of_camera(fitted, camera))]
    if not any(sure for _, sure in found):
        return None
    return max((change for change, _ in found), key=lambda change: change.moved)


def _of_camera(fitted: Fitted, camera: int) -> tuple[Change, bool] | None:
    """A camera's change at its best frame, and whether it is sure."""
    frames, ways = _ways(fitted, camera)
    count = len(ways)
    left = count - 2 - _WAYS + 1
    splits = range(LEAST_SIDE, count - LEAST_SIDE + 1)
    if left < LEAST_SIDE or not splits:
        return None
    parted = {split: _parted(ways, split) for split in splits}
    split = max(splits, key=lambda one: parted[one].told)
    best = parted[split]
    chance = by_chance(_WAYS, left, best.told * left / ((count - 2) * _WAYS)) * len(splits) * fitted.problem.cameras
    least = max(LEAST_PX, LEAST_DEVIATIONS * float(fitted.bundle.deviations[camera]), _APART * best.scatter)
    return Change(camera, frames[split], best.moved), chance < CHANCE and best.moved > least


@dataclass(frozen=True, slots=True)
class _Parted:
    """told: Hotelling's T squared. moved: length of the difference; scatter: of a view on its side; pixels."""

    told: float
    moved: float
    scatter: float


def _parted(ways: Floats, split: int) -> _Parted:
    before, after = ways[:split], ways[split:]
    apart = after.mean(axis=0) - before.mean(axis=0)
    own = np.concatenate([before - before.mean(axis=0), after - after.mean(axis=0)])
    scatter = own.T @ own / (len(ways) - 2)
    scatter += 1e-9 * np.trace(scatter) * np.eye(_WAYS) + 1e-12 * np.eye(_WAYS)
    told = float(apart @ np.linalg.solve(scatter, apart))
    told *= split * (len(ways) - split) / len(ways)
    return _Parted(told, float(np.linalg.norm(apart)), float(np.sqrt(np.trace(scatter))))


def _ways(fitted: Fitted, camera: int) -> tuple[list[str], Floats]:
    """The frames in which a camera sees a board, in order, and in each of them the shift (x, y), growth and turn of its
    believed corners in pixels (root mean square over the view)."""
    problem, state = fitted.problem, fitted.state
    order = {frame: number for number, frame in enumerate(problem.found.frames)}
    found: list[tuple[str, Floats]] = []
    for sights, believed in zip(problem.sights, fitted.bundle.believed, strict=True):
        if sights.camera != camera:
            continue
        points = state.points[sights.part]
        for row, group in enumerate(sights.groups):
            near = believed[row]
            if near.sum() >= _LEAST_CORNERS:
                pose = state.places[camera].after(state.boards[int(group)])
                image = project_seen(state.models[camera], state.lenses[camera], pose.apply(points[near])[0])
                found.append((problem.groups[int(group)][0], _way(image, sights.corners[row][near] - image)))
    found.sort(key=lambda one: order[one[0]])
    return [frame for frame, _ in found], np.array([way for _, way in found]).reshape(-1, _WAYS)


def _way(image: Floats, off: Floats) -> Floats:
    out = image - image.mean(axis=0)
    reach = max(float(np.sqrt((out**2).sum(axis=1).mean())), 1e-9)
    growth = float((out * off).sum()) / len(out) / reach
    turn = float((out[:, 0] * off[:, 1] - out[:, 1] * off[:, 0]).sum()) / len(out) / reach
    return np.array([*off.mean(axis=0), growth, turn])
