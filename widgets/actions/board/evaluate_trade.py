"""The threshold's trade-off as curves: events that are right, events that are found, false alarms and delay.

Figures are those of the thresholds that were measured, nothing between: slider and marker go from one to the next.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from engines.actions.study_types import TradeOff
from engines.core.words import tr
from widgets.actions.board.evaluate_curves import BARE, SnapPlot
from widgets.actions.board.evaluate_words import known, nearest, threshold_words
from widgets.charts.band import Mark
from widgets.charts.plot import Series
from widgets.kit.fields import wrapped
from widgets.kit.layouts import column_of, row_of
from widgets.kit.slider import ClickSlider
from widgets.kit.theme import number_font

PRECISION, RECALL, ALARMS, DELAY = 2, 4, 5, 6
ENDS = (0.0, 1.0)
HEIGHTS = (190, 132, 132)
HANDLE = 6
"""Pixels from the end of the slider to the middle of its handle."""
REST_MS = 250
TIP = tr("An event begins where an action's probability reaches this. Drag here or on the curves.")


class TradePlot(SnapPlot):
    """`moved(x)` while the marker is dragged to an x of the axis."""

    moved = Signal(float)

    def __init__(self, name: str, y_title: str, *, shares: bool = False) -> None:
        super().__init__(name, tr("Threshold"), y_title, shares=shares)
        self.dragging = False
        self.setCursor(Qt.CursorShape.SplitHCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self.series:
            super().mousePressEvent(event)
            return
        self.dragging = True
        self._move_cross(None)
        self._tell(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.dragging:
            self._tell(event)
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.dragging = False
        super().mouseReleaseEvent(event)

    def _box(self) -> QRectF:
        """A little lower, so that the highest tick keeps clear of the title."""
        return super()._box().adjusted(0, 6, 0, 0)

    def span(self, first: float, last: float) -> tuple[float, float]:
        """Pixels of two thresholds."""
        box = self._box()
        return box.left() + box.width() * self._x.share(first), box.left() + box.width() * self._x.share(last)

    def _tell(self, event: QMouseEvent) -> None:
        self.moved.emit(min(max(self._x_at(self._box(), event.position().x()), 0.0), 1.0))


class TradePanel(QWidget):
    """Three charts over the same thresholds, a slider below them, and the chosen threshold in a sentence.

    What comes back from outside while the user drags, and shortly after, waits: it may be older than the hand.
    """

    thresholdChanged = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.words = wrapped("heading")
        self.words.setFont(number_font())
        self.shares = TradePlot(tr("Precision and recall"), tr("Events"), shares=True)
        self.alarms = TradePlot(tr("False alarms"), tr("False alarms a minute"))
        self.delay = TradePlot(tr("Delay"), tr("Delay of found events, s"))
        self.slider = ClickSlider(tr("Threshold"), TIP)
        self._trade: TradeOff | None = None
        self._asked = 0.5
        self._index = -1
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._settle)
        self._lay_out()
        self._wire()
        self._show_curves()

    @property
    def plots(self) -> tuple[TradePlot, TradePlot, TradePlot]:
        return self.shares, self.alarms, self.delay

    @property
    def threshold(self) -> float | None:
        """The one that is marked."""
        return self._trade.thresholds[self._index] if self._trade is not None and self._index >= 0 else None

    def show_trade(self, trade: TradeOff | None, threshold: float) -> None:
        """`threshold`: as chosen; the nearest measured one is marked."""
        self._asked = threshold
        fresh = trade is not self._trade and trade != self._trade
        if fresh:
            self._trade = trade if trade is not None and trade.thresholds else None
            self._index = -1
            self._show_curves()
        if fresh or not self._held():
            self._settle_at(threshold)

    def _held(self) -> bool:
        """Whether the user is at it."""
        return self.slider.isSliderDown() or self._rest.isActive() or any(plot.dragging for plot in self.plots)

    def _settle(self) -> None:
        """The hand is off: what is chosen outside counts."""
        if self.slider.isSliderDown() or any(plot.dragging for plot in self.plots):
            self._rest.start()
        else:
            self._settle_at(self._asked)

    def _settle_at(self, threshold: float) -> None:
        if self._trade is not None:
            self._mark(nearest(self._trade.thresholds, threshold))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_slider()

    def _move(self, threshold: float) -> None:
        """The marker was dragged."""
        if self._trade is not None:
            self._choose(nearest(self._trade.thresholds, threshold))

    def _choose(self, index: int) -> None:
        if self._trade is None or index == self._index:
            return
        self._mark(index)
        self._rest.start()
        self.thresholdChanged.emit(self._trade.thresholds[index])

    def _mark(self, index: int) -> None:
        """Put slider, marker and sentence there; says nothing."""
        if self._trade is None or index == self._index:
            return
        self._index = index
        at = self._trade.thresholds[index]
        with QSignalBlocker(self.slider):
            self.slider.setValue(index)
        for plot in self.plots:
            plot.set_uprights([Mark(at, f"{at:.2f}" if plot is self.shares else "", chosen=True)])
        self.words.setText(threshold_words(self._trade, index))
        self.slider.setAccessibleDescription(self.words.text())

    def _show_curves(self) -> None:
        trade = self._trade
        self.slider.setEnabled(trade is not None)
        for part in (self.words, self.slider, self.alarms, self.delay):
            part.setVisible(trade is not None)
        self.shares.setFixedHeight(HEIGHTS[0] if trade is not None else BARE)
        if trade is None:
            self.words.setText("")
            for plot in self.plots:
                plot.show_lines(())
                plot.set_uprights(())
            return
        self.slider.setRange(0, len(trade.thresholds) - 1)
        at = trade.thresholds
        self.shares.show_lines(
            [
                Series(tr("right (precision)"), at, trade.precision, place=PRECISION, style=0),
                Series(tr("found (recall)"), at, trade.recall, place=RECALL, style=1),
            ]
        )
        self.shares.set_ranges(ENDS, (0.0, 1.04))
        self.alarms.show_lines([Series(tr("false alarms a minute"), at, trade.false_alarms, place=ALARMS, style=0)])
        self.alarms.set_ranges(ENDS, (0.0, max(*trade.false_alarms, 0.5) * 1.1))
        self._show_delay(trade)
        self._line_up()

    def _show_delay(self, trade: TradeOff) -> None:
        late = [
            (x, y) for x, value in zip(trade.thresholds, trade.delay, strict=True) if (y := known(value)) is not None
        ]
        self.delay.setVisible(bool(late))
        self.delay.show_lines(
            [Series(tr("seconds late"), [x for x, _ in late], [y for _, y in late], place=DELAY, style=0)]
        )
        low, high = min((y for _, y in late), default=0.0), max((y for _, y in late), default=1.0)
        room = max(high - min(low, 0.0), 0.1) * 0.1
        self.delay.set_ranges(ENDS, (min(low - room, 0.0), max(high + room, 0.1)))

    def _line_up(self) -> None:
        """Axes and slider begin and end together."""
        room = max(plot.left_room for plot in self.plots)
        for plot in self.plots:
            plot.set_left_room(room)
        self._place_slider()

    def _place_slider(self) -> None:
        """Its handle stands under the marker."""
        if self._trade is None or not self.width():
            return
        left, right = self.shares.span(self._trade.thresholds[0], self._trade.thresholds[-1])
        self._foot.setContentsMargins(
            max(round(left) - HANDLE, 0), 0, max(round(self.shares.width() - right) - HANDLE, 0), 0
        )

    def _lay_out(self) -> None:
        self.shares.set_nothing(tr("The trade-off of the threshold is not measured"))
        for plot, high in zip(self.plots, HEIGHTS, strict=True):
            plot.setFixedHeight(high)
        self._foot = row_of(self.slider)
        self.setLayout(column_of(self.words, self.shares, self._foot, self.alarms, self.delay, spacing=4))

    def _wire(self) -> None:
        self.slider.valueChanged.connect(self._choose)
        for plot in self.plots:
            plot.moved.connect(self._move)
            plot.crossed.connect(self._follow_cross)

    def _follow_cross(self, x: float) -> None:
        for plot in self.plots:
            plot.set_cross(None if x != x else x)
