"""Projection through a lens and back, and the maps that straighten its pictures. Everything is OpenCV's convention."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.core import fisheye
from engines.core.brown import radial_table, straightened
from engines.core.frames import Image, Size
from engines.core.lenses import Intrinsics, Lens

Floats = NDArray[np.float64]
_SIDEWAYS = 1e-6
"""The least z of a direction that a plane before the camera can hold."""
WIDEST = float(np.tan(np.radians(75)))
"""A straightened picture shows 150 degrees at most: beyond, its middle would shrink to nothing."""
_SIDE_ON = float(np.radians(87))
"""Curves that grow up to here have no end in pictures of the front."""
STRIP = 64
"""Rows that are straightened at a time: they stay in the processor's cache."""
OUTSIDE = -1000.0


@dataclass(frozen=True, slots=True)
class Strip:
    """Some rows of a straightened picture. first, last: the rows of the taken one that it is made of, last excluded.

    x, y: where each pixel lies in those, h x W; apart they are read a little faster than side by side.
    """

    first: int
    last: int
    x: NDArray[np.float32]
    y: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Maps:
    """Where each pixel of a straightened picture of this size lies in the one that was taken, strip by strip.

    straight: the intrinsics of the straightened picture, a pinhole's without distortion.
    """

    strips: tuple[Strip, ...]
    size: Size
    straight: Intrinsics

    @classmethod
    def of(cls, points: NDArray[np.float32], straight: Intrinsics, taken: Size) -> Maps:
        """From H x W x 2 points in pictures of the size `taken`."""
        strips = tuple(_strip(points[top : top + STRIP], taken) for top in range(0, len(points), STRIP))
        return cls(strips, Size(points.shape[1], points.shape[0]), straight)

    @property
    def points(self) -> NDArray[np.float32]:
        """H x W x 2, x and y in the picture that was taken."""
        return np.vstack([np.dstack([strip.x, strip.y + np.float32(strip.first)]) for strip in self.strips])


def _strip(points: NDArray[np.float32], taken: Size) -> Strip:
    x, y = points[..., 0], points[..., 1]
    rows = y[(x > -1) & (x < taken.width) & (y > -1) & (y < taken.height)]
    first = max(int(np.floor(rows.min())), 0) if len(rows) else 0
    last = min(int(np.floor(rows.max())) + 2, taken.height) if len(rows) else 1
    return Strip(first, last, np.ascontiguousarray(x), np.ascontiguousarray(y - np.float32(first)))


def camera_matrix(intrinsics: Intrinsics) -> Floats:
    """The 3 x 3 matrix K."""
    return np.array(
        [[intrinsics.fx, 0.0, intrinsics.cx], [0.0, intrinsics.fy, intrinsics.cy], [0.0, 0.0, 1.0]], dtype=np.float64
    )


def intrinsics_of(matrix: ArrayLike) -> Intrinsics:
    """The four parameters of a 3 x 3 matrix K."""
    k = np.asarray(matrix, dtype=np.float64)
    return Intrinsics(fx=float(k[0, 0]), fy=float(k[1, 1]), cx=float(k[0, 2]), cy=float(k[1, 2]))


def project(lens: Lens, points: ArrayLike, rvec: ArrayLike, tvec: ArrayLike) -> Floats:
    """Where N x 3 points (metres) appear, N x 2 pixels, for a board at pose (rvec, tvec).

    NaN for what is not in front of the camera; a fisheye sees up to 180 degrees from its axis.
    """
    world = np.asarray(points, dtype=np.float64).reshape(-1, 3)
    turn, shift = np.asarray(rvec, dtype=np.float64).reshape(3, 1), np.asarray(tvec, dtype=np.float64).reshape(3, 1)
    seen = world @ np.asarray(cv2.Rodrigues(turn)[0]).T + shift.T
    if lens.is_fisheye:
        return _pixels(lens.intrinsics, fisheye.project(seen, lens.distortion)[0])
    if not len(world):
        return np.zeros((0, 2))
    matrix, distortion = camera_matrix(lens.intrinsics), np.asarray(lens.distortion, dtype=np.float64)
    image, _ = cv2.projectPoints(world.reshape(-1, 1, 3), turn, shift, matrix, distortion)
    return np.where(seen[:, 2:] > 0, np.asarray(image, dtype=np.float64).reshape(-1, 2), np.nan)


