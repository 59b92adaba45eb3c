"""Parts of space made ready to be looked at, and one look at them: where every piece lies in the drawing, and how deep.

All points of all pieces are projected at once; what reaches behind the eye or far out of the drawing is cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from widgets.charts.space.eye import Extent, Eye, Floats
from widgets.charts.space.things import Blob, Dot, Key, Part, Photo, Sheet, Strand, Thing, Word, silhouettes

Piece: TypeAlias = Strand | Sheet | Photo | Dot | Word | Blob
RING = 48
"""Points on the outline of an ellipsoid."""
MARGIN = 200.0
"""Pixels around the drawing that lines may still reach into."""


class Stage:
    """Pieces of several parts, all their points one after the other; those of ellipsoids follow when they are seen."""

    def __init__(self, parts: Sequence[Part] = ()) -> None:
        self.things: dict[Key, Thing] = {key: thing for part in parts for key, thing in part.things.items()}
        extent = np.concatenate([np.zeros((0, 3)), *(part.extent for part in parts)])
        self.extent: Floats = extent[np.isfinite(extent).all(axis=1)]
        self.nets = [net for part in parts for net in part.nets]
        self.blobs = [blob for part in parts for blob in part.blobs]
        fixed: list[tuple[Piece, Floats]] = []
        for part in parts:
            fixed += [(one, np.concatenate([one.points, one.prints.reshape(-1, 3)])) for one in part.sheets]
            fixed += [(one, one.points) for one in (*part.photos, *part.strands)]
            fixed += [(one, one.place[None]) for one in (*part.dots, *part.words)]
        self.pieces: list[Piece] = [*(piece for piece, _ in fixed), *self.blobs]
        self.points: Floats = np.concatenate([np.zeros((0, 3)), *(points for _, points in fixed)])
        counts = [len(points) for _, points in fixed] + [RING] * len(self.blobs)
        self.starts = np.concatenate([[0], np.cumsum(counts)]).astype(int)
        self.before = np.array([piece.before if isinstance(piece, Strand | Dot) else 0.0 for piece in self.pieces])
        self.centres = np.array([blob.centre for blob in self.blobs]).reshape(-1, 3)
        self.axes = np.array([blob.axes for blob in self.blobs]).reshape(-1, 3, 3)

    def seen_by(self, eye: Eye) -> Floats:
        """All points, those of ellipsoids' outlines included."""
        if not self.blobs:
            return self.points
        away = eye.place - self.centres if eye.perspective else np.tile(-eye.turn[2], (len(self.blobs), 1))
        rings = silhouettes(self.centres, self.axes, away, not eye.perspective, RING)
        return np.concatenate([self.points, rings.reshape(-1, 3)])


@dataclass(frozen=True, eq=False)
class Shot:
    """A stage as an eye sees it in a drawing of a size. order: of pieces that are seen, the farthest first."""

    stage: Stage
    eye: Eye
    size: Extent
    flat: Floats
    depth: Floats
    order: Sequence[int]
    cut: Mapping[int, Sequence[Floats]]
    """What is left, in pixels, of pieces that are not drawn as a whole."""

    @classmethod
    def of(cls, stage: Stage, eye: Eye, size: Extent) -> Shot:
        seen = eye.seen(stage.seen_by(eye))
        flat = eye.flat(seen, size)
        if not stage.pieces:
            return cls(stage, eye, size, flat, np.zeros(0), (), {})
        starts = stage.starts[:-1]
        depth = np.add.reduceat(seen[:, 2], starts) / np.diff(stage.starts)
        far = (np.abs(flat - np.array(size) / 2) > np.array(size) / 2 + MARGIN).any(axis=1)
        wild = np.logical_or.reduceat(far | ~(seen[:, 2] >= eye.nearest), starts)
        cut = {number: _cut(stage, number, seen, eye, size) for number in np.flatnonzero(wild).tolist()}
        ranked = np.argsort(stage.before - depth, kind="stable").tolist()
        order = [number for number in ranked if number not in cut or cut[number]]
        return cls(stage, eye, size, flat, depth, order, cut)

    def lines_of(self, number: int) -> Sequence[Floats]:
        """A piece's points in pixels, N x 2, in several rows where it was cut apart."""
        if number in self.cut:
            return self.cut[number]
        start, stop = self.stage.starts[number : number + 2]
        piece = self.stage.pieces[number]
        return (self.flat[start : start + len(piece.points) if isinstance(piece, Sheet) else stop],)

    def prints_of(self, number: int) -> Sequence[Floats]:
        """What is printed on a sheet, in pixels; nothing where the sheet is cut."""
        piece = self.stage.pieces[number]
        if not isinstance(piece, Sheet) or not len(piece.prints) or number in self.cut:
            return ()
        start = self.stage.starts[number] + len(piece.points)
        return list(self.flat[start : self.stage.starts[number + 1]].reshape(*piece.prints.shape[:2], 2))

    def at(self, point: Floats) -> Floats | None:
        """Where a point of space is drawn; None behind the eye."""
        seen = self.eye.seen(point[None])
        return None if seen[0, 2] < self.eye.nearest else self.eye.flat(seen, self.size)[0]


