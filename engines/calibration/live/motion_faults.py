"""What motion does to a picture of a board: notices it, because a moving view spoils a calibration.

A picture whose rows are read one after another (rolling shutter) shows a moving board skewed: row y is seen later by
`readout * y / height` frames. A homography hides that skew; the pose of a flat board before a known lens does not. So
the share of the frame that the readout takes is measured on moving boards, by regression of the pose's residuals on the
motion that each row adds (as in Oth et al., "Rolling shutter camera calibration", 2013, with the motion taken from the
picture before). Until it is known, the rows are taken to be read over the whole frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.calibration.live.information import Poses, derivatives, moved, pose_of
from engines.core.frames import Size
from engines.core.lenses import Lens
from engines.core.words import tr

Floats = NDArray[np.float64]

SKEW = 0.3
"""Pixels over the board's height that a view may be skewed by."""
FASTEST = 1.0
"""Pixels a frame: what moves faster is not still, whatever the shutter."""
SMEARED = 0.6
"""Sharpness in one direction as a share of that in the other, below which a picture is smeared."""
_STILL_FRAMES = 2
_LEAST_SPEED = 1.5
_STEADY = 0.3
"""How much the motion may change from frame to frame, as a share, to tell how each row has moved."""
_CERTAIN = 0.1
_FORGETTING = 0.97


@dataclass(frozen=True, slots=True)
class Motion:
    """speed: of the fastest corner, pixels a frame. shifts: of the N corners, N x 2 pixels a frame, smoothed.

    steady: the frame before moved alike.
    """

    speed: float
    shifts: Floats
    steady: bool = False


class MotionWatch:
    """Follows one board from frame to frame: how fast it moves, and since when it has been still."""

    def __init__(self) -> None:
        self._ids: NDArray[np.int64] = np.zeros(0, np.int64)
        self._corners: Floats = np.zeros((0, 2))
        self._index = self._board = 0
        self._way: Floats = np.zeros(2)
        self._still_for = 0

    def forget(self) -> None:
        self.__init__()  # type: ignore[misc]

    def see(self, ids: NDArray[np.int64], corners: Floats, index: int, board: int = 0) -> Motion | None:
        """The motion since the frame before; None where there was none to compare with."""
        if board != self._board:
            self.forget()
        common, now, before = np.intersect1d(ids, self._ids, assume_unique=True, return_indices=True)
        elapsed = max(index - self._index, 1)
        moved_by = (corners[now] - self._corners[before]) / elapsed
        self._ids, self._corners, self._index, self._board = ids, corners, index, board
        if len(common) < 4:
            return None
        shifts = _smooth(corners[now], moved_by, corners)
        way, before_way = shifts.mean(axis=0), self._way
        self._way = way
        steady = bool(np.linalg.norm(way - before_way) < _STEADY * np.linalg.norm(way))
        return Motion(float(np.linalg.norm(shifts, axis=1).max()), shifts, steady)

    def is_still(self, motion: Motion | None, limit: float) -> bool:
        """Whether the board has moved by less than `limit` pixels a frame for a few frames."""
        self._still_for = self._still_for + 1 if motion is not None and motion.speed < limit else 0
        return self._still_for >= _STILL_FRAMES


def _smooth(places: Floats, shifts: Floats, wanted: Floats) -> Floats:
    """An affine motion through the shifts of the places, at the wanted places."""
    middle = places.mean(axis=0)
    terms = np.column_stack([np.ones(len(places)), places - middle])
    motion = np.linalg.lstsq(terms, shifts, rcond=1e-6)[0]
    return np.asarray(np.column_stack([np.ones(len(wanted)), wanted - middle]) @ motion)


class Readout:
    """The share of a frame's time in which its rows are read, from the residuals of moving boards."""

    def __init__(self) -> None:
        self._product = self._square = 0.0

    def see(self, lens: Lens, size: Size, points: Floats, corners: Floats, motion: Motion, noise: float) -> None:
        """A moving board of K x 3 points at K x 2 pixels before a lens that is known."""
        if motion.speed < _LEAST_SPEED or not motion.steady:
            return
        late = (corners[:, 1:] - corners[:, 1:].mean()) / size.height
        expected = motion.shifts * late
        told = _residuals(lens, points, corners, expected)
        if told is None:
            return
        residuals, rest = told
        self._product = _FORGETTING * self._product + float(rest @ residuals) / noise**2
        self._square = _FORGETTING * self._square + float(rest @ rest) / noise**2

    @property
    def deviation(self) -> float:
        return float(1 / np.sqrt(self._square)) if self._square > 0 else np.inf

    @property
    def share(self) -> float | None:
        """0 for a shutter that takes all rows at once, 1 when reading takes the whole frame; None: not known yet."""
        if self.deviation > _CERTAIN:
            return None
        return float(np.clip(self._product / self._square, 0.0, 1.0))

    @property
    def rolls(self) -> bool:
        """The rows are surely read one after another."""
        share = self.share
        return share is not None and share > max(0.1, 4 * self.deviation)

    def skew(self, speed: float, corners: Floats, size: Size) -> float:
        """Pixels by which a board that moves at `speed` is skewed over its height."""
        share = 1.0 if self.share is None else self.share
        return share * speed * float(np.ptp(corners[:, 1])) / size.height

    def limit(self, corners: Floats, size: Size) -> float:
        """The speed in pixels a frame up to which a view may be taken."""
        return min(FASTEST, SKEW / max(self.skew(1.0, corners, size), 1e-9))


def _residuals(lens: Lens, points: Floats, corners: Floats, expected: Floats) -> tuple[Floats, Floats] | None:
    """What the best pose leaves of the corners, and of what a full frame's readout would add to them."""
    poses: Poses | None = pose_of(lens, points, corners)
    if poses is None:
        return None
    for _ in range(2):
        told = derivatives(lens, poses, points)
        poses = moved(poses, told.solved((corners - told.pixels[0]).reshape(1, -1))[2])
    told = derivatives(lens, poses, points)
    free = np.linalg.qr(told.by_pose[0])[0]
    both = np.stack([(corners - told.pixels[0]).ravel(), expected.ravel()], axis=1)
    left = both - free @ (free.T @ both)
    return left[:, 0], left[:, 1]


def smear_of(sideways: float, vertical: float) -> str:
    """In which direction a picture is smeared, in words; "" when it is equally sharp in both."""
    if min(sideways, vertical) >= SMEARED * max(sideways, vertical):
        return ""
    return tr("sideways") if sideways < vertical else tr("up and down")
