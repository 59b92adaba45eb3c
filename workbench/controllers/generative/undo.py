"""Deleting a run, and undo. Its folder is set aside until the window closes; then it is deleted for good."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QUndoCommand

from engines.core.errors import KinoscopeError
from engines.generative.runs import history
from engines.generative.runs.history import StoredRun

ASIDE = ".deleted"


class DeleteRun(QUndoCommand):
    """`hide(name)` takes it off the list and `move(source, target)` moves folders beside the window's thread."""

    def __init__(
        self,
        run: StoredRun,
        hide: Callable[[str], object],
        show: Callable[[StoredRun], object],
        move: Callable[[Path, Path, Callable[[], object]], object],
    ) -> None:
        super().__init__("Delete a run")
        self._run, self._hide, self._show, self._move = run, hide, show, move
        self._home = Path(run.folder)
        self._away = self._home.parent / ASIDE / self._home.name

    def redo(self) -> None:
        self._hide(self._run.name)
        self._move(self._home, self._away, lambda: None)

    def undo(self) -> None:
        self._move(self._away, self._home, lambda: self._show(self._run))


def move_folder(source: Path, target: Path) -> None:
    """Only what the run wrote: a file that somebody put into its folder stays there."""
    history.move_run(source, target)


def empty_aside() -> None:
    """Delete for good what was deleted."""
    for folder in sorted((history.runs_dir() / ASIDE).glob("*")):
        with contextlib.suppress(KinoscopeError, OSError):
            history.delete_run(folder)
