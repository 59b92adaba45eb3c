"""Four cameras around a board, exactly known: what they see of it, with noise and wrong corners, and where to begin.

Nothing of our solver is in it, so that every solver is given the same. Each camera (1280 x 720) has its own lens, and
a large board is shown in random poses; a corner that falls outside a picture is not seen. The first camera's
coordinates are the rig's. Poses are (rvec, tvec): of a camera from the rig to it, of a board from it to the rig.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.projection import project

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

SIZE = Size(1280, 720)
BOARD = Board.parse("chessboard:9x6:60mm")
NOISE = 0.2
WRONG = 0.01
_AWAY = (5.0, 60.0)
"""How far a wrong corner lies from where it should, in pixels."""
_PLACES = np.array([[0.0, 0.0, 0.0], [0.62, 0.03, 0.02], [0.02, 0.44, -0.02], [0.6, 0.47, 0.03]])
_MIDDLE = np.array([0.31, 0.23, 1.15])
_FOCAL = 1000.0
_EDGE = 4.0
_LEAST_CORNERS = 8


@dataclass(frozen=True)
class Rig:
    """The unknowns. cameras: C x 9 (fx, fy, cx, cy, k1, k2, p1, p2, k3); places: C x 6; boards: F x 6; points:
    M x 3."""

    cameras: Floats
    places: Floats
    boards: Floats
    points: Floats

    @property
    def centres(self) -> Floats:
        """C x 3, of the cameras, in the rig's metres."""
        return np.array([-cv2.Rodrigues(place[:3])[0].T @ place[3:] for place in self.places])

    @property
    def distances(self) -> Floats:
        """Between every two cameras, metres, in the order 0-1, 0-2, ..., 2-3."""
        one, other = np.triu_indices(len(self.places), 1)
        return np.asarray(np.linalg.norm(self.centres[one] - self.centres[other], axis=1))


@dataclass(frozen=True)
class Sights:
    """Every corner that was seen, N: frame, camera, corner's number, where (N x 2 pixels), whether it is wrong."""

    frame: Ints
    camera: Ints
    corner: Ints
    seen: Floats
    wrong: Bools

    def without_wrong(self) -> Sights:
        return self._chosen(~self.wrong)

    def views(self) -> Iterator[tuple[int, int, Ints]]:
        """Frame, camera and the corners' rows of each view, frame by frame."""
        key = self.frame * (self.camera.max() + 1) + self.camera
        starts = np.flatnonzero(np.r_[True, np.diff(key) != 0])
        for rows in np.split(np.arange(len(key)), starts[1:]):
            yield int(self.frame[rows[0]]), int(self.camera[rows[0]]), rows

    def _chosen(self, rows: Bools) -> Sights:
        return Sights(self.frame[rows], self.camera[rows], self.corner[rows], self.seen[rows], self.wrong[rows])


@dataclass(frozen=True)
class Problem:
    """truth: as it is, the board as it was printed; start: where every solver begins, its board flat."""

    truth: Rig
    start: Rig
    sights: Sights


def made(frames: int, seed: int = 0, bow: float = 0.0, noise: float = NOISE, wrong: float = WRONG) -> Problem:
    """bow: of the board along its length, metres; noise: pixels an axis; wrong: the share of gross outliers."""
    rng = np.random.default_rng([seed, frames])
    truth = Rig(_lenses(rng), _places(rng), _boards(frames, rng), bowed(bow))
    return seen(truth, BOARD.corners, rng, noise, wrong)


def seen(truth: Rig, flat: Floats, rng: np.random.Generator, noise: float = NOISE, wrong: float = WRONG) -> Problem:
    """What the cameras of a rig see of its boards. flat: the board as it was meant to be printed, M x 3."""
    return Problem(truth, _start(truth, flat, rng), _sights(truth, noise, wrong, rng))


def bowed(bow: float) -> Floats:
    """The board's corners on a sheet that bows along its length by `bow` metres."""
    points = BOARD.corners.copy()
    across = points[:, 0] - points[:, 0].mean()
    points[:, 2] += bow * (1 - (across / across.max()) ** 2)
    return points


def _lenses(rng: np.random.Generator) -> Floats:
    cameras = np.tile([_FOCAL, _FOCAL, 639.5, 359.5, -0.12, 0.04, 0.0, 0.0, -0.005], (len(_PLACES), 1))
    cameras[:, :2] *= 1 + rng.normal(0, 0.02, (len(cameras), 1)) + rng.normal(0, 0.002, (len(cameras), 2))
    cameras[:, 2:4] += rng.normal(0, 8, (len(cameras), 2))
    cameras[:, 4:] += rng.normal(0, 1, (len(cameras), 5)) * (0.02, 0.01, 8e-4, 8e-4, 0.002)
    return cameras


