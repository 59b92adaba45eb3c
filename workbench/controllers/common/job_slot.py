"""One kind of job, one at a time: its progress as a panel shows it, its events, its result or what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from engines.core.errors import UsageError
from engines.core.words import tr
from widgets.kit.work_state import Busy, CutOff
from workbench.threads.jobs import JobQueue, JobRecord, JobState


class JobSlot(QObject):
    """`changed` for progress; `told(key, value)` for a partial result; `done(spec, result)`; `failed(trouble)`.

    `adopted(spec)` when it is about a training that it did not begin: one that was cut off goes on, one goes on since
    before there was this slot, or one waited for the one before. A job that is cancelled ends
    with `cancelled(spec)`; until it has really ended it is busy, and says so.
    """

    changed = Signal()
    told = Signal(str, object)
    done = Signal(object, object)
    failed = Signal(object)
    cancelled = Signal(object)
    adopted = Signal(object)

    def __init__(self, jobs: JobQueue, job: str, trouble: Callable[[dict[str, Any]], object], parent: QObject) -> None:
        """trouble: what an error's JSON becomes for the panel, given to `failed`."""
        super().__init__(parent)
        self._jobs, self._path, self._trouble = jobs, job, trouble
        self._cancelling = False
        self.job: int | None = None
        self.spec: Any = None
        jobs.changed.connect(self._moved)
        jobs.event.connect(self._event)  # pyright: ignore[reportAttributeAccessIssue]  (the queue's signal)
        jobs.finished.connect(self._finished)
        jobs.resumed.connect(self._adopt)
        QTimer.singleShot(0, self, self._attach)

    @property
    def busy(self) -> Busy | None:
        """What is under way."""
        return None if self.job is None else busy_of(self._jobs.record(self.job), self._cancelling)

    @property
    def cut_off(self) -> CutOff | None:
        """The newest job of this kind, where it ended early and can go on."""
        record = None if self.job is not None else self._jobs.newest(self._path)
        there = None if record is None else self._jobs.standing(record.id)
        return None if record is None or there is None else CutOff(record.id, record.title, there.step, there.steps)

    def resume(self, job: int) -> None:
        """Go on with a job that was cut off."""
        self._go_on(self._jobs.resume, job)

    def keep(self, job: int) -> None:
        """Write what it had learned as a model."""
        self._go_on(self._jobs.keep, job)

    def _go_on(self, how: Callable[[int], int], job: int) -> None:
        try:
            how(job)
        except UsageError as error:
            self.failed.emit(self._trouble(error.as_json()))
            self.changed.emit()

    def _attach(self) -> None:
        """Be about the oldest of this kind that is under way, whoever began it."""
        if going := self._jobs.going(self._path):
            self._adopt(going[0])

    def _adopt(self, job: int) -> None:
        if self.job is None and self._jobs.record(job).job == self._path:
            self.job, self.spec, self._cancelling = job, self._jobs.spec(job), False
            self.adopted.emit(self.spec)
            self.changed.emit()

    def start(self, spec: object, title: str, command: str = "", *, alone: bool = False) -> None:
        """Do this instead of what is under way."""
        self.cancel()
        self.spec, self._cancelling = spec, False
        self.job = self._jobs.submit(self._path, spec, title, command, alone=alone)
        self.changed.emit()

    def start_after(self, spec: object, title: str, command: str = "") -> None:
        """Do this when what is under way has ended."""
        self._jobs.submit(self._path, spec, title, command, alone=True)
        self._attach()

    def cancel(self) -> None:
        if self.job is not None and not self._cancelling:
            self._cancelling = True
            self._jobs.cancel(self.job)
            self.changed.emit()

    def _moved(self, job: int) -> None:
        if job == self.job:
            self.changed.emit()

    def _event(self, job: int, key: str, value: object) -> None:
        if job == self.job:
            self.told.emit(key, value)

    def _finished(self, job: int) -> None:
        if job != self.job:
            return
        record, spec = self._jobs.record(job), self.spec
        self.job, self._cancelling = None, False
        if record.state is JobState.DONE:
            self.done.emit(spec, self._jobs.result(job))
        elif record.state is JobState.CANCELLED:
            self.cancelled.emit(spec)
        else:
            self.failed.emit(self._trouble(record.error or {"message": record.note}))
        self._attach()
        self.changed.emit()


def busy_of(record: JobRecord, cancelling: bool = False) -> Busy:
    """A queued or running job as a panel shows it."""
    return Busy(
        note=tr("Cancelling") if cancelling else record.note,
        done=record.done,
        total=record.total,
        seconds_left=record.seconds_left,
        waiting=record.state is JobState.QUEUED,
        cancelling=cancelling,
    )
