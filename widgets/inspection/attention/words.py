"""Attention on a picture in words: what the map shows, whose row it is, how spread each head is."""

from __future__ import annotations

import math

from engines.inspection.looks import AttentionLook, Map
from widgets.charts.axes import figure, percent
from widgets.kit.words import DOT, count

MAPS: tuple[tuple[Map, str], ...] = (("mass", "Mass"), ("row", "Row"), ("entropy", "Entropy"), ("rollout", "Rollout"))
TIPS: dict[Map, str] = {
    "mass": "What each patch receives from all; 1 is an even share",
    "row": "What the chosen patch takes from each",
    "entropy": "How spread the row of each patch is",
    "rollout": "What the chosen patch takes through all layers up to this one",
}


def token_words(look: AttentionLook) -> str:
    """'row 3, column 5', or 'the class token'."""
    row, column = look.token
    return "the class token" if row < 0 else f"row {row + 1}, column {column + 1}"


def title_words(look: AttentionLook) -> str:
    """What the map is of."""
    return {
        "mass": "Received by each patch",
        "row": f"Taken by {token_words(look)}",
        "entropy": "Entropy of the row of each patch",
        "rollout": f"Taken by {token_words(look)} through all layers",
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
    which = f"head {head + 1} of {heads}" if 0 <= head < heads else f"mean of {count(heads, 'head')}"
    more = f" and {count(look.extra, 'token')} before them" if look.extra else ""
    place = f"layer {at} of {len(look.layers)}" if at else f"{len(look.layers)} layers"
    return DOT.join((place, which, f"{rows} x {columns} patches{more}", f"{look.seen.milliseconds:.0f} ms a picture"))


def spread_words(look: AttentionLook, head: int) -> str:
    """How spread the rows of a head, or of all, are."""
    values = [float(value) for value in look.entropy]
    tokens = look.grid[0] * look.grid[1] + look.extra
    if not values:
        return ""
    value = values[head] if 0 <= head < len(values) else sum(values) / len(values)
    most = math.log(tokens) if tokens > 1 else 1.0
    return (
        f"Rows have an entropy of {value:.2f} nats, {percent(value / most, 0)} of ln {tokens}: "
        f"as spread as {math.exp(value):.3g} patches alike."
    )
