"""Play, step, seek, loop, speed: the bar under a picture whose source can be wound."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSlider, QStyle, QToolButton, QWidget

from widgets.kit.fields import QuietButton, describe
from widgets.kit.labels import Label
from widgets.kit.theme import number_font
from widgets.kit.wheel import leave_wheel

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
STEPS = 10_000
ROOM_FOR_TIME = 250
ROOM_FOR_ALL = 330


class TransportBar(QWidget):
    """What it shows comes by `set_position` and `set_playing`; what the user wants goes out by signals."""

    playToggled = Signal()
    stepped = Signal(int)
    sought = Signal(float)
    loopToggled = Signal(bool)
    speedChosen = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._duration = 0.0
        self.play = QuietButton("", "play", "Play or pause (Space)", name="Play")
        self.back = QuietButton("", "step-back", "One frame back", name="Step back")
        self.forward = QuietButton("", "step-forward", "One frame on", name="Step forward")
        self.slider = SeekSlider()
        self.time = Label("0:00.0")
        self.time.setProperty("role", "hint")
        self.time.setFont(number_font(11))
        self.loop = QuietButton("", "loop", "Begin again at the end", name="Loop", checkable=True)
        self.speed = QuietButton("1x", "", "How fast it plays", name="Speed")
        self.speed.setMenu(self._speed_menu())
        self.speed.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(0)
        for widget in (self.play, self.back, self.forward):
            row.addWidget(widget)
        row.addSpacing(4)
        row.addWidget(self.slider, 1)
        row.addSpacing(8)
        for widget in (self.time, self.loop, self.speed):
            row.addWidget(widget)
        self.setFixedHeight(32)
        self._connect()

    def set_position(self, seconds: float, duration: float) -> None:
        """Where it is. A slider that is being dragged is left alone."""
        self._duration = duration
        self.time.setText(f"{clock_words(seconds)} / {clock_words(duration)}")
        if not self.slider.isSliderDown() and duration > 0:
            with QSignalBlocker(self.slider):
                self.slider.setValue(round(STEPS * min(seconds / duration, 1.0)))

    def set_playing(self, playing: bool) -> None:
        self.play.set_icon("pause" if playing else "play")
        self.play.setAccessibleName("Pause" if playing else "Play")

    def set_mode(self, loop: bool, speed: float) -> None:
        with QSignalBlocker(self.loop):
            self.loop.setChecked(loop)
        self.speed.setText(speed_words(speed))
        for action in self._speeds.actions():
            action.setChecked(action.data() == speed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.time.setVisible(self.width() >= ROOM_FOR_TIME)
        self.loop.setVisible(self.width() >= ROOM_FOR_ALL)
        self.speed.setVisible(self.width() >= ROOM_FOR_ALL)
        super().resizeEvent(event)

    def _speed_menu(self) -> QMenu:
        menu = QMenu(self)
        self._speeds = QActionGroup(self)
        for speed in SPEEDS:
            action = QAction(speed_words(speed), menu)
            action.setCheckable(True)
            action.setChecked(speed == 1.0)
            action.setData(speed)
            self._speeds.addAction(action)
            menu.addAction(action)
        self._speeds.triggered.connect(self._choose_speed)
        return menu

    def _connect(self) -> None:
        self.play.clicked.connect(self.playToggled)
        self.back.clicked.connect(self._step_back)
        self.forward.clicked.connect(self._step_forward)
        self.slider.valueChanged.connect(self._seek)
        self.loop.toggled.connect(self.loopToggled)

    def _step_back(self) -> None:
        self.stepped.emit(-1)

    def _step_forward(self) -> None:
        self.stepped.emit(1)

    def _seek(self, value: int) -> None:
        self.sought.emit(value / STEPS * self._duration)

    def _choose_speed(self, action: QAction) -> None:
        self.speed.setText(action.text())
        self.speedChosen.emit(float(action.data()))


class SeekSlider(QSlider):
    """A slider that goes where it is clicked."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, STEPS)
        self.setPageStep(STEPS // 20)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumWidth(40)
        leave_wheel(self)
        describe(self, "Position", "Click or drag to another time")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            room = max(self.width() - 12, 1)
            self.setSliderDown(True)
            self.setValue(QStyle.sliderValueFromPosition(0, STEPS, round(event.position().x()) - 6, room))
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            room = max(self.width() - 12, 1)
            self.setValue(QStyle.sliderValueFromPosition(0, STEPS, round(event.position().x()) - 6, room))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)


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
