"""The base of the timeline's canvas: the view that is shown, the time that is seen, and signals of what is wanted.

Gestures, keys and menus work on it; `widgets.timeline.canvas` adds Qt's events and the painting to it.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, Signal
from PySide6.QtWidgets import QAbstractScrollArea

from engines.actions.types import Segment
from widgets.timeline.axis import FrameClock
from widgets.timeline.drawing import Scene
from widgets.timeline.lanes import RULER, Lane, Layout, laid_out
from widgets.timeline.scope import Scope
from widgets.timeline.state import TimelineView


class Surface(QAbstractScrollArea):
    """`brushChanged`: another class for new segments. `scopeChanged`: another stretch of time is seen."""

    positionWanted = Signal(float)
    playWanted = Signal(float)
    segmentAdded = Signal(object)
    segmentMoved = Signal(int, int, int)
    segmentChosen = Signal(int)
    segmentRemoved = Signal(int)
    relabelled = Signal(int, str)
    splitWanted = Signal(int, int)
    trackChosen = Signal(str)
    markWanted = Signal(str)
    markDropped = Signal()
    thresholdChanged = Signal(float)
    exportEventsWanted = Signal()
    brushChanged = Signal(str)
    scopeChanged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.view, self.frames, self.scope = TimelineView(), FrameClock(), Scope()
        self.brush = ""
        self.hover: QPointF | None = None
        self.edition = 0
        """Counts what changes the still layer beside the view's own content."""
        self._heat: dict[str, bool] = {}

    @property
    def bare(self) -> Layout:
        """The layout without its lanes: the gutter and the width of the time."""
        return Layout(width=self.viewport().width())

    def scene(self) -> Scene:
        size = self.viewport().size()
        layout = laid_out(self.view, size.width(), size.height(), self.verticalScrollBar().value(), self._heat)
        ratio = self.viewport().devicePixelRatioF()
        return Scene(self.view, layout, self.scope.axis, self.frames, ratio, self._lit(layout))

    def time_at(self, x: float) -> float:
        return self.scope.axis.time(x - self.bare.gutter)

    def snapped(self, seconds: float) -> float:
        """A time of the recording; of a film the beginning of the frame that is shown then."""
        held = min(max(seconds, self.scope.low), self.scope.high)
        if self.scope.live or not (self.view.rate > 0 or len(self.view.frame_times)):
            return held
        return self.frames.edge(self.frames.at(held))

    def look(self, scope: Scope) -> None:
        """See this stretch of time."""
        if scope != self.scope:
            self.scope = scope
            self.update_view()
            self.scopeChanged.emit()

    def fit(self) -> None:
        self.look(self.scope.whole())

    def follow(self, on: bool = True) -> None:
        self.look(self.scope.followed(on))

    def is_heat(self, name: str) -> bool:
        return any(lane.heat for lane in self.scene().layout.lanes if (lane.kind, lane.name) == ("scores", name))

    def toggle_heat(self, name: str | None = None) -> None:
        """Turn a model's lane, or all of them, into heat or back into curves."""
        names = [name] if name is not None else [track.name for track in self.view.tracks]
        if names:
            self._heat.update(dict.fromkeys(names, not self.is_heat(names[0])))
            self.edition += 1
            self.fit_scrolling()
            self.update_view()

    def update_view(self) -> None:
        self.viewport().update()

    def fit_scrolling(self) -> None:
        """The scroll bar reaches as far down as the lanes do."""
        layout, bar = self.scene().layout, self.verticalScrollBar()
        room = max(self.viewport().height() - RULER, 0.0)
        bar.setSingleStep(16)
        bar.setPageStep(round(room))
        bar.setRange(0, max(round(layout.content - room), 0))

    # What is wanted

    def play_from(self, seconds: float) -> None:
        self.positionWanted.emit(seconds)
        self.playWanted.emit(seconds)

    def want_threshold(self, value: float) -> None:
        """Whole percents between 1 and 99."""
        held = round(min(max(value, 0.01), 0.99), 2)
        if held != self.view.threshold:
            self.thresholdChanged.emit(held)

    def want_threshold_at(self, lane: Lane, y: float) -> None:
        box = self.scene().layout.box(lane)
        self.want_threshold(1.0 - (y - box.top()) / box.height())

    def want_relabel(self, index: int, action: str) -> None:
        self.set_brush(action)
        self.relabelled.emit(index, action)

    def add_as(self, segment: Segment, action: str) -> None:
        """A segment as one of this class, which the next ones are of too."""
        self.set_brush(action)
        self.segmentAdded.emit(Segment(segment.start, segment.end, action, segment.track))

    def set_brush(self, action: str) -> None:
        """The class of the next segment that is drawn."""
        if action != self.brush:
            self.brush = action
            self.brushChanged.emit(action)

    def _lit(self, layout: Layout) -> str:
        """The model whose heat switch is under the cursor."""
        if self.hover is None or self.hover.x() >= layout.gutter:
            return ""
        lane = layout.lane_at(self.hover.y())
        return lane.name if lane is not None and lane.kind == "scores" else ""