def _cut(stage: Stage, number: int, seen: Floats, eye: Eye, size: Extent) -> list[Floats]:
    piece, points = stage.pieces[number], seen[stage.starts[number] : stage.starts[number + 1]]
    planes = _planes(eye, size)
    if isinstance(piece, Photo) or not np.isfinite(points).all():
        return []
    if isinstance(piece, Strand):
        return [
            eye.flat(kept, size)
            for pair in zip(points, points[1:], strict=False)
            if (kept := _segment(pair, planes)) is not None
        ]
    if isinstance(piece, Dot | Word):
        inside = all(float(plane[:3] @ points[0] + plane[3]) >= 0 for plane in planes)
        return [eye.flat(points, size)] if inside else []
    kept = _polygon(points[: len(piece.points)] if isinstance(piece, Sheet) else points, planes)
    return [eye.flat(kept, size)] if len(kept) > 2 else []


def _planes(eye: Eye, size: Extent) -> Floats:
    """5 x 4: what is drawn has x . (a, b, c) + d >= 0 in the eye's coordinates."""
    focal, made = eye.focal(size), [[0.0, 0.0, 1.0, -eye.nearest]]
    for axis in (0, 1):
        for sign in (1, -1):
            tangent = (size[axis] / 2 + MARGIN) / focal + sign * eye.offset[axis]
            way = [0.0, 0.0, tangent if eye.perspective else 0.0, 0.0 if eye.perspective else tangent * eye.distance]
            way[axis] = float(-sign)
            made.append(way)
    return np.array(made)


def _segment(pair: tuple[Floats, Floats], planes: Floats) -> Floats | None:
    """The part of a straight piece within all planes (Liang and Barsky)."""
    first, last = (planes[:, :3] @ point + planes[:, 3] for point in pair)
    if ((first < 0) & (last < 0)).any():
        return None
    low, high = 0.0, 1.0
    for one, other in zip(first.tolist(), last.tolist(), strict=True):
        if one < 0:
            low = max(low, one / (one - other))
        elif other < 0:
            high = min(high, one / (one - other))
    way = pair[1] - pair[0]
    return np.array([pair[0] + low * way, pair[0] + high * way]) if low < high else None


def _polygon(points: Floats, planes: Floats) -> Floats:
    """A polygon within all planes (Sutherland and Hodgman)."""
    for plane in planes:
        if not len(points):
            break
        side, kept = points @ plane[:3] + plane[3], []
        for one, other, a, b in zip(points, np.roll(points, -1, axis=0), side, np.roll(side, -1), strict=True):
            if a >= 0:
                kept.append(one)
            if (a >= 0) != (b >= 0):
                kept.append(one + a / (a - b) * (other - one))
        points = np.array(kept).reshape(-1, 3)
    return points
