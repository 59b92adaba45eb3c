"""Words of the comparison page: who is the fastest, what was asked, what was left out, and the rows of the table."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from engines.attention.types import KINDS, CompareResult, CompareSpec, Point
from widgets.charts.axes import figure
from widgets.kit.words import DASH, DOT

TITLES = {kind.id: kind.title for kind in KINDS}
PLACES = {kind.id: place for place, kind in enumerate(KINDS)}
"""Of the colours: a kind looks the same in every comparison."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a chart and the table show. field: of a `Point`; axis: its title with the unit; tip: of its tab."""

    id: str
    title: str
    field: str
    axis: str
    tip: str


MEASURES = (
    Measure("time", "Time", "ms", "Time of a call (ms)", "Median of all turns; the band holds the middle half of them"),
    Measure(
        "speed", "Throughput", "gflops", "Products of exact attention (GFLOP/s)",
        "As if every kind did what exact attention does, beside what this machine allows",
    ),
    Measure(
        "memory", "Memory", "extra_mb", "Extra memory (MiB)",
        "The highest use in a process of its own, beyond inputs and outputs",
    ),
    Measure(
        "error", "Error", "error", "Error beside exact attention in float64",
        "The largest, over the largest value; kinds that compute something else are far off",
    ),
    Measure(
        "gradient", "Gradient error", "grad_error", "Error of the gradients beside float64",
        "The largest of q, k and v, over the largest value",
    ),
)  # fmt: skip


def value(point: Point, measure: Measure) -> float | None:
    return getattr(point, measure.field)


def measured(result: CompareResult) -> list[Measure]:
    """Those that there are figures of; time and throughput always."""
    return [one for one in MEASURES[:2]] + [
        one for one in MEASURES[2:] if any(value(point, one) is not None for point in result.points)
    ]


def lengths(result: CompareResult) -> list[int]:
    """Those that were measured so far, ascending."""
    return sorted({point.length for point in result.points})


def fastest(result: CompareResult) -> list[tuple[int, str]]:
    """The kind of least time at each length."""
    times = {length: [] for length in lengths(result)}  # type: dict[int, list[tuple[float, str]]]
    for point in result.points:
        if point.ms is not None:
            times[point.length].append((point.ms, point.kind))
    return [(length, min(found)[1]) for length, found in times.items() if found]


def winners(result: CompareResult) -> str:
    """'SDPA is the fastest up to 512, Strips from 1,024'."""
    runs = [(kind, [length for length, _ in run]) for kind, run in groupby(fastest(result), lambda each: each[1])]
    if not runs:
        return "Nothing could be measured"
    if len(runs) == 1:
        return f"{TITLES[runs[0][0]]} is the fastest at every length"
    (first, reach), *later = runs
    head = f"{TITLES[first]} is the fastest up to {reach[-1]:,}"
    return ", ".join([head, *(f"{TITLES[kind]} from {reach[0]:,}" for kind, reach in later)])


def asked_words(spec: CompareSpec) -> str:
    """What was asked of every kind, in short."""
    heads = f"{spec.batch} \u00d7 " * (spec.batch > 1) + f"{spec.heads} heads of {spec.dim}"
    seen = ["causal"] * spec.causal + ([f"window {spec.window:,}"] if spec.window is not None else [])
    work = "forward and backward" if spec.backward else "forward"
    return ", ".join([heads, spec.dtype, *seen, work])


def machine_words(result: CompareResult) -> str:
    """The machine and its ceilings."""
    top = result.ceiling
    measured_ = f"products {figure(top.gflops)} GFLOP/s{DOT}copies {figure(top.gbytes)} GB/s" if top.gflops else ""
    return DOT.join(part for part in (result.machine, measured_) if part)


def left_out(result: CompareResult) -> list[str]:
    """A sentence a kind and reason: 'Naive from 16,384: it would hold a matrix of 8.0 GiB'."""
    told = []
    for kind in result.spec.kinds:
        skipped = [point for point in result.points if point.kind == kind and point.skipped]
        if skipped:
            first, reasons = skipped[0], {point.skipped for point in skipped}
            every = len(skipped) == len([point for point in result.points if point.kind == kind])
            where = "" if every and len(reasons) == 1 else f" from {first.length:,}"
            told.append(f"{TITLES[kind]}{where}: {first.skipped}")
    return told


def table_rows(result: CompareResult, measure: Measure) -> list[tuple[str, ...]]:
    """A row a kind, a column a length."""
    found = {(point.kind, point.length): point for point in result.points}
    return [
        (TITLES[kind], *(_cell(found.get((kind, length)), measure) for length in lengths(result)))
        for kind in result.spec.kinds
    ]


def table_tips(result: CompareResult) -> dict[tuple[int, int], str]:
    """What the cells say, by row and column: why there is no figure, or the spread of its time."""
    columns = {length: 1 + place for place, length in enumerate(lengths(result))}
    rows = {kind: row for row, kind in enumerate(result.spec.kinds)}
    return {(rows[one.kind], columns[one.length]): _tip(one, dict(result.auto)) for one in result.points}


def taken(result: CompareResult) -> frozenset[tuple[int, int]]:
    """Cells of the kernel that `auto` takes, by row and column."""
    auto, kinds = dict(result.auto), result.spec.kinds
    places = enumerate(lengths(result), 1)
    return frozenset((kinds.index(auto[n]), column) for column, n in places if auto.get(n) in kinds)


def auto_words(result: CompareResult) -> str:
    """'Ringed and bold: what auto takes'; and where that is none of the kinds shown."""
    others = {TITLES[kind] for _, kind in result.auto if kind not in result.spec.kinds}
    more = f"; elsewhere {' and '.join(sorted(others))}" if others else ""
    return f"Ringed and bold: what auto takes{more}" if result.auto else ""


def _cell(point: Point | None, measure: Measure) -> str:
    found = None if point is None else value(point, measure)
    return DASH if found is None else figure(found)


def _tip(point: Point, auto: dict[int, str]) -> str:
    if point.ms is None or point.low_ms is None or point.high_ms is None:
        return f"Left out: {point.skipped}"
    spread = f"{figure(point.ms)} ms, half of the turns within {figure(point.low_ms)} to {figure(point.high_ms)}"
    return spread + ("\nauto takes it" if auto.get(point.length) == point.kind else "")
