"""The recurrence behind attention in linear time: a state fades, takes in a key with its value, and a query reads it.

    S_t = exp(g_t) S_(t-1) + k_t v_t^T        o_t = q_t S_t

q and k are features, (B, H, n, r); v is (B, H, n, e), with a column of ones where the sum of the weights is wanted too.
g is the log of what the state keeps: (B, H, n, 1), or (B, H, n, r) for each feature its own; each side may be 1; None:
nothing fades. Sums of g are taken over what lies between two tokens and never as a difference of two sums, so that a
strong decay loses nothing (Dao and Gu 2024, section 6; Yang et al. 2024, "Gated Linear Attention").
`quadratic` is the definition, `recurrent` the step, `chunked` the fast one; all three are the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from engines.attention.exact.naive import mixed
from engines.attention.request import Request, rows_of
from engines.core.words import tr

CHUNK = 64
SMALL = 16
"""Tokens of a chunk where each feature fades for itself: its weights are no matrix product."""
SEGMENT = 2048
"""Tokens whose chunks are computed at once: few enough to stay in the cache."""


@dataclass(frozen=True, slots=True)
class State:
    """What is kept of the tokens so far. s: (B, H, r, e), in float32 or wider; top: log of a factor taken out of s."""

    s: Tensor
    top: Tensor | None = None


def quadratic(q: Tensor, k: Tensor, v: Tensor, g: Tensor | None = None) -> Tensor:
    """The definition, by the whole matrix. q: the last N of k's M tokens."""
    count, keys = q.shape[2], k.shape[2]
    if g is not None:
        g = g.expand(-1, -1, keys, -1)
    return _seen(_weights(q, k, None if g is None else kept(g)[..., -count:, :, :]), v)


def recurrent(q: Tensor, k: Tensor, v: Tensor, g: Tensor | None, s: Tensor) -> tuple[Tensor, Tensor]:
    """Token by token from state s: (output (B, H, n, e), the state after the last)."""
    read = []
    for t in range(q.shape[2]):
        if g is not None:
            s = s * rows_of(g, slice(t, t + 1)).exp().transpose(-1, -2)
        s = s + k[:, :, t, :, None] * v[:, :, t, None, :]
        read.append(q[:, :, t, None] @ s)
    return torch.cat(read, 2), s


def chunked(q: Tensor, k: Tensor, v: Tensor, g: Tensor | None, s: Tensor) -> tuple[Tensor, Tensor]:
    """`recurrent` by matrix products: within a chunk by its square of weights, over earlier chunks by the state."""
    if q.shape[2] == 1:
        return recurrent(q, k, v, g, s)
    read = []
    for rows, size in _spans(q.shape[2], CHUNK if g is None or g.shape[-1] == 1 else SMALL):
        fades = None if g is None else rows_of(g, rows)
        out, s = _segment(q[:, :, rows], k[:, :, rows], v[:, :, rows], fades, s, size)
        read.append(out)
    return (torch.cat(read, 2) if len(read) > 1 else read[0]), s


def kept(g: Tensor) -> Tensor:
    """exp(g_(j+1) + ... + g_i), what token i finds of token j, (..., i, j, 1 or r); 1 if j > i. g: (..., n, 1 or r)."""
    count = g.shape[-2]
    later = torch.ones(count, count, dtype=torch.bool, device=g.device).tril(-1)[..., None]
    return torch.where(later, g[..., :, None, :], 0.0).cumsum(-3).exp()


def zeros(k: Tensor, v: Tensor) -> Tensor:
    """The state before the first token."""
    return v.new_zeros(*k.shape[:2], k.shape[-1], v.shape[-1])


def with_ones(v: Tensor) -> Tensor:
    """v and a column of ones, whose output is the sum of the weights."""
    return F.pad(v, (0, 1), value=1.0)


