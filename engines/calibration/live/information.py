"""What views tell of a camera: estimates the lens as views come in, and how far it is still uncertain, at once.

Each view's normal equations are reduced to the camera by eliminating its pose (Schur complement; Triggs et al., "Bundle
adjustment: a modern synthesis", 1999), so a view is a small matrix and its effect on the covariance is known before it
is taken. A weak prior stands in for the views that are still missing: it keeps the sum invertible from the first view
on. The estimate follows by Gauss-Newton steps, a few views at a time, so that a step costs the same with 5 views as
with 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.solve.poses import pose_from_rays
from engines.calibration.solve.projecting import project_with_derivatives
from engines.core.errors import WorkFailed
from engines.core.frames import Size
from engines.core.lenses import DISTORTION_NAMES, Intrinsics, Lens, ModelName
from engines.core.projection import rays, undistort_points

Floats = NDArray[np.float64]

NOISE = 0.2
"""Assumed of a corner, in pixels, until the views tell."""
_LEAST_NOISE = 0.08
_FOCAL, _CENTRE, _ASPECT = 0.3, 0.06, 0.02
"""Widths of the prior: of focal length and centre as shares of the picture's longer side, of fx : fy as a share."""
_TERMS = {"p1": 0.01, "p2": 0.01, "s1": 0.01, "s2": 0.01, "s3": 0.01, "s4": 0.01, "tau_x": 0.02, "tau_y": 0.02}
_TERM = 0.3
_TELLING = 3
"""From so many views on the residuals tell the noise; fewer may not have found the lens yet."""
_STALE = 0.1
_LONGEST_STEP = 0.25
_BENDING = 0.5
"""How much the distortion counts beside fx, fy, cx and cy: any view farther out gains much for it."""


@dataclass(frozen=True, slots=True)
class Poses:
    """N poses of boards: rotations N x 3 x 3 and shifts N x 3 in metres, from the board to the camera."""

    turns: Floats
    shifts: Floats

    def apply(self, points: Floats) -> Floats:
        """K x 3 points of the board in camera coordinates, N x K x 3."""
        return np.asarray(np.einsum("nij,kj->nki", self.turns, points) + self.shifts[:, None])


@dataclass(frozen=True, slots=True)
class Derivatives:
    """pixels: N x K x 2; by_camera: N x 2K x G; by_pose: N x 2K x 6 (a turn about the camera's axes, then a shift)."""

    pixels: Floats
    by_camera: Floats
    by_pose: Floats

    def reduced(self) -> Floats:
        """The information of each pose's view about the camera for corners of one pixel's noise, N x G x G."""
        return self._eliminated()[0]

    def solved(self, errors: Floats) -> tuple[Floats, Floats, Floats]:
        """The information, its right side (N x G) and the poses' own steps (N x 6) for residuals N x 2K."""
        information, solved, coupling = self._eliminated()
        own = np.einsum("nri,nr->ni", self.by_pose, errors)
        right = np.einsum("nrg,nr->ng", self.by_camera, errors) - np.einsum("nig,ni->ng", solved, own)
        return information, np.asarray(right), np.linalg.solve(self.by_pose.mT @ self.by_pose, own[..., None])[..., 0]

    def _eliminated(self) -> tuple[Floats, Floats, Floats]:
        coupling = self.by_pose.mT @ self.by_camera
        solved = np.asarray(np.linalg.solve(self.by_pose.mT @ self.by_pose, coupling), dtype=np.float64)
        return np.asarray(self.by_camera.mT @ self.by_camera - coupling.mT @ solved), solved, coupling


def derivatives(lens: Lens, poses: Poses, points: Floats) -> Derivatives:
    """Of the projections of K x 3 board points at N poses, all in one call."""
    seen = poses.apply(points)
    count, each = seen.shape[:2]
    pixels, jacobian = _projected(lens, seen.reshape(-1, 1, 3))
    by_point = jacobian[:, :3].reshape(count, each, 2, 3)
    arms = seen - poses.shifts[:, None]
    turned = np.cross(arms[:, :, None, :], by_point)
    by_pose = np.concatenate([turned, by_point], axis=3).reshape(count, 2 * each, 6)
    return Derivatives(
        pixels.reshape(count, each, 2), np.ascontiguousarray(jacobian[:, 3:]).reshape(count, 2 * each, -1), by_pose
    )


def _projected(lens: Lens, points: Floats) -> tuple[Floats, Floats]:
    """M pixels of points in camera coordinates, and 2M x (3 + G) derivatives: by the point, then by the camera."""
    zero = np.zeros(6)
    pixels, by_pose, by_camera = project_with_derivatives(lens.model, vector_of(lens), zero, points.reshape(-1, 3))
    return pixels, np.concatenate([by_pose[:, 3:], by_camera], axis=1)


def vector_of(lens: Lens) -> Floats:
    """fx, fy, cx, cy, then the distortion."""
    return np.array(lens.values)


