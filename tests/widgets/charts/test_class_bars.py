"""Bars by class, the confusion matrix, and the large figures: what is painted is what was given."""

from __future__ import annotations

import csv
import io

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor

from tests.widgets.actions.board_views import ACTIONS, CLASSES, TWO
from widgets.actions.board.evaluate_matrix import ConfusionMatrix, _shade
from widgets.charts.big_figures import UNKNOWN, BigFigures
from widgets.charts.class_bars import ClassBars, ClassRow, class_rows
from widgets.charts.class_colors import class_color, class_words
from widgets.kit.ink import contrast, readable_on
from widgets.kit.results import Stat
from widgets.kit.theme import LIGHT, LOOK


@pytest.fixture
def bars(qtbot):
    made = ClassBars("AP", "AP")
    qtbot.addWidget(made)
    made.resize(500, 200)
    return made


@pytest.fixture
def matrix(qtbot):
    made = ConfusionMatrix()
    qtbot.addWidget(made)
    made.resize(600, 400)
    with qtbot.waitExposed(made):
        made.show()
    made.show_table(CLASSES, TWO[0].confusion)
    return made


def painted(bars, value: float, row: int = 0) -> QColor:
    """Colour in the middle of a row, at a value of the axis."""
    box = bars._box()
    at = QPointF(box.left() + value * box.width(), bars._top() + (row + 0.5) * bars._row_height())
    return bars.grab().toImage().pixelColor(at.toPoint() * bars.devicePixelRatio())


def test_a_bar_ends_at_its_value_and_has_its_classes_colour(bars):
    bars.show_rows([ClassRow("a", (0.6,)), ClassRow("b", (0.3,)), ClassRow("c", (None,))])
    bars.resize(500, bars.sizeHint().height())
    for row, value in ((0, 0.6), (1, 0.3)):
        assert painted(bars, value - 0.02, row) == class_color(row)
        assert painted(bars, value + 0.02, row) != class_color(row)
    assert painted(bars, 0.97, 2) != class_color(2)


def test_with_several_models_a_row_has_a_bar_each_and_the_readout_names_them(bars):
    bars.show_rows(class_rows(ACTIONS, [one.ap for one in TWO]), [one.name for one in TWO], 1)
    bars.resize(500, bars.sizeHint().height())
    place = QPointF(250, bars._top() + 1.5 * bars._row_height())
    assert bars.tip_at(place) == f"{class_words(ACTIONS[1])}\nTRN both: 99.2 %\nGRU pose: 92.3 %"
    assert bars.tip_at(QPointF(250, 0)) == ""
    assert bars.tip_at(QPointF(250, bars.height() + 50)) == ""


def test_equal_rows_paint_nothing(bars, qapp, qtbot):
    rows = [ClassRow("a", (0.5,)), ClassRow("b", (None,))]
    bars.show_rows(rows)
    with qtbot.waitExposed(bars):
        bars.show()
    qapp.processEvents()
    painted_times = []
    bars._draw = lambda _painter: painted_times.append(1)
    bars.show_rows([ClassRow("a", (0.5,)), ClassRow("b", (None,))])
    qapp.processEvents()
    assert painted_times == []
    bars.show_rows([ClassRow("a", (0.4,)), ClassRow("b", (None,))])
    qapp.processEvents()
    assert len(painted_times) == 1


def test_its_figures_are_saved_as_they_are(bars):
    bars.show_rows([ClassRow("a, b", (0.5, None))], ["x", "y"])
    assert list(csv.reader(io.StringIO(bars.csv()))) == [["class", "x", "y"], ["a, b", "0.5", ""]]


def test_it_asks_for_as_much_room_as_its_rows_take(bars):
    bars.show_rows([ClassRow("a", (0.5,))] * 6)
    six = bars.minimumSizeHint().height()
    bars.show_rows([ClassRow("a", (0.5,))] * 22)
    assert bars.minimumSizeHint().height() - six == 16 * 24


def test_a_cell_is_found_and_said_in_full(matrix):
    box, many = matrix._box(), len(CLASSES)
    for row in range(many):
        for column in range(many):
            at = QPointF(
                box.left() + (column + 0.5) * box.width() / many, box.top() + (row + 0.5) * box.height() / many
            )
            assert matrix.cell_at(at) == (row, column)
    assert matrix.cell_at(QPointF(2, 2)) is None
    seconds, whole = TWO[0].confusion[1][3], sum(TWO[0].confusion[1])
    share = f"{100 * seconds / whole:.0f} % of its {whole:.1f} s"
    assert matrix.readout((1, 3)) == f"lunge_left taken for lunge_right: {seconds:.1f} s, {share}"
    assert matrix.readout((1, 1)).startswith("lunge_left recognised: 4.5 s")


def test_the_shade_follows_the_share_of_its_row(qtbot, matrix):
    matrix.show_table(("a", "b"), ((0.0, 0.0), (30.0, 10.0)))
    picture, box = matrix.grab().toImage(), matrix._box()

    def tone(row: int, column: int) -> QColor:
        corner = QPointF(box.left() + column * box.width() / 2 + 4, box.top() + row * box.height() / 2 + 4)
        return picture.pixelColor(corner.toPoint() * matrix.devicePixelRatio())

    nothing, most, some = tone(0, 0), tone(1, 0), tone(1, 1)
    assert nothing == tone(0, 1)
    assert contrast(most, nothing) > contrast(some, nothing) > 1.2
    assert matrix.readout((0, 1)) == "a taken for b: 0.0 s, which does not occur"


def test_arrow_keys_go_from_cell_to_cell_and_say_it(matrix, qtbot):
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left):
        qtbot.keyClick(matrix, key)
    assert matrix.cell == (1, 0)
    assert matrix.accessibleDescription() == matrix.readout((1, 0))


def test_numbers_read_on_every_shade(matrix, qapp):
    shares = [step / 20 for step in range(21)]
    assert min(contrast(readable_on(_shade(part)), _shade(part)) for part in shares) >= 4.5
    LOOK.apply(qapp, LIGHT)
    assert min(contrast(readable_on(_shade(part)), _shade(part)) for part in shares) >= 4.5


def test_the_matrix_is_as_high_as_its_rows(matrix):
    few = matrix.height()
    many = tuple(f"class {number}" for number in range(22))
    matrix.show_table(many, tuple((1.0,) * 22 for _ in many))
    assert matrix.height() > few
    assert matrix._box().height() / 22 >= 19.5
    matrix.show_table((), ())
    matrix.grab()
    assert matrix.height() < few


def test_large_figures_leave_out_the_last_where_it_is_narrow(qtbot):
    figures = BigFigures("Result")
    qtbot.addWidget(figures)
    stats = [Stat(f"Figure {number}", "98.8", "%") for number in range(5)]
    figures.set_stats(stats)
    figures.resize(900, 56)
    assert [stat for *_, stat in figures.shown()] == stats
    figures.resize(200, 56)
    shown = [stat for *_, stat in figures.shown()]
    assert shown == stats[: len(shown)]
    assert 1 <= len(shown) < 5
    figures.set_stats([Stat("mAP", UNKNOWN)])
    assert "not measured" in figures.accessibleDescription()
