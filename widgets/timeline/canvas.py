"""The timeline's canvas: it paints a view in layers and says by signals what mouse and keyboard want.

The still layer (ruler, curves, bars, names) is kept as a picture while nothing of it changes; over it go now, the
cursor's figures and what is being dragged. Curves come as tiles (`widgets.timeline.tiles`).
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from engines.actions.types import Segment
from widgets.kit.fields import describe
from widgets.kit.theme import LOOK
from widgets.timeline import keys as timeline_keys
from widgets.timeline import menu as timeline_menu
from widgets.timeline.axis import FrameClock
from widgets.timeline.drawing import Scene
from widgets.timeline.editing import Gestures
from widgets.timeline.hits import hit
from widgets.timeline.lanes import EDGE, RULER, Lane, Layout, laid_out
from widgets.timeline.painting import paint_over, paint_still
from widgets.timeline.scope import Scope
from widgets.timeline.state import TimelineView
from widgets.timeline.tiles import Tiles
from widgets.timeline.words import content_of, description, tip_of

NOTCH = 120
ZOOM = 0.8


class Canvas(QAbstractScrollArea):
    """`show_state(view)` shows; `stills` and `paints` count what was painted."""

    positionWanted = Signal(float)
    playWanted = Signal(float)
    segmentAdded = Signal(object)
    segmentMoved = Signal(int, int, int)
    segmentChosen = Signal(int)
    segmentRemoved = Signal(int)
    relabelled = Signal(int, str)
    splitWanted = Signal(int, int)
    trackChosen = Signal(str)
    trackAdded = Signal(str)
    markWanted = Signal(str)
    markDropped = Signal()
    thresholdChanged = Signal(float)
    exportEventsWanted = Signal()
    brushChanged = Signal(str)
    scopeChanged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.view, self.frames, self.scope = TimelineView(), FrameClock(), Scope()
        self.sentence = ""
        self.brush = ""
        self.gestures = Gestures(self)
        self.tiles: dict[tuple[int, str], Tiles] = {}
        self.hover: QPointF | None = None
        self.stills = self.paints = 0
        self._heat: dict[str, bool] = {}
        self._content: tuple[object, ...] = ()
        self._edition = 0
        self._still: tuple[object, QPixmap] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setMinimumHeight(64)
        describe(self, "Timeline", timeline_keys.KEYS_IN_WORDS)
        self.verticalScrollBar().valueChanged.connect(self.update_view)
        LOOK.changed.connect(self.update_view)

    def show_state(self, view: TimelineView, sentence: str = "") -> None:
        """Show a view; what equals the one before costs a comparison."""
        content = (*content_of(view), sentence)
        before, self.view, self.sentence = self.view, view, sentence
        changed = content != self._content
        moved = (view.position, view.playing) != (before.position, before.playing)
        if not (changed or moved):
            return
        if changed:
            self._content, self._edition = content, self._edition + 1
            self.frames = FrameClock(view.frame_times, view.rate, view.duration)
            self.setAccessibleDescription(description(view))
        self._follow_time(before.path != view.path or (before.duration is None) != (view.duration is None))
        if changed:
            self._fit_scrolling()
        self.update_view()

    # What the view is seen through

    def scene(self) -> Scene:
        size = self.viewport().size()
        layout = laid_out(self.view, size.width(), size.height(), self.verticalScrollBar().value(), self._heat)
        return Scene(self.view, layout, self.scope.axis, self.frames, self.viewport().devicePixelRatioF(), self._lit())

    def time_at(self, x: float) -> float:
        return self.scope.axis.time(x - self._gutter())

    def snapped(self, seconds: float) -> float:
        """A time of the recording; of a film the beginning of the frame that is shown then."""
        held = min(max(seconds, self.scope.low), self.scope.high)
        if self.scope.live or not (self.view.rate > 0 or len(self.view.frame_times)):
            return held
        return self.frames.edge(self.frames.at(held))

    def zoom(self, factor: float, about: float) -> None:
        self._set_scope(self.scope.zoomed(factor, about))

    def pan(self, pixels: float) -> None:
        self._set_scope(self.scope.panned(pixels))

    def fit(self) -> None:
        self._set_scope(self.scope.whole())

    def follow(self, on: bool = True) -> None:
        self._set_scope(self.scope.followed(on))

    def see(self, seconds: float) -> None:
        self._set_scope(self.scope.seeing(seconds))

    def zoom_to(self, low: float, high: float) -> None:
        self._set_scope(self.scope.over(low, high))

    def is_heat(self, name: str) -> bool:
        return any(lane.heat for lane in self.scene().layout.lanes if (lane.kind, lane.name) == ("scores", name))

    def toggle_heat(self, name: str | None = None) -> None:
        """Turn a model's lane, or all of them, into heat or back into curves."""
        names = [name] if name is not None else [track.name for track in self.view.tracks]
        if names:
            heat = not self.is_heat(names[0])
            self._heat.update(dict.fromkeys(names, heat))
            self._edition += 1
            self._fit_scrolling()
            self.update_view()

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

    def want_segment(self, segment: Segment, place: QPointF) -> None:
        """Say what was drawn, as the class used last; ask for one where there is none yet."""
        if segment.action:
            self.segmentAdded.emit(segment)
            return
        menu = timeline_menu.class_menu(self, partial(self._add_as, segment))
        timeline_menu.popup(self, menu, place)

    def want_relabel(self, index: int, action: str) -> None:
        self.set_brush(action)
        self.relabelled.emit(index, action)

    def set_brush(self, action: str) -> None:
        """The class of the next segment that is drawn."""
        if action != self.brush:
            self.brush = action
            self.brushChanged.emit(action)

    def set_cursor(self, shape: Qt.CursorShape | None) -> None:
        self.viewport().unsetCursor() if shape is None else self.viewport().setCursor(shape)

    def update_view(self) -> None:
        self.viewport().update()

    # Qt's events, which come from the viewport

    def paintEvent(self, event: QPaintEvent) -> None:
        self.paints += 1
        scene = self.scene()
        key = (self._edition, scene.axis, scene.layout, scene.ratio, scene.lit, LOOK.now.name, self.gestures.dragged)
        if self._still is None or self._still[0] != key:
            self._still = key, self._paint_still(scene)
        painter = QPainter(self.viewport())
        painter.drawPixmap(0, 0, self._still[1])
        paint_over(painter, scene, self.gestures, self.hover, self.sentence)
        if self.hasFocus():
            painter.setPen(QPen(LOOK.now.color("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.scope = self.scope.resized(self._across())
        self._fit_scrolling()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta, modifiers = event.angleDelta(), event.modifiers()
        turn = (delta.y() or delta.x()) / NOTCH
        if modifiers & Qt.KeyboardModifier.ControlModifier or event.position().x() < self._gutter():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - round(turn * 3 * bar.singleStep()))
        elif modifiers & Qt.KeyboardModifier.ShiftModifier or abs(delta.x()) > abs(delta.y()):
            self.pan(-turn * 90)
        else:
            self.zoom(ZOOM**turn, self.time_at(event.position().x()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self.gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hover = event.position()
        self.gestures.move(event)
        self.update_view()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self.gestures.release()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and event.position().x() >= self._gutter():
            self.fit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = QPointF(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self._place_of_chosen()
        timeline_menu.popup(self, timeline_menu.context_menu(self, hit(self.scene(), place)), place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier)
        if held or not timeline_keys.press(self, event.key(), shift, alt):
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Esc is the canvas' own while something is dragged, whatever shortcut it is otherwise."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if event.type() == QEvent.Type.ShortcutOverride and escape and self.gestures.drag is not None:
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        return timeline_keys.next_segment(self, next) or super().focusNextPrevChild(next)

    def focusInEvent(self, event) -> None:  # noqa: ANN001  (Qt's own type)
        super().focusInEvent(event)
        self.update_view()

    def focusOutEvent(self, event) -> None:  # noqa: ANN001  (Qt's own type)
        super().focusOutEvent(event)
        self.update_view()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = tip_of(self.scene(), hit(self.scene(), QPointF(event.pos())))
            QToolTip.showText(event.globalPos(), words, self.viewport())
            return True
        if event.type() == QEvent.Type.Leave:
            self.hover = None
            self.update_view()
        return super().viewportEvent(event)

    # Its own

    def _add_as(self, segment: Segment, action: str) -> None:
        self.set_brush(action)
        self.segmentAdded.emit(Segment(segment.start, segment.end, action, segment.track))

    def _follow_time(self, fresh: bool) -> None:
        view = self.view
        if fresh:
            width, now = self._across(), view.position
            end = view.duration or 0.0
            self.scope = Scope.of_feed(now, width) if view.duration is None else Scope.of_film(end, width)
            self.tiles.clear()
        low, high = self._limits()
        self._set_scope(self.scope.moved(view.position, low, high))

    def _limits(self) -> tuple[float, float]:
        """The time there is: of a film all of it, of a feed what has been."""
        view = self.view
        if view.duration is not None:
            return 0.0, max(view.duration, self.frames.edge(self.frames.count) if len(view.frame_times) else 0.0, 0.2)
        firsts = [float(track.times[0]) for track in view.tracks if len(track.times)]
        lasts = [float(track.times[-1]) for track in view.tracks if len(track.times)]
        return min([self.scope.low, view.position, *firsts]), max([view.position, *lasts])

    def _set_scope(self, scope: Scope) -> None:
        if scope != self.scope:
            self.scope = scope
            self.update_view()
            self.scopeChanged.emit()

    def _across(self) -> float:
        return Layout(width=self.viewport().width()).across

    def _gutter(self) -> float:
        return Layout(width=self.viewport().width()).gutter

    def _fit_scrolling(self) -> None:
        layout, bar = self.scene().layout, self.verticalScrollBar()
        room = max(self.viewport().height() - RULER, 0.0)
        bar.setSingleStep(16)
        bar.setPageStep(round(room))
        bar.setRange(0, max(round(layout.content - room), 0))

    def _lit(self) -> str:
        if self.hover is None or self.hover.x() >= self._gutter():
            return ""
        size = self.viewport().size()
        layout = laid_out(self.view, size.width(), size.height(), self.verticalScrollBar().value(), self._heat)
        lane = layout.lane_at(self.hover.y())
        return lane.name if lane is not None and lane.kind == "scores" else ""

    def _place_of_chosen(self) -> QPointF:
        """Where the keyboard's menu opens: at the chosen segment, else at the now-line."""
        view, layout = self.view, self.scene().layout
        if view.labels is not None and 0 <= view.selected < len(view.labels.segments):
            segment = view.labels.segments[view.selected]
            lane = layout.lane("labels", segment.track)
            middle = (self.frames.edge(segment.start) + self.frames.edge(segment.end + 1)) / 2
            if lane is not None:
                return QPointF(layout.x(self.scope.axis, middle), layout.box(lane).center().y())
        x = layout.x(self.scope.axis, view.position)
        return QPointF(min(max(x, layout.gutter + NOTCH / 8), layout.width - EDGE), RULER + 20)

    def _paint_still(self, scene: Scene) -> QPixmap:
        self.stills += 1
        return paint_still(scene, self.tiles, self.gestures.dragged)
