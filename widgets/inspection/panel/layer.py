"""The choice of a layer: typed or picked from all there are, with what it is in words below."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from engines.inspection.types import Kind, ModelSheet
from widgets.inspection.panel.search_choice import SearchChoice
from widgets.inspection.words import layer_words, layers_of
from widgets.kit.form import words
from widgets.kit.layouts import column_of
from widgets.kit.panel import labelled


class LayerField(QWidget):
    """`chosen(name)`."""

    def __init__(self, tip: str, *kinds: Kind) -> None:
        """kinds: of nodes that can be chosen, all but constants where none is named."""
        super().__init__()
        self._kinds = kinds
        self._sheet: ModelSheet | None = None
        self.field = SearchChoice(tr("Layer"), placeholder=tr("Chosen for you"), tip=tip)
        self.chosen = self.field.chosen
        self.what = words()
        self.what.given = True
        self.setLayout(column_of(labelled(tr("Layer"), self.field, tip), self.what, spacing=4))

    def show_layer(self, sheet: ModelSheet | None, layer: str, names: tuple[str, ...] = ()) -> None:
        """layer: the one that is looked at. names: in place of those of the graph."""
        if names:
            self.field.set_names(names)
        elif sheet is not self._sheet:
            self.field.set_names(layers_of(sheet, *self._kinds))
        self._sheet = sheet
        self.field.set_value(layer)
        self.what.setText(layer_words(sheet.graph if sheet is not None else None, layer))
