"""A share of strangers in words: what a similarity means, without a guess at how likely it was beforehand."""

from __future__ import annotations

import math

from engines.core.words import tr

NEVER = 1e-12
"""Below this a share is not told from none."""


def one_in(rate: float) -> str:
    """'1 in 100', '1 in 12,000', '1 in 3 million'."""
    if rate <= NEVER:
        return tr("practically never")
    many = many_words(rate)
    return tr("1 in {many}", many=many) if many else tr("always")


def alike_words(share: float) -> str:
    """'1 stranger in 12,000 looks this alike'."""
    many = many_words(share)
    if many:
        return tr("1 stranger in {many} looks this alike", many=many)
    return tr("any stranger looks this alike") if share > NEVER else tr("hardly any stranger looks this alike")


def many_words(rate: float) -> str:
    """'100', '12,000', '3 million': how many strangers there are to the one; "" where it is none or all of them."""
    if rate <= NEVER or 1 / rate < 1.5:
        return ""
    many = 1 / rate
    if many < 10:
        return f"{many:.1f}".removesuffix(".0")
    digits = 1 - math.floor(math.log10(many))
    whole = round(many) if many < 1000 else round(many, digits)
    return tr("{millions:,.3g} million", millions=whole / 1e6) if whole >= 1e6 else f"{whole:,.0f}"
