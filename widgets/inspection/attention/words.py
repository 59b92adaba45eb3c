"""Attention on a picture in words: what the map shows, whose row it is, how spread each head is."""

from __future__ import annotations

import math

from engines.core.words import tr, tr_count
from engines.inspection.looks import AttentionLook, Map
from widgets.charts.axes import figure, percent
from widgets.kit.words import DOT

MAPS: tuple[tuple[Map, str], ...] = (
    ("mass", tr("Mass")),
    ("row", tr("Row")),
    ("entropy", tr("Entropy")),
    ("rollout", tr("Rollout")),
)
TIPS: dict[Map, str] = {
    "mass": tr("What each patch receives from all; 1 is an even share"),
    "row": tr("What the chosen patch takes from each"),
    "entropy": tr("How spread the row of each patch is"),
    "rollout": tr("What the chosen patch takes through all layers up to this one"),
}


def token_words(look: AttentionLook) -> str:
    """'row 3, column 5', or 'the class token'."""
    row, column = look.token
    return tr("the class token") if row < 0 else tr("row {row}, column {column}", row=row + 1, column=column + 1)


def title_words(look: AttentionLook) -> str:
    """What the map is of."""
    return {
        "mass": tr("Received by each patch"),
        "row": tr("Taken by {token_words}", token_words=token_words(look)),
        "entropy": tr("Entropy of the row of each patch"),
        "rollout": tr("Taken by {token_words} through all layers", token_words=token_words(look)),
    }[look.kind]


def value_words(kind: Map, value: float) -> str:
    """'1.3 times even', '12.3 %', '4.2 nats'."""
    if kind == "entropy":
        return f"{value:.2f} nats" if value else "0"
    if kind == "mass":
        return figure(value)
    return percent(value, 1) if value else "0 %"


def head_words(look: AttentionLook) -> list[str]:
    """Beside each head: its entropy in nats where that is shown, else the largest of its map."""
    if look.kind == "entropy":
        return [f"{float(value):.1f}" for value in look.entropy]
    tops = [float(one.max()) for one in look.heads]
    return [figure(top) if look.kind == "mass" else percent(top, 0) for top in tops]


def state_words(look: AttentionLook, head: int) -> str:
    """'layer 3 of 12, mean of 6 heads, 14x14 patches and a class token, 31 ms a picture'."""
    rows, columns = look.grid
    heads = len(look.heads)
    at = look.layers.index(look.seen.layer) + 1 if look.seen.layer in look.layers else 0
    which = (
        tr("head {head} of {heads}", head=head + 1, heads=heads)
        if 0 <= head < heads
        else tr_count(heads, "mean of {n} head", "mean of {n:,} heads")
    )
    more = tr_count(look.extra, " and {n} token before them", " and {n:,} tokens before them") if look.extra else ""
    place = (
        tr("layer {at} of {count}", at=at, count=len(look.layers))
        if at
        else tr("{count} layers", count=len(look.layers))
    )
    return DOT.join(
        (
            place,
            which,
            tr("{rows} x {columns} patches{more}", rows=rows, columns=columns, more=more),
            tr("{milliseconds:.0f} ms a picture", milliseconds=look.seen.milliseconds),
        )
    )


def spread_words(look: AttentionLook, head: int) -> str:
    """How spread the rows of a head, or of all, are."""
    values = [float(value) for value in look.entropy]
    tokens = look.grid[0] * look.grid[1] + look.extra
    if not values:
        return ""
    value = values[head] if 0 <= head < len(values) else sum(values) / len(values)
    most = math.log(tokens) if tokens > 1 else 1.0
    return tr(
        "Rows have an entropy of {value:.2f} nats, {share} of ln {tokens}: as spread as {alike:.3g} patches alike.",
        value=value,
        share=percent(value / most, 0),
        tokens=tokens,
        alike=math.exp(value),
    )
