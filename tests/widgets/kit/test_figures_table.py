"""The table of figures: names of a pair stand below each other before a figure that is firm goes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from widgets.kit.figures_table import PAIR, ROW_HEIGHT, TWO_LINES, FiguresTable

NAMES = f"front left{PAIR}front right"


@pytest.fixture
def table(qtbot) -> FiguresTable:
    made = FiguresTable("Distances", ("Distance of", "Length", "Angle", "Frames"), firm=3)
    qtbot.addWidget(made)
    made.show_rows([(NAMES, "191.91 ± 0.16", "19.743 ± 0.046", "14")] * 2)
    made.resize(700, 200)
    made.show()
    return made


def seen(table: FiguresTable) -> list[int]:
    return [column for column in range(4) if not table.isColumnHidden(column)]


def name_of(table: FiguresTable) -> str:
    return str(table.model().index(0, 0).data(Qt.ItemDataRole.DisplayRole))


def test_with_room_a_pair_is_one_line(table: FiguresTable) -> None:
    assert (name_of(table), seen(table)) == (NAMES, [0, 1, 2, 3])
    assert table.rowHeight(0) == ROW_HEIGHT


def test_with_little_room_its_names_stand_below_each_other(table: FiguresTable) -> None:
    wide = sum(max(table.sizeHintForColumn(n), table.horizontalHeader().sectionSizeHint(n)) for n in range(3))
    table.resize(wide - 20, 200)
    assert name_of(table) == "front left –\nfront right"
    assert seen(table)[:3] == [0, 1, 2]
    assert table.rowHeight(0) == TWO_LINES
    assert table.height() > 2 * TWO_LINES
    assert NAMES in table.csv()
    table.resize(700, 200)
    assert name_of(table) == NAMES
