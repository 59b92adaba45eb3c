"""The calibration job as the panel sees it: its progress, its early fit, its result or what went wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from engines.calibration.types import MonoResult, MonoSpec
from engines.core.boards import Board
from engines.core.errors import UsageError
from widgets.calibration.state import Busy, Trouble, board_words, count
from workbench.controllers.calibration.session import JOB, command_line
from workbench.controllers.common.job_slot import busy_of
from workbench.threads.jobs import JobQueue, JobState

_GRID = re.compile(r"\b(\d+)x(\d+)\b")
_BOARD = re.compile(r"\b(?:chessboard|charuco):[^\s,;]+")


class Runs(QObject):
    """`changed` when there is progress; `fitted(spec, result)` as soon as the camera is solved, before views are left
    out; `solved(spec, result)`; `failed(Trouble)`. A cancelled job ends with `changed` alone."""

    changed = Signal()
    fitted = Signal(object, object)
    solved = Signal(object, object)
    failed = Signal(object)

    def __init__(self, jobs: JobQueue, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: int | None = None
        self._spec: MonoSpec | None = None
        self.refit = False
        jobs.changed.connect(self._moved)
        jobs.event.connect(self._event)  # pyright: ignore[reportAttributeAccessIssue]  (the queue's signal)
        jobs.finished.connect(self._finished)

    @property
    def busy(self) -> Busy | None:
        """What is under way."""
        if self._job is None:
            return None
        return busy_of(self._jobs.record(self._job))

    @property
    def job(self) -> int | None:
        """The id of the running job."""
        return self._job

    def start(self, spec: MonoSpec, *, refit: bool = False) -> None:
        """Solve this instead of whatever is being solved."""
        self.cancel()
        self._spec, self.refit = spec, refit
        used = count(len(spec.images) - len(spec.exclude), "view")
        title = f"Fit {used} again" if refit else f"Calibrate from {used}"
        self._job = self._jobs.submit(job=JOB, spec=spec, title=title, command=command_line(spec))
        self.changed.emit()

    def cancel(self) -> None:
        """Stop; nothing of it is kept."""
        if self._job is not None:
            job, self._job = self._job, None
            self._jobs.cancel(job)
            self.changed.emit()

    def _moved(self, job: int) -> None:
        if job == self._job:
            self.changed.emit()

    def _event(self, job: int, key: str, value: object) -> None:
        if job == self._job and key == "fit" and isinstance(value, MonoResult):
            self.fitted.emit(self._spec, value)

    def _finished(self, job: int) -> None:
        if job != self._job:
            return
        record, spec, self._job = self._jobs.record(job), self._spec, None
        result = self._jobs.result(job) if record.state is JobState.DONE else None
        if isinstance(result, MonoResult):
            self.solved.emit(spec, result)
        elif record.state is not JobState.CANCELLED:
            self.failed.emit(trouble_of(record.error or {"message": record.note}))
        self.changed.emit()


def trouble_of(error: Mapping[str, Any], title: str = "Calibration failed") -> Trouble:
    """An error's JSON as the panel shows it, with the board that its hint writes out, if it does."""
    hint = str(error.get("hint") or "")
    board = board_in(hint)
    return Trouble(
        what=in_words(str(error.get("message") or "It ended without saying why")),
        title=title,
        hint=in_words(hint),
        path=str(error.get("path") or ""),
        retry=board,
        retry_words=f"Use {board.columns} \u00d7 {board.rows}" if board is not None else "",
    )


def in_words(text: str) -> str:
    """The same with each board that is written in its one-word form spelled out."""

    def spelled(match: re.Match[str]) -> str:
        board = board_in(match[0])
        return match[0] if board is None else board_words(board)

    return _GRID.sub("\\1\u00a0\u00d7\u00a0\\2", _BOARD.sub(spelled, text))


def board_in(text: str) -> Board | None:
    """The board that is written out in `text` in its one-word form, if any."""
    match = _BOARD.search(text)
    if match is None:
        return None
    try:
        return Board.parse(match[0].rstrip("."))
    except UsageError:
        return None
