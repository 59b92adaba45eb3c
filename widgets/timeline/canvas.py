"""The timeline's canvas: Qt's events and the painting of a view in layers.

The still layer (ruler, curves, bars, names) is kept as a picture while nothing of it changes; over it go now, the
cursor's figures and what is being dragged. Curves come as tiles (`widgets.timeline.tiles`).
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSizeF, Qt
from PySide6.QtGui import (
    QAccessible,
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
from PySide6.QtWidgets import QFrame, QToolTip

from engines.core.words import tr
from widgets.kit.fields import describe
from widgets.kit.keeping.fields import KEPT
from widgets.kit.theme import LOOK
from widgets.timeline import keys
from widgets.timeline.axis import FrameClock, clock
from widgets.timeline.bars import draw_events, draw_ghost, draw_labels, draw_marking, ghost_words
from widgets.timeline.drawing import (
    Scene,
    draw_ahead_word,
    draw_grid,
    draw_ground,
    draw_names,
    draw_ruler,
    draw_scores,
    draw_threshold,
)
from widgets.timeline.editing import Drag, Gestures
from widgets.timeline.hits import hit
from widgets.timeline.lanes import EDGE, RULER
from widgets.timeline.menu import context_menu, popup
from widgets.timeline.overlay import draw_cursor, draw_now, draw_sentence, draw_tag, readout_at
from widgets.timeline.scope import Scope
from widgets.timeline.state import TimelineView
from widgets.timeline.surface import Surface
from widgets.timeline.tiles import Tiles
from widgets.timeline.words import content_of, description, tip_of

NOTCH = 120
SCOPES, STILL = "timeline.scopes", "timeline.still"
"""Kept: of films the stretch that was zoomed to, and the feeds of which now is not followed."""
ZOOM = 0.8
BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton)


class Canvas(Surface):
    """`show_state(view)` shows; `stills` and `paints` count what was painted."""

    accessible_role = QAccessible.Role.Chart

    def __init__(self) -> None:
        super().__init__()
        self.sentence = ""
        self.gestures = Gestures(self)
        self.tiles: dict[tuple[int, str], Tiles] = {}
        self.stills = self.paints = 0
        self._content: tuple[object, ...] = ()
        self._still: tuple[object, QPixmap] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setMinimumHeight(64)
        describe(self, tr("Timeline"), keys.KEYS_IN_WORDS)
        self.verticalScrollBar().valueChanged.connect(self.update_view)
        self.scopeChanged.connect(self._keep)
        for name in (SCOPES, STILL):
            KEPT.add(name, self)
        LOOK.changed.connect(self.update_view)

    def show_state(self, view: TimelineView, sentence: str = "") -> None:
        """Show a view; what equals the one before costs a comparison."""
        content = (*content_of(view), sentence)
        before, self.view, self.sentence = self.view, view, sentence
        changed = content != self._content
        if not changed and (view.position, view.playing) == (before.position, before.playing):
            return
        if changed:
            self._content, self.edition = content, self.edition + 1
            self.frames = FrameClock(view.frame_times, view.rate, view.duration)
            self.setAccessibleDescription(description(view))
        self._follow_time(before.path != view.path or (before.duration is None) != (view.duration is None))
        if changed:
            self.fit_scrolling()
        self.update_view()

    # Qt's events, which come from the viewport

    def paintEvent(self, event: QPaintEvent) -> None:
        self.paints += 1
        scene, dragged = self.scene(), self.gestures.dragged
        key = (self.edition, scene.axis, scene.layout, scene.ratio, scene.lit, LOOK.now.name, dragged)
        if self._still is None or self._still[0] != key:
            self.stills += 1
            self._still = key, paint_still(scene, self.tiles, dragged)
        painter = QPainter(self.viewport())
        painter.drawPixmap(0, 0, self._still[1])
        paint_over(painter, scene, self.gestures.drag, self.hover, self.sentence)
        if self.hasFocus():
            painter.setPen(QPen(LOOK.now.color("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.scope = self.scope.resized(self.bare.across)
        self.fit_scrolling()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta, modifiers = event.angleDelta(), event.modifiers()
        turn = (delta.y() or delta.x()) / NOTCH
        if modifiers & Qt.KeyboardModifier.ControlModifier or event.position().x() < self.bare.gutter:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - round(turn * 3 * bar.singleStep()))
        elif modifiers & Qt.KeyboardModifier.ShiftModifier or abs(delta.x()) > abs(delta.y()):
            self.look(self.scope.panned(-turn * 90))
        else:
            self.look(self.scope.zoomed(ZOOM**turn, self.time_at(event.position().x())))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in BUTTONS:
            self.gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hover = event.position()
        self.gestures.move(event)
        self.update_view()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() in BUTTONS:
            self.gestures.release()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and event.position().x() >= self.bare.gutter:
            self.fit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self._place_of_chosen() if by_key else QPointF(event.pos())
        popup(self, context_menu(self, hit(self.scene(), place)), place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier)
        dropped = event.key() == Qt.Key.Key_Escape and not held and self.gestures.cancel()
        if held or not (dropped or keys.press(self, event.key(), shift, alt)):
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Esc is the canvas' own while something is dragged, whatever shortcut it is otherwise."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if event.type() == QEvent.Type.ShortcutOverride and escape and self.gestures.drag is not None:
            event.accept()
            return True
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update_view()
        return super().event(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        return keys.next_segment(self, next) or super().focusNextPrevChild(next)

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

    def _follow_time(self, fresh: bool) -> None:
        view = self.view
        if fresh:
            width, live = self.bare.across, view.duration is None
            self.scope = Scope.of_feed(view.position, width) if live else Scope.of_film(view.duration or 0.0, width)
            self.scope = self._as_it_was(self.scope)
            self.tiles.clear()
        self.look(self.scope.moved(view.position, *self._limits()))

    def _as_it_was(self, whole: Scope) -> Scope:
        """What was seen last of this film or feed."""
        if self.view.duration is None:
            return whole.followed(self.view.path not in self._let_go)
        scopes = KEPT.values.get(SCOPES)
        was = scopes.get(self.view.path) if isinstance(scopes, dict) else None
        if not (isinstance(was, list) and len(was) == 3 and all(isinstance(number, int | float) for number in was)):
            return whole
        start, span, following = was
        known = 0 <= start < self.view.duration and span > 0
        return whole.at(start, span, bool(following)) if known else whole

    @property
    def _let_go(self) -> list[object]:
        kept = KEPT.values.get(STILL)
        return kept if isinstance(kept, list) else []

    def _keep(self) -> None:
        """Of a feed whether now is followed, for all else goes by; of a film the stretch that was zoomed to."""
        path, scope = self.view.path, self.scope
        if path and self.view.duration is None:
            others = [one for one in self._let_go if one != path]
            KEPT.take(STILL, others if scope.following else [*others, path])
        elif path:
            kept = KEPT.values.get(SCOPES)
            scopes = dict(kept) if isinstance(kept, dict) else {}
            scopes.pop(path, None)
            if scope.following or not scope.fitted:
                scopes[path] = [round(scope.axis.start, 3), round(scope.axis.span, 3), scope.following]
            KEPT.take(SCOPES, scopes)

    def show_kept(self, _value: object) -> None:
        """What was seen last is known by now."""
        self.look(self._as_it_was(self.scope))

    def _limits(self) -> tuple[float, float]:
        """The time there is: of a film all of it, of a feed what has been."""
        view = self.view
        if view.duration is not None:
            return 0.0, max(view.duration, self.frames.edge(self.frames.count) if len(view.frame_times) else 0.0, 0.2)
        firsts = [float(track.times[0]) for track in view.tracks if len(track.times)]
        lasts = [float(track.times[-1]) for track in view.tracks if len(track.times)]
        return min([self.scope.low, view.position, *firsts]), max([view.position, *lasts])

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


def paint_still(scene: Scene, tiles: dict[tuple[int, str], Tiles], dragged: int = -1) -> QPixmap:
    """Ruler, lanes and names as a picture. tiles: kept by place and name of the model from one time to the next."""
    layout = scene.layout
    made = QPixmap((QSizeF(layout.width, layout.height) * scene.ratio).toSize())
    made.setDevicePixelRatio(scene.ratio)
    made.fill(LOOK.now.color("surface"))
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_ground(painter, scene)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    draw_grid(painter, scene)
    for lane in layout.lanes:
        if lane.kind == "scores":
            draw_scores(painter, scene, lane, tiles.setdefault((lane.index, lane.name), Tiles()))
            draw_threshold(painter, scene, lane)
            draw_ahead_word(painter, scene, lane)
        elif lane.kind == "events":
            draw_events(painter, scene, lane)
        else:
            draw_labels(painter, scene, lane, dragged)
    draw_names(painter, scene)
    draw_ruler(painter, scene)
    painter.end()
    return made


def paint_over(painter: QPainter, scene: Scene, drag: Drag | None, hover: QPointF | None, sentence: str) -> None:
    """The open segment, a drag's ghost, now, and the figures under the cursor."""
    draw_marking(painter, scene)
    ghost = drag.ghost if drag is not None else None
    if ghost is not None:
        draw_ghost(painter, scene, ghost)
    draw_now(painter, scene)
    if sentence:
        draw_sentence(painter, scene, sentence)
    if drag is not None and drag.started:
        words = ghost_words(scene, ghost) if ghost is not None else ""
        if drag.deed == "threshold":
            words = tr("Threshold {threshold:.0f} %", threshold=100 * scene.view.threshold)
        elif drag.deed == "scrub":
            words = clock(scene.view.position, 0.01)
        if words:
            draw_tag(painter, scene, drag.at, words)
    elif hover is not None and hover.x() >= scene.layout.gutter and hover.x() <= scene.layout.body.right():
        _draw_hover(painter, scene, hover)


def _draw_hover(painter: QPainter, scene: Scene, hover: QPointF) -> None:
    seconds = scene.layout.time(scene.axis, hover.x())
    if seconds < 0:
        return
    lane = scene.layout.lane_at(hover.y())
    if hover.y() >= RULER:
        draw_cursor(painter, scene, hover, readout_at(scene, lane, seconds))
