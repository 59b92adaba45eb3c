"""The mouse on the timeline: seeking, scrubbing, panning, and segments drawn, moved and resized.

Nothing is changed here. A drag shows what it would make; letting go says so by one signal of the canvas.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

from engines.actions.types import Segment
from widgets.timeline.hits import CURSORS, Hit, drawn, hit, shifted, with_end, with_start

if TYPE_CHECKING:
    from widgets.timeline.canvas import Canvas

DRAG = 4.0
"""Pixels that the mouse must go before a press is a drag."""
Deed: TypeAlias = Literal["scrub", "pan", "threshold", "draw", "move", "start", "end"]
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


@dataclass(frozen=True, slots=True)
class Drag:
    """A pressed button. started: it went far enough. ghost: the segment as it would become."""

    deed: Deed
    found: Hit
    origin: QPointF
    at: QPointF
    started: bool = False
    ghost: Segment | None = None


class Gestures:
    """What presses, moves and releases over the canvas mean."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.drag: Drag | None = None
        self._sought: float | None = None

    @property
    def ghost(self) -> Segment | None:
        return self.drag.ghost if self.drag is not None and self.drag.started else None

    @property
    def dragged(self) -> int:
        """Index of the segment that is being dragged, -1 none."""
        drag = self.drag
        changing = drag is not None and drag.started and drag.deed in ("move", "start", "end")
        return drag.found.index if changing and drag is not None else -1

    def press(self, event: QMouseEvent) -> None:
        canvas, place = self._canvas, event.position()
        found = hit(canvas.scene(), place)
        panning = event.button() == MIDDLE or bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if found.part == "toggle" and found.lane is not None:
            canvas.toggle_heat(found.lane.name)
        elif found.part == "name":
            self._choose_track(found)
        else:
            self._sought = None
            self.drag = Drag("pan" if panning else self._deed(found), found, place, place)
            if found.part == "ruler" and not panning:
                self._seek(found.seconds)

    def move(self, event: QMouseEvent) -> None:
        drag, place = self.drag, event.position()
        if drag is None:
            self.hover(place)
            return
        before, started = drag.at, drag.started or (place - drag.origin).manhattanLength() >= DRAG
        if not started:
            return
        self.drag = replace(drag, at=place, started=True, ghost=self._ghost(drag, place))
        self._follow(drag.deed, before, place)
        self._canvas.update_view()

    def release(self) -> None:
        drag, self.drag = self.drag, None
        if drag is None:
            return
        if not drag.started:
            self._click(drag.found)
        elif drag.ghost is not None:
            self._finish(drag, drag.ghost)
        self._canvas.update_view()

    def cancel(self) -> bool:
        """Drop the drag; False where there is none."""
        was, self.drag = self.drag is not None, None
        if was:
            self._canvas.update_view()
        return was

    def hover(self, place: QPointF) -> None:
        """The cursor's shape over what can be dragged."""
        found = hit(self._canvas.scene(), place)
        shape = CURSORS.get(found.part)
        if found.part == "labels" and self._canvas.view.editing:
            shape = Qt.CursorShape.CrossCursor
        self._canvas.set_cursor(shape)

    def _deed(self, found: Hit) -> Deed:
        editing = self._canvas.view.editing
        if found.part in ("ruler", "now"):
            return "scrub"
        if found.part == "threshold":
            return "threshold"
        if found.part in ("start", "end"):
            return "start" if found.part == "start" else "end"
        if editing and found.part == "segment":
            return "move"
        return "draw" if editing and found.part == "labels" else "pan"

    def _ghost(self, drag: Drag, place: QPointF) -> Segment | None:
        canvas = self._canvas
        scene, labels = canvas.scene(), canvas.view.labels
        seconds = scene.layout.time(scene.axis, place.x())
        if drag.deed == "draw" and drag.found.lane is not None:
            return drawn(scene.frames, canvas.brush, drag.found.lane.name, drag.found.seconds, seconds)
        if drag.deed not in ("move", "start", "end") or labels is None or drag.found.index >= len(labels.segments):
            return None
        whole = labels.segments[drag.found.index]
        if drag.deed == "move":
            return shifted(scene.frames, whole, seconds - drag.found.seconds)
        return (with_start if drag.deed == "start" else with_end)(scene.frames, whole, seconds)

    def _follow(self, deed: Deed, before: QPointF, place: QPointF) -> None:
        canvas = self._canvas
        if deed == "pan":
            canvas.pan(before.x() - place.x())
            canvas.set_cursor(Qt.CursorShape.ClosedHandCursor)
        elif deed == "scrub":
            self._seek(canvas.time_at(place.x()))
        elif deed == "threshold" and self.drag is not None and self.drag.found.lane is not None:
            canvas.want_threshold_at(self.drag.found.lane, place.y())

    def _seek(self, seconds: float) -> None:
        """Ask for a moment once, however often the mouse moves within its frame."""
        at = self._canvas.snapped(seconds)
        if at != self._sought:
            self._sought = at
            self._canvas.positionWanted.emit(at)

    def _click(self, found: Hit) -> None:
        canvas = self._canvas
        if found.part in ("segment", "start", "end"):
            canvas.segmentChosen.emit(found.index)
        elif found.part == "event" and found.lane is not None:
            canvas.positionWanted.emit(canvas.view.tracks[found.lane.index].events[found.index].start)
        elif found.part in ("empty", "labels"):
            canvas.positionWanted.emit(canvas.snapped(found.seconds))

    def _finish(self, drag: Drag, ghost: Segment) -> None:
        canvas, labels = self._canvas, self._canvas.view.labels
        if drag.deed == "draw":
            canvas.want_segment(ghost, drag.at)
        elif labels is not None and drag.found.index < len(labels.segments):
            was = labels.segments[drag.found.index]
            if (was.start, was.end) != (ghost.start, ghost.end):
                canvas.segmentMoved.emit(drag.found.index, ghost.start, ghost.end)

    def _choose_track(self, found: Hit) -> None:
        view = self._canvas.view
        if found.lane is not None and found.lane.kind == "labels" and view.editing and found.lane.name != view.track:
            self._canvas.trackChosen.emit(found.lane.name)