def _places(rng: np.random.Generator) -> Floats:
    """Cameras that look at the middle of where the board is shown, seen from the first one."""
    turns = [_turned(_towards(_MIDDLE - place), rng) for place in _PLACES]
    first = turns[0]
    places = [
        np.concatenate([cv2.Rodrigues(turn @ first.T)[0].ravel(), -turn @ place])
        for turn, place in zip(turns, _PLACES, strict=True)
    ]
    places[0][:] = 0.0
    return np.array(places, dtype=np.float64)


def _turned(turn: Floats, rng: np.random.Generator) -> Floats:
    return np.asarray(cv2.Rodrigues(rng.normal(0, 0.02, 3))[0] @ turn)


def _towards(way: Floats) -> Floats:
    """The rotation to a camera that looks along `way`, its rows nearly level."""
    z = way / np.linalg.norm(way)
    x = np.cross([0.0, 1.0, 0.0], z)
    x /= np.linalg.norm(x)
    return np.array([x, np.cross(z, x), z])


def _boards(frames: int, rng: np.random.Generator) -> Floats:
    """Poses of the board, tilted up to 40 degrees, near enough to the middle for most cameras to see most of it."""
    first = _towards(_MIDDLE)
    middle, boards = BOARD.corners.mean(axis=0), []
    for _ in range(frames):
        turn = first @ cv2.Rodrigues(np.array([*rng.uniform(-0.7, 0.7, 2), rng.uniform(-0.6, 0.6)]))[0]
        place = first @ (_MIDDLE + rng.uniform(-1, 1, 3) * (0.25, 0.15, 0.3))
        boards.append(np.concatenate([cv2.Rodrigues(turn)[0].ravel(), place - turn @ middle]))
    return np.array(boards)


def _sights(truth: Rig, noise: float, wrong: float, rng: np.random.Generator) -> Sights:
    parts = [part for frame in range(len(truth.boards)) for camera in range(len(truth.places))
             if len((part := _view(truth, frame, camera))[2]) >= _LEAST_CORNERS]  # fmt: skip
    frame, camera, corner, exact = (np.concatenate(column) for column in zip(*parts, strict=True))
    off = rng.random(len(exact)) < wrong
    way = rng.uniform(0, 2 * np.pi, len(exact))
    far = np.where(off, rng.uniform(*_AWAY, len(exact)), 0.0)
    seen = exact + rng.normal(0, noise, exact.shape) + far[:, None] * np.column_stack([np.cos(way), np.sin(way)])
    return Sights(frame, camera, corner, seen, off)


def _view(truth: Rig, frame: int, camera: int) -> tuple[Ints, Ints, Ints, Floats]:
    exact = seen_of(truth, frame, camera)
    inside = ((exact > _EDGE) & (exact < np.array([SIZE.width, SIZE.height]) - 1 - _EDGE)).all(axis=1)
    ids = np.flatnonzero(inside)
    return np.full(len(ids), frame), np.full(len(ids), camera), ids, exact[ids]


def seen_of(rig: Rig, frame: int, camera: int) -> Floats:
    """Where a camera sees the board's corners in a frame, M x 2 pixels."""
    values = [float(value) for value in rig.cameras[camera]]
    lens = Lens("brown5", Intrinsics(*values[:4]), tuple(values[4:]))
    return project(lens, rig.points, *np.split(composed(rig.boards[frame], rig.places[camera]), 2))


def composed(first: Floats, then: Floats) -> Floats:
    """One pose after the other, 6."""
    rvec, tvec = cv2.composeRT(first[:3], first[3:], then[:3], then[3:])[:2]
    return np.concatenate([rvec.ravel(), tvec.ravel()]).astype(np.float64)


def _start(truth: Rig, flat: Floats, rng: np.random.Generator) -> Rig:
    """As far off as closed forms and single cameras leave it: focal lengths by 2 %, no distortion, poses by 1 cm."""
    cameras = truth.cameras.copy()
    cameras[:, :2] *= 1 + rng.normal(0, 0.02, (len(cameras), 1))
    cameras[:, 2:4] = (SIZE.width - 1) / 2, (SIZE.height - 1) / 2
    cameras[:, 4:] = 0.0
    places = truth.places + rng.normal(0, 0.01, truth.places.shape)
    places[0] = 0.0
    boards = truth.boards + rng.normal(0, 0.01, truth.boards.shape)
    return replace(truth, cameras=cameras, places=places, boards=boards, points=flat.copy())
