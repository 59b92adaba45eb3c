"""The review as a list: people with their faces in a flow below, doubtful ones in lines of their own.

One list view paints what is in view of thousands of candidates. Space ticks what is selected, F2 names it, a click on
the tick does it for one face or, in a heading, for the whole person.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QMenu

from widgets.faces.enrol.cells import ReviewCell, name_box, tick_box
from widgets.faces.enrol.words import Kind, Review, Row, candidate_tip, rows_of, spoken
from widgets.faces.grid import SLACK
from widgets.faces.thumbs import Thumbs
from widgets.kit.fields import describe
from widgets.kit.icons import icon
from widgets.kit.theme import LOOK

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class ReviewModel(QAbstractListModel):
    """Rows as Qt asks for them."""

    def __init__(self, parent: QListView) -> None:
        super().__init__(parent)
        self.review = Review()
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, review: Review, rows: tuple[Row, ...]) -> bool:
        """True where the rows are others, and not only what is ticked."""
        self.review = review
        if rows == self.rows:
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return False
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()
        return True

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(self.review, row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.title if row.kind is Kind.PERSON else candidate_tip(self.review, row.first)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        editable = self.review.usable(self.rows[index.row()].first)
        return super().flags(index) | (Qt.ItemFlag.ItemIsEditable if editable else Qt.ItemFlag.NoItemFlags)


class ReviewList(QListView):
    """`taken(candidate, on)` and `named(candidate, name)`, one signal a candidate; after a batch of them `settled`.

    While a batch goes out `saying` is true: what is shown need not follow every single one.
    """

    taken = Signal(int, bool)
    named = Signal(int, str)
    settled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._model = ReviewModel(self)
        self.thumbs = Thumbs(self)
        self.cell = ReviewCell(self.thumbs, self)
        self._only_doubts, self.saying = False, False
        self.setModel(self._model)
        self.setItemDelegate(self.cell)
        self._dress()
        self.cell.named.connect(self._name)
        self.thumbs.changed.connect(self.viewport().update)
        LOOK.changed.connect(self.viewport().update)

    @property
    def review(self) -> Review:
        return self._model.review

    @property
    def rows(self) -> tuple[Row, ...]:
        return self._model.rows

    def show_review(self, review: Review, only_doubts: bool, names: tuple[str, ...] = ()) -> None:
        """`names`: of known people, to complete to."""
        self.cell.names = names
        if (review, only_doubts) == (self._model.review, self._only_doubts):
            return
        kept, place = self.selected(), self.verticalScrollBar().value()
        self._only_doubts = only_doubts
        rows = rows_of(review, only_doubts)
        self.cell.review, self.cell.rows = review, rows
        if self._model.show_rows(review, rows):
            self.thumbs.forget_asked()
            self._select(kept)
            self.doItemsLayout()
            self.verticalScrollBar().setValue(place)
        self.viewport().update()

    def selected(self) -> list[int]:
        """The candidates that are selected, a heading standing for its whole person."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return list(dict.fromkeys(member for row in rows for member in self._model.rows[row].members))

    def toggle(self, members: list[int]) -> None:
        """Tick them all, or untick them where all are ticked."""
        members = [index for index in members if self.review.usable(index)]
        self._take(members, not all(self.review.takes(index) for index in members))

    def edit_name(self) -> None:
        """Edit the name of the current row, and with it of all that are selected."""
        if self.currentIndex().isValid():
            self.edit(self.currentIndex())

    def menu(self) -> QMenu:
        """What can be done with what is selected."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chosen = self.selected()
        for words, role, on in (("Tick", "check", True), ("Leave out", "cancelled", False)):
            action = menu.addAction(icon(role), words)
            action.triggered.connect(lambda _=False, on=on: self._take(chosen, on))
            action.setEnabled(any(self.review.usable(index) and self.review.takes(index) != on for index in chosen))
        menu.addAction(icon("edit"), "Name\u2026").triggered.connect(self.edit_name)
        return menu

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        index = self.indexAt(place)
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and self._clicked(index, place):
            event.accept()
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.selected():
            self.toggle(self.selected())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit_name()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self.visualRect(self.currentIndex()).center() if by_key else event.pos()
        if self.indexAt(place).isValid():
            self.menu().popup(self.viewport().mapToGlobal(place))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.cell.width = max(240, self.width() - self.verticalScrollBar().sizeHint().width() - 16 - SLACK)
        super().resizeEvent(event)

    def _clicked(self, index: QModelIndex, place: QPoint) -> bool:
        """A click on the tick or on the name does what they promise."""
        row, area = self._model.rows[index.row()], self.visualRect(index)
        if tick_box(area, row.kind).adjusted(-3, -3, 3, 3).contains(place) and self.review.usable(row.first):
            self.setFocus()
            self.toggle(list(row.members))
            return True
        named = name_box(area, row.kind, self.review.candidates[row.first])
        if row.kind is not Kind.FACE and named.contains(place) and self.review.usable(row.first):
            self.setCurrentIndex(index)
            self.edit(index)
            return True
        return False

    def _take(self, members: list[int], on: bool) -> None:
        others = [index for index in members if self.review.usable(index) and self.review.takes(index) != on]
        self._say(self.taken, others, on)

    def _name(self, number: int, name: str) -> None:
        row = self._model.rows[number]
        chosen = self.selected()
        members = chosen if set(row.members) <= set(chosen) else list(row.members)
        self._say(self.named, [index for index in members if self.review.usable(index)], name)

    def _say(self, signal: SignalInstance, members: list[int], value: object) -> None:
        self.saying = True
        try:
            for index in members:
                signal.emit(index, value)
        finally:
            self.saying = False
        self.settled.emit()

    def _select(self, members: list[int]) -> None:
        wanted = set(members)
        for number, row in enumerate(self._model.rows):
            if row.kind is not Kind.PERSON and row.first in wanted:
                self.selectionModel().select(self._model.index(number), QItemSelectionModel.SelectionFlag.Select)

    def _dress(self) -> None:
        describe(self, "Faces to be enrolled", "Space ticks what is selected, F2 names it")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.EditKeyPressed | triggers.DoubleClicked)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setViewportMargins(6, 0, 0, 4)
