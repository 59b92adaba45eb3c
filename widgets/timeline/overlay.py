"""The moving part of the timeline: the now-line, and the figures of the moment under the cursor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from engines.core.words import tr
from widgets.charts.axes import percent
from widgets.charts.class_colors import class_words, draw_swatch, place_of
from widgets.kit.theme import LOOK, number_font
from widgets.timeline.axis import clock, ticks
from widgets.timeline.decimation import gap_of
from widgets.timeline.drawing import LEFT, RIGHT, Scene, draw_pill, tick_room
from widgets.timeline.lanes import RULER, Lane
from widgets.timeline.state import ScoreTrack

MOST_LINES = 5
LINE = 16.0
LEAST = 0.005


@dataclass(frozen=True, slots=True)
class Readout:
    """The figures of one moment: a heading, and (class, probability) of the most probable ones."""

    heading: str
    lines: tuple[tuple[str, float], ...] = ()
    note: str = ""


def draw_now(painter: QPainter, scene: Scene) -> None:
    """The now-line with its time on the ruler."""
    view, layout = scene.view, scene.layout
    x = round(scene.x(view.position) * scene.ratio) / scene.ratio
    if not layout.gutter - 1 <= x <= layout.body.right() + 1:
        return
    look = LOOK.now
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRectF(x - 2, RULER, 4, layout.height), look.color("base", 0.6))
    painter.fillRect(QRectF(x - 1, RULER - 3, 2, layout.height), look.color("accent"))
    painter.setFont(number_font(11))
    words = clock(view.position, 0.1)
    wide = QFontMetricsF(painter.font()).horizontalAdvance(words) + 12
    left = min(max(x - wide / 2, layout.gutter), layout.body.right() - wide + 4)
    pill = QRectF(left, 3, wide, RULER - 9)
    _clear_ruler(painter, scene, pill)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("accent"))
    painter.drawRoundedRect(pill, 4, 4)
    painter.drawPolygon(QPolygonF([QPointF(x - 4, RULER - 6.5), QPointF(x + 4, RULER - 6.5), QPointF(x, RULER - 1)]))
    painter.setPen(look.color("on_accent"))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)


def _clear_ruler(painter: QPainter, scene: Scene, pill: QRectF) -> None:
    """Take away the words of ticks that the pill would cut."""
    metrics = QFontMetricsF(painter.font())
    for tick in ticks(scene.axis, scene.frames):
        room = tick_room(scene, tick, metrics) if tick.words else QRectF()
        if room.intersects(pill):
            painter.fillRect(room.adjusted(0, 0, 0, -2), LOOK.now.color("surface"))


def readout_at(scene: Scene, lane: Lane | None, seconds: float) -> Readout:
    """Time, frame, and what the lane's model says of this moment."""
    frames, view = scene.frames, scene.view
    frame = tr("   frame {at}", at=frames.at(seconds)) if view.rate > 0 or len(view.frame_times) else ""
    heading = f"{clock(seconds, 0.01)}{frame}"
    if lane is None or lane.kind == "labels":
        return Readout(heading)
    track = view.tracks[lane.index]
    values, ahead = values_at(track, seconds)
    if values is None:
        return Readout(heading)
    shown = [at for at in np.argsort(-values)[:MOST_LINES] if values[at] >= LEAST]
    lines = tuple((track.classes[at], float(values[at])) for at in shown)
    return Readout(heading, lines, tr("anticipated") if ahead else "")


def values_at(track: ScoreTrack, seconds: float) -> tuple[np.ndarray | None, bool]:
    """Probabilities of the decision that held at a moment, or of the step ahead; None where there was none."""
    times = track.times
    if not len(times) or seconds < times[0]:
        return None, False
    at = int(np.searchsorted(times, seconds, "right")) - 1
    if at == track.newest and len(track.ahead_times) and times[at] < seconds <= track.ahead_times[-1]:
        return track.ahead[int(np.searchsorted(track.ahead_times, seconds, "left"))], True
    fresh = seconds - times[at] <= (gap_of(times) if at + 1 < len(times) else 0.5)
    return (track.probabilities[at], False) if fresh else (None, False)


