"""What the colours of a graph mean: a chip and a word for each family that is there, or the scale of a figure."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engines.core.words import tr
from engines.inspection.layout.families import Family
from engines.inspection.layout.folding import Folded
from widgets.charts.heat import LINE, draw_scale, scale_room
from widgets.inspection.graph.colors import FIGURES, family_color, scale_of
from widgets.inspection.graph.words import ms_text
from widgets.inspection.words import amount, bytes_text
from widgets.kit.fields import describe
from widgets.kit.ink import ink
from widgets.kit.row_list import wide, write
from widgets.kit.theme import LOOK, mixed

CHIP, APART, CHIPS_LINE = 10.0, 16.0, 20.0
SCALE_WIDTH = 300.0


class Legend(QWidget):
    """As high as it needs for its width."""

    def __init__(self) -> None:
        super().__init__()
        self.families: tuple[Family, ...] = ()
        self.figure, self._ends = "", ("", "")
        self._folded: Folded | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        describe(self, tr("Legend"), tr("What the colours stand for"))
        LOOK.changed.connect(self.update)

    def show_graph(self, folded: Folded | None, figure: str) -> None:
        """Of the boxes that are shown. figure: as in `colors.FIGURES`, "" for families."""
        if folded is self._folded and figure == self.figure:
            return
        self._folded = folded
        boxes = folded.boxes if folded is not None else ()
        there = {box.family for box in boxes}
        self.families, self.figure = tuple(family for family in Family if family in there), figure
        scale = scale_of(boxes, figure) if figure else None
        self._ends = ("", "")
        if scale is not None:
            self._ends = figure_text(figure, scale.low), figure_text(figure, scale.high)
        self.setAccessibleDescription(", ".join(self.families) if not figure else " to ".join(self._ends))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def heightForWidth(self, width: int) -> int:
        if self.figure:
            return 42 + LINE * (scale_room(*self._ends, FIGURES[self.figure][0]) > self._scale_wide(width))
        return round(self._chips(width)[-1][0].bottom() + 8 if self.families else CHIPS_LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.figure:
            self._paint_scale(painter)
            return
        for room, family in self._chips(self.width()):
            color = family_color(family)
            chip = QRectF(room.left(), room.center().y() - CHIP / 2, CHIP, CHIP)
            ink(painter, color, QColor(mixed(LOOK.now.surface, color.name(), 0.7)))
            if family is Family.UNKNOWN:
                painter.setBrush(QBrush(color, Qt.BrushStyle.BDiagPattern))
            radius = CHIP / 2 if family is Family.EDGE else 2
            painter.drawRoundedRect(chip, radius, radius)
            write(painter, room.adjusted(CHIP + 6, 0, 0, 0), family.value, "muted", 11)

    def _paint_scale(self, painter: QPainter) -> None:
        title = FIGURES[self.figure][0]
        room = QRectF(12, 8, self._scale_wide(self.width()), 30)
        if self._ends[0]:
            draw_scale(painter, room, *self._ends, title=title)
        else:
            write(painter, room, tr("{title}: not measured yet", title=title), "muted", 11)

    def _scale_wide(self, width: int) -> float:
        return min(SCALE_WIDTH, width - 24)

    def _chips(self, width: int) -> list[tuple[QRectF, Family]]:
        """Where each chip with its word stands."""
        placed: list[tuple[QRectF, Family]] = []
        left, top = 12.0, 6.0
        for family in self.families:
            long = CHIP + 6 + wide(family.value, 11) + 2
            if left > 12 and left + long > width - 12:
                left, top = 12.0, top + CHIPS_LINE
            placed.append((QRectF(left, top, long, CHIPS_LINE - 4), family))
            left += long + APART
        return placed


def figure_text(figure: str, value: float) -> str:
    """A figure with its unit."""
    return {"bytes": bytes_text, "ms": ms_text}.get(figure, amount)(value)
