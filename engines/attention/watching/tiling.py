"""The tiled algorithm on a small matrix, with all that it holds after each tile, so that it can be watched. No torch.

Rows of queries are taken tile by tile, and for each of them the keys tile by tile. A row keeps its running maximum m,
the sum l = sum exp(s - m) and acc = sum exp(s - m) v; when a tile raises the maximum to m', both are scaled by
exp(m - m'). After the last tile acc / l is softmax(q k^T / sqrt(d)) v and m + ln l the log-sum-exp.
Milakov and Gimelshein, arXiv 1805.02867; Dao et al., arXiv 2205.14135. The naive form is `whole`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import UsageError
from engines.core.words import tr

MOST = 128
"""Rows: what can be looked at."""
MOST_STEPS = 2048
SMOOTH = 2.0
"""Positions over which made-up inputs change."""
Array = NDArray[np.float64]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """The state after a tile. rows, keys: (first, beyond the last) of the tile; skipped: no row of it sees a key there.

    Of all N rows: maximum m, total l, accumulated acc (N, e), output acc / l (0 where nothing was summed), factor
    exp(m - m') by which this step scaled what was summed (1 in rows of other tiles), seen: keys summed. error: of the
    output beside the whole softmax, the norm of the difference over that of the whole.
    """

    rows: Span
    keys: Span
    skipped: bool
    maximum: Array
    total: Array
    accumulated: Array
    output: Array
    factor: Array
    seen: NDArray[np.int64]
    error: float

    @property
    def lse(self) -> Array:
        """m + ln l of what was summed so far, (N,)."""
        with np.errstate(divide="ignore"):
            return np.where(self.total > 0, self.maximum + np.log(self.total), -np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """steps: tile by tile, rows of queries outside. q, k, v: the inputs. scores: (N, M), -inf where a key is hidden.
    output, lse: of the whole softmax. causal, window: why keys are hidden.
    """

    steps: tuple[Step, ...]
    q: Array
    k: Array
    v: Array
    scores: Array
    output: Array
    lse: Array
    query_tile: int
    key_tile: int
    causal: bool = False
    window: int | None = None

    def weights(self, at: int) -> Array:
        """What each key counts for in the output after step `at`, (N, M); nan where no key was summed yet. -1: before
        the first step.
        """
        shown = np.full(self.scores.shape, np.nan)
        for step in self.steps[: at + 1]:
            shown[slice(*step.rows), slice(*step.keys)] = 0.0
        if at >= 0:
            lse = self.steps[at].lse[:, None]
            share = np.exp(self.scores - np.where(np.isfinite(lse), lse, 0.0))
            shown = np.where(np.isnan(shown), np.nan, share)
        return shown


def trace(
    q: Array, k: Array, v: Array, query_tile: int, key_tile: int, causal: bool = False, window: int | None = None
) -> Trace:
    """Every step for q (N, d), k (M, d), v (M, e), in float64. Raises `UsageError` for what cannot be watched."""
    _check(q, k, v, query_tile, key_tile, window)
    scores = masked(q @ k.T / np.sqrt(q.shape[1]), causal, window)
    output, lse = whole(scores, v)
    steps = tuple(_steps(scores, v, query_tile, key_tile, output))
    return Trace(steps, q, k, v, scores, output, lse, query_tile, key_tile, causal, window)


def whole(scores: Array, v: Array) -> tuple[Array, Array]:
    """(softmax(scores) v, log-sum-exp) at once; rows that see nothing give 0 and -inf."""
    largest = scores.max(1, keepdims=True)
    weights = np.exp(scores - np.where(np.isfinite(largest), largest, 0.0))
    total = weights.sum(1, keepdims=True)
    with np.errstate(divide="ignore"):
        lse = (largest + np.log(total))[:, 0]
    return weights @ v / np.where(total > 0, total, 1.0), lse


def masked(scores: Array, causal: bool, window: int | None) -> Array:
    """-inf where a key is hidden; the queries are the last N of the M positions."""
    count, keys = scores.shape
    ahead = np.arange(keys)[None] - np.arange(keys - count, keys)[:, None]
    hidden = ahead > 0 if causal else np.zeros_like(ahead, bool)
    if window is not None:
        hidden = hidden | (np.abs(ahead) >= window)
    return np.where(hidden, -np.inf, scores)


def made_up(length: int, dim: int, seed: int) -> tuple[Array, Array, Array]:
    """q, k and v (length, dim) of unit size that change smoothly along the positions; q is 2 times as large."""
    near = np.exp(-0.5 * ((np.arange(length)[:, None] - np.arange(length)) / SMOOTH) ** 2)
    near /= np.sqrt((near**2).sum(1, keepdims=True))
    q, k, v = near @ np.random.default_rng(seed).standard_normal((3, length, dim))
    return 2 * q, k, v


def _steps(scores: Array, v: Array, query_tile: int, key_tile: int, whole: Array) -> Iterator[Step]:
    running = _Running(scores, v)
    for rows in spans(len(scores), query_tile):
        for keys in spans(len(v), key_tile):
            factor = running.take(slice(*rows), slice(*keys))
            skipped = not np.isfinite(scores[slice(*rows), slice(*keys)]).any()
            output = running.output()
            yield Step(rows, keys, skipped, *running.copies(), output, factor, running.seen.copy(),
                       distance(output, whole))  # fmt: skip


class _Running:
    """What the algorithm keeps of each row."""

    def __init__(self, scores: Array, v: Array) -> None:
        count = len(scores)
        self._scores, self._v = scores, v
        self.maximum, self.total = np.full(count, -np.inf), np.zeros(count)
        self.summed, self.seen = np.zeros((count, v.shape[1])), np.zeros(count, np.int64)

    def take(self, rows: slice, keys: slice) -> Array:
        """Sum a tile; what was there before is scaled by the factor that is given back, (N,)."""
        tile, factor = self._scores[rows, keys], np.ones(len(self._scores))
        risen = np.maximum(self.maximum[rows], tile.max(1))
        level = np.where(np.isfinite(risen), risen, 0.0)
        weights = np.exp(tile - level[:, None])
        factor[rows] = np.where(np.isfinite(risen), np.exp(self.maximum[rows] - level), 1.0)
        self.maximum[rows] = risen
        self.total[rows] = factor[rows] * self.total[rows] + weights.sum(1)
        self.summed[rows] = factor[rows, None] * self.summed[rows] + weights @ self._v[keys]
        self.seen[rows] += np.isfinite(tile).sum(1)
        return factor

    def output(self) -> Array:
        return self.summed / np.where(self.total > 0, self.total, 1.0)[:, None]

    def copies(self) -> tuple[Array, Array, Array]:
        return self.maximum.copy(), self.total.copy(), self.summed.copy()


def distance(output: Array, whole: Array) -> float:
    """The norm of the difference over that of the whole."""
    size = float(np.linalg.norm(whole))
    return float(np.linalg.norm(output - whole)) / size if size else 0.0


def spans(count: int, tile: int) -> list[Span]:
    """(first, beyond the last) of every tile of a side."""
    return [(first, min(first + tile, count)) for first in range(0, count, tile)]


def _check(q: Array, k: Array, v: Array, query_tile: int, key_tile: int, window: int | None) -> None:
    shapes = tr("q {q}, k {k} and v {v}", q=q.shape, k=k.shape, v=v.shape)
    if any(part.ndim != 2 or 0 in part.shape for part in (q, k, v)) or q.shape[1] != k.shape[1] or len(k) != len(v):
        raise UsageError(
            tr("{shapes} do not fit one another", shapes=shapes), hint=tr("Give q (N, d), k (M, d) and v (M, e)")
        )
    if max(len(q), len(k)) > MOST or len(q) > len(k):
        raise UsageError(
            tr("{shapes}: at most {most} keys can be watched, and as many queries", shapes=shapes, most=MOST),
            hint=tr("Give fewer"),
        )
    if query_tile < 1 or key_tile < 1 or (window is not None and window < 1):
        raise UsageError(
            tr(
                "Tiles of {query_tile} x {key_tile} in a window of {window} hold nothing",
                query_tile=query_tile,
                key_tile=key_tile,
                window=window,
            ),
            hint=tr("Give 1 or more"),
        )
    steps = -(-len(q) // query_tile) * -(-len(k) // key_tile)
    if steps > MOST_STEPS:
        raise UsageError(tr("{steps} steps are too many to watch", steps=steps), hint=tr("Choose larger tiles"))
    if not all(np.isfinite(part).all() for part in (q, k, v)):
        raise UsageError(tr("q, k or v holds what is no number"), hint=tr("Give finite numbers"))
