"""A layer that is a vector: the value of each channel as a bar over its number, the strongest named."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from engines.core.words import tr
from engines.inspection.looks import ActivationLook
from widgets.charts.axes import Axis
from widgets.charts.drawn import RIGHT, around, label, stroke
from widgets.inspection.activations.channels import ChannelsChart
from widgets.inspection.activations.words import channel_words
from widgets.kit.theme import LOOK, number_font

LEFT_ROOM, FOOT, HEAD, STRONGEST = 48, 38, 20, 5
APART = 60
"""Pixels of a channel's number below its bar."""


class VectorChart(ChannelsChart):
    """A bar a channel."""

    def __init__(self) -> None:
        super().__init__(tr("Values of the layer"))

    def show_look(self, look: ActivationLook, channel: int) -> None:
        self.look, self.channel = look, channel
        self.setAccessibleDescription(
            tr("{count} values. {channel_words}", count=len(look.channels), channel_words=channel_words(look, channel))
        )
        self.update()

    def table(self) -> list[list[str]]:
        look = self.look
        rows = [] if look is None else zip(look.channels, self._values(look), strict=True)
        return [["channel", "value"], *([str(channel), f"{value:.6g}"] for channel, value in rows)]

    def axes(self) -> Sequence[tuple[str, QRectF]]:
        there = self.look is not None and len(self.look.channels)
        return around(self._box(), tr("Channel, in the order chosen"), tr("Value of each channel")) if there else ()

    def channel_at(self, place: QPointF) -> int:
        """-1 for none."""
        if self.look is None or not self._box().contains(place):
            return -1
        share = (place.x() - self._box().left()) / self._box().width()
        return self.look.channels[min(int(share * len(self.look.channels)), len(self.look.channels) - 1)]

    @staticmethod
    def _values(look: ActivationLook) -> list[float]:
        return [float(value) for value in look.maps.reshape(-1)]

    def _box(self) -> QRectF:
        return QRectF(self.rect()).adjusted(LEFT_ROOM, HEAD, -10, -FOOT)

    def _draw(self, painter: QPainter) -> None:
        if self.look is None or not len(self.look.channels):
            return
        painter.setFont(number_font(11))
        values, box = self._values(self.look), self._box()
        axis = Axis.over([*values, 0.0])
        self._draw_axis(painter, box, axis)
        zero = box.bottom() - box.height() * axis.share(0.0)
        wide = box.width() / len(values)
        color, chosen = LOOK.now.nth(0), LOOK.now.color("text")
        for at, (channel, value) in enumerate(zip(self.look.channels, values, strict=True)):
            if value == value:
                top = box.bottom() - box.height() * min(max(axis.share(value), 0.0), 1.0)
                left = box.left() + at * wide
                painter.fillRect(QRectF(left, min(top, zero), max(wide - (wide > 3), 1.0), abs(zero - top)), color)
                if channel == self.channel:
                    middle = left + wide / 2
                    stroke(painter, QPen(chosen, 1.5), QPointF(middle, box.top()), QPointF(middle, zero))
        self._draw_strongest(painter, box, values)

    def _draw_axis(self, painter: QPainter, box: QRectF, axis: Axis) -> None:
        look = LOOK.now
        for value, text in axis.ticks():
            y = round(box.bottom() - box.height() * axis.share(value)) + 0.5
            stroke(painter, QPen(look.color("muted", 0.15), 1), QPointF(box.left(), y), QPointF(box.right(), y))
            label(painter, QRectF(0, y - 8, LEFT_ROOM - 6, 16), text, look.color("muted"), RIGHT)
        label(painter, QRectF(LEFT_ROOM, 0, box.width(), HEAD - 4), tr("Value of each channel"), look.color("muted"))
        self._draw_channels(painter, box)
        foot = QRectF(box.left(), box.bottom() + 20, box.width(), 16)
        label(painter, foot, tr("Channel, in the order chosen"), look.color("muted"), RIGHT)

    def _draw_channels(self, painter: QPainter, box: QRectF) -> None:
        """The numbers of a few bars, from the first to the last."""
        channels = self.look.channels if self.look is not None else ()
        many = max(min(len(channels), int(box.width() / APART)), 2)
        for at in sorted({round(step * (len(channels) - 1) / (many - 1)) for step in range(many)}):
            middle = box.left() + (at + 0.5) * box.width() / len(channels)
            left = min(middle - APART / 2, self.width() - APART)
            room = QRectF(left, box.bottom() + 3, APART, 15)
            label(painter, room, str(channels[at]), LOOK.now.color("muted"), Qt.AlignmentFlag.AlignHCenter)

    def _draw_strongest(self, painter: QPainter, box: QRectF, values: list[float]) -> None:
        """The numbers of the largest, in a column at the right."""
        assert self.look is not None
        order = sorted(
            (value, channel) for channel, value in zip(self.look.channels, values, strict=True) if value == value
        )
        for row, (value, channel) in enumerate(reversed(order[-STRONGEST:])):
            room = QRectF(box.right() - 170, box.top() + 4 + 17 * row, 166, 16)
            label(
                painter,
                room,
                tr("Channel {channel}: {value:.4g}", channel=channel, value=value),
                LOOK.now.color("text" if row == 0 else "muted"),
                RIGHT,
            )
