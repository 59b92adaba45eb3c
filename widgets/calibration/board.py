"""Choosing the board: its kind, how it is counted, its measures, with a drawing that follows.

A chessboard is counted by its inner corners, a ChArUco board by its squares, an AprilGrid by its tags, as each
community does. Mixing two of them up is the commonest mistake there is, so both counts are always shown, and changing
the kind keeps the print's size.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from engines.core.boards import CIRCLE_SHARE, Board, Kind
from engines.core.errors import KinoscopeError
from engines.core.words import tr
from widgets.calibration.drawings import BoardDrawing
from widgets.calibration.kinds import DICTIONARIES, KINDS, TAG_FAMILIES, as_kind, counting_words, size_words
from widgets.kit.fields import wrapped
from widgets.kit.keeping.fields import KEPT
from widgets.kit.labels import Label
from widgets.kit.layouts import Part, column_of, held, row_of
from widgets.kit.lengths.field import LengthField
from widgets.kit.lengths.units import MM, UNITS
from widgets.kit.panel import ChoiceField, NumberField, Toggle, describe, labelled, set_property

LEAST, MOST = 0.1, 99_999.0
"""Millimetres."""


class BoardEditor(QWidget):
    """`changed(Board)` for every possible board the user makes; an impossible one is explained in place, and
    remembered.
    """

    changed = Signal(object)

    def __init__(self, name: str = "board") -> None:
        """name: what an impossible board is remembered by."""
        super().__init__()
        self._name = f"{name}.typed"
        self._board = Board("chessboard", 9, 6, 0.025)
        self._turned: tuple[Board, Board] | None = None
        self._quiet, self._broken = False, False
        kinds = [(kind, words.title) for kind, words in KINDS.items()]
        self.kind = ChoiceField(tr("Pattern"), kinds, tip=tr("What is printed on the board"))
        self.columns, self.rows = NumberField(tr("Columns"), 9, 1, 100), NumberField(tr("Rows"), 6, 1, 100)
        self.length, self.mark = (
            _length(tr("Square"), 25),
            _length(tr("Marker"), 18.75),
        )
        self.family = ChoiceField(tr("Dictionary"), _families("charuco"), tip=tr("The markers' family"))
        self.inverted = Toggle(tr("Inverted print"), tip=tr("White markers on black instead of black on white"))
        self.legacy = Toggle(tr("Legacy pattern"), tip=tr("Printed by OpenCV before version 4.6"))
        self.drawing = BoardDrawing()
        self._measures = self.columns, self.rows, self.length, self.mark
        for number, width in zip(self._measures, (56, 56, 80, 80), strict=True):
            number.setMinimumWidth(width)
        self._lay_out()
        self._listen()
        self.show_board(self._board)
        UNITS.changed.connect(self._tell_anew)
        KEPT.add(self._name, self)

    def show_kept(self, typed: object) -> None:
        """What was made of the board that is shown, and gave no possible one."""
        if not isinstance(typed, dict) or typed.get("board") != str(self._board):
            return
        self._quiet = True
        for field, value in _numbers(typed.get("measures"), self._measures):
            field.setValue(value)
        self.family.set_value(str(typed.get("family")))
        self.inverted.setChecked(typed.get("inverted") is True)
        self.legacy.setChecked(typed.get("legacy") is True)
        self._quiet = False
        self._edited()

    def _take(self) -> None:
        """What stands in the fields and is no board."""
        self._broken = True
        typed = {
            "board": str(self._board),
            "measures": [field.value() for field in self._measures],
            "family": self.family.value(),
            "inverted": self.inverted.isChecked(),
            "legacy": self.legacy.isChecked(),
        }
        KEPT.take(self._name, typed)

    def _mend(self) -> None:
        if self._broken:
            self._broken = False
            KEPT.take(self._name, None)

    @property
    def board(self) -> Board:
        """The last possible board."""
        return self._board

    def show_board(self, board: Board) -> None:
        """Fill the fields; says nothing to anybody."""
        self._mend()
        self._board = board
        self._quiet = True
        self._dress(board.kind)
        self.kind.set_value(board.kind)
        self.columns.setValue(board.columns)
        self.rows.setValue(board.rows)
        self._show_lengths(board)
        if board.dictionary:
            self.family.set_value(board.dictionary)
        self.inverted.setChecked(board.inverted)
        self.legacy.setChecked(board.legacy)
        self._quiet = False
        self._follow(board)

    def _show_lengths(self, board: Board) -> None:
        first, second = board.square, board.marker
        if board.kind == "aprilgrid":
            first, second = board.marker, board.square - board.marker
        self.length.set_metres(first)
        if second:
            self.mark.set_metres(second)

    def _lay_out(self) -> None:
        self.words = wrapped("hint")
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        times = Label("\u00d7")
        times.setProperty("role", "muted")
        counts = held(row_of((self.columns, 1), times, (self.rows, 1), spacing=4))
        self._counts, self._length = labelled(tr("Inner corners"), counts), labelled(tr("Square"), self.length)
        self._family, self._mark = labelled(tr("Dictionary"), self.family), labelled(tr("Marker"), self.mark)
        self._flags = _row((self.inverted, 1), (self.legacy, 1))
        self._about = wrapped("hint", tr("From edge to edge. Where it is not known, leave what stands here."))
        self._second = _row((self._family, 3), (self._about, 3), (self._mark, 2))
        measures = _row((self._counts, 3), (self._length, 2))
        kind = labelled(tr("Pattern"), self.kind)
        drawn = self.drawing, self.words
        self.setLayout(column_of(kind, measures, self._second, self._flags, *drawn, spacing=8))

    def _listen(self) -> None:
        self.kind.chosen.connect(self._change_kind)
        self.family.chosen.connect(self._edited)
        for number in self._measures:
            number.valueChanged.connect(self._edited)
        for toggle in (self.inverted, self.legacy):
            toggle.toggled.connect(self._edited)

    def _change_kind(self, kind: Kind) -> None:
        """The same print as another kind; where that was made of one of this kind, that one again."""
        if kind == self._board.kind:
            return
        try:
            board = self._turned_back(kind) or as_kind(self._board, kind)
        except KinoscopeError as error:
            self.kind.set_value(self._board.kind)
            self._say(str(error), "bad")
            return
        self._turned = self._board, board
        self.show_board(board)
        self.changed.emit(board)

    def _turned_back(self, kind: Kind) -> Board | None:
        before, made = self._turned or (None, None)
        return before if before is not None and made == self._board and before.kind == kind else None

    def _edited(self) -> None:
        if self._quiet:
            return
        try:
            board = self._made()
        except KinoscopeError as error:
            self._say(str(error), "bad")
            self._take()
            return
        self._mend()
        if board != self._board:
            self._board = board
            self._follow(board)
            self.changed.emit(board)

    def _made(self) -> Board:
        """What the fields say. Raises `KinoscopeError` where there can be no such board."""
        kind: Kind = self.kind.value()  # type: ignore[assignment]
        grid, first, second = (self.columns.whole(), self.rows.whole()), self.length.metres(), self.mark.metres()
        if kind == "chessboard":
            return Board(kind, *grid, first)
        if kind == "aprilgrid":
            return Board(kind, *grid, round(first + second, 9), first, self.family.value())
        if kind in ("circles", "acircles"):
            return Board(kind, *grid, first, self._diameter(kind, first, second))
        return Board(
            kind, *grid, first, second, self.family.value(), self.inverted.isChecked(), self.legacy.isChecked()
        )

    def _diameter(self, kind: Kind, pitch: float, told: float) -> float:
        """What is told; where that was the usual share of the distance, it follows the distance."""
        share = CIRCLE_SHARE[kind == "acircles"]
        before = self._board
        if pitch == before.square or before.kind != kind or abs(before.marker - share * before.square) > 1e-7:
            return told
        self._quiet = True
        self.mark.set_metres(share * pitch)
        self._quiet = False
        return self.mark.metres()

    def _dress(self, kind: Kind) -> None:
        """Labels, tooltips and choices of this kind."""
        words = KINDS[kind]
        _label(self._counts, words.counts)
        _label(self._length, words.length)
        _label(self._mark, words.mark)
        _label(self._family, words.family)
        describe(self.columns, tr("{counts}: columns", counts=words.counts), words.columns_tip)
        describe(self.rows, tr("{counts}: rows", counts=words.counts), words.rows_tip)
        describe(self.length, words.length, words.length_tip)
        describe(self.mark, words.mark or tr("Marker"), words.mark_tip)
        describe(self.family, words.family or tr("Dictionary"), tr("The family that the printed markers are from"))
        if words.family:
            self.family.set_choices(_families(kind))
        self._second.setVisible(bool(words.mark))
        self._family.setVisible(bool(words.family))
        self._about.setVisible(not words.family)
        self._flags.setVisible(kind == "charuco")

    def _tell_anew(self) -> None:
        self._follow(self._board)

    def _follow(self, board: Board) -> None:
        self.drawing.show_board(board)
        self._say(
            tr(
                "{counting_words}\nPrinted {size_words}",
                counting_words=counting_words(board),
                size_words=size_words(board),
            ),
            "",
        )

    def _say(self, text: str, level: str) -> None:
        self.words.setText(text)
        set_property(self.words, "level", level)


def _length(name: str, millimetres: float) -> LengthField:
    return LengthField(name, millimetres, LEAST, MOST, MM, decimals=4, tip=name)


def _numbers(values: object, fields: Sequence[NumberField]) -> list[tuple[NumberField, float]]:
    """A number for each field, or none at all: a file may hold anything."""
    known = [value for value in values if isinstance(value, int | float)] if isinstance(values, list) else []
    return list(zip(fields, known, strict=True)) if len(known) == len(fields) else []


def _families(kind: Kind) -> list[tuple[str, str]]:
    names = TAG_FAMILIES if kind == "aprilgrid" else DICTIONARIES
    return [
        (name, name[5:].removeprefix("APRILTAG_" if kind == "aprilgrid" else "").replace("_", " ")) for name in names
    ]


def _label(box: QWidget, words: str) -> None:
    box.findChildren(QLabel)[0].setText(words)


def _row(*parts: Part) -> QWidget:
    return held(row_of(*parts, spacing=8))
