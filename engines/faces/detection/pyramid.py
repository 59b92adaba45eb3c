"""The parts and sizes at which a picture is looked at, so that faces of any size come to one that the network knows.

A level is the picture enlarged or reduced; a level too large for one pass is cut into tiles that overlap by more than
the largest face that only this level sees. What several passes found is merged: one box a face, the surest one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.faces.detection.yunet import OVERLAP, Detections, Floats
from engines.faces.types import Search

INSIDE = 0.8
"""A box with more than this part of it inside a surer, larger one is a part of that face."""


GLANCE = 0.75
"""Of the largest face found reliably: the shorter side of a large picture when it is looked at reduced, too."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What one pass of a detector can do, in pixels of what it is shown.

    least, most: sides of faces it finds reliably. side: longest side of the plain look; tile: side of a tile; whole:
    pixels that one pass may have. fixed: it always sees side x side pixels, whatever it is given.
    """

    least: float
    most: float
    side: int
    tile: int
    whole: int
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Pass:
    """One look: the part (x, y, width, height in pixels of the picture) brought to `scale` times its size."""

    scale: float
    x: int
    y: int
    width: int
    height: int

    @property
    def pixels(self) -> float:
        """What the network is shown."""
        return self.width * self.height * self.scale**2


def plan(width: int, height: int, search: Search, smallest: float, reach: Reach) -> tuple[Pass, ...]:
    """The passes for a picture of this size: the plain look first."""
    scales = levels(width, height, search, smallest, reach)
    found: list[Pass] = []
    for scale in scales:
        cut = search == "tiles" and scale > scales[0]
        found += _cut(width, height, scale, reach, cut)
    return tuple(found)


def levels(width: int, height: int, search: Search, smallest: float, reach: Reach) -> tuple[float, ...]:
    """Scales: the plain one, those below it for faces that fill a large picture, those above it for small faces.

    "pyramid" goes up by factors of two, "tiles" at once to the scale at which `smallest` pixels are enough.
    """
    plain = _plain(width, height, reach)
    scales = [plain]
    if min(width, height) * plain > 1.6 * reach.most:
        scales.append(GLANCE * reach.most / min(width, height))
    top = reach.least / max(smallest, 1.0)
    if search == "plain" or top <= plain:
        return tuple(scales)
    steps = math.ceil(math.log2(top / plain) - 1e-9) if search == "pyramid" else 1
    return (*scales, *(plain * (top / plain) ** (step / steps) for step in range(1, steps + 1)))


def merged(parts: Sequence[Detections], trust: Sequence[Floats] | None = None, overlap: float = OVERLAP) -> Detections:
    """One detection a face, best first, from passes that saw the same faces.

    trust: of each detection; of those that are one face the most trusted is kept. None: the scores.
    """
    found = Detections(
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.points for part in parts]),
        np.concatenate([part.scores for part in parts]),
    )
    order = np.argsort(-(found.scores if trust is None else np.concatenate(trust)), kind="stable")
    found = found.take(order)
    clash = np.triu((overlaps(found.boxes, found.boxes) > overlap) | (_inside(found.boxes) > INSIDE), 1)
    keep = np.ones(len(found), bool)
    for row in range(len(found)):
        if keep[row]:
            keep &= ~clash[row]
    found = found.take(keep)
    return found.take(np.argsort(-found.scores, kind="stable"))


def _plain(width: int, height: int, reach: Reach) -> float:
    if reach.fixed:
        return reach.side / max(width, height)
    return min(1.0, reach.side / max(width, height))


def _cut(width: int, height: int, scale: float, reach: Reach, always: bool) -> list[Pass]:
    pixels = width * height * scale**2
    if max(width, height) * scale <= reach.tile + 0.5 or (not always and pixels <= reach.whole):
        return [Pass(scale, 0, 0, width, height)]
    overlap = min(4 * reach.least, reach.tile / 3) / scale
    across = _starts(width, reach.tile / scale, overlap)
    down = _starts(height, reach.tile / scale, overlap)
    side = math.ceil(reach.tile / scale)
    return [Pass(scale, x, y, min(side, width - x), min(side, height - y)) for y in down for x in across]


def _starts(length: int, side: float, overlap: float) -> list[int]:
    """Where tiles of `side` begin that cover `length`, evenly, sharing `overlap` or more."""
    if length <= side:
        return [0]
    count = math.ceil((length - overlap) / (side - overlap))
    return [int(start) for start in np.linspace(0, length - side, count)]


def shared_parts(a: Floats, b: Floats) -> NDArray[np.float64]:
    """Boxes n x 4 and m x 4 -> n x m: the area they share, in pixels."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    return np.asarray(np.prod(np.clip(high - low, 0, None), axis=2), np.float64)


def overlaps(a: Floats, b: Floats) -> NDArray[np.float64]:
    """Boxes n x 4 and m x 4 -> n x m: the shared part of their union."""
    shared = shared_parts(a, b)
    either = np.prod(a[:, 2:], axis=1)[:, None] + np.prod(b[:, 2:], axis=1)[None] - shared
    return np.asarray(shared / np.maximum(either, 1e-9), np.float64)


def _inside(boxes: Floats) -> NDArray[np.float64]:
    """n x n: which part of the column's box lies in the row's, where the column's has less than half its area."""
    area = np.maximum(np.prod(boxes[:, 2:], axis=1), 1e-9)
    smaller = area[None] < 0.5 * area[:, None]
    return np.where(smaller, shared_parts(boxes, boxes) / area[None], 0.0)
