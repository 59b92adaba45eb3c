"""Heads with one recurrent layer: MiniROAD, and plain GRU and LSTM baselines of the same layout.

MiniROAD (An et al., ICCV 2023): y_t = dropout(relu(LayerNorm(W x_t + b))), one GRU, logits W_c relu(h_t) + b_c. The
baselines leave out the last relu and may leave out the LayerNorm. Parameters carry the names of the published code:
layer1.0, layer1.1, gru, f_classification.0. `ahead`, ours, is one more linear layer for what is anticipated.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import torch
from torch import Tensor, nn

from engines.actions.heads.outputs import HeadOutput, norm_or_nothing, split_ahead

Cell: TypeAlias = Literal["gru", "lstm"]
RecurrentState: TypeAlias = tuple[Tensor, ...]
"""(1, B, H) each: the hidden state, and an LSTM's cell state after it."""


class Recurrent(nn.Module):
    """x (B, T, inputs) to logits (B, T, classes), and ahead (B, T, future_steps, classes) where steps are asked for."""

    relu_after = False

    def __init__(
        self,
        inputs: int,
        classes: int,
        features: int = 128,
        hidden: int = 128,
        future_steps: int = 0,
        *,
        cell: Cell = "gru",
        dropout: float = 0.3,
        norm: bool = True,
    ) -> None:
        super().__init__()
        self.inputs, self.classes, self.hidden, self.kind = inputs, classes, hidden, cell
        self.layer1 = nn.Sequential(
            nn.Linear(inputs, features), norm_or_nothing(features, norm), nn.ReLU(), nn.Dropout(dropout)
        )
        self.add_module(cell, (nn.GRU if cell == "gru" else nn.LSTM)(features, hidden, batch_first=True))
        self.f_classification = nn.Sequential(nn.Linear(hidden, classes))
        self.ahead = nn.Linear(hidden, future_steps * classes) if future_steps else None

    def start(self, batch: int, like: Tensor) -> RecurrentState:
        """All zero."""
        return tuple(like.new_zeros(1, batch, self.hidden) for _ in range(1 if self.kind == "gru" else 2))

    def forward(self, x: Tensor) -> HeadOutput:
        return self._run(x, self.start(len(x), x))[0]

    def step(self, x: Tensor, state: RecurrentState | None = None) -> tuple[HeadOutput, RecurrentState]:
        """One chunk x (B, inputs): logits (B, C), ahead (B, L, C) or None, and the state for the next one."""
        output, state = self._run(x[:, None], state or self.start(len(x), x))
        ahead = None if output.ahead is None else output.ahead[:, 0]
        return HeadOutput(output.logits[:, 0], ahead), state

    def _run(self, x: Tensor, state: RecurrentState) -> tuple[HeadOutput, RecurrentState]:
        single = self.kind == "gru"
        states, last = getattr(self, self.kind)(self.layer1(x), state[0] if single else state)
        states = torch.relu(states) if self.relu_after else states
        ahead = None if self.ahead is None else self.ahead(states)
        output = HeadOutput(self.f_classification(states), split_ahead(ahead, self.classes))
        return output, (last,) if single else last


class MiniROAD(Recurrent):
    """The published sizes: features 2048, hidden 1024, dropout 0.2, one GRU, a relu before the classifier."""

    relu_after = True

    def __init__(
        self,
        inputs: int,
        classes: int,
        features: int = 2048,
        hidden: int = 1024,
        future_steps: int = 0,
        *,
        dropout: float = 0.2,
        norm: bool = True,
    ) -> None:
        super().__init__(inputs, classes, features, hidden, future_steps, dropout=dropout, norm=norm)


class OneFrame(nn.Module):
    """A linear classifier of single chunks, which knows no time: what every other head has to beat."""

    def __init__(self, inputs: int, classes: int, future_steps: int = 0) -> None:
        super().__init__()
        self.inputs, self.classes = inputs, classes
        self.classifier = nn.Linear(inputs, classes)
        self.ahead = nn.Linear(inputs, future_steps * classes) if future_steps else None

    def start(self, batch: int, like: Tensor) -> tuple[()]:
        """Nothing."""
        return ()

    def forward(self, x: Tensor) -> HeadOutput:
        ahead = None if self.ahead is None else self.ahead(x)
        return HeadOutput(self.classifier(x), split_ahead(ahead, self.classes))

    def step(self, x: Tensor, state: tuple[()] | None = None) -> tuple[HeadOutput, tuple[()]]:
        """One chunk x (B, inputs); there is nothing to carry."""
        return self(x), ()
