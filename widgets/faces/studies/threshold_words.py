"""Operating points in rows and words; and where a rate stands on a curve that was computed for others."""

from __future__ import annotations

import math

from engines.core.words import tr, tr_count
from engines.faces.study_types import OperatingPoint, ThresholdReport
from widgets.charts.axes import percent
from widgets.charts.band import value_at
from widgets.faces.studies.threshold_cases import misnamed
from widgets.faces.words import DASH, interval, many_words, one_in, similarity
from widgets.kit.words import DOT

HEADERS = (tr("Strangers"), tr("Threshold"), tr("Missed"), tr("Strangers, 95 %"), tr("Misnamed"))
TIPS = (
    tr("How often somebody who is not in the gallery may get a name"),
    tr("Cosine similarity from which on a face gets a name"),
    tr("Share of the enrolled that would get no name"),
    tr("Share of strangers named: 95 % interval of the estimate"),
    tr("Share of the enrolled that would get another's name"),
)


def same_rate(first: float, second: float) -> bool:
    return math.isclose(first, second, rel_tol=1e-6)


def shown_points(report: ThresholdReport, rate: float) -> tuple[tuple[OperatingPoint, ...], int]:
    """The operating points with the one of `rate` among them, and its place."""
    chosen = point_at(report, rate)
    points = [point for point in report.points if not same_rate(point.rate, chosen.rate)]
    points = sorted([*points, chosen], key=lambda point: -point.rate)
    return tuple(points), points.index(chosen)


def point_at(report: ThresholdReport, rate: float) -> OperatingPoint:
    """The computed point of a rate; while there is none, it is read off the curve."""
    for point in (report.chosen, *report.points):
        if same_rate(point.rate, rate):
            return point
    return _read_off(report, rate) or report.chosen


def _read_off(report: ThresholdReport, rate: float) -> OperatingPoint | None:
    """Between two thresholds the logarithm of the share of strangers goes in a straight line."""
    rising = [(-math.log(share), t) for t, share in zip(report.thresholds, report.strangers, strict=True) if share > 0]
    threshold = value_at([share for share, _t in rising], [t for _share, t in rising], -math.log(rate))
    if threshold is None:
        return None
    low, high = (value_at(report.thresholds, ends, threshold) for ends in (report.low, report.high))
    between = (low, high) if low is not None and high is not None else (rate, rate)
    missed = value_at(report.thresholds, report.missed, threshold) if report.missed else None
    return OperatingPoint(rate, threshold, rate, between, missed)


def chosen_words(point: OperatingPoint) -> str:
    """'Threshold 0.516 names 1 stranger in 100 (95 % interval 0.6 to 1.7 %)'."""
    many = many_words(point.rate)
    between = interval(point.strangers_interval)
    return tr(
        "Threshold {similarity} names 1 stranger in {many} (95 % interval {between})",
        similarity=similarity(point.threshold),
        many=many,
        between=between,
    )


def cost_words(point: OperatingPoint) -> str:
    """'3.9 % of the enrolled missed · 0.1 % given another's name', or why that is not known."""
    if point.missed is None:
        return tr("How many of the enrolled it misses cannot be told: nobody has two faces")
    missed = tr("{missed} of the enrolled missed", missed=percent(point.missed))
    if point.missed_interval is not None:
        missed += f" ({interval(point.missed_interval)})"
    wrong = (
        tr("{named_wrong} given another's name", named_wrong=percent(point.named_wrong))
        if point.named_wrong is not None
        else ""
    )
    return DOT.join(part for part in (missed, wrong) if part)


def basis_words(report: ThresholdReport) -> str:
    return tr_count(
        report.faces,
        "Rests on {basis} · {n} face",
        "Rests on {basis} · {n:,} faces",
        basis=report.basis or tr("this gallery"),
    )


def found_words(report: ThresholdReport) -> str:
    """What the self-check found at the chosen threshold."""
    wrong = sum(misnamed(case, report.chosen.threshold) for case in report.cases)
    unnamed = len(report.cases) - wrong
    parts = [
        tr_count(wrong, "{n} face misnamed", "{n:,} faces misnamed") * bool(wrong),
        tr_count(unnamed, "{n} face unnamed", "{n:,} faces unnamed") * bool(unnamed),
    ]
    return tr(
        "Self-check: {parts}", parts=", ".join(part for part in parts if part) or tr("every face finds its own person")
    )


def point_row(point: OperatingPoint) -> tuple[str, ...]:
    missed = DASH if point.missed is None else percent(point.missed)
    wrong = DASH if point.named_wrong is None else percent(point.named_wrong)
    return one_in(point.rate), similarity(point.threshold), missed, interval(point.strangers_interval), wrong
