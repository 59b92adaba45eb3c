"""The list of sources, painted in rows of two lines, with tiles below them and figures in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QKeyCombination, QMimeData, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
    QWidget,
)

from engines.core.words import as_sentence, tr
from widgets.kit.access.elided import elided
from widgets.kit.fields import TextField, describe, quiet
from widgets.kit.icons import draw_icon
from widgets.kit.pill import COMPACT, draw_pill, pill_size
from widgets.kit.row_list import RIGHT, Index, RowPainter, clauses, wide, write
from widgets.kit.theme import LOOK, high, number_font
from widgets.sources.choice import SOURCE_MIME, dragged_source, source_data
from widgets.sources.form import KINDS

ROW = Qt.ItemDataRole.UserRole
ROW_HEIGHT, TILE_HEIGHT = 50, 28
LATENCY, DROPS_EDGE = 56, 16
"""Pixels of a picture's figures; its name goes before them."""
_ALT, _CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
KEYS = {
    QKeyCombination(Qt.Key.Key_F2): "rename",
    QKeyCombination(Qt.Key.Key_Delete): "remove",
    QKeyCombination(Qt.Key.Key_Backspace): "remove",
    QKeyCombination(_ALT, Qt.Key.Key_Return): "properties",
    QKeyCombination(_ALT, Qt.Key.Key_Enter): "properties",
    QKeyCombination(_CTRL, Qt.Key.Key_D): "duplicate",
    QKeyCombination(_ALT, Qt.Key.Key_Up): "up",
    QKeyCombination(_ALT, Qt.Key.Key_Down): "down",
}
"""What keys do with the chosen row."""


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
    """Rows that paint themselves; tiles are children.

    `wanted(verb, id)`: what a key asks for (`KEYS`); `renamed(id, text)` after F2; `moved(id, place)` when a source was
    dragged before the one at `place`; `menuWanted(id, point)` for a right click or the menu key.
    """

    wanted = Signal(str, str)
    renamed = Signal(str, str)
    moved = Signal(str, int)
    menuWanted = Signal(str, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self._aim = -1
        self._left: tuple[str, ...] = ()
        """The chosen source that went, and which took its place: it is chosen again when it comes back."""
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setExpandsOnDoubleClick(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(False)
        self.setItemDelegate(_Painter(self))
        describe(self.header(), tr("Columns of the sources"))
        quiet(self, tr("Sources"), tr("Double click shows a source; drag it onto a tile, or to another place here"))

    def show_rows(self, rows: Sequence[SourceRow]) -> None:
        chosen, folded = self.current(), {item.data(0, ROW).id for item in self._tops() if not item.isExpanded()}
        while self.topLevelItemCount() > len(rows):
            self.takeTopLevelItem(self.topLevelItemCount() - 1)
        for number, row in enumerate(rows):
            item = self.topLevelItem(number) or _item(self)
            fresh = item.data(0, ROW) is None or item.data(0, ROW).id != row.id
            _put(item, row)
            _put_tiles(item, row.tiles)
            if fresh:
                item.setExpanded(row.id not in folded)
        if self._left and self._left[1] == chosen and self.row_of(self._left[0]) is not None:
            chosen = self._left[0]
        if self.current() != chosen:
            self.select(chosen)
        if self.current() != chosen and chosen:
            self._left = (chosen, self.current())

    def current(self) -> str:
        item = self.currentItem()
        return item.data(0, ROW).id if item is not None and item.data(0, ROW) is not None else ""

    def row_of(self, id: str) -> SourceRow | TileRow | None:
        """What is shown under this id."""
        return next((item.data(0, ROW) for item in self._items() if item.data(0, ROW).id == id), None)

    def select(self, id: str) -> None:
        for item in self._items():
            if item.data(0, ROW).id == id:
                self.setCurrentItem(item)

    def edit_name(self, id: str) -> None:
        """Let the user type another name where the present one stands; pictures made of others keep theirs."""
        self.select(id)
        row, item = self.row_of(id), self.currentItem()
        if row is not None and item is not None and not (isinstance(row, TileRow) and row.straight):
            self.scrollToItem(item)
            self.editItem(item, 0)

    def mimeTypes(self) -> list[str]:
        return [SOURCE_MIME]

    def mimeData(self, items: Sequence[QTreeWidgetItem]) -> QMimeData:
        return source_data(items[0].data(0, ROW).id if items else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        verb = KEYS.get(event.keyCombination(), "")
        if not verb:
            super().keyPressEvent(event)
        elif self.current():
            self.wanted.emit(verb, self.current())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        item = self.currentItem() if by_key else self.itemAt(event.pos())
        if item is not None:
            self.setCurrentItem(item)
            middle = self.viewport().mapToGlobal(self.visualItemRect(item).center())
            self.menuWanted.emit(item.data(0, ROW).id, middle if by_key else event.globalPos())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        item = self.itemAt(at)
        if item is not None and item.childCount() and _caret_box(self.visualItemRect(item)).contains(at):
            item.setExpanded(not item.isExpanded())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._drag_over(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._drag_over(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._aim_at(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        id, place = dragged_source(event.mimeData()), self._place(event.position().toPoint().y())
        self._aim_at(-1)
        if id and "/" not in id:
            event.acceptProposedAction()
            self.moved.emit(id, place)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._aim >= 0:
            painter = QPainter(self.viewport())
            height = self._line(self._aim)
            painter.fillRect(0, max(height - 1, 0), self.viewport().width(), 2, LOOK.now.color("accent"))

    def _drag_over(self, event: QDragMoveEvent) -> None:
        """Sources of this list; files and the like are for the panel below."""
        id = dragged_source(event.mimeData())
        self._aim_at(self._place(event.position().toPoint().y()) if id and "/" not in id else -1)
        event.setAccepted(self._aim >= 0)

    def _aim_at(self, place: int) -> None:
        self._aim = place
        self.viewport().update()

    def _place(self, height: int) -> int:
        """Before which source something falls that is let go at this height."""
        return sum(height > (self._line(number) + self._line(number + 1)) // 2 for number in range(len(self._tops())))

    def _line(self, place: int) -> int:
        """Height of the line before a source, or below the last."""
        tops = self._tops()
        if place < len(tops):
            return self.visualItemRect(tops[place]).top()
        last = tops[-1] if tops else None
        if last is not None and last.isExpanded() and last.childCount():
            last = last.child(last.childCount() - 1)
        return 0 if last is None else self.visualItemRect(last).bottom()

    def _tops(self) -> list[QTreeWidgetItem]:
        return [item for number in range(self.topLevelItemCount()) if (item := self.topLevelItem(number)) is not None]

    def _items(self) -> list[QTreeWidgetItem]:
        """Every row, from the top."""
        walk = QTreeWidgetItemIterator(self)
        items: list[QTreeWidgetItem] = []
        while (item := walk.value()) is not None:
            items.append(item)
            walk += 1
        return items


class _Painter(RowPainter):
    """Paints a source in two lines and a tile in one; figures stand in columns. A name is typed where it stands."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, high(TILE_HEIGHT if isinstance(index.data(ROW), TileRow) else ROW_HEIGHT))

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

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = TextField(tr("Name"), index.data(ROW).title, tip=tr("Enter keeps it, Esc leaves it as it was"))
        editor.setParent(parent)
        editor.selectAll()
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Nothing: new figures of the row must not take away what is being typed."""

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        row, text = index.data(ROW), " ".join(editor.text().split())  # type: ignore[attr-defined]
        if text != row.title:
            self.parent().renamed.emit(row.id, text)  # type: ignore[union-attr]

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        left, height = (50, high(TILE_HEIGHT)) if isinstance(index.data(ROW), TileRow) else (30, high(30))
        box: QRect = option.rect  # type: ignore[attr-defined]
        editor.setGeometry(box.left() + left, box.top(), box.width() - left - 4, height)


def _paint_source(painter: QPainter, box: QRect, row: SourceRow, opened: bool | None) -> None:
    box = _lines_of(box)
    kind = QRect(box.left() + 12, box.top() + 8, 16, 16)
    draw_icon(painter, kind, row.kind, "accent" if row.level == "good" else "muted")
    if opened is not None:
        draw_icon(painter, _caret_box(box), "caret-down" if opened else "caret-right")
    size = pill_size(row.state)
    whole = wide(row.title) <= box.width() - 54 - size.width()
    room = size.width() if whole else COMPACT
    place = QRectF(box.right() - 10 - room, box.top() + 6, room, size.height())
    draw_pill(painter, place, row.state if whole else "", row.level)
    _write(painter, QRect(box.left() + 36, box.top() + 6, int(place.left()) - box.left() - 44, 20), row.title)
    below = QRect(box.left() + 36, box.top() + 26, box.width() - 46, 18)
    if row.level in ("bad", "warn") and (why := clauses(row.message, below.width() - 3)):
        write(painter, QRectF(below), why, row.level, 11)
    else:
        first = f"{row.fps:.1f} fps" if row.fps else KINDS.get(row.kind, "")
        first += tr("\u2002\u00b7\u2002calibrated") if row.note else ""
        _paint_figures(painter, below, first, row.dropped, row.latency_ms)


def _paint_tile(painter: QPainter, box: QRect, row: TileRow) -> None:
    kind = "straight" if row.straight else "calibrate" if row.note else "tile"
    draw_icon(painter, QRect(box.left() + 36, box.center().y() - 6, 14, 14), kind, "accent" if row.note else "muted")
    words, need = box.adjusted(56, 0, -10, 0), wide(row.title)
    late = row.latency_ms if need + LATENCY <= words.width() else None
    room = round(wide(tr("{dropped} dropped", dropped=row.dropped), 11)) + DROPS_EDGE
    drops = row.dropped if need + LATENCY + room <= words.width() else 0
    _write(painter, words.adjusted(0, 0, -LATENCY * (late is not None) - room * bool(drops), 0), row.title)
    _paint_figures(painter, box.adjusted(36, 0, -10, 0), "", drops, late)


def _paint_figures(painter: QPainter, box: QRect, rate: str, dropped: int, latency_ms: float | None) -> None:
    """Rate at the left, latency at the right edge, drops before it: columns line up from row to row."""
    line, drops = QRectF(box), tr("{dropped} dropped", dropped=dropped)
    write(painter, line, rate, "muted", 11)
    if latency_ms is not None:
        write(painter, line, f"{latency_ms:.0f} ms", "muted", 11, RIGHT)
    if dropped and wide(rate, 11) + wide(drops, 11) + 64 <= box.width():
        write(painter, line.adjusted(0, 0, -52, 0), drops, "muted", 11, RIGHT)


def _write(painter: QPainter, box: QRect, title: str) -> None:
    """As much of a title as fits; a file's name keeps its ending."""
    how = Qt.TextElideMode.ElideMiddle if "." in title[-5:] else Qt.TextElideMode.ElideRight
    write(painter, QRectF(box), elided(QFontMetrics(number_font()), title, box.width(), how, given=True))


def _lines_of(box: QRect) -> QRect:
    """Where the two lines of a source stand in its row."""
    lines = QRect(box.left(), 0, box.width(), ROW_HEIGHT)
    lines.moveTop(box.top() + (box.height() - ROW_HEIGHT) // 2)
    return lines


def _caret_box(box: QRect) -> QRect:
    return QRect(_lines_of(box).topLeft() + QPoint(14, 28), QSize(12, 12))


def _item(parent: QTreeWidget | QTreeWidgetItem) -> QTreeWidgetItem:
    item = QTreeWidgetItem(parent)
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
    return item


def _put(item: QTreeWidgetItem, row: SourceRow) -> None:
    if item.data(0, ROW) != row:
        item.setData(0, ROW, row)
        item.setText(0, f"{row.title}, {row.state}")
        late = (
            ""
            if row.latency_ms is None
            else tr("\n{latency_ms:.0f} ms from capture to screen", latency_ms=row.latency_ms)
        )
        told = tr(
            "{row}\n{fps:.1f} frames per second, {dropped} dropped{late}",
            row=row.title,
            fps=row.fps,
            dropped=row.dropped,
            late=late,
        )
        item.setToolTip(0, row.message or _noted(told, row.note))


def _put_tiles(item: QTreeWidgetItem, tiles: Sequence[TileRow]) -> None:
    while item.childCount() > len(tiles):
        item.takeChild(item.childCount() - 1)
    for number, row in enumerate(tiles):
        child = item.child(number) or _item(item)
        if child.data(0, ROW) != row:
            child.setData(0, ROW, row)
            child.setText(0, row.title)
            told = tr(
                "{row}, {dropped} dropped\nDouble click shows it; drag it onto a tile",
                row=row.title,
                dropped=row.dropped,
            )
            child.setToolTip(0, _noted(told, row.note))


def _noted(text: str, note: str) -> str:
    return f"{text}\n{as_sentence(note)}" if note else text
