"""TRN: an LSTM that at every chunk also decodes what comes next and feeds a summary of it into its next step.

Xu et al., Temporal Recurrent Networks for Online Action Detection, ICCV 2019. With u_t = relu(W_in x_t + b) and the
future feature f made one step earlier (zero at first):

    (h, c) = LSTMCell(dropout([u_t; f]), (h, c)),   s_t = W_c dropout(h) + b_c
    d_h = relu(W_1 h + b), d_c = relu(W_2 c + b), x = 0
    l_d times: (d_h, d_c) = LSTMCell(dropout(x), (d_h, d_c)), q_i = W_c dropout(d_h) + b_c, x = relu(W_3 q_i + b)
    f = mean over the l_d steps of relu(W_4 d_h + b)

Parameters carry the names of the published code. Two paths give the same numbers: `plain_step` is the equations one by
one; `forward` and `step` project the whole sequence at once, skip the product with the decoder's first input (it is
zero), and take W_4 of all decoder states in one product.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engines.actions.heads import trn_recurrence
from engines.actions.heads.outputs import HeadOutput, joined


class TRNState(NamedTuple):
    """The state carried from chunk to chunk: future feature (B, F), hidden and cell state (B, H)."""

    future: Tensor
    hidden: Tensor
    cell: Tensor


class FeatureExtractor(nn.Module):
    """relu(norm(W x + b)); the norm is ours and off in the published layout."""

    def __init__(self, inputs: int, features: int, norm: bool) -> None:
        super().__init__()
        self.input_linear = nn.Sequential(nn.Linear(inputs, features), nn.ReLU())
        self.norm = nn.LayerNorm(features) if norm else None

    def forward(self, x: Tensor) -> Tensor:
        y = self.input_linear[0](x)
        return torch.relu(y if self.norm is None else self.norm(y))


class HDDExtractor(nn.Module):
    """The driving variant: camera (1536 x 8 x 8) through a 1x1 convolution to 20 channels, 8 sensors to 20, relu.

    A chunk is the camera's feature map, flattened, with the sensors after it; both are there whatever is used.
    """

    INPUTS = 1536 * 64 + 8

    def __init__(self, camera: bool = True, sensor: bool = True) -> None:
        super().__init__()
        self.camera_linear = nn.Sequential(nn.Conv2d(1536, 20, kernel_size=1), nn.ReLU(), nn.Flatten())
        self.sensor_linear = nn.Sequential(nn.Linear(8, 20), nn.ReLU())
        self._used = (camera, sensor)

    def forward(self, x: Tensor) -> Tensor:
        flat = x.flatten(0, -2)
        parts = []
        if self._used[0]:
            parts.append(self.camera_linear(flat[:, :-8].reshape(-1, 1536, 8, 8)))
        if self._used[1]:
            parts.append(self.sensor_linear(flat[:, -8:]))
        return torch.cat(parts, dim=1).reshape(*x.shape[:-1], -1)


def _linear_relu(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, outputs), nn.ReLU())


class TRN(nn.Module):
    """x (B, T, inputs) to logits (B, T, classes) and ahead (B, T, future_steps, classes).

    With future_steps = 0 there is no decoder and none of its parameters: f stays zero, the encoder is a plain LSTM.
    """

    def __init__(
        self,
        inputs: int,
        classes: int,
        features: int = 3072,
        hidden: int = 4096,
        future_steps: int = 8,
        *,
        dropout: float = 0.1,
        norm: bool = False,
    ) -> None:
        super().__init__()
        self.inputs, self.classes, self.features, self.hidden = inputs, classes, features, hidden
        self.future_steps, self.dropout = future_steps, dropout
        self.feature_extractor: nn.Module = FeatureExtractor(inputs, features, norm)
        if future_steps:
            self.hx_trans = _linear_relu(hidden, hidden)
            self.cx_trans = _linear_relu(hidden, hidden)
            self.fusion_linear = _linear_relu(classes, hidden)
            self.future_linear = _linear_relu(hidden, features)
            self.dec_cell = nn.LSTMCell(hidden, hidden)
        self.enc_cell = nn.LSTMCell(2 * features, hidden)
        self.classifier = nn.Linear(hidden, classes)

    def start(self, batch: int, like: Tensor) -> TRNState:
        """All zero."""
        zeros = like.new_zeros
        return TRNState(zeros(batch, self.features), zeros(batch, self.hidden), zeros(batch, self.hidden))

    def forward(self, x: Tensor) -> HeadOutput:
        gates = self._encoder_input(x)
        if self.future_steps and torch.is_grad_enabled():
            return self._learn(gates)
        state, outputs = self.start(len(x), x), []
        for part in gates.unbind(1):
            output, state = self._advance(part, state)
            outputs.append(output)
        return joined(outputs)

    def _learn(self, gates: Tensor) -> HeadOutput:
        """The whole sequence as one operation with a gradient of its own."""
        enc, dec = self.enc_cell, self.dec_cell
        (w_1, b_1), (w_2, b_2) = self.hx_trans[0].parameters(), self.cx_trans[0].parameters()
        (w_3, b_3), (w_4, b_4) = self.fusion_linear[0].parameters(), self.future_linear[0].parameters()
        inner = (dec.weight_ih, dec.weight_hh, dec.bias_ih + dec.bias_hh)
        outer = (enc.weight_ih[:, self.features :], enc.weight_hh)
        w_c, b_c = self.classifier.parameters()
        weights = trn_recurrence.Weights(*outer, w_1, b_1, w_2, b_2, *inner, w_3, b_3, w_4, b_4, w_c, b_c)
        masks = None
        if self.training and self.dropout:
            sizes = (len(gates), self.features, self.hidden)
            masks = trn_recurrence.draw_masks(gates, gates.shape[1], self.future_steps, sizes, self.dropout)
        states, scores = trn_recurrence.run(gates.transpose(0, 1), self.future_steps, weights, masks)
        return HeadOutput(self._classify(states.transpose(0, 1)), scores.permute(2, 0, 1, 3))

    def step(self, x: Tensor, state: TRNState | None = None) -> tuple[HeadOutput, TRNState]:
        """One chunk x (B, inputs): logits (B, C), ahead (B, L, C), and the state for the next one."""
        return self._advance(self._encoder_input(x), state or self.start(len(x), x))

    def _encoder_input(self, x: Tensor) -> Tensor:
        """The encoder's gates as far as x decides them, (..., 4 H)."""
        cell = self.enc_cell
        u = F.dropout(self.feature_extractor(x), self.dropout, self.training)
        return F.linear(u, cell.weight_ih[:, : self.features], cell.bias_ih + cell.bias_hh)

    def _advance(self, gates: Tensor, state: TRNState) -> tuple[HeadOutput, TRNState]:
        future, hidden, cell = state
        gates = gates + F.linear(hidden, self.enc_cell.weight_hh)
        if self.future_steps:
            future = F.dropout(future, self.dropout, self.training)
            gates = gates + F.linear(future, self.enc_cell.weight_ih[:, self.features :])
        hidden, cell = lstm_step(gates, cell)
        logits = self._classify(hidden)
        if not self.future_steps:
            return HeadOutput(logits), TRNState(future, hidden, cell)
        ahead, future = self._decode(hidden, cell)
        return HeadOutput(logits, ahead), TRNState(future, hidden, cell)

    def _decode(self, hidden: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of the steps ahead (B, L, C) and the future feature (B, F)."""
        dec = self.dec_cell
        d_h, d_c = self.hx_trans(hidden), self.cx_trans(cell)
        bias = dec.bias_ih + dec.bias_hh
        scores: list[Tensor] = []
        states: list[Tensor] = []
        for index in range(self.future_steps):
            gates = F.linear(d_h, dec.weight_hh, bias)
            if index:
                x = F.dropout(self.fusion_linear(scores[-1]), self.dropout, self.training)
                gates = gates + F.linear(x, dec.weight_ih)
            d_h, d_c = lstm_step(gates, d_c)
            scores.append(self._classify(d_h))
            states.append(d_h)
        return torch.stack(scores, 1), self.future_linear(torch.stack(states, 1)).mean(1)

    def _classify(self, hidden: Tensor) -> Tensor:
        logits: Tensor = self.classifier(F.dropout(hidden, self.dropout, self.training))
        return logits

    def plain_step(self, x: Tensor, state: TRNState | None = None) -> tuple[HeadOutput, TRNState]:
        """`step` as the equations stand: one layer after another, nothing joined and nothing skipped."""
        future, hidden, cell = state or self.start(len(x), x)
        joint = torch.cat([self.feature_extractor(x), future], dim=1)
        hidden, cell = self.enc_cell(self._drop(joint), (hidden, cell))
        logits = self._classify(hidden)
        if not self.future_steps:
            return HeadOutput(logits), TRNState(future, hidden, cell)
        d_h, d_c, x = self.hx_trans(hidden), self.cx_trans(cell), torch.zeros_like(hidden)
        future, scores = torch.zeros_like(future), []
        for _ in range(self.future_steps):
            d_h, d_c = self.dec_cell(self._drop(x), (d_h, d_c))
            scores.append(self._classify(d_h))
            x = self.fusion_linear(scores[-1])
            future = future + self.future_linear(d_h)
        state = TRNState(future / self.future_steps, hidden, cell)
        return HeadOutput(logits, torch.stack(scores, dim=1)), state

    def _drop(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.dropout, self.training)


def lstm_step(gates: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    """Hidden and cell state (..., H) of the gates (..., 4 H) in torch's order: input, forget, cell, output."""
    i, f, g, o = gates.chunk(4, dim=-1)
    cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
    return o.sigmoid() * cell.tanh(), cell
