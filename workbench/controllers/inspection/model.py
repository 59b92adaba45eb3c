"""The page of the model: what the file is, and the values of a stored tensor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from PySide6.QtCore import QObject

from engines.core.words import tr
from engines.inspection.studies import WeightsResult, WeightsSpec
from widgets.inspection.model.page import ModelPage
from widgets.inspection.state import Page, WeightsView
from widgets.kit.words import file_name
from workbench.controllers.inspection.part import Desk, PagePart

WEIGHTS = "engines.inspection.activations.weights:run"


class Models(PagePart):
    page = Page.MODEL
    kind = ModelPage

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(desk, parent)
        self._weights = WeightsView()
        self._reading = self.slot(desk.services.jobs, WEIGHTS, tr("The values of the tensor cannot be read"))
        self._reading.done.connect(self._have_weights)

    def make(self) -> ModelPage:
        page = cast(ModelPage, super().make())
        page.openWanted.connect(self.desk.open_model)
        page.codeWanted.connect(self.desk.run_program)
        page.shapesChosen.connect(self.desk.tell_shapes)
        page.weightsWanted.connect(self.read)
        return page

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"weights": self._weights}

    def read(self, tensor: str) -> None:
        """How the values of a stored tensor are distributed; integers have no such thing."""
        subject = self.desk.subject
        stored = subject.sheet.tensors if subject.sheet is not None else ()
        floats = any(one.name == tensor and "float" in one.dtype and not one.constant for one in stored)
        self._weights = WeightsView(tensor)
        self._reading.cancel()
        if floats:
            title = tr("Values of {tensor} in {path}", tensor=tensor, path=file_name(subject.model.path))
            self._reading.start(WeightsSpec(subject.model, tensor), title)
        self.changed.emit()

    def forget(self) -> None:
        super().forget()
        self._weights = WeightsView()

    def _have_weights(self, spec: WeightsSpec, result: WeightsResult) -> None:
        self._weights = WeightsView(spec.tensor, result)
        self.changed.emit()
