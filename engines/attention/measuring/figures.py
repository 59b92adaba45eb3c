"""The figures of a comparison as rows of a table, for CSV files that other tools read. No torch."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from engines.attention.measuring import costs
from engines.attention.types import CompareResult, Point
from engines.core.errors import BadInput
from engines.core.files import write_text
from engines.core.outputs import TABLE, check_file
from engines.core.words import tr

HEADER = (
    "kind", "length", "ms", "low_ms", "high_ms", "gflops", "roof_gflops", "extra_mib", "error", "grad_error",
    "taken_by_auto", "skipped", "batch", "heads", "dim", "dtype", "causal", "window", "backward", "device", "machine",
)  # fmt: skip


def rows(result: CompareResult) -> list[list[str]]:
    """A heading, then a row a point; what was not measured is empty."""
    return [list(HEADER), *(_row(result, point) for point in result.points)]


def write(result: CompareResult, path: str | Path) -> None:
    """A CSV file. Raises `BadInput` for another ending, and where a file of another kind stands."""
    if Path(path).suffix.lower() != ".csv":
        raise BadInput(tr("Figures are written as CSV"), path=path, hint="Name the file figures.csv")
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows(result))
    write_text(check_file(path, TABLE), text.getvalue())


def left_out(result: CompareResult) -> list[tuple[str, str, str]]:
    """Of each kind that was left out: its id, ' from 16,384' or '' where that is everywhere, and the reason."""
    told = []
    for kind in result.spec.kinds:
        points = [point for point in result.points if point.kind == kind]
        skipped = [point for point in points if point.skipped]
        if skipped:
            first, alike = skipped[0], len({point.skipped for point in skipped}) == 1
            where = "" if alike and len(skipped) == len(points) else tr(" from {length:,}", length=first.length)
            told.append((kind, where, first.skipped))
    return told


def _row(result: CompareResult, point: Point) -> list[str]:
    spec = result.spec
    roof = costs.roof(spec, point.length, result.ceiling)
    measured = (point.ms, point.low_ms, point.high_ms, point.gflops, roof, point.extra_mb, point.error)
    asked = (spec.batch, spec.heads, spec.dim, spec.dtype, spec.causal, spec.window or "", spec.backward, spec.device)
    auto = dict(result.auto).get(point.length) == point.kind
    return [
        point.kind, str(point.length), *map(_figure, (*measured, point.grad_error)), str(auto).lower(), point.skipped,
        *(str(value).lower() for value in asked), result.machine,
    ]  # fmt: skip


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
