"""The samples page: the run that it shows; deleting, revealing and exporting runs; the spectrum of their data."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engines.core.errors import KinoscopeError
from engines.core.words import tr
from engines.generative.diffusion.study_types import ExportSpec, SpectrumResult, SpectrumSpec
from engines.generative.diffusion.types import SampleSpec
from engines.generative.runs import history
from engines.generative.runs.history import StoredRun
from widgets.generative.state import RunState
from widgets.generative.studio.samples import SamplesPage
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.generative.files import EXPORTS, Dialogs
from workbench.controllers.generative.gallery import Gallery
from workbench.controllers.generative.runs import Runs
from workbench.controllers.generative.words import trouble_of
from workbench.controllers.shell.reveal import reveal
from workbench.controllers.shell.sources import undo_just_this
from workbench.controllers.shell.step import Step
from workbench.services import Services
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure
from workbench.threads.jobs import JobState

EXPORT = "engines.generative.runs.exporting:run"
SPECTRUM = "engines.generative.diffusion.studies.spectrum:run"
ASIDE = ".deleted"


class Samples(QObject):
    """`changed` when there is something else to show; `failed(Trouble)`."""

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        runs: Runs,
        errands: Errands,
        services: Services,
        dialogs: Dialogs,
        sample: Callable[..., None],
        use: Callable[[SampleSpec | None, str], None],
        parent: QObject,
    ) -> None:
        """sample: begin a run of this specification, or of the form's; use: put one into the form, and say so."""
        super().__init__(parent)
        self._runs, self._errands, self._services, self._dialogs = runs, errands, services, dialogs
        self._sample, self._use = sample, use
        self.gallery = Gallery(errands, self)
        self.spectra: dict[str, SpectrumResult] = {}
        self._spectrum = JobSlot(services.jobs, SPECTRUM, partial(trouble_of, title=tr("The spectrum failed")), self)
        self._targets: dict[int, str] = {}
        self._follow = True
        for part in (self.gallery, self._spectrum):
            part.changed.connect(self.changed)
            part.failed.connect(self.failed)
        self._spectrum.done.connect(self._measured)
        runs.read.connect(self._read)
        runs.changed.connect(self._changed)
        runs.previewed.connect(self._previewed)
        runs.finished.connect(self._finished)
        services.jobs.finished.connect(self._written)

    def page(self) -> SamplesPage:
        """The page, connected to the runs. Its history tells an act and the id of a run."""
        page = SamplesPage()
        acts: dict[str, Callable[[str], object]] = {
            "show": self.show,
            "again": lambda id: self._sample(self._runs.spec(id)),
            "use": lambda id: self._use(self._runs.spec(id), tr("Settings of that run")),
            "cancel": self._runs.cancel,
            "delete": self.delete,
            "reveal": self.reveal,
            **{kind: partial(self.export, kind) for kind in EXPORTS},
        }
        page.history.wanted.connect(lambda act, id: acts[act](id))
        page.empty.clicked.connect(lambda: self._sample())
        page.grid.chosen.connect(self.gallery.select)
        page.points.chosen.connect(self.gallery.select)
        page.scrubber.stepWanted.connect(self.show_step)
        page.spectrumWanted.connect(self.ask_spectrum)
        return page

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
            self._services.undo.push(DeleteRun(stored, self._hidden, self._runs.put, self._move, self._see))
            self._services.notify(tr("Run deleted"), "info", tr("Undo"), undo_just_this(self._services.undo))
        elif self._runs.forget(id) and self.gallery.shown == id:
            self._show_newest()

    def _see(self) -> None:
        self._services.host.bring("diffusion")
        self._services.host.show_centre("diffusion")

    def reveal(self, id: str) -> None:
        """Open a run's folder in the system's file manager."""
        if (stored := self._runs.stored(id)) is not None:
            reveal(stored.folder, self._services.notify)

    def export(self, kind: str, id: str) -> None:
        """Ask where to, and write a run as "grid", "strip", "gif" or "mp4"; a film is of the marked sample."""
        stored = self._runs.stored(id)
        if stored is None:
            return
        name = (stored.info.title or "samples").replace("/", " ")
        marked = self.gallery.selected
        if target := self._dialogs.export_target(kind, name):
            samples = (marked,) if marked >= 0 and kind != "grid" else ()
            spec = ExportSpec(stored.folder, kind, target, samples=samples)  # type: ignore[arg-type]
            self._targets[self._services.jobs.submit(EXPORT, spec, tr("Export {target}", target=Path(target).name))] = (
                target
            )

    def ask_spectrum(self, model: str) -> None:
        """The power spectrum of a model's data; nothing where it is known or being measured."""
        if model not in self.spectra and self._spectrum.job is None:
            self._spectrum.start(SpectrumSpec(model), tr("Spectrum of the data"))

    def cancel_all(self) -> None:
        self._runs.cancel_all()
        self._spectrum.cancel()

    def _measured(self, spec: SpectrumSpec, result: SpectrumResult) -> None:
        self.spectra[spec.model] = result

    def _written(self, job: int) -> None:
        target = self._targets.pop(job, "")
        if target and self._services.jobs.record(job).state is JobState.DONE:
            self._services.notify(
                tr("Exported {target}", target=Path(target).name),
                "good",
                tr("Reveal"),
                partial(reveal, target, self._services.notify),
            )

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
        self._errands.ask(lambda: history.move_run(source, target), lambda _none: then(), self._not_moved)

    def _not_moved(self, failure: Failure) -> None:
        self.failed.emit(trouble_of(failure.as_json(), tr("The run could not be moved")))


class DeleteRun(Step):
    """Deleting a run. Its folder is set aside until the window closes; then it is deleted for good.

    `hide(name)` takes it off the list and `move(source, target, then)` moves folders beside the window's thread.
    """

    def __init__(
        self,
        run: StoredRun,
        hide: Callable[[str], object],
        show: Callable[[StoredRun], object],
        move: Callable[[Path, Path, Callable[[], object]], object],
        where: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(tr("Delete run {name}", name=run.info.title or run.name), where)
        self._run, self._hide, self._show, self._move = run, hide, show, move
        self._home = Path(run.folder)
        self._away = self._home.parent / ASIDE / self._home.name

    def redo(self) -> None:
        self._hide(self._run.name)
        self._move(self._home, self._away, lambda: None)

    def undo(self) -> None:
        self._move(self._away, self._home, lambda: self._show(self._run))


def empty_aside() -> None:
    """Delete for good what was deleted."""
    for folder in sorted((history.runs_dir() / ASIDE).glob("*")):
        with contextlib.suppress(KinoscopeError, OSError):
            history.delete_run(folder)
