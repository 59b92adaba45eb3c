"""The training page: a head is trained on a folder of people, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject

from engines.core.places import data_dir
from engines.core.words import tr
from engines.faces.study_types import HeadProgress, HeadResult, HeadSpec
from widgets.faces.state import TrainView
from widgets.faces.studies.train_page import TrainPage
from workbench.controllers.common.kept_training import KeptTraining, parts_of, plain
from workbench.controllers.common.part import Part
from workbench.controllers.faces.command import train_line
from workbench.controllers.faces.dialogs import Dialogs
from workbench.controllers.faces.form import Form, SetForm
from workbench.services import Services

JOB = "engines.faces.training.job:run"


class Heads(Part):
    def __init__(
        self, services: Services, dialogs: Dialogs, form: Callable[[], Form], set_form: SetForm, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._services, self._dialogs, self._form, self._set_form = services, dialogs, form, set_form
        self._view = TrainView()
        self._slot = self.slot(services.jobs, JOB, tr("Training failed"))
        self._slot.told.connect(self._told)
        self._slot.done.connect(self._done)
        self._slot.adopted.connect(self._goes_on)
        self.curves = KeptTraining("faces", services, lambda: self._view, _plain, self._read, self)
        self.changed.connect(self.curves.keep_soon)

    @property
    def view(self) -> TrainView:
        return replace(self._view, spec=self._form().train, busy=self._slot.busy, cut_off=self._slot.cut_off)

    def page(self, use: Callable[[str], object]) -> TrainPage:
        """use: recognise with a head from now on."""
        page = TrainPage()
        page.form.images.choose.clicked.connect(self._choose_folder)
        page.form.headChanged.connect(lambda spec: self._set_form(train=spec))
        page.start.clicked.connect(self.start)
        page.progress.cancelled.connect(self.cancel)
        page.cut_off.resumed.connect(self._slot.resume)
        page.cut_off.kept.connect(self._slot.keep)
        page.headUsed.connect(use)
        return page

    def start(self) -> None:
        """Train anew, instead of what is under way; into the user's own models where no folder was named."""
        spec = self._form().train
        if not spec.images:
            self._services.notify(tr("Choose a folder to learn from first"), "info")
            return
        spec = spec if spec.out else replace(spec, out=str(data_dir() / "heads" / spec.loss))
        spec = replace(spec, anew=True)
        self._view = TrainView()
        self._slot.start(spec, tr("Train a head with {loss}", loss=spec.loss), train_line(spec))

    def restore(self) -> None:
        """Another project is open."""
        if self._slot.job is None:
            self._view = TrainView()
        self.curves.restore()

    def _read(self, kept: dict[str, Any]) -> None:
        if self._slot.job is not None:
            return
        self._view = TrainView(**parts_of(kept, HeadProgress, HeadResult))

    def _goes_on(self, _spec: HeadSpec) -> None:
        self._view = TrainView()

    def _choose_folder(self) -> None:
        if folder := self._dialogs.folder(tr("Folder to learn from: one folder a person, or NAME_0001.jpg")):
            self._set_form(train=replace(self._form().train, images=folder))

    def _told(self, _key: str, value: object) -> None:
        if isinstance(value, HeadProgress):
            self._view = replace(self._view, progress=value)
            self.changed.emit()

    def _done(self, _spec: HeadSpec, result: object) -> None:
        if isinstance(result, HeadResult):
            self._view = replace(self._view, result=result, progress=result.last or self._view.progress)


def _plain(view: TrainView) -> dict[str, Any]:
    """The curves and what came of it, as JSON values; who was learned, and how their faces lie, stays out of the
    project.
    """
    told, result = view.progress, view.result
    if told is not None:
        told = replace(told, points=(), labels=(), own=(), other=(), classes=())
    return plain(progress=told, result=None if result is None else replace(result, last=None))
