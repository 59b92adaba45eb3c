"""Which run the studio shows: the one chosen, or the one under way; and what is done with runs that are there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engines.generative.diffusion.types import SampleSpec
from widgets.generative.state import RunState
from workbench.controllers.generative.exports import Exports, open_folder
from workbench.controllers.generative.files import Dialogs
from workbench.controllers.generative.gallery import Gallery
from workbench.controllers.generative.runs import Runs
from workbench.controllers.generative.undo import DeleteRun, empty_aside, move_folder
from workbench.controllers.generative.words import trouble_of
from workbench.controllers.shell.sources import undo_just_this
from workbench.services import Services
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure


class Shelf(QObject):
    """`changed` when there is something else to show; `failed(Trouble)`."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, runs: Runs, errands: Errands, services: Services, dialogs: Dialogs, parent: QObject) -> None:
        super().__init__(parent)
        self._runs, self._errands, self._services, self._dialogs = runs, errands, services, dialogs
        self.gallery = Gallery(errands, self)
        self._exports = Exports(services, self)
        self._follow = True
        self.gallery.changed.connect(self.changed)
        self.gallery.failed.connect(self.failed)
        runs.read.connect(self._read)
        runs.changed.connect(self._changed)
        runs.previewed.connect(self._previewed)
        runs.finished.connect(self._finished)

    def close(self) -> None:
        """Delete for good what was deleted."""
        self._errands.ask(empty_aside, lambda _none: None, lambda _failure: None)

    def start(self, spec: SampleSpec) -> None:
        """Queue a run; it is shown as soon as nothing else is forming."""
        busy = bool(self._runs.active)
        id = self._runs.start(spec)
        self._follow = True
        if not busy:
            self.show(id, follow=True)

    def show(self, id: str, follow: bool = False) -> None:
        """Show a run; unless it is to be followed, later ones do not take its place by themselves."""
        self._follow = follow
        stored, tracked = self._runs.stored(id), self._runs.tracked(id)
        if stored is not None:
            self.gallery.show_run(stored)
            self.changed.emit()
        elif tracked is not None:
            self.gallery.show_preview(id, tracked.preview)

    def show_step(self, at: int) -> None:
        """A kept step of the shown run; -1 for its finished samples."""
        if (stored := self._runs.stored(self.gallery.shown)) is not None:
            self.gallery.show_step(stored, at)

    def delete(self, id: str) -> None:
        """Take a run off the list; Undo brings it back."""
        stored = self._runs.stored(id)
        if stored is not None:
            self._services.undo.push(DeleteRun(stored, self._hidden, self._runs.put, self._move))
            self._services.notify("Run deleted", "info", "Undo", undo_just_this(self._services.undo))
        elif self._runs.forget(id) and self.gallery.shown == id:
            self._show_newest()

    def reveal(self, id: str) -> None:
        if (stored := self._runs.stored(id)) is not None:
            open_folder(stored.folder)

    def export(self, kind: str) -> None:
        """Ask where to, and write the shown run there."""
        stored = self._runs.stored(self.gallery.shown)
        if stored is None:
            return
        name = (stored.info.title or "samples").replace("/", " ")
        if target := self._dialogs.export_target(kind, name):
            self._exports.write(stored, kind, target, self.gallery.selected)

    def _read(self) -> None:
        if not self.gallery.shown:
            self._show_newest()
        self.changed.emit()

    def _changed(self) -> None:
        """The run that begins takes the studio when the one shown is over."""
        if self._follow:
            rows = {row.id: row for row in self._runs.rows()}
            shown = rows.get(self.gallery.shown)
            running = [id for id in self._runs.active if rows[id].state is RunState.RUNNING]
            if running and (shown is None or shown.state is not RunState.RUNNING):
                self.show(running[0], follow=True)
        self.changed.emit()

    def _previewed(self, id: str) -> None:
        tracked = self._runs.tracked(id)
        if id == self.gallery.shown and tracked is not None:
            self.gallery.show_preview(id, tracked.preview)

    def _finished(self, id: str, name: str) -> None:
        stored = self._runs.stored(name)
        if self.gallery.shown == id and stored is not None:
            self.gallery.became(id, name)
            self.gallery.show_run(stored)
        self.changed.emit()

    def _show_newest(self) -> None:
        rows = self._runs.rows()
        if rows:
            self.show(rows[0].id, follow=True)
        else:
            self.gallery.show_nothing()

    def _hidden(self, name: str) -> None:
        self._runs.take(name)
        self.gallery.forget(name)
        if self.gallery.shown == name:
            self._show_newest()

    def _move(self, source: Path, target: Path, then: Callable[[], object]) -> None:
        self._errands.ask(lambda: move_folder(source, target), lambda _none: then(), self._not_moved)

    def _not_moved(self, failure: Failure) -> None:
        self.failed.emit(trouble_of(failure.as_json(), "The run could not be moved"))
