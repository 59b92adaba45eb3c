"""The ranked list of suspicious images: rank, picture, name, kind, score and reason; done ones are pale with a word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engines.core.frames import Image
from engines.faces.study_types import Suspicion
from widgets.faces.state import AuditView
from widgets.faces.studies.audit_words import ALL, can_move, chance, done_words, kind, row_words
from widgets.faces.thumbs import Thumbs
from widgets.kit.fields import describe
from widgets.kit.icons import draw_icon, icon
from widgets.kit.theme import LOOK, number_font

ROW, SIDE, RANK, GAP = 60, 44, 30, 8
NOWHERE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
KEYS_TIP = "D: the name is right. M: move to the person it resembles. Delete: remove."
KEYS = {Qt.Key.Key_D: "dismiss", Qt.Key.Key_M: "move", Qt.Key.Key_Delete: "remove", Qt.Key.Key_Backspace: "remove"}


class SuspicionsModel(QAbstractListModel):
    """Those suspicions of a view that are of the wanted kind; `rows` are their places in the whole."""

    def __init__(self) -> None:
        super().__init__()
        self.view = AuditView()
        self.rows: tuple[int, ...] = ()
        self._kind = ALL

    def show_view(self, view: AuditView, kind_id: str) -> bool:
        """Whether the rows are others now."""
        before, self.view = self.view, view
        if view.audit is before.audit and kind_id == self._kind:
            return False
        self.beginResetModel()
        self._kind = kind_id
        self.rows = tuple(row for row, one in enumerate(self.suspicions) if kind_id in (ALL, one.kind))
        self.endResetModel()
        return True

    @property
    def suspicions(self) -> tuple[Suspicion, ...]:
        return self.view.audit.suspicions if self.view.audit is not None else ()

    def place(self, row: int) -> int:
        """Where a row of the whole is in the list, -1 nowhere."""
        return self.rows.index(row) if row in self.rows else -1

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        roles = Qt.ItemDataRole
        row = self.rows[index.row()]
        if role == roles.ToolTipRole:
            one = self.suspicions[row]
            return f"{one.reason}\nThe name is wrong with a chance of {chance(one)}"
        if role in (roles.DisplayRole, roles.AccessibleTextRole):
            return row_words(row, self.suspicions[row], done_words(row, self.view))
        return None


class SuspicionDelegate(QStyledItemDelegate):
    """One row, painted."""

    def __init__(self, model: SuspicionsModel, thumbs: Thumbs, parent: QListView) -> None:
        super().__init__(parent)
        self._model, self._thumbs = model, thumbs

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(220, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        bare.text = ""  # type: ignore[attr-defined]
        widget = option.widget  # type: ignore[attr-defined]
        if widget is not None:
            widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, bare, painter, widget)
        row = self._model.rows[index.row()]
        room: QRect = option.rect  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_row(painter, room, row, self._model.suspicions[row], done_words(row, self._model.view))
        painter.restore()

    def _paint_row(self, painter: QPainter, room: QRect, row: int, one: Suspicion, done: str) -> None:
        rank = QRect(room.left(), room.top(), RANK, room.height())
        _write(painter, rank, f"{row + 1}", 11, "muted", Qt.AlignmentFlag.AlignRight)
        top = room.top() + (ROW - SIDE) / 2
        self._thumbs.paint(painter, QRectF(rank.right() + GAP, top, SIDE, SIDE), one.image, 0.4 if done else 1.0)
        left = rank.right() + SIDE + 2 * GAP
        line = QRect(left, room.top() + 11, room.right() - left - GAP, 18)
        words, role, token = kind(one)
        words, role, token = (done.capitalize(), "check", "good") if done else (words, role, token)
        end = f"{words}  {chance(one)}"
        wide = min(QFontMetrics(number_font(11)).horizontalAdvance(end) + 22, line.width() * 3 // 5)
        tag = QRect(line.right() - wide, line.top(), wide, line.height())
        draw_icon(painter, QRect(tag.left() + 2, tag.top() + 2, 14, 14), role, token)
        _write(painter, tag.adjusted(18, 0, 0, 0), end, 11, "muted", Qt.AlignmentFlag.AlignRight)
        name = line.adjusted(0, 0, -wide - GAP, 0)
        _write(painter, name, one.name, 13, "muted" if done else "text", strong=not done)
        _write(painter, line.translated(0, 20), one.reason, 11, "muted")


class SuspicionList(QListView):
    """`chosen(row)`; `asked(verb)` of the chosen one: "dismiss" (D), "move" (M), "remove" (Delete)."""

    chosen = Signal(int)
    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._model = SuspicionsModel()
        self.thumbs = Thumbs(self)
        self.thumbs.changed.connect(self.viewport().update)
        self._quiet = False
        self.setModel(self._model)
        self.setItemDelegate(SuspicionDelegate(self._model, self.thumbs, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMinimumSize(240, 2 * ROW)
        describe(self, "Suspicious images, the most suspicious first", KEYS_TIP)
        self.selectionModel().currentRowChanged.connect(self._picked)

    @property
    def rows(self) -> tuple[int, ...]:
        """Rows of the whole list that are shown."""
        return self._model.rows

    def show_view(self, view: AuditView, kind_id: str, thumbs: Mapping[str, Image]) -> None:
        before = self._model.view
        self._quiet = True
        fresh = self._model.show_view(view, kind_id)
        if fresh or view.selected != before.selected:
            self._mark(self._model.place(view.selected))
        self._quiet = False
        self.thumbs.show_images(thumbs)
        if (view.dismissed, view.settled) != (before.dismissed, before.settled):
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self._model.view.selected
        if event.key() in KEYS and not event.modifiers() and 0 <= row < len(self._model.suspicions):
            self.asked.emit(KEYS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        row = self._model.view.selected
        if not 0 <= row < len(self._model.suspicions):
            return
        one, menu = self._model.suspicions[row], QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("check"), "Name is right\tD").triggered.connect(lambda: self.asked.emit("dismiss"))
        if self._model.view.editable:
            if can_move(one):
                move = menu.addAction(icon("reveal"), f"Move to {one.like_name}\tM")
                move.triggered.connect(lambda: self.asked.emit("move"))
            menu.addAction(icon("delete"), "Remove\tDel").triggered.connect(lambda: self.asked.emit("remove"))
        menu.popup(event.globalPos())

    def following(self, row: int) -> int:
        """The next shown row after this one that is still to be done, or itself."""
        view = self._model.view
        done = view.dismissed | view.settled
        return next((other for other in self._model.rows if other > row and other not in done), row)

    def _mark(self, place: int) -> None:
        if place < 0:
            self.selectionModel().clear()
            return
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(self._model.index(place), flags)

    def _picked(self, current: QModelIndex) -> None:
        if current.isValid() and not self._quiet:
            self.chosen.emit(self._model.rows[current.row()])


def _write(
    painter: QPainter,
    room: QRect,
    words: str,
    size: int,
    token: str,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    *,
    strong: bool = False,
) -> None:
    font = number_font(size)
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    painter.setFont(font)
    painter.setPen(LOOK.now.color(token))
    shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, shown)
