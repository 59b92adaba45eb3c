"""A field that chooses the feed or tile a panel looks at."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from widgets.kit.layouts import row_of
from widgets.kit.panel import ChoiceField, labelled
from widgets.sources.choice import SourceChoice


class SourcePicker(QWidget):
    """Hidden while there is no source."""

    def __init__(self, tip: str) -> None:
        super().__init__()
        self._sources: tuple[tuple[str, str], ...] = ()
        self.source = ChoiceField(tr("Source"), tip=tip)
        self.sourceChosen = self.source.chosen
        self.setLayout(row_of(labelled(tr("Source"), self.source, tip)))

    def show_sources(self, sources: Sequence[SourceChoice], chosen: str) -> None:
        """Cheap while they are the same."""
        told = tuple((choice.path, choice.title) for choice in sources)
        if told != self._sources:
            self._sources = told
            self.source.set_choices(told, chosen)
        if self.source.value() != chosen:
            self.source.set_value(chosen)
        self.setVisible(bool(told))
