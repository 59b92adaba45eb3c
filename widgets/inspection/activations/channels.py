"""The base of charts that show the channels of a layer: told of under the pointer, chosen by click or by arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QSizePolicy

from engines.inspection.looks import ActivationLook
from widgets.charts.drawn import DrawnChart
from widgets.inspection.activations.words import channel_words


class ChannelsChart(DrawnChart):
    """`chosen(channel)` by click or arrow keys. Channels in the order of the look."""

    chosen = Signal(int)

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.look: ActivationLook | None = None
        self.channel = 0
        self.setMinimumSize(200, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def channel_at(self, place: QPointF) -> int:
        """-1 for none."""
        raise NotImplementedError

    def steps(self) -> dict[Qt.Key, int]:
        """How many channels further each arrow key goes."""
        return {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}

    def sizeHint(self) -> QSize:
        return QSize(520, 420)

    def tip_at(self, place: QPointF) -> str:
        channel = self.channel_at(place)
        return channel_words(self.look, channel) if self.look is not None and channel >= 0 else ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        channel = self.channel_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and channel >= 0:
            self.chosen.emit(channel)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shown = self.look.channels if self.look is not None else ()
        step = self.steps().get(Qt.Key(event.key())) if shown else None
        if step is None:
            super().keyPressEvent(event)
            return
        to = (shown.index(self.channel) if self.channel in shown else 0) + step
        if 0 <= to < len(shown):
            self.chosen.emit(shown[to])
