"""Colours of boxes: one for each family of operators, or viridis by a figure, with the words that go with them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QColor

from engines.core.pictures.heat import VIRIDIS
from engines.core.words import tr
from engines.inspection.layout.families import Family
from engines.inspection.layout.folding import Box
from widgets.kit.theme import LOOK

SERIES = (
    Family.CONVOLUTION,
    Family.LINEAR,
    Family.NORM,
    Family.ATTENTION,
    Family.ARITHMETIC,
    Family.ACTIVATION,
    Family.POOLING,
    Family.RECURRENT,
)
"""Families in the order of the theme's series."""
FIGURES = {
    "parameters": (tr("Parameters"), ""),
    "multiply_adds": (tr("Multiply-adds"), ""),
    "bytes": (tr("Memory"), "B"),
    "ms": (tr("Time"), "ms"),
}
"""Title and unit of each figure that boxes can be coloured by; the names are fields of a box."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Figures from low to high, logarithmic where they span more than a factor of 100."""

    low: float
    high: float

    @property
    def log(self) -> bool:
        return self.low > 0 and self.high / self.low > 100

    def share(self, value: float) -> float:
        """0 at the low end, 1 at the high one."""
        if self.high <= self.low:
            return 1.0
        if self.log:
            return (math.log(max(value, self.low)) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


def scale_of(boxes: Sequence[Box], figure: str) -> Scale | None:
    """Of the boxes that have this figure above zero, None where none has."""
    values = [value for box in boxes if (value := getattr(box, figure))]
    return Scale(min(values), max(values)) if values else None


def family_color(family: Family) -> QColor:
    """In the theme in force."""
    if family in SERIES:
        return LOOK.now.nth(SERIES.index(family))
    return LOOK.now.color("text" if family is Family.MODULE else "muted")


def box_colors(boxes: Sequence[Box], figure: str) -> list[QColor]:
    """One for each box. figure: "" for families; a box that has none of it is as the lines are."""
    scale = scale_of(boxes, figure) if figure else None
    if not figure:
        known = {family: family_color(family) for family in Family}
        return [known[box.family] for box in boxes]
    nothing = LOOK.now.color("line")
    values = [getattr(box, figure) for box in boxes]
    return [_viridis(scale.share(value)) if value and scale else nothing for value in values]


def _viridis(share: float) -> QColor:
    return QColor(*(int(channel) for channel in VIRIDIS[round(share * 255)]))
