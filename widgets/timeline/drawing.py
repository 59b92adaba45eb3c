"""The still part of the timeline: ruler, names, probabilities of each model, and what it anticipates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from engines.actions.types import BACKGROUND
from engines.core.words import tr
from widgets.charts.class_colors import class_color, class_dash, class_words, draw_swatch, place_of
from widgets.kit.access.elided import elided
from widgets.kit.theme import LOOK, number_font
from widgets.timeline.axis import FrameClock, Tick, TimeAxis, ticks
from widgets.timeline.lanes import RULER, Lane, Layout, rows_of
from widgets.timeline.raster import QUIET, Stroke
from widgets.timeline.state import ScoreTrack, TimelineView
from widgets.timeline.tiles import Style, Tiles

MIDDLE = Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | MIDDLE
RIGHT = Qt.AlignmentFlag.AlignRight | MIDDLE
TOGGLE = 20.0
NAMED = 12.0
"""Height of a row of heat from which on its name has room."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """All that painting needs. lit: name of the model whose heat switch is under the cursor."""

    view: TimelineView
    layout: Layout
    axis: TimeAxis
    frames: FrameClock
    ratio: float = 1.0
    lit: str = ""

    def x(self, seconds: float) -> float:
        return self.layout.x(self.axis, seconds)

    def span(self, start: float, end: float, lane: Lane) -> QRectF:
        """A stretch of time within a lane."""
        box = self.layout.box(lane)
        left, right = self.x(start), self.x(end)
        return QRectF(left, box.top(), max(right - left, 1.0), box.height())


@contextmanager
def clipped(painter: QPainter, box: QRectF, smooth: bool = True) -> Iterator[None]:
    """Painting within a box; afterwards the painter is as it was."""
    painter.save()
    painter.setClipRect(box)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
    yield
    painter.restore()


def draw_ruler(painter: QPainter, scene: Scene) -> None:
    """Ticks with the clock's words, and frame numbers where a frame is wide enough."""
    look, layout = LOOK.now, scene.layout
    painter.fillRect(QRectF(0, 0, layout.width, RULER), look.color("surface"))
    painter.setPen(QPen(look.color("line"), 1))
    painter.drawLine(QPointF(0, RULER - 0.5), QPointF(layout.width, RULER - 0.5))
    with clipped(painter, QRectF(layout.gutter - 1, 0, layout.across + 2, layout.height), smooth=False):
        painter.setFont(number_font(11))
        metrics = QFontMetricsF(painter.font())
        for tick in ticks(scene.axis, scene.frames):
            x = round(scene.x(tick.seconds)) + 0.5
            painter.setPen(QPen(look.color("muted", 0.7 if tick.words else 0.35), 1))
            painter.drawLine(QPointF(x, RULER - (9 if tick.words else 5)), QPointF(x, RULER - 1))
            painter.setPen(look.color("muted"))
            room = tick_room(scene, tick, metrics)
            if room.right() <= layout.width:
                painter.drawText(room, LEFT, tick.words)


def tick_room(scene: Scene, tick: Tick, metrics: QFontMetricsF) -> QRectF:
    """Where a tick's words stand on the ruler."""
    return QRectF(round(scene.x(tick.seconds)) + 4.5, 2, metrics.horizontalAdvance(tick.words) + 2, RULER - 6)


def draw_grid(painter: QPainter, scene: Scene) -> None:
    """The ruler's ticks through all lanes, faint."""
    painter.setPen(QPen(LOOK.now.color("muted", 0.10), 1))
    body = scene.layout.body
    for tick in ticks(scene.axis, scene.frames):
        x = round(scene.x(tick.seconds)) + 0.5
        if tick.words and body.left() <= x <= body.right():
            painter.drawLine(QPointF(x, body.top()), QPointF(x, body.bottom()))


