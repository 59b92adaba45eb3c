"""The corners of one view as rows: residual, weight in the robust fit, and what stands out, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engines.calibration.types import MonoResult, Point, ViewResult
from engines.core.boards import Board
from engines.core.words import tr
from widgets.calibration.pages.state import corner_name
from widgets.calibration.state import pixels

FULL_WEIGHT = 0.995


@dataclass(frozen=True, slots=True)
class CornerRow:
    """One corner. error: of the model from the found place in pixels, (dx, dy); nan where nothing is solved."""

    number: int
    found: Point
    error: Point
    weight: float = 1.0
    suspect: bool = False
    dropped: bool = False

    @property
    def residual(self) -> float:
        return math.hypot(*self.error)


def corner_rows(view: ViewResult, dropped: Sequence[str] = ()) -> tuple[CornerRow, ...]:
    """Every found corner of a view in its order. dropped: names of corners that are left out from now on."""
    weights = dict(zip(view.ids, view.weights, strict=False))
    model = view.projected or ((math.nan, math.nan),) * len(view.corners)
    return tuple(
        CornerRow(
            number,
            (x, y),
            (u - x, v - y),
            weights.get(number, 1.0),
            number in view.suspects,
            number in view.dropped or corner_name(view.name, number) in dropped,
        )
        for number, (x, y), (u, v) in zip(view.ids, view.corners, model, strict=True)
    )


def board_of(view: ViewResult, result: MonoResult) -> Board | None:
    return result.boards[view.board] if view.board < len(result.boards) else None


def place_words(number: int, board: Board | None) -> str:
    """'corner 23, row 4 column 3'; rows and columns from 1."""
    if board is None:
        return tr("corner {number}", number=number)
    row, column = divmod(number, board.corner_grid[0])
    return tr("corner {number}, row {row} column {column}", number=number, row=row + 1, column=column + 1)


def mark_words(row: CornerRow, board: Board | None) -> str:
    """What stands beside a marked corner: 'corner 23, row 4 column 3: 17.2 px'."""
    return f"{place_words(row.number, board)}: {residual_words(row)}"


def residual_words(row: CornerRow) -> str:
    return f"{residual_figure(row)} px" if math.isfinite(row.residual) else residual_figure(row)


def residual_figure(row: CornerRow) -> str:
    """In pixels, without the unit."""
    if not math.isfinite(row.residual):
        return tr("not solved")
    return f"{row.residual:.1f}" if row.residual >= 1 else pixels(row.residual)


def weight_words(row: CornerRow) -> str:
    """How much it counted, in words."""
    if row.dropped:
        return tr("left out on demand")
    if row.suspect:
        return tr("probably wrong \u00b7 it counted {weight} %", weight=round(100 * row.weight))
    if row.weight >= FULL_WEIGHT:
        return tr("counted in full")
    return tr("counted {weight} %, because it fits less well than the others", weight=round(100 * row.weight))


def worst_first(rows: Sequence[CornerRow]) -> tuple[CornerRow, ...]:
    """Suspects first, then by residual; what has none last."""
    return tuple(sorted(rows, key=lambda row: (not row.suspect, -_size(row), row.number)))


def _size(row: CornerRow) -> float:
    return row.residual if math.isfinite(row.residual) else -1.0