def rays(lens: Lens, pixels: ArrayLike) -> Floats:
    """Unit directions (x right, y down, z forward) that N x 2 pixels look in, N x 3; NaN where there is nothing."""
    flat = np.asarray(pixels, dtype=np.float64).reshape(-1, 2)
    if lens.is_fisheye:
        return fisheye.directions(_places(lens.intrinsics, flat), lens.distortion)
    straight = straightened(flat, camera_matrix(lens.intrinsics), np.asarray(lens.distortion, dtype=np.float64))
    ways = np.column_stack([straight, np.ones(len(flat))])
    return np.asarray(ways / np.linalg.norm(ways, axis=1, keepdims=True))


def undistort_points(lens: Lens, pixels: ArrayLike) -> Floats:
    """N x 2 pixels to N x 2 normalised coordinates (x/z, y/z), which project back to 1e-7 px.

    NaN where no direction in front of the camera is seen there: outside what the lens draws, or where a fisheye looks
    sideways or backwards.
    """
    ways = rays(lens, pixels)
    ahead = ways[:, 2:] > _SIDEWAYS
    return np.asarray(np.where(ahead, ways[:, :2] / np.where(ahead, ways[:, 2:], 1.0), np.nan))


def _pixels(intrinsics: Intrinsics, places: Floats) -> Floats:
    """From focal lengths around the middle to pixels."""
    return np.asarray(places * [intrinsics.fx, intrinsics.fy] + [intrinsics.cx, intrinsics.cy])


def _places(intrinsics: Intrinsics, pixels: Floats) -> Floats:
    return np.asarray((pixels - [intrinsics.cx, intrinsics.cy]) / [intrinsics.fx, intrinsics.fy])


def undistort_maps(
    lens: Lens,
    size: Size,
    *,
    keep: float = 0.0,
    onto: Size | None = None,
    straight: Intrinsics | None = None,
    rotation: ArrayLike | None = None,
) -> Maps:
    """Maps for pictures of `size`. onto: the straightened picture's size, left out the same.

    keep: 0 shows only pixels that exist (no black border), 1 keeps every pixel of the original; or `straight` says what
    is shown, by a pinhole that is turned by `rotation`, 3 x 3, from the camera's directions to its own. Directions that
    the lens cannot see, where its curve folds back or behind it, come from outside the picture.
    """
    onto = onto or size
    straight = straight or straight_pinhole(lens, size, onto, keep)
    turn = np.eye(3) if rotation is None else np.asarray(rotation, dtype=np.float64).reshape(3, 3)
    matrix, distortion = camera_matrix(lens.intrinsics), np.asarray(lens.distortion, dtype=np.float64)
    make = cv2.fisheye.initUndistortRectifyMap if lens.is_fisheye else cv2.initUndistortRectifyMap
    shape = (onto.width, onto.height)
    points = np.dstack(make(matrix, distortion, turn, camera_matrix(straight), shape, cv2.CV_32FC1))
    points[_unseen(lens, onto, straight, turn)] = OUTSIDE
    return Maps.of(np.asarray(points, dtype=np.float32), straight, size)


def straight_pinhole(lens: Lens, size: Size, onto: Size, keep: float) -> Intrinsics:
    """A pinhole of the size `onto` for what a lens shows, `keep` as in `undistort_maps`; fx / fy stays the lens's."""
    inner, outer = border(lens, size)
    ratio = lens.intrinsics.fx / lens.intrinsics.fy
    spans = np.array([onto.width - 1, (onto.height - 1) * ratio])
    fields = []
    for box, choose in ((inner, max), (outer, min)):
        focal = choose(spans / (box[1] - box[0]))
        fields.append((1 / focal, *box.mean(axis=0)))
    field, x, y = (1 - keep) * np.array(fields[0]) + keep * np.array(fields[1])
    fx, fy = 1 / field, 1 / field / ratio
    return Intrinsics(float(fx), float(fy), float((onto.width - 1) / 2 - fx * x), float((onto.height - 1) / 2 - fy * y))


