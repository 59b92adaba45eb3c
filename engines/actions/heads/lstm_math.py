"""The elementwise half of an LSTM cell, once the matrix products are done."""

from __future__ import annotations

from torch import Tensor


def lstm_step(gates: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    """Hidden and cell state (..., H) of the gates (..., 4 H) in torch's order: input, forget, cell, output."""
    i, f, g, o = gates.chunk(4, dim=-1)
    cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
    return o.sigmoid() * cell.tanh(), cell
