"""Lengths in the unit of the user's choice: what is typed is understood, and what is shown changes no value."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QValidator

from widgets.kit.lengths.field import LengthField
from widgets.kit.lengths.units import MM, UNITS, M, digits, figure, in_units, length

CHOICES = ("auto", "mm", "cm", "m", "in")


@pytest.fixture(autouse=True)
def _automatic() -> Iterator[None]:
    yield
    UNITS.choose("auto")


@pytest.fixture
def square(qtbot) -> LengthField:
    made = LengthField("Square", 25, 0.1, 99_999, MM, decimals=4)
    qtbot.addWidget(made)
    return made


def typed(qtbot, field: LengthField, text: str) -> float:
    """By the keys, into a field that was gone to: its unit stays behind what is typed."""
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    return field.value()


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize(
    ("text", "millimetres"),
    [("25 mm", 25), ("0.03 m", 30), ("2.5cm", 25), ("1 in", 25.4), ("2 inches", 50.8), ('3"', 76.2), ("7 MM", 7)],
)
def test_a_length_with_its_unit_is_understood_whatever_the_setting(qtbot, square, choice, text, millimetres):
    UNITS.choose(choice)
    square.setValue(11)
    assert typed(qtbot, square, text) == pytest.approx(millimetres)


@pytest.mark.parametrize(("choice", "millimetres"), list(zip(CHOICES, (1.5, 1.5, 15, 1500, 38.1), strict=True)))
def test_a_bare_number_is_in_the_unit_of_the_setting(qtbot, square, choice, millimetres):
    UNITS.choose(choice)
    assert typed(qtbot, square, "1,5") == pytest.approx(millimetres)


def test_what_is_no_length_is_refused(square):
    assert square.validate("25 ells", 0)[0] == QValidator.State.Invalid
    assert square.validate("25 inc", 0)[0] == QValidator.State.Intermediate
    assert square.validate("1.2.3", 0)[0] == QValidator.State.Intermediate


@pytest.mark.parametrize("value", [25.0, 18.75, 0.1, 33.3333, 1234.5678])
def test_every_unit_shows_it_and_neither_that_nor_return_changes_it(qtbot, square, value):
    square.setValue(value)
    told: list[float] = []
    square.valueChanged.connect(told.append)
    for choice in (*CHOICES, "auto"):
        UNITS.choose(choice)
        qtbot.keyClick(square, Qt.Key.Key_Return)
        assert square.value() == value
    assert told == []


def test_a_field_says_its_unit_and_steps_by_round_numbers_of_it(square):
    said = []
    for choice in CHOICES:
        UNITS.choose(choice)
        said.append(square.text())
    assert said == ["25 mm", "25 mm", "2.5 cm", "0.025 m", "0.9843 in"]
    square.stepUp()
    assert square.text() == "1 in"
    square.stepDown()
    assert square.text() == "0.98 in"


def test_words_in_place_of_a_length_stay(qtbot):
    field = LengthField("Sensor", 0, 0, 1000, MM, decimals=3)
    qtbot.addWidget(field)
    field.setSpecialValueText("not known")
    UNITS.choose("in")
    assert (field.text(), field.value()) == ("not known", 0)
    assert typed(qtbot, field, "1") == pytest.approx(25.4)


def test_as_many_decimals_as_tell_no_less():
    assert [length(0.0143, MM, 1), figure(1.5, M, 3)] == ["14.3 mm", "1.500"]
    UNITS.choose("in")
    assert [length(0.0143, MM, 1), figure(1.5, M, 3)] == ["0.563 in", "59.06"]
    UNITS.choose("m")
    assert length(0.0143, MM, 1) == "0.0143 m"
    assert [digits(value, 2) for value in (0.0000431, 0.0996, 1234.0, 0.0)] == ["0.000043", "0.1", "1234", "0"]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ("auto", "Off by 0.38\u00a0mm, 412.3 ± 0.2\u00a0mm, from 2\u00a0m, 400 x 280\u00a0mm; 'Lens 12 mm', 3 px"),
        ("cm", "Off by 0.038\u00a0cm, 41.23 ± 0.02\u00a0cm, from 200\u00a0cm, 40.0 x 28.0\u00a0cm; 'Lens 12 mm', 3 px"),
        ("m", "Off by 0.00038\u00a0m, 0.4123 ± 0.0002\u00a0m, from 2\u00a0m, 0.400 x 0.280\u00a0m; 'Lens 12 mm', 3 px"),
    ],
)
def test_a_sentence_of_an_engine_tells_its_lengths_in_it_and_nothing_else(choice, said):
    UNITS.choose(choice)
    told = "Off by 0.38\u00a0mm, 412.3 ± 0.2\u00a0mm, from 2\u00a0m, 400 x 280\u00a0mm; 'Lens 12 mm', 3 px"
    assert in_units(told) == said
