"""Nine points over the whole screen, one after the other, to be looked at: a ring that closes on each.

A ring draws the eye to its middle and nothing blinks. Each point has its time; Space goes on sooner, Escape leaves.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from engines.core.clock import Clock, monotonic
from engines.core.words import tr
from widgets.kit.fields import describe
from widgets.kit.ink import ink
from widgets.kit.theme import LOOK, number_font

EDGE = 0.08
"""How far the outer points are from the edge, as a part of the screen."""
PLACES = tuple(
    (x, y)
    for y, row in ((EDGE, (EDGE, 0.5, 1 - EDGE)), (0.5, (1 - EDGE, 0.5, EDGE)), (1 - EDGE, (EDGE, 0.5, 1 - EDGE)))
    for x in row
)
"""Where the points are, in parts of the screen: to and fro, so that the eye has a short way."""
DWELL, LEAST = 1.8, 0.8
"""Seconds that a point is shown; seconds before Space goes on."""
WIDE, NARROW, DOT = 46.0, 9.0, 3.0
TICK = 16
WORDS = tr("Look at the dot until the ring has closed, with the head at ease.")
KEYS = tr("Space: next point \u00b7 Esc: cancel")


class GazeScreen(QWidget):
    """`targetShown(n)` when point n appears, `looked(n)` when its time is over; `cancelled` when the user leaves."""

    targetShown = Signal(int)
    looked = Signal(int)
    cancelled = Signal()

    def __init__(self, clock: Clock = monotonic) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.target = -1
        self._clock, self._since = clock, 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self.advance)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setWindowTitle(tr("Gaze calibration"))
        describe(self, tr("Gaze calibration"))
        self.setAccessibleDescription(f"{WORDS} {KEYS}")

    def begin(self) -> None:
        """Cover the first screen and show the first point."""
        shown = QGuiApplication.primaryScreen()
        self.setGeometry(shown.geometry())
        self.showFullScreen()
        self.activateWindow()
        self.setFocus()
        self._timer.start()
        self._show(0)

    def place(self, target: int) -> tuple[float, float]:
        """Where a point is, in pixels of the screen."""
        x, y = PLACES[target]
        return x * self.width(), y * self.height()

    def advance(self) -> None:
        """Repaint the ring; go on where the time is over."""
        if self.target < 0:
            return
        if self._clock() - self._since >= DWELL:
            self._go_on()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            if self.target >= 0 and self._clock() - self._since >= LEAST:
                self._go_on()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        running, self.target = self.target >= 0, -1
        self._timer.stop()
        super().closeEvent(event)
        if running:
            self.cancelled.emit()

    def _show(self, target: int) -> None:
        self.target, self._since = target, self._clock()
        self.targetShown.emit(target)
        self.update()

    def _go_on(self) -> None:
        """The one who listens may close this window at the last point; else it closes itself."""
        done, last = self.target, self.target + 1 == len(PLACES)
        if last:
            self.target = -1
            self._timer.stop()
        self.looked.emit(done)
        if last:
            self.close()
        elif self.target == done:
            self._show(done + 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = LOOK.now, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), look.color("base"))
        if self.target < 0:
            return
        self._draw_words(painter)
        x, y = self.place(self.target)
        share = min(max((self._clock() - self._since) / DWELL, 0.0), 1.0)
        reach = WIDE + (NARROW - WIDE) * share
        ink(painter, QPen(look.color("accent"), 3), None)
        painter.drawEllipse(QPointF(x, y), reach, reach)
        ink(painter, None, look.color("text"))
        painter.drawEllipse(QPointF(x, y), DOT, DOT)

    def _draw_words(self, painter: QPainter) -> None:
        """Below the middle, where no point is."""
        look = LOOK.now
        top = self.height() * 0.64
        for size, token, words in (
            (15, "text", WORDS),
            (13, "muted", tr("{target} of {count}  {keys}", target=self.target + 1, count=len(PLACES), keys=KEYS)),
        ):
            painter.setFont(number_font(size))
            painter.setPen(look.color(token))
            painter.drawText(QRectF(0, top, self.width(), 28), Qt.AlignmentFlag.AlignCenter, words)
            top += 30
