"""The small pictures of a flow on one board, each with the choice of its sampler above."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.study_types import FlowResult
from widgets.generative.studio.flow_data import FlowArrays
from widgets.generative.studio.flow_picture import LEAST_SIDE, Backdrop, FlowPicture, size_for
from widgets.kit.card_columns import needed
from widgets.kit.layouts import column_of
from widgets.kit.panel import ChoiceField

SAMPLERS = (("flow", tr("Flow matching (Euler)")), *((entry.id, entry.title) for entry in catalog.SAMPLERS))
HEAD_SPACE = 4
"""Pixels between a choice and its picture."""


class FlowCell(QWidget):
    """A choice of sampler above its particles."""

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__()
        self.sampler = ChoiceField(tr("Sampler"), SAMPLERS, tip=tr("What moves the particles of this picture"))
        self.view = FlowPicture(backdrop)
        self.setLayout(column_of(self.sampler, (self.view, 1), spacing=HEAD_SPACE))

    @property
    def least(self) -> int:
        """Pixels across in which every sampler's name and all figures are whole."""
        return max(needed(self.sampler), self.view.minimumSizeHint().width())

    def show_sampler(self, name: str, flow: FlowArrays | None, result: FlowResult | None, message: str) -> None:
        self.sampler.set_value(name)
        self.view.show_flow(flow, name, self.sampler.currentText(), _figures(name, result), message)


class FlowBoard(QWidget):
    """The small pictures side by side, two by two or below each other: where they are largest and all words are whole.

    It is as high as the pictures need in its width; the page around it scrolls.
    """

    GAP = 12

    def __init__(self, cells: list[FlowCell]) -> None:
        super().__init__()
        self._cells = cells
        for cell in cells:
            cell.setParent(self)

    def minimumSizeHint(self) -> QSize:
        return QSize(max((cell.least for cell in self._shown()), default=0), 0)

    def arrange(self) -> None:
        """Give each picture its place."""
        cells = self._shown()
        if not cells:
            return
        least = max(cell.least for cell in cells)
        fitting = [n for n in (1, 2, len(cells)) if n * (least + self.GAP) - self.GAP <= self.width()] or [1]
        self.setMinimumHeight(min(self._high(-(-len(cells) // columns), LEAST_SIDE) for columns in fitting))
        columns = max(fitting, key=lambda columns: self._side(len(cells), columns))
        rows, side = -(-len(cells) // columns), max(self._side(len(cells), columns), LEAST_SIDE)
        wide, high = max(size_for(side).width(), least), self._high(1, side)
        left = max((self.width() - columns * (wide + self.GAP) + self.GAP) // 2, 0)
        top = max((self.height() - self._high(rows, side)) // 2, 0)
        for number, cell in enumerate(cells):
            row, column = divmod(number, columns)
            cell.setGeometry(left + column * (wide + self.GAP), top + row * (high + self.GAP), wide, high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.arrange()

    def _shown(self) -> list[FlowCell]:
        return [cell for cell in self._cells if not cell.isHidden()]

    def _side(self, count: int, columns: int) -> int:
        """Of the squares in so many columns; below the least where the board is too small."""
        rows = -(-count // columns)
        wide = (self.width() - (columns - 1) * self.GAP) // columns - size_for(0).width()
        high = (self.height() - self._high(rows, 0)) // rows
        return min(wide, high)

    def _high(self, rows: int, side: int) -> int:
        head = self._cells[0].sampler.sizeHint().height() + HEAD_SPACE
        return rows * (head + size_for(side).height() + self.GAP) - self.GAP


def _figures(name: str, result: FlowResult | None) -> tuple[tuple[str, str], ...]:
    """Cost and errors of a sampler."""
    if result is None or name not in result.nfe:
        return ()
    straight, error = result.straightness.get(name), result.errors.get(name)
    return (
        (tr("Evaluations"), str(result.nfe[name])),
        (tr("Straightness"), "\u2013" if straight is None else f"{straight:.3f}"),
        (tr("Distance to the data"), "\u2013" if error is None else f"{error:.4f}"),
    )
