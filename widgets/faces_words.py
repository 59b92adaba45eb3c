"""Figures of recognition in words: shares in percent, rates as "1 in N", intervals, similarities, names of files."""

from __future__ import annotations

import math

from engines.faces.study_types import Interval
from widgets.file_names import file_name as file_name
from widgets.studio_axes import percent

DASH = "\u2013"
NEVER = 1e-12
"""Below this a share is not told from none."""


def one_in(rate: float) -> str:
    """'1 in 100', '1 in 12,000', '1 in 3 million'."""
    if rate <= NEVER:
        return "practically never"
    many = 1 / rate
    if many < 1.5:
        return "always"
    if many < 10:
        return f"1 in {many:.1f}".removesuffix(".0")
    digits = 1 - math.floor(math.log10(many))
    whole = round(many) if many < 1000 else round(many, digits)
    if whole >= 1e6:
        return f"1 in {whole / 1e6:,.3g} million"
    return f"1 in {whole:,.0f}"


def interval(pair: Interval | None, decimals: int = -1) -> str:
    """'0.8–1.3 %', or a dash."""
    if pair is None:
        return DASH
    low, high = (percent(value, decimals) for value in pair)
    return f"{low.removesuffix(' %')}{DASH}{high}"


def similarity(value: float | None) -> str:
    """A cosine with three digits: '0.412', or a dash."""
    return DASH if value is None or not math.isfinite(value) else f"{value:.3f}"
