"""The base of parts of a controller: they tell that there is something else to show, and what went wrong."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from widgets.kit.work_state import Busy
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.common.trouble_words import trouble_of
from workbench.threads.jobs import JobQueue


class Part(QObject):
    """`failed(Trouble)`; `worked` when a job ended well."""

    changed = Signal()
    failed = Signal(object)
    worked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._slots: list[JobSlot] = []

    @property
    def busy(self) -> Busy | None:
        """What is under way."""
        return next((busy for slot in self._slots if (busy := slot.busy) is not None), None)

    def slot(self, jobs: JobQueue, job: str, title: str) -> JobSlot:
        """For one kind of job. title: of the trouble when it fails."""
        slot = JobSlot(jobs, job, partial(trouble_of, title=title), self)
        slot.changed.connect(self.changed)
        slot.failed.connect(self.failed)
        slot.done.connect(lambda _spec, _result: self.worked.emit())
        self._slots.append(slot)
        return slot

    def cancel(self) -> None:
        """Stop what is under way."""
        for slot in self._slots:
            slot.cancel()
