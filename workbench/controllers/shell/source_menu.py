"""What the menu and the keys of the list of sources, and the commands of the same names, do with one of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from engines.cameras.sources.changes import file_of, looped
from engines.cameras.sources.parsing import source_from
from engines.cameras.types import FolderSource, Source, TiledSource
from engines.core.errors import KinoscopeError
from engines.core.words import tr
from widgets.kit.save_file import ask_folder, ask_open
from widgets.shell.properties import PropertiesPanel
from widgets.sources.fields import VIDEOS
from widgets.sources.panel import SourcesPanel
from workbench.commands import Actions
from workbench.controllers.shell.reveal import reveal
from workbench.controllers.shell.sources import SourcesController, undo_just_this
from workbench.controllers.shell.step import KeepOnShelf
from workbench.services import Services

VERBS = ("rename", "edit", "split", "duplicate", "replace", "reveal", "properties")
"""Those that are commands, too."""
OF_PICTURES = ("rename", "properties", "undistort", "forget", "lens")
"""Those that are meant for a tile or a straightened picture where one is chosen."""


class SourceMenu(QObject):
    """Takes the id of a source, or the path of one of its pictures, which stands for it where only a whole can.

    `lost`: files of several sources are not where they were, and the user wants to say where the first one is.
    """

    lost = Signal(list)

    def __init__(self, panel: SourcesPanel, sources: SourcesController, services: Services, actions: Actions) -> None:
        super().__init__(panel)
        self._panel, self._sources, self._services, self._actions = panel, sources, services, actions
        self._acts: dict[str, Callable[[str], object]] = {
            "rename": self._rename, "edit": self.edit, "split": self.split, "duplicate": sources.duplicate,
            "replace": self.replace, "locate": self.locate, "reveal": self.reveal, "properties": self._properties,
            "up": lambda id: self._move(id, -1), "down": lambda id: self._move(id, 1),
            "undistort": self._undistort, "forget": self.forget, "lens": self.open_lens,
        }  # fmt: skip
        panel.wanted.connect(self.do)
        panel.list.renamed.connect(sources.rename)
        panel.list.moved.connect(self._drop)
        panel.sourceEdited.connect(self._edited)
        sources.locateWanted.connect(self.locate)
        sources.refreshed.connect(self._enable)
        for verb in VERBS:
            actions.bind(f"source.{verb}", lambda verb=verb: self.do(verb, sources.current()))
        self._enable()

    def serve(self, properties: PropertiesPanel, show: Callable[[str], None]) -> None:
        """Do what the panel of properties asks for, and have it show what is chosen in the list: `show(path)`."""
        self._panel.selected.connect(show)
        properties.renamed.connect(self._sources.rename)
        properties.loopChanged.connect(self._loop)
        properties.wanted.connect(self.do)

    def do(self, verb: str, path: str) -> None:
        """What an entry of the menu does; nothing for a source that is not there any more."""
        whole = path if verb in OF_PICTURES else path.partition("/")[0]
        if path.partition("/")[0] in self._services.feeds.ids():
            self._acts[verb](whole)

    def edit(self, id: str) -> None:
        """Open the form with a source, as it plays now."""
        feed = self._services.feeds.feed(id)
        self._panel.edit(id, looped(feed.source, feed.status().loop))

    def split(self, id: str) -> None:
        """Open the form with a source as one that is split, or is to be."""
        source = self._services.feeds.feed(id).source
        self._panel.edit(id, source if isinstance(source, TiledSource) else TiledSource(source, 1, 1, (), source.name))

    def replace(self, id: str) -> None:
        """Ask for a file, and have that in place of a source."""
        title = tr("Replace {source} by", source=self._sources.title(id))
        if path := ask_open(self._panel.window(), title, "film", VIDEOS):
            self._become(id, path)

    def locate(self, id: str) -> None:
        """Ask where the file or folder of a source lies now; the others that are gone come along."""
        feeds = self._services.feeds
        gone = [file_of(feeds.feed(one).source) for one in (id, *feeds.ids()) if feeds.feed(one).status().gone]
        if len(lost := list(dict.fromkeys(gone))) > 1 and not self._services.project.read_only:
            self.lost.emit(lost)
            return
        source = feeds.feed(id).source
        inner = source.of if isinstance(source, TiledSource) else source
        title = tr("Where is {source}?", source=self._sources.title(id))
        window, name = self._panel.window(), os.path.basename(file_of(source))
        if isinstance(inner, FolderSource):
            if path := ask_folder(window, title, "pictures"):
                self._sources.replace(id, replace(inner, path=path))
        elif path := ask_open(window, title, "film", VIDEOS, name):
            self._become(id, path)

    def reveal(self, id: str) -> None:
        """Show where the file or folder of a source lies."""
        if path := file_of(self._services.feeds.feed(id).source):
            reveal(path, self._services.notify)

    def forget(self, path: str) -> None:
        """Use the calibration that is kept for a camera no more."""
        known, title = self._services.calibrations, self._sources.title(self._services.calibrations.parent(path))
        if (kept := known.best(path)) is None:
            return
        said = tr("Forget calibration of {source}", source=title)
        show = partial(self._services.host.show_dock, "sources")
        forget = known.forgetter(path, kept)
        self._services.undo.push(KeepOnShelf(said, show, self._services.notify, forget, keeps=False))
        left = known.words(path)
        text = tr("The calibration of {source} is forgotten", source=title)
        if left:
            text = tr("The calibration of {source} is forgotten; now it is {older}", source=title, older=left)
        self._services.notify(text, "info", tr("Undo"), undo_just_this(self._services.undo))

    def open_lens(self, path: str) -> None:
        """Show the calibration that is kept for a camera with its figures."""
        if (kept := self._services.calibrations.best(path)) is not None:
            self._services.host.open_lens(str(kept.path))

    def _undistort(self, path: str) -> None:
        known, shown = self._services.calibrations, self._services.feeds.child(path) is not None
        self._services.host.undistort(path, not shown) if known.best(path) or shown else self._ask_lens(path)

    def _ask_lens(self, path: str) -> None:
        title = self._sources.title(path)
        self._services.notify(
            tr("{source} is not calibrated yet", source=title),
            "info",
            tr("Use calibration file…"),
            lambda: self._actions.run("source.lens-file"),
        )

    def _loop(self, id: str, on: bool) -> None:
        source = self._services.feeds.feed(id).source
        text = tr("Loop {source}", source=self._sources.title(id))
        self._sources.change(id, looped(source, on), text)

    def _become(self, id: str, path: str) -> None:
        try:
            self._sources.replace(id, source_from(path))
        except KinoscopeError as error:
            self._services.notify(str(error), "bad")

    def _edited(self, id: str, source: Source) -> None:
        if id not in self._services.feeds.ids():
            self._services.notify(tr("This source was closed in the meantime"), "warn")
            return
        text = tr("Edit {source}", source=self._sources.title(id))
        if source == looped(self._services.feeds.feed(id).source, self._services.feeds.feed(id).status().loop):
            return
        self._sources.change(id, source, text)

    def _rename(self, path: str) -> None:
        self._services.host.show_dock("sources")
        self._panel.list.edit_name(path)

    def _properties(self, path: str) -> None:
        self._panel.selected.emit(path)
        self._services.host.show_dock("properties")

    def _move(self, id: str, by: int) -> None:
        self._sources.move(id, self._services.feeds.ids().index(id) + by)
        self._panel.list.select(id)

    def _drop(self, id: str, before: int) -> None:
        """Dragged before the source that stood at a place."""
        if id in (ids := self._services.feeds.ids()):
            self._sources.move(id, before - (ids.index(id) < before))

    def _enable(self) -> None:
        id = self._sources.current().partition("/")[0]
        there = id in self._services.feeds.ids()
        for verb in VERBS:
            self._actions.enable(f"source.{verb}", there)
        self._actions.enable("source.reveal", there and bool(file_of(self._services.feeds.feed(id).source)))
