"""Choosing the board: its kind, how it is counted, its measures, with a drawing that follows.

A chessboard is counted by its inner corners, a ChArUco board by its squares, as each community does. Mixing the two up
is the commonest mistake there is, so both counts are always shown, and changing the kind keeps the same print.
"""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QLabel, QWidget

from engines.core.boards import Board
from engines.core.errors import KinoscopeError
from widgets.calibration.drawings import BoardDrawing
from widgets.calibration.state import counting_words
from widgets.kit.fields import wrapped
from widgets.kit.labels import Label
from widgets.kit.layouts import Part, column_of, held, row_of
from widgets.kit.panel import ChoiceField, NumberField, Segmented, Toggle, labelled, set_property

KINDS = (("chessboard", "Chessboard"), ("charuco", "ChArUco"))
FAMILIES = ("4X4", "5X5", "6X6", "7X7")
DICTIONARIES = (
    *(f"DICT_{family}_{count}" for family in FAMILIES for count in (50, 100, 250, 1000)),
    "DICT_ARUCO_ORIGINAL",
    *(f"DICT_APRILTAG_{family}" for family in ("16h5", "25h9", "36h10", "36h11")),
)
MARKER_SHARE = 0.75
_LENGTH = re.compile(r"\s*(\d+(?:[.,]\d*)?|[.,]\d+)\s*(mm|cm|m)?\s*", re.IGNORECASE)
_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "m": 1000.0}


class LengthField(NumberField):
    """A length in millimetres; "2.5 cm" and "0.025 m" can be typed too."""

    def __init__(self, name: str, millimetres: float, tip: str) -> None:
        super().__init__(name, millimetres, 0.1, 99_999.0, unit="mm", decimals=4, tip=tip)

    def metres(self) -> float:
        return round(self.value() / 1000.0, 9)

    def textFromValue(self, value: float) -> str:
        return f"{value:.4f}".rstrip("0").rstrip(".")

    def valueFromText(self, text: str) -> float:
        match = _LENGTH.fullmatch(text)
        if match is None:
            return self.value()
        return float(match[1].replace(",", ".")) * _MILLIMETRES[(match[2] or "mm").lower()]

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:  # type: ignore[override]
        if _LENGTH.fullmatch(text):
            return QValidator.State.Acceptable, text, position
        hopeful = re.fullmatch(r"[\d.,\s]*[cm]{0,2}\s*", text, re.IGNORECASE) is not None
        return (QValidator.State.Intermediate if hopeful else QValidator.State.Invalid), text, position


