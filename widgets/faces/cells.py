"""One cell of a grid of faces: what it shows, and how it is painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from widgets.faces.thumbs import Thumbs
from widgets.kit.icons import draw_icon
from widgets.kit.pill import LEVEL_TOKENS
from widgets.kit.theme import LOOK, RADIUS, mixed, number_font

PAD = 6
CAPTION, SUB = 18, 15
BADGE = 20
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class FaceItem:
    """thumb: key of its picture. badge: icon role in the picture's corner, in the colour of `level` ("good", "warn",
    "bad", "busy" or ""). meter: share, 0 to 1, as a bar below the picture. words: what a screen reader adds.
    about: what it stands for, of which the grid's `tip_of` makes the tooltip when it is wanted.
    """

    id: str
    thumb: str
    caption: str = ""
    sub: str = ""
    badge: str = ""
    level: str = ""
    meter: float | None = None
    words: str = ""
    about: object = None

    @property
    def spoken(self) -> str:
        return ", ".join(part for part in (self.caption, self.sub, self.words) if part)


class FacesModel(QAbstractListModel):
    """The items as Qt asks for them."""

    def __init__(self, parent: QListView) -> None:
        super().__init__(parent)
        self.items: tuple[FaceItem, ...] = ()
        self.tip_of: Callable[[FaceItem], str] = lambda item: item.spoken
        self._rows: dict[str, int] = {}

    def show_items(self, items: tuple[FaceItem, ...]) -> bool:
        """Show these. True where other items than before are there, or in another order."""
        rows = {item.id: row for row, item in enumerate(items)}
        if list(rows) == list(self._rows):
            self.items = items
            if items:
                self.dataChanged.emit(self.index(0), self.index(len(items) - 1))
            return False
        self.beginResetModel()
        self.items, self._rows = items, rows
        self.endResetModel()
        return True

    def row_of(self, id: str) -> int:
        return self._rows.get(id, -1)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.caption
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return item.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tip_of(item)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsDropEnabled


class FaceCell(QStyledItemDelegate):
    """Picture, caption, a quieter line. `target`: row that a drop would land on, -1 none."""

    def __init__(self, thumbs: Thumbs, lines: int, parent: QListView) -> None:
        super().__init__(parent)
        self._thumbs, self._lines = thumbs, lines
        self.size = QSize(1, 1)
        self.target = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self.size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, FacesModel)
        item = model.items[index.row()]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cell = QRectF(option.rect)
        _paint_ground(painter, cell.adjusted(1, 1, -1, -1), option.state, index.row() == self.target)
        box = picture_box(cell)
        self._thumbs.paint(painter, box, item.thumb)
        if item.badge:
            paint_badge(painter, QPointF(box.right(), box.top()), item.badge, item.level)
        if item.meter is not None:
            paint_meter(painter, QRectF(box.left(), box.bottom() + 3, box.width(), 3), item.meter)
        _paint_words(painter, cell, box.bottom(), item, self._lines)
        painter.restore()


def cell_height(wide: int, lines: int) -> int:
    """Of a cell of this width with so many lines of words."""
    words = (0, CAPTION, CAPTION + SUB)[lines]
    return wide + words + (2 if lines else 0)


def picture_box(cell: QRectF) -> QRectF:
    """Where in its cell a picture is."""
    side = round(cell.width() - 2 * PAD)
    return QRectF(round(cell.left()) + PAD, round(cell.top()) + PAD, side, side)


def paint_badge(painter: QPainter, corner: QPointF, role: str, level: str) -> None:
    """A round badge in the top right corner of a picture."""
    look = LOOK.now
    disk = QRectF(corner.x() - BADGE - 3, corner.y() + 3, BADGE, BADGE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("base", 0.82))
    painter.drawEllipse(disk)
    draw_icon(painter, disk.adjusted(4, 4, -4, -4).toRect(), role, LEVEL_TOKENS[level] if level else "text")


def paint_meter(painter: QPainter, bar: QRectF, share: float) -> None:
    """A share as a thin bar; its colour says the same as the number beside it."""
    look = LOOK.now
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("line"))
    painter.drawRoundedRect(bar, 1.5, 1.5)
    painter.setBrush(look.color(meter_token(share)))
    painter.drawRoundedRect(
        QRectF(bar.left(), bar.top(), bar.width() * min(max(share, 0.0), 1.0), bar.height()), 1.5, 1.5
    )


def meter_token(share: float) -> str:
    """Colour of a quality: good, middling, poor."""
    return "good" if share >= 0.6 else "warn" if share >= 0.35 else "bad"


def _paint_ground(painter: QPainter, cell: QRectF, state: QStyle.StateFlag, target: bool) -> None:
    look, flags = LOOK.now, QStyle.StateFlag
    chosen, focus = bool(state & flags.State_Selected) or target, bool(state & flags.State_HasFocus) or target
    hovered = bool(state & flags.State_MouseOver)
    if not (chosen or focus or hovered):
        return
    ground = QColor(mixed(look.surface, look.accent, 0.22)) if chosen else look.color("raised", 1.0 if hovered else 0.0)
    painter.setBrush(ground)
    painter.setPen(QPen(look.color("accent"), 2 if focus else 1) if chosen or focus else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), RADIUS, RADIUS)


def _paint_words(painter: QPainter, cell: QRectF, top: float, item: FaceItem, lines: int) -> None:
    look = LOOK.now
    top += 5 if item.meter is not None else 3
    room = QRectF(cell.left() + PAD, top, cell.width() - 2 * PAD, CAPTION)
    if lines > 0:
        _write(painter, room, item.caption, number_font(12), look.color("text"))
    if lines > 1:
        room = QRectF(room.left(), room.bottom() - 1, room.width(), SUB)
        _write(painter, room, item.sub, number_font(11), look.color("muted"))


def _write(painter: QPainter, room: QRectF, words: str, font: QFont, color: QColor) -> None:
    painter.setFont(font)
    painter.setPen(color)
    shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
