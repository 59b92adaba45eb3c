"""A decimal comma is a decimal point or is refused, whatever the system's language; it is never left out."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolTip

from widgets.charts.plot import Plot, Series
from widgets.faces.accept import StrangersField
from widgets.generative.panel.compare import typed
from widgets.kit.fields import NumberField
from widgets.kit.figures_table import FiguresTable
from widgets.kit.form import SigmaField
from widgets.kit.lengths.field import LengthField
from widgets.kit.lengths.units import MM
from widgets.kit.words import seconds_left, time_words
from workbench.tour.ink import painted

BEFORE = 7.0


@pytest.fixture(params=["C", "de_DE", "en_US", "fr_FR"], autouse=True)
def locale(request):
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield
    QLocale.setDefault(before)


def field(decimals: int = 2, unit: str = "", high: float = 1e5) -> NumberField:
    return NumberField("Number", BEFORE, -10, high, unit=unit, decimals=decimals)


def by_keys(qtbot, control: NumberField, text: str) -> None:
    control.selectAll()
    qtbot.keyClicks(control, text)
    qtbot.keyClick(control, Qt.Key.Key_Return)


def pasted(qtbot, control: NumberField, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    control.selectAll()
    control.lineEdit().paste()
    qtbot.keyClick(control, Qt.Key.Key_Return)


@pytest.mark.parametrize("give", [by_keys, pasted])
@pytest.mark.parametrize(
    ("decimals", "unit", "text", "value"),
    [
        (2, "", "2,5", 2.5),
        (2, "", "2.5", 2.5),
        (2, "mm", "24,5", 24.5),
        (3, "", "0,5", 0.5),
        (1, "s", "1,5", 1.5),
        (2, "", ",5", 0.5),
        (2, "", "-2,5", -2.5),
        (3, "", "1,234", 1.234),
        (0, "", "1200", 1200.0),
    ],
)
def test_a_comma_is_a_point(qtbot, give, decimals, unit, text, value):
    control = field(decimals, unit)
    qtbot.addWidget(control)
    give(qtbot, control, text)
    assert control.value() == pytest.approx(value)
    assert "," not in control.text()


def test_a_minus_of_a_document_is_a_minus(qtbot):
    control = field()
    qtbot.addWidget(control)
    pasted(qtbot, control, "\u22122,5")
    assert control.value() == -2.5


@pytest.mark.parametrize("give", [by_keys, pasted])
@pytest.mark.parametrize(
    ("decimals", "text"),
    [(0, "2,5"), (0, "2.5"), (0, "1,000"), (0, "1.000"), (2, "1.234,5"), (2, "1,234.5"), (2, "1,2,3")],
)
def test_what_cannot_be_meant_is_refused_as_a_whole(qtbot, give, decimals, text):
    control = field(decimals)
    qtbot.addWidget(control)
    control.show()
    give(qtbot, control, text)
    assert control.value() == BEFORE
    assert f"{BEFORE:.{decimals}f} stays" in QToolTip.text()
    QToolTip.hideText()


def test_words_in_place_of_a_number_may_have_a_comma(qtbot):
    control = NumberField("Rate", 5, 0, 30, unit="fps, at most")
    qtbot.addWidget(control)
    control.setSpecialValueText("As filmed, up to 10")
    by_keys(qtbot, control, "0")
    assert (control.value(), control.text()) == (0, "As filmed, up to 10")
    by_keys(qtbot, control, "8")
    assert (control.value(), control.text()) == (8, "8 fps, at most")


@pytest.mark.parametrize(
    "make", [lambda: LengthField("Square", 7, 0.1, 99, MM, decimals=4), lambda: SigmaField("Sigma")]
)
def test_fields_that_read_for_themselves_do_too(qtbot, make):
    control = make()
    qtbot.addWidget(control)
    by_keys(qtbot, control, "2,5")
    assert control.value() == 2.5


def test_the_number_of_strangers_is_whole(qtbot):
    control = StrangersField()
    qtbot.addWidget(control)
    before = control.value()
    by_keys(qtbot, control, "1,5")
    assert control.value() == before
    by_keys(qtbot, control, "10000")
    assert control.value() == 10_000


def test_in_a_list_of_fractions_a_comma_within_a_number_is_asked_about():
    assert typed("guidance", "1.5, 2") == (("1.5", "2"), "")
    values, problem = typed("guidance", "1,5")
    assert (values, "point" in problem) == ((), True)
    assert typed("steps", "5,10,20")[0] == ("5", "10", "20")


@pytest.mark.parametrize(
    ("seconds", "left", "lasts"),
    [
        (0.2, "1 s", "0.2 s"),
        (4, "4 s", "4 s"),
        (89, "89 s", "89 s"),
        (150, "2 min", "2 min"),
        (5760, *["1 h 36 min"] * 2),
    ],
)
def test_durations_are_said_in_one_way(seconds: float, left: str, lasts: str) -> None:
    assert (seconds_left(seconds), time_words(seconds)) == (f"{left} left", lasts)
    assert seconds_left(None) == ""


def test_what_is_shown_and_saved_has_a_point(qtbot) -> None:
    chart = Plot("Loss", "Step", "Loss")
    chart.set_series([Series("loss", (0.5, 1.5), (0.25, 0.75))])
    table = FiguresTable("Errors", ("Model", "RMS"))
    table.show_rows([("Brown", f"{0.114:.3f}")])
    number = NumberField("Rate", 1.5, 0, 10, decimals=1, unit="s")
    for widget in (chart, table, number):
        qtbot.addWidget(widget)
        widget.resize(400, 240)
        widget.show()
    drawn = {text.words for text in painted(chart)}
    assert "0.6" in drawn
    assert not any(re.search(r"\d,\d", words) for words in drawn)
    assert "0.25" in chart.csv()
    assert "0.114" in table.csv()
    assert number.text() == "1.5 s"
