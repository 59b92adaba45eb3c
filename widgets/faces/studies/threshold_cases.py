"""The self-check's list: faces that the gallery itself would misname, each beside the face it resembles more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engines.core.frames import Image
from engines.faces.gallery.types import Person
from engines.faces.study_types import SelfCheckCase
from widgets.faces.thumbs import Thumbs
from widgets.faces.words import similarity
from widgets.kit.fields import describe
from widgets.kit.theme import LOOK, number_font

ROW, SIDE, GAP = 64, 48, 8
NOWHERE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class CasesModel(QAbstractListModel):
    """The cases, worst first as they come."""

    def __init__(self) -> None:
        super().__init__()
        self.cases: tuple[SelfCheckCase, ...] = ()
        self.threshold = 0.0
        self.portraits: Mapping[str, str] = {}

    def show_cases(self, cases: tuple[SelfCheckCase, ...], threshold: float) -> None:
        self.beginResetModel()
        self.cases, self.threshold = cases, threshold
        self.endResetModel()

    def nearest(self, case: SelfCheckCase) -> str:
        """The picture of what a face resembles: of that face, or where it is a person, of that person."""
        return self.portraits.get(case.nearest, case.nearest)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.cases)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        roles = Qt.ItemDataRole
        if role in (roles.DisplayRole, roles.ToolTipRole, roles.AccessibleTextRole):
            return ", ".join(case_lines(self.cases[index.row()], self.threshold))
        return None


class CaseDelegate(QStyledItemDelegate):
    """Face, nearest face, and what they are in two lines."""

    def __init__(self, thumbs: Thumbs) -> None:
        super().__init__()
        self.thumbs = thumbs

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        bare.text = ""  # type: ignore[attr-defined]
        widget = option.widget  # type: ignore[attr-defined]
        if widget is not None:
            widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, bare, painter, widget)
        model = cast(CasesModel, index.model())
        case = model.cases[index.row()]
        room: QRect = option.rect  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = room.top() + (ROW - SIDE) / 2
        left = room.left() + GAP
        self.thumbs.paint(painter, QRectF(left, top, SIDE, SIDE), case.face)
        self.thumbs.paint(painter, QRectF(left + SIDE + 4, top, SIDE, SIDE), model.nearest(case))
        self._write(painter, room.adjusted(2 * SIDE + 4 + 3 * GAP, 0, -GAP, 0), case_lines(case, model.threshold))
        painter.restore()

    def _write(self, painter: QPainter, room: QRect, words: tuple[str, str, str]) -> None:
        lines = tuple(zip(words, (13, 13, 11), ("text", "muted", "muted"), strict=True))
        high = 18
        top = room.top() + (ROW - high * len(lines)) // 2
        for number, (line_words, size, token) in enumerate(lines):
            font = number_font(size)
            painter.setFont(font)
            painter.setPen(LOOK.now.color(token))
            line = QRect(room.left(), top + number * high, room.width(), high)
            shown = QFontMetrics(font).elidedText(line_words, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)


class CasesList(QListView):
    """`caseOpened(face id)` on a double click or Return."""

    caseOpened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._model, self.thumbs = CasesModel(), Thumbs(self)
        self._people: tuple[Person, ...] = ()
        self.thumbs.changed.connect(self.viewport().update)
        self._delegate = CaseDelegate(self.thumbs)
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMinimumHeight(2 * ROW)
        describe(self, "Faces that would be misnamed", "Return or a double click opens the face's person")
        self.doubleClicked.connect(lambda index: self.caseOpened.emit(self._model.cases[index.row()].face))

    @property
    def cases(self) -> tuple[SelfCheckCase, ...]:
        return self._model.cases

    def show_cases(
        self,
        cases: tuple[SelfCheckCase, ...],
        threshold: float,
        thumbs: Mapping[str, Image],
        people: tuple[Person, ...] = (),
    ) -> None:
        """threshold: from which on a face gets a name. people: for the portraits of those that faces resemble."""
        if people is not self._people:
            self._people = people
            self._model.portraits = {person.id: person.portrait for person in people}
            self.viewport().update()
        if (cases, threshold) != (self._model.cases, self._model.threshold):
            self._model.show_cases(cases, threshold)
            self.thumbs.forget_asked()
        self.thumbs.show_images(thumbs)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.caseOpened.emit(self._model.cases[self.currentIndex().row()].face)
        else:
            super().keyPressEvent(event)


def misnamed(case: SelfCheckCase, threshold: float) -> bool:
    """Whether it would get another's name; else it would go unnamed."""
    return case.similarity >= threshold and case.similarity > case.own_similarity


def case_lines(case: SelfCheckCase, threshold: float) -> tuple[str, str, str]:
    """Whose face it is, what would happen to it, and the similarities that make it so."""
    what = f"would be named {case.nearest_name}"
    if not misnamed(case, threshold):
        what = f"would go unnamed, nearest {case.nearest_name}"
    own = f"to its own {similarity(case.own_similarity)}" if case.own_similarity else "no other face of its own"
    return case.name, what, f"similarity {similarity(case.similarity)}, {own}"
