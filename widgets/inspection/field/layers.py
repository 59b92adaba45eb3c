"""The table of receptive fields, a row a layer: sorted by a click on a heading, one chosen by a click on its row."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from engines.core.words import tr
from engines.inspection.field.results import FieldTable
from engines.inspection.types import FieldRow
from widgets.inspection.field import words
from widgets.kit.figures_table import FiguresTable, Shown
from widgets.kit.layouts import ANY

KEYS = (
    None,
    lambda row: row.size[0] * row.size[1],
    lambda row: row.stride[0] * row.stride[1],
    lambda row: row.start,
    lambda row: (row.exact, not row.whole),
)
"""What each column is sorted by; the first has the order of execution."""


class LayerTable(FiguresTable):
    """`layerChosen(name)`."""

    layerChosen = Signal(str)

    def __init__(self) -> None:
        super().__init__(tr("Receptive fields"), words.HEADERS, words.TIPS, most=10_000)
        self.fields: FieldTable | None = None
        self.layer = ""
        self._sorted: tuple[FieldRow, ...] = ()
        self._column, self._down = 0, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.horizontalHeader().setSectionsClickable(True)
        self.horizontalHeader().setSortIndicatorShown(True)
        self.horizontalHeader().sectionClicked.connect(self.sort_by)
        self.clicked.connect(lambda index: self._choose(index.row()))
        self.rowUsed.connect(self._choose)
        self._fill()

    def show_fields(self, fields: FieldTable | None, layer: str) -> None:
        """layer: the one that is looked at."""
        if fields is self.fields and layer == self.layer:
            return
        other = fields is not self.fields
        self.fields, self.layer = fields, layer
        if other:
            self._sort()
        self._fill()

    def sort_by(self, column: int) -> None:
        """By a column; again for the other way round."""
        self._down = column == self._column and not self._down
        self._column = column
        self._sort()
        self._fill()

    @property
    def names(self) -> tuple[str, ...]:
        """Layers as they stand."""
        return tuple(row.name for row in self._sorted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._loosen()
        self._scroll()

    def _sort(self) -> None:
        rows = self.fields.rows if self.fields is not None else ()
        key = KEYS[self._column]
        ordered = list(rows) if key is None else sorted(rows, key=key)
        self._sorted = tuple(reversed(ordered)) if self._down else tuple(ordered)
        way = Qt.SortOrder.DescendingOrder if self._down else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(self._column, way)

    def _fill(self) -> None:
        marked = self.names.index(self.layer) if self.layer in self.names else -1
        tips = {(at, 4): told for at, row in enumerate(self._sorted) if (told := words.told(row))}
        self.show_cells(Shown(words.HEADERS, tuple(map(words.cells, self._sorted)), marked, told=tips))
        self._loosen()
        self._scroll()

    def _scroll(self) -> None:
        if self.marked >= 0:
            self.scrollTo(self.model().index(self.marked, 0))

    def _loosen(self) -> None:
        """As high as there is room, not as its rows."""
        self.setMinimumHeight(96)
        self.setMaximumHeight(ANY)

    def _choose(self, row: int) -> None:
        self.layerChosen.emit(self._sorted[row].name)