def border(lens: Lens, size: Size, rotation: ArrayLike | None = None) -> tuple[Floats, Floats]:
    """The largest box within a picture and the smallest around it, each ((left, top), (right, bottom)) in x/z and y/z.

    Nothing lies further out than `WIDEST`, nor than the lens's curve grows. rotation: as in `undistort_maps`; the
    boxes are those of the turned directions then.
    """
    right, bottom = size.width - 1, size.height - 1
    along = np.linspace(0, 1, 65)
    x, y, zero = along * right, along * bottom, np.zeros_like(along)
    sides = ((zero, y, 0, -1), (x, zero, 1, -1), (zero + right, y, 0, 1), (x, zero + bottom, 1, 1))
    most, least = (min(reach(lens), WIDEST), 0.0) if rotation is None else (WIDEST, -WIDEST)
    turn = np.eye(3) if rotation is None else np.asarray(rotation, dtype=np.float64).reshape(3, 3)
    inner, outer = [], []
    for across, down, axis, sign in sides:
        ways = rays(lens, np.column_stack([across, down])) @ turn.T
        ways = ways[np.isfinite(ways[:, 2])]
        far = np.clip(sign * ways[:, axis] / np.maximum(ways[:, 2], _SIDEWAYS), least, most)
        inner.append(sign * far.min(initial=most))
        outer.append(sign * (far.max() if len(far) else most))
    return np.reshape(inner, (2, 2)), np.reshape(outer, (2, 2))


def reach(lens: Lens) -> float:
    """How far from the axis (tangent of the angle) the lens's radial curve grows; infinity where it does not end."""
    if lens.is_fisheye:
        end = fisheye.largest_angle(lens.distortion)
    else:
        end = float(np.arctan(radial_table(np.asarray(lens.distortion))[0][-1]))
    return float(np.tan(end)) if end < _SIDE_ON else float("inf")


def undistort(image: Image, maps: Maps) -> Image:
    """A straightened copy of an H x W x 3 image, bilinear, black where there is nothing.

    Four channels and float maps, a strip at a time so that it stays in the processor's cache: twice as fast as three
    channels with fixed-point maps, and rounded once.
    """
    wide = np.empty((max(strip.last - strip.first for strip in maps.strips), image.shape[1], 4), np.uint8)
    part = np.empty((min(STRIP, maps.size.height), maps.size.width, 4), np.uint8)
    straight, top = np.empty((maps.size.height, maps.size.width, 3), np.uint8), 0
    for strip in maps.strips:
        taken, made = wide[: strip.last - strip.first], part[: len(strip.x)]
        cv2.cvtColor(image[strip.first : strip.last], cv2.COLOR_BGR2BGRA, dst=taken)
        cv2.remap(taken, strip.x, strip.y, cv2.INTER_LINEAR, dst=made, hint=cv2.ALGO_HINT_APPROX)
        cv2.cvtColor(made, cv2.COLOR_BGRA2BGR, dst=straight[top : top + len(made)])
        top += len(made)
    return straight


def _unseen(lens: Lens, size: Size, straight: Intrinsics, turn: Floats) -> NDArray[np.bool_]:
    """Pixels of a straightened picture whose direction lies beyond the lens's curve, or behind the lens."""
    x = (np.arange(size.width) - straight.cx) / straight.fx
    y = (np.arange(size.height) - straight.cy) / straight.fy
    across, down, ahead = (turn[0, axis] * x + turn[1, axis] * y[:, None] + turn[2, axis] for axis in range(3))
    return np.asarray((ahead <= 0) | (across**2 + down**2 > (reach(lens) * ahead) ** 2))
