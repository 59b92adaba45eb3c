"""A share of strangers in words: what a similarity means, without a guess at how likely it was beforehand."""

from __future__ import annotations

import math

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


def alike_words(share: float) -> str:
    """'1 stranger in 12,000 looks this alike'."""
    words = one_in(share)
    if not words.startswith("1 in"):
        return "any stranger looks this alike" if words == "always" else "hardly any stranger looks this alike"
    return f"1 stranger in {words.removeprefix('1 in ')} looks this alike"
