"""What a canvas shows, ready to be asked what is where: boxes and lines by the rectangle they are in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

from engines.inspection.layout.folding import Folded
from engines.inspection.layout.layers import Placed

Places = NDArray[np.intp]
LARGE = 1500
"""Boxes beyond which a drawing is painted bit by bit."""


class Scene:
    """A laid out graph. Boxes and edges are numbered as in `folded`."""

    def __init__(self, folded: Folded, placed: Placed) -> None:
        self.folded, self.placed = folded, placed
        self.at = folded.holding()
        self.width, self.height = placed.boxes.width, placed.boxes.height
        lines = placed.lines
        self._paths: dict[int, QPainterPath] = {}
        self._polygons: dict[int, QPolygonF] = {}
        if len(folded.edges):
            self._low = np.minimum.reduceat(lines.points, lines.starts[:-1])
            self._high = np.maximum.reduceat(lines.points, lines.starts[:-1])
        else:
            self._low = self._high = np.zeros((0, 2), np.float32)

    @property
    def large(self) -> bool:
        return len(self.folded.boxes) > LARGE

    @property
    def bounds(self) -> QRectF:
        return QRectF(0, 0, self.placed.width, self.placed.height)

    @property
    def top_middle(self) -> float:
        """The middle across of a box on the highest layer: the one in their midst."""
        tops = np.sort(self.placed.x[self.placed.layers == 0])
        return float(tops[len(tops) // 2]) + self.width / 2 if len(tops) else 0.0

    def box(self, place: int) -> QRectF:
        return QRectF(float(self.placed.x[place]), float(self.placed.y[place]), self.width, self.height)

    def boxes_in(self, area: QRectF) -> Places:
        """Boxes that reach into an area."""
        x, y = self.placed.x, self.placed.y
        across = (x <= area.right()) & (x + self.width >= area.left())
        return np.flatnonzero(across & (y <= area.bottom()) & (y + self.height >= area.top()))

    def edges_in(self, area: QRectF, least: float = 0.0) -> Places:
        """Edges whose bounds reach into an area and are at least so long."""
        low, high = self._low, self._high
        there = (low[:, 0] <= area.right()) & (high[:, 0] >= area.left())
        there &= (low[:, 1] <= area.bottom()) & (high[:, 1] >= area.top())
        if least > 0:
            there &= (high - low).max(axis=1) >= least
        return np.flatnonzero(there)

    def hit(self, point: QPointF, slack: float = 0.0) -> int:
        """The box at a point, -1 for none."""
        found = self.boxes_in(QRectF(point.x() - slack, point.y() - slack, 2 * slack, 2 * slack))
        return int(found[0]) if len(found) else -1

    def path(self, edge: int) -> QPainterPath:
        """An edge as a curve that leaves and enters boxes upright."""
        if edge not in self._paths:
            straight = bool(self.placed.lines.aside[edge])
            self._paths[edge] = curve(self.placed.lines.line(edge), straight)
        return self._paths[edge]

    def polygon(self, edge: int) -> QPolygonF:
        """An edge as straight lines."""
        if edge not in self._polygons:
            self._polygons[edge] = QPolygonF([QPointF(x, y) for x, y in self.placed.lines.line(edge).tolist()])
        return self._polygons[edge]

    @cached_property
    def _around(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        before: dict[int, list[int]] = {}
        after: dict[int, list[int]] = {}
        for edge in self.folded.edges:
            before.setdefault(edge.target, []).append(edge.source)
            after.setdefault(edge.source, []).append(edge.target)
        return before, after

    def next_to(self, place: int, down: bool) -> int:
        """The box that an edge leads to (or comes from), the nearest across; the same box where there is none."""
        near = [each for each in self._around[int(down)].get(place, ()) if each != place]
        return min(near, key=lambda each: (abs(self.placed.x[each] - self.placed.x[place]), each), default=place)

    def beside(self, place: int, right: bool) -> int:
        """The next box on the same layer; the same box where there is none."""
        x, layers = self.placed.x, self.placed.layers
        side = 1 if right else -1
        there = [int(each) for each in np.flatnonzero(layers == layers[place]) if side * (x[each] - x[place]) > 0]
        return min(there, key=lambda each: abs(x[each] - x[place]), default=place)


def curve(points: NDArray[np.float32], straight: bool) -> QPainterPath:
    """Through all points: upright pieces as they are, the others bent so that they begin and end upright."""
    path = QPainterPath(QPointF(*points[0].tolist()))
    for (x, y), (to_x, to_y) in _pairs(points):
        if straight or x == to_x:
            path.lineTo(to_x, to_y)
        else:
            middle = (y + to_y) / 2
            path.cubicTo(x, middle, to_x, middle, to_x, to_y)
    return path


def _pairs(points: NDArray[np.float32]) -> Iterator[tuple[list[float], list[float]]]:
    listed = points.tolist()
    yield from zip(listed, listed[1:], strict=False)
