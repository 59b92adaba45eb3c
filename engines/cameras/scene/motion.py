"""The motion of the rendered board: it moves as a person moves it who calibrates a camera.

It glides to a place, rests there for a second so that a still picture can be taken, and glides on. The places go all
over the pictures, tilted both ways, near and far, so that a calibration from the rests is well conditioned. Each one
lies as far out as all cameras can see it, three towards the corners as far as half of them can.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.cameras.scene.optics import CameraTruth, Floats, rotation, rotation_vector
from engines.cameras.scene.rig import Pose, reach
from engines.core.boards import Board

REST, GLIDE = 1.0, 1.0
"""Seconds at a place and on the way to the next."""
STEPS = np.linspace(1.0, 0.0, 41)
"""How far out a place may be, as shares of what the table asks for."""
AROUND = np.array([(x, y, 0) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y])
"""Corners and middles of a rectangle's sides."""
EDGE = 0.01
"""What stays free between the board and a picture's edge, in widths of the picture."""

PLACES = np.array([
    (0.00, 0.00, -0.20, 8, -12, 3),
    (-0.90, 0.00, -0.15, 4, 26, -4),
    (-1.00, -0.60, 0.20, 26, 8, 6),
    (0.00, -0.90, 0.05, -27, -6, 0),
    (0.80, -0.50, 0.15, -12, -21, 5),
    (0.90, 0.00, -0.10, -10, 24, 8),
    (1.00, 0.60, 0.20, 28, -8, -6),
    (0.00, 0.90, 0.00, 27, 10, 4),
    (-0.80, 0.50, 0.20, -24, -14, -8),
    (-0.20, 0.00, -0.50, -22, 10, 0),
    (0.20, 0.00, -0.40, 6, -26, -6),
    (0.00, 0.10, 0.60, -25, 22, 10),
    (1.00, -0.60, 0.40, 24, 18, -4),
    (0.60, 0.00, -0.30, 16, -16, 4),
    (0.40, 0.70, 0.15, -28, 6, -10),
    (-1.00, 0.55, 0.30, 20, 16, 6),
    (-0.70, -0.70, 0.40, -20, -20, 0),
    (-0.50, 0.00, -0.30, -8, 20, 5),
    (0.00, 0.00, 0.15, 28, -4, 12),
    (0.00, 0.00, -0.45, -6, 24, -3),
])  # fmt: skip
"""Where the board rests: its middle, in the scene's measure (right, down, away), and its tilt, in degrees."""
CORNERS = frozenset({2, 6, 15})
"""Places that half of the cameras see, so that the pictures' outer parts are reached too."""


class Motion:
    """The board's path; it starts anew after the last place. The seed shifts every place a little."""

    def __init__(self, board: Board, cameras: tuple[CameraTruth, ...], seed: int) -> None:
        rng = np.random.default_rng([seed, 2])
        origin, size = np.array(board.print_origin), np.array(board.print_size)
        self._middle = np.append(origin + size / 2, 0.0)
        rim = AROUND * np.append(size / 2, 0.0)
        wishes = (PLACES[:, :3] + rng.normal(0.0, 0.015, (len(PLACES), 3))) * reach(board)
        self._tilts = np.radians(PLACES[:, 3:] + rng.normal(0.0, 1.0, (len(PLACES), 3)))
        rims = [rim @ rotation(tilt).T for tilt in self._tilts]
        least = [max(len(cameras) // 2, 1) if number in CORNERS else len(cameras) for number in range(len(PLACES))]
        self._places = np.array([_outermost(*each, cameras) for each in zip(wishes, rims, least, strict=True)])

    @property
    def period(self) -> float:
        """Seconds until the path starts anew."""
        return len(self._places) * (REST + GLIDE)

    def pose(self, t: float) -> Pose:
        """From the board's coordinates to the world's at `t` seconds."""
        turns, late = divmod(t, REST + GLIDE)
        here, share = int(turns) % len(self._places), _eased((late - REST) / GLIDE)
        there = (here + 1) % len(self._places)
        middle = self._places[here] + share * (self._places[there] - self._places[here])
        tilt = rotation(self._tilts[here] + share * (self._tilts[there] - self._tilts[here]))
        shift = middle - tilt @ self._middle
        return Pose(rotation_vector(tilt), (float(shift[0]), float(shift[1]), float(shift[2])))


def _eased(share: float) -> float:
    """From 0 to 1, starting and ending at rest: the speed has no jumps."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)


def _outermost(wish: Floats, rim: Floats, least: int, cameras: tuple[CameraTruth, ...]) -> Floats:
    """The place nearest to the wished one, on the way to it from the middle, where `least` cameras see the rim."""
    middles = np.column_stack([STEPS[:, None] * wish[:2], np.full(len(STEPS), wish[2])])
    points = (middles[:, None] + rim).reshape(-1, 3)
    seen = np.array([_inside(camera, points).reshape(len(STEPS), -1).all(axis=1) for camera in cameras])
    fits = seen.sum(axis=0) >= least
    return np.asarray(middles[int(np.argmax(fits)) if fits.any() else -1])


def _inside(camera: CameraTruth, points: Floats) -> NDArray[np.bool_]:
    low = EDGE * camera.size.width
    pixels = camera.project(points)
    high = np.array([camera.size.width, camera.size.height]) - 1 - low
    return np.asarray(((pixels >= low) & (pixels <= high)).all(axis=1))
