"""Linear attention: features elu(x) + 1 in place of the exponential, the sum of the weights as the normaliser.

    o_i = sum_j phi(q_i) . phi(k_j) v_j / sum_j phi(q_i) . phi(k_j),    phi(x) = elu(x) + 1

Katharopoulos et al. 2020, "Transformers are RNNs", equations 4 to 12. The log of the normaliser stands for the
log-sum-exp: parts over disjoint keys are merged by it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engines.attention.linear.features import Features
from engines.attention.linear.recurrence import State, refused
from engines.attention.linear.steps import Steps
from engines.attention.request import Request, Widen
from engines.core.words import tr


class Elu(Features):
    """elu(x) + 1, to the last digit where x is far below 0."""

    def queries(self, q: Tensor) -> tuple[Tensor, None]:
        return torch.exp(q.clamp(max=0.0)) + torch.relu(q), None

    def keys(self, k: Tensor, top: Tensor | None) -> tuple[Tensor, None]:
        return self.queries(k)


def refuses(asked: Request, lse: bool) -> str:
    """Why it cannot do what is asked, "" where it can."""
    return refused(asked) or ("" if asked.scale == asked.q.shape[3] ** -0.5 else tr("its features have no scale"))


def reference(asked: Request, widen: Widen = Tensor.double) -> Tensor:
    """The definition in float64, or as wide as told, (B, H, N, e), by the whole matrix of weights."""
    return Elu().definition(asked, widen)


def forward(asked: Request, lse: bool = False) -> tuple[Tensor, Tensor | None]:
    """(output (B, H, N, e), log of the normaliser (B, H, N) or None)."""
    return Elu().attend(asked, lse)


def linear(q: Tensor, k: Tensor, v: Tensor, state: State | None = None) -> tuple[Tensor, State]:
    """Causal, from a state and with the state after it, for as many queries as keys: (output (B, H, n, e), state)."""
    return Elu().causal(q, k, v, state)


class Stream(Steps):
    """Causal linear attention a few tokens at a time."""

    def __init__(self, shape: object = None) -> None:
        super().__init__(linear)
