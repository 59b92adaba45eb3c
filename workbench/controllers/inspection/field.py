"""The page of receptive fields: its layer and unit go into the form; the table and the check are jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from PySide6.QtCore import QObject

from engines.core.words import tr
from engines.inspection.field.results import CheckResult, CheckSpec, FieldTable
from engines.inspection.looks import FieldLook
from engines.inspection.types import OpenSpec
from widgets.inspection.field.page import FieldPage
from widgets.inspection.state import FieldView, Page
from widgets.kit.words import file_name
from workbench.controllers.inspection.command import field_line
from workbench.controllers.inspection.part import Desk, PagePart

TABLE = "engines.inspection.field.table:run"
CHECK = "engines.inspection.field.checking:run"


class Fields(PagePart):
    page = Page.FIELD
    kind = FieldPage

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(desk, parent)
        self._asked: OpenSpec | None = None
        self._table: FieldTable | None = None
        self._result: CheckResult | None = None
        self._all = self.slot(desk.services.jobs, TABLE, tr("The receptive fields cannot be told"))
        self._check = self.slot(desk.services.jobs, CHECK, tr("The field cannot be checked"))
        self._all.done.connect(self._have_table)
        self._check.done.connect(self._have_check)

    def make(self) -> FieldPage:
        page = cast(FieldPage, super().make())
        page.unitChosen.connect(lambda row, column: self._edit(unit=(row, column)))
        page.channelChosen.connect(lambda channel: self._edit(channel=channel))
        page.layerChosen.connect(lambda layer: self._edit(layer=layer, channel=0, unit=(-1, -1)))
        page.no_picture.clicked.connect(lambda: self.desk.services.host.show_dock("sources"))
        page.checkWanted.connect(self.check)
        page.tableWanted.connect(self.ask)
        return page

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"field": FieldView(self._table, self._result)}

    @property
    def can_export(self) -> bool:
        return self._table is not None

    @property
    def command(self) -> str:
        return field_line(self.desk.subject.model, self.desk.form.field.layer)

    def ask(self, model: OpenSpec) -> None:
        """The fields of all layers, once for each model."""
        if model != self._asked:
            self._asked = model
            self._all.start(model, tr("Receptive fields of {path}", path=file_name(model.path)))

    def check(self) -> None:
        """Hold the field of the unit that is looked at against its gradient."""
        spec, look, model = self.desk.form.field, self.desk.looked.look, self.desk.subject.model
        seen = look if isinstance(look, FieldLook) else None
        layer = spec.layer or (seen.seen.layer if seen is not None else "")
        unit = seen.unit if seen is not None and seen.seen.layer == layer else spec.unit
        self._check.start(CheckSpec(model, layer, unit), tr("Check the field of {layer}", layer=layer))

    def forget(self) -> None:
        super().forget()
        self._asked = self._table = self._result = None

    def _edit(self, **fields: object) -> None:
        self.desk.edit(Page.FIELD, fields)

    def _have_table(self, _spec: object, table: FieldTable) -> None:
        self._table = table
        self.changed.emit()

    def _have_check(self, _spec: object, result: CheckResult) -> None:
        self._result = result
        self.changed.emit()
