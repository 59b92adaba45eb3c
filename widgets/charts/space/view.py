"""The widget that shows space: turned by dragging, moved with shift, zoomed to the pointer, chosen by a click."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy

from engines.core.words import tr
from widgets.charts.drawn import LINE, DrawnChart, draw_note, label
from widgets.charts.space.eye import Compass, Extent, Eye, Floats
from widgets.charts.space.ground import ground, length_words, place_words, round_length
from widgets.charts.space.painting import draw_ground, draw_net, draw_shot, draw_ways, draw_window
from widgets.charts.space.picking import picked
from widgets.charts.space.stage import Shot, Stage
from widgets.charts.space.things import Blob, Key, Net, Part, Thing
from widgets.kit.lengths.units import MM, UNITS, digits
from widgets.kit.theme import LOOK, number_font
from widgets.kit.wheel import leave_wheel_where_scrolled

PER_PIXEL = 0.008
"""Radians that the eye turns for a pixel dragged."""
TURN, MOVE, NEARER = 0.1, 40.0, 1.25
"""By a key: radians, pixels, and times."""
STILL = 4.0
"""Pixels within which a press is a click."""
HINT = tr(
    "Drag to turn, with shift to move, wheel to zoom, click to choose, double click to centre.\n"
    "F shows all, 1 from behind, 3 from the right, 7 from above, 0 without perspective; arrows turn, + and - zoom."
)
FOOT, BAR = 14.0, 110.0
HOME, FRONT, SIDE, TOP = "home", "front", "side", "top"
"""Names of where the eye is; from home, what is shown stays within the drawing by itself."""


class SpaceView(DrawnChart):
    """Parts by name make up what is shown; each may be replaced alone. `chosen(key)`: a thing was clicked, None for
    nothing. `moved`: the eye was."""

    chosen = Signal(object)
    moved = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.compass, self.eye = Compass(), Compass().home()
        self.nothing, self.notes = "", ()
        self.strong: frozenset[Key] = frozenset()
        self.pointed: Key = None
        self._parts: dict[str, Part] = {}
        self._floor: float | None = None
        self._window: Floats | None = None
        self._ground: Net | None = None
        self._stage, self._shot = Stage(), None
        self._held: tuple[Eye, QPointF, bool] | None = None
        self.side = HOME
        self.setMinimumSize(240, 180)
        UNITS.changed.connect(self.tell_anew)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        leave_wheel_where_scrolled(self)
        leave_wheel_where_scrolled(self)

    # What is shown

    @property
    def is_empty(self) -> bool:
        return not self._stage.pieces

    @property
    def things(self) -> dict[Key, Thing]:
        return self._stage.things

    @property
    def blobs(self) -> list[Blob]:
        """The ellipsoids that are shown."""
        return self._stage.blobs

    @property
    def extent(self) -> Extent:
        return float(max(self.width(), 1)), float(max(self.height(), 1))

    def show_parts(self, **parts: Part | None) -> None:
        """Put parts in or replace them by name; None takes one out. Until the user has moved it, the eye shows all."""
        self._parts = {name: part for name, part in {**self._parts, **parts}.items() if part is not None}
        self._stage = Stage(tuple(self._parts.values()))
        self._lay_floor()
        if self.side == HOME:
            self._fit()
        self._renew()

    def set_space(self, compass: Compass, floor: float | None) -> None:
        """Which way is up, and how high the floor is; the eye begins anew."""
        self.compass, self._floor = compass, floor
        self._lay_floor()
        self.home()

    def set_window(self, outline: Floats | None) -> None:
        """What lies outside of this outline (N x 3 points of space) is dimmed."""
        self._window = outline
        self.update()

    def tell_anew(self) -> None:
        """Lengths are told in another unit: the floor's steps are round in that."""
        self._lay_floor()
        self.update()

    def set_notes(self, notes: Sequence[str]) -> None:
        """What is said at the foot of the drawing."""
        self.notes = tuple(notes)
        self.update()

    def choose(self, keys: Iterable[Key]) -> None:
        """These are drawn strong."""
        self.strong = frozenset(keys)
        self.update()

    def tip_at(self, place: QPointF) -> str:
        """How to move about, where there is nothing to tell of."""
        return "" if self.is_empty or self.pointed is not None else HINT

    def table(self) -> list[list[str]]:
        """Place and standard deviations of everything that has a name, a heading first."""
        rows = [
            [thing.name, *(f"{value:.6g}" for value in thing.place), *_deviations(thing)]
            for thing in self._stage.things.values()
        ]
        return [["name", "x (m)", "y (m)", "z (m)", "std x (m)", "std y (m)", "std z (m)"], *rows]

    # From where

    def look(self, eye: Eye, side: str = "") -> None:
        """Look with this eye from now on. side: the name of where it is."""
        self.side = side
        self._see(eye)

    def home(self) -> None:
        """From behind and above, everything within the drawing; it stays so while the drawing changes."""
        self.side = HOME
        self.eye = self.compass.home()
        self._fit()
        self._see(self.eye)

    def fit(self) -> None:
        """Everything within the drawing, from the same side."""
        if len(self._stage.extent):
            self.look(self.eye.fitted(self._stage.extent, self.extent), self.side)

    def look_from(self, side: str) -> None:
        """From a side by its name, `front`, `side` or `top`, with everything within the drawing."""
        ways = {FRONT: self.compass.front, SIDE: self.compass.side, TOP: self.compass.top}
        eye = replace(ways[side](), perspective=self.eye.perspective)
        self.look(eye.fitted(self._stage.extent, self.extent) if len(self._stage.extent) else eye, side)

    def set_perspective(self, on: bool) -> None:
        """Or parallel lines stay parallel."""
        self.look(replace(self.eye, perspective=on), self.side if self.side != HOME else "")

    def shot(self) -> Shot:
        """The look at what is shown, as it is drawn."""
        if self._shot is None or self._shot.size != self.extent:
            self._shot = Shot.of(self._stage, self.eye, self.extent)
        return self._shot

    # Events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            pans = shifted or event.button() == Qt.MouseButton.MiddleButton
            self._held = self.eye, event.position(), pans
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            eye, start, pans = self._held
            way = event.position() - start
            if way.manhattanLength() > STILL or self.eye is not eye:
                dx, dy = way.x(), way.y()
                self.look(eye.panned(dx, dy, self.extent) if pans else eye.orbited(dx * PER_PIXEL, dy * PER_PIXEL))
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
            return
        self._cursor = event.position()
        self._point(picked(self.shot(), self._cursor.toTuple()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        held, self._held = self._held, None
        self.unsetCursor()
        self.update()
        if held is not None and (event.position() - held[1]).manhattanLength() <= STILL:
            self._see(held[0])
            self.chosen.emit(picked(self.shot(), event.position().toTuple()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """What is under the pointer comes to the middle."""
        thing = self.things.get(picked(self.shot(), event.position().toTuple()))
        if thing is not None:
            self.look(self.eye.centred(thing.place))

    def wheelEvent(self, event: QWheelEvent) -> None:
        thing = self.things.get(picked(self.shot(), event.position().toTuple()))
        depth = None if thing is None else float(self.eye.seen(thing.place[None])[0, 2])
        point = self.eye.under(event.position().toTuple(), self.extent, depth)
        self.look(self.eye.zoomed(NEARER ** (event.angleDelta().y() / 120), point))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = self._keys(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)).get(Qt.Key(event.key()))
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self.side == HOME:
            self._fit()
        self._shot = None
        super().resizeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(800, 560)

    # Within

    def _keys(self, shifted: bool) -> dict[Qt.Key, Callable[[], None]]:
        key = Qt.Key

        def way(dx: float, dy: float) -> Callable[[], None]:
            moved = self.eye.panned(-dx * MOVE, -dy * MOVE, self.extent) if shifted else None
            return lambda: self.look(moved or self.eye.orbited(-dx * TURN, -dy * TURN))

        return {
            key.Key_Left: way(-1, 0),
            key.Key_Right: way(1, 0),
            key.Key_Up: way(0, -1),
            key.Key_Down: way(0, 1),
            key.Key_Plus: lambda: self.look(self.eye.zoomed(NEARER, self.eye.target)),
            key.Key_Equal: lambda: self.look(self.eye.zoomed(NEARER, self.eye.target)),
            key.Key_Minus: lambda: self.look(self.eye.zoomed(1 / NEARER, self.eye.target)),
            key.Key_F: self.fit,
            key.Key_Home: self.home,
            key.Key_1: lambda: self.look_from(FRONT),
            key.Key_3: lambda: self.look_from(SIDE),
            key.Key_7: lambda: self.look_from(TOP),
            key.Key_0: lambda: self.set_perspective(not self.eye.perspective),
        }

    def _see(self, eye: Eye) -> None:
        self.eye = eye
        self._renew()
        self.moved.emit()

    def _fit(self) -> None:
        if len(self._stage.extent):
            self.eye = self.eye.fitted(self._stage.extent, self.extent)

    def _renew(self) -> None:
        self._shot = None
        self.update()

    def _lay_floor(self) -> None:
        there = self._floor is not None and len(self._stage.extent)
        self._ground = ground(self.compass, self._floor or 0.0, self._stage.extent) if there else None

    def _point(self, key: Key) -> None:
        if key is not None or key != self.pointed:
            self.update()
        self.pointed = key

    # Drawing

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(11))
        painter.fillRect(self.rect(), LOOK.now.color("surface"))
        if self.is_empty:
            label(painter, QRectF(self.rect()), self.nothing, LOOK.now.color("muted"), Qt.AlignmentFlag.AlignHCenter)
            return
        rough = self._held is not None and self.eye is not self._held[0]
        if self._ground is not None:
            draw_net(painter, self._ground, self.eye, self.extent, rough)
        pointed = self.pointed if self._cursor is not None and not rough else None
        strong = self.strong | ({pointed} if pointed is not None else set())
        draw_shot(painter, self.shot(), strong, [self._foot()], rough)
        if self._window is not None:
            draw_window(painter, self.eye.project(self._window, self.extent), QRectF(self.rect()))
        middle = QPointF(self.width() - 44, 44)
        draw_ground(painter, QRectF(0, 0, 80, 80).translated(middle - QPointF(40, 40)))
        draw_ways(painter, self.eye, middle, 22)
        self._draw_foot(painter)
        self._draw_told(painter, pointed)

    def _foot(self) -> QRectF:
        """Where scale and notes are."""
        high = FOOT + LINE * max(len(self.notes), 1)
        return QRectF(0, self.height() - high, self.width(), high)

    def _draw_foot(self, painter: QPainter) -> None:
        """A length to measure by at the target's depth, and the notes above it."""
        scale, muted = self.eye.scale(self.extent), LOOK.now.color("muted")
        length = round_length(BAR / 2 / scale)
        base = QPointF(FOOT, self.height() - FOOT)
        tip = base + QPointF(length * scale, 0)
        painter.setFont(number_font(11))
        metrics = painter.fontMetrics()
        told = length_words(length)
        wide = metrics.horizontalAdvance(told)
        draw_ground(painter, QRectF(base.x() - 8, base.y() - 12, tip.x() + wide + 24 - base.x(), 20))
        painter.setPen(QPen(muted, 1.5))
        for start, end in ((base, tip), *((at, at + QPointF(0, -5)) for at in (base, tip))):
            painter.drawLine(start, end)
        label(painter, QRectF(tip.x() + 8, tip.y() - 11, 220, 14), told, muted)
        left = tip.x() + 80
        for line, note in enumerate(reversed(self.notes)):
            room = QRectF(left, tip.y() - 11 - LINE * line, self.width() - left - FOOT, 14)
            broad = min(metrics.horizontalAdvance(note), room.width())
            draw_ground(painter, QRectF(room.right() - broad - 8, room.top() - 1, broad + 16, 20 if not line else LINE))
            label(painter, room, note, muted, Qt.AlignmentFlag.AlignRight)

    def _draw_told(self, painter: QPainter, key: Key) -> None:
        thing = self.things.get(key)
        if thing is None or self._cursor is None:
            return
        lines = told(thing)
        wide = max(QFontMetricsF(number_font(11)).horizontalAdvance(line) for line in lines) + 18
        high = LINE * len(lines) + 8
        left = min(max(self._cursor.x() + 16, 4.0), self.width() - wide - 4)
        top = self._cursor.y() - high - 12
        draw_note(painter, QRectF(left, top if top > 4 else self._cursor.y() + 18, wide, high), lines)


def told(thing: Thing) -> list[str]:
    """What is said of a thing: its name, its place with how certain it is, and what else is known."""
    lines = [thing.name, tr("at {place}", place=place_words(thing.place))]
    if thing.std is not None:
        unit = UNITS.of(MM)
        lines.append(f"\u00b1 {', '.join(digits(unit.of(value), 2) for value in thing.std.tolist())} {unit.symbol}")
    return [*lines, *thing.more]


def _deviations(thing: Thing) -> list[str]:
    return ["", "", ""] if thing.std is None else [f"{value:.3g}" for value in np.asarray(thing.std)]
