"""Joins the Jobs panel to the job queue, and says in a notice how a job ended."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices

from engines.core.addresses import hidden
from engines.core.errors import UsageError
from engines.core.names import shown
from engines.core.training.standing import Standing
from engines.core.words import tr
from widgets.shell.jobs import JobRow, JobsPanel
from workbench.commands import Actions
from workbench.services import Services
from workbench.threads.jobs import JobRecord, JobState

LEVELS = {
    JobState.RUNNING: "busy",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "",
    JobState.LOST: "warn",
}
REFRESH_MS = 500


class JobsController(QObject):
    """Rows are made afresh from the records, so that nothing is kept twice."""

    def __init__(
        self,
        panel: JobsPanel,
        services: Services,
        actions: Actions,
        in_view: Callable[[JobRecord], bool] = lambda _record: False,
    ) -> None:
        """in_view: the failure of this job is said where the user looks, so that a notice would say it twice."""
        super().__init__(panel)
        self._in_view = in_view
        self._panel, self._services, self._actions = panel, services, actions
        self._clock = QTimer(self, interval=REFRESH_MS)
        self._clock.timeout.connect(self.refresh)
        jobs = services.jobs
        panel.cancelled.connect(jobs.cancel)
        panel.removed.connect(self._remove)
        panel.resumed.connect(self.resume)
        panel.kept.connect(partial(self.resume, keep=True))
        panel.revealed.connect(reveal)
        panel.clear.clicked.connect(self.clear)
        jobs.changed.connect(lambda _id: self.refresh())
        jobs.finished.connect(self._finished)
        actions.bind("jobs.cancel-all", jobs.cancel_all)
        actions.bind("jobs.clear", self.clear)
        jobs.noticed.connect(lambda text: services.notify(text, "warn"))
        if jobs.notice:
            services.notify(jobs.notice, "warn")
        self.refresh()

    def refresh(self) -> None:
        """Show the jobs as they are now; while one runs, twice a second for the time left."""
        records = self._services.jobs.records()
        standing = self._services.jobs.standing
        self._panel.show_jobs([job_row(record, standing(record.id)) for record in reversed(records)])
        running = any(not record.state.over for record in records)
        self._actions.enable("jobs.cancel-all", running)
        self._actions.enable("jobs.clear", any(record.state.over for record in records))
        if running and not self._clock.isActive():
            self._clock.start()
        elif not running:
            self._clock.stop()

    def resume(self, id: int, keep: bool = False) -> None:
        """Go on with a training that was cut off, or keep what it had learned as a model."""
        jobs = self._services.jobs
        try:
            _ = jobs.keep(id) if keep else jobs.resume(id)
        except UsageError as error:
            self._services.notify(str(error), "warn")
        self.refresh()

    def clear(self) -> None:
        """Take ended jobs off the list, but for those that can go on."""
        for record in self._services.jobs.records():
            if record.state.over and not self._services.jobs.can_resume(record.id):
                self._services.jobs.remove(record.id)
        self.refresh()

    def close(self) -> None:
        self._clock.stop()

    def _remove(self, id: int) -> None:
        self._services.jobs.remove(id)
        self.refresh()

    def _finished(self, id: int) -> None:
        record = self._services.jobs.record(id)
        if record.state is JobState.FAILED and record.error is not None and not self._in_view(record):
            self._services.notify(f"{record.title}: {record.error['message']}", "bad")
        self.refresh()


def job_row(record: JobRecord, there: Standing | None = None) -> JobRow:
    """A record as the panel shows it."""
    error = record.error or {}
    return JobRow(
        id=record.id,
        title=_shown(record.title),
        state=record.state.value,
        level=LEVELS.get(record.state, ""),
        fraction=record.fraction,
        note=_shown(record.note),
        time=_time(record),
        active=not record.state.over,
        error=_shown(str(error.get("message") or "")),
        hint=_shown(str(error.get("hint") or "")),
        trace=_shown(str(error.get("traceback") or "")) if error.get("kind") == "defect" else "",
        command=_shown(record.command),
        result=_result(record),
        cut_off="" if there is None else tr("Cut off at step {n:,} of {all:,}", n=there.step, all=there.steps),
    )


def _shown(text: str) -> str:
    return shown(hidden(text))


def reveal(path: str) -> None:
    """Open the folder of a file in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(path).parent)))


def _result(record: JobRecord) -> str:
    out = str(record.spec.get("out") or "") if record.state is JobState.DONE else ""
    return out if out and os.path.exists(out) else ""


def _time(record: JobRecord) -> str:
    if record.state is JobState.RUNNING:
        return f"{in_words(record.seconds_left)} left" if record.seconds_left is not None else ""
    if record.started and record.finished:
        return f"took {in_words(record.finished - record.started)}"
    return f"since {time.strftime('%H:%M', time.localtime(record.created))}"


def in_words(seconds: float) -> str:
    """A duration as a person says it: "3.1 s", "2 min", "1 h 20 min"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
