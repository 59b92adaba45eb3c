"""Figures of recognition in words: shares in percent, rates as "1 in N", intervals, similarities, names of files."""

from __future__ import annotations

import math

from engines.faces.scores.words import alike_words as alike_words
from engines.faces.scores.words import many_words as many_words
from engines.faces.scores.words import one_in as one_in
from engines.faces.study_types import Interval
from widgets.charts.axes import percent
from widgets.kit.words import file_name as file_name

DASH = "\u2013"


def interval(pair: Interval | None, decimals: int = -1) -> str:
    """'0.8–1.3 %', or a dash."""
    if pair is None:
        return DASH
    low, high = (percent(value, decimals) for value in pair)
    return f"{low.removesuffix(' %')}{DASH}{high}"


def similarity(value: float | None) -> str:
    """A cosine with three digits: '0.412', or a dash."""
    return DASH if value is None or not math.isfinite(value) else f"{value:.3f}"
