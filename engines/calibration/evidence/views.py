"""A used view with its name, where on its board a corner is, and a finding with what it leaves unexplained."""

from __future__ import annotations

from dataclasses import dataclass

from engines.calibration.solve.adjustment import Observation
from engines.calibration.targets.target import Target
from engines.calibration.types import Reason
from engines.core.words import tr


@dataclass(frozen=True, slots=True)
class View:
    """A view as it is called, and what was seen in it."""

    name: str
    seen: Observation


@dataclass(frozen=True, slots=True)
class Explanation:
    """What would explain the residuals, and the variance that it leaves, to be set beside others."""

    reason: Reason
    variance: float


@dataclass(frozen=True, slots=True)
class Place:
    """A corner of a board: its id there, and its row and column, counted from 1."""

    id: int
    row: int
    column: int

    def __str__(self) -> str:
        return tr("{id} (row {row}, column {column})", id=self.id, row=self.row, column=self.column)


def place_of(target: Target, corner: int) -> Place:
    """corner: the number among the corners of all boards."""
    number = next(number for number in range(len(target.boards)) if corner < target.starts[number + 1])
    own = corner - target.starts[number]
    row, column = divmod(own, target.boards[number].corner_grid[0])
    return Place(own, row + 1, column + 1)
