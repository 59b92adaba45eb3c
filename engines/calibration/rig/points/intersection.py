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
    pixels, by_place = _seen(eyes, places, used)
    weights = _weights(eyes, covariance, places, rays.sigma, used)
    resting = ~ahead
    for _ in range(_ROUNDS):
        step, size = _step(by_place, weights, _errors(rays.pixels, pixels, used))
        step *= _bounded(eyes, places, step, used)[:, None]
        places = np.where(resting[:, None], places, places + step)
        resting |= size < _STILL**2
        pixels, by_place = _seen(eyes, places, used)
        if resting.all():
            break
    weights = _weights(eyes, covariance, places, rays.sigma, used)
    errors = _errors(rays.pixels, pixels, used)
    misfit = (errors * _times(weights, errors)).sum(axis=1)
    spread = _inverse(_information(by_place, weights))
    return Meeting(places, spread, misfit, errors.reshape(rays.pixels.shape), ahead & resting)


def _start(centres: Floats, ways: Floats, used: Flags) -> tuple[Floats, Flags]:
    """The places nearest to all rays, and whether they lie ahead along each of them."""
    ways = np.where(used[..., None], ways, 0.0)
    across = np.where(used[..., None, None], np.eye(3) - ways[..., :, None] * ways[..., None, :], 0.0)
    toward = np.einsum("pcij,cj->pi", across, centres)
    places = np.linalg.solve(across.sum(axis=1) + 1e-12 * np.eye(3), toward[..., None])[..., 0]
    along = np.einsum("pci,pci->pc", places[:, None] - centres, ways)
    return places, np.asarray(((along > 0) | ~used).all(axis=1) & np.isfinite(places).all(axis=1))


def _seen(eyes: Sequence[Eye], places: Floats, used: Flags) -> tuple[Floats, Floats]:
    """Pixels P x C x 2 and their derivatives by the place, P x 2C x 3; 0 where unused."""
    pixels, by_place = np.zeros((*used.shape, 2)), np.zeros((*used.shape, 2, 3))
    for number, eye in enumerate(eyes):
        rows = np.flatnonzero(used[:, number])
        if len(rows):
            pixels[rows, number], by_place[rows, number] = eye.see_closely(places[rows])
    return pixels, by_place.reshape(len(places), -1, 3)


def _weights(eyes: Sequence[Eye], covariance: Floats | None, places: Floats, sigma: Floats, used: Flags) -> Floats:
    """The inverse of the covariance of a point's pixels, P x 2C x 2C."""
    own = np.repeat(sigma**2, 2, axis=1)[:, :, None] * np.eye(2 * sigma.shape[1])
    if covariance is None:
        return _inverse(own)
    by_rig = _by_rig(eyes, places, used)
    carried = (by_rig.reshape(-1, len(covariance)) @ covariance).reshape(by_rig.shape)
    return _inverse(own + carried @ by_rig.mT)


def _by_rig(eyes: Sequence[Eye], places: Floats, used: Flags) -> Floats:
    """Derivatives of the pixels by the parameters of all cameras, P x 2C x K; 0 where unused."""
    first = np.cumsum([0, *(eye.parameters for eye in eyes)])
    by_rig = np.zeros((*used.shape, 2, first[-1]))
    for number, eye in enumerate(eyes):
        rows = np.flatnonzero(used[:, number])
        if len(rows):
            by_rig[rows, number, :, first[number] : first[number + 1]] = eye.by_parameters(places[rows])
    return by_rig.reshape(len(places), 2 * len(eyes), -1)


def _errors(measured: Floats, pixels: Floats, used: Flags) -> Floats:
    return np.asarray(np.where(used[..., None], measured - pixels, 0.0).reshape(len(pixels), -1))


def _information(by_place: Floats, weights: Floats) -> Floats:
    information = by_place.mT @ weights @ by_place
    scale = np.trace(information, axis1=1, axis2=2)
    return np.asarray(information + (1e-14 * scale + 1e-300)[:, None, None] * np.eye(3))


def _step(by_place: Floats, weights: Floats, errors: Floats) -> tuple[Floats, Floats]:
    """Gauss-Newton's step of each point and its squared length in deviations."""
    pull = _times(by_place.mT, _times(weights, errors))
    step = _times(_inverse(_information(by_place, weights)), pull)
    return step, np.asarray((step * pull).sum(axis=1))


def _bounded(eyes: Sequence[Eye], places: Floats, step: Floats, used: Flags) -> Floats:
    """The part of each step that keeps the point before the cameras: a way of `_REACH` at most."""
    far = np.array([np.linalg.norm(places - eye.centre, axis=1) for eye in eyes]).T
    nearest = np.where(used, far, np.inf).min(axis=1)
    return np.asarray(np.minimum(1.0, _REACH * nearest / np.maximum(np.linalg.norm(step, axis=1), 1e-300)))


def _inverse(matrices: Floats) -> Floats:
    return np.asarray(np.linalg.inv(matrices), dtype=np.float64)


def _times(matrices: Floats, vectors: Floats) -> Floats:
    """P matrices by P vectors."""
    return np.asarray((matrices @ vectors[..., None])[..., 0])
