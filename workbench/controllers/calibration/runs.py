"""The calibration job as the panel sees it, and what went wrong with it in the panel's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject

from engines.calibration.types import MonoSpec
from engines.core.boards import Board
from engines.core.errors import UsageError
from engines.core.video.stills import is_film
from engines.core.words import tr
from widgets.calibration.kinds import board_name, board_words
from widgets.calibration.state import Trouble, counted
from workbench.controllers.calibration.session import JOB, command_line
from workbench.controllers.common import trouble_words
from workbench.controllers.common.job_slot import JobSlot
from workbench.threads.jobs import JobQueue

_GRID = re.compile(r"\b(\d+)x(\d+)\b")
_BOARD = re.compile(
    r"\b(?:chessboard|charuco|aprilgrid|a?circles):\d+x\d+(?::[\d.]+mm)+(?::[\dh]+|:DICT_[A-Z0-9_]+h?\d*)?(?::inverted)?(?::legacy)?"
)


class CalibrationRuns(JobSlot):
    """A cancelled calibration is forgotten at once: what is asked for next takes its place."""

    refit = False

    def __init__(self, jobs: JobQueue, parent: QObject) -> None:
        super().__init__(jobs, JOB, trouble_of, parent)

    def solve(self, spec: MonoSpec, *, refit: bool = False) -> None:
        """Solve this instead of whatever is being solved."""
        self.refit = refit
        films = sum(is_film(path) for path in spec.images)
        used = counted(len(spec.images) - films - len(spec.exclude), films)
        self.start(
            spec,
            tr("Fit {used} again", used=used) if refit else tr("Calibrate from {used}", used=used),
            command_line(spec),
        )

    def cancel(self) -> None:
        if self.job is not None:
            job, self.job = self.job, None
            self._jobs.cancel(job)
            self.changed.emit()


def trouble_of(error: Mapping[str, Any], title: str = tr("Calibration failed")) -> Trouble:
    """An error's JSON as the panel shows it; the board that would fit is offered."""
    trouble = trouble_words.trouble_of(error, title)
    told = replace(trouble, what=in_words(trouble.what), hint=in_words(trouble.hint))
    if not error.get("board"):
        return told
    board = Board.parse(error["board"])
    return replace(told, retry=board, retry_words=tr("Use {board_name}", board_name=board_name(board)))


def in_words(text: str) -> str:
    """The same with each board that is written in its one-word form spelled out."""

    def spelled(match: re.Match[str]) -> str:
        try:
            return board_words(Board.parse(match[0]))
        except UsageError:
            return match[0]

    return _GRID.sub("\\1\u00a0\u00d7\u00a0\\2", _BOARD.sub(spelled, text))
