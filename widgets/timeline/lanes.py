"""The layout of the timeline: the ruler, the lanes under it, and a gutter with their names at the left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from PySide6.QtCore import QRectF

from engines.actions.types import BACKGROUND
from widgets.timeline.axis import TimeAxis
from widgets.timeline.state import ScoreTrack, TimelineView

RULER = 26.0
EVENTS = 20.0
LABELS, LABELS_MOST = 26.0, 44.0
CURVES_LEAST = 56.0
HEAT_ROW, HEAT_TIGHT = 14.0, 5.0
"""Height of a row of heat; and while labels are made, whose tracks are then of more use than the rows' names."""
SPACE = 4.0
EDGE = 8.0
MANY = 8
"""From more classes than these on, heat is easier to read than curves."""
Kind: TypeAlias = Literal["scores", "events", "labels"]


@dataclass(frozen=True, slots=True)
class Lane:
    """One row. name: of the model or the label track. index: of the model's track. top: below the ruler, unscrolled."""

    kind: Kind
    name: str
    index: int
    top: float
    height: float
    heat: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Lanes in a viewport of `width` x `height` that is scrolled down by `scroll` pixels."""

    lanes: tuple[Lane, ...] = ()
    width: float = 1.0
    height: float = 1.0
    scroll: float = 0.0

    @property
    def gutter(self) -> float:
        """Width of the names at the left."""
        return 116.0 if self.width >= 640 else 76.0

    @property
    def across(self) -> float:
        """Pixels that the time has."""
        return max(self.width - self.gutter - EDGE, 1.0)

    @property
    def content(self) -> float:
        """Height of all lanes together."""
        return self.lanes[-1].top + self.lanes[-1].height + SPACE if self.lanes else 0.0

    @property
    def body(self) -> QRectF:
        """Where lanes are seen, without their names."""
        return QRectF(self.gutter, RULER, self.across, max(self.height - RULER, 0.0))

    def box(self, lane: Lane) -> QRectF:
        """Where a lane's time is drawn."""
        return QRectF(self.gutter, RULER + lane.top - self.scroll, self.across, lane.height)

    def name_box(self, lane: Lane) -> QRectF:
        return QRectF(0.0, RULER + lane.top - self.scroll, self.gutter, lane.height)

    def lane_at(self, y: float) -> Lane | None:
        """The lane at this height of the viewport, None on the ruler and between lanes."""
        below = y - RULER + self.scroll
        found = (lane for lane in self.lanes if lane.top <= below < lane.top + lane.height)
        return next(found, None) if y >= RULER else None

    def lane(self, kind: Kind, name: str) -> Lane | None:
        return next((lane for lane in self.lanes if (lane.kind, lane.name) == (kind, name)), None)

    def x(self, axis: TimeAxis, seconds: float) -> float:
        return self.gutter + axis.x(seconds)

    def time(self, axis: TimeAxis, x: float) -> float:
        return axis.time(x - self.gutter)


def laid_out(view: TimelineView, width: float, height: float, scroll: float, heat: Mapping[str, bool]) -> Layout:
    """The lanes of a view. heat: what the user chose for a model; else heat where there are many classes."""
    plan = _plan(view, heat)
    fixed = sum(least for _kind, _name, _index, least, grows in plan if not grows) + SPACE * (len(plan) + 1)
    growing = [least for *_rest, least, grows in plan if grows]
    room = (height - RULER - fixed) / len(growing) if growing else 0.0
    alone = min((height - RULER - SPACE) / max(len(plan), 1) - SPACE, LABELS_MOST)
    lanes, top = [], SPACE
    for kind, name, index, least, grows in plan:
        high = max(least, float(int(room if grows else 0 if growing else alone)))
        lanes.append(Lane(kind, name, index, top, high, kind == "scores" and shows_heat(view, index, heat)))
        top += high + SPACE
    return Layout(tuple(lanes), width, height, scroll)


def _plan(view: TimelineView, heat: Mapping[str, bool]) -> list[tuple[Kind, str, int, float, bool]]:
    """Kind, name, index, least height of each lane, and whether it takes what room there is."""
    plan: list[tuple[Kind, str, int, float, bool]] = []
    for index, track in enumerate(view.tracks):
        row = (HEAT_TIGHT if view.editing else HEAT_ROW) if shows_heat(view, index, heat) else 0.0
        rows = len(rows_of(view, track)) * row
        plan.append(("scores", track.name, index, max(rows, CURVES_LEAST), True))
        plan.append(("events", track.name, index, EVENTS, False))
    plan.extend(("labels", name, -1, LABELS, False) for name in label_tracks(view))
    return plan


def label_tracks(view: TimelineView) -> tuple[str, ...]:
    """Tracks of labels that have a lane: those with segments, and all of them while labels are made."""
    used = view.labels.tracks if view.labels is not None else ()
    return tuple(dict.fromkeys((*view.tracks_known, *used, view.track))) if view.editing else used


def shows_heat(view: TimelineView, index: int, heat: Mapping[str, bool]) -> bool:
    track = view.tracks[index]
    return heat.get(track.name, len(track.classes) - 1 > MANY)


def rows_of(view: TimelineView, track: ScoreTrack) -> tuple[int, ...]:
    """Columns of a track that have a row in heat: all classes shown, the background left out."""
    return tuple(column for column, name in enumerate(track.classes) if name != BACKGROUND and name not in view.hidden)
