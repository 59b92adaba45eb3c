"""The page of attribution: a job explains the picture that is looked at, or a file, by one method or by all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from PySide6.QtCore import QObject

from engines.core.pictures.files import DIALOG
from engines.core.words import tr
from engines.inspection.attribution.asked import METHODS, AttributeResult, AttributeSpec
from widgets.inspection.attribution.page import AttributionPage
from widgets.inspection.attribution.words import NO_PICTURE, method_of
from widgets.inspection.state import AttributionView, Page
from widgets.kit.save_file import ask_open
from widgets.kit.words import file_name
from workbench.controllers.inspection.command import attribute_line
from workbench.controllers.inspection.part import Desk, PagePart

JOB = "engines.inspection.attribution.job:run"


class Attribution(PagePart):
    page = Page.ATTRIBUTION
    kind = AttributionPage

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(desk, parent)
        self._result: AttributeResult | None = None
        self._slot = self.slot(desk.services.jobs, JOB, tr("The picture cannot be explained"))
        self._slot.done.connect(self._have)

    def make(self) -> AttributionPage:
        page = cast(AttributionPage, super().make())
        page.compare.clicked.connect(self.compare)
        page.used.connect(lambda method: self.desk.edit(Page.ATTRIBUTION, {"methods": (method,)}))
        return page

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"attribution": AttributionView(self.desk.form.attribution, self._result, self._is_earlier)}

    @property
    def spec(self) -> AttributeSpec:
        """What the form asks for, with what is open in it; of the picture that is looked at, no file yet."""
        subject, asked = self.desk.subject, self.desk.form.attribution
        return replace(asked, model=subject.model, preprocessing=subject.preprocessing, methods=(method_of(asked),))

    @property
    def problem(self) -> str:
        subject = self.desk.subject
        there = subject.source or self.desk.form.attribution.picture
        return subject.problem or ("" if there else NO_PICTURE)

    def begin(self) -> None:
        """The button of the empty page: what is missing, else explain."""
        problem = self.problem
        if problem == NO_PICTURE:
            self._ask_picture()
        elif problem:
            self.desk.ask_model()
        else:
            self.start()

    def start(self) -> None:
        """Explain by the method that the form stands at."""
        self._on_picture(self.spec)

    def compare(self) -> None:
        """Explain by every method, each checked and with its curves."""
        self._on_picture(replace(self.spec, methods=tuple(one.id for one in METHODS), sanity=True, curves=True))

    @property
    def can_export(self) -> bool:
        return self._result is not None

    @property
    def command(self) -> str:
        return attribute_line(self.spec)

    def forget(self) -> None:
        super().forget()
        self._result = None

    @property
    def _is_earlier(self) -> bool:
        """The form asks for something else than what is shown."""
        if self._result is None:
            return False
        shown, asked = self._result.spec, self.spec
        same = replace(asked, methods=shown.methods, picture=shown.picture, sanity=shown.sanity, curves=shown.curves)
        other = bool(asked.picture) and asked.picture != shown.picture
        return same != shown or other or asked.methods[0] not in shown.methods

    def _ask_picture(self) -> None:
        if path := ask_open(self.made, tr("Picture to explain"), "picture", DIALOG):
            self.desk.edit(Page.ATTRIBUTION, {"picture": path})
            self.start()

    def _on_picture(self, spec: AttributeSpec) -> None:
        if spec.picture:
            self._run(spec)
        else:
            self.desk.still(lambda picture: self._run(replace(spec, picture=picture)))

    def _run(self, spec: AttributeSpec) -> None:
        what = (
            tr("Explain {path}", path=file_name(spec.model.path))
            if len(spec.methods) == 1
            else tr("Compare attributions")
        )
        self._slot.start(spec, what, attribute_line(spec))

    def _have(self, _spec: object, result: object) -> None:
        self._result = cast(AttributeResult, result)
        self.changed.emit()
