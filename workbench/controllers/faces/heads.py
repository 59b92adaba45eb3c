"""Training a head, as the board shows it: one at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from engines.faces.study_types import HeadProgress, HeadResult, HeadSpec
from widgets.faces.state import TrainView
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.common.trouble_words import trouble_of
from workbench.controllers.faces.command import train_line
from workbench.threads.jobs import JobQueue

JOB = "engines.faces.training.job:run"


class Heads(QObject):
    """`changed` for progress; `failed(Trouble)`."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, jobs: JobQueue, parent: QObject) -> None:
        super().__init__(parent)
        self._view = TrainView()
        self._slot = JobSlot(jobs, JOB, partial(trouble_of, title="Training failed"), self)
        self._slot.changed.connect(self.changed)
        self._slot.failed.connect(self.failed)
        self._slot.told.connect(self._told)
        self._slot.done.connect(self._done)

    @property
    def view(self) -> TrainView:
        return replace(self._view, busy=self._slot.busy)

    def start(self, spec: HeadSpec) -> None:
        """Train this instead of what is under way."""
        self._view = TrainView(spec)
        self._slot.start(spec, f"Train a head with {spec.loss}", train_line(spec))

    def cancel(self) -> None:
        self._slot.cancel()

    def _told(self, _key: str, value: object) -> None:
        if isinstance(value, HeadProgress):
            self._view = replace(self._view, progress=value)
            self.changed.emit()

    def _done(self, _spec: HeadSpec, result: object) -> None:
        if isinstance(result, HeadResult):
            self._view = replace(self._view, result=result, progress=result.last or self._view.progress)
