"""The drawing of a graph: drag pans, the wheel zooms around the pointer, arrow keys walk along edges.

Nothing is stored that the state does not say but the view itself. What is seen is painted in squares that are kept, so
a pan of ten thousand boxes paints the newly seen squares and no more.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engines.core.words import tr
from engines.inspection.layout.folding import Box, Folded, Role
from engines.inspection.layout.layers import Placed
from widgets.inspection.graph.colors import box_colors
from widgets.inspection.graph.painting import GraphPainter, Marks
from widgets.inspection.graph.scene import Scene
from widgets.inspection.graph.tiles import Tiles
from widgets.inspection.graph.words import spoken
from widgets.kit.fields import describe
from widgets.kit.theme import LOOK
from widgets.kit.wheel import leave_wheel_where_scrolled

STEP = 1.2
LEAST, MOST, READABLE = 0.002, 3.0, 1.0
"""Scales: pixels a unit of the drawing."""
EDGE = 28.0
"""Room about the drawing."""
TIP = tr("Drag moves, the wheel zooms, double click opens or closes a module; arrow keys walk along edges, F shows all")


class GraphCanvas(QWidget):
    """`picked(key)` for a box, "" for none; `openWanted(module)`, and `closeWanted(module)` for the one that a box is
    in."""

    picked = Signal(str)
    openWanted = Signal(str)
    closeWanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.scene: Scene | None = None
        self.scale, self.offset = 1.0, QPointF()
        self.marks, self.figure = Marks(), ""
        self._painter: GraphPainter | None = None
        self._tiles = Tiles(self._paint_part)
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self.update)
        self._pressed: QPointF | None = None
        self._moved, self._seen = False, False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        leave_wheel_where_scrolled(self)
        describe(self, tr("Graph"), "")
        self.setAccessibleDescription(TIP)
        LOOK.changed.connect(self._recolor)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 140)

    # What is shown

    def show_graph(self, folded: Folded | None, placed: Placed | None, *, fresh: bool) -> None:
        """A laid out graph, None for nothing. fresh: another model, which is shown from its beginning."""
        if folded is None or placed is None:
            self.scene = self._painter = None
            self.update()
            return
        if self.scene is not None and self.scene.folded is folded and self.scene.placed is placed:
            return
        held = None if fresh or self.scene is None else self._anchor(self.scene)
        self.scene = Scene(folded, placed)
        self.marks = Marks()
        self._tiles.clear(forget=True)
        self._recolor()
        if held is None:
            self._begin()
        else:
            self._hold(self.scene, *held)

    def show_marks(self, marks: Marks) -> None:
        """Which boxes are selected, followed, found."""
        if marks != self.marks and self._painter is not None and self.scene is not None:
            self.marks = self._painter.marks = marks
            self._tiles.clear()
            self.setAccessibleDescription(f"{spoken(self.box)}. {TIP}" if self.box is not None else TIP)
            self.update()

    def show_figure(self, figure: str) -> None:
        """Colour by this field of a box, "" by family."""
        if figure != self.figure:
            self.figure = figure
            self._recolor()

    @property
    def box(self) -> Box | None:
        """The one that is selected."""
        if self.scene is None or self.marks.selected < 0:
            return None
        return self.scene.folded.boxes[self.marks.selected]

    # The view

    def fit(self) -> None:
        """Show the whole drawing."""
        if self.scene is not None:
            self._seen = True
            self._look(self.scene.bounds.center(), self._whole(self.scene))

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Larger or smaller about a point of the widget, its middle if not told."""
        fixed = about or QPointF(self.rect().center())
        wanted = min(max(self.scale * factor, LEAST), MOST)
        if self.scene is not None and wanted != self.scale:
            self.offset = fixed - (fixed - self.offset) * (wanted / self.scale)
            self.scale = wanted
            self.update()

    def pan(self, by: QPointF) -> None:
        """Move the drawing by pixels; a part of it always stays in sight."""
        self.offset += by
        self._keep_in_sight()
        self.update()

    def bring(self, place: int) -> None:
        """Move as little as needed to show a box well, and come near enough to read it."""
        if self.scene is None:
            return
        box = self.scene.box(place)
        if self.scale < READABLE * 0.6:
            self._look(box.center(), READABLE)
            return
        shown = QRectF(self.on_screen(box.topLeft()), self.on_screen(box.bottomRight()))
        room = QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)
        if not room.contains(shown):
            self.offset += _into(shown, room)
            self.update()

    def on_screen(self, point: QPointF) -> QPointF:
        return self.offset + point * self.scale

    def in_scene(self, point: QPointF) -> QPointF:
        return (point - self.offset) / self.scale

    def place_at(self, point: QPointF) -> int:
        """The box under a point of the widget, -1 for none."""
        return -1 if self.scene is None else self.scene.hit(self.in_scene(point), 3 / self.scale)

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = LOOK.now.color("surface")
        if self._painter is None:
            painter.fillRect(event.rect(), ground)
        else:
            large = self._painter.scene.large
            if not self._tiles.draw(painter, QRectF(event.rect()), self.offset, self.scale, ground, large):
                self._more.start()
        if self.hasFocus():
            painter.setPen(QPen(LOOK.now.color("accent"), 1.5))
            painter.drawRect(QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.scene is not None and not self._seen:
            self._begin()
        self._keep_in_sight()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed, self._moved = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            over = self.place_at(event.position()) >= 0
            self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
            return
        by = event.position() - self._pressed
        if self._moved or by.manhattanLength() > 4:
            self._moved, self._seen = True, True
            self._pressed = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.pan(by)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        self.setCursor(Qt.CursorShape.ArrowCursor)
        if pressed is not None and not self._moved and event.button() == Qt.MouseButton.LeftButton:
            self._pick(self.place_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place >= 0 and self.scene is not None:
            self._toggle(self.scene.folded.boxes[place])

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._seen = True
        touch = event.device().type() == QInputDevice.DeviceType.TouchPad
        if touch and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pan(QPointF(event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 4))
        else:
            self.zoom(STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom(1 + event.value(), event.position())
            return True
        if isinstance(event, QHelpEvent):
            place = self.place_at(QPointF(event.pos()))
            words = "" if self.scene is None or place < 0 else spoken(self.scene.folded.boxes[place])
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys, scene = Qt.Key, self.scene
        acts = {keys.Key_F: self.fit, keys.Key_Plus: lambda: self.zoom(STEP), keys.Key_Equal: lambda: self.zoom(STEP),
                keys.Key_Minus: lambda: self.zoom(1 / STEP), keys.Key_Escape: lambda: self.picked.emit("")}  # fmt: skip
        walks = {keys.Key_Up, keys.Key_Down, keys.Key_Left, keys.Key_Right}
        act = acts.get(keys(event.key()))
        if act is not None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            act()
        elif scene is not None and event.key() in walks and scene.folded.boxes:
            self._pick(self._walked(scene, keys(event.key())))
        elif self.box is not None and event.key() in (keys.Key_Return, keys.Key_Enter):
            self._toggle(self.box)
        elif self.box is not None and event.key() == keys.Key_Backspace and self.box.around:
            self.closeWanted.emit(self.box.around)
        else:
            super().keyPressEvent(event)

    # Inside

    def _walked(self, scene: Scene, key: Qt.Key) -> int:
        here = self.marks.selected
        if here < 0:
            return 0
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            return scene.next_to(here, key == Qt.Key.Key_Down)
        return scene.beside(here, key == Qt.Key.Key_Right)

    def _pick(self, place: int) -> None:
        if self.scene is not None:
            self.picked.emit("" if place < 0 else key_of(self.scene.folded.boxes[place]))

    def _toggle(self, box: Box) -> None:
        """A closed module opens; whatever else is in an open module closes that."""
        if box.role is Role.MODULE:
            self.openWanted.emit(box.name)
        elif box.around:
            self.closeWanted.emit(box.around)

    def _paint_part(self, painter: QPainter, area: QRectF, scale: float) -> None:
        if self._painter is not None:
            self._painter.paint(painter, area, scale)

    def _recolor(self) -> None:
        if self.scene is not None:
            colors: list[QColor] = box_colors(self.scene.folded.boxes, self.figure)
            self._painter = GraphPainter(self.scene, colors, bool(self.figure), self.marks)
        self._tiles.clear()
        self.update()

    def _whole(self, scene: Scene) -> float:
        across, down = self.width() - 2 * EDGE, self.height() - 2 * EDGE
        bounds = scene.bounds
        fits = min(across / max(bounds.width(), 1.0), down / max(bounds.height(), 1.0))
        return min(max(fits, LEAST), 1.0)

    def _begin(self) -> None:
        """All of it where that can be read, else its top."""
        scene = self.scene
        if scene is None:
            return
        whole = self._whole(scene)
        if whole >= READABLE * 0.6:
            self._look(scene.bounds.center(), whole)
            return
        self._look(QPointF(scene.top_middle, (self.height() / 2 - EDGE) / READABLE), READABLE)

    def _look(self, at: QPointF, scale: float) -> None:
        """Have a point of the scene in the middle."""
        self.scale = scale
        self.offset = QPointF(self.rect().center()) - at * scale
        self.update()

    def _keep_in_sight(self) -> None:
        if self.scene is None:
            return
        shown = QRectF(self.offset, self.scene.bounds.size() * self.scale)
        room = QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)
        x = min(max(self.offset.x(), room.left() - shown.width()), room.right())
        y = min(max(self.offset.y(), room.top() - shown.height()), room.bottom())
        self.offset = QPointF(x, y)

    def _anchor(self, scene: Scene) -> tuple[str, QPointF] | None:
        """A node and where it is seen: of the selected box, else of the one nearest the middle."""
        middle, place = self.in_scene(QPointF(self.rect().center())), self.marks.selected
        if place < 0:
            corners = self.in_scene(QPointF()), self.in_scene(QPointF(self.width(), self.height()))
            seen = scene.boxes_in(QRectF(*corners)).tolist()
            place = min(seen, key=lambda each: (scene.box(each).center() - middle).manhattanLength(), default=-1)
        if place < 0:
            return None
        box = scene.folded.boxes[place]
        return (box.nodes[0] if box.nodes else box.key), self.on_screen(scene.box(place).center())

    def _hold(self, scene: Scene, name: str, seen: QPointF) -> None:
        """Keep a node where it was seen, though everything about it has moved."""
        if name in scene.at:
            self.offset = seen - scene.box(scene.at[name]).center() * self.scale
        self._keep_in_sight()
        self.update()


def key_of(box: Box) -> str:
    """What a box is selected by: the name of a node, else its key."""
    return box.name if box.role is Role.NODE else box.key


def _into(shown: QRectF, room: QRectF) -> QPointF:
    """The least move that brings one rectangle into another, to its middle where it is larger."""

    def along(low: float, high: float, least: float, most: float) -> float:
        if high - low > most - least:
            return (least + most - low - high) / 2
        return max(least - low, 0.0) + min(most - high, 0.0)

    return QPointF(along(shown.left(), shown.right(), room.left(), room.right()),
                   along(shown.top(), shown.bottom(), room.top(), room.bottom()))  # fmt: skip
