"""The table of photographs: a small picture, name and what was found, on or off, its error, its error when left out."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QImage, QKeyEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from engines.core.words import as_part, as_sentence, tr, tr_count
from widgets.calibration.state import ViewRow, pixels
from widgets.kit.access.elided import elided
from widgets.kit.icons import draw_icon
from widgets.kit.theme import LOOK, number_font

USE, VIEW, RMS, LEFT_OUT = range(4)
HEADERS = ("", tr("View"), tr("RMS, px"), tr("Left out"))
TIPS = (
    tr("Views that are on take part in the fit"),
    tr("The picture and what was found in it"),
    tr("Reprojection error of the fit in this view, in pixels"),
    tr("Reprojection error in this view of a camera solved without it, in pixels"),
)
ROW_HEIGHT = 40
MOST_ROWS = 8
THUMBNAIL = QSize(44, 32)

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class ViewsModel(QAbstractTableModel):
    """Rows as they are shown; `toggled(path, on)` says what the user wants."""

    toggled = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[ViewRow, ...] = ()
        self.pictures: dict[str, QImage] = {}

    def show_rows(self, rows: tuple[ViewRow, ...]) -> None:
        if [row.path for row in rows] != [row.path for row in self.rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        elif rows != self.rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, LEFT_OUT))

    def show_picture(self, path: str, image: QImage) -> None:
        self.pictures[path] = image
        row = self.find(path)
        if row >= 0:
            self.dataChanged.emit(self.index(row, VIEW), self.index(row, VIEW))

    def find(self, path: str) -> int:
        return next((number for number, row in enumerate(self.rows) if row.path == path), -1)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return len(HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return TIPS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, column)
        if role == Qt.ItemDataRole.CheckStateRole and column == USE:
            return Qt.CheckState.Checked if row.used else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.FontRole and column in (RMS, LEFT_OUT):
            return number_font()
        if role == Qt.ItemDataRole.ForegroundRole and not _counts(row):
            return LOOK.now.color("muted")
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return TIPS[USE] if column == USE else f"{row.path}\n{told(row)}"
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != USE:
            return False
        self.toggled.emit(self.rows[index.row()].path, Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == USE else flags


class UseCell(QStyledItemDelegate):
    """A box with a check mark; the whole cell can be clicked."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        _draw_background(self, painter, option, index)
        on = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Checked
        box = QRectF(0, 0, 16, 16)
        box.moveCenter(QRectF(option.rect).center())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(LOOK.now.color("accent" if on else "muted"), 1))
        painter.setBrush(LOOK.now.color("accent" if on else "raised"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if on:
            draw_icon(painter, box.adjusted(2, 2, -2, -2).toRect(), "check", "on_accent")
        painter.restore()

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        if event.type() != QEvent.Type.MouseButtonRelease:
            return False
        on = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Checked
        state = Qt.CheckState.Unchecked if on else Qt.CheckState.Checked
        return model.setData(index, state, Qt.ItemDataRole.CheckStateRole)  # type: ignore[arg-type]


class ViewCell(QStyledItemDelegate):
    """A small picture, the name, and under it what was found."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, ViewsModel)
        row = model.rows[index.row()]
        _draw_background(self, painter, option, index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = QRect(option.rect).adjusted(4, 4, -4, -4)
        _draw_thumbnail(painter, QRect(room.topLeft(), THUMBNAIL), model.pictures.get(row.path), row)
        _draw_words(painter, room.adjusted(THUMBNAIL.width() + 8, 0, 0, 0), row, option)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, ROW_HEIGHT)


class ViewsTable(QTableView):
    """`toggled(path, on)`, `chosen(path)` when a row is picked, `removeWanted(paths)` on Delete."""

    toggled = Signal(str, bool)
    chosen = Signal(str)
    removeWanted = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = ViewsModel(self)
        self._model.toggled.connect(self.toggled)
        self._use, self._cell = UseCell(self), ViewCell(self)
        self._quiet = False
        self.setModel(self._model)
        self.setItemDelegateForColumn(USE, self._use)
        self.setItemDelegateForColumn(VIEW, self._cell)
        self._dress()
        self.selectionModel().currentRowChanged.connect(self._picked)

    def show_rows(self, rows: tuple[ViewRow, ...], selected: str = "") -> None:
        """`selected`: path of the row to mark."""
        self._quiet = True
        self._model.show_rows(rows)
        row = self._model.find(selected)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        if row >= 0:
            self.selectionModel().setCurrentIndex(self._model.index(row, VIEW), flags)
        else:
            self.selectionModel().clear()
        self._quiet = False
        rated = any(view.rms_px is not None for view in rows)
        self.setColumnHidden(RMS, not rated)
        self.setColumnHidden(LEFT_OUT, not any(view.loo_rms_px is not None for view in rows))
        self.setFixedHeight(ROW_HEIGHT * min(len(rows), MOST_ROWS) + self.horizontalHeader().height() + 4)

    def show_picture(self, path: str, image: QImage) -> None:
        self._model.show_picture(path, image)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        picked = sorted({index.row() for index in self.selectionModel().selectedIndexes()})
        rows = [self._model.rows[row] for row in picked]
        if rows and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removeWanted.emit([row.path for row in rows])
        elif rows and event.key() == Qt.Key.Key_Space:
            for row in rows:
                self.toggled.emit(row.path, not row.used)
        else:
            super().keyPressEvent(event)

    def _dress(self) -> None:
        self.setAccessibleName(tr("Views"))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(28)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(VIEW, QHeaderView.ResizeMode.Stretch)
        for column, width in ((USE, 32), (RMS, 66), (LEFT_OUT, 66)):
            self.setColumnWidth(column, width)

    def _picked(self, current: QModelIndex) -> None:
        if current.isValid() and not self._quiet:
            self.chosen.emit(self._model.rows[current.row()].path)


def told(row: ViewRow) -> str:
    """What is known of a view, in words."""
    if row.twin_of:
        return tr("Same as {twin_of}", twin_of=row.twin_of)
    if row.found is False:
        return _sentence(row.note) or tr("No board found")
    if row.found is None:
        return tr("Film, not searched") if row.is_film else tr("Not looked at yet")
    parts = [tr("{suspects} doubtful", suspects=row.suspects)] if row.suspects else []
    parts += [tr("{dropped} dropped", dropped=row.dropped)] if row.dropped else []
    parts += [tr_count(row.boards, "{n} board", "{n:,} boards")] if row.boards > 1 else []
    parts += [tr_count(len(row.corners), "{n} corner", "{n:,} corners")] if row.corners else [tr("Board found")]
    return ", ".join(parts)


def _sentence(note: str) -> str:
    return as_sentence(note)


def _draw_background(
    delegate: QStyledItemDelegate, painter: QPainter, option: QStyleOptionViewItem, index: Index
) -> None:
    """The row as the style draws it, with nothing in it."""
    bare = QStyleOptionViewItem(option)
    delegate.initStyleOption(bare, index)
    bare.text = ""
    bare.features &= ~QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
    if option.widget is not None:
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, bare, painter, option.widget)


def _counts(row: ViewRow) -> bool:
    return row.used and row.found is not False and not row.twin_of


def _text(row: ViewRow, column: int) -> str | None:
    if column == VIEW:
        return row.name
    if column in (RMS, LEFT_OUT):
        return pixels(row.rms_px if column == RMS else row.loo_rms_px)
    return None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in (RMS, LEFT_OUT) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _draw_thumbnail(painter: QPainter, room: QRect, image: QImage | None, row: ViewRow) -> None:
    path = QPainterPath()
    path.addRoundedRect(QRectF(room), 4, 4)
    painter.fillPath(path, LOOK.now.color("raised"))
    if image is None or image.isNull():
        draw_icon(painter, QRect(0, 0, 16, 16).translated(room.center() - QRect(0, 0, 15, 15).center()), "views")
        return
    size = QSize(image.size()).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    target = QRect(room.topLeft(), size)
    target.moveCenter(room.center())
    painter.save()
    painter.setClipPath(path)
    painter.setOpacity(1.0 if _counts(row) else 0.35)
    painter.drawImage(target, image)
    painter.restore()


def _draw_words(painter: QPainter, room: QRect, row: ViewRow, option: QStyleOptionViewItem) -> None:
    font, small = number_font(13), number_font(11)
    top, bottom = QRect(room), QRect(room)
    top.setHeight(17)
    bottom.setTop(room.top() + 17)
    painter.setFont(font)
    painter.setPen(LOOK.now.color("text" if _counts(row) else "muted"))
    painter.drawText(top, Qt.AlignmentFlag.AlignVCenter, _elided(row.name, font, top.width()))
    painter.setFont(small)
    painter.setPen(LOOK.now.color("warn" if row.found is False else "muted"))
    words = told(row) if row.used else tr("Off \u00b7 {told}", told=as_part(told(row)))
    painter.drawText(
        bottom, Qt.AlignmentFlag.AlignVCenter, _elided(words, small, bottom.width(), Qt.TextElideMode.ElideRight)
    )


def _elided(text: str, font: QFont, width: int, mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle) -> str:
    return elided(QFontMetrics(font), text, width, mode)
