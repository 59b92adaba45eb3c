"""How well two calibrated cameras agree about what both have seen: across rectified rows, and from epipolar lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.calibration.rig.pairs.rectification import rectify
from engines.calibration.rig.places import between
from engines.calibration.rig.types import RigResult, RigView
from engines.calibration.solve.losses import BELIEVED
from engines.core.projection import camera_matrix, rays

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shared:
    """Corners that both cameras saw: frames by name, one a corner, and N x 2 pixels in each."""

    frames: tuple[str, ...]
    first: Floats
    second: Floats


@dataclass(frozen=True, slots=True)
class Agreement:
    """dy: across the rows of pictures rectified at the cameras' own focal length, N, pixels. epipolar: distances from
    epipolar lines, 2N (in the second picture, then in the first), pixels without distortion."""

    shared: Shared
    dy: Floats
    epipolar: Floats


def agreement(result: RigResult, first: int, second: int) -> Agreement:
    """Of the corners of all frames that are used. Raises as `rectify` does."""
    shared = shared_corners(result, first, second)
    ways = [
        rays(result.cameras[number].lens, pixels) for number, pixels in ((first, shared.first), (second, shared.second))
    ]
    return Agreement(shared, _across(result, first, second, ways), _epipolar(result, first, second, ways))


def shared_corners(result: RigResult, first: int, second: int) -> Shared:
    """What both saw in the frames that are used, less the corners that the fit does not believe."""
    frames: list[str] = []
    ones, others = [np.zeros((0, 2))], [np.zeros((0, 2))]
    for one, other, ids in _views(result, first, second):
        frames.extend([one.frame] * len(ids))
        ones.append(_pixels(one, ids))
        others.append(_pixels(other, ids))
    return Shared(tuple(frames), np.concatenate(ones), np.concatenate(others))


def _views(result: RigResult, first: int, second: int) -> Iterator[tuple[RigView, RigView, list[int]]]:
    """Pairs of views of one board in one frame, and the corners that both show."""
    there = {(view.frame, view.board, view.camera): view for view in result.views if view.found and view.used}
    for (frame, board, camera), one in there.items():
        other = there.get((frame, board, second))
        if camera == first and other is not None:
            yield one, other, sorted(_believed(one) & _believed(other))


def _believed(view: RigView) -> set[int]:
    weights = view.weights or (1.0,) * len(view.ids)
    return {number for number, weight in zip(view.ids, weights, strict=True) if weight > BELIEVED}


def _pixels(view: RigView, ids: list[int]) -> Floats:
    place = {number: at for at, number in enumerate(view.ids)}
    return np.array([view.corners[place[number]] for number in ids], dtype=np.float64).reshape(-1, 2)


def _across(result: RigResult, first: int, second: int, ways: list[Floats]) -> Floats:
    """Differences across the baseline at the cameras' own focal length."""
    how = rectify(result, first, second, -1.0)
    turned = [way @ np.reshape(turn, (3, 3)).T for way, turn in zip(ways, how.rotations, strict=True)]
    axis = 0 if how.vertical else 1
    one, other = (way[:, axis] / way[:, 2] for way in turned)
    return np.asarray(how.focal * (one - other))


def _epipolar(result: RigResult, first: int, second: int, ways: list[Floats]) -> Floats:
    step = between(result.cameras[first], result.cameras[second])
    x, y, z = step.shift
    essential = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]]) @ step.rotation
    one, other = (np.linalg.inv(camera_matrix(result.cameras[number].intrinsics)) for number in (first, second))
    fundamental = other.T @ essential @ one
    points = [
        way / way[:, 2:] @ camera_matrix(result.cameras[number].intrinsics).T
        for way, number in zip(ways, (first, second), strict=True)
    ]
    return np.concatenate(
        [_from_lines(points[0] @ fundamental.T, points[1]), _from_lines(points[1] @ fundamental, points[0])]
    )


def _from_lines(lines: Floats, points: Floats) -> Floats:
    """Distances of N points (x, y, 1) from N lines (a, b, c)."""
    return np.asarray(np.abs((lines * points).sum(axis=1)) / np.linalg.norm(lines[:, :2], axis=1))
