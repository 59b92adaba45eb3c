"""Texts are read as they are painted, by Qt or by hand: what is cut, faint or not translated is found."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from workbench.tour import written as checks
from workbench.tour.cut import cut
from workbench.tour.ink import painted
from workbench.tour.written import contrast, written
from workbench.work.languages import STRETCHED
from workbench.work.stretching import stretch

PAPER, INK = "#ffffff", "#1a1e24"


class Sheet(QWidget):
    """Writes a text in a colour, from a place on, within a room."""

    def __init__(self, text: str, ink: str = INK, left: int = 0, room: QRect | None = None) -> None:
        super().__init__()
        self.text, self.ink, self.left, self.room = text, ink, left, room
        self.setFixedSize(200, 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(PAPER))
        if self.room is not None:
            painter.setClipRect(self.room)
        painter.setPen(QColor(self.ink))
        for number, text in enumerate(self.text.splitlines()):
            painter.drawText(self.left, 20 - 6 * number, text)


@pytest.fixture
def page(qtbot):
    def make(part: QWidget) -> QWidget:
        window = QWidget()
        QVBoxLayout(window).addWidget(part)
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        return window

    return make


def test_a_text_is_read_with_its_place_and_colour(page):
    sheet = Sheet("Good day", "#0b72c4", 12)
    window = page(sheet)
    (text,) = painted(sheet)
    assert (text.words, text.box.left(), text.ink) == ("Good day", 12, QColor("#0b72c4"))
    assert text.box.width() == pytest.approx(sheet.fontMetrics().horizontalAdvance("Good day"), abs=1)
    assert written(window) == []


@pytest.mark.parametrize(
    ("sheet", "kind"),
    [
        (lambda: Sheet("Good day"), ""),
        (lambda: Sheet("Good day", left=180), "cut"),
        (lambda: Sheet("Good day", left=-20), "cut"),
        (lambda: Sheet("Good day", room=QRect(0, 0, 30, 30)), "cut"),
        (lambda: Sheet("Good day\nGood night"), "cut"),
        (lambda: Sheet("Good day", "#bbbbbb"), "faint"),
    ],
)
def test_what_is_wrong_with_a_painted_text_is_found(page, sheet, kind):
    found = written(page(sheet()))
    assert [one.partition(":")[0] for one in found] == [kind] * bool(kind)


def test_contrast_is_that_of_the_guidelines():
    black, white = QColor("#000000"), QColor("#ffffff")
    assert contrast(black, white) == contrast(white, black) == pytest.approx(21)
    assert contrast(QColor("#767676"), white) == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize(
    ("text", "bare"), [("Good day", True), (stretch("Good day"), False), ("view 2.png  3 px", False)]
)
def test_a_painted_text_without_marks_is_not_translated(page, monkeypatch, text, bare):
    monkeypatch.setattr(checks, "spoken", lambda: STRETCHED)
    found = [one for one in written(page(Sheet(text))) if one.startswith("not translated")]
    assert bool(found) == bare


def test_a_text_that_goes_on_in_lines_is_one_text(page, monkeypatch):
    monkeypatch.setattr(checks, "spoken", lambda: STRETCHED)
    label = QLabel(stretch("A sentence that goes on for a while and then for another while"))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setFixedWidth(120)
    assert not [one for one in written(page(label)) if one.startswith("not translated")]


def test_a_page_wider_than_its_place_and_neighbours_that_lie_over_one_another_are_found(page):
    area, body = QScrollArea(), QWidget()
    area.setWidgetResizable(True)
    body.setMinimumWidth(900)
    area.setWidget(body)
    assert any("px across" in one for one in cut(page(area)))
    pressed = QWidget()
    column = QVBoxLayout(pressed)
    for _ in range(2):
        part = QWidget()
        part.setFixedSize(80, 60)
        column.addWidget(part)
    window = page(pressed)
    assert not any(" over " in one for one in cut(window))
    column.itemAt(1).widget().move(column.itemAt(0).widget().pos())
    assert any(" over " in one for one in cut(window))
