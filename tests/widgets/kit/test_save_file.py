"""Saving adds an ending, asks before it replaces what the dialog did not ask about, and says why it failed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engines.core.errors import BadInput
from widgets.charts.drawn import DrawnChart
from widgets.kit import save_file
from widgets.kit.save_file import LAST, ask_file, ask_folder, ask_open, ask_several, named, save_or_say


@pytest.fixture(autouse=True)
def _nothing_used_yet() -> None:
    LAST.begin({})


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
    assert ask_file(parent, "Save", "picture", "PNG (*.png);;JPEG (*.jpg)") == str(tmp_path / written)
    assert asked == []


@pytest.mark.parametrize(("answer", "kept"), [("Replace", False), ("Cancel", True)])
def test_the_question_is_about_the_file_that_is_written(parent, tmp_path, monkeypatch, answer, kept) -> None:
    (tmp_path / "a.png").touch()
    asked, typed = _answer(monkeypatch, answer), iter([str(tmp_path / "a"), ""])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (next(typed), "PNG (*.png)"))
    assert ask_file(parent, "Save", "picture", "PNG (*.png)") == ("" if kept else str(tmp_path / "a.png"))
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


FILTERS = "PNG (*.png);;CSV (*.csv)"


def test_each_kind_begins_where_it_was_last(parent, tmp_path: Path, monkeypatch) -> None:
    """With the filter and the ending that were chosen then, and also after the next start."""
    here, there, kept = tmp_path / "here", tmp_path / "there", {}
    here.mkdir()
    there.mkdir()
    asked: list[tuple[str, str]] = []

    def save(_parent, _title, path, _filters, chosen, **_options):
        asked.append((path, chosen))
        return str(here / "a.csv"), "CSV (*.csv)"

    monkeypatch.setattr(QFileDialog, "getSaveFileName", save)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *words: (f"{words[2]}a.mp4", words[4]))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *words: ([f"{words[2]}/b.csv"], words[4]))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *words: words[2])
    LAST.begin({"export": "broken by hand", "film": [str(there), "gone (*.gone)"]}, kept.update)
    for _ in range(2):
        ask_file(parent, "Save", "export", FILTERS, "a.png", str(there))
    assert asked == [(str(there / "a.png"), "PNG (*.png)"), (str(here / "a.csv"), "CSV (*.csv)")]
    assert ask_open(parent, "Open", "film", FILTERS) == f"{there}/a.mp4"
    assert kept == {"export": [str(here), "CSV (*.csv)"], "film": [str(there), "PNG (*.png)"]}
    LAST.begin(kept)
    assert ask_several(parent, "Open", "export", FILTERS) == [str(here / "b.csv")]
    assert ask_folder(parent, "Folder", "export") == f"{here}/"


def test_a_kind_that_was_never_used_begins_in_no_folder_of_the_program(parent, tmp_path, monkeypatch) -> None:
    begun: list[str] = []
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *words: begun.append(words[2]) or "")
    LAST.begin({"bundle": [str(tmp_path / "gone"), ""]})
    for kind in ("bundle", "weights"):
        assert ask_folder(parent, "Folder", kind) == ""
    program = Path(__file__).resolve().parents[3]
    assert all(Path(folder).is_dir() and program not in (Path(folder), *Path(folder).parents) for folder in begun)
    assert len(begun) == 2


def test_a_name_beside_another_file_stays_there(parent, tmp_path: Path, monkeypatch) -> None:
    begun: list[str] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *words, **_: (begun.append(words[2]) or "", ""))
    LAST.begin({"labels": [str(tmp_path.parent), ""]})
    ask_file(parent, "Save", "labels", "CSV (*.csv)", str(tmp_path / "film.labels.csv"))
    assert begun == [str(tmp_path / "film.labels.csv")]


def test_what_the_program_cannot_have_written_is_refused_at_once(parent, tmp_path, monkeypatch) -> None:
    theirs, told = tmp_path / "a.png", []
    theirs.write_bytes(b"their own notes")
    typed = iter([str(theirs), ""])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (next(typed), "PNG (*.png)"))
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append((box.text(), [b.text() for b in box.buttons()])))
    assert ask_file(parent, "Save", "picture", "PNG (*.png)") == ""
    [(text, buttons)] = told
    assert "not a PNG picture" in text
    assert "Replace" not in " ".join(buttons)


def test_what_belongs_beside_a_sample_is_not_written_into_the_hidden_folder(parent, tmp_path, monkeypatch) -> None:
    begun: list[str] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *words, **_: (begun.append(words[2]) or "", ""))
    monkeypatch.setattr(save_file, "store_dir", lambda: tmp_path)
    LAST.begin({"labels": [str(tmp_path.parent), ""]})
    ask_file(parent, "Save", "labels", "CSV (*.csv)", str(tmp_path / "film.labels.csv"))
    assert begun == [str(tmp_path.parent / "film.labels.csv")]
