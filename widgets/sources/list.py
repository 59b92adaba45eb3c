"""The list of sources, painted in rows of two lines, with tiles below them and figures in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
)

from widgets.kit.access.elided import elided
from widgets.kit.fields import describe, quiet
from widgets.kit.icons import draw_icon
from widgets.kit.pill import draw_pill, pill_size
from widgets.kit.row_list import RIGHT, Index, RowPainter, wide, write
from widgets.kit.theme import LOOK, number_font
from widgets.sources.choice import SOURCE_MIME
from widgets.sources.form import KINDS

ROW = Qt.ItemDataRole.UserRole
ROW_HEIGHT, TILE_HEIGHT = 50, 28


@dataclass(frozen=True, slots=True)
class TileRow:
    """One picture of a source. id: "feed/tile". straight: made of another one by its calibration; note: of its camera's
    calibration, in words.
    """

    id: str
    title: str
    dropped: int = 0
    latency_ms: float | None = None
    straight: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source. state: in a word; level: "good", "warn", "bad", "busy" or ""; message: why, in a sentence.

    fps: arriving per second. dropped: lost or never shown. latency_ms: capture to screen, None while not shown.
    note: of the camera's calibration, in words. file: it is read from a file or folder; gone: that is not there.
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
    note: str = ""
    file: bool = False
    gone: bool = False


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
        self.setItemDelegate(_Painter(self))
        describe(self.header(), "Columns of the sources")
        quiet(self, "Sources", "Double click shows a source; drag it onto a tile")

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
        at = event.position().toPoint()
        item = self.itemAt(at)
        if item is not None and item.childCount() and _caret_box(self.visualItemRect(item)).contains(at):
            item.setExpanded(not item.isExpanded())

    def _items(self) -> list[QTreeWidgetItem]:
        """Every row, from the top."""
        walk = QTreeWidgetItemIterator(self)
        items: list[QTreeWidgetItem] = []
        while (item := walk.value()) is not None:
            items.append(item)
            walk += 1
        return items


class _Painter(RowPainter):
    """Paints a source in two lines and a tile in one; figures stand in columns."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, TILE_HEIGHT if isinstance(index.data(ROW), TileRow) else ROW_HEIGHT)

    def paint_ground(self, painter: QPainter, box: QRect, chosen: bool, focus: bool) -> None:
        super().paint_ground(painter, box, chosen, focus)
        if chosen:
            painter.fillRect(QRect(box.topLeft(), QSize(2, box.height())), LOOK.now.color("accent"))

    def paint_row(self, painter: QPainter, box: QRect, index: Index) -> None:
        row = index.data(ROW)
        if isinstance(row, TileRow):
            _paint_tile(painter, box, row)
        elif isinstance(row, SourceRow):
            opened = self.parent().isExpanded(index) if row.tiles else None  # type: ignore[union-attr]
            _paint_source(painter, box, row, opened)


def _paint_source(painter: QPainter, box: QRect, row: SourceRow, opened: bool | None) -> None:
    kind = QRect(box.left() + 12, box.top() + 8, 16, 16)
    draw_icon(painter, kind, row.kind, "accent" if row.level == "good" else "muted")
    if opened is not None:
        draw_icon(painter, _caret_box(box), "caret-down" if opened else "caret-right")
    pill = pill_size(row.state)
    place = QRectF(box.right() - 10 - pill.width(), box.top() + 6, pill.width(), pill.height())
    draw_pill(painter, place, row.state, row.level)
    _write(painter, QRect(box.left() + 36, box.top() + 6, int(place.left()) - box.left() - 44, 20), row.title)
    below = QRect(box.left() + 36, box.top() + 26, box.width() - 46, 18)
    if row.message and row.level in ("bad", "warn"):
        write(painter, QRectF(below), row.message, row.level, 11)
    else:
        first = f"{row.fps:.1f} fps" if row.fps else KINDS.get(row.kind, "")
        first += "\u2002\u00b7\u2002calibrated" if row.note else ""
        _paint_figures(painter, below, first, row.dropped, row.latency_ms)


def _paint_tile(painter: QPainter, box: QRect, row: TileRow) -> None:
    kind = "straight" if row.straight else "tile"
    draw_icon(painter, QRect(box.left() + 36, box.top() + 7, 14, 14), kind, "accent" if row.note else "muted")
    words = box.adjusted(56, 0, -10 - (56 if row.latency_ms is not None else 0), 0)
    drops = row.dropped if wide(row.title) + 84 <= words.width() else 0
    _write(painter, words.adjusted(0, 0, -76 if drops else 0, 0), row.title)
    _paint_figures(painter, box.adjusted(36, 0, -10, 0), "", drops, row.latency_ms)


def _paint_figures(painter: QPainter, box: QRect, rate: str, dropped: int, latency_ms: float | None) -> None:
    """Rate at the left, latency at the right edge, drops before it: columns line up from row to row."""
    line, drops = QRectF(box), f"{dropped} dropped"
    write(painter, line, rate, "muted", 11)
    if latency_ms is not None:
        write(painter, line, f"{latency_ms:.0f} ms", "muted", 11, RIGHT)
    if dropped and wide(rate, 11) + wide(drops, 11) + 64 <= box.width():
        write(painter, line.adjusted(0, 0, -52, 0), drops, "muted", 11, RIGHT)


def _write(painter: QPainter, box: QRect, title: str) -> None:
    """As much of a title as fits; a file's name keeps its ending."""
    how = Qt.TextElideMode.ElideMiddle if "." in title[-5:] else Qt.TextElideMode.ElideRight
    write(painter, QRectF(box), elided(QFontMetrics(number_font()), title, box.width(), how, given=True))


def _caret_box(box: QRect) -> QRect:
    return QRect(box.topLeft() + QPoint(14, 28), QSize(12, 12))


def _put(item: QTreeWidgetItem, row: SourceRow) -> None:
    if item.data(0, ROW) != row:
        item.setData(0, ROW, row)
        item.setText(0, f"{row.title}, {row.state}")
        late = "" if row.latency_ms is None else f"\n{row.latency_ms:.0f} ms from capture to screen"
        told = f"{row.title}\n{row.fps:.1f} frames per second, {row.dropped} dropped{late}"
        item.setToolTip(0, row.message or _noted(told, row.note))


def _put_tiles(item: QTreeWidgetItem, tiles: Sequence[TileRow]) -> None:
    while item.childCount() > len(tiles):
        item.takeChild(item.childCount() - 1)
    for number, row in enumerate(tiles):
        child = item.child(number) or QTreeWidgetItem(item)
        if child.data(0, ROW) != row:
            child.setData(0, ROW, row)
            child.setText(0, row.title)
            told = f"{row.title}, {row.dropped} dropped\nDouble click shows it; drag it onto a tile"
            child.setToolTip(0, _noted(told, row.note))


def _noted(text: str, note: str) -> str:
    return f"{text}\n{note[0].upper()}{note[1:]}" if note else text
