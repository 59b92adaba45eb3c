"""Recurrent layers of ONNX: LSTM, GRU and plain ones, both ways, with the activations that they have by default.

LSTM (Hochreiter, Schmidhuber, 1997): gates in the order input, output, forget, cell; GRU (Cho et al., 2014): update,
reset, hidden.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from engines.core.words import tr
from engines.inspection.running.calls import Call, Maker

Function = Callable[..., Any]

DEFAULTS = {"LSTM": ("Sigmoid", "Tanh", "Tanh"), "GRU": ("Sigmoid", "Tanh"), "RNN": ("Tanh",)}
State = tuple[torch.Tensor, ...]


def _lstm(x: torch.Tensor, state: State, r: torch.Tensor, _late: torch.Tensor, _linear: bool) -> State:
    i, o, f, c = (x + state[0] @ r.mT).chunk(4, -1)
    cell = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(c)
    return torch.sigmoid(o) * torch.tanh(cell), cell


def _gru(x: torch.Tensor, state: State, r: torch.Tensor, late: torch.Tensor, linear: bool) -> State:
    """late: bias of the recurrent part; that of the hidden gate comes before the reset where `linear`."""
    h, size = state[0], state[0].shape[-1]
    gates = x[..., : 2 * size] + h @ r[: 2 * size].mT + late[: 2 * size]
    z, reset = torch.sigmoid(gates).chunk(2, -1)
    across, last = r[2 * size :], late[2 * size :]
    inner = reset * (h @ across.mT + last) if linear else (reset * h) @ across.mT + last
    return ((1 - z) * torch.tanh(x[..., 2 * size :] + inner) + z * h,)


def _plain(x: torch.Tensor, state: State, r: torch.Tensor, _late: torch.Tensor, _linear: bool) -> State:
    return (torch.tanh(x + state[0] @ r.mT),)


CELLS: dict[str, Callable[..., State]] = {"LSTM": _lstm, "GRU": _gru, "RNN": _plain}


def _recurrent(call: Call) -> Function:
    kind, size, way = call.node.op, call.get("hidden_size"), call.get("direction", "forward")
    ways = 2 if way == "bidirectional" else 1
    if tuple(call.get("activations", DEFAULTS[kind] * ways)) != DEFAULTS[kind] * ways or call.get("clip"):
        raise call.refuse(tr("has activations of its own, which are not run here"))
    if call.has(4) or call.has(7) or call.get("layout", 0) or call.get("input_forget", 0):
        raise call.refuse(tr("has lengths, peepholes or another layout, which are not run here"))
    cell, linear = CELLS[kind], bool(call.get("linear_before_reset", 0))

    def run(x: torch.Tensor, w: torch.Tensor, r: torch.Tensor, *rest: torch.Tensor | None) -> tuple[torch.Tensor, ...]:
        bias, _, *first = (*rest, None, None, None, None)[:4]
        start = [each if each is not None else x.new_zeros(ways, x.shape[1], size) for each in first]
        outputs, ends = [], []
        for place in range(ways):
            back = way == "reverse" or place == 1
            state: State = (start[0][place], start[1][place]) if kind == "LSTM" else (start[0][place],)
            seen, state = _through(cell, x.flip(0) if back else x, state, w[place], r[place],
                                   None if bias is None else bias[place], kind, linear)  # fmt: skip
            outputs.append(seen.flip(0) if back else seen)
            ends.append(state)
        return (torch.stack(outputs, 1), *(torch.stack(parts) for parts in zip(*ends, strict=True)))

    return run


def _through(cell: Callable[..., State], x: torch.Tensor, state: State, w: torch.Tensor, r: torch.Tensor,
             bias: torch.Tensor | None, kind: str, linear: bool) -> tuple[torch.Tensor, State]:  # fmt: skip
    """One way through a sequence (time, batch, features)."""
    own, late = (x.new_zeros(w.shape[0]),) * 2 if bias is None else bias.chunk(2)
    given = x @ w.mT + own + (0 if kind == "GRU" else late)
    seen = []
    for step in given:
        state = cell(step, state, r, late, linear)
        seen.append(state[0])
    return torch.stack(seen), state


MAKERS: dict[str, Maker] = dict.fromkeys(CELLS, _recurrent)
