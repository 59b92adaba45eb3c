"""The self-check's list: faces that the gallery itself would misname, each beside the face it resembles more."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QStyle

from engines.core.frames import Image
from engines.core.words import tr
from engines.faces.gallery.types import Person
from engines.faces.study_types import SelfCheckCase
from widgets.faces.rows import PaintedList
from widgets.faces.thumbs import Thumbs
from widgets.faces.words import similarity
from widgets.kit.row_list import write

ROW, SIDE, GAP = 64, 48, 8


class CasesList(PaintedList):
    """`caseOpened(face id)` on a double click or Return. `rows` are the cases, worst first as they come."""

    caseOpened = Signal(str)

    def __init__(self) -> None:
        tip = tr("Enter or a double click opens the face's person")
        super().__init__(tr("Faces that would be misnamed"), tip, size=QSize(200, ROW), framed=True)
        self.thumbs = Thumbs(self)
        self._people: tuple[Person, ...] = ()
        self._portraits: dict[str, str] = {}
        self._threshold = 0.0
        self.thumbs.changed.connect(self.viewport().update)
        self.setMinimumHeight(2 * ROW)
        self.doubleClicked.connect(lambda index: self.caseOpened.emit(self.rows[index.row()].face))

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
            self._portraits = {person.id: person.portrait for person in people}
            self.viewport().update()
        if (cases, threshold) != (self.rows, self._threshold):
            self._threshold = threshold
            self.show_rows(cases)
            self.thumbs.forget_asked()
        self.thumbs.show_images(thumbs)

    def spoken(self, row: int) -> str:
        return ", ".join(case_lines(self.rows[row], self._threshold))

    def paint_row(self, painter: QPainter, room: QRectF, state: QStyle.StateFlag, row: int) -> None:
        """The face, what it resembles (a face, or the portrait of a person), and the words in three lines."""
        case = self.rows[row]
        top, left = room.top() + (ROW - SIDE) / 2, room.left() + GAP
        for key in (case.face, self._portraits.get(case.nearest) or case.nearest):
            self.thumbs.paint(painter, QRectF(left, top, SIDE, SIDE), key)
            left += SIDE + 4
        line = QRectF(room.left() + 2 * SIDE + 4 + 3 * GAP, room.top() + 5, 0, 18)
        line.setRight(room.right() - GAP)
        for words, size, token in zip(
            case_lines(case, self._threshold), (13, 13, 11), ("text", "muted", "muted"), strict=True
        ):
            write(painter, line, words, token, size)
            line.translate(0, 18)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.caseOpened.emit(self.rows[self.currentIndex().row()].face)
        else:
            super().keyPressEvent(event)


def misnamed(case: SelfCheckCase, threshold: float) -> bool:
    """Whether it would get another's name; else it would go unnamed."""
    return case.similarity >= threshold and case.similarity > case.own_similarity


def case_lines(case: SelfCheckCase, threshold: float) -> tuple[str, str, str]:
    """Whose face it is, what would happen to it, and the similarities that make it so."""
    what = tr("would be named {nearest_name}", nearest_name=case.nearest_name)
    if not misnamed(case, threshold):
        what = tr("would go unnamed, nearest {nearest_name}", nearest_name=case.nearest_name)
    own = (
        tr("to its own {similarity}", similarity=similarity(case.own_similarity))
        if case.own_similarity
        else tr("no other face of its own")
    )
    return case.name, what, tr("similarity {similarity}, {own}", similarity=similarity(case.similarity), own=own)
