"""The settings dialog: a search finds rows by their words, choices go out one by one, what is shown tells nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel

from widgets.shell.settings import Place, SettingsDialog, SettingsShown

PLACES = (
    Place("data", "Projects", "Your work", "/home/ada/data"),
    Place("pictures", "Snapshots", "Pictures", "/home/ada/Pictures", True, "film"),
)
SHOWN = SettingsShown(
    "dark",
    presets=(("monitor", "Monitor"), ("calibrate", "Calibrate")),
    places=PLACES,
    languages=(("", "System"), ("de", "Deutsch")),
    cores=4,
    gpu_there=True,
    recent=3,
)


@pytest.fixture
def dialog(qtbot) -> SettingsDialog:
    made = SettingsDialog()
    qtbot.addWidget(made)
    made.open_with(SHOWN)
    return made


@pytest.fixture
def said(dialog: SettingsDialog) -> list[tuple[str, object]]:
    heard: list[tuple[str, object]] = []
    dialog.changed.connect(lambda *change: heard.append(change))
    return heard


def seen(dialog: SettingsDialog) -> list[str]:
    return [text.text() for text in dialog.findChildren(QLabel) if text.isVisible()]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("zoom", ["Size of text and controls"]),
        ("CUDA", ["GPU"]),
        ("film", ["Snapshots"]),
        ("folders project", ["Projects"]),
        ("next start", ["Language", "Size of text and controls", "GPU", "Processor threads",
                        "Jobs at the same time"]),
    ],
)  # fmt: skip
def test_a_search_finds_rows_of_every_section_by_title_note_synonym_and_section(dialog, query, rows):
    dialog.search.setText(query)
    assert dialog.rows == rows
    assert set(rows) <= set(seen(dialog))


def test_a_search_without_a_hit_says_so_and_a_click_shows_all_again(dialog):
    before = dialog.rows
    dialog.search.setText("aardvark")
    assert dialog.nothing.isVisible()
    assert dialog.rows == []
    dialog.nothing.button.click()
    assert dialog.rows == before
    assert not dialog.nothing.isVisible()


def test_what_was_found_is_marked(dialog):
    dialog.show_section("appearance")
    before = dialog.grab().toImage()
    dialog.search.setText("ens")
    marked = dialog._sections["appearance"].rows[1].title.grab().toImage()
    dialog.search.setText("density")
    assert marked != dialog._sections["appearance"].rows[1].title.grab().toImage()
    dialog.search.clear()
    dialog.list.setFocus()
    assert dialog._sections["appearance"].isVisible()
    assert before.size() == dialog.grab().toImage().size()


def test_each_choice_goes_out_once_and_what_is_shown_tells_nothing(dialog, said):
    dialog.show_settings(replace(SHOWN, theme="light", scale=125, workers=4, threads=2, gpu=False, language="de"))
    assert said == []
    dialog.theme._buttons["system"].click()
    dialog.workers._buttons["1"].click()
    dialog.threads.setValue(3)
    dialog.gpu.click()
    dialog.scale.setCurrentIndex(0)
    dialog.scale.activated.emit(0)
    assert said == [("theme", "system"), ("workers", 1), ("threads", 3), ("gpu", True), ("scale", 90)]


def test_a_computer_without_a_gpu_says_so_and_offers_none(dialog):
    dialog.show_settings(replace(SHOWN, gpu_there=False))
    assert not dialog.gpu.isEnabled()
    assert not dialog.gpu.isChecked()
    assert "No NVIDIA driver" in dialog.machine.note.text()


def test_a_folder_tells_where_it_is_and_how_large_and_only_some_can_be_changed(dialog, qtbot):
    dialog.show_section("folders")
    dialog.show_sizes({"pictures": 12_400_000, "gone": 1})
    assert {"/home/ada/data", "/home/ada/Pictures", "12.4 MB"} <= set(seen(dialog))
    assert [row.change.isVisible() for row in dialog.places.values()] == [False, True]
    with qtbot.waitSignal(dialog.revealed) as revealed:
        dialog.places["data"].reveal.click()
    with qtbot.waitSignal(dialog.placeWanted) as wanted:
        dialog.places["pictures"].change.click()
    assert (revealed.args, wanted.args) == (["/home/ada/data"], ["pictures"])


def test_a_page_of_others_is_a_section_and_is_found_by_its_words(dialog):
    page = QLabel("Ctrl+K")
    dialog.add_section("shortcuts", "Shortcuts", page, "keys")
    dialog.show_section("shortcuts")
    assert page.isVisible()
    dialog.search.setText("keys")
    assert page.isVisible()
    dialog.search.setText("theme")
    assert not page.isVisible()


def test_a_row_is_gone_to_by_its_title_and_tab_follows_the_eye(dialog):
    dialog.show_row("Jobs at the same time")
    assert dialog.workers.isVisible()
    assert ("GPU", "cuda nvidia graphics device") in dialog.listed()
    dialog.show_section("folders")
    order, part = [], dialog.scale.nextInFocusChain()
    while part is not dialog.scale:
        order.append(part)
        part = part.nextInFocusChain()
    pictures = dialog.places["pictures"]
    places = [order.index(one) for one in (dialog.places["data"].reveal, pictures.change, pictures.reveal, dialog.gpu)]
    assert places == sorted(places)
