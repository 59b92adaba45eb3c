"""The thing under the cursor, and how a segment changes when it is dragged, in whole frames."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from PySide6.QtCore import QPointF, Qt

from engines.actions.types import Segment
from widgets.timeline.axis import FrameClock
from widgets.timeline.bars import event_span, segment_span
from widgets.timeline.drawing import Scene, threshold_y, toggle_box
from widgets.timeline.lanes import RULER, Lane

NEAR = 5.0
Part: TypeAlias = Literal[
    "ruler", "now", "threshold", "toggle", "name", "event", "segment", "start", "end", "labels", "empty"
]
CURSORS: dict[str, Qt.CursorShape] = {
    "now": Qt.CursorShape.SplitHCursor,
    "threshold": Qt.CursorShape.SplitVCursor,
    "toggle": Qt.CursorShape.PointingHandCursor,
    "event": Qt.CursorShape.PointingHandCursor,
    "start": Qt.CursorShape.SizeHorCursor,
    "end": Qt.CursorShape.SizeHorCursor,
}


@dataclass(frozen=True, slots=True)
class Hit:
    """part: what it is. lane: on which lane, None outside. index: of the event or the segment. seconds: the time."""

    part: Part
    lane: Lane | None = None
    index: int = -1
    seconds: float = 0.0


def hit(scene: Scene, place: QPointF) -> Hit:
    """The thing at a place of the viewport; what is small and can be dragged comes before what is large."""
    layout = scene.layout
    seconds = layout.time(scene.axis, place.x())
    lane = layout.lane_at(place.y())
    if place.x() < layout.gutter:
        return _in_gutter(scene, place, lane, seconds)
    if place.y() < RULER:
        return Hit("ruler", None, -1, seconds)
    if lane is not None and lane.kind == "labels":
        found = _segment(scene, lane, place.x(), seconds)
        if found.part in ("start", "end"):
            return found
    if abs(scene.x(scene.view.position) - place.x()) <= NEAR:
        return Hit("now", lane, -1, seconds)
    if lane is None:
        return Hit("empty", None, -1, seconds)
    if lane.kind == "labels":
        return _segment(scene, lane, place.x(), seconds)
    if lane.kind == "events":
        return _event(scene, lane, place.x(), seconds)
    y = threshold_y(scene, lane)
    near = y is not None and abs(y - place.y()) <= NEAR
    return Hit("threshold" if near else "empty", lane, -1, seconds)


def _in_gutter(scene: Scene, place: QPointF, lane: Lane | None, seconds: float) -> Hit:
    if lane is not None and lane.kind == "scores" and toggle_box(scene.layout, lane).contains(place):
        return Hit("toggle", lane, -1, seconds)
    return Hit("name", lane, -1, seconds)


def _event(scene: Scene, lane: Lane, x: float, seconds: float) -> Hit:
    for index, event in enumerate(scene.view.tracks[lane.index].events):
        span = event_span(scene, lane, event)
        if span.left() - 1 <= x <= span.right() + 1 and event.action not in scene.view.hidden:
            return Hit("event", lane, index, seconds)
    return Hit("empty", lane, -1, seconds)


def _segment(scene: Scene, lane: Lane, x: float, seconds: float) -> Hit:
    """The segment at x; its ends where it can be resized. The selected one comes first."""
    labels = scene.view.labels
    if labels is None:
        return Hit("labels", lane, -1, seconds)
    order = sorted(range(len(labels.segments)), key=lambda index: index != scene.view.selected)
    inside = Hit("labels", lane, -1, seconds)
    for index in order:
        segment = labels.segments[index]
        if segment.track != lane.name:
            continue
        span = segment_span(scene, lane, segment)
        grip = min(NEAR, span.width() / 4)
        if scene.view.editing and -NEAR <= x - span.left() <= grip:
            return Hit("start", lane, index, seconds)
        if scene.view.editing and -grip <= x - span.right() <= NEAR:
            return Hit("end", lane, index, seconds)
        if span.left() <= x <= span.right():
            inside = Hit("segment", lane, index, seconds)
    return inside


def drawn(frames: FrameClock, action: str, track: str, first: float, last: float) -> Segment:
    """A new segment over every frame that is shown between two times."""
    low, high = sorted((first, last))
    return Segment(frames.at(low), frames.at(high), action, track)


def shifted(frames: FrameClock, segment: Segment, seconds: float) -> Segment:
    """Moved by so many seconds, to the nearest edge; as many frames long, within the video."""
    length = segment.end - segment.start
    start = frames.nearest_edge(frames.edge(segment.start) + seconds)
    last = frames.count - 1 - length if frames.count else start
    start = max(min(start, last), 0)
    return replace(segment, start=start, end=start + length)


def with_start(frames: FrameClock, segment: Segment, seconds: float) -> Segment:
    """Beginning at the nearest edge; one frame is left at least."""
    return replace(segment, start=min(frames.nearest_edge(seconds), segment.end))


def with_end(frames: FrameClock, segment: Segment, seconds: float) -> Segment:
    """Ending at the nearest edge; one frame is left at least."""
    return replace(segment, end=max(frames.nearest_edge(seconds) - 1, segment.start))
