"""The page of attention maps: a network samples, and its layers are looked at step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from engines.attention.types import SeeResult, SeeSpec
from engines.attention.watching.recording import Recording
from engines.core.errors import KinoscopeError
from engines.core.words import tr
from widgets.attention.see.page import SeePage
from widgets.attention.state import SeeView
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.common.trouble_words import trouble_of
from workbench.threads.jobs import JobQueue

TITLE = tr("The attention cannot be shown")


class Seeing(QObject):
    """`changed` when the page has something else to show; `failed(Trouble)`."""

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self, jobs: JobQueue, models: Mapping[str, tuple[str, str]], spec: Callable[[], SeeSpec], parent: QObject
    ) -> None:
        """models: title, and the job that records it, by name. spec: what the form asks for."""
        super().__init__(parent)
        self._models, self._spec, self._shown = models, spec, SeeView()
        self._slots = {job: self._slot(jobs, job) for _title, job in models.values()}

    @property
    def view(self) -> SeeView:
        busy = next((slot.busy for slot in self._slots.values() if slot.busy is not None), None)
        return replace(self._shown, spec=self._spec(), busy=busy)

    def page(self, start: Callable[[], object], watch: Callable[..., object]) -> SeePage:
        """start: sample what the form holds. watch: go through a head tile by tile."""
        page = SeePage()
        page.empty.clicked.connect(start)
        page.progress.cancelled.connect(self.cancel)
        page.watchWanted.connect(watch)
        return page

    def start(self) -> None:
        """Sample what the form asks for, in place of what is under way."""
        spec = self._spec()
        if spec.model not in self._models:
            self.failed.emit(trouble_of({"message": tr("There is no model '{model}'", model=spec.model)}, TITLE))
            return
        title, job = self._models[spec.model]
        self._slots[job].start(spec, tr("Attention of {title}", title=title))

    def cancel(self) -> None:
        for slot in self._slots.values():
            slot.cancel()

    def _slot(self, jobs: JobQueue, job: str) -> JobSlot:
        slot = JobSlot(jobs, job, partial(trouble_of, title=tr("Sampling failed")), self)
        slot.changed.connect(self.changed)
        slot.failed.connect(self.failed)
        slot.done.connect(self._show)
        return slot

    def _show(self, _spec: object, result: SeeResult) -> None:
        try:
            self._shown = replace(self._shown, result=result, recording=Recording.open(result.file))
        except KinoscopeError as error:
            self.failed.emit(trouble_of(error.as_json(), TITLE))
        self.changed.emit()
