"""The diffusion studio in the real window: centre, preset, drops, help, and the commands of its menu."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from tests.workbench.opened import Opened, until
from widgets.generative.state import Mode, Page, RunState
from workbench.threads.jobs import JobState

Open = Callable[..., Opened]


def opened_studio(open_window: Open, qtbot) -> Opened:
    opened = open_window()
    opened.window.commands.run("window.diffusion")
    until(qtbot, lambda: opened.window.features["diffusion"].studio.shown.model is not None)
    return opened


def test_the_preset_brings_the_studio_and_the_others_the_viewer(open_window: Open, qtbot) -> None:
    window = opened_studio(open_window, qtbot).window
    assert window.centre.front == "diffusion"
    assert not window.grid.isVisible()
    window.commands.run("help.guide")
    assert window.dialogs.help is not None
    assert window.dialogs.help.list.currentItem().data(Qt.ItemDataRole.UserRole) == "diffusion"
    window.commands.run("window.monitor")
    assert window.centre.front == "viewer"
    window.docks.show("diffusion")
    assert window.centre.front == "viewer", "the dock alone does not change the centre"
    window.commands.run("window.diffusion")
    window.commands.run("view.one")
    assert window.centre.front == "viewer", "a layout of tiles is nothing without them"


def test_the_preset_of_the_last_start_brings_its_centre_back(open_window: Open, qtbot) -> None:
    assert opened_studio(open_window, qtbot).end() == []
    again = open_window(begin=False).window
    assert again.centre.front == "diffusion"
    assert not again.docks.docks["diffusion"].isHidden()


def test_sampling_from_another_preset_brings_the_studio(open_window: Open, qtbot) -> None:
    opened = opened_studio(open_window, qtbot)
    window = opened.window
    window.commands.run("window.monitor")
    window.commands.run("diffusion.sample")
    assert window.centre.front == "diffusion"
    assert window.features["diffusion"].studio.shown.page is Page.SAMPLES
    window.commands.run("diffusion.cancel")
    until(
        qtbot, lambda: [run.state for run in window.features["diffusion"].studio.shown.runs] == [RunState.CANCELLED], 30
    )
    assert window.services.jobs.records()[-1].state is JobState.CANCELLED


def test_what_falls_on_the_studio_is_no_source(open_window: Open, qtbot, tmp_path: Path) -> None:
    opened = opened_studio(open_window, qtbot)
    window = opened.window
    window.docks.docks["diffusion"].close()
    song = tmp_path / "song.mp3"
    song.write_bytes(b"la la la")
    opened.drop(str(song))
    until(qtbot, lambda: window.features["diffusion"].panel.shown.trouble is not None)
    trouble = window.features["diffusion"].panel.shown.trouble
    assert trouble is not None
    assert trouble.path == str(song)
    assert window.features["diffusion"].studio.shown.trouble is None, "once is enough"
    assert not window.docks.docks["diffusion"].isHidden(), "the panel that says it comes to the front"
    assert opened.sources == []
    assert opened.notices == []
    opened.drop_text("scene:1")
    until(qtbot, lambda: opened.sources == ["scene1"])


def test_forms_are_opened_by_their_commands_and_begin_nothing(open_window: Open, qtbot) -> None:
    opened = opened_studio(open_window, qtbot)
    window = opened.window
    for id, mode, page in (("train", Mode.TRAIN, Page.TRAINING), ("compare", Mode.COMPARE, Page.COMPARE)):
        window.commands.run(f"diffusion.{id}")
        assert (window.features["diffusion"].studio.shown.mode, window.features["diffusion"].studio.shown.page) == (
            mode,
            page,
        )
    assert opened.jobs == []
    window.commands.run("diffusion.copy-command")
    assert QGuiApplication.clipboard().text().startswith("python main.py sample compare ")
    for id in ("reveal", "export-grid", "export-gif", "cancel"):
        assert not window.commands.action(f"diffusion.{id}").isEnabled(), f"{id} without a run"
