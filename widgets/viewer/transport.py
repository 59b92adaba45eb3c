"""The bar under a recording: play, step, seek, loop, speed."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from engines.core.words import tr
from widgets.kit.fields import QuietButton
from widgets.kit.labels import Label
from widgets.kit.layouts import KEPT_CLEAR, row_of
from widgets.kit.slider import ClickSlider
from widgets.kit.theme import number_font

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
STEPS = 10_000
ROOM_FOR_TIME = 250
ROOM_FOR_ALL = 330


class SpeedButton(QuietButton):
    """A word, "2x", with a menu of speeds. `speedChosen` tells the one that the user takes."""

    speedChosen = Signal(float)

    def __init__(self) -> None:
        super().__init__("1x", "", tr("How fast it plays"), name=tr("Speed"))
        self._speeds = QActionGroup(self)
        self.setMenu(self._menu())
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._speeds.triggered.connect(self._choose)

    def set_speed(self, speed: float) -> None:
        self.setText(speed_words(speed))
        for action in self._speeds.actions():
            action.setChecked(action.data() == speed)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for speed in SPEEDS:
            action = QAction(speed_words(speed), menu, checkable=True, checked=speed == 1.0)
            action.setData(speed)
            self._speeds.addAction(action)
            menu.addAction(action)
        return menu

    def _choose(self, action: QAction) -> None:
        self.setText(action.text())
        self.speedChosen.emit(float(action.data()))


class TransportBar(QWidget):
    """What it shows comes by `set_position` and `set_playing`; its other buttons are to be connected."""

    sought = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._duration = 0.0
        self.play = QuietButton("", "play", tr("Play or pause (Space)"), name=tr("Play"))
        self.back = QuietButton("", "step-back", tr("One frame back"), name=tr("Step back"))
        self.forward = QuietButton("", "step-forward", tr("One frame on"), name=tr("Step forward"))
        self.slider = ClickSlider(tr("Position"), tr("Click or drag to another time"), STEPS)
        self.slider.setPageStep(STEPS // 20)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setMinimumWidth(40)
        self.time = Label("0:00.0", "hint")
        self.time.setFont(number_font(11))
        self.loop = QuietButton("", "loop", tr("Begin again at the end"), name=tr("Loop"), checkable=True)
        self.speed = SpeedButton()
        parts = self.play, self.back, self.forward, 4, (self.slider, 1), 8, self.time, 4, self.loop, self.speed
        self.setLayout(row_of(*parts, margins=(4, 0, 4, 0)))
        self.setFixedHeight(32)
        self.setProperty(KEPT_CLEAR, True)
        self.slider.valueChanged.connect(lambda value: self.sought.emit(value / STEPS * self._duration))

    def set_position(self, seconds: float, duration: float) -> None:
        """Where it is. A slider that is being dragged is left alone."""
        self._duration = duration
        self.time.setText(f"{clock_words(seconds)} / {clock_words(duration)}")
        self.slider.setAccessibleDescription(self.time.text())
        if not self.slider.isSliderDown() and duration > 0:
            with QSignalBlocker(self.slider):
                self.slider.setValue(round(STEPS * min(seconds / duration, 1.0)))

    def set_playing(self, playing: bool) -> None:
        self.play.set_icon("pause" if playing else "play")
        self.play.setAccessibleName(tr("Pause") if playing else tr("Play"))

    def set_mode(self, loop: bool, speed: float) -> None:
        with QSignalBlocker(self.loop):
            self.loop.setChecked(loop)
        self.speed.set_speed(speed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.time.setVisible(self.width() >= ROOM_FOR_TIME)
        self.loop.setVisible(self.width() >= ROOM_FOR_ALL)
        self.speed.setVisible(self.width() >= ROOM_FOR_ALL)
        super().resizeEvent(event)


def clock_words(seconds: float) -> str:
    """0:07.3, 12:04.0, 1:02:03.4."""
    tenths = round(max(seconds, 0.0) * 10)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    rest = f"{tenths // 10:02d}.{tenths % 10}"
    return f"{hours}:{minutes:02d}:{rest}" if hours else f"{minutes}:{rest}"


def speed_words(speed: float) -> str:
    """0.5x, 2x."""
    return f"{speed:g}x"
