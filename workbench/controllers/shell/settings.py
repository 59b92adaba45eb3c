"""The settings from the user's side: shows them as they are, keeps each choice, and does at once what can be done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLocale, QObject
from PySide6.QtWidgets import QWidget

from engines.core import places
from engines.core.words import tr
from widgets.kit.save_file import ask_folder
from widgets.shell.settings import Place, SettingsDialog, SettingsShown
from widgets.shell.shortcuts import ShortcutsPage
from workbench.controllers.shell.reveal import reveal
from workbench.features import Preset
from workbench.feeds.passwords import keyring_name
from workbench.project.settings import Settings
from workbench.services import Services
from workbench.threads.background import Errands
from workbench.work.languages import known
from workbench.work.limits import has_gpu

OURS = (
    "theme",
    "density",
    "scale",
    "units",
    "language",
    "start_preset",
    "pictures",
    "store",
    "workers",
    "threads",
    "gpu",
)
"""What the dialog sets, and what its defaults are of."""


class SettingsPages(QObject):
    """Makes the dialog when it is first asked for. applied: what does at once what a setting says, by its name."""

    def __init__(
        self, window: QWidget, services: Services, applied: Mapping[str, Callable[[str], None]],
        presets: Sequence[Preset],
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._window, self._services, self._applied, self._presets = window, services, applied, presets
        self._errands = Errands("folders")
        services.supervisor.adopt(self._errands)
        self._keyring = ""
        self.dialog: SettingsDialog | None = None
        self.serve_shortcuts: Callable[[ShortcutsPage], object] | None = None
        """Fills the page of the keys, where somebody does."""

    def show(self, section: str = "") -> SettingsDialog:
        """Open the dialog, at this section where one is named."""
        if self.dialog is None:
            self.dialog = self._made()
        self.dialog.open_with(self._shown())
        if section:
            self.dialog.show_section(section)
        self._count()
        return self.dialog

    def listed(self) -> list[tuple[str, str]]:
        """Title and more words of every setting."""
        if self.dialog is None:
            self.dialog = self._made()
        self.dialog.show_settings(self._shown())
        return self.dialog.listed()

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.close()

    def _made(self) -> SettingsDialog:
        dialog = SettingsDialog(self._window)
        dialog.changed.connect(self._change)
        dialog.revealed.connect(self._reveal)
        dialog.placeWanted.connect(self._choose)
        dialog.forgotten.connect(self._forget)
        dialog.restored.connect(self._restore)
        if self.serve_shortcuts is not None:
            page = ShortcutsPage()
            self.serve_shortcuts(page)
            dialog.add_section("shortcuts", tr("Shortcuts"), page, tr("keys keyboard commands"))
        return dialog

    def _refresh(self) -> None:
        if self.dialog is not None:
            self.dialog.show_settings(self._shown())
            self._count()

    def _shown(self) -> SettingsShown:
        value = self._services.settings.value
        return SettingsShown(
            value.theme, value.start_preset, tuple((preset.id, preset.title) for preset in self._presets),
            tuple(places_of(value)), value.language, _languages(), value.density, value.scale, value.workers,
            value.threads, os.cpu_count() or 1, value.gpu, has_gpu(), self._keyring, len(value.recent), value.units,
        )  # fmt: skip

    def _change(self, name: str, value: object) -> None:
        self._services.settings.change(**{name: value})
        if name in self._applied:
            self._applied[name](str(value))

    def _restore(self) -> None:
        default = Settings()
        values = {name: getattr(default, name) for name in OURS}
        self._set_many(values, tr("The settings are as at the first start"))

    def _forget(self) -> None:
        self._set_many({"recent": ()}, tr("The list of recent projects is empty; the files stay"))

    def _set_many(self, values: Mapping[str, Any], said: str = "") -> None:
        """Several settings at once; what is said about it offers to put back what they were."""
        before = {name: getattr(self._services.settings.value, name) for name in values}
        self._services.settings.change(**values)
        for name in values.keys() & self._applied.keys():
            self._applied[name](values[name])
        self._refresh()
        if said and before != values:
            self._services.notify(said, "info", tr("Undo"), partial(self._set_many, before))

    def _reveal(self, path: str) -> None:
        reveal(path, self._services.notify)

    def _choose(self, id: str) -> None:
        before = next(place.path for place in places_of(self._services.settings.value) if place.id == id)
        if folder := ask_folder(self.dialog, tr("Choose a folder"), f"place {id}", first=before):
            self._services.settings.change(**{id: folder})
            self._refresh()

    def _count(self) -> None:
        """Sizes and the keyring's name, beside the window."""
        folders = {place.id: place.path for place in places_of(self._services.settings.value)}
        self._errands.ask(partial(_look, folders), self._counted, lambda _failure: None, key="sizes")

    def _counted(self, found: tuple[dict[str, int], str]) -> None:
        sizes, keyring = found
        if self.dialog is None:
            return
        if keyring != self._keyring:
            self._keyring = keyring
            self.dialog.show_settings(self._shown())
        self.dialog.show_sizes(sizes)


def _languages() -> tuple[tuple[str, str], ...]:
    """Each by its own name."""
    return ("", tr("The system's")), *((name, QLocale(name).nativeLanguageName().title()) for name in known())


def _look(folders: dict[str, str]) -> tuple[dict[str, int], str]:
    return {id: folder_bytes(Path(path)) for id, path in folders.items()}, keyring_name()


def folder_bytes(folder: Path) -> int:
    """Bytes of the files in a folder and below; links are not followed, and what cannot be read counts nothing."""
    return sum(_sizes(str(folder)))


def _sizes(folder: str) -> Iterator[int]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _sizes(entry.path)
            else:
                yield entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue


def places_of(value: Settings) -> Iterator[Place]:
    """Every folder that the program writes into, as it will be at the next start."""
    data = str(places.data_dir())
    yield Place(
        "data", tr("Projects, jobs, calibrations and models"), tr("What Kinoscope keeps of your work."), data,
        words=tr("gallery faces history data trained"),
    )  # fmt: skip
    kept = tr("Where a gallery is begun; each may lie wherever you like.")
    yield Place("galleries", tr("Galleries of faces"), kept, data, words=tr("people enrolled"))
    shots = tr("What Snapshot and Record save.")
    yield Place(
        "pictures", tr("Snapshots and recordings"), shots, value.pictures or str(places.pictures_dir()),
        True, tr("pictures films video"),
    )  # fmt: skip
    fetched = tr("May be deleted at any time, and are fetched again.")
    yield Place(
        "store", tr("Weights and samples"), fetched, value.store or str(places.store_dir()), True,
        tr("models download networks"),
    )  # fmt: skip
    again = tr("May be deleted while Kinoscope is closed, and is made again.")
    yield Place("cache", tr("Cache"), again, str(places.cache_dir()), words=tr("temporary features"))
    yield Place("log", tr("Logs"), tr("What happened, for a report of a problem."), str(places.log_dir()))
    yield Place("config", tr("Settings"), tr("The file of these settings."), str(places.config_dir()))
