"""The bar under what goes on in steps: play, one back, one on, scrub, speed."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from widgets.kit.fields import QuietButton
from widgets.kit.labels import Label
from widgets.kit.layouts import row_of
from widgets.kit.slider import ClickSlider
from widgets.kit.theme import number_font
from widgets.viewer.transport import SpeedButton

JUMP = 10


class StepsBar(QWidget):
    """`moved(place)` whenever another place is to be shown, 0 to `last`. It plays while it is seen, and not at all
    otherwise.
    """

    moved = Signal(int)

    def __init__(self, name: str, tip: str, period_ms: int) -> None:
        """period_ms: between two steps at speed 1."""
        super().__init__()
        self._period = period_ms
        self.play = QuietButton("", "play", tr("Play or pause (Space)"), name=tr("Play"))
        self.back = QuietButton("", "step-back", tr("One step back (Left)"), name=tr("Step back"))
        self.forward = QuietButton("", "step-forward", tr("One step on (Right)"), name=tr("Step forward"))
        self.slider = ClickSlider(name, tip)
        self.slider.setPageStep(JUMP)
        self.words = Label("", "hint")
        self.words.setFont(number_font(11))
        self.speed = SpeedButton()
        self._clock = QTimer(self, interval=period_ms, timerType=Qt.TimerType.PreciseTimer)
        parts = self.play, self.back, self.forward, (self.slider, 1), self.words, self.speed
        self.setLayout(row_of(*parts, spacing=6))
        self.play.clicked.connect(self.toggle)
        self.back.clicked.connect(lambda: self.go(self.place - 1))
        self.forward.clicked.connect(lambda: self.go(self.place + 1))
        self.slider.valueChanged.connect(self.moved)
        self.speed.speedChosen.connect(self.set_speed)
        self._clock.timeout.connect(self._tick)

    @property
    def playing(self) -> bool:
        return self._clock.isActive()

    @property
    def place(self) -> int:
        return self.slider.value()

    @property
    def last(self) -> int:
        return self.slider.maximum()

    def set_places(self, last: int, place: int) -> None:
        """From 0 to `last`; tells nobody."""
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, last)
            self.slider.setValue(place)
        self.stop()

    def say(self, words: str, widest: str = "") -> None:
        """Words beside the slider; widest: for how long ones room is kept."""
        self.words.setText(words)
        self.words.setMinimumWidth(self.words.fontMetrics().horizontalAdvance(widest or words) + 4)
        self.slider.setAccessibleDescription(words)

    def go(self, place: int) -> None:
        """Another place, by hand: what plays stops."""
        self.stop()
        self.slider.setValue(place)

    def toggle(self) -> None:
        """Play from here, or from the start where the end is shown; or pause."""
        self.stop() if self.playing else self.start()

    def start(self) -> None:
        if self.place >= self.last:
            self.slider.setValue(0)
        self._clock.start()
        self._dress()

    def stop(self) -> None:
        self._clock.stop()
        self._dress()

    def set_speed(self, speed: float) -> None:
        self._clock.setInterval(round(self._period / speed))
        self.speed.set_speed(speed)

    def keyed(self, event: QKeyEvent) -> bool:
        """Whether a key of the page is one of the bar's; it is then done."""
        acts = {
            Qt.Key.Key_Space: self.toggle,
            Qt.Key.Key_Left: lambda: self.go(self.place - 1),
            Qt.Key.Key_Right: lambda: self.go(self.place + 1),
            Qt.Key.Key_Home: lambda: self.go(0),
            Qt.Key.Key_End: lambda: self.go(self.last),
        }
        act = acts.get(Qt.Key(event.key()))
        if act is not None:
            act()
        return act is not None

    def hideEvent(self, event: QHideEvent) -> None:
        self.stop()
        super().hideEvent(event)

    def _tick(self) -> None:
        self.slider.setValue(self.place + 1)
        if self.place >= self.last:
            self.stop()

    def _dress(self) -> None:
        self.play.set_icon("pause" if self.playing else "play")
        self.play.setAccessibleName(tr("Pause") if self.playing else tr("Play"))
