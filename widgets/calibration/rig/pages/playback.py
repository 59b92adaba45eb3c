"""A row that goes through frames: play, step, and a slider with the frame's name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engines.core.words import tr
from widgets.kit.fields import QuietButton
from widgets.kit.labels import ElidedLabel
from widgets.kit.layouts import row_of
from widgets.kit.slider import ClickSlider
from widgets.kit.theme import number_font

EVERY = 160
"""Milliseconds that a frame is shown while it plays."""
WORDS = 190, 300
"""Pixels for what frame it is, at the least and at the most."""


class Playback(QWidget):
    """`frameShown(name)` for every frame that it comes to, `frameChosen(name)` where it stays."""

    frameShown = Signal(str)
    frameChosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.frames: tuple[str, ...] = ()
        self.play = QuietButton("", "play", tr("Go through the frames, again and again"), name=tr("Play"))
        self.back = QuietButton("", "step-back", tr("The frame before"), name=tr("Frame before"))
        self.on = QuietButton("", "step-forward", tr("The next frame"), name=tr("Next frame"))
        self.slider = ClickSlider(tr("Frame"), tr("Click or drag to another frame"))
        self.words = ElidedLabel("", "hint")
        self.words.setFont(number_font(11))
        self.words.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self.step)
        self.setLayout(row_of(self.back, self.play, self.on, 4, (self.slider, 1), 8, self.words, margins=(4, 0, 8, 0)))
        self.play.clicked.connect(lambda: self.set_playing(not self.is_playing))
        self.back.clicked.connect(lambda: self._choose(-1))
        self.on.clicked.connect(lambda: self._choose(1))
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(self._stay)

    @property
    def is_playing(self) -> bool:
        return self._timer.isActive()

    @property
    def frame(self) -> str:
        """The frame that it is at, "" for none."""
        return self.frames[self.slider.value()] if self.frames else ""

    def show_frames(self, frames: Sequence[str], frame: str) -> None:
        """All names in their order, and the one it is at; what it plays and where it is dragged stays."""
        fresh, self.frames = tuple(frames) != self.frames, tuple(frames)
        self.setVisible(len(self.frames) > 1)
        if fresh:
            self.set_playing(False)
            longest = max((self._called(at) for at in range(len(self.frames))), key=len, default="")
            room = self.words.fontMetrics().horizontalAdvance(longest) + 4
            self.words.setFixedWidth(min(max(room, WORDS[0]), WORDS[1]))
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(len(self.frames) - 1, 0))
            if frame in self.frames and not self.is_playing and not self.slider.isSliderDown():
                self.slider.setValue(self.frames.index(frame))
        self._name()

    def set_playing(self, on: bool) -> None:
        if on == self.is_playing:
            return
        self._timer.start() if on else self._timer.stop()
        self.play.set_icon("pause" if on else "play")
        self.play.setAccessibleName(tr("Pause") if on else tr("Play"))
        if not on:
            self._stay()

    def step(self, by: int = 1) -> None:
        """To the next frame, from the last to the first."""
        if self.frames:
            self.slider.setValue((self.slider.value() + by) % len(self.frames))

    def hideEvent(self, event: QHideEvent) -> None:
        self.set_playing(False)
        super().hideEvent(event)

    def _choose(self, by: int) -> None:
        self.step(by)
        self._stay()

    def _stay(self) -> None:
        if self.frame:
            self.frameChosen.emit(self.frame)

    def _slid(self) -> None:
        self._name()
        self.frameShown.emit(self.frame)
        if not self.is_playing and not self.slider.isSliderDown():
            self._stay()

    def _called(self, at: int) -> str:
        return tr("Frame {at} of {count}: {frame}", at=at + 1, count=len(self.frames), frame=self.frames[at])

    def _name(self) -> None:
        self.words.setText(self._called(self.slider.value()) if self.frames else "")
        self.slider.setAccessibleDescription(self.words.text())
