"""Attention whose memory fades: retention with one decay a head, and its gated forms with one a token.

    o_i = scale sum_(j <= i) (q_i . k_j) exp(g_(j+1) + ... + g_i) v_j

Sun et al. 2023, "Retentive Network", equations 5 to 7, without rotation and group norm: in head h
g = log(1 - 2^(-5-h)). g of each token and head as in Mamba-2 (Dao and Gu 2024), of each token and dim as in gated
linear attention (Yang et al. 2024). Nothing is normalised unless asked for: then by max(|sum of the weights|, 1), as
in section 2.3 of the first.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engines.attention.linear.recurrence import State, chunked, quadratic, refused, with_ones, zeros
from engines.attention.linear.steps import Steps
from engines.attention.request import Request, Widen, wide
from engines.core.errors import UsageError
from engines.core.words import tr


def refuses(asked: Request, lse: bool) -> str:
    """Why it cannot do what is asked, "" where it can."""
    if lse:
        return tr("its weights are no exponentials and have no log-sum-exp")
    return refused(asked) or ("" if asked.causal else tr("its memory fades with time: it is causal"))


def reference(asked: Request, widen: Widen = Tensor.double) -> Tensor:
    """The definition in float64, or as wide as told, (B, H, N, e), by the whole matrix of weights."""
    q, k, v = widen(asked.q) * asked.scale, widen(asked.k), widen(asked.v)
    return quadratic(q, k, v, _column(gammas(q.shape[1]).log().to(q)))


def forward(asked: Request, lse: bool = False) -> tuple[Tensor, Tensor | None]:
    """(output (B, H, N, e), None), with the decay of retention."""
    early = asked.k.shape[2] - asked.q.shape[2]
    k, v = asked.k[:, :, early:], asked.v[:, :, early:]
    state = State(_held(wide(asked.k[:, :, :early]), wide(asked.v[:, :, :early])))
    return decay(asked.q, k, v, scale=asked.scale, state=state)[0], None


def decay(
    q: Tensor, k: Tensor, v: Tensor, *, log_decay: Tensor | None = None, scale: float | None = None,
    normalise: bool = False, state: State | None = None,
) -> tuple[Tensor, State]:  # fmt: skip
    """Causal, from a state and with the state after it, for as many queries as keys: (output (B, H, n, e), state).

    log_decay: (H,) of each head, (B, H, n) of each token, or (B, H, n, d) of each dim too; at most 0, -inf forgets all;
    None: retention's. scale: 1 / sqrt(d). Raises `UsageError` for a decay of another shape.
    """
    g = _decays(log_decay, q)
    keys, values = wide(k), with_ones(wide(v)) if normalise else wide(v)
    queries = wide(q) * (q.shape[3] ** -0.5 if scale is None else scale)
    read, s = chunked(queries, keys, values, g, zeros(keys, values) if state is None else state.s)
    if normalise:
        read = read[..., :-1] / read[..., -1:].abs().clamp(min=1.0)
    return read.to(q.dtype), State(s)


class Stream(Steps):
    """Retention a few tokens at a time. log_decay: (H,), None for retention's; scale: 1 / sqrt(d)."""

    def __init__(
        self, shape: object = None, log_decay: Tensor | None = None, scale: float | None = None, normalise: bool = False
    ) -> None:
        def run(q: Tensor, k: Tensor, v: Tensor, state: State | None) -> tuple[Tensor, State]:
            return decay(q, k, v, log_decay=log_decay, scale=scale, normalise=normalise, state=state)

        super().__init__(run)


def gammas(heads: int) -> Tensor:
    """1 - 2^(-5-h) of every head h, float64."""
    return 1.0 - torch.exp2(-5.0 - torch.arange(heads, dtype=torch.float64))


def _decays(given: Tensor | None, q: Tensor) -> Tensor:
    if given is None:
        return _column(gammas(q.shape[1]).log().to(q.device, wide(q).dtype))
    if given.shape not in (q.shape[1:2], q.shape[:3], q.shape):
        told = tr("A log decay of {shape} does not fit q {q}", shape=tuple(given.shape), q=tuple(q.shape))
        raise UsageError(told, hint=tr("Give (heads,), (batch, heads, length) or (batch, heads, length, dim)"))
    given = wide(given).to(wide(q).dtype)
    return _column(given) if given.ndim == 1 else given[..., None] if given.ndim == 3 else given


def _column(per_head: Tensor) -> Tensor:
    return per_head[None, :, None, None]


def _held(k: Tensor, v: Tensor) -> Tensor:
    """The state of retention after keys that no query reads."""
    ages = torch.arange(k.shape[2] - 1, -1, -1, device=k.device)[:, None]
    return (k * (_decays(None, k) * ages).exp()).transpose(-1, -2) @ v
