"""What a step of the tiled algorithm does, in sentences."""

from __future__ import annotations

import numpy as np

from engines.attention.watching.back_tiling import BackStep, BackTrace
from engines.attention.watching.tiling import Span, Step, Trace
from engines.core.words import tr, tr_count
from widgets.charts.axes import figure, percent

BEGIN = tr(
    "Nothing is summed yet. Every row of queries keeps a maximum m, a sum l and an accumulator acc; "
    "keys come tile by tile, and the scores of a tile are thrown away once they are summed."
)
DONE = tr("Every row has seen all its keys: acc / l is the softmax attention, and no N \u00d7 N matrix was kept.")


BACK_BEGIN = tr(
    "Of the forward pass each row has kept its log-sum-exp and its output. From the gradient dO comes \u0394, the sum "
    "of dO \u00b7 O over a row; the weights are computed anew, tile by tile."
)
BACK_DONE = tr("All three gradients are whole.")


def step_words(trace: Trace | BackTrace, at: int) -> str:
    """What step `at` does; -1: before the first."""
    words = _forward_words(trace, at) if isinstance(trace, Trace) else _back_words(trace, at)
    return words.replace("-", "\u2212")


def _forward_words(trace: Trace, at: int) -> str:
    if at < 0:
        return BEGIN
    step = trace.steps[at]
    tile = tr(
        "Tile {tile} of rows {rows}, keys {keys}",
        tile=step.keys[0] // trace.key_tile + 1,
        rows=span(step.rows),
        keys=span(step.keys),
    )
    if step.skipped:
        return tr("{tile}: skipped. {why_hidden}", tile=tile, why_hidden=_why_hidden(trace, step))
    before = trace.steps[at - 1] if at and trace.steps[at - 1].rows == step.rows else None
    return f"{tile}: {_rise(step, before)} {_finished(trace, at)}".rstrip()


def _back_words(trace: BackTrace, at: int) -> str:
    if at < 0:
        return BACK_BEGIN
    step = trace.steps[at]
    tile = tr("Rows {rows} of keys {keys}", rows=span(step.rows), keys=span(step.keys))
    if step.skipped:
        return tr("{tile}: skipped. {why_hidden}", tile=tile, why_hidden=_why_hidden(trace.forward, step))
    strongest = float(trace.weights()[slice(*step.rows), slice(*step.keys)].max())
    told = {"tile": tile, "strongest": percent(strongest, 1)}
    if any(one.keys == step.keys and not one.skipped for one in trace.steps[at + 1 :]):
        return tr(
            "{tile}: the weights exp(s \u2212 LSE) come back, the strongest {strongest}; "
            "they add to dQ of the rows and to dK and dV of the keys.",
            **told,
        )
    words = tr(
        "{tile}: the weights exp(s \u2212 LSE) come back, the strongest {strongest}; "
        "they add to dQ of the rows and to dK and dV of the keys, which are finished with it.",
        **told,
    )
    return words if _more(trace, at) else f"{words} {BACK_DONE}"


def _more(trace: BackTrace, at: int) -> bool:
    return any(not one.skipped for one in trace.steps[at + 1 :])


def span(places: Span) -> str:
    """'9 to 16', from (8, 16)."""
    first, last = places[0] + 1, places[1]
    return str(first) if first == last else tr("{first} to {last}", first=first, last=last)


def _rise(step: Step, before: Step | None) -> str:
    """What happens to the maximum, and what that does to what was summed."""
    here = slice(*step.rows)
    fresh = step.seen[here] if before is None else step.seen[here] - before.seen[here]
    if before is None or not before.seen[here].any():
        low, high = (figure(float(end(step.maximum[here][fresh > 0]))) for end in (np.min, np.max))
        return tr("nothing was summed in these rows before. Their maxima begin at {low} to {high}.", low=low, high=high)
    risen = (step.factor[here] < 1) & (before.seen[here] > 0)
    if not risen.any():
        return tr("no maximum rises, so the tile is added to what was summed as it is.")
    row = int(np.where(risen, -step.factor[here], -np.inf).argmax()) + step.rows[0]
    old, new = figure(float(before.maximum[row])), figure(float(step.maximum[row]))
    return tr(
        "the maximum of row {row} rises from {old} to {new}, so what was summed there is "
        "scaled by {factor}. It rises in {rows}.",
        row=row + 1,
        old=old,
        new=new,
        factor=figure(float(step.factor[row])),
        rows=_rows(int(risen.sum()), len(risen)),
    )


def _rows(some: int, all: int) -> str:
    return (
        tr("all {all} rows", all=all)
        if some == all
        else tr_count(all, "{some} of {n} row", "{some} of {n:,} rows", some=some)
    )


def _finished(trace: Trace, at: int) -> str:
    """The rows have seen everything when no later tile of theirs shows them a key."""
    step = trace.steps[at]
    later = [one for one in trace.steps[at + 1 :] if one.rows == step.rows and not one.skipped]
    if later:
        return ""
    others = any(not one.skipped for one in trace.steps[at + 1 :])
    return tr("Rows {span} are finished.", span=span(step.rows)) if others else DONE


def _why_hidden(trace: Trace, step: Step | BackStep) -> str:
    shift = trace.scores.shape[1] - trace.scores.shape[0]
    if trace.causal and step.keys[0] > step.rows[1] - 1 + shift:
        return tr("Its keys all come after these queries, so a causal kernel never reads them.")
    return tr("Its keys all lie {window} or more places away, outside the window.", window=trace.window)
