"""The page that compares two models on a picture, or a model on two: a job, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject

from engines.core.words import tr
from engines.inspection.studies import CompareResult, CompareSpec
from engines.inspection.types import OpenSpec
from widgets.inspection.compare.page import ComparePage
from widgets.inspection.state import CompareView, Page
from widgets.kit.words import file_name
from workbench.controllers.inspection.command import compare_line
from workbench.controllers.inspection.part import Desk, PagePart

LACKS = tr("Choose a second model, or two pictures")
JOB = "engines.inspection.activations.comparing:run"


class Comparing(PagePart):
    page = Page.COMPARE
    kind = ComparePage

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(desk, parent)
        self._result: CompareResult | None = None
        self._slot = self.slot(desk.services.jobs, JOB, tr("The comparison failed"))
        self._slot.done.connect(self._have)

    @property
    def fields(self) -> Mapping[str, Any]:
        form = self.desk.form
        return {"compare": CompareView(form.compare, form.compared_on, self._result)}

    @property
    def spec(self) -> CompareSpec:
        """What the form asks for, with what is open in it; of the picture that is looked at, no file yet."""
        form, subject = self.desk.form, self.desk.subject
        asked = form.compare
        first = asked.first if asked.first.path else subject.model
        second = form.known(asked.second.path).spec if asked.second.path else OpenSpec()
        pictures = {} if form.compared_on == "file" else {"picture": "", "other": ""}
        return replace(asked, first=first, second=second, preprocessing=subject.preprocessing, **pictures)

    @property
    def problem(self) -> str:
        form, spec = self.desk.form, self.spec
        if form.compared_on == "file" and not spec.picture:
            return tr("Choose a picture first")
        if not spec.second.path and not spec.other:
            return LACKS
        return super().problem

    def begin(self) -> None:
        """Where a second model is lacking, it is asked for."""
        if self.desk.subject.sheet is None or self.problem != LACKS:
            super().begin()
        elif path := self.desk.ask_file(tr("The model that it is compared with")):
            self.desk.edit(Page.COMPARE, {"second": OpenSpec(path)})

    def start(self) -> None:
        if self.desk.form.compared_on == "looked":
            self.desk.still(lambda picture: self._run(replace(self.spec, picture=picture)))
        else:
            self._run(self.spec)

    @property
    def can_export(self) -> bool:
        return self._result is not None

    @property
    def command(self) -> str:
        return compare_line(self.spec)

    def forget(self) -> None:
        super().forget()
        self._result = None

    def _run(self, spec: CompareSpec) -> None:
        names = file_name(spec.first.path), file_name(spec.second.path)
        title = (
            tr("Compare {first} with {second}", first=names[0], second=names[1])
            if spec.second.path
            else tr("Compare two pictures in {names}", names=names[0])
        )
        self._slot.start(spec, title, compare_line(spec))

    def _have(self, _spec: object, result: CompareResult) -> None:
        self._result = result
        self.changed.emit()
