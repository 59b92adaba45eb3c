"""Painting of a graph: boxes alone from afar, names when they can be read, lines bent when one is near."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from engines.inspection.layout.families import Family
from engines.inspection.layout.folding import Role
from widgets.inspection.graph.scene import Places, Scene
from widgets.inspection.graph.words import second_line
from widgets.kit.access.elided import elided
from widgets.kit.ink import ink
from widgets.kit.theme import LOOK, mixed, number_font
from widgets.kit.words import DOT

NAMES_FROM, WORDS_FROM, CURVES_FROM, FRAMES_FROM = 0.4, 0.66, 0.3, 0.16
"""Scales from which names, second lines, bent edges, and boxes with a frame are drawn."""
NAME, WORDS, ALONE = 12, 11, 18
"""Sizes of a name, of the line below it, and of a name that stands alone."""
LEAST_KIND = 24
"""Pixels of what a box is beside its whole shape."""
BAR = 5.0
OVER = 12.0
"""How far what belongs to a box reaches beyond it."""
DIM = 0.22
"""Opacity of what is not followed."""
SEEN = 2.0
"""Pixels that an edge must span to be drawn from afar."""
MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine


@dataclass(frozen=True, slots=True)
class Marks:
    """Places of boxes: selected (-1 none), those that are followed (None: nothing is), those that a search found."""

    selected: int = -1
    lit: frozenset[int] | None = None
    hits: frozenset[int] = frozenset()

    def dims(self, place: int) -> bool:
        return self.lit is not None and place != self.selected and place not in self.lit

    def lights(self, source: int, target: int) -> bool:
        """Whether an edge is one that is followed."""
        return self.lit is not None and not self.dims(source) and not self.dims(target)


@dataclass(slots=True)
class GraphPainter:
    """Draws a part of a scene. colors: one for each box; tinted: they stand for a figure and fill the boxes."""

    scene: Scene
    colors: list[QColor]
    tinted: bool = False
    marks: Marks = Marks()
    _cut: dict[tuple[int, int], str] = field(default_factory=dict)

    def paint(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Everything in an area of the scene; the painter is in the scene's coordinates, `scale` pixels a unit."""
        near = scale >= FRAMES_FROM
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, near)
        self._edges(painter, area, scale)
        boxes = self.scene.boxes_in(area.adjusted(-OVER, -OVER, OVER, OVER))
        if near:
            for place in boxes.tolist():
                self._box(painter, place, scale)
        else:
            self._blocks(painter, boxes, scale)

    def _edges(self, painter: QPainter, area: QRectF, scale: float) -> None:
        plain: list[int] = []
        strong: list[int] = []
        for number in self.scene.edges_in(area, SEEN / scale if scale < CURVES_FROM else 0.0).tolist():
            edge = self.scene.folded.edges[number]
            (strong if self.marks.lights(edge.source, edge.target) else plain).append(number)
        dim = self.marks.lit is not None
        color = QColor(mixed(LOOK.now.line, LOOK.now.muted, 0.2 if dim else 0.6))
        self._lines(painter, plain, QPen(color, 0 if scale < CURVES_FROM else 1.2), scale)
        width = max(2.2, 1.6 / scale) if scale >= FRAMES_FROM else 1.6 / scale
        self._lines(painter, strong, QPen(LOOK.now.color("accent"), width), scale)

    def _lines(self, painter: QPainter, edges: list[int], pen: QPen, scale: float) -> None:
        ink(painter, pen, None)
        for edge in edges:
            if scale >= CURVES_FROM:
                painter.drawPath(self.scene.path(edge))
            else:
                painter.drawPolyline(self.scene.polygon(edge))
        if scale >= NAMES_FROM:
            ink(painter, None, pen.color())
            for edge in edges:
                _head(painter, self.scene.placed.lines.line(edge)[-1].tolist())

    def _blocks(self, painter: QPainter, boxes: Places, scale: float) -> None:
        """From afar: filled rectangles, all of a colour at once."""
        groups: dict[tuple[int, bool], list[QRectF]] = defaultdict(list)
        for place in boxes.tolist():
            groups[self.colors[place].rgb(), self.marks.dims(place)].append(self.scene.box(place))
        for (rgb, dim), rects in groups.items():
            color = QColor(rgb)
            color.setAlphaF(DIM if dim else 1.0)
            ink(painter, None, color)
            painter.drawRects(rects)
        ink(painter, QPen(LOOK.now.color("warn"), 2 / scale), None)
        painter.drawRects([self.scene.box(place) for place in boxes.tolist() if place in self.marks.hits])
        if self.marks.selected in boxes:
            ink(painter, QPen(LOOK.now.color("accent"), 3 / scale), None)
            painter.drawRect(self.scene.box(self.marks.selected))

    def _box(self, painter: QPainter, place: int, scale: float) -> None:
        look, box, rect = LOOK.now, self.scene.folded.boxes[place], self.scene.box(place)
        color, named = self.colors[place], scale >= NAMES_FROM
        painter.setOpacity(DIM if self.marks.dims(place) else 1.0)
        fill = QColor(mixed(look.surface, color.name(), (0.3 if self.tinted else 0.12) if named else 0.75))
        edge = QPen(QColor(mixed(look.line, color.name(), 0.55)), 1.2)
        if box.role is Role.MODULE:
            for shift in (6.0, 3.0):
                ink(painter, edge, QColor(mixed(look.surface, look.raised, 0.7)))
                painter.drawRoundedRect(rect.translated(shift, -shift), 5, 5)
        ink(painter, edge, fill)
        radius = rect.height() / 2 if box.family is Family.EDGE else 5
        painter.drawRoundedRect(rect, radius, radius)
        if box.family is Family.UNKNOWN:
            ink(painter, None, QBrush(look.color("muted", 0.35), Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(rect, 5, 5)
        if named:
            self._words(painter, place, rect, scale)
        self._rings(painter, place, rect, radius, scale)
        painter.setOpacity(1.0)

    def _words(self, painter: QPainter, place: int, rect: QRectF, scale: float) -> None:
        look, end = LOOK.now, self.scene.folded.boxes[place].family is Family.EDGE
        if not end:
            ink(painter, None, self.colors[place])
            painter.drawRoundedRect(QRectF(rect.left() + 3, rect.top() + 5, BAR, rect.height() - 10), 2, 2)
        room = rect.adjusted(18 if end else 15, 5, -10, -5)
        both = scale >= WORDS_FROM
        painter.setPen(look.color("text"))
        size = NAME if both else ALONE
        painter.setFont(_font(size))
        top = QRectF(room.left(), room.top(), room.width(), room.height() / 2) if both else room
        painter.drawText(top, MIDDLE, self._text(place, size, room.width()))
        if both:
            painter.setPen(look.color("muted"))
            painter.setFont(_font(WORDS))
            below = QRectF(room.left(), room.center().y(), room.width(), room.height() / 2)
            painter.drawText(below, MIDDLE, self._text(place, WORDS, room.width()))

    def _text(self, place: int, size: int, width: float) -> str:
        """The line of a box that has this size, cut where there is no room: names at their beginning, shapes last."""
        if (place, size) not in self._cut:
            box = self.scene.folded.boxes[place]
            metrics = QFontMetricsF(_font(size))
            text, end, mode = box.title, "", Qt.TextElideMode.ElideLeft
            if size == WORDS:
                text, mode = second_line(box), Qt.TextElideMode.ElideRight
                kind, dot, shape = text.rpartition(DOT)
                if kind and metrics.horizontalAdvance(dot + shape) + LEAST_KIND <= width:
                    text, end = kind, dot + shape
            room = width - metrics.horizontalAdvance(end)
            self._cut[place, size] = elided(metrics, text, room, mode, given=True) + end
        return self._cut[place, size]

    def _rings(self, painter: QPainter, place: int, rect: QRectF, radius: float, scale: float) -> None:
        """About a box that a search found, dashed, and about the selected one."""
        for on, token, width, style in (
            (place in self.marks.hits, "warn", 2.0, Qt.PenStyle.DashLine),
            (place == self.marks.selected, "accent", 3.0, Qt.PenStyle.SolidLine),
        ):
            if on:
                ink(painter, QPen(LOOK.now.color(token), max(width, width * 0.7 / scale), style), None)
                painter.drawRoundedRect(rect.adjusted(-2, -2, 2, 2), radius + 2, radius + 2)


@cache
def _font(size: int) -> QFont:
    font = number_font(size)
    font.setWeight(QFont.Weight.Normal if size == WORDS else QFont.Weight.DemiBold)
    return font


def _head(painter: QPainter, tip: list[float]) -> None:
    """An arrow head that points down at a box."""
    x, y = tip
    painter.drawPolygon(QPolygonF([QPointF(x, y), QPointF(x - 3.5, y - 7), QPointF(x + 3.5, y - 7)]))
