"""The mouse on the timeline: it seeks, scrubs and pans, and draws, moves and resizes segments.

Nothing is changed here. A drag shows what it would make; letting go says so by one signal of the surface.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeAlias

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

from engines.actions.types import Segment
from widgets.timeline.hits import CURSORS, Hit, drawn, hit, shifted, with_end, with_start
from widgets.timeline.menu import class_menu, popup
from widgets.timeline.surface import Surface

DRAG = 4.0
"""Pixels that the mouse must go before a press is a drag."""
Deed: TypeAlias = Literal["scrub", "pan", "threshold", "draw", "move", "start", "end"]
CHANGING = ("move", "start", "end")
DEEDS: dict[str, Deed] = {"ruler": "scrub", "now": "scrub", "threshold": "threshold", "start": "start", "end": "end"}
EDITS: dict[str, Deed] = {"segment": "move", "labels": "draw"}
"""The deed of a drag that begins on each part; elsewhere it pans."""


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
    """Turns presses, moves and releases over the surface into drags and clicks."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self.drag: Drag | None = None
        self._sought: float | None = None

    @property
    def ghost(self) -> Segment | None:
        return self.drag.ghost if self.drag is not None else None

    @property
    def dragged(self) -> int:
        """Index of the segment that is being dragged, -1 none."""
        drag = self.drag
        return drag.found.index if drag is not None and drag.started and drag.deed in CHANGING else -1

    def press(self, event: QMouseEvent) -> None:
        surface, place = self._surface, event.position()
        found = hit(surface.scene(), place)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        panning = shift or event.button() == Qt.MouseButton.MiddleButton
        if found.part == "toggle" and found.lane is not None:
            surface.toggle_heat(found.lane.name)
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
        self._surface.update_view()

    def release(self) -> None:
        drag, self.drag = self.drag, None
        if drag is None:
            return
        if not drag.started:
            self._click(drag.found)
        elif drag.ghost is not None:
            self._finish(drag, drag.ghost)
        self._surface.update_view()

    def cancel(self) -> bool:
        """Drop the drag; False where there is none."""
        was, self.drag = self.drag is not None, None
        if was:
            self._surface.update_view()
        return was

    def hover(self, place: QPointF) -> None:
        """The cursor's shape over what can be dragged."""
        found = hit(self._surface.scene(), place)
        shape = CURSORS.get(found.part)
        if found.part == "labels" and self._surface.view.editing:
            shape = Qt.CursorShape.CrossCursor
        area = self._surface.viewport()
        area.unsetCursor() if shape is None else area.setCursor(shape)

    def _deed(self, found: Hit) -> Deed:
        return (DEEDS | EDITS if self._surface.view.editing else DEEDS).get(found.part, "pan")

    def _ghost(self, drag: Drag, place: QPointF) -> Segment | None:
        surface = self._surface
        scene, labels = surface.scene(), surface.view.labels
        seconds = scene.layout.time(scene.axis, place.x())
        if drag.deed == "draw" and drag.found.lane is not None:
            return drawn(scene.frames, surface.brush, drag.found.lane.name, drag.found.seconds, seconds)
        if drag.deed not in CHANGING or labels is None or drag.found.index >= len(labels.segments):
            return None
        whole = labels.segments[drag.found.index]
        if drag.deed == "move":
            return shifted(scene.frames, whole, seconds - drag.found.seconds)
        return (with_start if drag.deed == "start" else with_end)(scene.frames, whole, seconds)

    def _follow(self, deed: Deed, before: QPointF, place: QPointF) -> None:
        surface = self._surface
        if deed == "pan":
            surface.look(surface.scope.panned(before.x() - place.x()))
            surface.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif deed == "scrub":
            self._seek(surface.time_at(place.x()))
        elif deed == "threshold" and self.drag is not None and self.drag.found.lane is not None:
            surface.want_threshold_at(self.drag.found.lane, place.y())

    def _seek(self, seconds: float) -> None:
        """Ask for a moment once, however often the mouse moves within its frame."""
        at = self._surface.snapped(seconds)
        if at != self._sought:
            self._sought = at
            self._surface.positionWanted.emit(at)

    def _click(self, found: Hit) -> None:
        surface = self._surface
        if found.part in ("segment", "start", "end"):
            surface.segmentChosen.emit(found.index)
        elif found.part == "event" and found.lane is not None:
            surface.positionWanted.emit(surface.view.tracks[found.lane.index].events[found.index].start)
        elif found.part in ("empty", "labels"):
            surface.positionWanted.emit(surface.snapped(found.seconds))

    def _finish(self, drag: Drag, ghost: Segment) -> None:
        surface, labels = self._surface, self._surface.view.labels
        if drag.deed == "draw":
            self._add(ghost, drag.at)
        elif labels is not None and drag.found.index < len(labels.segments):
            was = labels.segments[drag.found.index]
            if (was.start, was.end) != (ghost.start, ghost.end):
                surface.segmentMoved.emit(drag.found.index, ghost.start, ghost.end)

    def _add(self, segment: Segment, place: QPointF) -> None:
        """Say what was drawn, as the class used last; ask for one where there is none yet."""
        if segment.action:
            self._surface.segmentAdded.emit(segment)
        else:
            popup(self._surface, class_menu(self._surface, partial(self._surface.add_as, segment)), place)

    def _choose_track(self, found: Hit) -> None:
        view = self._surface.view
        if found.lane is not None and found.lane.kind == "labels" and view.editing and found.lane.name != view.track:
            self._surface.trackChosen.emit(found.lane.name)
