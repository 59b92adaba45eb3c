"""The model that is open: asked for, opened by a job, timed by another run of it."""

from __future__ import annotations

from dataclasses import replace
from mimetypes import guess_type
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engines.core.words import tr
from engines.inspection.types import ModelSheet, OpenSpec
from widgets.inspection.state import ModelView
from widgets.kit.words import file_name
from workbench.controllers.common.part import Part
from workbench.threads.jobs import JobQueue

CARDS = ("model_index.json", "config.json")
"""What lies in a folder that is a model."""
JOB = "engines.inspection.opening.job:run"


class Opening(Part):
    """`opened(ModelSheet)` when another model is there; one that was only timed is just `changed`."""

    opened = Signal(object)

    def __init__(self, jobs: JobQueue, parent: QObject) -> None:
        super().__init__(parent)
        self._shown = ModelView()
        self._slot = self.slot(jobs, JOB, tr("The model cannot be opened"))
        self._slot.done.connect(self._have)

    @property
    def view(self) -> ModelView:
        return replace(self._shown, busy=self.busy)

    @property
    def sheet(self) -> ModelSheet | None:
        return self._shown.sheet

    @property
    def spec(self) -> OpenSpec:
        """What was asked for, path "" for nothing."""
        return self._shown.spec

    def open(self, spec: OpenSpec) -> None:
        """In place of what is open or being opened."""
        self._shown = ModelView(spec=spec)
        self._slot.start(spec, tr("Open {path}", path=file_name(spec.path)))

    def time(self) -> None:
        """Measure each node of what is open; it stays shown."""
        spec = replace(self.spec, time=True)
        self._slot.start(spec, tr("Time the layers of {path}", path=file_name(spec.path)))

    def close(self) -> None:
        self._slot.cancel()
        self._shown = ModelView()
        self.changed.emit()

    def _have(self, spec: OpenSpec, sheet: ModelSheet) -> None:
        timed = spec.time and self._shown.sheet is not None
        self._shown = replace(self._shown, spec=replace(spec, time=False), sheet=sheet)
        if not timed:
            self.opened.emit(sheet)
        self.changed.emit()


def is_there(path: str) -> bool:
    """A file or folder that can be opened again; a name of the model store is one of no folder."""
    return Path(path).exists() or not Path(path).parent.name


def is_seen(path: str) -> bool:
    """Whether it is something to look at, and no model: a picture, a film, a folder of pictures."""
    place = Path(path)
    if place.is_dir():
        return not any((place / card).is_file() for card in CARDS)
    return is_picture(path) or (guess_type(place.name)[0] or "").startswith("video/")


def is_picture(name: str) -> bool:
    """By its ending."""
    return (guess_type(name)[0] or "").startswith("image/")
