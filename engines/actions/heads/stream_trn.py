"""TRN chunk by chunk in numpy: W_4 of all decoder states is one matrix product."""

from __future__ import annotations

import numpy as np

from engines.actions.heads.products import Array, Product
from engines.actions.heads.stream_parts import LSTM, Affine, HeadStream, Projection, Step
from engines.actions.heads.weight_table import WeightTable
from engines.actions.types import HeadShape


class TRNStream(HeadStream):
    """The equations of `trn`; [u | f] lie side by side in memory, and so do the states of the decoder."""

    def __init__(self, shape: HeadShape, table: WeightTable) -> None:
        width, hidden = shape.features, shape.hidden
        self._encoder = LSTM(table, "enc_cell", 2 * width, hidden)
        self._future = self._encoder.x[width:]
        norm = "feature_extractor.norm" if shape.norm else ""
        linear = "feature_extractor.input_linear.0"
        self._project = Projection(table, linear, norm, sum(shape.inputs), self._encoder.x[:width])
        self._classify = Affine(table, "classifier", hidden, shape.classes)
        self._decoder = Decoder(shape, table, self._classify) if shape.future_steps else None

    def _step(self, x: Array) -> Step:
        encoder, decoder = self._encoder, self._decoder
        self._project(x)
        encoder.advance()
        logits = self._classify(encoder.h)
        if decoder is None:
            return Step(logits)
        return Step(logits, decoder.run(encoder.h, encoder.c, self._future))

    def reset(self) -> None:
        self._encoder.reset()

    @property
    def bytes_read(self) -> int:
        own = self._project.bytes + self._encoder.bytes_x + self._encoder.bytes_h + self._classify.bytes
        return own + (self._decoder.bytes if self._decoder else 0)


class Decoder:
    """From the encoder's state to what comes next."""

    def __init__(self, shape: HeadShape, table: WeightTable, classify: Affine) -> None:
        hidden, classes, self._steps = shape.hidden, shape.classes, shape.future_steps
        self._cell = LSTM(table, "dec_cell", hidden, hidden)
        self._first = _square(table, "hx_trans.0", hidden, hidden)
        self._second = _square(table, "cx_trans.0", hidden, hidden)
        self._fuse = _square(table, "fusion_linear.0", hidden, classes)
        self._summarise = (
            table.shared(table.take("future_linear.0.weight", shape.features, hidden)),
            table.take("future_linear.0.bias", shape.features),
        )
        self._classify = classify
        self._states = table.buffer(self._steps, hidden)
        self._collected = table.buffer(self._steps, shape.features)

    def run(self, hidden: Array, cell: Array, future: Array) -> Array:
        """Scores (L, C) of the steps ahead; the future feature goes to `future`."""
        dec, scores = self._cell, list[Array]()
        _affine_relu(self._first, hidden, dec.h)
        _affine_relu(self._second, cell, dec.c)
        for index, state in enumerate(self._states):
            if index:
                _affine_relu(self._fuse, scores[-1], dec.x)
            dec.advance(seen=index > 0)
            state[:] = dec.h
            scores.append(self._classify(state))
        matrix, bias = self._summarise
        matrix.times_each(self._states, self._collected)
        self._collected += bias
        np.maximum(self._collected, 0.0, out=self._collected)
        np.mean(self._collected, axis=0, out=future)
        return np.asarray(scores)

    @property
    def bytes(self) -> int:
        """Read in one run."""
        once = sum(part[0].bytes for part in (self._first, self._second, self._summarise))
        each = self._cell.bytes_h + self._classify.bytes
        return once + self._steps * each + (self._steps - 1) * (self._cell.bytes_x + self._fuse[0].bytes)


def _square(table: WeightTable, name: str, outputs: int, inputs: int) -> tuple[Product, Array]:
    return table.matrix(table.take(f"{name}.weight", outputs, inputs)), table.take(f"{name}.bias", outputs)


def _affine_relu(layer: tuple[Product, Array], x: Array, out: Array) -> None:
    layer[0].times(x, out)
    out += layer[1]
    np.maximum(out, 0.0, out=out)
