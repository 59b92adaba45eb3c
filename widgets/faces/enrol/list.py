"""The review as a list: people with their faces in a flow below, doubtful ones in lines of their own.

One list view paints what is in view of thousands of candidates. Space ticks what is selected, F2 names it, a click on
the tick does it for one face or, in a heading, for the whole person.
"""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QRectF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QStyle, QStyleOptionViewItem, QWidget

from engines.core.words import tr
from widgets.faces.enrol.cells import DOUBT, HEAD, TILE, name_box, paint_row, tick_box
from widgets.faces.enrol.words import Kind, Review, Row, candidate_tip, rows_of, spoken
from widgets.faces.grid import SLACK
from widgets.faces.name_field import NameField
from widgets.faces.rows import PaintedList, RowDelegate
from widgets.faces.thumbs import Thumbs
from widgets.kit.icons import icon
from widgets.kit.row_list import Index


class ReviewList(PaintedList):
    """`taken(candidate, on)` and `named(candidate, name)`, one signal a candidate; after a batch of them `settled`.

    While a batch goes out `saying` is true: what is shown need not follow every single one.
    """

    taken = Signal(int, bool)
    named = Signal(int, str)
    settled = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Faces to be enrolled"), tr("Space ticks what is selected, F2 names it"))
        self.thumbs, self.review = Thumbs(self), Review()
        self.cell = NameEditor(self)
        self._wide = 400
        self._only_doubts, self.saying = False, False
        self.setItemDelegate(self.cell)
        self._dress()
        self.cell.named.connect(self._name)
        self.thumbs.changed.connect(self.viewport().update)

    def title(self, row: int) -> str:
        return str(self.rows[row].title)

    def spoken(self, row: int) -> str:
        return spoken(self.review, self.rows[row])

    def tip(self, row: int) -> str:
        shown = self.rows[row]
        return shown.title if shown.kind is Kind.PERSON else candidate_tip(self.review, shown.first)

    def size_of(self, row: int) -> QSize:
        kind = self.rows[row].kind
        return TILE if kind is Kind.FACE else QSize(self._wide, HEAD if kind is Kind.PERSON else DOUBT)

    def flags_of(self, row: int, flags: Qt.ItemFlag) -> Qt.ItemFlag:
        return flags | Qt.ItemFlag.ItemIsEditable if self.review.usable(self.rows[row].first) else flags

    def paint_row(self, painter: QPainter, room: QRectF, state: QStyle.StateFlag, row: int) -> None:
        paint_row(painter, room, state, self.rows[row], self.review, self.thumbs)

    def show_review(self, review: Review, only_doubts: bool, names: tuple[str, ...] = ()) -> None:
        """`names`: of known people, to complete to."""
        self.cell.names = names
        if (review, only_doubts) == (self.review, self._only_doubts):
            return
        kept, place = self.selected(), self.verticalScrollBar().value()
        self._only_doubts = only_doubts
        rows = rows_of(review, only_doubts)
        self.review, same = review, rows == self.rows
        self.show_rows(rows, same=same)
        if not same:
            self.thumbs.forget_asked()
            self._select(kept)
            self.doItemsLayout()
            self.verticalScrollBar().setValue(place)
        self.viewport().update()

    def selected(self) -> list[int]:
        """The candidates that are selected, a heading standing for its whole person."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return list(dict.fromkeys(member for row in rows for member in self.rows[row].members))

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
        for words, role, on in ((tr("Tick"), "check", True), (tr("Leave out"), "cancelled", False)):
            action = menu.addAction(icon(role), words)
            action.triggered.connect(lambda _=False, on=on: self._take(chosen, on))
            action.setEnabled(any(self.review.usable(index) and self.review.takes(index) != on for index in chosen))
        menu.addAction(icon("edit"), tr("Name\u2026")).triggered.connect(self.edit_name)
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
        self._wide = max(240, self.width() - self.verticalScrollBar().sizeHint().width() - 16 - SLACK)
        super().resizeEvent(event)

    def _clicked(self, index: QModelIndex, place: QPoint) -> bool:
        """A click on the tick or on the name does what they promise."""
        row, area = self.rows[index.row()], self.visualRect(index)
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
        row = self.rows[number]
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
        for number, row in enumerate(self.rows):
            if row.kind is not Kind.PERSON and row.first in wanted:
                self.selectionModel().select(self.model().index(number, 0), QItemSelectionModel.SelectionFlag.Select)

    def _dress(self) -> None:
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.EditKeyPressed | triggers.DoubleClicked)
        self.setViewportMargins(6, 0, 0, 4)


class NameEditor(RowDelegate):
    """`named(row, text)`: a name was typed into a row. `names`: what it is completed to."""

    named = Signal(int, str)

    def __init__(self, view: ReviewList) -> None:
        super().__init__(view)
        self._list = view
        self.names: tuple[str, ...] = ()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = NameField(tr("Name of this person"), tip=tr("Enter keeps the name, Esc leaves it as it was"))
        editor.setParent(parent)
        editor.show_names(self.names)
        editor.named.connect(lambda _name: self._commit(editor))
        editor.left.connect(lambda: self.closeEditor.emit(editor))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, NameField)
        editor.setText(self._name_at(index))
        editor.selectAll()

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        assert isinstance(editor, NameField)
        if editor.name() != self._name_at(index):
            self.named.emit(index.row(), editor.name())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = self._list.rows[index.row()]
        editor.setGeometry(name_box(option.rect, row.kind, self._list.review.candidates[row.first]))

    def _name_at(self, index: Index) -> str:
        return self._list.review.name(self._list.rows[index.row()].first)

    def _commit(self, editor: NameField) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)