def guessed(size: Size, model: ModelName) -> Lens:
    """A lens to begin with: as long as the picture is wide, straight."""
    longest = float(max(size.width, size.height))
    kept: ModelName = "fisheye4" if model == "fisheye4" else "brown5"
    focal = longest / 2 if kept == "fisheye4" else longest
    middle = Intrinsics(focal, focal, (size.width - 1) / 2, (size.height - 1) / 2)
    return Lens(kept, middle, (0.0,) * len(DISTORTION_NAMES[kept]))


def pose_of(lens: Lens, points: Floats, pixels: Floats) -> Poses | None:
    """The pose of one flat board from K x 3 points and K x 2 pixels; None where it cannot be told."""
    if len(points) < 4:
        return None
    try:
        pose = pose_from_rays(points, rays(lens, pixels)) if lens.is_fisheye else _flat_pose(lens, points, pixels)
    except (WorkFailed, cv2.error):
        return None
    if pose is None or not np.isfinite(pose).all():
        return None
    return Poses(np.asarray(cv2.Rodrigues(pose[:3])[0], dtype=np.float64)[None], pose[None, 3:])


def _flat_pose(lens: Lens, points: Floats, pixels: Floats) -> Floats | None:
    """(rvec, tvec) before a lens that sees straight ahead (Collins and Bartoli 2014, IPPE)."""
    straight = undistort_points(lens, pixels)
    found, rvec, tvec = cv2.solvePnP(points, straight, np.eye(3), None, flags=cv2.SOLVEPNP_IPPE)
    ahead = found and tvec[2] > 0
    return np.concatenate([np.ravel(rvec), np.ravel(tvec)]).astype(np.float64) if ahead else None


@dataclass(slots=True)
class _View:
    """One view and its equations: `information` about the camera, times the camera it points at: `toward`."""

    points: Floats
    pixels: Floats
    poses: Poses
    at: Floats
    information: Floats
    toward: Floats
    squares: float

    def renew(self, lens: Lens, camera: Floats, steps: int = 1) -> None:
        """The pose follows the camera; the equations are those at this camera."""
        for _ in range(steps):
            errors = self._errors(told := derivatives(lens, self.poses, self.points))
            self.poses = moved(self.poses, told.solved(errors)[2])
        errors = self._errors(told := derivatives(lens, self.poses, self.points))
        information, right, _ = told.solved(errors)
        self.at, self.information = camera, information[0]
        self.toward = information[0] @ camera + right[0]
        self.squares = float((errors**2).sum())

    def _errors(self, told: Derivatives) -> Floats:
        return np.asarray((self.pixels - told.pixels[0]).reshape(1, -1))


def moved(poses: Poses, steps: Floats) -> Poses:
    turns = [np.asarray(cv2.Rodrigues(step[:3])[0]) @ turn for step, turn in zip(steps, poses.turns, strict=True)]
    return Poses(np.array(turns), poses.shifts + steps[:, 3:])


class Estimate:
    """The lens as far as the views tell it, and its covariance."""

    def __init__(self, size: Size, model: ModelName = "brown5", lens: Lens | None = None) -> None:
        self.size = size
        self.lens = lens or guessed(size, model)
        self._camera = vector_of(self.lens)
        self._prior = _prior(self.lens, size)
        self._begun = self._prior @ self._camera
        self._views: list[_View] = []
        self._known: Floats | None = None
        self._fresh = True

    @property
    def count(self) -> int:
        return len(self._views)

    def add(self, points: Floats, pixels: Floats) -> None:
        """A view of K x 3 board points at K x 2 pixels. One whose pose cannot be told adds nothing."""
        view = self._view(points, pixels)
        if view is not None:
            self._views.append(view)
            self._step()

    def settle(self, most: int = 4) -> bool:
        """Renew the equations of the `most` stalest views and follow them; whether all were fresh."""
        if self._fresh:
            return True
        far = self._staleness()
        stale = [number for number in np.argsort(-far)[:most] if far[number] > _STALE]
        for number in stale:
            self._views[number].renew(self.lens, self._camera)
        self._fresh = not stale
        if stale:
            self._step()
        return self._fresh

    @property
    def noise(self) -> float:
        """Of a corner, per axis, in pixels."""
        measured = sum(view.pixels.size for view in self._views)
        spare = measured - 6 * len(self._views) - len(self._camera)
        if self.count < _TELLING or spare < 40:
            return NOISE
        return max(_LEAST_NOISE, float(np.sqrt(sum(view.squares for view in self._views) / spare)))

    @property
    def precision(self) -> float:
        """The deviation of fx as a share of it."""
        return float(np.sqrt(np.linalg.inv(self.information)[0, 0]) / self._camera[0])

    @property
    def information(self) -> Floats:
        """Of all views and the prior: the inverse of the camera's covariance."""
        if self._known is None:
            views = sum((view.information for view in self._views), np.zeros(1))
            self._known = np.asarray(self._prior + views / self.noise**2)
        return self._known

    def of_view(self, points: Floats, pixels: Floats) -> Floats | None:
        """The information that a view would add, G x G; None where its pose cannot be told."""
        poses = pose_of(self.lens, points, pixels)
        return None if poses is None else derivatives(self.lens, poses, points).reduced()[0] / self.noise**2

    def _view(self, points: Floats, pixels: Floats) -> _View | None:
        poses = pose_of(self.lens, points, pixels)
        if poses is None:
            return None
        nothing = np.zeros(0)
        view = _View(points, pixels, poses, self._camera, nothing, nothing, 0.0)
        view.renew(self.lens, self._camera, steps=2)
        return view

    def _staleness(self) -> Floats:
        """How far the camera has moved since each view's equations, in its deviations."""
        if not self._views:
            return np.zeros(0)
        deviation = np.sqrt(np.diag(np.linalg.inv(self.information)))
        return np.asarray([np.abs((self._camera - view.at) / deviation).max() for view in self._views])

    def _step(self) -> None:
        self._known, self._fresh = None, False
        toward = self._begun + sum((view.toward for view in self._views), np.zeros(1)) / self.noise**2
        step = np.linalg.solve(self.information, toward) - self._camera
        longest = float(np.abs(step[:2] / self._camera[:2]).max()) / _LONGEST_STEP
        self._camera = self._camera + step / max(longest, 1.0)
        values = [float(value) for value in self._camera]
        self.lens = replace(self.lens, intrinsics=Intrinsics(*values[:4]), distortion=tuple(values[4:]))


