"""Two rectified pictures side by side with lines across both, which can be dragged, and the depth under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, QLineF, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent

from engines.core.words import tr
from widgets.calibration.rig.pages.pair_view import PairView, beside, depth_picture, depth_words, laid_over
from widgets.viewer.image_view import ImageView
from widgets.viewer.overlays import HALO, Overlay, Points, overlay_color
from widgets.viewer.picture import Viewport

if TYPE_CHECKING:
    from engines.calibration.rig.pairs.depth import Seen

Showing = Literal["pictures", "over", "depth"]
LINES = (0.15, 0.325, 0.5, 0.675, 0.85)
"""Where they lie at first, as shares of the picture."""
REACH = 6.0
"""Pixels of the screen from which a line is taken hold of."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines across the whole picture: at rows, or at columns where `upright`. held: number of the one in hand."""

    places: Sequence[float]
    upright: bool = False
    held: int = -1

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        for number, place in enumerate(self.places):
            color = overlay_color("warn" if number == self.held else "accent")
            line = self._line(place, viewport)
            for pen in (QPen(HALO, 3.0), QPen(color, 1.0 if number != self.held else 1.5)):
                painter.setPen(pen)
                painter.drawLine(line)

    def _line(self, place: float, viewport: Viewport) -> QLineF:
        if self.upright:
            return QLineF(viewport.to_widget(place, -0.5), viewport.to_widget(place, viewport.height - 0.5))
        return QLineF(viewport.to_widget(-0.5, place), viewport.to_widget(viewport.width - 0.5, place))