def draw_ground(painter: QPainter, scene: Scene) -> None:
    """The lanes' own ground, between the start and the end of the recording."""
    for lane in scene.layout.lanes:
        box = scene.layout.box(lane)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(LOOK.now.color("base", 0.55 if lane.kind == "scores" else 0.85))
        painter.drawRoundedRect(box, 4, 4)


def strokes_of(view: TimelineView, track: ScoreTrack, heat: bool) -> tuple[Stroke, ...]:
    """The strokes of a track's shown classes: the background first, the first class last and so on top."""
    made = []
    for column in rows_of(view, track):
        place = place_of(track.classes[column], view.classes)
        made.append(Stroke(column, class_color(place), class_dash(place)))
    if heat:
        return tuple(made)
    ground = [name for name in track.classes[:1] if name == BACKGROUND and name not in view.hidden]
    return (*(Stroke(0, class_color(-1), quiet=True) for _name in ground), *reversed(made))


def draw_scores(painter: QPainter, scene: Scene, lane: Lane, tiles: Tiles) -> None:
    """A model's probabilities: tiles of the past, the threshold, and the part ahead."""
    view, track = scene.view, scene.view.tracks[lane.index]
    box = scene.layout.box(lane)
    strokes = strokes_of(view, track, lane.heat)
    tiles.show(track)
    with clipped(painter, box.intersected(scene.layout.body), smooth=False):
        if not lane.heat:
            _draw_levels(painter, box)
        _draw_ahead_ground(painter, scene, lane, track)
        for x, tile in tiles.within(scene.axis, style_of(scene, lane, strokes), strokes):
            at = round((box.left() + x) * scene.ratio) / scene.ratio
            painter.drawImage(QPointF(at, box.top()), tile)
        (_draw_ahead_heat if lane.heat else _draw_ahead_curves)(painter, scene, lane, track)


def style_of(scene: Scene, lane: Lane, strokes: tuple[Stroke, ...]) -> Style:
    look = tuple((one.column, one.color.name(), one.dash.value, one.quiet) for one in strokes)
    high = round(lane.height * scene.ratio)
    return Style(high, heat_rows(high, len(strokes)) if lane.heat else (), look, scene.ratio)


def heat_rows(height: int, count: int) -> tuple[int, ...]:
    """Heights of `count` rows that together are `height`."""
    bounds = np.linspace(0, height, count + 1).round().astype(int)
    return tuple(int(high) for high in np.diff(bounds))


def level_y(box: QRectF, probability: float) -> float:
    """Where a probability stands in a lane of curves."""
    return box.top() + 0.75 + (1.0 - probability) * (box.height() - 1.5)


def _draw_levels(painter: QPainter, box: QRectF) -> None:
    painter.setPen(QPen(LOOK.now.color("muted", 0.15), 1))
    for level in (0.0, 0.5, 1.0):
        y = round(level_y(box, level)) + 0.5
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))


def ahead_box(scene: Scene, lane: Lane) -> QRectF | None:
    """Where a lane shows what is anticipated: from the newest decision to the last one ahead."""
    track = scene.view.tracks[lane.index]
    if not len(track.ahead_times) or track.newest < 0:
        return None
    return scene.span(float(track.times[track.newest]), float(track.ahead_times[-1]), lane)


def _draw_ahead_ground(painter: QPainter, scene: Scene, lane: Lane, track: ScoreTrack) -> None:
    box = ahead_box(scene, lane)
    if box is None:
        return
    look = LOOK.now
    painter.fillRect(box, look.color("accent", 0.09))
    painter.fillRect(box, QBrush(look.color("accent", 0.16), Qt.BrushStyle.BDiagPattern))
    painter.setPen(QPen(look.color("accent", 0.5), 1))
    painter.drawLine(box.topLeft(), box.bottomLeft())