def _prior(lens: Lens, size: Size) -> Floats:
    longest = max(size.width, size.height)
    terms = [_TERMS.get(name, _TERM) for name in DISTORTION_NAMES[lens.model]]
    widths = np.array([_FOCAL * longest] * 2 + [_CENTRE * longest] * 2 + terms)
    prior = np.diag(1 / widths**2)
    focal = lens.intrinsics
    aspect = np.zeros(len(widths))
    aspect[:2] = 1 / focal.fx, -1 / focal.fy
    return np.asarray(prior + np.outer(aspect, aspect) / _ASPECT**2)


@dataclass(frozen=True, slots=True)
class Quantity:
    """What should become certain: rows of factors, R x G, of which the worst counts. Its deviation is in pixels of
    effect."""

    name: str
    rows: Floats
    weight: float = 1.0

    def deviations(self, information: Floats) -> Floats:
        """At N informations, N."""
        covariances = np.linalg.inv(information)
        variances = np.einsum("rg,ngh,rh->nr", self.rows, covariances, self.rows)
        return np.asarray(np.sqrt(np.maximum(variances.max(axis=1), 0.0)))


def quantities(lens: Lens, size: Size) -> tuple[Quantity, ...]:
    """fx and fy by their effect at the picture's edge, cx and cy, and the distortion by its effect at the edge."""
    count = 4 + len(lens.distortion)
    single = np.eye(count)[:, None]
    focal = lens.intrinsics
    wide, high = size.width / 2 / focal.fx, size.height / 2 / focal.fy
    return (
        Quantity("fx", single[0] * wide),
        Quantity("fy", single[1] * high),
        Quantity("cx", single[2]),
        Quantity("cy", single[3]),
        Quantity("distortion", _bending(lens, size), _BENDING),
    )


def _bending(lens: Lens, size: Size) -> Floats:
    """How the distortion terms move points near the picture's corners and the middles of its sides."""
    x, y = np.meshgrid([0.08, 0.5, 0.92], [0.08, 0.5, 0.92])
    spots = np.delete(np.stack([x.ravel(), y.ravel()], axis=1), 4, axis=0) * [size.width, size.height]
    ways = rays(lens, spots)
    jacobian: NDArray[Any] = _projected(lens, ways[np.isfinite(ways).all(axis=1)])[1][:, 3:].copy()
    jacobian[:, :4] = 0.0
    return np.asarray(jacobian)


@dataclass(frozen=True, slots=True)
class Gains:
    """What each of N views would add. each: by what share it lessens the deviation of each quantity, Q x N.

    whole: the same over all quantities (geometric mean), where the most uncertain one, number `worst`, counts double.
    """

    each: Floats
    whole: Floats
    worst: int


def gains(asked: Sequence[Quantity], known: Floats, added: Floats) -> Gains:
    """Of N views' information (N x G x G) beside what is known (G x G)."""
    levels = np.concatenate([known[None], known + added])
    told = np.log(np.maximum([quantity.deviations(levels) for quantity in asked], 1e-12))
    worst, lost = int(np.argmax(told[:, 0])), told[:, 1:] - told[:, :1]
    weights = np.array([quantity.weight for quantity in asked])
    weights[worst] *= 2
    return Gains(1 - np.exp(lost), np.asarray(1 - np.exp(weights @ lost / weights.sum())), worst)
