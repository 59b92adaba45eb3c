"""Which feed or tile a panel looks at."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from widgets.kit.panel import ChoiceField, labelled
from widgets.sources.choice import SourceChoice


class SourcePicker(QWidget):
    """Hidden while there is no source."""

    sourceChosen = Signal(str)

    def __init__(self, tip: str) -> None:
        super().__init__()
        self._sources: tuple[tuple[str, str], ...] = ()
        self.source = ChoiceField("Source", tip=tip)
        self.source.chosen.connect(self.sourceChosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(labelled("Source", self.source, tip))

    def show_sources(self, sources: Sequence[SourceChoice], chosen: str) -> None:
        """Cheap while they are the same."""
        told = tuple((choice.path, choice.title) for choice in sources)
        if told != self._sources:
            self._sources = told
            self.source.set_choices(told, chosen)
        if self.source.value() != chosen:
            self.source.set_value(chosen)
        self.setVisible(bool(told))
