"""A grid of faces: thousands are as cheap as ten, as only those in view are painted and their pictures asked for.

It is Qt's list view with a delegate, so that selection by mouse, keys and rubber band, and what a screen reader says,
are the ones people know. Faces can be dragged out of it and dropped onto an item of another one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QStyle

from engines.core.errors import BadInput
from engines.core.reading import parse_json
from engines.core.words import tr
from widgets.faces.cells import PAD, FaceItem, cell_height, paint_cell, paint_ground
from widgets.faces.rows import PaintedList
from widgets.faces.thumbs import Thumbs
from widgets.kit.theme import LOOK

FACES_MIME = "application/x-kinoscope-faces"
GROWTH = 1.25
"""How much wider than asked a cell may get to fill the row."""
DRAGGED = 56
SLACK = 4
"""Pixels at the right that Qt's list view leaves free when it wraps."""


class FaceGrid(PaintedList):
    """What the user does goes out by these signals; ids are those of the items.

    picked: the selection, in the items' order. opened: Return or a double click. faceDropped: faces dragged from a
    grid onto an item.
    """

    picked = Signal(list)
    opened = Signal(str)
    renameWanted = Signal(str)
    removeWanted = Signal(list)
    faceDropped = Signal(list, str)

    def __init__(
        self,
        thumbs: Thumbs,
        name: str,
        side: int = 96,
        lines: int = 2,
        *,
        tip: str = "",
        tip_of: Callable[[FaceItem], str] | None = None,
    ) -> None:
        """`side`: of a picture in pixels, at least. `lines`: of words below it. tip_of: an item's tooltip."""
        super().__init__(name, tip)
        self.thumbs, self._tip_of = thumbs, tip_of or (lambda item: item.spoken)
        self._side, self._lines, self._quiet = side, lines, False
        self._places: dict[str, int] = {}
        self._target = -1
        self._message = ""
        self.make_menu: Callable[[list[str]], QMenu | None] | None = None
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(lambda: self.reveal(self.current))
        self._dress()
        thumbs.changed.connect(self.viewport().update)
        self.selectionModel().selectionChanged.connect(self._tell)
        self.doubleClicked.connect(lambda index: self.opened.emit(self.rows[index.row()].id))

    def title(self, row: int) -> str:
        return str(self.rows[row].caption)

    def spoken(self, row: int) -> str:
        return str(self.rows[row].spoken)

    def tip(self, row: int) -> str:
        return self._tip_of(self.rows[row])

    def flags_of(self, row: int, flags: Qt.ItemFlag) -> Qt.ItemFlag:
        return flags | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsDropEnabled

    def paint_row(self, painter: QPainter, room: QRectF, state: QStyle.StateFlag, row: int) -> None:
        paint_ground(painter, room.adjusted(1, 1, -1, -1), state, row == self._target)
        paint_cell(painter, room, self.rows[row], self.thumbs, self._lines)

    @property
    def items(self) -> tuple[FaceItem, ...]:
        return self.rows

    @property
    def selected(self) -> list[str]:
        """Ids of the selected items, in the items' order."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return [self.rows[row].id for row in rows]

    @property
    def columns(self) -> int:
        return max(1, self.viewport().width() // max(self.gridSize().width(), 1))

    def show_items(self, items: Sequence[FaceItem]) -> None:
        """Show these; what was selected stays so where it is still there, and so does the place scrolled to."""
        items = tuple(items)
        if items == self.rows:
            return
        kept, current, place = self.selected, self.current, self.verticalScrollBar().value()
        places = {item.id: row for row, item in enumerate(items)}
        same, self._places, self._quiet = list(places) == list(self._places), places, True
        self.show_rows(items, same=same)
        if not same:
            self.thumbs.forget_asked()
            self._fit()
            self.select(kept, current)
            self.doItemsLayout()
            self.verticalScrollBar().setValue(place)
        self._quiet = False
        self._say_count()
        self.viewport().update()

    def show_message(self, words: str) -> None:
        """Said in place of items while there are none."""
        if words != self._message:
            self._message = words
            self.viewport().update()

    def select(self, ids: Iterable[str], current: str = "") -> None:
        """Select exactly these, without saying so. `current`: where the keys go on from, the first of them if ""."""
        rows = [row for row in (self._places.get(id, -1) for id in ids) if row >= 0]
        if rows == sorted(index.row() for index in self.selectionModel().selectedIndexes()) and not current:
            return
        chosen = QItemSelection()
        for row in rows:
            chosen.select(self.model().index(row, 0), self.model().index(row, 0))
        quiet, self._quiet = self._quiet, True
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        row = self._places.get(current, -1) if current else min(rows, default=-1)
        if row >= 0:
            self.selectionModel().setCurrentIndex(
                self.model().index(row, 0), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        self._quiet = quiet

    def reveal(self, id: str) -> None:
        """Scroll to an item."""
        row = self._places.get(id, -1)
        if row >= 0:
            self.scrollTo(self.model().index(row, 0))

    @property
    def current(self) -> str:
        """Id of the item that the keys go on from."""
        row = self.currentIndex().row()
        return self.rows[row].id if 0 <= row < len(self.rows) else ""

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The gaps between faces belong to none, so that a rubber band can begin there."""
        index = super().indexAt(point)
        inner = self.visualRect(index).adjusted(PAD // 2, PAD // 2, -PAD // 2, -PAD // 2)
        return index if index.isValid() and inner.contains(point) else QModelIndex()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._message and not self.rows:
            painter = QPainter(self.viewport())
            painter.setPen(LOOK.now.color("muted"))
            room = self.viewport().rect().adjusted(16, 16, -16, -16)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What was in view and is current stays in view, however the rows are broken now."""
        if self.viewport().rect().intersects(self.visualRect(self.currentIndex())):
            self._soon.start(0)
        self._fit()
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, current = event.key(), self.current
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current:
            self.opened.emit(current)
        elif key == Qt.Key.Key_F2 and current:
            self.renameWanted.emit(current)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.selected:
            self.removeWanted.emit(self.selected)
        elif key == Qt.Key.Key_Escape and self.selected:
            self.clearSelection()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self.visualRect(self.currentIndex()).center() if by_key else event.pos()
        if self.make_menu is None or not self.indexAt(place).isValid():
            return
        menu = self.make_menu(self.selected)
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.viewport().mapToGlobal(place))

    def startDrag(self, _actions: Qt.DropAction) -> None:
        if not self.selected:
            return
        drag = QDrag(self)
        drag.setMimeData(faces_mime(self.selected))
        drag.setPixmap(self._drag_picture())
        drag.setHotSpot(QPoint(DRAGGED // 2, DRAGGED // 2))
        drag.exec(Qt.DropAction.MoveAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.acceptProposedAction() if self._wants(event) else event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._aim(self.indexAt(event.position().toPoint()).row() if self._wants(event) else -1)
        event.acceptProposedAction() if self._target >= 0 else event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._aim(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        row = self.indexAt(event.position().toPoint()).row()
        self._aim(-1)
        if row < 0 or not self._wants(event):
            event.ignore()
            return
        event.acceptProposedAction()
        self.faceDropped.emit(dragged_faces(event.mimeData()), self.rows[row].id)

    def _wants(self, event: QDropEvent) -> bool:
        return bool(event.mimeData().hasFormat(FACES_MIME)) and event.source() is not self

    def _aim(self, row: int) -> None:
        """Mark the item that a drop would land on."""
        if row != self._target:
            self._target = row
            self.viewport().update()

    def _drag_picture(self) -> QPixmap:
        made = QPixmap(QSize(DRAGGED, DRAGGED) * self.devicePixelRatioF())
        made.setDevicePixelRatio(self.devicePixelRatioF())
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        key = self.rows[self._places[self.selected[0]]].thumb
        self.thumbs.paint(painter, QRectF(0, 0, DRAGGED, DRAGGED), key, 0.85)
        painter.end()
        return made

    def _fit(self) -> None:
        """Cells as wide as fills a row, all alike."""
        bar = self.verticalScrollBar().sizeHint().width()
        room = self.width() - bar - self.viewportMargins().left() - self.viewportMargins().right() - SLACK
        least = self._side + 2 * PAD
        columns = max(1, room // least)
        wide = min(room // columns, round(least * GROWTH))
        self.size_of_row = QSize(wide, cell_height(wide, self._lines))
        if self.gridSize() != self.size_of_row:
            self.setGridSize(self.size_of_row)

    def _tell(self) -> None:
        if not self._quiet:
            self._say_count()
            self.picked.emit(self.selected)

    def _say_count(self) -> None:
        chosen, count = len(self.selectionModel().selectedIndexes()), len(self.rows)
        self.setAccessibleDescription(
            tr("{count:,} faces", count=count) + (tr(", {chosen:,} selected", chosen=chosen) if chosen else "")
        )

    def _dress(self) -> None:
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setMovement(QListView.Movement.Static)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)
        self.setViewportMargins(6, 4, 0, 4)


def faces_mime(ids: Sequence[str]) -> QMimeData:
    """Faces on their way to a person."""
    data = QMimeData()
    data.setData(FACES_MIME, json.dumps(list(ids)).encode())
    return data


def dragged_faces(data: QMimeData) -> list[str]:
    """The ids of `faces_mime`; none where the data is not ours."""
    try:
        ids: Any = parse_json(bytes(data.data(FACES_MIME).data()))
    except BadInput:
        return []
    return [str(id) for id in ids] if isinstance(ids, list) else []
