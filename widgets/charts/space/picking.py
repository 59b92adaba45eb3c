"""What lies under the pointer in a look at space: the nearest dot, else the nearest line, else the sheet in front."""

from __future__ import annotations

import numpy as np

from widgets.charts.space.eye import Extent, Floats
from widgets.charts.space.stage import Piece, Shot
from widgets.charts.space.things import Blob, Dot, Key, Sheet, Strand

NEAR_DOT, NEAR_LINE = 9.0, 5.0
"""Pixels from the pointer."""


def picked(shot: Shot, at: Extent) -> Key:
    """The key of what is seen at a pixel, None for nothing."""
    pixel = np.array(at)
    for kind in (_dot, _line, _sheet):
        if (key := kind(shot, pixel)) is not None:
            return key
    return None


def _keyed(shot: Shot, *kinds: type[Piece]) -> list[int]:
    """Pieces of kinds that can be chosen, the nearest last."""
    pieces = shot.stage.pieces
    return [n for n in shot.order if isinstance(pieces[n], kinds) and pieces[n].key in shot.stage.things]


def _dot(shot: Shot, pixel: Floats) -> Key:
    dots = _keyed(shot, Dot)
    if not dots:
        return None
    away = np.linalg.norm(shot.flat[shot.stage.starts[dots]] - pixel, axis=1)
    nearest = int(np.argmin(away))
    return shot.stage.pieces[dots[nearest]].key if away[nearest] <= NEAR_DOT else None


def _line(shot: Shot, pixel: Floats) -> Key:
    """Of all lines that are near enough, the one that is least deep."""
    near = [n for n in _keyed(shot, Strand) if any(_distance(line, pixel) <= NEAR_LINE for line in shot.lines_of(n))]
    return shot.stage.pieces[near[-1]].key if near else None


def _sheet(shot: Shot, pixel: Floats) -> Key:
    for number in reversed(_keyed(shot, Sheet, Blob)):
        if any(_covers(line, pixel) for line in shot.lines_of(number)):
            return shot.stage.pieces[number].key
    return None


def _distance(line: Floats, pixel: Floats) -> float:
    """From a broken line in pixels."""
    start, way = line[:-1], np.diff(line, axis=0)
    share = ((pixel - start) * way).sum(axis=1) / np.maximum((way**2).sum(axis=1), 1e-12)
    foot = start + np.clip(share, 0, 1)[:, None] * way
    return float(np.linalg.norm(foot - pixel, axis=1).min(initial=np.inf))


def _covers(line: Floats, pixel: Floats) -> bool:
    """Whether a polygon covers a pixel: a ray from it crosses the outline an odd number of times."""
    (x, y), first, last = pixel, line, np.roll(line, -1, axis=0)
    spans = (first[:, 1] > y) != (last[:, 1] > y)
    rise = np.where(spans, last[:, 1] - first[:, 1], 1.0)
    cross = first[:, 0] + (y - first[:, 1]) / rise * (last[:, 0] - first[:, 0])
    return bool(np.count_nonzero(spans & (cross > x)) % 2)
