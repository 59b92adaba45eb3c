"""Exports of runs: each a job of its own, told of when it is written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from engines.generative.diffusion.studies.types import ExportSpec
from engines.generative.runs.history import StoredRun
from workbench.controllers.shell.jobs import reveal
from workbench.services import Services
from workbench.threads.jobs import JobState

JOB = "engines.generative.runs.exporting:run"


class Exports(QObject):
    """Any number at a time. What goes wrong the job list says."""

    def __init__(self, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._targets: dict[int, str] = {}
        services.jobs.finished.connect(self._finished)

    def write(self, run: StoredRun, kind: str, target: str, selected: int) -> None:
        """Write a run as "grid", "strip", "gif" or "mp4". selected: the sample that a film is of, -1 for all."""
        samples = (selected,) if selected >= 0 and kind != "grid" else ()
        spec = ExportSpec(run.folder, kind, target, samples=samples)  # type: ignore[arg-type]
        self._targets[self._services.jobs.submit(JOB, spec, f"Write {Path(target).name}")] = target

    def _finished(self, job: int) -> None:
        target = self._targets.pop(job, "")
        if target and self._services.jobs.record(job).state is JobState.DONE:
            said = f"Wrote {Path(target).name}"
            self._services.notify(said, "good", "Show folder", lambda: reveal(target))


def open_folder(path: str) -> None:
    """In the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(path))
