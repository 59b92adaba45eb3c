"""Joins the Jobs panel to the job queue, and says in a notice how a job ended."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import is_dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer

from engines.core.addresses import hidden
from engines.core.errors import UsageError
from engines.core.files import write_text
from engines.core.names import shown
from engines.core.spec import to_json
from engines.core.training.standing import Standing
from engines.core.words import tr
from widgets.kit.labels import really
from widgets.kit.words import seconds_left, time_words
from widgets.shell.jobs import JobRow, JobsPanel
from workbench.commands import Actions
from workbench.controllers.shell.reveal import reveal
from workbench.services import Services
from workbench.threads.jobs import JobRecord, JobState
from workbench.work.commands import spec_file, spec_text

LEVELS = {
    JobState.RUNNING: "busy",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "",
    JobState.LOST: "warn",
}
WORDS = {
    JobState.QUEUED: tr("queued"),
    JobState.RUNNING: tr("running"),
    JobState.DONE: tr("done"),
    JobState.FAILED: tr("failed"),
    JobState.CANCELLED: tr("cancelled"),
    JobState.LOST: tr("lost"),
}
REFRESH_MS = 500
LONG_SECONDS = 10.0
"""A job that took longer says that it is done to a user who went elsewhere."""
MOST_FIGURES, LONGEST_WORD = 12, 200


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
        self._made: dict[int, tuple[JobRecord, Standing | None, JobRow]] = {}
        self._noticed: set[int] = set()
        self._clock = QTimer(self, interval=REFRESH_MS)
        self._clock.timeout.connect(self.refresh)
        jobs = services.jobs
        panel.cancelled.connect(jobs.cancel)
        panel.removed.connect(self._remove)
        panel.resumed.connect(self.resume)
        panel.kept.connect(partial(self.resume, keep=True))
        panel.revealed.connect(lambda path: reveal(path, services.notify))
        panel.copied.connect(self._write_spec)
        panel.chosen.connect(self._tell_outcome)
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
        self._panel.show_jobs([self._row(record) for record in reversed(records)])
        self._settle_again(records)
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

    def _row(self, record: JobRecord) -> JobRow:
        """The row of before where nothing has changed, so that hundreds of ended jobs cost nothing."""
        there = self._services.jobs.standing(record.id)
        before = self._made.get(record.id)
        if before is not None and before[0] is record and before[1] == there:
            return before[2]
        row = job_row(record, there)
        self._made[record.id] = record, there, row
        return row

    def show(self, id: int) -> None:
        """Bring a job to the front."""
        self._services.host.show_dock("jobs")
        self._panel.choose(id)

    def _write_spec(self, id: int) -> None:
        """Settings that are too long for a line go to the file that the line names."""
        record = self._services.jobs.record(id)
        path = spec_file(record.spec)
        if path is not None and str(path) in record.command:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, spec_text(record.spec), private=True)

    def _tell_outcome(self, id: int) -> None:
        """What came of a job, of an earlier run too. Its notice is settled: the user is there."""
        self._settle(id)
        known = [record for record in self._services.jobs.records() if record.id == id]
        if known and known[0].state is JobState.DONE:
            self._panel.show_outcome(id, outcome_words(self._services.jobs.result(id)))

    def _settle_again(self, records: list[JobRecord]) -> None:
        """What failed and was begun anew is settled."""
        newest = {(record.job, record.title): record.id for record in records} if self._noticed else {}
        for record in records if self._noticed else ():
            if record.id in self._noticed and newest[record.job, record.title] > record.id:
                self._settle_notice(record.id)

    def _settle(self, id: int) -> None:
        if id in self._noticed and self._panel.isVisible():
            self._settle_notice(id)

    def _settle_notice(self, id: int) -> None:
        self._noticed.discard(id)
        self._services.host.settle(_notice_key(id))

    def clear(self) -> None:
        """Take ended jobs off the list, but for those that can go on."""
        jobs = self._services.jobs
        for id in [each.id for each in jobs.records() if each.state.over and not jobs.can_resume(each.id)]:
            jobs.remove(id)
        self.refresh()

    def close(self) -> None:
        self._clock.stop()

    def _remove(self, id: int) -> None:
        """What it learned so far goes with it: that is asked before."""
        jobs = self._services.jobs
        if jobs.can_resume(id):
            title = jobs.record(id).title
            question = tr("{title} could go on from where it stopped. Once it is removed it cannot.", title=title)
            if not really(self._panel.window(), tr("Remove job"), question, tr("Remove")):
                return
        jobs.remove(id)
        self._made.pop(id, None)
        self._settle_notice(id)
        self.refresh()

    def _finished(self, id: int) -> None:
        record = self._services.jobs.record(id)
        self.refresh()
        if not self._in_view(record):
            self._notice(record)

    def _notice(self, record: JobRecord) -> None:
        """Say to a user who is elsewhere how it ended; the notice goes once the job is looked at or taken off."""
        took = (record.finished or 0.0) - (record.started or 0.0)
        if record.state is JobState.FAILED and record.error is not None:
            text, level = f"{record.title}: {record.error['message']}", "bad"
        elif record.state is JobState.DONE and took > LONG_SECONDS and not self._panel.isVisible():
            text, level = tr("{title} is done", title=record.title), "good"
        else:
            return
        self._noticed.add(record.id)
        self._services.notify(text, level, tr("Show job"), partial(self.show, record.id), _notice_key(record.id))


def _notice_key(id: int) -> str:
    return tr("job {id}", id=id)


def job_row(record: JobRecord, there: Standing | None = None) -> JobRow:
    """A record as the panel shows it."""
    error = record.error or {}
    return JobRow(
        id=record.id,
        title=_shown(record.title),
        state=WORDS[record.state],
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
        cut_off=_cut_off(there),
        learned=there is not None and there.step > 0,
    )


def _cut_off(there: Standing | None) -> str:
    if there is None:
        return ""
    if not there.step:
        return tr("Was waiting and never began")
    return tr("Cut off at step {n:,} of {all:,}", n=there.step, all=there.steps)


def _shown(text: str) -> str:
    return shown(hidden(text))


def outcome_words(result: object) -> str:
    """The plain figures of a result, a line each; those of an earlier run are JSON already."""
    try:
        said = to_json(result) if is_dataclass(result) else result
    except Exception:
        return ""
    figures = said.items() if isinstance(said, dict) else ()
    told = [(name, value) for name, value in figures if isinstance(value, str | int | float) and value != ""]
    return _shown("\n".join(f"{name.replace('_', ' ')}: {_figure(value)}" for name, value in told[:MOST_FIGURES]))


def _figure(value: str | float) -> str:
    if isinstance(value, str):
        return value[:LONGEST_WORD]
    return f"{value:.4g}" if isinstance(value, float) else f"{value:,}"


def _result(record: JobRecord) -> str:
    """What a job wrote, where it is still there; a model's name has an ending that nobody typed."""
    out = str(record.spec.get("out") or "") if record.state is JobState.DONE else ""
    places = (out, f"{out}.safetensors") if out else ()
    return next((place for place in places if os.path.exists(place)), "")


def _time(record: JobRecord) -> str:
    if record.state is JobState.RUNNING:
        return seconds_left(record.seconds_left)
    if record.started and record.finished:
        return tr("took {time}", time=time_words(record.finished - record.started))
    return tr("since {time}", time=time.strftime("%H:%M", time.localtime(record.created)))
