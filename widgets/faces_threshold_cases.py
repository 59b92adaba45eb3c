"""The self-check's list: faces that the gallery itself would misname, each beside the face it resembles more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engines.core.frames import Image
from engines.faces.study_types import SelfCheckCase
from widgets.face_thumbs import Thumbs
from widgets.faces_words import similarity
from widgets.theme import LOOK, number_font

ROW, SIDE, GAP = 64, 48, 8
NOWHERE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class CasesModel(QAbstractListModel):
    """The cases, worst first as they come."""

    def __init__(self) -> None:
        super().__init__()
        self.cases: tuple[SelfCheckCase, ...] = ()

    def show_cases(self, cases: tuple[SelfCheckCase, ...]) -> None:
        self.beginResetModel()
        self.cases = cases
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.cases)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        roles = Qt.ItemDataRole
        if role in (roles.DisplayRole, roles.ToolTipRole, roles.AccessibleTextRole):
            return case_words(self.cases[index.row()])
        return None


class CaseDelegate(QStyledItemDelegate):
    """Face, nearest face, and what they are in two lines."""

    def __init__(self, thumbs: Thumbs) -> None:
        super().__init__()
        self._thumbs = thumbs

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        bare.text = ""  # type: ignore[attr-defined]
        widget = option.widget  # type: ignore[attr-defined]
        if widget is not None:
            widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, bare, painter, widget)
        case = index.model().cases[index.row()]  # type: ignore[attr-defined]
        room: QRect = option.rect  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = room.top() + (ROW - SIDE) / 2
        left = room.left() + GAP
        self._thumbs.paint(painter, QRectF(left, top, SIDE, SIDE), case.face)
        self._thumbs.paint(painter, QRectF(left + SIDE + 4, top, SIDE, SIDE), case.nearest)
        self._write(painter, room.adjusted(2 * SIDE + 4 + 3 * GAP, 0, -GAP, 0), case)
        painter.restore()

    def _write(self, painter: QPainter, room: QRect, case: SelfCheckCase) -> None:
        own = f", {similarity(case.own_similarity)} like its own" if case.own_similarity > -1 else ""
        lines = (
            (case.name, 13, "text"),
            (f"resembles {case.nearest_name}", 13, "muted"),
            (f"{similarity(case.similarity)}{own}", 11, "muted"),
        )
        high = 18
        top = room.top() + (ROW - high * len(lines)) // 2
        for number, (words, size, token) in enumerate(lines):
            font = number_font(size)
            painter.setFont(font)
            painter.setPen(LOOK.now.color(token))
            line = QRect(room.left(), top + number * high, room.width(), high)
            shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)


class CasesList(QListView):
    """`caseOpened(face id)` on a double click or Return."""

    caseOpened = Signal(str)
    thumbsWanted = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self._model, self._thumbs = CasesModel(), Thumbs(self)
        self._thumbs.wanted.connect(self.thumbsWanted)
        self._thumbs.changed.connect(self.viewport().update)
        self._delegate = CaseDelegate(self._thumbs)
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMinimumHeight(2 * ROW)
        self.setAccessibleName("Faces that would be misnamed")
        self.setAccessibleDescription("Return or a double click opens the face's person")
        self.doubleClicked.connect(lambda index: self.caseOpened.emit(self._model.cases[index.row()].face))

    @property
    def cases(self) -> tuple[SelfCheckCase, ...]:
        return self._model.cases

    def show_cases(self, cases: tuple[SelfCheckCase, ...], thumbs: Mapping[str, Image]) -> None:
        if cases != self._model.cases:
            self._model.show_cases(cases)
            self._thumbs.forget_asked()
        self._thumbs.show_images(thumbs)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.caseOpened.emit(self._model.cases[self.currentIndex().row()].face)
        else:
            super().keyPressEvent(event)


def case_words(case: SelfCheckCase) -> str:
    """One sentence for a tooltip and for a screen reader."""
    return (
        f"{case.name}: {similarity(case.similarity)} like {case.nearest_name}, "
        f"{similarity(case.own_similarity)} like their own other faces"
    )
