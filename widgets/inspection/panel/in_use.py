"""The section of what other panels run now: a row for each model, and a button that opens the same file."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engines.core.networks.in_use import ModelInUse
from engines.core.words import tr
from widgets.inspection.state import InspectionView
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import ElidedLabel, PlainButton, Section
from widgets.kit.when_new import when_new
from widgets.kit.words import file_name


class InUseSection(Section):
    """`inspectWanted(ModelInUse)`. Hidden while no other panel runs a model."""

    inspectWanted = Signal(object)

    def __init__(self) -> None:
        super().__init__(tr("In use now"), name="inspection.in-use")
        self.buttons: dict[str, PlainButton] = {}
        self._column = column_of(spacing=8)
        self.add(held(self._column))
        self.hide()

    def show_state(self, view: InspectionView) -> None:
        self._show(view.model.in_use, {one.path: one.title for one in view.look.sources})
        self.setVisible(bool(view.model.in_use))

    @when_new
    def _show(self, models: tuple[ModelInUse, ...], titles: dict[str, str]) -> None:
        while (item := self._column.takeAt(0)) is not None:
            gone = item.widget()
            assert gone is not None
            gone.deleteLater()
        self.buttons.clear()
        for model in models:
            self._column.addWidget(self._row_of(model, titles.get(model.feed, "")))

    def _row_of(self, model: ModelInUse, feed: str) -> QWidget:
        at = tr("{path}, on {feed}", path=file_name(model.path), feed=feed) if feed else file_name(model.path)
        button = PlainButton(
            tr("Inspect"), "", tr("Open the file of {model} here, on the same picture", model=model.title)
        )
        button.setAccessibleName(tr("Inspect {model}", model=model.title))
        button.clicked.connect(lambda: self.inspectWanted.emit(model))
        self.buttons[model.title] = button
        where = ElidedLabel(at, "hint")
        where.given = True
        words = column_of(ElidedLabel(model.title), where, spacing=0)
        return held(row_of((words, 1), button, spacing=8))
