"""The page of lens models: the job that solves the same views with each, and the one that is taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from PySide6.QtCore import QObject

from engines.calibration.types import ModelsResult, ModelsSpec
from engines.core.words import tr, tr_count
from widgets.calibration.pages.models import ModelsPage
from widgets.calibration.pages.state import ModelsView, Page
from workbench.controllers.calibration.files import shortened
from workbench.controllers.calibration.part import Desk, PagePart
from workbench.controllers.calibration.session import command_line
from workbench.threads.background import Errands

JOB = "engines.calibration.models:run"


class Models(PagePart):
    page, kind = Page.MODELS, ModelsPage

    def __init__(self, desk: Desk, errands: Errands, parent: QObject) -> None:
        super().__init__(desk, errands, parent)
        self.jobs = self.slot(desk.services.jobs, JOB, tr("Lens models not compared"))
        self.jobs.done.connect(self._done)
        self._result: ModelsResult | None = None
        self._solved: ModelsSpec | None = None

    def make(self) -> ModelsPage:
        page = cast(ModelsPage, super().make())
        page.startWanted.connect(self.start)
        page.useWanted.connect(lambda model: self.desk.set(model=model))
        page.copyWanted.connect(lambda: self.desk.copy(self.command))
        return page

    def begin(self) -> None:
        self.start() if self.desk.view.can_solve else super().begin()

    def start(self) -> None:
        """Solve the views that are shown with every model."""
        self.trouble = None
        spec = self.spec
        views = tr_count(len(spec.mono.images) - len(spec.mono.exclude), "{n} view", "{n:,} views")
        self.jobs.start(spec, tr("Compare lens models on {views}", views=views))

    @property
    def spec(self) -> ModelsSpec:
        """The job for what is shown; which model the panel has makes no difference."""
        return ModelsSpec(replace(self.desk.session.spec(), model="brown5"))

    @property
    def fields(self) -> Mapping[str, Any]:
        current = self._solved is not None and self._solved == self.spec
        return {"models": ModelsView(self._result, current, self.busy)}

    @property
    def command(self) -> str:
        spec = replace(self.desk.session.spec(films=True), model="brown5")
        return command_line(replace(spec, images=shortened(spec.images)), "models")

    def forget(self) -> None:
        super().forget()
        self._result = self._solved = None

    def _done(self, spec: ModelsSpec, result: ModelsResult) -> None:
        self._result, self._solved = result, spec
        self.changed.emit()
