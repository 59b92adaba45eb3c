"""What jobs of receptive fields are asked and give, free of torch."""

from __future__ import annotations

from dataclasses import dataclass

from engines.inspection.types import FieldRow, OpenSpec


@dataclass(frozen=True, slots=True)
class FieldTable:
    """Job `engines.inspection.field.table:run` of an `OpenSpec`: a row a layer, in order of execution. input: height
    and width of the picture. grids: (rows, columns) of each layer's map."""

    spec: OpenSpec = OpenSpec()
    input: tuple[int, int] = (0, 0)
    rows: tuple[FieldRow, ...] = ()
    grids: tuple[tuple[int, int], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """Job `engines.inspection.field.checking:run`. unit: (row, column), (-1, -1) for the middle."""

    model: OpenSpec = OpenSpec()
    layer: str = ""
    unit: tuple[int, int] = (-1, -1)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A unit's exact field beside the support of its gradient. ours, gradients: pixels that each sees; differing: those
    that one alone sees. note: why the exact field is not exact here, "" where it is."""

    layer: str
    unit: tuple[int, int]
    agrees: bool
    ours: int
    gradients: int
    differing: int
    note: str = ""
