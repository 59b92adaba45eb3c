"""MiniROAD, the GRU and LSTM baselines and the one-frame classifier chunk by chunk in numpy."""

from __future__ import annotations

import numpy as np

from engines.actions.heads.products import Array, Product
from engines.actions.heads.stream_parts import LSTM, Affine, HeadStream, Projection, Step, optional_ahead
from engines.actions.heads.weight_table import WeightTable, checked
from engines.actions.types import HeadShape


class GRU:
    """torch's GRU: r, z, n in its order, n = tanh(W_n x + b + r (W_hn h + b_hn)), h = (1 - z) n + z h.

    The rows of the two sigmoids are halved (see `LSTM`).
    """

    def __init__(self, table: WeightTable, name: str, inputs: int, hidden: int) -> None:
        half = np.repeat(np.asarray([0.5, 0.5, 1.0], dtype=table.dtype), hidden)
        self._parts: list[tuple[Product, Array, Array]] = []
        for side, columns in (("ih", inputs), ("hh", hidden)):
            weight = table.take(f"{name}.weight_{side}_l0", 3 * hidden, columns) * half[:, None]
            bias = table.take(f"{name}.bias_{side}_l0", 3 * hidden) * half
            matrix = table.rectified(weight) if side == "ih" else table.matrix(weight)
            self._parts.append((matrix, bias, table.buffer(3, hidden)))
        self.x, self.h = table.buffer(inputs), table.buffer(hidden)

    @property
    def bytes(self) -> int:
        return sum(part[0].bytes for part in self._parts)

    def advance(self) -> None:
        for vector, (matrix, bias, out) in zip((self.x, self.h), self._parts, strict=True):
            flat = out.reshape(-1)
            matrix.times(vector, flat)
            flat += bias
        seen, kept = self._parts[0][2], self._parts[1][2]
        gates = seen[:2]
        gates += kept[:2]
        np.tanh(gates, out=gates)
        gates *= 0.5
        gates += 0.5
        kept[2] *= gates[0]
        new = seen[2]
        new += kept[2]
        np.tanh(new, out=new)
        self.h -= new
        self.h *= gates[1]
        self.h += new

    def reset(self) -> None:
        self.h[:] = 0.0


class RecurrentStream(HeadStream):
    """The equations of `gru`."""

    def __init__(self, shape: HeadShape, table: WeightTable) -> None:
        width, hidden, self._classes = shape.features, shape.hidden, shape.classes
        self._relu = shape.kind == "miniroad"
        lstm = shape.kind == "lstm"
        self._cell: LSTM | GRU = LSTM(table, "lstm", width, hidden, "_l0") if lstm else GRU(table, "gru", width, hidden)
        norm = "layer1.1" if shape.norm else ""
        self._project = Projection(table, "layer1.0", norm, sum(shape.inputs), self._cell.x)
        self._classify = Affine(table, "f_classification.0", hidden, shape.classes)
        self._ahead = optional_ahead(table, hidden, shape.future_steps, shape.classes)

    def _step(self, x: Array) -> Step:
        self._project(x)
        self._cell.advance()
        h = np.maximum(self._cell.h, 0.0) if self._relu else self._cell.h
        ahead = None if self._ahead is None else self._ahead(h).reshape(-1, self._classes)
        return Step(self._classify(h), ahead)

    def reset(self) -> None:
        self._cell.reset()

    @property
    def bytes_read(self) -> int:
        cell = self._cell.bytes_x + self._cell.bytes_h if isinstance(self._cell, LSTM) else self._cell.bytes
        return self._project.bytes + cell + self._classify.bytes + (self._ahead.bytes if self._ahead else 0)


class FrameStream(HeadStream):
    """A linear classifier of the chunk alone."""

    def __init__(self, shape: HeadShape, table: WeightTable) -> None:
        self._inputs, self._classes = sum(shape.inputs), shape.classes
        self._dtype = table.dtype
        self._classify = Affine(table, "classifier", self._inputs, shape.classes)
        self._ahead = optional_ahead(table, self._inputs, shape.future_steps, shape.classes)

    def _step(self, x: Array) -> Step:
        x = checked(x, self._inputs).astype(self._dtype, copy=False)
        ahead = None if self._ahead is None else self._ahead(x).reshape(-1, self._classes)
        return Step(self._classify(x), ahead)

    def reset(self) -> None:
        """Nothing was kept."""

    @property
    def bytes_read(self) -> int:
        return self._classify.bytes + (self._ahead.bytes if self._ahead else 0)
