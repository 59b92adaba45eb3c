"""FAVOR+: softmax attention estimated without bias from random positive features, in linear time.

    exp(q . k) = E phi(q) . phi(k),    phi(x) = exp(W x - |x|^2 / 2) / sqrt(m),    rows of W orthogonal, of chi(d) norms

Choromanski et al. 2021, "Rethinking Attention with Performers", lemma 1 and section 3. The scale goes half into q and
half into k. A factor exp(-c) keeps the features finite and cancels: c is one constant for all keys that a query sees
and another for each query. Causal, the keys' c is the largest so far, so that what is held fades as it grows.
"""

from __future__ import annotations

import math
from functools import lru_cache

import torch
from torch import Tensor

from engines.attention.linear.features import Features
from engines.attention.linear.recurrence import State, refused
from engines.attention.linear.steps import Steps
from engines.attention.request import Request, Widen, wide
from engines.core.errors import UsageError
from engines.core.words import tr

FEATURES = 256
SEED = 0


class Favor(Features):
    """Positive features by the rows of w (m, d). What is taken out of them cancels and is constant to gradients."""

    def __init__(self, w: Tensor, scale: float) -> None:
        self._w, self._k = w, math.sqrt(abs(scale))
        self._q = math.copysign(self._k, scale)

    def queries(self, q: Tensor) -> tuple[Tensor, Tensor]:
        logs, half = self._projected(q, self._q)
        most = logs.detach().amax(-1, keepdim=True)
        return (logs - most).exp(), most - half - math.log(self._w.shape[0])

    def keys(self, k: Tensor, top: Tensor | None) -> tuple[Tensor, Tensor]:
        logs, half = self._projected(k, self._k)
        tops = logs.detach().amax(-1, keepdim=True) - half.detach()
        tops = tops.cummax(2).values if top is None else torch.cat([top, tops], 2).cummax(2).values[:, :, 1:]
        return (logs - (half + tops)).exp(), tops

    def _projected(self, x: Tensor, factor: float) -> tuple[Tensor, Tensor]:
        x = x * factor
        return x @ self._w.T, x.square().sum(-1, keepdim=True) / 2


def refuses(asked: Request, lse: bool) -> str:
    """Why it cannot do what is asked, "" where it can."""
    return refused(asked)


def reference(asked: Request, widen: Widen = Tensor.double, features: int = FEATURES, seed: int = SEED) -> Tensor:
    """The estimate by the same features, in float64 or as wide as told, (B, H, N, e), by the whole matrix."""
    return _favor(widen(asked.q), asked.scale, features, seed).definition(asked, widen)


def forward(
    asked: Request, lse: bool = False, features: int = FEATURES, seed: int = SEED
) -> tuple[Tensor, Tensor | None]:
    """(output (B, H, N, e), log of the estimated normaliser (B, H, N) or None)."""
    return _favor(asked.q, asked.scale, features, seed).attend(asked, lse)


def performer(
    q: Tensor, k: Tensor, v: Tensor, *, scale: float | None = None, features: int = FEATURES, seed: int = SEED,
    state: State | None = None,
) -> tuple[Tensor, State]:  # fmt: skip
    """Causal, from a state and with the state after it, for as many queries as keys: (output (B, H, n, e), state)."""
    return _favor(q, q.shape[3] ** -0.5 if scale is None else scale, features, seed).causal(q, k, v, state)


class Stream(Steps):
    """Causal FAVOR+ a few tokens at a time."""

    def __init__(
        self, shape: object = None, scale: float | None = None, features: int = FEATURES, seed: int = SEED
    ) -> None:
        def run(q: Tensor, k: Tensor, v: Tensor, state: State | None) -> tuple[Tensor, State]:
            return performer(q, k, v, scale=scale, features=features, seed=seed, state=state)

        super().__init__(run)


@lru_cache(maxsize=16)
def projection(dim: int, features: int, seed: int) -> Tensor:
    """W, (features, dim), float64: the same for the same seed. Raises `UsageError` for fewer than one feature."""
    if features < 1:
        raise UsageError(
            tr("An estimate from {features} features", features=features),
            hint=tr("Give 1 or more; 2 to 4 a dim are usual"),
        )
    with torch.inference_mode(False), torch.no_grad():
        generator = torch.Generator().manual_seed(seed)
        normal, lengths = torch.randn(2, -(-features // dim), dim, dim, generator=generator, dtype=torch.float64)
        q, r = torch.linalg.qr(normal)
        uniform = q * r.diagonal(dim1=-2, dim2=-1).sign()[..., None, :]
        w: Tensor = uniform * torch.linalg.vector_norm(lengths, dim=-1, keepdim=True)
        return w.flatten(0, 1)[:features]


def _favor(q: Tensor, scale: float, features: int, seed: int) -> Favor:
    return Favor(projection(q.shape[3], features, seed).to(q.device, wide(q[:0]).dtype), scale)