def draw_ahead_word(painter: QPainter, scene: Scene, lane: Lane) -> None:
    """The word over the part ahead; right of it where it is too narrow for it."""
    box = ahead_box(scene, lane)
    if box is None:
        return
    with clipped(painter, scene.layout.box(lane).intersected(scene.layout.body), smooth=False):
        painter.setFont(number_font(11))
        wide = QFontMetricsF(painter.font()).horizontalAdvance(tr("anticipated")) + 10
        left = box.left() + 4 if box.width() >= wide + 6 else box.right() + 4
        if left + wide > scene.layout.body.right():
            left = box.left() - wide - 4
        pill = QRectF(left, box.top() + 4, wide, 16)
        draw_pill(
            painter,
            pill,
            tr("anticipated"),
            Qt.PenStyle.NoPen,
            LOOK.now.color("surface", 0.85),
            LOOK.now.color("accent"),
        )


def _draw_ahead_curves(painter: QPainter, scene: Scene, lane: Lane, track: ScoreTrack) -> None:
    """Dashed, from the newest decision on."""
    row = track.newest
    if not len(track.ahead_times) or row < 0:
        return
    box = scene.layout.box(lane)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    times = np.concatenate((track.times[row : row + 1], track.ahead_times))
    values = np.concatenate((track.probabilities[row : row + 1], track.ahead))
    for stroke in strokes_of(scene.view, track, False):
        levels = values[:, stroke.column]
        if levels.max() < 2 * QUIET:
            continue
        pen = QPen(stroke.color, 1.0 if stroke.quiet else 1.75, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3.0, 2.0])
        painter.setPen(pen)
        points = [QPointF(scene.x(float(t)), level_y(box, float(v))) for t, v in zip(times, levels, strict=True)]
        painter.drawPolyline(QPolygonF(points))


def _draw_ahead_heat(painter: QPainter, scene: Scene, lane: Lane, track: ScoreTrack) -> None:
    """A block for each step and class, over the hatched ground."""
    if not len(track.ahead_times) or track.newest < 0:
        return
    box, strokes = scene.layout.box(lane), strokes_of(scene.view, track, True)
    bounds = [float(track.times[track.newest]), *(float(t) for t in track.ahead_times)]
    bottoms = np.cumsum((0, *heat_rows(round(lane.height * scene.ratio), len(strokes)))) / scene.ratio
    for row, stroke in enumerate(strokes):
        for step, value in enumerate(track.ahead[:, stroke.column]):
            if value >= QUIET:
                color = QColor(stroke.color)
                color.setAlphaF(float(min(value, 1.0)) * 0.75)
                left, right = scene.x(bounds[step]), scene.x(bounds[step + 1])
                top, bottom = box.top() + bottoms[row], box.top() + bottoms[row + 1]
                painter.fillRect(QRectF(left, top, right - left - 1, bottom - top - 1), color)


def threshold_y(scene: Scene, lane: Lane) -> float | None:
    """Where the threshold's line is; a lane of heat has none."""
    return None if lane.heat else level_y(scene.layout.box(lane), scene.view.threshold)


def draw_threshold(painter: QPainter, scene: Scene, lane: Lane) -> None:
    y = threshold_y(scene, lane)
    if y is None:
        return
    box, color = scene.layout.box(lane), LOOK.now.color("warn", 0.8)
    with clipped(painter, scene.layout.body, smooth=False):
        painter.setPen(QPen(color, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(11))
        words = f"{100 * scene.view.threshold:.0f} %"
        wide = QFontMetricsF(painter.font()).horizontalAdvance(words) + 10
        pill = QRectF(box.right() - wide - 2, y - 8, wide, 16)
        draw_pill(painter, pill, words, QPen(color, 1), LOOK.now.color("surface"), color)


def draw_pill(
    painter: QPainter, box: QRectF, words: str, edge: QPen | Qt.PenStyle, ground: QColor, ink: QColor, round_: int = 4
) -> None:
    """Words in the middle of a rounded ground."""
    painter.setPen(edge)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, round_, round_)
    painter.setPen(ink)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def toggle_box(layout: Layout, lane: Lane) -> QRectF:
    """The switch between curves and heat in a lane's gutter."""
    box = layout.name_box(lane)
    return QRectF(layout.gutter - TOGGLE - 8, box.top() + 1, TOGGLE, TOGGLE)


