"""What the rig's own uncertainty does to depth: the deviation of a disparity that comes from its parameters.

A place that both pictures show is held, each parameter is moved by a little, and what changes in the depth is told as
a disparity. It varies slowly over the picture and the range, so few places are enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.rig.pairs.disparity import Span, offset
from engines.calibration.rig.places import turn_of
from engines.calibration.rig.types import Rectification, RigCamera, RigResult
from engines.core.lenses import Lens
from engines.core.projection import project, rays

Floats = NDArray[np.float64]
COLUMNS, ROWS, KNOTS = 9, 7, 3
_SHARE = 1e-2
"""Of a standard deviation that a parameter is moved by."""


class RigNoise:
    """Standard deviations of disparities over a rectified picture, by the rig alone."""

    def __init__(self, result: RigResult, how: Rectification, looked: Span) -> None:
        self._ends = looked.first - offset(how), looked.first + looked.count - 1 - offset(how)
        self._size = how.size
        self.known = bool(result.covariance)
        self._maps = _knots(result, how, self._ends) if self.known else np.zeros((KNOTS, ROWS, COLUMNS))

    def std(self, disparity: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of H x W disparities from infinity, pixels; 0 where the rig does not say."""
        if not self.known:
            return np.zeros_like(disparity)
        shape = (disparity.shape[1], disparity.shape[0])
        full = [cv2.resize(each.astype(np.float32), shape, interpolation=cv2.INTER_LINEAR) for each in self._maps]
        low, high = self._ends
        at = np.clip((np.nan_to_num(disparity) - low) / (high - low), 0, 1) * (KNOTS - 1)
        first = np.minimum(at.astype(np.int32), KNOTS - 2)
        share = (at - first).astype(np.float32)
        below, above = np.choose(first, full[:-1]), np.choose(first, full[1:])
        return np.asarray(below + share * (above - below), np.float32)


def _knots(result: RigResult, how: Rectification, ends: tuple[float, float]) -> Floats:
    """KNOTS x ROWS x COLUMNS standard deviations."""
    y, x = np.meshgrid(np.linspace(0, how.size.height - 1, ROWS), np.linspace(0, how.size.width - 1, COLUMNS),
                       indexing="ij")  # fmt: skip
    places = np.column_stack([x.ravel(), y.ravel()])
    return np.array(
        [_deviations(result, how, places, value).reshape(ROWS, COLUMNS) for value in np.linspace(*ends, KNOTS)]
    )


def _deviations(result: RigResult, how: Rectification, places: Floats, disparity: float) -> Floats:
    """Of one disparity at N places of the first rectified picture; what no lens shows has the worst of the others."""
    cameras = Placed.of(result.cameras[how.first]), Placed.of(result.cameras[how.second])
    pixels = _pixels(cameras, how, places, disparity)
    base = _inverse_depth(cameras, how, pixels)
    numbers, columns = [], []
    for number, one, moved in _moved(result, how):
        numbers.append(number)
        columns.append((_inverse_depth(moved, how, pixels) - base) / one)
    if not columns:
        return np.zeros(len(places))
    jacobian = how.focal * how.baseline * np.array(columns).T
    covariance = np.array(result.covariance)[np.ix_(numbers, numbers)]
    deviations = np.sqrt(np.maximum(np.einsum("ni,ij,nj->n", jacobian, covariance, jacobian), 0))
    return np.asarray(np.where(np.isfinite(deviations), deviations, np.nanmax(deviations, initial=0.0)))


@dataclass(frozen=True)
class Placed:
    """A lens, and where it is: X = turn X_rig + shift. Matrices, since rotation vectors lose what is very small."""

    lens: Lens
    turn: Floats
    shift: Floats

    @classmethod
    def of(cls, camera: RigCamera) -> Placed:
        return cls(camera.lens, turn_of(camera), np.array(camera.tvec))

    def moved(self, place: int, by: float) -> Placed:
        """With one parameter changed, in the order of `RigResult.covariance`."""
        end = len(self.lens.values)
        values = np.array([*self.lens.values, *np.zeros(6)])
        values[place] += by
        lens = Lens.of(self.lens.model, values[:end])
        turn = np.asarray(cv2.Rodrigues(values[end : end + 3])[0], dtype=np.float64)
        return Placed(lens, turn @ self.turn, self.shift + values[end + 3 :])


Two = tuple[Placed, Placed]


def _pixels(cameras: Two, how: Rectification, places: Floats, disparity: float) -> tuple[Floats, Floats]:
    """Where both cameras' own pictures have what is at N places of the first rectified one."""
    sign = -1.0 if how.swapped else 1.0
    shift = np.array([0.0, 1.0] if how.vertical else [1.0, 0.0]) * sign * (disparity + offset(how))
    found = []
    for camera, turn, straight, at in zip(cameras, how.rotations, how.straight, (places, places - shift), strict=True):
        ways = np.column_stack([(at - [straight.cx, straight.cy]) / straight.fx, np.ones(len(at))])
        found.append(project(camera.lens, ways @ np.reshape(turn, (3, 3)), np.zeros(3), np.zeros(3)))
    return found[0], found[1]


def _inverse_depth(cameras: Two, how: Rectification, pixels: tuple[Floats, Floats]) -> Floats:
    """1 / depth along the first rectified axis where the rays of N pairs of pixels come closest."""
    first, second = cameras
    one, other = (rays(camera.lens, at) for camera, at in zip(cameras, pixels, strict=True))
    turn = second.turn @ first.turn.T
    back, centre = other @ turn, -turn.T @ (second.shift - turn @ first.shift)
    cosine, along, beside = (one * back).sum(axis=1), one @ centre, back @ centre
    # Parallel rays meet infinitely far away: 1 / distance stays finite where the distance does not.
    inverse = (1 - cosine**2) / (along - cosine * beside)
    return np.asarray(inverse / (one @ np.reshape(how.rotations[0], (3, 3))[2]))


def _moved(result: RigResult, how: Rectification) -> Iterator[tuple[int, float, Two]]:
    """Each parameter of the two cameras that is not held: its number, by how much it is moved, and the cameras then."""
    start, deviations = 0, np.sqrt(np.maximum(np.diag(np.array(result.covariance)), 0))
    first, second = Placed.of(result.cameras[how.first]), Placed.of(result.cameras[how.second])
    for number, camera in enumerate(result.cameras):
        count = 4 + len(camera.distortion) + 6
        for place in range(count) if number in (how.first, how.second) else ():
            if by := _SHARE * float(deviations[start + place]):
                changed = (first.moved(place, by), second) if number == how.first else (first, second.moved(place, by))
                yield start + place, by, changed
        start += count
