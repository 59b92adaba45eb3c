"""Overlays on the picture: the body as lines, and a pill with what is happening now.

A part of the body that is hardly visible is drawn faint, one that is not is left out. A class has its colour of the
timeline, as a mark with its dash; the background stays quiet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from engines.actions.types import POSE_LINES, BodyPose, Watched, WatchSettings
from widgets.actions.words import Seen, seen_now
from widgets.charts.class_colors import class_color, class_dash, place_of
from widgets.kit.access.elided import elided
from widgets.kit.theme import DARK, number_font
from widgets.viewer.overlays import HALO, Caption, Overlay, draw_base, overlay_color
from widgets.viewer.picture import Viewport

VISIBLE, FAINT = 0.5, 0.2
"""How visible a point is from which on it is drawn in full, or faint."""
FACE = 11
"""Points below this are of the face."""
JOINTS = (*range(11, 17), *range(23, 29))
"""Points with a dot: shoulders to wrists, hips to ankles."""
SMALL = 220.0
"""Bodies of a smaller region on the screen, in pixels, are drawn without the face."""
HEIGHT, MARK, ROOM = 28.0, 16.0, 8.0


def overlays_of(watched: Watched, settings: WatchSettings, classes: Sequence[str] = ()) -> list[Overlay]:
    """Everything to draw on the frame of `watched.stamp`.

    classes: in the order that colours go by, () for the model's.
    """
    made: list[Overlay] = [Skeleton(pose) for pose in watched.poses]
    now = seen_now(watched, settings.threshold)
    if now is not None:
        made.append(ActionPill(replace(now, place=place_of(now.action, classes)) if classes else now))
    if watched.note:
        made.append(Caption(watched.note, "bottom-left", "warn"))
    return made


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The lines of one body."""

    pose: BodyPose

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        places = [viewport.to_widget(x, y) for x, y in self.pose.points]
        face = self.pose.region[2] * viewport.scale >= SMALL
        sure, faint = self._lines(places, face)
        for lines, alpha, width in ((faint, 0.4, 1.5), (sure, 1.0, 2.0)):
            for pen in _pens(alpha, width):
                painter.setPen(pen)
                painter.drawLines(lines)
        painter.setPen(QPen(HALO, 1.0))
        painter.setBrush(overlay_color("text"))
        for at in [places[joint] for joint in JOINTS if self.pose.visible[joint] >= VISIBLE]:
            painter.drawEllipse(at, 2.5, 2.5)

    def _lines(self, places: list[QPointF], face: bool) -> tuple[list[QLineF], list[QLineF]]:
        """Those that are visible, and those that hardly are."""
        sure, faint = list[QLineF](), list[QLineF]()
        for start, end in POSE_LINES:
            seen = min(self.pose.visible[start], self.pose.visible[end])
            if seen >= FAINT and (face or max(start, end) >= FACE):
                (sure if seen >= VISIBLE else faint).append(QLineF(places[start], places[end]))
        return sure, faint


@dataclass(frozen=True, slots=True)
class ActionPill:
    """The present action at the top left of the picture: a mark in the class's colour, its name, its probability.

    What is below the threshold is written in gray.
    """

    seen: Seen

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        words = QFontMetricsF(number_font(13))
        left, top = max(viewport.left, 0.0) + ROOM, max(viewport.top, 0.0) + ROOM
        wide = words.horizontalAdvance(self.seen.words) + words.horizontalAdvance("100 %") + MARK + 5 * ROOM
        most = min(viewport.left + viewport.width * viewport.scale, viewport.view_width) - left - ROOM
        box = QRectF(left, top, max(min(wide, most), HEIGHT), HEIGHT)
        draw_base(painter, box, HEIGHT / 2)
        self._paint_mark(painter, QPointF(box.left() + 1.5 * ROOM, box.center().y()))
        inner = box.adjusted(MARK + 2 * ROOM, 0, -1.5 * ROOM, 0)
        painter.setFont(number_font(13))
        quiet = self.seen.place < 0 or not self.seen.sure
        painter.setPen(DARK.color("muted" if quiet else "text"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, self.seen.percent)
        rest = inner.adjusted(0, 0, -words.horizontalAdvance("100 %") - ROOM, 0)
        shown = elided(painter.fontMetrics(), self.seen.words, int(rest.width()) + 2, given=True)
        painter.drawText(rest, middle | Qt.AlignmentFlag.AlignLeft, shown)

    def _paint_mark(self, painter: QPainter, start: QPointF) -> None:
        """A stroke as on the timeline; the background has a ring."""
        if self.seen.place < 0:
            painter.setPen(QPen(DARK.color("muted"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(start + QPointF(MARK / 2, 0), 4, 4)
            return
        pen = QPen(class_color(self.seen.place, DARK), 4.0, class_dash(self.seen.place))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(start, start + QPointF(MARK, 0))


def _pens(alpha: float, width: float) -> tuple[QPen, QPen]:
    halo = QColor(HALO)
    halo.setAlphaF(HALO.alphaF() * alpha)
    made = QPen(halo, width + 2.0), QPen(overlay_color("accent", alpha), width)
    for pen in made:
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return made
