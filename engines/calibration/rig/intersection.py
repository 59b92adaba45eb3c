"""Where the rays of pixels meet in space: many points at once, by least squares in pixels.

The errors of a point's pixels are those of the pixels and, through the derivatives by the cameras' parameters, those of
the rig; they are weighed together, so a camera that the rig knows badly counts for little, and the covariance holds
both (Hartley and Zisserman, "Multiple View Geometry", 2nd edition, chapters 5 and 12).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from engines.calibration.rig.optics import Eye

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]
_ROUNDS = 12
_STILL = 1e-4
"""Of a deviation: a step that is not worth another one."""
_REACH = 0.7
"""Of the way to the nearest camera: the longest step at once."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """P points. places: P x 3 metres; covariance: P x 3 x 3; misfit: squared deviations in all, which 2 C - 3 are
    expected of in C cameras; residuals: P x C x 2 pixels, 0 where unused; ahead: the steps came to rest before all
    cameras."""

    places: Floats
    covariance: Floats
    misfit: Floats
    residuals: Floats
    ahead: Flags

    def distances(self, used: Flags) -> Floats:
        """From the pixels to where the places appear: rms over the cameras, in pixels."""
        return np.asarray(np.sqrt((self.residuals**2).sum(axis=(1, 2)) / used.sum(axis=1)))

    def with_rows(self, rows: Rows, other: Meeting) -> Meeting:
        """Those points as the other one, which has them alone, found them."""
        whole = replace(self, **{one.name: getattr(self, one.name).copy() for one in fields(self)})
        for one in fields(self):
            getattr(whole, one.name)[rows] = getattr(other, one.name)
        return whole


@dataclass(frozen=True, slots=True)
class Rays:
    """What C cameras say of P points. pixels: P x C x 2, of the lens; sigma: P x C, pixels; ways: P x C x 3."""

    pixels: Floats
    sigma: Floats
    ways: Floats

    def of(self, rows: Rows) -> Rays:
        return Rays(self.pixels[rows], self.sigma[rows], self.ways[rows])


def meet(eyes: Sequence[Eye], covariance: Floats | None, rays: Rays, used: Flags) -> Meeting:
    """Each point where the cameras that are `used` (P x C, two at least) see it; covariance: K x K, of the rig."""
    places, ahead = _start(np.array([eye.centre for eye in eyes]), rays.ways, used)
    pixels, by_place, by_rig = _seen(eyes, places, used)
    weights = _weights(by_rig, covariance, rays.sigma)
    resting = ~ahead
    for _ in range(_ROUNDS):
        step, size = _step(by_place, weights, _errors(rays.pixels, pixels, used))
        step *= _bounded(eyes, places, step, used)[:, None]
        places = np.where(resting[:, None], places, places + step)
        resting |= size < _STILL**2
        pixels, by_place, by_rig = _seen(eyes, places, used)
        if resting.all():
            break
    weights = _weights(by_rig, covariance, rays.sigma)
    errors = _errors(rays.pixels, pixels, used)
    misfit = np.einsum("pi,pij,pj->p", errors, weights, errors)
    spread = np.linalg.inv(_information(by_place, weights))
    return Meeting(places, spread, misfit, errors.reshape(rays.pixels.shape), ahead & resting)


def _start(centres: Floats, ways: Floats, used: Flags) -> tuple[Floats, Flags]:
    """The places nearest to all rays, and whether they lie ahead along each of them."""
    ways = np.where(used[..., None], ways, 0.0)
    across = np.where(used[..., None, None], np.eye(3) - ways[..., :, None] * ways[..., None, :], 0.0)
    toward = np.einsum("pcij,cj->pi", across, centres)
    places = np.linalg.solve(across.sum(axis=1) + 1e-12 * np.eye(3), toward[..., None])[..., 0]
    along = np.einsum("pci,pci->pc", places[:, None] - centres, ways)
    return places, np.asarray(((along > 0) | ~used).all(axis=1) & np.isfinite(places).all(axis=1))


def _seen(eyes: Sequence[Eye], places: Floats, used: Flags) -> tuple[Floats, Floats, Floats]:
    """Pixels P x C x 2, derivatives by the place (P x 2C x 3) and by the rig (P x 2C x K), 0 where unused."""
    shape = used.shape
    pixels, by_place = np.zeros((*shape, 2)), np.zeros((*shape, 2, 3))
    by_rig, first = np.zeros((*shape, 2, sum(eye.parameters for eye in eyes))), 0
    for number, eye in enumerate(eyes):
        rows, last = np.flatnonzero(used[:, number]), first + eye.parameters
        if len(rows):
            there = eye.see_closely(places[rows])
            pixels[rows, number], by_place[rows, number], by_rig[rows, number, :, first:last] = there
        first = last
    return pixels, by_place.reshape(len(places), -1, 3), by_rig.reshape(len(places), 2 * shape[1], -1)


def _weights(by_rig: Floats, covariance: Floats | None, sigma: Floats) -> Floats:
    """The inverse of the covariance of a point's pixels, P x 2C x 2C."""
    own = np.repeat(sigma**2, 2, axis=1)[:, :, None] * np.eye(2 * sigma.shape[1])
    return np.linalg.inv(own if covariance is None else own + by_rig @ covariance @ by_rig.mT)


def _errors(measured: Floats, pixels: Floats, used: Flags) -> Floats:
    return np.asarray(np.where(used[..., None], measured - pixels, 0.0).reshape(len(pixels), -1))


def _information(by_place: Floats, weights: Floats) -> Floats:
    information = by_place.mT @ weights @ by_place
    scale = np.trace(information, axis1=1, axis2=2)
    return np.asarray(information + (1e-14 * scale + 1e-300)[:, None, None] * np.eye(3))


def _step(by_place: Floats, weights: Floats, errors: Floats) -> tuple[Floats, Floats]:
    """Gauss-Newton's step of each point and its squared length in deviations."""
    pull = np.einsum("pia,pij,pj->pa", by_place, weights, errors)
    step = np.linalg.solve(_information(by_place, weights), pull[..., None])[..., 0]
    return step, np.asarray((step * pull).sum(axis=1))


def _bounded(eyes: Sequence[Eye], places: Floats, step: Floats, used: Flags) -> Floats:
    """The part of each step that keeps the point before the cameras: a way of `_REACH` at most."""
    far = np.array([np.linalg.norm(places - eye.centre, axis=1) for eye in eyes]).T
    nearest = np.where(used, far, np.inf).min(axis=1)
    return np.asarray(np.minimum(1.0, _REACH * nearest / np.maximum(np.linalg.norm(step, axis=1), 1e-300)))
