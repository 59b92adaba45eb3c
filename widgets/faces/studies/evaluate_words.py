"""An evaluation in rows and words: rates as powers of ten, shares in percent, intervals beside them."""

from __future__ import annotations

import math

from engines.core.pictures.files import in_short
from engines.faces.study_types import Evaluation, Interval, OpenSet
from widgets.charts.axes import SUPERSCRIPTS, figure, percent
from widgets.faces.words import DASH, interval
from widgets.kit.panel import Stat
from widgets.kit.words import DOT, count, seconds_words

TAR_HEADERS = ("FAR", "TAR", "95 % interval", "Per person")
TAR_TIPS = (
    "False-accept rate: share of pairs of different people taken for the same",
    "True-accept rate: share of pairs of one person recognised as such, over all pairs",
    "By bootstrap over people",
    "The same with every person weighted equally",
)
OPEN_HEADERS = ("FPIR", "TPIR", "95 % interval", "Threshold")
OPEN_TIPS = (
    "Share of strangers that are named",
    "Share of the enrolled that are named, and named right",
    "By bootstrap over people",
    "Similarity at which that happens",
)
CHOSEN_HEADERS = ("Rate chosen", "Really named", "95 % interval", "")
CHOSEN_TIPS = (
    "How often a stranger may be named, as a user would choose it; the threshold follows from the gallery alone",
    "Share of strangers that were named at that threshold",
    "Of the share that was named",
    "Whether the chosen rate lies within the interval",
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
        return "fits"
    return "too many" if between[0] > rate else "too few"


def accuracy_stats(result: Evaluation) -> list[Stat]:
    stats = []
    if result.accuracy is not None:
        tip = "Balanced, of all folds' pairs pooled; the threshold of each fold from the others"
        stats.append(Stat("Accuracy, pooled", f"{100 * result.accuracy:.2f}", "%", tip=tip))
    if result.accuracy_interval is not None:
        words = interval(result.accuracy_interval, 1).removesuffix(" %")
        stats.append(Stat("95 % interval", words, "%", tip="Of the pooled accuracy"))
    if result.accuracy_mean is not None:
        spread = f"{100 * result.accuracy_std:.2f}" if result.accuracy_std is not None else ""
        tip = "Mean of the folds' own balanced accuracies, as papers give it. Spread: one standard deviation of folds"
        stats.append(Stat("Mean of folds", f"{100 * result.accuracy_mean:.2f}", "%", spread, tip))
    return stats


def size_words(result: Evaluation) -> str:
    """'2,951 images of 1,265 people · 6,000 listed pairs · 2 images without a face · 142 s'."""
    people = "1 person" if result.people == 1 else f"{result.people:,} people"
    listed = count(result.pairs, "listed pair") if result.pairs else ""
    missed = f"{count(len(result.missed), 'image')} without a face" if result.missed else "no face missed"
    parts = (
        f"{count(result.images, 'image')} of {people}",
        listed,
        missed,
        in_short(result.left_out),
        seconds_words(result.seconds),
    )
    return DOT.join(part for part in parts if part)


def open_words(result: OpenSet) -> str:
    """'290 people enrolled, 1,951 probes, 640 strangers'."""
    people = "1 person" if result.people == 1 else f"{result.people:,} people"
    return f"{people} enrolled, {count(result.probes, 'probe')}, {count(result.strangers, 'stranger')}"


def rank_stats(result: OpenSet) -> list[Stat]:
    return [Stat("Rank-1", f"{100 * result.rank1:.2f}", "%", tip="Share of probes whose nearest person is right")]


def fixed_words(result: OpenSet) -> str:
    """What the customary fixed threshold would have done."""
    if result.fixed is None:
        return ""
    return f"The customary fixed threshold names {percent(result.fixed)} of the strangers here"
