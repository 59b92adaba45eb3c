"""IDN: a gated recurrence over a short window whose gates also see the current chunk, run anew at every chunk.

Eun et al., Learning to Discriminate Information for Online Action Detection, CVPR 2020. With e_t = relu(W x_t + b) and
x0 the embedding of the current chunk, over the chunks of the window, h zero at first:

    r_t = sigma(W_hr h + W_0r x0),  z_t = sigma(W_xz e_t + W_0z x0),  g_t = tanh(W_xh e_t + W_hh (r_t * h))
    h = (1 - z_t) h + z_t g_t,      logits = W_c relu(W_o h + b_o) + b_c

The cell has no biases and sigma is the hard sigmoid clip(.2 a + .5, 0, 1), or a true one. A window that begins before
the first chunk is short: with e_t = 0 and h = 0 the recurrence stays at zero, so padding embeddings with zeros is
exactly that. What depends on single chunks (W_xz e, W_xh e, W_0r e, W_0z e) is computed once for each.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from engines.actions.heads.outputs import HeadOutput, norm_or_nothing, split_ahead


class IDNState(NamedTuple):
    """The window's earlier chunks, newest last: update = W_xz e and candidate = W_xh e, (B, window - 1, H) each."""

    update: Tensor
    candidate: Tensor


class IDUCell(nn.Module):
    """The six matrices of the discriminating unit, as linear layers without bias; named after the equations."""

    def __init__(self, features: int, hidden: int, hard_sigmoid: bool = True) -> None:
        super().__init__()
        self.hr, self.hh = (nn.Linear(hidden, hidden, bias=False) for _ in range(2))
        self.zero_r, self.xz, self.zero_z, self.xh = (nn.Linear(features, hidden, bias=False) for _ in range(4))
        self.hard_sigmoid = hard_sigmoid

    def gate(self, a: Tensor) -> Tensor:
        """sigma."""
        return (0.2 * a + 0.5).clamp(0.0, 1.0) if self.hard_sigmoid else torch.sigmoid(a)

    def run(self, update: Tensor, candidate: Tensor, reset: Tensor) -> Tensor:
        """The last h (N, H): of W_xz e + W_0z x0 and W_xh e over the window (N, window, H) each, and W_0r x0 (N, H)."""
        z = self.gate(update)
        h = z[:, 0] * torch.tanh(candidate[:, 0])
        for index in range(1, update.shape[1]):
            r = self.gate(self.hr(h) + reset)
            g = torch.tanh(candidate[:, index] + self.hh(r * h))
            h = torch.lerp(h, g, z[:, index])
        return h


class IDN(nn.Module):
    """x (B, T, inputs) to logits (B, T, classes), each of its own window; ahead where future_steps are asked for."""

    def __init__(
        self,
        inputs: int,
        classes: int,
        features: int = 512,
        hidden: int = 512,
        future_steps: int = 0,
        *,
        window: int = 16,
        dropout: float = 0.0,
        norm: bool = False,
        hard_sigmoid: bool = True,
    ) -> None:
        super().__init__()
        self.inputs, self.classes, self.features, self.hidden, self.window = inputs, classes, features, hidden, window
        self.embedding = nn.Sequential(nn.Linear(inputs, features), norm_or_nothing(features, norm), nn.ReLU())
        self.embedding_classifier = nn.Linear(features, classes)
        self.cell = IDUCell(features, hidden, hard_sigmoid)
        self.output = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU())
        self.classifier = nn.Linear(hidden, classes)
        self.ahead = nn.Linear(hidden, future_steps * classes) if future_steps else None
        self.drop = nn.Dropout(dropout)

    def start(self, batch: int, like: Tensor) -> IDNState:
        """An empty window."""
        return IDNState(*[like.new_zeros(batch, self.window - 1, self.hidden) for _ in range(2)])

    def forward(self, x: Tensor) -> HeadOutput:
        e = self.embedding(x)
        h = self._windows(self.drop(e), self.start(len(x), e))[0]
        return self._outputs(h, e)

    def step(self, x: Tensor, state: IDNState | None = None) -> tuple[HeadOutput, IDNState]:
        """One chunk x (B, inputs): logits (B, C) and the window for the next one."""
        e = self.embedding(x)
        h, state = self._windows(self.drop(e)[:, None], state or self.start(len(x), e))
        return self._outputs(h[:, 0], e), state

    def _windows(self, e: Tensor, before: IDNState) -> tuple[Tensor, IDNState]:
        """h (B, T, H) at the end of each chunk's window, and the last window - 1 chunks."""
        cell, (batch, count) = self.cell, e.shape[:2]
        update = torch.cat([before.update, cell.xz(e)], dim=1)
        candidate = torch.cat([before.candidate, cell.xh(e)], dim=1)
        windows = (part.unfold(1, self.window, 1).movedim(-1, 2).flatten(0, 1) for part in (update, candidate))
        z, g = windows
        h = cell.run(z + cell.zero_z(e).flatten(0, 1)[:, None], g, cell.zero_r(e).flatten(0, 1))
        return h.reshape(batch, count, -1), IDNState(update[:, count:], candidate[:, count:])

    def _outputs(self, h: Tensor, e: Tensor) -> HeadOutput:
        y = self.drop(self.output(h))
        ahead = None if self.ahead is None else split_ahead(self.ahead(y), self.classes)
        return HeadOutput(self.classifier(y), ahead, e, self.embedding_classifier(e))
