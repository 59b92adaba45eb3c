"""Prediction of where faces will be: one constant-velocity Kalman filter per face, all of them stepped at once.

State of each: centre x and y in pixels, logarithm of the scale (geometric mean of width and height) and logarithm of
the aspect (width over height), each with its velocity per second. The four do not mix, so a filter is four pairs and a
step is a few array operations for any number of faces. Noise grows with the size of the face. White-noise acceleration
(Bar-Shalom, Li, Kirubarajan: Estimation with Applications to Tracking and Navigation, 2001, 6.2.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.faces.vectors import Floats

SEEN = np.array([0.06, 0.06, 0.08, 0.08])
"""Standard deviation of a detection: of the centre as a part of the scale, of the two logarithms."""
SPEED = np.array([3.0, 3.0, 0.5, 0.0])
"""What is believed of the velocity of a face just found, per second, in the same units."""
SHAKE = np.array([3.0, 3.0, 0.5, 0.0])
"""Root of the acceleration's spectral density, in the same units."""
WALK = np.array([0.0, 0.0, 0.0, 0.1])
"""How far a value drifts by itself in a second."""
FADE = 0.4
"""Seconds in which the velocity of an unseen face falls to 1/e: people stop, they do not leave in straight lines."""


def measured(boxes: NDArray[np.floating]) -> Floats:
    """n x 4 boxes (x, y, width, height) as n x 4 states (centre x, centre y, log scale, log aspect)."""
    x, y, width, height = np.asarray(boxes, np.float64).reshape(-1, 4).T
    width, height = np.maximum(width, 1e-3), np.maximum(height, 1e-3)
    return np.stack([x + width / 2, y + height / 2, np.log(width * height) / 2, np.log(width / height)], axis=1)


def boxes_of(states: Floats) -> Floats:
    """The inverse of `measured`."""
    x, y, scale, aspect = states.T
    size, ratio = np.exp(scale), np.exp(aspect / 2)
    width, height = size * ratio, size / ratio
    return np.stack([x - width / 2, y - height / 2, width, height], axis=1)


@dataclass(slots=True)
class Kalman:
    """n filters. place, speed: n x 4. spread: n x 4 x 3, the covariance of each pair (place, both, speed)."""

    place: Floats
    speed: Floats
    spread: Floats

    @staticmethod
    def none() -> Kalman:
        return Kalman(np.zeros((0, 4)), np.zeros((0, 4)), np.zeros((0, 4, 3)))

    @staticmethod
    def at(states: Floats) -> Kalman:
        """Filters that start at these states and know nothing of velocities."""
        unit = units(states)
        spread = np.stack([(SEEN * unit) ** 2, np.zeros_like(states), (SPEED * unit) ** 2], axis=2)
        return Kalman(states.copy(), np.zeros_like(states), spread)

    def __len__(self) -> int:
        return len(self.place)

    def join(self, other: Kalman) -> Kalman:
        return Kalman(
            np.concatenate([self.place, other.place]),
            np.concatenate([self.speed, other.speed]),
            np.concatenate([self.spread, other.spread]),
        )

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Kalman:
        return Kalman(self.place[rows], self.speed[rows], self.spread[rows])

    def predict(self, seconds: float, unseen: NDArray[np.bool_] | None = None) -> None:
        """Move on by `seconds`; the velocity of those `unseen` fades."""
        dt = seconds
        unit = units(self.place)
        shake, walk = (SHAKE * unit) ** 2, (WALK * unit) ** 2
        keep = np.ones((len(self), 1)) if unseen is None else np.where(unseen, np.exp(-dt / FADE), 1.0)[:, None]
        pp, pv, vv = (self.spread[..., k] for k in range(3))
        self.place = self.place + dt * self.speed
        self.speed = keep * self.speed
        self.spread = np.stack(
            [
                pp + 2 * dt * pv + dt * dt * vv + shake * dt**3 / 3 + walk * dt,
                keep * (pv + dt * vv) + shake * dt * dt / 2,
                keep**2 * vv + shake * dt,
            ],
            axis=2,
        )

    def update(self, rows: NDArray[np.intp], states: Floats) -> None:
        """Take what was seen of these rows."""
        pp, pv, vv = (self.spread[rows, :, k] for k in range(3))
        total = pp + (SEEN * units(states)) ** 2
        gain, turn = pp / total, pv / total
        missed = states - self.place[rows]
        self.place[rows] += gain * missed
        self.speed[rows] += turn * missed
        self.spread[rows] = np.stack([(1 - gain) * pp, (1 - gain) * pv, vv - turn * pv], axis=2)

    def distance(self, states: Floats) -> Floats:
        """Rows x states: squared Mahalanobis distance of what was seen from what was expected (centre and scale)."""
        missed = states[None, :, :3] - self.place[:, None, :3]
        total = self.spread[:, None, :3, 0] + (SEEN * units(states))[None, :, :3] ** 2
        return np.asarray((missed**2 / total).sum(axis=2), np.float64)


def units(states: Floats) -> Floats:
    """What each component is measured in: the scale of the face for the centre, 1 for the logarithms."""
    size = np.exp(states[:, 2])
    one = np.ones_like(size)
    return np.stack([size, size, one, one], axis=1)
