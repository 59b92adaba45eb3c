"""The tiled backward pass on a small matrix, with all that it holds after each tile, to be watched. No torch.

Nothing of the forward pass is kept but the log-sum-exp of each row and the output O. The weights of a tile are
computed anew, P = exp(S - LSE). With Delta = rowsum(dO * O), a tile adds P^T dO to dV, and with dS = P * (dO V^T -
Delta) it adds dS K / sqrt(d) to dQ and dS^T Q / sqrt(d) to dK. Tiles of keys are taken one after the other, and for
each of them the rows of queries: dK and dV of a tile of keys are finished before the next. Dao, arXiv 2307.08691.
The naive form is `whole`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.attention.watching.tiling import Array, Span, Trace, distance, spans
from engines.core.errors import UsageError
from engines.core.words import tr


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """Of q (N, d), k (M, d) and v (M, e)."""

    q: Array
    k: Array
    v: Array

    def joined(self) -> Array:
        return np.concatenate([self.q.ravel(), self.k.ravel(), self.v.ravel()])

    def copy(self) -> Gradients:
        return Gradients(self.q.copy(), self.k.copy(), self.v.copy())


@dataclass(frozen=True, slots=True, eq=False)
class BackStep:
    """The state after a tile. skipped: no row of it sees a key there. sums: of the tiles so far. error: of all three
    beside the whole gradients, the norm of the difference over that of the whole.
    """

    rows: Span
    keys: Span
    skipped: bool
    sums: Gradients
    error: float


@dataclass(frozen=True, slots=True, eq=False)
class BackTrace:
    """steps: tile by tile, keys outside. forward: what it goes back through. grad: dO (N, e). delta: (N,).

    gradients: by the whole matrix at once.
    """

    steps: tuple[BackStep, ...]
    forward: Trace
    grad: Array
    delta: Array
    gradients: Gradients

    def weights(self) -> Array:
        """exp(S - LSE), (N, M); rows that see nothing are 0."""
        return weights_of(self.forward)


def back_trace(forward: Trace, grad: Array) -> BackTrace:
    """Every step for the gradient dO (N, e) of the output. Raises `UsageError` where it does not fit."""
    if grad.shape != forward.output.shape or not np.isfinite(grad).all():
        told = tr("The gradient {shape} is not of an output {output}", shape=grad.shape, output=forward.output.shape)
        raise UsageError(told, hint=tr("Give finite numbers of its shape"))
    delta, gradients = (grad * forward.output).sum(1), whole(forward, grad)
    return BackTrace(tuple(_steps(forward, grad, delta, gradients)), forward, grad, delta, gradients)


def weights_of(forward: Trace) -> Array:
    """The whole matrix of weights."""
    return np.exp(forward.scores - np.where(np.isfinite(forward.lse), forward.lse, 0.0)[:, None])


def whole(forward: Trace, grad: Array) -> Gradients:
    """The gradients by the whole matrix of weights: its softmax differentiated as a matrix."""
    weights, scale = weights_of(forward), forward.q.shape[1] ** -0.5
    by_weight = grad @ forward.v.T
    by_score = weights * (by_weight - (weights * by_weight).sum(1, keepdims=True))
    return Gradients(by_score @ forward.k * scale, by_score.T @ forward.q * scale, weights.T @ grad)


def _steps(forward: Trace, grad: Array, delta: Array, gradients: Gradients) -> Iterator[BackStep]:
    sums = Gradients(*(np.zeros_like(part) for part in (gradients.q, gradients.k, gradients.v)))
    for keys in spans(len(forward.k), forward.key_tile):
        for rows in spans(len(forward.q), forward.query_tile):
            seen = np.isfinite(forward.scores[slice(*rows), slice(*keys)]).any()
            if seen:
                _add(sums, forward, grad, delta, slice(*rows), slice(*keys))
            yield BackStep(rows, keys, not seen, sums.copy(), distance(sums.joined(), gradients.joined()))


def _add(sums: Gradients, forward: Trace, grad: Array, delta: Array, rows: slice, keys: slice) -> None:
    """What one tile adds to the three sums."""
    q, k, v, scale = forward.q[rows], forward.k[keys], forward.v[keys], forward.q.shape[1] ** -0.5
    lse = np.where(np.isfinite(forward.lse[rows]), forward.lse[rows], 0.0)
    weights = np.exp(forward.scores[rows, keys] - lse[:, None])
    by_score = weights * (grad[rows] @ v.T - delta[rows, None])
    sums.v[keys] += weights.T @ grad[rows]
    sums.q[rows] += by_score @ k * scale
    sums.k[keys] += by_score.T @ q * scale
