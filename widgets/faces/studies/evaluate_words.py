"""An evaluation in rows and words: rates as powers of ten, shares in percent, intervals beside them."""

from __future__ import annotations

import math

from engines.core.pictures.files import in_short
from engines.core.words import tr, tr_count
from engines.faces.study_types import Evaluation, Interval, OpenSet
from widgets.charts.axes import SUPERSCRIPTS, figure, percent
from widgets.faces.words import DASH, interval
from widgets.kit.panel import Stat
from widgets.kit.words import DOT, seconds_words

TAR_HEADERS = ("FAR", "TAR", tr("95 % interval"), tr("Per person"))
TAR_TIPS = (
    tr("False-accept rate: share of pairs of different people taken for the same"),
    tr("True-accept rate: share of pairs of one person recognised as such, over all pairs"),
    tr("By bootstrap over people"),
    tr("The same with every person weighted equally"),
)
OPEN_HEADERS = ("FPIR", "TPIR", tr("95 % interval"), tr("Threshold"))
OPEN_TIPS = (
    tr("Share of strangers that are named"),
    tr("Share of the enrolled that are named, and named right"),
    tr("By bootstrap over people"),
    tr("Similarity at which that happens"),
)
CHOSEN_HEADERS = (tr("Rate chosen"), tr("Really named"), tr("95 % interval"), "")
CHOSEN_TIPS = (
    tr("How often a stranger may be named, as a user would choose it; the threshold follows from the gallery alone"),
    tr("Share of strangers that were named at that threshold"),
    tr("Of the share that was named"),
    tr("Whether the chosen rate lies within the interval"),
)


def power(key: str) -> str:
    """'1e-3' as a power of ten."""
    exponent = math.log10(float(key))
    whole = round(exponent)
    return (
        f"10{str(whole).translate(SUPERSCRIPTS)}" if math.isclose(exponent, whole, abs_tol=1e-9) else figure(float(key))
    )


def by_rate(keys: dict[str, float]) -> list[str]:
    """Keys from the most to the least frequent."""
    return sorted(keys, key=lambda key: -float(key))


def tar_rows(result: Evaluation) -> list[tuple[str, ...]]:
    return [
        (
            power(key),
            percent(result.tar[key], 2),
            interval(result.tar_interval.get(key), 1),
            percent(result.tar_per_person[key], 2) if key in result.tar_per_person else DASH,
        )
        for key in by_rate(result.tar)
    ]


def tpir_rows(result: OpenSet) -> list[tuple[str, ...]]:
    return [
        (
            percent(float(key)),
            percent(result.tpir[key], 2),
            interval(result.tpir_interval.get(key), 1),
            f"{result.threshold[key]:.3f}" if key in result.threshold else DASH,
        )
        for key in by_rate(result.tpir)
    ]


def chosen_rows(result: OpenSet) -> list[tuple[str, ...]]:
    """The rate a user would choose beside the share of strangers that really were named."""
    rows = []
    for key in sorted(result.chosen, key=lambda key: -float(key)):
        named, low, high = result.chosen[key]
        rows.append((percent(float(key)), percent(named), interval((low, high)), fit_words(float(key), (low, high))))
    return rows


def fit_words(rate: float, between: Interval) -> str:
    """Whether a chosen rate lies within the interval of what really happened."""
    if between[0] <= rate <= between[1]:
        return tr("fits")
    return tr("too many") if between[0] > rate else tr("too few")


def accuracy_stats(result: Evaluation) -> list[Stat]:
    stats = []
    if result.accuracy is not None:
        tip = tr("Balanced, of all folds' pairs pooled; the threshold of each fold from the others")
        stats.append(Stat(tr("Accuracy, pooled"), f"{100 * result.accuracy:.2f}", "%", tip=tip))
    if result.accuracy_interval is not None:
        words = interval(result.accuracy_interval, 1).removesuffix(" %")
        stats.append(Stat(tr("95 % interval"), words, "%", tip=tr("Of the pooled accuracy")))
    if result.accuracy_mean is not None:
        spread = f"{100 * result.accuracy_std:.2f}" if result.accuracy_std is not None else ""
        tip = tr(
            "Mean of the folds' own balanced accuracies, as papers give it. Spread: one standard deviation of folds"
        )
        stats.append(Stat(tr("Mean of folds"), f"{100 * result.accuracy_mean:.2f}", "%", spread, tip))
    return stats


def size_words(result: Evaluation) -> str:
    """'2,951 images of 1,265 people · 6,000 listed pairs · 2 images without a face · 142 s'."""
    people = tr("1 person") if result.people == 1 else tr("{people:,} people", people=result.people)
    listed = tr_count(result.pairs, "{n} listed pair", "{n:,} listed pairs") if result.pairs else ""
    missed = (
        tr_count(len(result.missed), "{n} picture without a face", "{n:,} pictures without a face")
        if result.missed
        else tr("no face missed")
    )
    parts = (
        tr_count(result.images, "{n} picture of {people}", "{n:,} pictures of {people}", people=people),
        listed,
        missed,
        in_short(result.left_out),
        seconds_words(result.seconds),
    )
    return DOT.join(part for part in parts if part)


def open_words(result: OpenSet) -> str:
    """'290 people enrolled, 1,951 probes, 640 strangers'."""
    people = tr("1 person") if result.people == 1 else tr("{people:,} people", people=result.people)
    return tr(
        "{people} enrolled, {probes}, {strangers}",
        people=people,
        probes=tr_count(result.probes, "{n} probe", "{n:,} probes"),
        strangers=tr_count(result.strangers, "{n} stranger", "{n:,} strangers"),
    )


def rank_stats(result: OpenSet) -> list[Stat]:
    return [Stat("Rank-1", f"{100 * result.rank1:.2f}", "%", tip=tr("Share of probes whose nearest person is right"))]


def fixed_words(result: OpenSet) -> str:
    """What the customary fixed threshold would have done."""
    if result.fixed is None:
        return ""
    return tr("The customary fixed threshold names {fixed} of the strangers here", fixed=percent(result.fixed))
