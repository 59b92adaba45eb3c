"""The page of the model: what the file is, the values of a stored tensor, and why a file was not opened."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QObject

from engines.inspection.studies import WeightsResult, WeightsSpec
from engines.inspection.types import OpenSpec, Safety
from widgets.inspection.model.page import ModelPage
from widgets.inspection.state import Page, WeightsView
from widgets.kit.words import file_name
from workbench.controllers.inspection.part import Desk, PagePart

WEIGHTS = "engines.inspection.activations.weights:run"
JUDGE = "engines.inspection.opening.judging:run"


class Models(PagePart):
    page = Page.MODEL
    kind = ModelPage

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(desk, parent)
        self._weights = WeightsView()
        self._judged: Safety | None = None
        self._reading = self.slot(desk.services.jobs, WEIGHTS, "The values of the tensor cannot be read")
        self._reading.done.connect(self._have_weights)
        self._judging = self.slot(desk.services.jobs, JUDGE, "The file cannot be looked at")
        self._judging.done.connect(self._have_verdict)

    def make(self) -> ModelPage:
        page = cast(ModelPage, super().make())
        page.openWanted.connect(self.desk.open_model)
        page.codeWanted.connect(self.desk.run_program)
        page.shapesChosen.connect(self.desk.tell_shapes)
        page.weightsWanted.connect(self.read)
        return page

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"weights": self._weights, "judged": self._judged}

    def read(self, tensor: str) -> None:
        """How the values of a stored tensor are distributed; integers have no such thing."""
        subject = self.desk.subject
        stored = subject.sheet.tensors if subject.sheet is not None else ()
        floats = any(one.name == tensor and "float" in one.dtype and not one.constant for one in stored)
        self._weights = WeightsView(tensor)
        self._reading.cancel()
        if floats:
            title = f"Values of {tensor} in {file_name(subject.model.path)}"
            self._reading.start(WeightsSpec(subject.model, tensor), title)
        self.changed.emit()

    def judge(self) -> None:
        """Look at a file that was not opened: whether it was refused, and for what."""
        path = self.desk.subject.model.path
        if not Path(path).exists():
            return
        self._judging.start(OpenSpec(path), f"Why {file_name(path)} was not opened")

    def forget(self) -> None:
        super().forget()
        self._weights, self._judged = WeightsView(), None

    def _have_weights(self, spec: WeightsSpec, result: WeightsResult) -> None:
        self._weights = WeightsView(spec.tensor, result)
        self.changed.emit()

    def _have_verdict(self, _spec: OpenSpec, safety: Safety) -> None:
        if safety.verdict == "refused" and self.desk.subject.sheet is None:
            self._judged = safety
            self.changed.emit()
