"""The list of sources: rows of two lines that paint themselves, tiles below them, figures in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
)

from widgets.kit.fields import describe
from widgets.kit.icons import draw_icon
from widgets.kit.pill import draw_pill, pill_size
from widgets.kit.theme import LOOK, number_font
from widgets.sources.choice import SOURCE_MIME
from widgets.sources.form import KINDS

ROW = Qt.ItemDataRole.UserRole
ROW_HEIGHT, TILE_HEIGHT = 50, 28


@dataclass(frozen=True, slots=True)
class TileRow:
    """One picture of a tiled source. id: "feed/tile"."""

    id: str
    title: str
    dropped: int = 0
    latency_ms: float | None = None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source. state: in a word; level: "good", "warn", "bad", "busy" or ""; message: why, in a sentence.

    fps: arriving per second. dropped: lost or never shown. latency_ms: capture to screen, None while not shown.
    """

    id: str
    kind: str
    title: str
    state: str
    level: str = ""
    message: str = ""
    fps: float = 0.0
    dropped: int = 0
    latency_ms: float | None = None
    tiles: tuple[TileRow, ...] = ()


class SourceList(QTreeWidget):
    """Rows that paint themselves; tiles are children."""

    removeWanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setExpandsOnDoubleClick(False)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setItemDelegate(_RowPainter(self))
        describe(self.header(), "Columns of the sources")
        describe(self, "Sources", "Double click shows a source; drag it onto a tile")

    def show_rows(self, rows: Sequence[SourceRow]) -> None:
        chosen = self.current()
        while self.topLevelItemCount() > len(rows):
            self.takeTopLevelItem(self.topLevelItemCount() - 1)
        for number, row in enumerate(rows):
            item = self.topLevelItem(number) or QTreeWidgetItem(self)
            fresh = item.data(0, ROW) is None or item.data(0, ROW).id != row.id
            _put(item, row)
            _put_tiles(item, row.tiles)
            if fresh:
                item.setExpanded(True)
        if self.current() != chosen:
            self.select(chosen)

    def current(self) -> str:
        item = self.currentItem()
        return item.data(0, ROW).id if item is not None and item.data(0, ROW) is not None else ""

    def select(self, id: str) -> None:
        for item in self._items():
            if item.data(0, ROW).id == id:
                self.setCurrentItem(item)

    def mimeTypes(self) -> list[str]:
        return [SOURCE_MIME]

    def mimeData(self, items: Sequence[QTreeWidgetItem]) -> QMimeData:
        data = QMimeData()
        if items:
            data.setData(SOURCE_MIME, items[0].data(0, ROW).id.encode())
        return data

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removeWanted.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        item = self.itemAt(event.position().toPoint())
        if (
            item is not None
            and item.childCount()
            and _caret_box(self.visualItemRect(item)).contains(event.position().toPoint())
        ):
            item.setExpanded(not item.isExpanded())

    def _items(self) -> list[QTreeWidgetItem]:
        """Every row, from the top."""
        walk = QTreeWidgetItemIterator(self)
        items: list[QTreeWidgetItem] = []
        while (item := walk.value()) is not None:
            items.append(item)
            walk += 1
        return items


