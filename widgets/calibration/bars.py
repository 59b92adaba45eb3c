"""The error of each view as bars: the fit's, and as a tick the one with the view left out. A click shows the view.

Views that are off are drawn hollow. The dashed line is the RMS over all views.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip

from engines.calibration.types import MonoResult, ViewResult
from engines.core.words import tr
from widgets.calibration.state import pixels
from widgets.charts.axes import STEPS
from widgets.charts.drawn import DrawnChart, around
from widgets.kit.access.elided import elided
from widgets.kit.theme import LOOK, number_font

LEAST_LEFT, TOP, BOTTOM = 40.0, 26.0, 20.0
VIEW = tr("view")
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class ErrorAxis:
    """`top`: the largest value shown. `step`: between two lines. `decimals`: that the labels need."""

    top: float
    step: float
    decimals: int

    @classmethod
    def over(cls, largest: float) -> ErrorAxis:
        """Two to four round steps up to a little over `largest`."""
        rough = max(largest, 1e-6) * 1.02 / 4
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * factor for factor in STEPS if power * factor >= rough)
        lines = -(-largest * 1.02 // step)
        text = f"{step:.6f}".rstrip("0")
        return cls(step * lines, step, len(text.partition(".")[2]))


class ViewBars(DrawnChart):
    """`chosen(path)` when a bar is clicked or walked to with the arrow keys."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__(tr("Error of each view"))
        self._views: tuple[ViewResult, ...] = ()
        self._rms = 0.0
        self._selected = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_result(self, result: MonoResult, selected: str) -> None:
        """`selected`: path of the view that is shown."""
        self._views = tuple(view for view in result.views if view.rms_px is not None)
        self._rms, self._selected = result.rms_px, selected
        self.setAccessibleDescription(
            tr("{count} views, RMS {rms_px} px", count=len(self._views), rms_px=pixels(result.rms_px))
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 168)

    def bar(self, index: int) -> QRectF:
        """Where the index-th view's column is, the whole height of the chart."""
        plot = self._plot()
        wide = plot.width() / max(1, len(self._views))
        return QRectF(plot.left() + index * wide, plot.top(), wide, plot.height())

    def table(self) -> list[list[str]]:
        return [["view", "used", "rms_px", "left_out_rms_px"]] + [
            [view.name, "yes" if view.used else "no", *("" if error is None else f"{error:.6f}" for error in both)]
            for view in self._views
            for both in [(view.rms_px, view.loo_rms_px)]
        ]

    def axes(self) -> Sequence[tuple[str, QRectF]]:
        return around(self._plot(), VIEW, "px") if self._views else ()

    def _draw(self, painter: QPainter) -> None:
        if not self._views:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        axis = ErrorAxis.over(max(max(view.rms_px or 0, view.loo_rms_px or 0) for view in self._views))
        self._paint_axis(painter, axis)
        for index, view in enumerate(self._views):
            self._paint_bar(painter, index, view, axis)
        self._paint_line(painter, axis)
        self._paint_legend(painter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.chosen.emit(self._views[index].path)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.setCursor(Qt.CursorShape.ArrowCursor if self._hovered < 0 else Qt.CursorShape.PointingHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        paths = list(dict.fromkeys(view.path for view in self._views))
        if step is None or not paths:
            super().keyPressEvent(event)
            return
        now = paths.index(self._selected) if self._selected in paths else 0
        self.chosen.emit(paths[max(0, min(len(paths) - 1, now + step))])

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.words(index) if index >= 0 else "", self)
            return True
        return super().event(event)

    def words(self, index: int) -> str:
        """Name and values of a view."""
        view = self._views[index]
        left_out = (
            tr(", left out {loo_rms_px} px", loo_rms_px=pixels(view.loo_rms_px)) if view.loo_rms_px is not None else ""
        )
        return f"{index + 1}. {view.name}: {pixels(view.rms_px)} px{left_out}{'' if view.used else ' (off)'}"

    def _plot(self) -> QRectF:
        return QRectF(self._left, TOP, max(1.0, self.width() - self._left), max(1.0, self.height() - TOP - BOTTOM))

    def _at(self, place: QPointF) -> int:
        return next((index for index in range(len(self._views)) if self.bar(index).contains(place)), -1)

    @property
    def _left(self) -> float:
        """Room for the values and for what the numbers below are called."""
        return max(LEAST_LEFT, QFontMetricsF(number_font(11)).horizontalAdvance(VIEW) + 8)

    @property
    def _hovered(self) -> int:
        return -1 if self._cursor is None else self._at(self._cursor)

    def _y(self, value: float, axis: ErrorAxis) -> float:
        plot = self._plot()
        return plot.bottom() - plot.height() * value / axis.top

    def _paint_axis(self, painter: QPainter, axis: ErrorAxis) -> None:
        plot = self._plot()
        painter.setFont(number_font(11))
        value = 0.0
        while value <= axis.top * 1.001:
            y = self._y(value, axis)
            painter.setPen(QPen(LOOK.now.color("muted", 0.15 if value else 0.5), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(LOOK.now.color("muted"))
            label = QRectF(0, y - 8, self._left - 6, 16)
            painter.drawText(
                label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:.{axis.decimals}f}"
            )
            value += axis.step
        painter.drawText(QRectF(0, 0, self._left - 6, 16), RIGHT, "px")
        self._paint_numbers(painter, plot)

    def _paint_numbers(self, painter: QPainter, plot: QRectF) -> None:
        """Of as many views as there is room for, from the first."""
        foot = QRectF(0, plot.bottom() + 3, self._left - 6, 16)
        painter.drawText(foot, RIGHT, VIEW)
        widest = QFontMetricsF(painter.font()).horizontalAdvance(str(len(self._views))) + 8
        every = math.ceil(widest * len(self._views) / plot.width())
        for index in range(0, len(self._views), every):
            middle = self.bar(index).center().x()
            painter.drawText(QRectF(middle - 20, foot.top(), 40, 16), Qt.AlignmentFlag.AlignCenter, str(index + 1))

    def _paint_bar(self, painter: QPainter, index: int, view: ViewResult, axis: ErrorAxis) -> None:
        column = self.bar(index)
        chosen = view.path == self._selected
        if chosen or index == self._hovered:
            painter.fillRect(column, LOOK.now.color("accent", 0.16) if chosen else LOOK.now.color("raised"))
        wide = min(18.0, column.width() * 0.62)
        box = QRectF(column.center().x() - wide / 2, self._y(view.rms_px or 0.0, axis), wide, 0)
        box.setBottom(column.bottom())
        painter.setPen(Qt.PenStyle.NoPen if view.used else QPen(LOOK.now.color("muted"), 1))
        painter.setBrush(LOOK.now.nth(0) if view.used else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, min(2.0, wide / 4), min(2.0, wide / 4))
        if view.loo_rms_px is not None and view.used:
            y = self._y(view.loo_rms_px, axis)
            painter.setPen(QPen(LOOK.now.nth(1), 2))
            painter.drawLine(QPointF(box.left() - 2, y), QPointF(box.right() + 2, y))

    def _paint_line(self, painter: QPainter, axis: ErrorAxis) -> None:
        plot, y = self._plot(), self._y(min(self._rms, axis.top), axis)
        pen = QPen(LOOK.now.color("text", 0.7), 1)
        pen.setDashPattern([4.0, 4.0])
        painter.setPen(pen)
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))

    def _paint_legend(self, painter: QPainter) -> None:
        """What is under the cursor at the left, the three marks at the right."""
        metrics = QFontMetricsF(number_font(11))
        painter.setFont(number_font(11))
        if self._hovered >= 0:
            painter.setPen(LOOK.now.color("text"))
            room = QRectF(self._left, 0, self.width() - self._left, 16)
            words = elided(metrics, self.words(self._hovered), room.width(), Qt.TextElideMode.ElideMiddle)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
            return
        left_out = any(view.loo_rms_px is not None for view in self._views)
        x = self._left
        for words, kind in ((tr("fit"), 0), (tr("left out"), 1), (tr("RMS of all"), 2)):
            if kind == 1 and not left_out:
                continue
            x = self._paint_mark(painter, x, kind) + 5
            painter.setPen(LOOK.now.color("muted"))
            width = metrics.horizontalAdvance(words)
            painter.drawText(QRectF(x, 0, width + 2, 16), Qt.AlignmentFlag.AlignVCenter, words)
            x += width + 14

    def _paint_mark(self, painter: QPainter, x: float, kind: int) -> float:
        """One sign of the legend; where it ends."""
        if kind == 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(LOOK.now.nth(0))
            painter.drawRoundedRect(QRectF(x, 3, 10, 10), 2, 2)
            return x + 10
        pen = QPen(LOOK.now.nth(1), 2) if kind == 1 else QPen(LOOK.now.color("text", 0.7), 1)
        if kind == 2:
            pen.setDashPattern([4.0, 4.0])
        painter.setPen(pen)
        painter.drawLine(QPointF(x, 8), QPointF(x + 14, 8))
        return x + 14
