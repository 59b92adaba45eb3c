"""Bars on the timeline: events of a model, labelled segments, and a segment that is being marked or dragged.

A bar says its class three times: by colour, by hatch beyond eight classes, and by key and name where there is room.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen

from engines.actions.types import Event, Segment
from engines.core.words import tr
from widgets.charts.class_colors import class_color, class_hatch, class_words, place_of
from widgets.kit.access.elided import elided
from widgets.kit.theme import LOOK, number_font
from widgets.timeline.drawing import LEFT, Scene, clipped
from widgets.timeline.lanes import Lane

ROOM_FOR_KEY, ROOM_FOR_NAME = 11.0, 44.0
DENSE = 0.34
KEYS = 9


def event_span(scene: Scene, lane: Lane, event: Event) -> QRectF:
    """Where an event is drawn; one that still lasts ends at the newest decision."""
    track = scene.view.tracks[lane.index]
    newest = float(track.times[track.newest]) if track.newest >= 0 else event.start
    return scene.span(event.start, event.end if event.end is not None else max(newest, event.start), lane)


def segment_span(scene: Scene, lane: Lane, segment: Segment) -> QRectF:
    """From where its first frame begins to where its last one ends."""
    return scene.span(scene.frames.edge(segment.start), scene.frames.edge(segment.end + 1), lane)


def draw_events(painter: QPainter, scene: Scene, lane: Lane) -> None:
    """A model's events, thin."""
    with clipped(painter, scene.layout.body):
        last = -1.0
        for event in scene.view.tracks[lane.index].events:
            span = event_span(scene, lane, event)
            if event.action in scene.view.hidden or not _seen(scene, span) or span.right() < last + 0.5:
                continue
            last = span.right()
            draw_bar(painter, scene, span.adjusted(0, 2, 0, -2), event.action, open_end=event.end is None)


def draw_labels(painter: QPainter, scene: Scene, lane: Lane, dragged: int = -1) -> None:
    """The segments of a track; `dragged`, which is drawn elsewhere, pale."""
    view = scene.view
    if view.labels is None:
        return
    with clipped(painter, scene.layout.body):
        last = -1.0
        for index, segment in enumerate(view.labels.segments):
            if segment.track != lane.name:
                continue
            span = segment_span(scene, lane, segment)
            if not _seen(scene, span) or (span.right() < last + 0.5 and index != view.selected):
                continue
            last = span.right()
            painter.setOpacity(0.4 if index == dragged or segment.action in view.hidden else 1.0)
            draw_bar(
                painter, scene, span.adjusted(0, 3, 0, -3), segment.action, keyed=True, chosen=index == view.selected
            )


def draw_marking(painter: QPainter, scene: Scene) -> None:
    """The segment that is open, up to the shown picture: at one before it, only where it begins."""
    view = scene.view
    lane = scene.layout.lane("labels", view.track)
    if not view.marking or lane is None:
        return
    now = scene.frames.at(view.position)
    start, end = view.marking_from, max(view.marking_from, now)
    with clipped(painter, scene.layout.body):
        span = scene.span(scene.frames.edge(start), scene.frames.edge(end + 1), lane)
        draw_bar(painter, scene, span.adjusted(0, 3, 0, -3), view.marking, keyed=True, open_end=True)


def draw_ghost(painter: QPainter, scene: Scene, segment: Segment) -> None:
    """The segment as a drag would make it."""
    lane = scene.layout.lane("labels", segment.track)
    if lane is None:
        return
    with clipped(painter, scene.layout.body):
        span = segment_span(scene, lane, segment).adjusted(0, 3, 0, -3)
        draw_bar(painter, scene, span, segment.action, keyed=True, ghost=True)


def ghost_words(scene: Scene, segment: Segment) -> str:
    """'frames 128–140, 1.30 s'."""
    seconds = scene.frames.edge(segment.end + 1) - scene.frames.edge(segment.start)
    return tr("frames {start}–{end}, {seconds:.2f} s", start=segment.start, end=segment.end, seconds=seconds)


def draw_bar(
    painter: QPainter,
    scene: Scene,
    span: QRectF,
    action: str,
    *,
    keyed: bool = False,
    chosen: bool = False,
    open_end: bool = False,
    ghost: bool = False,
) -> None:
    """A rounded bar with key and name. open_end: it still grows. ghost: not there yet."""
    place = place_of(action, scene.view.classes)
    color = class_color(place)
    round_ = min(4.0, span.width() / 3)
    painter.setPen(Qt.PenStyle.NoPen)
    if ghost:
        painter.setBrush(LOOK.now.color("base", 0.85))
        painter.drawRoundedRect(span, round_, round_)
    painter.setBrush(_faded(color, DENSE * (0.6 if ghost else 1.35 if chosen else 1.0)))
    painter.drawRoundedRect(span, round_, round_)
    if place >= 0 and class_hatch(place) is not Qt.BrushStyle.SolidPattern:
        painter.setBrush(QBrush(_faded(color, 0.75), class_hatch(place)))
        painter.drawRoundedRect(span, round_, round_)
    _edge(painter, span, color, round_, chosen, ghost or open_end)
    _words(painter, scene, span, action, place, keyed)


def _edge(painter: QPainter, span: QRectF, color: QColor, round_: float, chosen: bool, dashed: bool) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if span.width() >= 4:
        pen = QPen(color, 1.25, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.drawRoundedRect(span.adjusted(0.6, 0.6, -0.6, -0.6), round_, round_)
    if chosen:
        painter.setPen(QPen(LOOK.now.color("text"), 2))
        painter.drawRoundedRect(span.adjusted(0, -1, 0, 1), round_ + 1, round_ + 1)
        for x in (span.left() + 3.5, span.right() - 3.5):
            if span.width() >= 16:
                painter.drawLine(QPointF(x, span.center().y() - 4), QPointF(x, span.center().y() + 4))


def _words(painter: QPainter, scene: Scene, span: QRectF, action: str, place: int, keyed: bool) -> None:
    """Key and name, in the part of the bar that is in view; the key alone where a name has no room."""
    seen = span.intersected(scene.layout.body)
    if seen.width() < ROOM_FOR_KEY:
        return
    painter.setFont(number_font(11))
    painter.setPen(LOOK.now.color("text"))
    metrics = QFontMetricsF(painter.font())
    key = f"{place + 1}" if 0 <= place < KEYS else ""
    if seen.width() < ROOM_FOR_NAME:
        painter.drawText(seen, Qt.AlignmentFlag.AlignCenter, key)
        return
    room = seen.adjusted(7, 0, -5, 0)
    if key and keyed:
        painter.setPen(LOOK.now.color("muted"))
        painter.drawText(room, LEFT, key)
        room.setLeft(room.left() + metrics.horizontalAdvance(key) + 6)
    painter.setPen(LOOK.now.color("text"))
    painter.drawText(room, LEFT, elided(metrics, class_words(action), room.width(), given=True))


def _seen(scene: Scene, span: QRectF) -> bool:
    return span.right() >= scene.layout.gutter and span.left() <= scene.layout.body.right()


def _faded(color: QColor, alpha: float) -> QColor:
    made = QColor(color)
    made.setAlphaF(min(alpha, 1.0))
    return made
