"""The small pictures of a flow on one board, each with the choice of its sampler above."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.study_types import FlowResult
from widgets.generative.studio.flow_data import FlowArrays
from widgets.generative.studio.flow_picture import Backdrop, FlowPicture
from widgets.kit.layouts import column_of
from widgets.kit.panel import ChoiceField

SAMPLERS = (("flow", tr("Flow matching (Euler)")), *((entry.id, entry.title) for entry in catalog.SAMPLERS))


class FlowCell(QWidget):
    """A choice of sampler above its particles."""

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__()
        self.sampler = ChoiceField(tr("Sampler"), SAMPLERS, tip=tr("What moves the particles of this picture"))
        self.view = FlowPicture(backdrop)
        self.setLayout(column_of(self.sampler, (self.view, 1), spacing=4))

    def show_sampler(self, name: str, flow: FlowArrays | None, result: FlowResult | None, message: str) -> None:
        self.sampler.set_value(name)
        self.view.show_flow(flow, name, self.sampler.currentText(), _figures(name, result), message)


class FlowBoard(QWidget):
    """The small pictures side by side, or two by two where that makes them larger."""

    GAP, HEAD, FOOT = 12, 36, 58

    def __init__(self, cells: list[FlowCell]) -> None:
        super().__init__()
        self._cells = cells
        for cell in cells:
            cell.setParent(self)
        self.setMinimumHeight(160)

    def arrange(self) -> None:
        """Give each picture its place."""
        cells = [cell for cell in self._cells if not cell.isHidden()]
        if not cells:
            return
        columns = max((1, 2, len(cells)), key=lambda columns: self._side(len(cells), columns))
        side = self._side(len(cells), columns)
        size = QSize(side, side + self.HEAD + self.FOOT)
        rows = -(-len(cells) // columns)
        left = (self.width() - columns * side - (columns - 1) * self.GAP) // 2
        top = max((self.height() - rows * size.height() - (rows - 1) * self.GAP) // 2, 0)
        for number, cell in enumerate(cells):
            row, column = divmod(number, columns)
            cell.setGeometry(
                QRect(left + column * (side + self.GAP), top + row * (size.height() + self.GAP), side, size.height())
            )

    def _side(self, count: int, columns: int) -> int:
        rows = -(-count // columns)
        wide = (self.width() - (columns - 1) * self.GAP) // columns
        high = (self.height() - (rows - 1) * self.GAP) // rows - self.HEAD - self.FOOT
        return max(min(wide, high), 60)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.arrange()


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
