"""The job queue: finite work, done by warm workers one after the other, with progress, cancel and a history.

A job is named by its dotted path, so the window never imports what it needs. Each runner is a thread with a worker
process of its own; it spawns the process itself, so nothing of it delays the window. What runners tell the window is
kept as the latest per job and per event key, and told through one bell: a blocked window finds one event, not many.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QObject, Signal

from engines.core.clock import Clock, monotonic
from engines.core.errors import Cancelled, UsageError
from engines.core.training.standing import Standing
from engines.core.words import tr
from workbench.threads.engine_thread import Wake
from workbench.threads.runner import Runner
from workbench.threads.supervisor import Supervisor
from workbench.work.broker import Broker
from workbench.work.commands import job_line
from workbench.work.failure import Failure
from workbench.work.job_store import JobRecord, JobState, JobStore
from workbench.work.resuming import Resumable, Standings, drop
from workbench.work.time_left import TimeLeft

__all__ = ["JobQueue", "JobRecord", "JobState"]

log = logging.getLogger(__name__)

WORKERS = 2
WARM_AFTER = 1.5
"""Seconds after which workers are spawned that no job has asked for yet: the window is painted first."""
RESULTS = 32
"""Results kept as live objects; older ones are had from the history as JSON."""
EVENTS = 256
CANCELLING = tr("Cancelling")


class JobQueue(QObject):
    """Lives in the window's thread, where its signals come: `changed(id)`, `event(id, key, value)`, `finished(id)`."""

    changed = Signal(int)
    event = Signal(int, str, object)  # type: ignore[assignment]
    finished = Signal(int)
    resumed = Signal(int)
    """A job was queued that goes on where another was cut off; its number."""
    noticed = Signal(str)
    """The history cannot be kept any more, and why."""

    def __init__(
        self,
        supervisor: Supervisor,
        store: JobStore | None = None,
        *,
        broker: Broker | None = None,
        workers: int = WORKERS,
        preload: tuple[str, ...] = (),
        warm_after: float = WARM_AFTER,
        clock: Clock = monotonic,
        parent: QObject | None = None,
        resumes: Mapping[str, Resumable] = MappingProxyType({}),
    ) -> None:
        """Workers are spawned by their own threads, for the first job or after `warm_after` quiet seconds.

        `preload` names modules they import at once, such as ("torch",). resumes: kinds of jobs that can go on.
        """
        super().__init__(parent)
        self._standings = Standings(resumes)
        self._resumed: dict[int, str] = {}
        self._alone: dict[int, object] = {}
        """Specs of jobs that wait while one of their kind runs."""
        self._ours: set[int] = set()
        self._store = store or JobStore()
        self._clock = clock
        self._lock = threading.RLock()
        self._records: dict[int, JobRecord] = {record.id: record for record in self._store.records()}
        self._standings.sweep(self._store.dropped, tuple(self._records.values()))
        self._noticed = self._store.notice
        self._waiting: deque[int] = deque()
        self._times: dict[int, TimeLeft] = {}
        self._results: OrderedDict[int, object] = OrderedDict()
        self._changed: dict[int, None] = {}
        self._events: OrderedDict[tuple[int, str], object] = OrderedDict()
        self._finished: list[int] = []
        self._unwanted: set[int] = set()
        self._wake = Wake(self._tell, self)
        broker = broker or Broker()
        self._runners = [Runner(f"worker {n + 1}", self, broker, preload, warm_after) for n in range(max(1, workers))]
        for runner in self._runners:
            supervisor.adopt(runner)
            runner.start()

    @property
    def notice(self) -> str:
        """What was wrong with the history when it was opened, or ""."""
        return self._store.notice

    # --- the window

    def submit(self, job: str, spec: object, title: str = "", command: str = "", *, alone: bool = False) -> int:
        """Queue a job; its number. `spec` is the job's dataclass, or the same as a dict. On disk when this returns.

        command: the line that gives the same; without one, that of the job itself with all of its settings. alone: not
        beside another of its kind, so that the other worker stays free.
        """
        told = _spec_json(spec)
        record = self._store.insert(job, title or job.partition(":")[0], command or job_line(job, told), told)
        with self._lock:
            self._records[record.id] = record
            self._waiting.append(record.id)
            self._ours.add(record.id)
            if alone:
                self._alone[record.id] = spec
        self._note_change(record.id)
        for runner in self._runners:
            runner.ring()
        return record.id

    def standing(self, id: int) -> Standing | None:
        """How far a job came that ended early and can go on; None for every other."""
        with self._lock:
            return self._standings.of(id, self.records)

    def spec(self, id: int) -> Any:
        """The dataclass of a job of a kind that can go on. Raises `BadInput` where it makes no sense any more."""
        if id in self._alone:
            return self._alone[id]
        kind = self._standings.kind(self.record(id))
        return None if kind is None else kind.spec_of(self.record(id))

    def newest(self, job: str) -> JobRecord | None:
        """The newest job of this kind, but for those that only kept a checkpoint."""
        with self._lock:
            found = (each for each in reversed(self._records.values()) if each.job == job and not each.spec.get("keep"))
            return next(found, None)

    def going(self, job: str) -> tuple[int, ...]:
        """Jobs of a kind that can go on, or of which one runs at a time, that are under way here; oldest first."""
        with self._lock:
            ours = (each for each in self._records.values() if each.job == job and each.id in self._ours)
            there = [each.id for each in ours if not each.state.over]
        return tuple(id for id in there if id in self._alone or self.keeps_checkpoint(id))

    def keeps_checkpoint(self, id: int) -> bool:
        """Whether a job that is under way can go on later when it is cancelled."""
        return self._standings.kind(self.record(id)) is not None

    def can_resume(self, id: int) -> bool:
        """Whether a job that was cancelled, failed or lost can go on where it was cut off."""
        return self.standing(id) is not None

    def resume(self, id: int) -> int:
        """Queue the job that goes on where this one was cut off; its number. Raises `UsageError` where it cannot."""
        return self._go_on(id)

    def keep(self, id: int) -> int:
        """Queue the job that writes what this one had learned when it was cut off as a model; its number.

        Raises `UsageError` where nothing is left of it.
        """
        return self._go_on(id, keep=True)

    def _go_on(self, id: int, keep: bool = False) -> int:
        record, kind = self.record(id), self._standings.kind(self.record(id))
        there = None if kind is None else kind.standing_of(record)
        self._standings.forget()
        if kind is None or there is None or (keep and there.step == 0):
            raise UsageError(tr("This job cannot go on: its checkpoint is gone"), hint=tr("Begin it anew"))
        spec, command = kind.again(record, keep=keep)
        title = tr("Keep {name} as a model", name=_model_of(spec) or record.title) if keep else record.title
        new = self.submit(record.job, spec, title, command)
        self._resumed[new] = _gone_on(there, keep)
        if not keep:
            note = tr("Resumed later at step {step:,}", step=there.step) if there.step else tr("Begun later")
            with self._lock:
                self._put(replace(record, note=note), durable=True)
        self.resumed.emit(new)
        return new

    def cancel(self, id: int) -> None:
        """A queued job is over at once, a running one at its next look. Nothing happens to one that is over."""
        with self._lock:
            record = self.record(id)
            if id in self._waiting:
                self._waiting.remove(id)
                self._end(replace(record, state=JobState.CANCELLED, note=tr("Cancelled before it began")))
                return
            if record.state is not JobState.RUNNING:
                return
            self._unwanted.add(id)
            self._put(replace(record, note=CANCELLING))
        for runner in self._runners:
            runner.cancel(id)

    def cancel_all(self) -> None:
        for record in self.records():
            if not record.state.over:
                self.cancel(record.id)

    def remove(self, id: int) -> None:
        """Take a job that is over out of the list and the history; first the window is told that it is over.

        It cannot go on any more: its checkpoint goes with it.
        """
        with self._lock:
            untold = id in self._finished
        if untold:
            self._tell()
        with self._lock:
            if self.record(id).state.over:
                drop(self.standing(id))
                del self._records[id]
                self._results.pop(id, None)
                self._store.delete(id)
        self._note_change(id)

    def forget(self, texts: Collection[str]) -> list[str]:
        """`JobStore.forget`; any thread."""
        return self._store.forget(texts)

    def record(self, id: int) -> JobRecord:
        """Raises `UsageError` when there is no such job."""
        with self._lock:
            record = self._records.get(id)
            if record is None:
                raise UsageError(tr("There is no job {id}", id=id))
            return self._with_time(record)

    def records(self) -> list[JobRecord]:
        """All jobs that are known, oldest first."""
        with self._lock:
            return [self._with_time(record) for record in self._records.values()]

    def result(self, id: int) -> Any:
        """What a job that is done gave: the object itself, or after a restart the same as plain JSON values."""
        with self._lock:
            if id in self._results:
                return self._results[id]
        return self._store.result(id)

    def close(self) -> None:
        """Tell the window nothing more and close the history. After the supervisor's shutdown; may be called again."""
        self._wake.close()
        with self._lock:
            while self._waiting:
                record = self._records[self._waiting.popleft()]
                self._end(replace(record, state=JobState.CANCELLED, note=tr("The window was closed before it began")))
        self._store.close()

    # --- the runners' threads

    def next_job(self) -> JobRecord | None:
        """The next queued job, now running; None when there is none."""
        with self._lock:
            id = next((id for id in self._waiting if not self._is_held(id)), None)
            if id is None:
                return None
            self._waiting.remove(id)
            self._times[id] = TimeLeft(self._clock)
            record = replace(self._records[id], state=JobState.RUNNING, started=time.time())
            self._put(record, durable=True)
            return record

    def is_unwanted(self, id: int) -> bool:
        with self._lock:
            return id in self._unwanted

    def job_progress(self, id: int, done: float, total: float, note: str) -> None:
        with self._lock:
            record = replace(self._records[id], done=done, total=total)
            if record.id not in self._unwanted:
                record = replace(record, note=note)
            if record.fraction is not None:
                self._times[id].update(record.fraction)
            self._put(record)

    def job_note(self, id: int, note: str) -> None:
        with self._lock:
            self._put(replace(self._records[id], note=note))

    def job_event(self, id: int, key: str, event: object) -> None:
        with self._lock:
            self._events.pop((id, key), None)
            self._events[id, key] = event
            while len(self._events) > EVENTS:
                self._events.popitem(last=False)
        self._wake.ring()

    def job_done(self, id: int, result: object, text: str) -> None:
        with self._lock:
            self._results[id] = result
            while len(self._results) > RESULTS:
                self._results.popitem(last=False)
            record = self._records[id]
            done = record.total if record.total > 0 else 1.0
            note = self._resumed.pop(id, "")
            self._end(replace(record, state=JobState.DONE, done=done, total=done, note=note), text or None)

    def job_failed(self, id: int, error: BaseException) -> None:
        with self._lock:
            record = self._records[id]
            if isinstance(error, Cancelled):
                self._end(replace(record, state=JobState.CANCELLED, note=error.message))
                return
            failure = Failure.of(error)
            told = {**failure.as_json(), "traceback": failure.traceback}
            level = logging.ERROR if failure.kind in ("defect", "worker-lost") else logging.WARNING
            log.log(level, "%s: %s", record.title, failure, extra={"details": failure.traceback})
            self._end(replace(record, state=JobState.FAILED, note=failure.message, error=told))

    # --- inside, under the lock

    def _end(self, record: JobRecord, result: str | None = None) -> None:
        self._times.pop(record.id, None)
        self._unwanted.discard(record.id)
        self._finished.append(record.id)
        self._put(replace(record, finished=time.time()), durable=True, result=result)

    def _put(self, record: JobRecord, durable: bool = False, result: str | None = None) -> None:
        self._records[record.id] = record
        if durable:
            self._store.update(record, result)
        self._note_change(record.id)

    def _is_held(self, id: int) -> bool:
        """It waits for another of its kind. Whoever runs that looks here when it is over."""
        others = (self._records[each] for each in self._ours & self._records.keys() if id in self._alone)
        job = self._records[id].job
        return any(each.job == job and each.state is JobState.RUNNING for each in others)

    def _with_time(self, record: JobRecord) -> JobRecord:
        left = self._times.get(record.id)
        return record if left is None else replace(record, seconds_left=left.seconds())

    def _note_change(self, id: int) -> None:
        with self._lock:
            record = self._records.get(id)
            if record is None or record.state is not JobState.RUNNING:
                self._standings.forget()
            self._changed[id] = None
        self._wake.ring()

    def _tell(self) -> None:
        with self._lock:
            changed, self._changed = self._changed, {}
            events, self._events = self._events, OrderedDict()
            finished, self._finished = self._finished, []
        if self._noticed != self._store.notice:
            self._noticed = self._store.notice
            self.noticed.emit(self._noticed)
        for (id, key), event in events.items():
            self.event.emit(id, key, event)  # type: ignore[attr-defined]
        for id in changed:
            self.changed.emit(id)
        for id in finished:
            self.finished.emit(id)


def _gone_on(there: Standing, keep: bool) -> str:
    if keep:
        return tr("Kept as a model, cut off at step {step:,} of {steps:,}", step=there.step, steps=there.steps)
    if not there.step:
        return ""
    return tr("Resumed at step {step:,} of {steps:,}", step=there.step, steps=there.steps)


def _model_of(spec: Any) -> str:
    """What a training's model is called: by its name, else by its file; "" where it has neither."""
    return str(getattr(spec, "name", "") or PurePath(getattr(spec, "out", "")).stem)


def _spec_json(spec: object) -> dict[str, Any]:
    """A dataclass as plain JSON; what is already plain is checked to be so."""
    if isinstance(spec, dict):
        return json.loads(json.dumps(spec))
    from engines.core.spec import to_json

    return to_json(spec)
