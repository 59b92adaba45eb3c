"""What was chosen is on the disk soon, not only after an orderly end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from tests.workbench.opened import Opened, until
from workbench.project.settings import SettingsStore
from workbench.project.settings_keeper import SettingsKeeper
from workbench.threads.supervisor import Supervisor


def test_what_was_chosen_is_kept_while_the_window_is_open(open_window: Callable[..., Opened], qtbot) -> None:
    window = open_window(begin=False).window
    store = window.services.settings
    window.set_theme("light")
    store.add_recent("/plan.kino")
    until(qtbot, lambda: store.path.exists() and SettingsStore(store.path).value.recent == ("/plan.kino",))
    assert SettingsStore(store.path).value.theme == "light"


def test_a_place_that_cannot_be_written_is_said_once(qtbot, supervisor: Supervisor, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store, owner, said = SettingsStore(tmp_path / "file" / "settings.json"), QObject(), list[str]()
    keeper = SettingsKeeper(store, supervisor, lambda text, _level: said.append(text), owner)
    for theme in ("light", "dark"):
        store.change(theme=theme)
        until(qtbot, lambda: not store.changed and keeper.errands.idle)
    keeper.close()
    assert len(said) == 1
    assert "could not be saved" in said[0]