class BoardEditor(QWidget):
    """`changed(Board)` for every possible board the user makes; an impossible one is explained in place."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._board = Board("chessboard", 9, 6, 0.025)
        self._quiet = False
        self.kind = Segmented("Pattern", KINDS, tip="What is printed on the board")
        self.columns = NumberField("Columns", 9, 2, 100, tip="Along the longer side")
        self.rows = NumberField("Rows", 6, 2, 100, tip="Along the shorter side")
        self.square = LengthField("Square", 25, "Side of one square, measured on the print. 0.025 m works too.")
        self.marker = LengthField("Marker", 18.75, "Side of one marker, measured on the print")
        self.dictionary = ChoiceField(
            "Dictionary", [(name, name[5:].replace("_", " ")) for name in DICTIONARIES], tip="The markers' family"
        )
        self.inverted = Toggle("Inverted print", tip="White markers on black instead of black on white")
        self.legacy = Toggle("Legacy pattern", tip="Printed by OpenCV before version 4.6")
        self.drawing = BoardDrawing()
        for number, width in ((self.columns, 56), (self.rows, 56), (self.square, 80), (self.marker, 80)):
            number.setMinimumWidth(width)
        self._lay_out()
        self._listen()
        self.show_board(self._board)

    @property
    def board(self) -> Board:
        """The last possible board."""
        return self._board

    def show_board(self, board: Board) -> None:
        """Fill the fields; says nothing to anybody."""
        self._board = board
        self._quiet = True
        self.kind.set_value(board.kind)
        self.columns.setValue(board.columns)
        self.rows.setValue(board.rows)
        self.square.setValue(board.square * 1000)
        if board.kind == "charuco":
            self.marker.setValue(board.marker * 1000)
            self.dictionary.set_value(board.dictionary)
        self.inverted.setChecked(board.inverted)
        self.legacy.setChecked(board.legacy)
        self._quiet = False
        self._follow(board)
        self._say(counting_words(board), "")

    def _lay_out(self) -> None:
        self.words = wrapped("hint")
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        times = Label("\u00d7")
        times.setProperty("role", "muted")
        counts = held(row_of((self.columns, 1), times, (self.rows, 1), spacing=4))
        self._counts = labelled("Inner corners", counts, "How many, columns by rows")
        self._count_label = self._counts.findChildren(QLabel)[0]
        self._marker_box = labelled("Marker", self.marker)
        self._dictionary_box = labelled("Dictionary", self.dictionary)
        self._flags = _row((self.inverted, 1), (self.legacy, 1))
        self._charuco = _row((self._dictionary_box, 3), (self._marker_box, 2))
        measures = _row((self._counts, 3), (labelled("Square", self.square), 2))
        parts = self.kind, self.drawing, self.words, measures, self._charuco, self._flags
        self.setLayout(column_of(*parts, spacing=8))

    def _listen(self) -> None:
        self.kind.chosen.connect(self._change_kind)
        for number in (self.columns, self.rows, self.square, self.marker):
            number.valueChanged.connect(self._edited)
        self.dictionary.chosen.connect(self._edited)
        for toggle in (self.inverted, self.legacy):
            toggle.toggled.connect(self._edited)

    def _change_kind(self, kind: str) -> None:
        """The same print, counted the other way."""
        if kind == self._board.kind:
            return
        try:
            board = self._as_charuco() if kind == "charuco" else self._as_chessboard()
        except KinoscopeError as error:
            self.kind.set_value(self._board.kind)
            self._say(str(error), "bad")
            return
        self.show_board(board)
        self.changed.emit(board)

    def _as_charuco(self) -> Board:
        columns, rows = self._board.squares
        square = self._board.square
        name = self.dictionary.value()
        need, have = columns * rows // 2, int(name.rpartition("_")[2]) if name[-1].isdigit() else 0
        if name.startswith("DICT_4X4") and need > have:
            name = "DICT_4X4_1000"
        return Board("charuco", columns, rows, square, round(square * MARKER_SHARE, 6), name)

    def _as_chessboard(self) -> Board:
        columns, rows = (max(3, count) for count in self._board.corner_grid)
        return Board("chessboard", columns, rows, self._board.square)

    def _edited(self) -> None:
        if self._quiet:
            return
        try:
            board = self._made()
        except KinoscopeError as error:
            self._say(str(error), "bad")
            return
        if board != self._board:
            self._board = board
            self._follow(board)
            self._say(counting_words(board), "")
            self.changed.emit(board)

    def _made(self) -> Board:
        """What the fields say. Raises `KinoscopeError` where there can be no such board."""
        grid = self.columns.whole(), self.rows.whole()
        if self.kind.value() == "chessboard":
            return Board("chessboard", *grid, self.square.metres())
        markers = self.marker.metres(), self.dictionary.value(), self.inverted.isChecked(), self.legacy.isChecked()
        return Board("charuco", *grid, self.square.metres(), *markers)

    def _follow(self, board: Board) -> None:
        charuco = board.kind == "charuco"
        self._count_label.setText("Squares" if charuco else "Inner corners")
        self._charuco.setVisible(charuco)
        self._flags.setVisible(charuco)
        self.drawing.show_board(board)

    def _say(self, text: str, level: str) -> None:
        self.words.setText(text)
        set_property(self.words, "level", level)


def _row(*parts: Part) -> QWidget:
    return held(row_of(*parts, spacing=8))
