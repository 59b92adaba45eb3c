"""The words above faces, moved apart where they would lie over one another.

Faces have their words in the order of their tracks, so that a face which was there before keeps its place; one that had
to move stays moved until there is clear room, so that nothing flickers between two frames.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from engines.faces.types import Box
from widgets.viewer.overlays import PILL_HEIGHT, draw_words, pill_width
from widgets.viewer.picture import Viewport

EDGE, GAP = 4.0, 2.0
BELOW = 12.0
"""Pixels between a face and its words where these stand below it: the bar of its quality is there."""
AGAIN = 12.0
"""So much room at both sides it takes to go back to the own place."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one face."""

    track: int
    text: str
    box: Box
    color: str


@dataclass(frozen=True, slots=True)
class FacePills:
    """The words of all faces of a frame. moved: tracks whose words had to move, kept from frame to frame."""

    words: Sequence[Words]
    moved: set[int] = field(default_factory=set)

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        for one, box in zip(self.words, self.places(viewport), strict=True):
            draw_words(painter, box, one.text, one.color)

    def places(self, viewport: Viewport) -> list[QRectF]:
        """Where each stands on the screen, in the order of `words`."""
        taken, made = _Taken(), dict[int, QRectF]()
        for at in sorted(range(len(self.words)), key=lambda at: self.words[at].track):
            one = self.words[at]
            made[at] = self._place(one, viewport, taken)
            taken.add(made[at])
        self.moved.intersection_update({one.track for one in self.words})
        return [made[at] for at in range(len(self.words))]

    def _place(self, one: Words, viewport: Viewport, taken: _Taken) -> QRectF:
        wanted, below = own_places(one, viewport)
        room = AGAIN if one.track in self.moved else 0.0
        if not taken.hit(wanted.adjusted(-room, 0, room, 0)):
            self.moved.discard(one.track)
            return wanted
        self.moved.add(one.track)
        up = _free(wanted, taken, -1, room)
        if up.top() >= EDGE:
            return up
        down = _free(below, taken, 1, room)
        return down if down.bottom() <= viewport.view_height - EDGE else wanted


def own_places(one: Words, viewport: Viewport) -> tuple[QRectF, QRectF]:
    """Where the words of a face stand when nothing is in the way, above it if there is room, and where below it."""
    face = one.box
    first, last = viewport.to_widget(face.x, face.y), viewport.to_widget(face.x + face.width, face.y + face.height)
    wide = pill_width(one.text)
    left = min(max(first.x(), EDGE), max(viewport.view_width - wide - EDGE, EDGE))
    below = QRectF(left, min(last.y() + BELOW, viewport.view_height - PILL_HEIGHT - EDGE), wide, PILL_HEIGHT)
    above = QRectF(left, first.y() - PILL_HEIGHT - EDGE, wide, PILL_HEIGHT)
    return (above if above.top() >= EDGE else below), below


def _free(box: QRectF, taken: _Taken, way: int, room: float) -> QRectF:
    """The nearest place up (-1) or down (1) that nothing lies on, with this room at both sides."""
    moved = QRectF(box)
    while hit := taken.hit(moved.adjusted(-room, 0, room, 0)):
        top = hit.top() - PILL_HEIGHT - GAP if way < 0 else hit.bottom() + GAP
        moved.moveTop(top)
    return moved


class _Taken:
    """Boxes of one height in rows, each row in order from left to right: what lies on a box is found at once."""

    def __init__(self) -> None:
        self._rows: defaultdict[int, list[tuple[float, float, float]]] = defaultdict(list)
        self._widest = 0.0

    def add(self, box: QRectF) -> None:
        insort(self._rows[int(box.top() // PILL_HEIGHT)], (box.left(), box.right(), box.top()))
        self._widest = max(self._widest, box.width())

    def hit(self, box: QRectF) -> QRectF | None:
        """One that lies on this box."""
        first, last = int(box.top() // PILL_HEIGHT) - 1, int(box.bottom() // PILL_HEIGHT)
        near = (one for row in range(first, last + 1) for one in self._between(row, box.left(), box.right()))
        return next((one for one in near if one.intersects(box)), None)

    def _between(self, row: int, left: float, right: float) -> Iterable[QRectF]:
        there = self._rows.get(row, [])
        for one in there[bisect_left(there, (left - self._widest,)) : bisect_left(there, (right,))]:
            yield QRectF(QPointF(one[0], one[2]), QPointF(one[1], one[2] + PILL_HEIGHT))