def draw_cursor(painter: QPainter, scene: Scene, place: QPointF, readout: Readout) -> None:
    """A thin line under the cursor and a card beside it."""
    layout, look = scene.layout, LOOK.now
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(look.color("muted", 0.6), 1))
    x = round(place.x()) + 0.5
    painter.drawLine(QPointF(x, RULER), QPointF(x, layout.height))
    painter.setFont(number_font(11))
    metrics = QFontMetricsF(painter.font())
    words = [(class_words(name), percent(value, 0 if value > 0.1 else 1)) for name, value in readout.lines]
    head = metrics.horizontalAdvance(f"{readout.heading}  {readout.note}")
    wide = max([head, *(metrics.horizontalAdvance(name + share) + 44 for name, share in words)]) + 20
    card = card_box(scene, place, wide, LINE * (1 + len(words)) + 10)
    painter.setPen(QPen(look.color("line"), 1))
    painter.setBrush(look.color("raised", 0.96))
    painter.drawRoundedRect(card, 6, 6)
    row = QRectF(card.left() + 10, card.top() + 5, card.width() - 20, LINE)
    painter.setPen(look.color("text"))
    painter.drawText(row, LEFT, readout.heading)
    painter.setPen(look.color("accent"))
    painter.drawText(row, RIGHT, readout.note)
    for (name, share), (action, value) in zip(words, readout.lines, strict=True):
        row.translate(0, LINE)
        _draw_row(painter, scene, row, action, name, share, value)


def _draw_row(painter: QPainter, scene: Scene, row: QRectF, action: str, name: str, share: str, value: float) -> None:
    place, look = place_of(action, scene.view.classes), LOOK.now
    draw_swatch(painter, QRectF(row.left(), row.center().y() - 4, 8, 8), place)
    painter.setPen(look.color("text" if value >= 0.1 else "muted"))
    painter.drawText(row.adjusted(14, 0, 0, 0), LEFT, name)
    painter.drawText(row, RIGHT, share)


def card_box(scene: Scene, place: QPointF, wide: float, high: float) -> QRectF:
    """Beside the cursor, wholly in view."""
    layout = scene.layout
    left = place.x() + 14 if place.x() + 14 + wide <= layout.width - 4 else place.x() - 14 - wide
    top = min(max(place.y() - high / 2, RULER + 3), max(layout.height - high - 3, RULER - 20))
    return QRectF(max(left, 4.0), max(top, 2.0), wide, high)


def draw_tag(painter: QPainter, scene: Scene, place: QPointF, words: str) -> None:
    """Words of a drag, above the cursor."""
    painter.setFont(number_font(11))
    wide = QFontMetricsF(painter.font()).horizontalAdvance(words) + 16
    left = min(max(place.x() - wide / 2, 4.0), scene.layout.width - wide - 4)
    top = place.y() - 34 if place.y() - 34 > RULER else place.y() + 18
    pill = QRectF(left, min(top, scene.layout.height - 22), wide, 20)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    look = LOOK.now
    draw_pill(painter, pill, words, QPen(look.color("line"), 1), look.color("raised", 0.96), look.color("text"), 5)


def draw_sentence(painter: QPainter, scene: Scene, words: str) -> None:
    """The next step as a sentence below the lanes."""
    painter.setFont(number_font(13))
    room = scene.layout.body.adjusted(8, 4 + scene.layout.content, -8, -8)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    if room.height() < LINE:
        return
    painter.fillRect(painter.boundingRect(room, flags, words).adjusted(-8, -4, 8, 4), LOOK.now.color("surface"))
    painter.setPen(LOOK.now.color("muted"))
    painter.drawText(room, flags, words)
