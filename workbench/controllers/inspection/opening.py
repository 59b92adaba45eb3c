"""The model that is open: asked for, opened by a job, remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from engines.inspection.types import ModelSheet, OpenSpec
from widgets.inspection.model.page import ModelPage
from widgets.inspection.state import ModelView
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.common.trouble_words import trouble_of
from workbench.threads.jobs import JobQueue

JOB = "engines.inspection.opening.job:run"


class Opening(QObject):
    """`changed` when there is something else to show; `opened(ModelSheet)`; `failed(Trouble)`."""

    changed = Signal()
    opened = Signal(object)
    failed = Signal(object)

    def __init__(self, jobs: JobQueue, parent: QObject) -> None:
        super().__init__(parent)
        self._shown = ModelView()
        self._slot = JobSlot(jobs, JOB, partial(trouble_of, title="The model cannot be opened"), self)
        self._slot.changed.connect(self.changed)
        self._slot.failed.connect(self.failed)
        self._slot.done.connect(self._have)

    @property
    def view(self) -> ModelView:
        return replace(self._shown, busy=self._slot.busy)

    @property
    def sheet(self) -> ModelSheet | None:
        return self._shown.sheet

    def page(self, ask: Callable[[], object]) -> ModelPage:
        """ask: for a file."""
        page = ModelPage()
        page.empty.clicked.connect(ask)
        page.progress.cancelled.connect(self.cancel)
        return page

    def open(self, spec: OpenSpec) -> None:
        """In place of what is open or being opened."""
        self._shown = ModelView(spec=spec)
        self._slot.start(spec, f"Opening {spec.path}")

    def cancel(self) -> None:
        self._slot.cancel()

    def _have(self, spec: OpenSpec, sheet: ModelSheet) -> None:
        self._shown = replace(self._shown, spec=spec, sheet=sheet)
        self.opened.emit(sheet)
        self.changed.emit()