def divided(read: Tensor) -> tuple[Tensor, Tensor]:
    """(output over the sum of its weights, log of that sum (B, H, n)); 0 and -inf where all weights underflow."""
    total = read[..., -1:]
    return read[..., :-1] / total.masked_fill(total == 0, 1.0), total.squeeze(-1).log()


def refused(asked: Request) -> str:
    """Why attention without a matrix of scores cannot do what is asked."""
    hidden = {"a mask": asked.mask, "a bias": asked.bias, "a window": asked.window}
    found = [name for name, value in hidden.items() if value is not None]
    return tr("it has no scores that {found} could change", found=found[0]) if found else ""


def _spans(count: int, size: int) -> Iterator[tuple[slice, int]]:
    body = count - count % size
    for start in range(0, body, SEGMENT):
        yield slice(start, min(start + SEGMENT, body)), size
    if body < count:
        yield slice(body, count), count - body


def _segment(q: Tensor, k: Tensor, v: Tensor, g: Tensor | None, s: Tensor, size: int) -> tuple[Tensor, Tensor]:
    q, k, v = (_split(x, size) for x in (q, k, v))
    if g is None:
        before, s = _carried(k.transpose(-1, -2) @ v, None, s)
        return (_seen(_weights(q, k, None), v) + q @ before).flatten(2, 3), s
    g = g.expand(-1, -1, size, -1).unsqueeze(2) if g.shape[2] == 1 else _split(g, size)
    before, s = _carried((k * _after(g)).transpose(-1, -2) @ v, g.sum(-2).exp()[..., None], s)
    inside = _seen(_weights(q, k, kept(g)) if g.shape[-1] == 1 else _diagonals(q, k, g), v)
    return (inside + (q * g.cumsum(-2).exp()) @ before).flatten(2, 3), s


def _split(x: Tensor, size: int) -> Tensor:
    return x.reshape(*x.shape[:2], -1, size, x.shape[-1])


def _weights(q: Tensor, k: Tensor, between: Tensor | None) -> Tensor:
    if between is None:
        return q @ k.transpose(-1, -2)
    if between.shape[-1] == 1:
        return q @ k.transpose(-1, -2) * between.squeeze(-1)
    return torch.einsum("...id,...jd,...ijd->...ij", q, k, between)


def _diagonals(q: Tensor, k: Tensor, g: Tensor) -> Tensor:
    """The weights where each feature fades for itself, diagonal by diagonal, so that no (n, n, r) is made."""
    count, faded = q.shape[-2], torch.zeros_like(g)
    weights = torch.diag_embed((q * k).sum(-1))
    for back in range(1, count):
        faded = faded[..., 1:, :] + g[..., 1 : count - back + 1, :]
        one = (q[..., back:, :] * faded.exp() * k[..., : count - back, :]).sum(-1)
        weights = weights + torch.diag_embed(one, -back)
    return weights


def _after(g: Tensor) -> Tensor:
    """What is left of each token at the end."""
    return F.pad(g[..., 1:, :].flip(-2).cumsum(-2).flip(-2), (0, 0, 0, 1)).exp()


def _seen(weights: Tensor, v: Tensor) -> Tensor:
    behind = weights.shape[-1] - weights.shape[-2]
    earlier = torch.ones(weights.shape[-2:], dtype=torch.bool, device=v.device).tril(behind)
    return mixed(weights.tril(behind), v, earlier)


def _carried(added: Tensor, fade: Tensor | None, s: Tensor) -> tuple[Tensor, Tensor]:
    """The state before every chunk, (B, H, chunks, r, e), and after the last."""
    before = []
    fades = [None] * added.shape[2] if fade is None else fade.expand(-1, -1, added.shape[2], -1, -1).unbind(2)
    for new, kept_part in zip(added.unbind(2), fades, strict=True):
        before.append(s)
        s = s + new if kept_part is None else torch.addcmul(new, s, kept_part)
    return torch.stack(before, 2), s
