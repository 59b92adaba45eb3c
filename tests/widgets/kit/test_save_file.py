"""Saving adds an ending, asks before it replaces what the dialog did not ask about, and says why it failed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engines.core.errors import BadInput
from widgets.charts.drawn import DrawnChart
from widgets.kit.save_file import ask_file, named, save_or_say


@pytest.fixture
def parent(qtbot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def _answer(monkeypatch: pytest.MonkeyPatch, words: str) -> list[str]:
    asked: list[str] = []

    def answer(box: QMessageBox) -> int:
        asked.append(box.text())
        assert box.textFormat() is Qt.TextFormat.PlainText
        default = box.defaultButton()
        assert default is not None
        assert default.text() != "Replace"
        next(button for button in box.buttons() if words in button.text()).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    return asked


@pytest.mark.parametrize(
    ("typed", "written"),
    [("a.png", "a.png"), ("a", "a.png"), ("v1.2", "v1.2.png"), ("a.PNG", "a.PNG"), ("a.jpg", "a.jpg")],
)
def test_an_ending_is_added_and_replaces_no_part_of_a_name(parent, tmp_path, monkeypatch, typed, written) -> None:
    asked = _answer(monkeypatch, "Replace")
    chosen = lambda *_, **__: (str(tmp_path / typed), "PNG (*.png)")  # noqa: E731
    monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen)
    assert ask_file(parent, "Save", "", "PNG (*.png);;JPEG (*.jpg)") == str(tmp_path / written)
    assert asked == []


@pytest.mark.parametrize(("answer", "kept"), [("Replace", False), ("Cancel", True)])
def test_the_question_is_about_the_file_that_is_written(parent, tmp_path, monkeypatch, answer, kept) -> None:
    (tmp_path / "a.png").touch()
    asked, typed = _answer(monkeypatch, answer), iter([str(tmp_path / "a"), ""])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (next(typed), "PNG (*.png)"))
    assert ask_file(parent, "Save", "", "PNG (*.png)") == ("" if kept else str(tmp_path / "a.png"))
    assert asked == ["a.png is there already."]


def test_why_nothing_was_saved_is_said(parent, monkeypatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QMessageBox, "open", lambda box: opened.append(box.text()))

    def full(path: str) -> None:
        raise BadInput("The disk is <b>gone</b>", path=path)

    save_or_say(parent, "a.csv", full)
    assert opened == ["a.csv could not be saved: The disk is <b>gone</b> (a.csv)"]
    save_or_say(parent, "a.csv", lambda path: opened.append(path))
    assert opened[1:] == ["a.csv"]


@pytest.mark.parametrize(("suffix", "theirs"), [("csv", b'{"a": 1, "b": 2}'), ("svg", b"mine"), ("png", b"mine")])
def test_a_chart_takes_the_place_of_its_own_kind_alone(qtbot, tmp_path: Path, suffix, theirs) -> None:
    class Chart(DrawnChart):
        def table(self) -> list[list[str]]:
            return [["a", "b"], ["1", "2"]]

        def _draw(self, painter) -> None:
            painter.drawLine(0, 0, 5, 5)

    chart = Chart("Chart")
    qtbot.addWidget(chart)
    path = tmp_path / f"a.{suffix}"
    for _ in range(2):
        chart.save(str(path))
    path.write_bytes(theirs)
    with pytest.raises(BadInput, match="file of this name already"):
        chart.save(str(path))
    assert path.read_bytes() == theirs


@pytest.mark.parametrize(
    ("typed", "kinds", "chosen", "file"),
    [
        ("My plan v1.2", "Projects (*.kino)", "", "My plan v1.2.kino"),
        ("run 0.5", "JSON (*.json);;CSV (*.csv)", "CSV (*.csv)", "run 0.5.csv"),
        ("film", "CSV (*.csv);;VIA 3 (*.via.json)", "VIA 3 (*.via.json)", "film.via.json"),
        ("anything", "All files (*)", "", "anything"),
    ],
)
def test_the_ending_is_of_the_kind_that_was_chosen(typed: str, kinds: str, chosen: str, file: str) -> None:
    assert named(typed, kinds, chosen) == file
