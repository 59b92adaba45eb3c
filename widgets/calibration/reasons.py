"""Why the verdict is what it is: a line for each reason, with one click to do what it advises."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from engines.calibration.types import MonoResult, Reason, Remedy
from engines.core.boards import Board
from engines.core.words import tr
from widgets.calibration.kinds import board_name, board_words
from widgets.kit.fields import wrapped
from widgets.kit.icons import draw_icon
from widgets.kit.layouts import column_of, row_of
from widgets.kit.lengths.units import UNITS, in_units
from widgets.kit.panel import PlainButton, QuietButton, describe

MARKS = (("info", "muted"), ("info", "warn"), ("warn", "warn"), ("bad", "bad"))
"""Icon and token of each level."""
MODELS = {
    "brown5": tr("Brown"),
    "rational8": tr("rational"),
    "thinprism12": tr("thin prism"),
    "tilted14": tr("tilted"),
    "fisheye4": tr("fisheye"),
}
WORDS: dict[str, Callable[[str], str]] = {
    "free_board": lambda _target: tr("Free the board"),
    "drop_corner": lambda _target: tr("Leave this corner out"),
    "switch_off": lambda _target: tr("Switch off"),
    "use_model": lambda target: tr("Use {model}", model=MODELS.get(target, target)),
    "use_board": lambda target: tr("Use {board_name}", board_name=board_name(Board.parse(target))),
    "load_lenses": lambda _target: tr("Load known lenses"),
}
TIPS = {
    "free_board": tr("Solve for the board's own shape too"),
    "drop_corner": tr("Leave corner {} out of the fit"),
    "switch_off": tr("Leave {} out of the fit"),
    "use_model": tr("Solve with this lens model"),
    "use_board": tr("Look for {} in all views"),
    "load_lenses": tr("Choose a file with calibrated lenses, which are held then"),
}


def remedy_words(remedy: Remedy) -> str:
    """What is on the button."""
    return WORDS[remedy.kind](remedy.target)


def remedy_tip(remedy: Remedy) -> str:
    """What the button does, in a sentence."""
    target = board_words(Board.parse(remedy.target)) if remedy.kind == "use_board" else remedy.target
    return TIPS[remedy.kind].format(target)


class ReasonList(QWidget):
    """`remedyWanted(Remedy)` when a button is pressed. Hidden while there is nothing to say."""

    remedyWanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[_Row] = []
        self._shown: tuple[Reason, ...] = ()
        self._all = False
        self.more = QuietButton(tr("More reasons"), "caret-down", tr("Show the reasons that weigh less, too"))
        self._column = column_of(spacing=8)
        self.setLayout(column_of(self._column, (self.more, 0, Qt.AlignmentFlag.AlignLeft), spacing=4))
        self.more.clicked.connect(self._show_all)
        self.setAccessibleName(tr("Reasons of the verdict"))

    def show_result(self, result: MonoResult, most: int) -> None:
        """`most`: as many lines are shown at once, the worst first; the others are one click away."""
        advice = tuple(Reason("advice", 0, words) for words in result.advice[:most])
        self.show_reasons(result.reasons or advice, most)

    def show_reasons(self, reasons: tuple[Reason, ...], most: int) -> None:
        """The same of any verdict."""
        self.setVisible(bool(reasons))
        if reasons == self._shown:
            return
        self._shown, self._all = reasons, len(reasons) <= most + 1
        while len(self._rows) < len(reasons):
            self._rows.append(self._row())
        for row, reason in zip(self._rows, reasons, strict=False):
            row.show_reason(reason)
        for row in self._rows[len(reasons) if self._all else most :]:
            row.hide()
        self.more.setVisible(not self._all)
        self.more.setText(tr("{count} more", count=len(reasons) - most))

    def _show_all(self) -> None:
        self._all = True
        self.more.hide()
        for row in self._rows[: len(self._shown)]:
            row.show()

    @property
    def buttons(self) -> Sequence[PlainButton]:
        """Those that can be pressed now."""
        return [row.button for row in self._rows[: len(self._shown)] if row.remedy is not None]

    def _row(self) -> _Row:
        row = _Row()
        row.button.clicked.connect(lambda: self.remedyWanted.emit(row.remedy))
        self._column.addWidget(row)
        return row


class _Row(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.remedy: Remedy | None = None
        self._reason: Reason | None = None
        UNITS.changed.connect(self._say)
        self.mark, self.words, self.button = _Mark(), wrapped("muted"), PlainButton(tr("Do it"))
        words = column_of(self.words, (self.button, 0, Qt.AlignmentFlag.AlignLeft), spacing=4)
        row = row_of(self.mark, (words, 1), spacing=8)
        row.setAlignment(self.mark, Qt.AlignmentFlag.AlignTop)
        self.setLayout(row)

    def show_reason(self, reason: Reason) -> None:
        self._reason, self.remedy = reason, reason.remedy
        self.mark.show_level(reason.level)
        self._say()
        self.button.setVisible(reason.remedy is not None)
        if reason.remedy is not None:
            words = remedy_words(reason.remedy)
            self.button.setText(words)
            describe(self.button, words, remedy_tip(reason.remedy))
        self.show()

    def _say(self) -> None:
        if self._reason is not None:
            self.words.setText(f"{in_units(self._reason.words)}.")


class _Mark(QWidget):
    """The icon of a level."""

    def __init__(self) -> None:
        super().__init__()
        self._level = 0
        self.setFixedSize(QSize(14, 16))

    def show_level(self, level: int) -> None:
        self._level = level
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        role, token = MARKS[max(0, min(3, self._level))]
        draw_icon(QPainter(self), QRect(0, 2, 13, 13), role, token)
