"""The boards that may be in the pictures: mostly one; where there are several, a list, of which one is edited."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from engines.core.boards import Board
from engines.core.words import tr
from widgets.calibration.board import BoardEditor
from widgets.calibration.kinds import added_to, board_title, board_words
from widgets.kit.keeping.fields import KEPT
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.lengths.units import UNITS
from widgets.kit.panel import QuietButton
from widgets.kit.row_list import RowList, write


class BoardList(RowList):
    """One row for each board."""

    removable = True

    def __init__(self) -> None:
        super().__init__(tr("Boards"), tr("The boards that may be in the pictures; Delete takes one away"))
        UNITS.changed.connect(self.viewport().update)

    def paint_row(self, painter: QPainter, box: QRectF, row: int) -> None:
        write(painter, box.adjusted(0, 0, -20, 0), f"{row + 1}\u2002{told_apart(self.rows[row])}")
        self.paint_cross(painter, row)

    def words(self, row: int) -> str:
        return f"Board {row + 1}: {board_words(self.rows[row])} {self.rows[row].dictionary}".strip()


def told_apart(board: Board) -> str:
    """The board with the family of its markers, where it has any."""
    family = board.dictionary.removeprefix("DICT_").removeprefix("APRILTAG_").replace("_", "\u00a0")
    return f"{board_title(board)}, {family}" if family else board_title(board)


class BoardsEditor(QWidget):
    """`changed(boards)` with all of them whenever the user makes, adds or removes one."""

    changed = Signal(object)

    def __init__(self, name: str) -> None:
        """name: what the board that is edited is remembered by."""
        super().__init__()
        self._name = f"{name}.board-at"
        self.editor, self.list = BoardEditor(name), BoardList()
        self.add = QuietButton(
            tr("Add another board"),
            "add",
            tr("A second board that may be in the same pictures, each in a pose of its own"),
        )
        self._boards: tuple[Board, ...] = (self.editor.board,)
        self._at = 0
        self.list.hide()
        self.setLayout(column_of(self.list, self.editor, held(row_of(self.add, None)), spacing=8))
        self.editor.changed.connect(self._edited)
        self.add.clicked.connect(self._add)
        self.list.chosen.connect(self._choose)
        self.list.removed.connect(self._remove)
        KEPT.add(self._name, self)

    def show_kept(self, value: object) -> None:
        """The board that was edited last."""
        if isinstance(value, int):
            self._at = max(value, 0)
            self.show_boards(self._boards)

    def show_boards(self, boards: tuple[Board, ...]) -> None:
        """Says nothing to anybody."""
        self._boards = boards
        self._at = min(self._at, len(boards) - 1)
        self.list.setVisible(len(boards) > 1)
        self.list.show_rows(boards)
        self.list.select(self._at)
        if self.editor.board != boards[self._at]:
            self.editor.show_board(boards[self._at])

    def _edited(self, board: Board) -> None:
        self._tell((*self._boards[: self._at], board, *self._boards[self._at + 1 :]))

    def _add(self) -> None:
        self._at = len(self._boards)
        self._tell((*self._boards, added_to(self._boards)))

    def _choose(self, row: int) -> None:
        self._at = row
        KEPT.take(self._name, row)
        self.editor.show_board(self._boards[row])

    def _remove(self, row: int) -> None:
        if len(self._boards) > 1:
            self._at = max(0, self._at - (row <= self._at))
            self._tell((*self._boards[:row], *self._boards[row + 1 :]))

    def _tell(self, boards: tuple[Board, ...]) -> None:
        self.show_boards(boards)
        KEPT.take(self._name, self._at)
        self.changed.emit(boards)