class PairPicture(ImageView):
    """Drag a line to see whether both cameras show the same along it; up and down move the one taken last."""

    def __init__(self) -> None:
        super().__init__(tr("Rectified pictures of both cameras"))
        self.setAccessibleDescription(
            tr("Drag a line up or down; the arrow keys move the one taken last, the tab key goes on. Wheel zooms")
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lines = list(LINES)
        self.last = len(LINES) // 2
        self.seen: Seen | None = None
        self.showing: Showing = "pictures"
        self._held = -1
        self._with_lines = True
        self.stacked = False
        self._view = PairView()

    def show_pair(self, view: PairView, showing: Showing, with_lines: bool) -> None:
        """The pictures, or the first one and its depth."""
        self._view = view
        self.seen, self.showing, self._with_lines = view.seen, showing, with_lines
        if view.seen is None:
            self.clear(view.note)
            return
        seen = view.seen
        self.stacked = self._stacks(seen)
        if showing == "over":
            self.set_image(laid_over(seen.first, seen.depth, view.near, view.far))
        else:
            other = depth_picture(seen.depth, view.near, view.far) if showing == "depth" else seen.second
            self.set_image(beside(seen.first, other, self.stacked))
        self._mark()

    def _stacks(self, seen: Seen) -> bool:
        """One above the other: as the cameras stand, and a picture and its depth as there is more room."""
        high, wide = seen.first.shape[:2]
        if self.showing == "pictures":
            return seen.depth.how.vertical
        return self.width() * high < self.height() * wide * 2**0.5

    @property
    def has_lines(self) -> bool:
        """They tell whether both pictures show the same."""
        return self._with_lines and self.showing == "pictures" and self.seen is not None

    @property
    def upright(self) -> bool:
        """Columns match instead of rows."""
        return self.seen is not None and self.seen.depth.how.vertical

    def words_at(self, x: float, y: float) -> str:
        """The pixel, and how far what it shows is."""
        seen = self.seen
        value = self.value_at(x, y)
        if seen is None or not value:
            return value
        x, y, is_second = self._own(x, y)
        if is_second and self.showing == "pictures":
            return f"{round(x)}, {round(y)}   {value}"
        return f"{round(x)}, {round(y)}   {depth_words(seen.depth, x, y)}"

    def match_of(self, x: float, y: float) -> tuple[float, float] | None:
        """Where the second picture shows what the first shows at a pixel, in the whole; None where not known."""
        seen = self.seen
        found = None if seen is None else seen.depth.at(x, y)
        if seen is None or found is None:
            return None
        how = seen.depth.how
        first, second = ((one.cy if how.vertical else one.cx) for one in how.straight)
        disparity = how.focal * how.baseline / found[0] * (-1 if how.swapped else 1) + first - second
        high, wide = seen.first.shape[:2]
        return (x, y - disparity + high) if how.vertical else (x - disparity + wide, y)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = self._near(event.position()) if event.button() == Qt.MouseButton.LeftButton else -1
        if self._held < 0:
            super().mousePressEvent(event)
            return
        self.last = self._held
        self._mark()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held >= 0 and self.viewport is not None:
            at = self.viewport.to_image(event.position())
            self._move(self._held, at[0 if self.upright else 1])
            return
        near = self._near(event.position())
        shape = Qt.CursorShape.SplitHCursor if self.upright else Qt.CursorShape.SplitVCursor
        self.setCursor(shape) if near >= 0 else self.unsetCursor()
        super().mouseMoveEvent(event)
        self._mark(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = -1
        super().mouseReleaseEvent(event)
        self._mark()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.seen is not None and self._stacks(self.seen) != self.stacked:
            self.show_pair(self._view, self.showing, self._with_lines)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._mark()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        back, on = (Qt.Key.Key_Left, Qt.Key.Key_Right) if self.upright else (Qt.Key.Key_Up, Qt.Key.Key_Down)
        if event.key() in (back, on) and self.viewport is not None and self.has_lines:
            self._move(self.last, self._places()[self.last] + (1 if event.key() == on else -1))
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.last = (self.last + (1 if event.key() == Qt.Key.Key_PageDown else -1)) % len(self.lines)
            self._mark()
        else:
            super().keyPressEvent(event)

    # Within

    def _length(self) -> int:
        return 1 if self.viewport is None else self.viewport.width if self.upright else self.viewport.height

    def _places(self) -> list[float]:
        return [share * (self._length() - 1) for share in self.lines]

    def _move(self, number: int, to: float) -> None:
        self.lines[number] = min(max(to / max(self._length() - 1, 1), 0.0), 1.0)
        self._mark()

    def _near(self, at: QPointF) -> int:
        """The line under a place of the widget, -1 for none."""
        if self.viewport is None or not self.has_lines:
            return -1
        here = at.x() if self.upright else at.y()
        spots = [self.viewport.to_widget(place, place) for place in self._places()]
        off = [abs((spot.x() if self.upright else spot.y()) - here) for spot in spots]
        best = min(range(len(off)), key=off.__getitem__)
        return best if off[best] <= REACH else -1

    def _own(self, x: float, y: float) -> tuple[float, float, bool]:
        """A place of the whole in the picture that it belongs to, and whether that is the second."""
        if self.seen is None:
            return x, y, False
        high, wide = self.seen.first.shape[:2]
        if self.showing == "over":
            return x, y, False
        if self.stacked:
            return x, y - high * (y >= high - 0.5), y >= high - 0.5
        return x - wide * (x >= wide - 0.5), y, x >= wide - 0.5

    def _mark(self, cursor: QPointF | None = None) -> None:
        """Lines, and under the cursor what belongs together in both pictures."""
        overlays: list[Overlay] = []
        if self.has_lines:
            overlays.append(
                Lines(self._places(), self.upright, self.last if self._held >= 0 or self.hasFocus() else -1)
            )
        if cursor is not None and self.viewport is not None and self.seen is not None:
            x, y, is_second = self._own(*self.viewport.to_image(cursor))
            match = None if is_second else self.match_of(x, y)
            if match is not None and self.showing == "pictures":
                overlays.append(Points([(x, y), match], "warn", 6.0, "cross"))
        self.set_overlays(overlays)
