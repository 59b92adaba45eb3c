"""Words and table rows of evaluations."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engines.actions.study_types import Evaluation, TradeOff
from engines.core.words import tr, tr_count
from widgets.actions.state import EvaluateView
from widgets.charts.axes import figure, percent
from widgets.charts.big_figures import UNKNOWN
from widgets.kit.results import Stat
from widgets.kit.words import DASH, DOT

HEADERS = (
    tr("Model"),
    "mAP",
    "mcAP",
    tr("Starts"),
    tr("Segments"),
    tr("Ahead .5 s"),
    tr("Ahead 1 s"),
    tr("Chance"),
    tr("One chunk"),
)
TIPS = (
    tr("A model or a score file, as it was named"),
    tr("Mean average precision over the frames, mean over the actions that were learned and occur"),
    tr("Mean calibrated average precision: as if every action were as frequent as its absence"),
    tr("Point-level average precision of the starts of actions, mean over actions and tolerances"),
    tr("Mean average precision of whole segments, mean over temporal IoU .3 to .7"),
    tr("mAP of what it said half a second ahead"),
    tr("mAP of what it said a second ahead"),
    tr("mAP of scores that say nothing"),
    tr("mAP of a logistic regression that sees one chunk at a time"),
)
SPACE = "\u2009"
NEAR = 1e-6


def known(value: float | None) -> float | None:
    """A measured figure; None where there is none."""
    return value if value is not None and math.isfinite(value) else None


def share(value: float | None, decimals: int = 1) -> str:
    """'98.8 %', or a dash."""
    found = known(value)
    return DASH if found is None else percent(found, decimals)


def ahead_at(result: Evaluation, seconds: float) -> float | None:
    return next((value for at, value in result.ahead if abs(at - seconds) < NEAR), None)


def start_ap(result: Evaluation) -> float | None:
    """Mean over the tolerances."""
    values = [value for _, value in result.starts]
    return sum(values) / len(values) if values else None


def model_row(result: Evaluation) -> tuple[str, ...]:
    """One line of the table."""
    figures = (
        result.map,
        result.mcap,
        start_ap(result),
        result.segment_map,
        ahead_at(result, 0.5),
        ahead_at(result, 1.0),
        result.chance,
        result.one_frame,
    )
    return (result.name, *(share(value) for value in figures))


def result_stats(result: Evaluation) -> tuple[Stat, ...]:
    """The selected model's figures, the most important first; what was not measured says so."""
    _name, frames, calibrated, starts, segments, _half, _second, chance, one_chunk = TIPS
    named = (
        (tr_count(len(result.averaged), "mAP of {n} action", "mAP of {n:,} actions"), result.map, frames),
        (tr("mcAP, calibrated"), result.mcap, calibrated),
        (tr("Starts"), start_ap(result), tr("{tip}: {tolerances}", tip=starts, tolerances=tolerances(result))),
        (tr("Segments"), result.segment_map, segments),
        (tr("Chance"), result.chance, chance),
    )
    alone = (tr("One chunk alone"), result.one_frame, one_chunk)
    return tuple(_stat(*one) for one in (*named, *([alone] if known(result.one_frame) is not None else [])))


def tolerances(result: Evaluation) -> str:
    """'0.2 to 2 s', or that none was tried."""
    if not result.starts:
        return UNKNOWN
    first, last = result.starts[0][0], result.starts[-1][0]
    return f"{figure(first)} s" if first == last else tr("{first} to {last} s", first=figure(first), last=figure(last))


def _stat(label: str, value: float | None, tip: str) -> Stat:
    found = known(value)
    if found is None:
        return Stat(label, UNKNOWN, "", "", tip)
    return Stat(label, percent(found, 1).removesuffix(" %"), "%", "", tip)


def size_words(result: Evaluation) -> str:
    """'TRN both \u00b7 180 labelled frames \u00b7 6 actions'."""
    actions = sum(value is not None for value in result.ap.values())
    whole = len(result.ap)
    words = (
        tr("{some} of {count} actions", some=actions, count=whole)
        if actions < whole
        else tr_count(actions, "{n} action", "{n:,} actions")
    )
    return DOT.join((tr_count(result.frames, "{n} labelled frame", "{n:,} labelled frames"), words))


def state_words(view: EvaluateView) -> str:
    if view.busy is not None:
        return tr("Measuring")
    if not view.results:
        return ""
    return tr_count(len(view.results), "{n} model on the same labels", "{n:,} models on the same labels")


def threshold_words(trade: TradeOff, index: int) -> str:
    """'At 0.50: 92 % of events right, 88 % found, 0.4 false alarms a minute, 0.3 s late'."""
    found = trade.recall[index] > 0
    alarms = trade.false_alarms[index]
    none = not found and not alarms
    right = (
        tr("no event is called")
        if none
        else tr("{precision} of events right", precision=percent(trade.precision[index], 0))
    )
    parts = (
        tr("{right}, {recall} found", right=right, recall=percent(trade.recall[index], 0)),
        alarm_words(alarms),
        delay_words(trade.delay[index]),
    )
    return tr(
        "At {thresholds:.2f}: {parts}",
        thresholds=trade.thresholds[index],
        parts=", ".join(part for part in parts if part),
    )


def alarm_words(alarms: float) -> str:
    """'0.4 false alarms a minute', 'no false alarm'."""
    if alarms <= 0:
        return tr("no false alarm")
    words = f"{alarms:.1f}" if alarms >= 0.05 else tr("under 0.1")
    return (
        tr("{number} false alarm a minute", number=words)
        if words == "1.0"
        else tr("{number} false alarms a minute", number=words)
    )


def delay_words(delay: float | None) -> str:
    """'0.3 s late', '0.1 s early', 'on time', or nothing where none was found."""
    seconds = known(delay)
    if seconds is None:
        return ""
    if abs(seconds) < 0.005:
        return tr("on time")
    return tr("{time:.2f} s late", time=seconds) if seconds > 0 else tr("{time:.2f} s early", time=-seconds)


def nearest(values: Sequence[float], wanted: float) -> int:
    """Index of the value that is nearest."""
    return min(range(len(values)), key=lambda index: abs(values[index] - wanted))
