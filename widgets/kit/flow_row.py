"""A row of controls that goes on in the next line where there is no room, for forms in the middle of the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

SPACE = 8


class FlowRow(QWidget):
    """`parts` are (control, cells it takes); a cell is at least `least` pixels wide, and all are alike."""

    def __init__(self, parts: Sequence[tuple[QWidget, int]], least: int = 92) -> None:
        super().__init__()
        self._parts, self._least = tuple(parts), least
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE)
        self._grid.setVerticalSpacing(SPACE)
        self.cells = 0
        self._place(sum(span for _, span in parts))

    def minimumSizeHint(self) -> QSize:
        widest = max(span for _, span in self._parts)
        return QSize(widest * (self._least + SPACE) - SPACE, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place((event.size().width() + SPACE) // (self._least + SPACE))

    def _place(self, cells: int) -> None:
        """Lay out in rows of so many cells, where that is a change."""
        most, widest = sum(span for _, span in self._parts), max(span for _, span in self._parts)
        cells = min(max(cells, widest), most)
        if cells == self.cells:
            return
        for column in range(max(cells, self.cells)):
            self._grid.setColumnStretch(column, 1 if column < cells else 0)
            self._grid.setColumnMinimumWidth(column, 1 if column < cells else 0)
        self.cells = cells
        row = column = 0
        for widget, span in self._parts:
            if column + span > cells:
                row, column = row + 1, 0
            self._grid.addWidget(widget, row, column, 1, span)
            column += span
        self.updateGeometry()
