"""What the picture of the tiled algorithm shows at a step, as plain values: of the forward and of the backward pass.

The matrix shows weights; a kernel throws them away as soon as they are summed. Even steps of its colours are even steps
of the square root, so that weak keys are told apart too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.attention.watching.back_tiling import BackTrace
from engines.attention.watching.tiling import Array, Span, Step, Trace
from engines.core.words import tr
from widgets.charts.axes import figure, percent

CLIPPED = 0.985
"""Share of the keys that the colours tell apart; the strongest few are as bright as can be."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A number a row, nan for none."""

    title: str
    tip: str
    values: Array


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Signed numbers, a row of `values` for each query or key, nan for none; the colours go from -most to most."""

    title: str
    values: Array
    most: float

    @property
    def dim(self) -> int:
        return self.values.shape[1]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """shares: (N, M), nan where nothing was summed or a key is hidden; high: the share of the brightest colour.

    work: rows and keys of the tile in work. skipped: tiles that are never read. right: a row a query; below: a row a
    key. tip: what is told of a query and a key.
    """

    shares: Array
    high: float
    query_tile: int
    key_tile: int
    skipped: tuple[tuple[Span, Span], ...]
    work: tuple[Span, Span] | None
    columns: tuple[Column, ...]
    right: Block
    below: tuple[Block, ...]
    tip: Callable[[int, int], str]

    @property
    def rows(self) -> int:
        return self.shares.shape[0]

    @property
    def keys(self) -> int:
        return self.shares.shape[1]

    def table(self) -> list[list[str]]:
        """The columns as figures, a heading first."""
        rows = [[str(row + 1), *(f"{one.values[row]:.6g}" for one in self.columns)] for row in range(self.rows)]
        return [["row", *(one.title for one in self.columns)], *rows]


def scene_of(trace: Trace | BackTrace, at: int) -> Scene:
    """The state after step `at`; -1 is before the first."""
    return forward_scene(trace, at) if isinstance(trace, Trace) else back_scene(trace, at)


def forward_scene(trace: Trace, at: int) -> Scene:
    """m, l and the factor beside the matrix, and the output."""
    step, shares = trace.steps[at] if at >= 0 else None, trace.weights(at)
    values: tuple[Array, ...] = (np.full(len(trace.scores), np.nan),) * 3
    if step is not None:
        some = step.seen > 0
        values = (np.where(some, step.maximum, np.nan), np.where(some, step.total, np.nan), _factors(step))
    titles = (
        ("m", tr("The running maximum of the row's scores")),
        ("l", tr("The sum of exp(s \u2212 m) so far")),
        (tr("scale"), tr("What this step scaled the sums by: exp(m \u2212 m\u2032)")),
    )
    output, seen = (trace.output, np.zeros(len(trace.output))) if step is None else (step.output, step.seen)
    return Scene(
        np.where(np.isfinite(trace.scores), shares, np.nan), _high(trace, trace.weights(len(trace.steps) - 1)),
        trace.query_tile, trace.key_tile, _skipped(trace), None if step is None else (step.rows, step.keys),
        tuple(Column(*words, one) for words, one in zip(titles, values, strict=True)),
        _block(tr("acc / l"), output, trace.output, seen > 0), (),
        lambda row, key: _score_tip(row, key, float(trace.scores[row, key]), float(shares[row, key])),
    )  # fmt: skip


def back_scene(back: BackTrace, at: int) -> Scene:
    """What was kept of the forward pass beside the matrix; dQ at the right, dK and dV below."""
    forward, step, weights = back.forward, back.steps[at] if at >= 0 else None, back.weights()
    shares = np.full(forward.scores.shape, np.nan)
    for one in back.steps[: at + 1]:
        tile = slice(*one.rows), slice(*one.keys)
        shares[tile] = weights[tile]
    sums, whole = back.gradients if step is None else step.sums, back.gradients
    rows, keys = np.any(~np.isnan(shares), 1), np.any(~np.isnan(shares), 0)
    kept = np.where(np.isfinite(forward.lse), forward.lse, np.nan)
    return Scene(
        np.where(np.isfinite(forward.scores), shares, np.nan), _high(forward, weights),
        forward.query_tile, forward.key_tile, _skipped(back), None if step is None else (step.rows, step.keys),
        (Column("LSE", tr("The log-sum-exp of the row, kept from the forward pass"), kept),
         Column("\u0394", tr("Delta, the sum of dO \u00b7 O over the row"), back.delta)),
        _block("dQ", sums.q, whole.q, rows), (_block("dK", sums.k, whole.k, keys), _block("dV", sums.v, whole.v, keys)),
        lambda row, key: _score_tip(row, key, float(forward.scores[row, key]), float(shares[row, key])),
    )  # fmt: skip


def _block(title: str, values: Array, whole: Array, there: NDArray[np.bool_]) -> Block:
    """there: rows to which something was added."""
    return Block(title, np.where(there[:, None], values, np.nan), float(np.abs(whole).max()))


def _skipped(trace: Trace | BackTrace) -> tuple[tuple[Span, Span], ...]:
    return tuple((step.rows, step.keys) for step in trace.steps if step.skipped)


def _high(trace: Trace, shares: Array) -> float:
    """What nearly all keys count for at most, in the end or, where that is more, within the first tile alone."""
    in_the_end = float(np.quantile(shares[np.isfinite(trace.scores)], CLIPPED))
    return min(max(in_the_end, 1.6 / min(trace.key_tile, shares.shape[1])), 1.0)


def _factors(step: Step) -> Array:
    """Of the rows in work alone, and not of those that began with this tile."""
    shown = np.full(len(step.factor), np.nan)
    here = slice(*step.rows)
    if not step.skipped:
        shown[here] = np.where(step.factor[here] > 0, step.factor[here], np.nan)
    return shown


def _score_tip(row: int, key: int, score: float, share: float) -> str:
    words = tr("score {score}", score=figure(score)) if np.isfinite(score) else tr("hidden")
    counts = tr("not summed yet") if np.isnan(share) else tr("counts {share}", share=percent(share, 1))
    return tr("Query {row}, key {key}: {words}, {counts}", row=row + 1, key=key + 1, words=words, counts=counts)
