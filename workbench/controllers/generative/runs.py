"""Sampling runs of the queue and of the history, newest first.

A run is known by "job-N" until it has a folder of its own. A cancelled or failed run keeps its place, its settings and
its last preview until the window closes, so that it can be seen and run again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from engines.core.words import tr
from engines.generative.diffusion.types import Preview, SampleResult, SampleSpec
from engines.generative.runs import history
from engines.generative.runs.history import StoredRun
from widgets.generative.panel.words import work_of
from widgets.generative.state import Run, RunState
from widgets.kit.work_state import Busy
from workbench.controllers.common.job_slot import busy_of
from workbench.controllers.generative.command import command_line
from workbench.controllers.generative.words import trouble_of
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure
from workbench.threads.jobs import JobQueue, JobRecord, JobState

JOB = "engines.generative.diffusion.sampling.job:run"
KEPT = 50
"""Runs of the history that are shown."""
SECONDS_OF = 8
"""So many of the latest runs of a kind tell how long another takes."""


@dataclass(slots=True)
class Tracked:
    """A run of this session that has no folder yet, or never will. note: why it ended."""

    job: int
    spec: SampleSpec
    when: float
    state: RunState = RunState.QUEUED
    preview: Preview | None = None
    note: str = ""
    cancelling: bool = False
    last: Busy | None = None
    """How far it had come when its job was over, which may leave the queue before its result is read."""


class Runs(QObject):
    """`changed` for any progress; `previewed(id)`; `finished(id, name)` with the folder's name; `failed(Trouble)`;
    `read` when the history is known."""

    changed = Signal()
    previewed = Signal(str)
    finished = Signal(str, str)
    failed = Signal(object)
    read = Signal()

    def __init__(self, jobs: JobQueue, errands: Errands, title: Callable[[str], str], parent: QObject) -> None:
        """title: of a model by its name."""
        super().__init__(parent)
        self._jobs, self._errands, self._title = jobs, errands, title
        self._tracked: dict[int, Tracked] = {}
        self._stored: dict[str, tuple[StoredRun, Run]] = {}
        jobs.changed.connect(self._moved)
        jobs.event.connect(self._event)  # pyright: ignore[reportAttributeAccessIssue]  (the queue's signal)
        jobs.finished.connect(self._finished)

    # What there is

    def rows(self) -> tuple[Run, ...]:
        """Queue and history, newest first."""
        live = [self._live(tracked) for tracked in self._tracked.values()]
        rows = live + [row for _, row in self._stored.values()]
        return tuple(sorted(rows, key=lambda row: row.when, reverse=True)[: KEPT + len(live)])

    def stored(self, id: str) -> StoredRun | None:
        """A finished run."""
        entry = self._stored.get(id)
        return None if entry is None else entry[0]

    def tracked(self, id: str) -> Tracked | None:
        """A run of the queue, or one that failed or was cancelled."""
        return next((tracked for tracked in self._tracked.values() if _id(tracked.job) == id), None)

    def spec(self, id: str) -> SampleSpec | None:
        known = self.stored(id) or self.tracked(id)
        return None if known is None else known.spec

    def all_stored(self) -> list[StoredRun]:
        return [stored for stored, _ in self._stored.values()]

    @property
    def active(self) -> list[str]:
        """Ids of what runs, then of what waits, in their order."""
        over = (RunState.FAILED, RunState.CANCELLED, RunState.DONE)
        live = [tracked for tracked in self._tracked.values() if tracked.state not in over]
        return [_id(t.job) for t in sorted(live, key=lambda t: (t.state is not RunState.RUNNING, t.job))]

    # What is asked

    def list(self) -> None:
        """Read the history."""
        self._errands.ask(lambda: history.runs(KEPT), self._listed, lambda _failure: self.read.emit(), key="history")

    def start(self, spec: SampleSpec) -> str:
        """Queue a run; its id."""
        spec = replace(spec, out="")
        title = tr("Sample {title}", title=self._title(spec.model))
        job = self._jobs.submit(JOB, spec, title, command_line(spec))
        self._tracked[job] = Tracked(job, spec, time.time())
        self.changed.emit()
        return _id(job)

    def cancel(self, id: str) -> None:
        tracked = self.tracked(id)
        if tracked is not None and tracked.state in (RunState.QUEUED, RunState.RUNNING):
            tracked.cancelling = True
            self._jobs.cancel(tracked.job)
            self.changed.emit()

    def cancel_all(self) -> None:
        """Those that wait first, so that none begins in between."""
        for id in reversed(self.active):
            self.cancel(id)

    def forget(self, id: str) -> bool:
        """Take a failed or cancelled run off the list; False for any other."""
        tracked = self.tracked(id)
        if tracked is None or tracked.state not in (RunState.FAILED, RunState.CANCELLED):
            return False
        del self._tracked[tracked.job]
        self.changed.emit()
        return True

    def put(self, stored: StoredRun) -> None:
        """A run is there, or there again."""
        self._stored[stored.name] = (stored, self._row(stored))
        self.changed.emit()

    def take(self, id: str) -> StoredRun | None:
        """Take a finished run off the list; its folder stays."""
        entry = self._stored.pop(id, None)
        self.changed.emit()
        return None if entry is None else entry[0]

    def retitle(self) -> None:
        """Titles of models are known now."""
        self._stored = {name: (stored, self._row(stored)) for name, (stored, _) in self._stored.items()}

    # Within

    def _listed(self, runs: tuple[StoredRun, ...]) -> None:
        self._stored = {run.name: (run, self._row(run)) for run in runs} | self._stored
        self.read.emit()

    def _row(self, stored: StoredRun) -> Run:
        title = stored.info.title or self._title(stored.spec.model)
        thumbnail, when = stored.thumbnail, stored.when
        return Run(stored.name, title, stored.spec, result=stored.result, thumbnail=thumbnail, when=when)

    def _live(self, tracked: Tracked) -> Run:
        running = tracked.state in (RunState.QUEUED, RunState.RUNNING)
        busy = tracked.last or busy_of(self._jobs.record(tracked.job), tracked.cancelling) if running else None
        title, told = self._title(tracked.spec.model), {"note": tracked.note, "when": tracked.when, "busy": busy}
        return Run(_id(tracked.job), title, tracked.spec, tracked.state, **told)  # type: ignore[arg-type]

    def _moved(self, job: int) -> None:
        tracked = self._tracked.get(job)
        if tracked is None:
            return
        waits = tracked.state is RunState.QUEUED and tracked.last is None
        if waits and self._jobs.record(job).state is JobState.RUNNING:
            tracked.state = RunState.RUNNING
        self.changed.emit()

    def _event(self, job: int, key: str, value: object) -> None:
        tracked = self._tracked.get(job)
        if tracked is not None and key == "preview" and isinstance(value, Preview):
            tracked.preview = value
            self.previewed.emit(_id(job))

    def _finished(self, job: int) -> None:
        tracked = self._tracked.get(job)
        if tracked is None:
            return
        record = self._jobs.record(job)
        tracked.last = busy_of(record, tracked.cancelling)
        result = self._jobs.result(job) if record.state is JobState.DONE else None
        if isinstance(result, SampleResult):
            self._done(tracked, result, record)
        elif record.state is JobState.CANCELLED:
            tracked.state, tracked.note = RunState.CANCELLED, record.note
        else:
            tracked.state, tracked.note = RunState.FAILED, record.note
            error = record.error or {"message": record.note}
            self.failed.emit(trouble_of(error, spec=tracked.spec))
        self.changed.emit()

    def _done(self, tracked: Tracked, result: SampleResult, record: JobRecord) -> None:
        """Read it as the next start will; until then it is as it was."""
        self._errands.ask(
            lambda: history.read_run(result.folder),
            lambda stored: self._arrived(tracked, stored),
            lambda failure: self._not_read(tracked, failure),
            first=True,
        )

    def _arrived(self, tracked: Tracked, stored: StoredRun) -> None:
        self._tracked.pop(tracked.job, None)
        self.put(stored)
        self.finished.emit(_id(tracked.job), stored.name)

    def _not_read(self, tracked: Tracked, failure: Failure) -> None:
        tracked.state, tracked.note = RunState.FAILED, str(failure)
        self.failed.emit(trouble_of(failure.as_json(), tr("The run could not be read")))
        self.changed.emit()


def _id(job: int) -> str:
    return f"job-{job}"


def seconds_of(spec: SampleSpec, runs: Iterable[StoredRun]) -> float | None:
    """Median of what runs of the same model, device and precision would have taken for this; None without any."""
    alike = sorted((run for run in runs if _kind(run.spec) == _kind(spec)), key=lambda run: run.when, reverse=True)
    wanted = work_of(spec)
    found = sorted(run.result.seconds * wanted / work_of(run.spec) for run in alike[:SECONDS_OF] if run.spec.seeds)
    return found[len(found) // 2] if found else None


def _kind(spec: SampleSpec) -> tuple[object, ...]:
    return spec.model, spec.device, spec.precision, spec.size, spec.exact
