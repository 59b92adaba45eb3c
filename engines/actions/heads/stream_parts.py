"""Pieces that several streams are made of: the projection of a chunk's features and an LSTM's arithmetic."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np

from engines.actions.heads.products import Array, one_thread
from engines.actions.heads.weight_table import WeightTable, checked

NORM_EPSILON = 1e-5


class Step(NamedTuple):
    """Scores before the softmax. logits: (C,) of now; ahead: (L, C) of what is anticipated, or None."""

    logits: Array
    ahead: Array | None = None


class HeadStream(ABC):
    """A head and what it has seen so far."""

    def step(self, x: Array) -> Step:
        """Take one chunk's features (D,), already standardised. Raises BadInput for another length."""
        with one_thread():
            return self._step(x)

    @abstractmethod
    def _step(self, x: Array) -> Step: ...

    @abstractmethod
    def reset(self) -> None:
        """Forget what was seen."""

    @property
    @abstractmethod
    def bytes_read(self) -> int:
        """Bytes of weights that a step reads; a matrix used several times counts each time."""


class Projection:
    """relu(norm(W x + b)) written into `out`; norm: name of the LayerNorm, "" for none."""

    def __init__(self, table: WeightTable, linear: str, norm: str, inputs: int, out: Array) -> None:
        width = len(out)
        self._matrix = table.matrix(table.take(f"{linear}.weight", width, inputs))
        self._bias = table.take(f"{linear}.bias", width)
        self._norm = [table.take(f"{norm}.{name}", width) for name in ("weight", "bias")] if norm else []
        self._x, self._out, self._inputs = table.buffer(inputs), out, inputs
        self.bytes = self._matrix.bytes

    def __call__(self, x: Array) -> Array:
        self._x[:] = checked(x, self._inputs)
        out = self._out
        self._matrix.times(self._x, out)
        out += self._bias
        if self._norm:
            out -= out.mean()
            out /= np.sqrt(np.dot(out, out) / len(out) + NORM_EPSILON)
            out *= self._norm[0]
            out += self._norm[1]
        return np.maximum(out, 0.0, out=out)


class LSTM:
    """One LSTM cell: input `x`, which went through a relu, hidden state `h`, cell state `c`.

    sigma(a) = tanh(a / 2) / 2 + 1/2, and halving a weight is exact, so the rows of the three sigmoids are halved
    beforehand and one tanh serves all gates.
    """

    def __init__(self, table: WeightTable, name: str, inputs: int, hidden: int, suffix: str = "") -> None:
        rows = 4 * hidden
        half = np.repeat(np.asarray([0.5, 0.5, 1.0, 0.5], dtype=table.dtype), hidden)
        self._w_x = table.rectified(table.take(f"{name}.weight_ih{suffix}", rows, inputs) * half[:, None])
        self._w_h = table.matrix(table.take(f"{name}.weight_hh{suffix}", rows, hidden) * half[:, None])
        bias = table.take(f"{name}.bias_ih{suffix}", rows) + table.take(f"{name}.bias_hh{suffix}", rows)
        self._bias = bias * half
        self.x, self.h, self.c = table.buffer(inputs), table.buffer(hidden), table.buffer(hidden)
        self._gates, self._seen, self._spare = table.buffer(rows), table.buffer(rows), table.buffer(hidden)

    def advance(self, seen: bool = True) -> None:
        """One step; seen: False where x is zero, which spares the product with it."""
        gates, spare, c = self._gates, self._spare, self.c
        self._w_h.times(self.h, gates)
        if seen:
            self._w_x.times(self.x, self._seen)
            gates += self._seen
        gates += self._bias
        np.tanh(gates, out=gates)
        i, f, g, o = gates.reshape(4, -1)
        for gate in (i, f, o):
            gate *= 0.5
            gate += 0.5
        c *= f
        c += np.multiply(i, g, out=spare)
        np.tanh(c, out=spare)
        np.multiply(o, spare, out=self.h)

    def reset(self) -> None:
        for state in (self.x, self.h, self.c):
            state[:] = 0.0

    @property
    def bytes_h(self) -> int:
        return self._w_h.bytes

    @property
    def bytes_x(self) -> int:
        return self._w_x.bytes


class Affine:
    """W x + b of a small matrix into a fresh array."""

    def __init__(self, table: WeightTable, name: str, inputs: int, outputs: int) -> None:
        self._weight = np.ascontiguousarray(table.take(f"{name}.weight", outputs, inputs))
        self._bias = table.take(f"{name}.bias", outputs)
        self.bytes = self._weight.nbytes

    def __call__(self, x: Array) -> Array:
        return np.asarray(np.dot(self._weight, x) + self._bias)


def optional_ahead(table: WeightTable, inputs: int, steps: int, classes: int) -> Affine | None:
    """The layer `ahead` of heads without a decoder."""
    return Affine(table, "ahead", inputs, steps * classes) if steps else None
