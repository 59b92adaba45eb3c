"""IDN chunk by chunk in numpy: the window is run anew, on what was kept of each of its chunks."""

from __future__ import annotations

import numpy as np

from engines.actions.heads.products import Array
from engines.actions.heads.stream_parts import Affine, HeadStream, Projection, Step, optional_ahead
from engines.actions.heads.weight_table import WeightTable
from engines.actions.types import HeadShape


class IDNStream(HeadStream):
    """The equations of `idn`. A ring keeps W_xz e and W_xh e of the window's chunks, so each is computed once.

    e, of the newest chunk, is x0: W_0r, W_0z, W_xz and W_xh meet it in one product.
    """

    def __init__(self, shape: HeadShape, table: WeightTable) -> None:
        width, hidden, window = shape.features, shape.hidden, shape.window
        self._classes, self._hidden, self._hard, self._window = shape.classes, hidden, shape.hard_sigmoid, window
        norm = "embedding.1" if shape.norm else ""
        self._project = Projection(table, "embedding.0", norm, sum(shape.inputs), table.buffer(width))
        names = ("zero_r", "zero_z", "xz", "xh")
        seen = [table.take(f"cell.{name}.weight", hidden, width) for name in names]
        self._seen = table.matrix(np.concatenate(seen))
        self._hr, self._hh = (table.matrix(table.take(f"cell.{name}.weight", hidden, hidden)) for name in ("hr", "hh"))
        self._output = Affine(table, "output.0", hidden, hidden)
        self._classify = Affine(table, "classifier", hidden, shape.classes)
        self._ahead = optional_ahead(table, hidden, shape.future_steps, shape.classes)
        self._parts, self._ring = table.buffer(4, hidden), table.buffer(2, window, hidden)
        self._z, self._h, self._r = table.buffer(window, hidden), table.buffer(hidden), table.buffer(hidden)
        self._count = 0

    def _step(self, x: Array) -> Step:
        self._seen.times(self._project(x), self._parts.reshape(-1))
        reset, update, *kept = self._parts
        place = self._count % self._window
        self._ring[:, place] = kept
        self._count += 1
        np.add(self._ring[0], update, out=self._z)
        self._gate(self._z)
        h = self._run(reset, [(place + 1 + k) % self._window for k in range(self._window)][-self._count :])
        y = np.maximum(self._output(h), 0.0)
        ahead = None if self._ahead is None else self._ahead(y).reshape(-1, self._classes)
        return Step(self._classify(y), ahead)

    def _run(self, reset: Array, places: list[int]) -> Array:
        """The recurrence over the ring's places, oldest first."""
        h, r = self._h, self._r
        np.tanh(self._ring[1, places[0]], out=h)
        h *= self._z[places[0]]
        for place in places[1:]:
            self._hr.times(h, r)
            r += reset
            self._gate(r)
            r *= h
            self._hh.times(r, self._parts[3])
            g = self._parts[3]
            g += self._ring[1, place]
            np.tanh(g, out=g)
            g -= h
            g *= self._z[place]
            h += g
        return h

    def _gate(self, a: Array) -> None:
        if self._hard:
            a *= 0.2
            a += 0.5
            np.clip(a, 0.0, 1.0, out=a)
        else:
            a *= 0.5
            np.tanh(a, out=a)
            a *= 0.5
            a += 0.5

    def reset(self) -> None:
        self._count = 0

    @property
    def bytes_read(self) -> int:
        again = (self._window - 1) * (self._hr.bytes + self._hh.bytes)
        outer = self._output.bytes + self._classify.bytes + (self._ahead.bytes if self._ahead else 0)
        return self._project.bytes + self._seen.bytes + again + outer