class _RowPainter(QStyledItemDelegate):
    """Paints a source in two lines and a tile in one; figures stand in columns."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        row = index.data(ROW)
        return QSize(120, TILE_HEIGHT if isinstance(row, TileRow) else ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        row, box = index.data(ROW), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_back(painter, option)
        if isinstance(row, TileRow):
            _paint_tile(painter, box, row)
        elif isinstance(row, SourceRow):
            opened = self.parent().isExpanded(index) if row.tiles else None  # type: ignore[union-attr]
            _paint_source(painter, box, row, opened)
        painter.restore()


def _paint_back(painter: QPainter, option: QStyleOptionViewItem) -> None:
    state = QStyle.StateFlag
    if option.state & state.State_Selected:
        painter.fillRect(option.rect, LOOK.now.color("accent", 0.16))
        painter.fillRect(QRect(option.rect.topLeft(), QSize(2, option.rect.height())), LOOK.now.color("accent"))
    elif option.state & state.State_MouseOver:
        painter.fillRect(option.rect, LOOK.now.color("raised"))


def _paint_source(painter: QPainter, box: QRect, row: SourceRow, opened: bool | None) -> None:
    look = LOOK.now
    draw_icon(
        painter, QRect(box.left() + 12, box.top() + 8, 16, 16), row.kind, "accent" if row.level == "good" else "muted"
    )
    if opened is not None:
        draw_icon(painter, _caret_box(box), "caret-down" if opened else "caret-right")
    pill = pill_size(row.state)
    place = QRectF(box.right() - 10 - pill.width(), box.top() + 6, pill.width(), pill.height())
    draw_pill(painter, place, row.state, row.level)
    painter.setFont(number_font())
    painter.setPen(look.color("text"))
    words = QRect(box.left() + 36, box.top() + 6, int(place.left()) - box.left() - 44, 20)
    _draw_words(painter, words, row.title)
    below = QRect(box.left() + 36, box.top() + 26, box.width() - 46, 18)
    painter.setFont(number_font(11))
    painter.setPen(look.color("muted"))
    if row.message and row.level in ("bad", "warn"):
        painter.setPen(look.color(row.level))
        _draw_words(painter, below, row.message, Qt.TextElideMode.ElideRight)
    else:
        first = f"{row.fps:.1f} fps" if row.fps else KINDS.get(row.kind, "")
        _paint_figures(painter, below, first, row.dropped, row.latency_ms)


def _paint_tile(painter: QPainter, box: QRect, row: TileRow) -> None:
    draw_icon(painter, QRect(box.left() + 36, box.top() + 7, 14, 14), "tile")
    painter.setFont(number_font())
    painter.setPen(LOOK.now.color("text"))
    words = box.adjusted(56, 0, -10 - (56 if row.latency_ms is not None else 0), 0)
    wanted = painter.fontMetrics().horizontalAdvance(row.title) + 84
    drops = row.dropped if wanted <= words.width() else 0
    _draw_words(painter, words.adjusted(0, 0, -76 if drops else 0, 0), row.title)
    painter.setFont(number_font(11))
    painter.setPen(LOOK.now.color("muted"))
    _paint_figures(painter, box.adjusted(36, 0, -10, 0), "", drops, row.latency_ms)


def _paint_figures(painter: QPainter, box: QRect, rate: str, dropped: int, latency_ms: float | None) -> None:
    """Rate at the left, latency at the right edge, drops before it: columns line up from row to row."""
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(box, middle | Qt.AlignmentFlag.AlignLeft, rate)
    if latency_ms is not None:
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, f"{latency_ms:.0f} ms")
    advance = painter.fontMetrics().horizontalAdvance
    if dropped and advance(rate) + advance(f"{dropped} dropped") + 64 <= box.width():
        painter.drawText(box.adjusted(0, 0, -52, 0), middle | Qt.AlignmentFlag.AlignRight, f"{dropped} dropped")


def _draw_words(painter: QPainter, box: QRect, text: str, how: Qt.TextElideMode | None = None) -> None:
    """As much as fits; a file's name keeps its ending unless `how` says otherwise."""
    if how is None:
        how = Qt.TextElideMode.ElideMiddle if "." in text[-5:] else Qt.TextElideMode.ElideRight
    shown = painter.fontMetrics().elidedText(text, how, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


def _caret_box(box: QRect) -> QRect:
    return QRect(box.topLeft() + QPoint(14, 28), QSize(12, 12))


def _put(item: QTreeWidgetItem, row: SourceRow) -> None:
    if item.data(0, ROW) != row:
        item.setData(0, ROW, row)
        item.setText(0, f"{row.title}, {row.state}")
        late = "" if row.latency_ms is None else f"\n{row.latency_ms:.0f} ms from capture to screen"
        item.setToolTip(0, row.message or f"{row.title}\n{row.fps:.1f} frames per second, {row.dropped} dropped{late}")


def _put_tiles(item: QTreeWidgetItem, tiles: Sequence[TileRow]) -> None:
    while item.childCount() > len(tiles):
        item.takeChild(item.childCount() - 1)
    for number, row in enumerate(tiles):
        child = item.child(number) or QTreeWidgetItem(item)
        if child.data(0, ROW) != row:
            child.setData(0, ROW, row)
            child.setText(0, row.title)
            child.setToolTip(0, f"{row.title}, {row.dropped} dropped\nDouble click shows it; drag it onto a tile")
