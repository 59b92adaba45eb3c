"""Where to save: endings are added and the question is about the file that is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

from widgets import save_file
from widgets.save_file import ask_file, may_replace, named

TABLES = "JSON (*.json);;CSV (*.csv)"
LABELS = "CSV (*.csv);;VIA 3 (*.via.json)"


@pytest.mark.parametrize(
    ("typed", "kinds", "chosen", "file"),
    [
        ("My plan v1.2", "Projects (*.kino)", "", "My plan v1.2.kino"),
        ("a.KINO", "Projects (*.kino)", "", "a.KINO"),
        ("run 3.csv", TABLES, "JSON (*.json)", "run 3.csv"),
        ("run 0.5", TABLES, "CSV (*.csv)", "run 0.5.csv"),
        ("run 0.5", TABLES, "", "run 0.5.json"),
        ("film", LABELS, "VIA 3 (*.via.json)", "film.via.json"),
        ("anything", "All files (*)", "", "anything"),
    ],
)
def test_an_ending_is_added_and_takes_no_part_of_the_name(typed: str, kinds: str, chosen: str, file: str) -> None:
    assert named(typed, kinds, chosen) == file


def test_it_asks_about_the_file_that_will_be_written(qtbot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "v1.2.json").write_text("{}")
    parent, typed, asked = QWidget(), iter(("v1.2", "v1.3", "")), []
    qtbot.addWidget(parent)

    def choose(*_words: object, options: QFileDialog.Option) -> tuple[str, str]:
        assert options == QFileDialog.Option.DontConfirmOverwrite
        name = next(typed)
        return (str(tmp_path / name) if name else "", "")

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    monkeypatch.setattr(save_file, "may_replace", lambda _parent, _title, path: bool(asked.append(Path(path).name)))
    assert ask_file(parent, "Save", "", TABLES) == str(tmp_path / "v1.3.json")
    assert asked == ["v1.2.json"]
    assert ask_file(parent, "Save", "", TABLES) == ""


def test_nothing_is_replaced_by_mere_return(qtbot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    seen = []

    def press_the_default() -> None:
        (box,) = (widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QMessageBox))
        seen.append(box.text())
        button = box.defaultButton()
        button.click()

    QTimer.singleShot(0, press_the_default)
    assert not may_replace(parent, "Save", "/a/<b>x.json")
    assert seen == ["<b>x.json is there already."]