def draw_names(painter: QPainter, scene: Scene) -> None:
    """The gutter: names of lanes, of classes in heat, and the scale of curves."""
    layout = scene.layout
    painter.fillRect(QRectF(0, RULER, layout.gutter, layout.height), LOOK.now.color("surface"))
    with clipped(painter, QRectF(0, RULER, layout.gutter, layout.height), smooth=False):
        painter.setFont(number_font(11))
        for lane in layout.lanes:
            if lane.kind == "scores":
                _name_scores(painter, scene, lane)
            else:
                chosen = lane.kind == "labels" and scene.view.editing and lane.name == scene.view.track
                _name(painter, layout.name_box(lane), "events" if lane.kind == "events" else lane.name, chosen)


def _name(painter: QPainter, box: QRectF, words: str, strong: bool = False) -> None:
    room = box.adjusted(10, 0, -8, 0)
    painter.setPen(LOOK.now.color("text" if strong else "muted"))
    shown = elided(painter.fontMetrics(), words, int(room.width()))
    painter.drawText(room, LEFT, shown)
    if strong:
        painter.fillRect(QRectF(4, box.top() + 6, 2, box.height() - 12), LOOK.now.color("accent"))


def _name_scores(painter: QPainter, scene: Scene, lane: Lane) -> None:
    box = scene.layout.name_box(lane)
    if lane.heat:
        _name_rows(painter, scene, lane, box)
    else:
        painter.setPen(LOOK.now.color("muted"))
        for level in (0.0, 0.5):
            y = level_y(box, level)
            room = QRectF(box.left(), y - (13 if level == 0 else 8), box.width() - 8, 16)
            painter.drawText(room, RIGHT, f"{100 * level:.0f} %")
        _name(painter, QRectF(box.left(), box.top(), box.width() - TOGGLE - 4, 20), lane.name or "model")
    _draw_toggle(painter, scene, lane)


def _name_rows(painter: QPainter, scene: Scene, lane: Lane, box: QRectF) -> None:
    track = scene.view.tracks[lane.index]
    columns = rows_of(scene.view, track)
    step = box.height() / max(len(columns), 1)
    if step < NAMED:
        _name(painter, QRectF(box.left(), box.top(), box.width() - TOGGLE - 4, 20), lane.name or "model")
        return
    for row, column in enumerate(columns):
        place = place_of(track.classes[column], scene.view.classes)
        top = box.top() + row * step
        draw_swatch(painter, QRectF(box.left() + 10, top + step / 2 - 4, 8, 8), place)
        right = TOGGLE + 10 if top < box.top() + TOGGLE else 6
        room = QRectF(box.left() + 22, top, box.width() - 22 - right, step)
        painter.setPen(LOOK.now.color("muted"))
        words = class_words(track.classes[column])
        shown = elided(painter.fontMetrics(), words, int(room.width()), given=True)
        painter.drawText(room, LEFT, shown)


def _draw_toggle(painter: QPainter, scene: Scene, lane: Lane) -> None:
    """Shows what a click leads to: three rows of heat, or a curve."""
    box, lit = toggle_box(scene.layout, lane), scene.lit == lane.name
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(LOOK.now.color("raised" if lit else "surface"))
    painter.drawRoundedRect(box, 4, 4)
    color = LOOK.now.color("text" if lit else "muted")
    if lane.heat:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color, 1.5))
        at = [(4, 14), (7, 13), (9, 6), (11, 6), (13, 13), (16, 14)]
        painter.drawPolyline(QPolygonF([box.topLeft() + QPointF(x, y) for x, y in at]))
    else:
        for row, dense in enumerate((0.9, 0.35, 0.65)):
            color.setAlphaF(dense)
            painter.fillRect(QRectF(box.left() + 4, box.top() + 5 + row * 4, 12, 3), color)
