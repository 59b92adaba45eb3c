"""The uncertainty of a solved rig as lengths and angles that people know: of cameras, and of each two of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.calibration.solve.bundle import Bundle
from engines.calibration.solve.equations import Floats
from engines.calibration.solve.motions import Motions, cross_matrices


@dataclass(frozen=True, slots=True)
class PairFigures:
    """How two cameras stand to each other. distance: of their centres, metres; angle: of their viewing directions,
    degrees; each with its standard deviation. place_std: of one centre seen from the other, the root of its variance
    along all three axes together, metres."""

    distance: float
    angle: float
    distance_std: float
    angle_std: float
    place_std: float


class Uncertainty:
    """Of a solution. covariance: K x K of all cameras' parameters in the order that `RigResult.covariance` tells."""

    def __init__(self, solved: Bundle) -> None:
        self.covariance = _full_covariance(solved)
        state = solved.state
        self._lenses = [len(lens) for lens in state.lenses]
        self._centres, self._ahead = state.places.inverse.shifts, state.places.turns[:, 2]
        self._by_centre, self._by_direction = _centres_by_poses(state.places), _directions_by_poses(state.places)

    def lens(self, camera: int) -> Floats:
        """Standard deviations of fx, fy, cx, cy (pixels) and the distortion."""
        first = self._rows(camera).start - self._lenses[camera]
        return _roots(np.diag(self.covariance)[first : first + self._lenses[camera]])

    def centre(self, camera: int) -> Floats:
        """Standard deviations of a camera's centre along the rig's axes, metres."""
        rows, slopes = self._rows(camera), self._by_centre[camera]
        return _roots(np.diag(slopes @ self.covariance[rows, rows] @ slopes.T))

    def pair(self, a: int, b: int) -> PairFigures:
        """Of two different cameras."""
        apart = self._centres[a] - self._centres[b]
        distance = float(np.linalg.norm(apart))
        place = self._of_both(a, self._by_centre[a], b, -self._by_centre[b])
        way = apart / max(distance, 1e-12)
        one, other = self._ahead[a], self._ahead[b]
        sine, cosine = float(np.linalg.norm(np.cross(one, other))), float(one @ other)
        slopes = -other @ self._by_direction[a], -one @ self._by_direction[b]
        turn = self._of_both(a, slopes[0][None], b, slopes[1][None])[0, 0]
        return PairFigures(
            distance,
            float(np.degrees(np.arctan2(sine, cosine))),
            float(_roots(way @ place @ way)),
            float(np.degrees(_roots(turn)) / max(sine, 1e-9)),
            float(_roots(np.trace(place))),
        )

    def _of_both(self, a: int, by_a: Floats, b: int, by_b: Floats) -> Floats:
        """Covariance of what depends on the poses of two cameras by these derivatives, N x 6 each."""
        rows = np.r_[self._rows(a), self._rows(b)]
        slopes = np.concatenate([by_a, by_b], axis=1)
        return np.asarray(slopes @ self.covariance[np.ix_(rows, rows)] @ slopes.T)

    def _rows(self, camera: int) -> slice:
        """Where a camera's pose stands in the covariance."""
        first = sum(self._lenses[: camera + 1]) + 6 * camera
        return slice(first, first + 6)


def _full_covariance(solved: Bundle) -> Floats:
    ways, columns = solved.freedom.ways, solved.freedom.columns
    total = sum(way.shape[0] + 6 for way in ways)
    spread = np.zeros((total, len(solved.covariance)))
    row = 0
    for number, (way, own) in enumerate(zip(ways, columns, strict=True)):
        count, lens = way.shape
        spread[row : row + count, own[:lens]] = way
        if solved.freedom.movable[number]:
            spread[row + count : row + count + 6, own[lens:]] = np.eye(6)
        row += count + 6
    return np.asarray(spread @ solved.covariance @ spread.T)


def _centres_by_poses(places: Motions) -> Floats:
    """How small steps of the cameras' poses move their centres, C x 3 x 6."""
    back = places.turns.mT
    return np.concatenate([-back @ cross_matrices(places.shifts), -back], axis=2)


def _directions_by_poses(places: Motions) -> Floats:
    """How small steps move their viewing directions in the rig's coordinates, C x 3 x 6."""
    back = places.turns.mT
    ahead = cross_matrices(np.tile([0.0, 0.0, 1.0], (len(places), 1)))
    return np.concatenate([back @ ahead, np.zeros((len(places), 3, 3))], axis=2)


def _roots(variances: Floats | np.float64) -> Floats:
    return np.asarray(np.sqrt(np.maximum(variances, 0.0)))
