"""A grid of figures with label, value, unit and spread, for the results of a computation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from engines.core.words import tr
from widgets.kit.fields import describe, set_property
from widgets.kit.labels import ElidedLabel, Label
from widgets.kit.theme import number_font

LABEL_ROOM, VALUE_ROOM, UNIT_ROOM = 84, 84, 36


@dataclass(frozen=True, slots=True)
class Stat:
    """A figure: "fx" "1201.3" "px" "0.4". `spread`: one standard deviation, same unit. Numbers come formatted."""

    label: str
    value: str
    unit: str = ""
    spread: str = ""
    tip: str = ""
    level: str = ""
    given: bool = False
    """Its words are the user's, or those of a file."""


class StatGrid(QWidget):
    """Figures in rows: label, number aligned right, unit, and plus or minus its standard deviation."""

    def __init__(self, stats: Sequence[Stat] = ()) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self.set_unit_room(UNIT_ROOM)
        self._rows: list[tuple[Label, ...]] = []
        self.set_stats(stats)

    def set_stats(self, stats: Sequence[Stat]) -> None:
        """Show these; labels are reused, so this is cheap to call often."""
        self.make_rows(len(stats))
        for row, stat in zip(self._rows, stats, strict=False):
            _fill(row, stat)
        plain = not any(stat.unit or stat.spread for stat in stats)
        self._give_room([row[1] for row, stat in zip(self._rows, stats, strict=False) if plain or _is_words(stat)])
        for index, row in enumerate(self._rows):
            for column, label in enumerate(row):
                label.setVisible(index < len(stats) and (column < 2 or bool(label.text())))

    def _give_room(self, words: list[Label]) -> None:
        """Words, which line up with no number, all go on where the units would be once one of them has to."""
        wide = any(label.sizeHint().width() > VALUE_ROOM for label in words)
        for at, row in enumerate(self._rows):
            span = 3 if wide and row[1] in words else 1
            if self._grid.getItemPosition(self._grid.indexOf(row[1]))[3] != span:  # type: ignore[index]
                self._grid.removeWidget(row[1])
                self._grid.addWidget(row[1], at, 1, 1, span)

    def make_rows(self, count: int) -> None:
        """Have labels for so many figures ready."""
        while len(self._rows) < count:
            self._add_row()

    @property
    def unit_room(self) -> int:
        """Pixels that the widest unit takes."""
        return max((row[2].sizeHint().width() for row in self._rows if row[2].text()), default=0)

    def set_unit_room(self, pixels: int) -> None:
        """As wide as the units of a grid above or below, so that the numbers of both line up."""
        self._grid.setColumnMinimumWidth(2, max(pixels, UNIT_ROOM))

    def _add_row(self) -> None:
        index = len(self._rows)
        row = (Label("", "muted", wraps=True), ElidedLabel(), Label("", "muted"), Label("", "muted"))
        for column, label in enumerate(row):
            align = Qt.AlignmentFlag.AlignRight if column in (1, 3) else Qt.AlignmentFlag.AlignLeft
            label.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(label, index, column)
        for label in row[1:]:
            label.setFont(number_font())
        row[1].setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._rows.append(row)


def _is_words(stat: Stat) -> bool:
    return not (stat.unit or stat.spread or any(map(str.isdigit, stat.value)))


def _fill(row: tuple[Label, ...], stat: Stat) -> None:
    spread = f"± {stat.spread}" if stat.spread else ""
    for label, text in zip(row, (stat.label, stat.value, stat.unit, spread), strict=True):
        label.setText(text)
    for label in row[:2]:
        label.given = stat.given
    word = max(map(row[0].fontMetrics().horizontalAdvance, stat.label.split()), default=0)
    for label, room in zip(row, (max(LABEL_ROOM, word + 2), VALUE_ROOM), strict=False):
        label.setMinimumWidth(min(label.sizeHint().width(), room))
    spoken = f"{stat.label} {stat.value} {stat.unit}" + (
        tr(" plus or minus {spread}", spread=stat.spread) if stat.spread else ""
    )
    describe(row[1], spoken.strip(), stat.tip or stat.label)
    set_property(row[1], "level", stat.level)
