"""Faces followed from frame to frame: one number a person, through blur and occlusion.

Detections are assigned to tracks by where they were expected (Kalman filter), overlap and look (a tiny normalised
picture of the aligned face, which costs nothing); sure detections first, unsure ones only go on with what is known
already (Zhang et al.: ByteTrack, ECCV 2022). A track that is not found coasts on its prediction for a second of media
time, then it is lost, and for some seconds more it can be taken up again by whoever knows that a new face is the same
person.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from engines.core.frames import Image
from engines.faces.detection.yunet import Detections
from engines.faces.tracking.kalman import Kalman, boxes_of, measured
from engines.faces.vectors import Floats

COAST = 1.0
"""Seconds of media time a face is still shown where it is expected."""
MEMORY = 10.0
"""Seconds of media time after which a lost track cannot come back."""
MOST_LOST = 64
GATE = 16.3
"""Squared Mahalanobis distance that one in a thousand right matches exceeds (three degrees of freedom)."""
LEAST = 0.25
"""Least affinity of a match."""
UNLIKE = 0.0
"""Below this likeness only a firm overlap makes a match."""
CROWDED = 0.1
"""Tracks that overlap by more than this part of their union may be mistaken for each other."""
LOOK_SIDE = 12
FLAT = 32 * 18 * 4.0
"""Power of two small pictures below which they are too plain to be compared."""


@dataclass(slots=True)
class Track:
    """One person as long as they can be followed. Times are media time.

    row: of this frame's detections, -1 while not seen. doubtful: it was coasting or crowded since its identity was
    last made sure of. five: the points in units of the box, so that they move with a prediction.
    """

    id: int
    born: float
    last: float
    box: Floats
    five: Floats
    score: float
    look: NDArray[np.float32]
    row: int = -1
    hits: int = 1
    doubtful: bool = False

    @property
    def seen(self) -> bool:
        return self.row >= 0

    @property
    def points(self) -> Floats:
        """5 x 2, in pixels."""
        return np.asarray(self.box[:2] + self.five * self.box[2:], np.float64)


def looks(crops: Image) -> NDArray[np.float32]:
    """n aligned faces -> n x 432 unit vectors: tiny, free of brightness and contrast. Their dot product is likeness."""
    small = [cv2.resize(crop, (LOOK_SIDE, LOOK_SIDE), interpolation=cv2.INTER_AREA) for crop in crops]
    flat = np.asarray(small, np.float32).reshape(len(crops), LOOK_SIDE * LOOK_SIDE * 3)
    flat = flat - flat.mean(axis=1, keepdims=True)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6), np.float32)


def overlaps(a: NDArray[np.floating], b: NDArray[np.floating]) -> Floats:
    """Boxes n x 4 and m x 4 -> n x m intersection over union."""
    a, b = np.asarray(a, np.float64).reshape(-1, 4), np.asarray(b, np.float64).reshape(-1, 4)
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    both = np.prod(np.clip(high - low, 0, None), axis=2)
    either = np.prod(a[:, 2:], axis=1)[:, None] + np.prod(b[:, 2:], axis=1)[None] - both
    return np.asarray(both / np.maximum(either, 1e-9), np.float64)


class Cuts:
    """Whether the picture changed as a whole since the last one: correlation of the two at 32 x 18 below a half.

    Movement keeps most of a picture where it was; a cut keeps nothing. A change of light cancels out.
    """

    def __init__(self) -> None:
        self._last: NDArray[np.float32] | None = None

    def happened(self, image: Image) -> bool:
        step = max(1, image.shape[1] // 160)
        sparse = np.ascontiguousarray(image[::step, ::step])
        small = cv2.resize(sparse, (32, 18), interpolation=cv2.INTER_AREA).astype(np.float32).mean(axis=2)
        now = small - small.mean()
        last, self._last = self._last, now
        if last is None:
            return False
        power = float(np.linalg.norm(last) * np.linalg.norm(now))
        return power > FLAT and float((last * now).sum()) < 0.5 * power


@dataclass(slots=True)
class Tracker:
    """`step` once a frame; `same` when a new track turns out to be an old one; `reset` when earlier frames are void."""

    tracks: list[Track] = field(default_factory=list)
    lost: list[Track] = field(default_factory=list)
    _motion: Kalman = field(default_factory=Kalman.none)
    _next: int = 1
    _time: float = -np.inf

    def step(
        self, time: float, found: Detections, look: NDArray[np.float32], sure: float = 0.6, usable: float = 0.0
    ) -> list[Track]:
        """Tracks at media time `time`, seen or coasting. look: of each detection (`looks`).

        sure: least score that begins a track; `usable`: least that goes on with one. Time that runs backwards resets.
        """
        if time < self._time:
            self.reset()
        self._predict(time)
        rows = np.flatnonzero(found.scores >= usable)
        first, second = rows[found.scores[rows] >= sure], rows[found.scores[rows] < sure]
        free = self._assign(np.arange(len(self.tracks)), first, found, look, time)
        left = np.array([k for k, track in enumerate(self.tracks) if not track.seen], np.intp)
        self._assign(left, second, found, look, time)
        self._begin(free, found, look, time)
        self._drop(time)
        self._doubt()
        return list(self.tracks)

    def same(self, new: int, old: int) -> None:
        """The track `new` is the person of track `old` (coasting or lost): it goes on under the old number."""
        track = next(one for one in self.tracks if one.id == new)
        before = next(one for one in [*self.tracks, *self.lost] if one.id == old and one is not track)
        track.id, track.born, track.hits = before.id, before.born, before.hits + track.hits
        self._forget([k for k, one in enumerate(self.tracks) if one is before])
        self.lost = [one for one in self.lost if one is not before]

    def renumber(self, track: Track) -> int:
        """It turned out to be somebody else: a fresh number. The old one is lost, to be taken up where it belongs."""
        self.lost.append(replace(track, row=-1))
        track.id, track.hits, track.born = self._next, 1, track.last
        self._next += 1
        return track.id

    def cut(self) -> None:
        """The scene changed: nobody is where they were, but they may come back."""
        self.lost += [replace(track, row=-1) for track in self.tracks]
        self.tracks, self._motion = [], Kalman.none()

    def reset(self) -> None:
        """Forget everybody. Numbers are not given twice."""
        self.tracks, self.lost = [], []
        self._motion = Kalman.none()
        self._time = -np.inf

    def _predict(self, time: float) -> None:
        seconds = time - self._time if np.isfinite(self._time) else 0.0
        self._time = time
        if not self.tracks:
            return
        self._motion.predict(seconds, np.array([not track.seen for track in self.tracks]))
        for track, box in zip(self.tracks, boxes_of(self._motion.place), strict=True):
            track.box, track.row = box, -1

    def _assign(
        self,
        tracks: NDArray[np.intp],
        rows: NDArray[np.intp],
        found: Detections,
        look: NDArray[np.float32],
        time: float,
    ) -> NDArray[np.intp]:
        """Match these tracks with these detections; the detections that are left."""
        if not len(tracks) or not len(rows):
            return rows
        states = measured(found.boxes[rows])
        affinity = self._affinity(tracks, states, found.boxes[rows], look[rows])
        a, b = linear_sum_assignment(-affinity)
        fits = affinity[a, b] > LEAST
        a, b = a[fits], b[fits]
        self._motion.update(tracks[a], states[b])
        for index, row in zip(tracks[a], rows[b], strict=True):
            self._see(self.tracks[index], int(row), found, look, time)
        return np.delete(rows, b)

    def _affinity(
        self, tracks: NDArray[np.intp], states: Floats, boxes: NDArray[np.float32], look: NDArray[np.float32]
    ) -> Floats:
        """Tracks x detections, 0 to 1; 0 where it cannot be."""
        far = self._motion.take(tracks).distance(states)
        overlap = overlaps(boxes_of(self._motion.place[tracks]), boxes)
        alike = np.stack([self.tracks[index].look for index in tracks]) @ look.T
        affinity = 0.4 * overlap + 0.2 * np.exp(-far / 8) + 0.4 * np.clip(alike, 0, 1)
        possible = ((far < GATE) | (overlap > 0.3)) & ((alike > UNLIKE) | (overlap > 0.5))
        return np.asarray(np.where(possible, affinity, 0.0), np.float64)

    def _see(self, track: Track, row: int, found: Detections, look: NDArray[np.float32], time: float) -> None:
        if time - track.last > COAST / 4:
            track.doubtful = True
        box = found.boxes[row].astype(np.float64)
        track.row, track.last, track.score = row, time, float(found.scores[row])
        track.box, track.five = box, (found.points[row] - box[:2]) / np.maximum(box[2:], 1e-3)
        mixed = 0.8 * track.look + 0.2 * look[row]
        track.look = np.asarray(mixed / max(float(np.linalg.norm(mixed)), 1e-6), np.float32)
        track.hits += 1

    def _begin(self, rows: NDArray[np.intp], found: Detections, look: NDArray[np.float32], time: float) -> None:
        if not len(rows):
            return
        self._motion = self._motion.join(Kalman.at(measured(found.boxes[rows])))
        for row in rows:
            box = found.boxes[row].astype(np.float64)
            five = (found.points[row] - box[:2]) / np.maximum(box[2:], 1e-3)
            score = float(found.scores[row])
            self.tracks.append(Track(self._next, time, time, box, five, score, look[row], row=int(row)))
            self._next += 1

    def _drop(self, time: float) -> None:
        gone = [k for k, track in enumerate(self.tracks) if time - track.last > COAST]
        self.lost += [self.tracks[k] for k in gone]
        self._forget(gone)
        self.lost = [track for track in self.lost if time - track.last <= MEMORY][-MOST_LOST:]

    def _forget(self, which: list[int]) -> None:
        if which:
            keep = np.setdiff1d(np.arange(len(self.tracks)), which)
            self._motion = self._motion.take(keep)
            self.tracks = [self.tracks[k] for k in keep]

    def _doubt(self) -> None:
        """Mark those that overlap: an exchange of two faces would happen here."""
        if len(self.tracks) < 2:
            return
        near = overlaps(*[np.stack([track.box for track in self.tracks])] * 2)
        np.fill_diagonal(near, 0.0)
        for track, most in zip(self.tracks, near.max(axis=1), strict=True):
            track.doubtful = track.doubtful or most > CROWDED
