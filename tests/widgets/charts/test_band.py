"""Charts with bands: what they read out, where they draw it, what they save; and the table of figures."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage

from widgets.charts.axes import percent
from widgets.charts.band import Band, BandPlot, Mark, stairs, value_at
from widgets.charts.plot import Series
from widgets.kit.figures_table import FiguresTable
from widgets.kit.theme import LOOK

X = tuple(np.linspace(0.0, 1.0, 21).tolist())
Y = tuple(10 ** (-4 * x) for x in X)


@pytest.fixture
def plot(qtbot):
    made = BandPlot("Shares", "Threshold", "Share", log_y=True, shares=True)
    qtbot.addWidget(made)
    made.resize(500, 320)
    made.show_lines([Series("named", X, Y)], [Band(X, [y / 3 for y in Y], [min(3 * y, 1) for y in Y])])
    made.show()
    return made


def test_the_cross_reads_the_line_and_its_band(plot):
    assert plot.reading(0.5) == ["Threshold 0.5", "named: 1 % (0.33–3 %)"]
    assert plot.reading(2.0) == ["Threshold 2"]


def test_the_cross_goes_with_mouse_and_arrow_keys_and_leaves_on_escape(plot, qtbot):
    box = plot._box()
    with qtbot.waitSignal(plot.crossed) as heard:
        qtbot.mouseMove(plot, box.center().toPoint())
    assert heard.args[0] == pytest.approx(0.5, abs=0.02)
    before = plot.cross
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.cross > before
    assert "named: " in plot.accessibleDescription()
    with qtbot.waitSignal(plot.crossed) as heard:
        qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert math.isnan(heard.args[0])
    assert plot.cross is None


def test_where_the_cross_is_put_is_the_inverse_of_where_a_figure_is_drawn(plot):
    box = plot._box()
    for x in (0.0, 0.3, 1.0):
        assert plot._x_at(box, plot._at(box, x, 0.1).x()) == pytest.approx(x)
    plot.log_x = True
    plot.show_lines([Series("named", [1e-4, 1e-2, 1.0], [0.1, 0.2, 0.3])])
    for x in (1e-4, 3e-3, 1.0):
        assert plot._x_at(box, plot._at(box, x, 0.1).x()) == pytest.approx(x)


def test_a_band_is_painted_between_its_ends_and_nowhere_else(plot):
    box, shot = plot._box(), plot.grab().toImage()
    line = 10 ** (-4 * 0.425)
    at = [plot._at(box, 0.425, line * times).toPoint() for times in (2, 8)]
    empty = shot.pixelColor(QPoint(plot.width() - 3, 60))
    assert shot.pixelColor(at[0]) != empty
    assert shot.pixelColor(at[1]) == empty


def test_a_band_down_to_nothing_ends_at_the_foot_of_a_logarithmic_axis(plot):
    plot.show_lines([Series("named", X, Y)], [Band(X, [0.0] * len(X), Y)])
    plot.set_ranges((0, 1), (1e-6, 1.3))
    box = plot._box()
    assert plot._held(box, 0.5, 0.0).y() == pytest.approx(box.bottom())
    plot.grab()


def test_marks_are_drawn_with_words_that_stay_inside(plot):
    plot.set_uprights([Mark(0.99, "1 in 1,000,000: 0.990", chosen=True), Mark(5.0, "far outside")])
    shot = plot.grab().toImage()
    x = round(plot._at(plot._box(), 0.99, plot._y.low).x())
    assert min(shot.pixelColor(x, y).lightness() for y in range(100, 200)) > 150
    pill = shot.pixelColor(x - 10, round(plot._box().top()) + 4)
    assert pill.lightness() > LOOK.now.color("surface").lightness()


def test_figures_and_bands_are_saved(plot, tmp_path):
    plot.save(str(tmp_path / "a.csv"))
    rows = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text())))
    assert {row[0] for row in rows[1:]} == {"named", "named, low", "named, high"}
    assert len(rows) == 1 + 3 * len(X)
    plot.save(str(tmp_path / "a.png"))
    assert not QImage(str(tmp_path / "a.png")).isNull()


def test_stairs_keep_every_bin():
    assert stairs((0, 1, 3), (5, 7)) == ([0, 1, 1, 3], [5, 5, 7, 7])


@given(st.floats(0, 1))
def test_between_two_points_a_line_is_straight(x):
    assert value_at(X, [2 * one + 1 for one in X], x) == pytest.approx(2 * x + 1)
    assert value_at(X, Y, 1.0001) is None
    assert value_at((), (), x) is None


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.5, "50 %"), (0.123, "12.3 %"), (0.9871, "98.7 %"), (0.00012, "0.012 %"), (1e-6, "0.0001 %"), (0.0, "0 %"),
     (1.0, "100 %"), (0.99999, "99.999 %")],
)  # fmt: skip
def test_shares_tell_themselves_from_nothing_and_all(share, words):
    assert percent(share) == words


@given(st.floats(1e-6, 1 - 1e-6))
def test_percent_is_never_off_by_a_tenth_of_what_is_left(share):
    shown = float(percent(share).removesuffix(" %")) / 100
    assert abs(shown - share) <= 0.051 * min(share, 1 - share) + 1e-12


@pytest.fixture
def table(qtbot):
    made = FiguresTable("Rates", ("Rate", "Share", "Interval"))
    qtbot.addWidget(made)
    made.resize(400, 200)
    made.show_rows([("1 in 10", "9 %", "8–12 %"), ("1 in 100", "1 %", "0.5–2 %")], marked=1)
    made.show()
    return made


def test_a_table_is_copied_used_by_key_and_untouched_by_equal_rows(table, qtbot):
    with qtbot.assertNotEmitted(table.model().modelReset):
        table.show_rows(list(table.rows), 1)
    table.setCurrentIndex(table.model().index(1, 0))
    with qtbot.waitSignal(table.rowUsed) as heard:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert heard.args == [1]
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines()[1:] == ["1 in 10,9 %,8–12 %", "1 in 100,1 %,0.5–2 %"]


def test_columns_fill_the_width_and_the_last_go_where_there_is_little(table):
    table.resize(400, 200)
    assert sum(table.columnWidth(n) for n in range(3)) == pytest.approx(table.viewport().width(), abs=3)
    table.resize(150, 200)
    assert table.isColumnHidden(2)
    assert not table.isColumnHidden(0)
    table.resize(400, 200)
    assert not table.isColumnHidden(2)
    assert table.grab().toImage().pixelColor(QPoint(5, 5)) == LOOK.now.color("surface")
