"""Straightens the pictures of a calibrated camera: what is wanted as a value, and who does it with maps made once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock

import numpy as np

from engines.core.errors import UsageError
from engines.core.frames import Image, Size, size_of
from engines.core.lenses import Intrinsics, Lens, scaled
from engines.core.projection import Maps, border, straight_pinhole, undistort, undistort_maps
from engines.core.words import tr

MOST_PIXELS = 1 << 27


@dataclass(frozen=True, slots=True)
class Undistortion:
    """How pictures are straightened.

    size: of the pictures that `lens` was calibrated on; others of the same shape are taken too. balance: 0 shows only
    what exists, 1 keeps all with black around it. crop: cut that black off again. width, height: of what comes out, 0
    as the pictures are (with one of them told, the other follows their shape). mirrored: the lens is that of pictures
    flipped left to right. mirror: flip what comes out against what goes in. straight: the pinhole that is shown, of
    width x height, in place of balance and crop; rotation: 3 x 3 row by row, from the camera's directions to the
    pinhole's, () where both look the same way. So are two cameras rectified: each turned until their rows match.
    """

    lens: Lens
    size: Size
    balance: float = 0.0
    width: int = 0
    height: int = 0
    crop: bool = False
    mirrored: bool = False
    mirror: bool = False
    rotation: tuple[float, ...] = ()
    straight: Intrinsics | None = None


class Straightener:
    """Straightens pictures; maps are made at the first picture of a size. Any thread may ask."""

    def __init__(self, how: Undistortion) -> None:
        """Raises `UsageError` for a balance or size that cannot be."""
        check(how)
        self.how = how
        self._lock = Lock()
        self._for: Size | None = None
        self._maps: Maps | None = None

    def image(self, image: Image) -> Image:
        """A straightened copy. Raises `UsageError` for a picture of a shape that the lens does not fit."""
        return undistort(image, self.maps(size_of(image)))

    def maps(self, size: Size) -> Maps:
        """The maps for pictures of `size`; those of the last size are kept. Raises as `image` does."""
        with self._lock:
            if self._maps is None or self._for != size:
                self._maps, self._for = straightening(self.how, size), size
            return self._maps


def check(how: Undistortion) -> None:
    """Raise `UsageError` for a balance or size that cannot be."""
    if not 0 <= how.balance <= 1:
        raise UsageError(
            tr("A balance of {balance:g} is not possible", balance=how.balance), hint=tr("0 (crop) to 1 (keep all)")
        )
    if min(how.width, how.height) < 0 or max(how.width, how.height) >= 1 << 15 or how.width * how.height > MOST_PIXELS:
        raise UsageError(
            tr("Pictures of {width}x{height} cannot be made", width=how.width, height=how.height),
            hint=tr("Choose a smaller size"),
        )
    if how.straight is not None and not (how.width and how.height):
        raise UsageError(tr("A pinhole was given without the size of its pictures"), hint=tr("Give width and height"))
    if how.rotation and (how.straight is None or not _is_rotation(how.rotation)):
        raise UsageError(tr("Pictures can be turned by a rotation only, and onto a given pinhole"))


def _is_rotation(values: tuple[float, ...]) -> bool:
    if len(values) != 9:
        return False
    turn = np.reshape(values, (3, 3))
    return bool(np.allclose(turn @ turn.T, np.eye(3), atol=1e-6) and np.linalg.det(turn) > 0)


def straightening(how: Undistortion, size: Size) -> Maps:
    """Maps for pictures of `size`. Raises `UsageError` for a shape that the lens does not fit."""
    lens = scaled(how.lens, how.size, size)
    straight, onto = _pinhole(how, lens, size)
    maps = undistort_maps(lens, size, onto=onto, straight=straight, rotation=how.rotation or None)
    if not (how.mirrored or how.mirror):
        return maps
    points = maps.points
    if how.mirrored:
        points = np.stack([size.width - 1 - points[..., 0], points[..., 1]], axis=-1)
    if how.mirror != how.mirrored:
        points, straight = points[:, ::-1], _flipped(straight, onto)
    return Maps.of(points, straight, size)


def straight_camera(how: Undistortion, size: Size) -> tuple[Intrinsics, Size]:
    """The pinhole that pictures of `size` become, and their size then; without maps. Raises as `straightening`."""
    straight, onto = _pinhole(how, scaled(how.lens, how.size, size), size)
    return (_flipped(straight, onto) if how.mirror != how.mirrored else straight), onto


def _pinhole(how: Undistortion, lens: Lens, size: Size) -> tuple[Intrinsics, Size]:
    """What is shown, in pictures as the lens's own."""
    onto = _size(how, size)
    if how.straight is not None:
        return how.straight, onto
    straight = straight_pinhole(lens, size, onto, how.balance)
    if not how.crop:
        return straight, onto
    rows, columns = _box(lens, size, straight, onto)
    moved = replace(straight, cx=straight.cx - columns.start, cy=straight.cy - rows.start)
    return moved, Size(columns.stop - columns.start, rows.stop - rows.start)


def _size(how: Undistortion, size: Size) -> Size:
    """Of what comes out, before it is cut."""
    width = how.width or (round(how.height * size.width / size.height) if how.height else size.width)
    height = how.height or (round(how.width * size.height / size.width) if how.width else size.height)
    return Size(max(width, 2), max(height, 2))


def _box(lens: Lens, size: Size, straight: Intrinsics, onto: Size) -> tuple[slice, slice]:
    """Rows and columns that exist throughout."""
    (left, top), (right, bottom) = border(lens, size)[0]
    columns = _inside(straight.fx * left + straight.cx, straight.fx * right + straight.cx, onto.width)
    return _inside(straight.fy * top + straight.cy, straight.fy * bottom + straight.cy, onto.height), columns


def _inside(first: float, last: float, count: int) -> slice:
    return slice(max(int(np.ceil(first - 1e-6)), 0), min(int(np.floor(last + 1e-6)) + 1, count))


def _flipped(straight: Intrinsics, size: Size) -> Intrinsics:
    return replace(straight, cx=size.width - 1 - straight.cx)
