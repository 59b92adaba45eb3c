"""Words of the comparison page: who is the fastest, what was asked, what was left out, and the rows of the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from engines.attention.measuring import figures
from engines.attention.types import KINDS, CompareResult, CompareSpec, Point
from engines.core.words import all_of, tr, tr_count
from widgets.charts.axes import figure
from widgets.kit.words import DASH, DOT

TITLES = {kind.id: kind.title for kind in KINDS}
EXACT = {kind.id for kind in KINDS if kind.exact}
COLOURS = 8
LEAST_GAIN = 1.1
"""Times that a kind must be faster for a heading to tell it."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a chart and the table show. field: of a `Point`; axis: its title with the unit; tip: of its tab."""

    id: str
    title: str
    field: str
    axis: str
    tip: str


MEASURES = (
    Measure("time", tr("Time"), "ms", tr("Time of a call (ms)"), tr("Median of all turns; the band holds the middle "
"half of them")),
    Measure(
        "speed", tr("Throughput"), "gflops", tr("Products of exact attention (GFLOP/s)"),
        tr("As if every kind did what exact attention does, beside what this machine allows"),
    ),
    Measure(
        "memory", tr("Memory"), "extra_mb", tr("Extra memory (MiB)"),
        tr("The highest use in a process of its own, beyond inputs and outputs"),
    ),
    Measure(
        "error", tr("Error"), "error", tr("Error beside exact attention in float64"),
        tr("The largest, over the largest value; kinds that compute something else are far off"),
    ),
    Measure(
        "gradient", tr("Gradient error"), "grad_error", tr("Error of the gradients beside float64"),
        tr("The largest of q, k and v, over the largest value"),
    ),
)  # fmt: skip


def places(kinds: Sequence[str]) -> dict[str, int]:
    """Of the colours of kinds beside one another: each its own wherever it is free, so that a kind looks the same in
    nearly every comparison and no two look alike while there are colours."""
    known, taken = list(TITLES), dict[str, int]()
    for kind in kinds:
        own = known.index(kind) % COLOURS
        free = [(own + step) % COLOURS for step in range(COLOURS) if (own + step) % COLOURS not in taken.values()]
        taken[kind] = free[0] if free else len(taken)
    return taken


def value(point: Point, measure: Measure) -> float | None:
    return getattr(point, measure.field)


def nothing(result: CompareResult | None, measure: Measure) -> str:
    """Why there is no curve."""
    if result is None:
        return tr("Measuring the first length")
    if measure.field == "grad_error" and not result.spec.backward:
        return tr("Gradients are measured when \u201cWith gradients\u201d is on")
    return tr("Memory is measured last") if measure.field == "extra_mb" else tr("No kind could be measured")


def lengths(result: CompareResult) -> list[int]:
    """Those that were measured so far, ascending."""
    return sorted({point.length for point in result.points})


def fastest(result: CompareResult, kinds: Collection[str]) -> dict[int, Point]:
    """The point of least time among these kinds, by length."""
    found: dict[int, Point] = {}
    for point in sorted((one for one in result.points if one.ms and one.kind in kinds), key=lambda one: one.ms or 0):
        found.setdefault(point.length, point)
    return dict(sorted(found.items()))


def winners(result: CompareResult) -> str:
    """'SDPA is the fastest exact kind at 4 of 6 lengths; Decay is 5.1 times faster at 4,096'; of one that has no rival
    the time."""
    exact, every = fastest(result, EXACT), fastest(result, TITLES)
    best = exact or every
    if not best:
        return tr("Nothing could be measured")
    if len({one.kind for one in result.points if one.ms and one.kind in (EXACT if exact else TITLES)}) == 1:
        last = best[max(best)]
        return tr(
            "{titles} takes {ms} ms at {length:,}{beaten}",
            titles=TITLES[last.kind],
            ms=figure(last.ms or 0),
            length=last.length,
            beaten=_beaten(exact, every),
        )
    ((first, times), *_others) = Counter(one.kind for one in best.values()).most_common(1)
    where = (
        tr("at every length")
        if times == len(best)
        else tr_count(len(best), "at {times} of {n} length", "at {times} of {n:,} lengths", times=times)
    )
    told = {"kind": TITLES[first], "where": where, "beaten": _beaten(exact, every)}
    if exact:
        return tr("{kind} is the fastest exact kind {where}{beaten}", **told)
    return tr("{kind} is the fastest {where}{beaten}", **told)


def _beaten(exact: Mapping[int, Point], every: Mapping[int, Point]) -> str:
    """What another kind than an exact one gains at the longest length, beside the fastest exact one there."""
    longest = max(exact, default=0)
    one, other = exact.get(longest), every.get(longest)
    if one is None or other is None or one == other or not one.ms or not other.ms:
        return ""
    gain = one.ms / other.ms
    times = f"{gain:.0f}" if gain >= 10 else f"{gain:.2g}"
    return (
        ""
        if gain < LEAST_GAIN
        else tr(
            "; {titles} is {times} times faster at {longest:,}", titles=TITLES[other.kind], times=times, longest=longest
        )
    )


def asked_words(spec: CompareSpec) -> str:
    """What was asked of every kind, in short."""
    heads = f"{spec.batch} \u00d7 " * (spec.batch > 1) + tr("{heads} heads of {dim}", heads=spec.heads, dim=spec.dim)
    seen = ["causal"] * spec.causal + ([tr("window {window:,}", window=spec.window)] if spec.window is not None else [])
    work = tr("forward and backward") if spec.backward else tr("forward")
    return ", ".join([heads, spec.dtype, *seen, work])


def machine_words(result: CompareResult) -> str:
    """The ceilings of this machine, and what it is."""
    top = result.ceiling
    measured_ = (
        tr(
            "products {gflops} GFLOP/s \u00b7 copies {gbytes} GB/s",
            gflops=figure(top.gflops),
            gbytes=figure(top.gbytes),
        )
        if top.gflops
        else ""
    )
    return DOT.join(part for part in (measured_, result.machine) if part)


def left_out(result: CompareResult) -> list[str]:
    """A sentence a kind: 'Naive from 16,384: it would hold a matrix of 8.0 GiB'."""
    return [f"{TITLES[kind]}{where}: {reason}" for kind, where, reason in figures.left_out(result)]


def remarks(result: CompareResult) -> str:
    """What was left out, and what else the user should know: a kernel that failed, `auto` not asked."""
    skipped = left_out(result)
    said = [tr("Left out. {skipped}", skipped="; ".join(skipped))] if skipped else []
    return "\n".join([*said, *result.notes])


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
    others = {TITLES.get(kind, kind) for _, kind in result.auto if kind not in result.spec.kinds}
    more = tr("; elsewhere {others}", others=all_of(sorted(others))) if others else ""
    return tr("Ringed and bold: what auto takes{more}", more=more) if result.auto else ""


def _cell(point: Point | None, measure: Measure) -> str:
    found = None if point is None else value(point, measure)
    return DASH if found is None else figure(found)


def _tip(point: Point, auto: dict[int, str]) -> str:
    if point.ms is None or point.low_ms is None or point.high_ms is None:
        return tr("Left out: {skipped}", skipped=point.skipped)
    spread = tr(
        "{ms} ms, half of the turns within {low_ms} to {high_ms}",
        ms=figure(point.ms),
        low_ms=figure(point.low_ms),
        high_ms=figure(point.high_ms),
    )
    return spread + (tr("\nauto takes it") if auto.get(point.length) == point.kind else "")
