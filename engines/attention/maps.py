"""What attention looked at, from queries, keys and log-sum-exp alone: no matrix of N x M is ever made.

    out, lse = attention_with_lse(q, k, v, causal=True)
    received = maps.mass(q, k, lse, causal=True)

Each takes q (B, H, N, d), k (B, H, M, d), lse (B, H, N) as `attention_with_lse` gives it, or None: then it is computed;
and `causal`, `mask`, `bias`, `scale`, `window` as the attention had them. The weights are taken tile by tile,
p = exp(q k^T scale + bias - lse), small enough for the processor's cache, in float32, or float64 where q is. A row that
sees no key has no weights: its row, mass and entropy are 0. Raises `UsageError` like `attention`. No gradients.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from engines.attention.request import Request, request, rows_of, seen
from engines.core.errors import UsageError
from engines.core.words import tr

ROWS, KEYS = 128, 512
"""Sides of a tile on a CPU: with its weights half a megabyte."""
ON_GPU = 8
FLOORS = {torch.float32: -87.0, torch.float64: -700.0}
"""What logarithms of weights are raised to before the exponential, which takes forty times as long where its result is
below the normal numbers. Weights that small are 0."""


@torch.no_grad()
def rows(
    q: Tensor, k: Tensor, lse: Tensor | None, which: Sequence[int] | Tensor, *, causal: bool = False,
    mask: Tensor | None = None, bias: Tensor | None = None, scale: float | None = None, window: int | None = None,
) -> Tensor:  # fmt: skip
    """Rows of the matrix of weights by number, (B, H, len(which), M).

    Naive: softmax(q k^T scale + bias)[:, :, which].
    """
    asked, lse = _checked(request(q, k, k, causal, mask, bias, scale, window), lse)
    at = torch.as_tensor(which, dtype=torch.long, device=q.device).flatten()
    if at.numel() and not 0 <= int(at.min()) <= int(at.max()) < q.shape[2]:
        raise UsageError(
            tr("There is no row {highest} or {lowest}", highest=int(at.max()), lowest=int(at.min())),
            hint=tr("Rows are 0 to {shape}", shape=q.shape[2] - 1),
        )
    parts = [_row(asked, lse, slice(i, i + 1)) for i in at.tolist()]
    return torch.cat(parts, 2) if parts else asked.q.new_empty(*q.shape[:2], 0, k.shape[2])


@torch.no_grad()
def mass(
    q: Tensor, k: Tensor, lse: Tensor | None = None, *, causal: bool = False, mask: Tensor | None = None,
    bias: Tensor | None = None, scale: float | None = None, window: int | None = None,
) -> Tensor:  # fmt: skip
    """The weight that each key receives from all queries together, (B, H, M); over the keys it sums to N.

    Naive: softmax(q k^T scale + bias).sum(-2).
    """
    walk = _Walk(*_checked(request(q, k, k, causal, mask, bias, scale, window), lse))
    received = walk.zeros(walk.keys)
    for tile, logs in walk.tiles():
        received[tile.heads, tile.keys] += _column_sums(_weights(logs))
    return received.view(*k.shape[:3])


@torch.no_grad()
def weighted_mass(
    q: Tensor, k: Tensor, weights: Tensor, lse: Tensor | None = None, *, causal: bool = False,
    mask: Tensor | None = None, bias: Tensor | None = None, scale: float | None = None, window: int | None = None,
) -> Tensor:  # fmt: skip
    """`mass` where each query counts as much as its weight says, (B, H, M). weights: broadcast to (B, H, N).

    Naive: (weights[..., None] * softmax(q k^T scale + bias)).sum(-2).
    """
    walk = _Walk(*_checked(request(q, k, k, causal, mask, bias, scale, window), lse))
    each = weights.to(walk.room.dtype).expand(q.shape[:3]).flatten(0, 1)
    received = walk.zeros(walk.keys)
    for tile, logs in walk.tiles():
        received[tile.heads, tile.keys] += torch.bmm(each[tile.heads, None, tile.rows], _weights(logs))[:, 0]
    return received.view(*k.shape[:3])


@torch.no_grad()
def entropy(
    q: Tensor, k: Tensor, lse: Tensor | None = None, *, causal: bool = False, mask: Tensor | None = None,
    bias: Tensor | None = None, scale: float | None = None, window: int | None = None,
) -> Tensor:  # fmt: skip
    """The entropy of each row of weights in nats, (B, H, N): 0 where one key has it all, ln M where all are alike.

    Naive: -(p ln p).sum(-1), p = softmax(q k^T scale + bias).
    """
    return mass_and_entropy(q, k, lse, causal=causal, mask=mask, bias=bias, scale=scale, window=window)[1]


@torch.no_grad()
def mass_and_entropy(
    q: Tensor, k: Tensor, lse: Tensor | None = None, *, causal: bool = False, mask: Tensor | None = None,
    bias: Tensor | None = None, scale: float | None = None, window: int | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """`mass` and `entropy` in one pass over the tiles."""
    walk = _Walk(*_checked(request(q, k, k, causal, mask, bias, scale, window), lse))
    received, spread = walk.zeros(walk.keys), walk.zeros(walk.rows)
    room = torch.empty_like(walk.room)
    for tile, logs in walk.tiles():
        weights = _weights(logs, room[: logs.numel()].view(logs.shape))
        received[tile.heads, tile.keys] += _column_sums(weights)
        spread[tile.heads, tile.rows] -= logs.mul_(weights).sum(-1)
    return received.view(*k.shape[:3]), spread.view(*q.shape[:3])


@torch.no_grad()
def pooled(
    q: Tensor, k: Tensor, lse: Tensor | None = None, size: int = 256, *, causal: bool = False,
    mask: Tensor | None = None, bias: Tensor | None = None, scale: float | None = None, window: int | None = None,
) -> Tensor:  # fmt: skip
    """The matrix of weights, averaged over cells to a map of at most size x size, (B, H, min(N, size), min(M, size)).

    Naive: the mean of softmax(q k^T scale + bias) over rows i with i r // N = a and keys j with j c // M = b, at (a, b)
    of r x c.
    """
    if size < 1:
        raise UsageError(tr("A map of {size} x {size} shows nothing", size=size), hint=tr("Give 1 or more"))
    walk = _Walk(*_checked(request(q, k, k, causal, mask, bias, scale, window), lse))
    high, wide = _cells(walk.rows, size, q.device), _cells(walk.keys, size, q.device)
    tall, broad = int(high[-1]) + 1, int(wide[-1]) + 1
    sums = walk.zeros(tall, broad)
    for tile, logs in walk.tiles():
        first, last = int(high[tile.rows][0]), int(high[tile.rows][-1])
        among = high[tile.rows] == torch.arange(first, last + 1, device=q.device)[:, None]
        strips = torch.matmul(among.to(logs.dtype), _weights(logs))
        sums[tile.heads, first : last + 1].index_add_(2, wide[tile.keys], strips)
    area = torch.bincount(high)[:, None] * torch.bincount(wide)
    return (sums / area).view(*q.shape[:2], tall, broad)


@torch.no_grad()
def log_sum_exp(
    q: Tensor, k: Tensor, *, causal: bool = False, mask: Tensor | None = None, bias: Tensor | None = None,
    scale: float | None = None, window: int | None = None,
) -> Tensor:  # fmt: skip
    """The logarithm of the sum of exponentials of each row's scores, (B, H, N); -infinity where it sees no key.

    Naive: logsumexp(q k^T scale + bias, -1).
    """
    return _lse(_wide(request(q, k, k, causal, mask, bias, scale, window)))


def _checked(asked: Request, lse: Tensor | None) -> tuple[Request, Tensor]:
    asked = _wide(asked)
    if lse is None:
        return asked, _lse(asked)
    if lse.shape != asked.q.shape[:3] or lse.device != asked.q.device:
        told = tr(
            "The log-sum-exp {shape} on {device} is not of q {q}",
            shape=tuple(lse.shape),
            device=lse.device,
            q=tuple(asked.q.shape),
        )
        raise UsageError(told, hint=tr("Give what attention_with_lse gave, (batch, heads, queries)"))
    return asked, lse.to(asked.q.dtype)


def _wide(asked: Request) -> Request:
    dtype = torch.promote_types(asked.q.dtype, torch.float32)
    return replace(asked, q=asked.q.to(dtype), k=asked.k.to(dtype), v=asked.k)


def _lse(asked: Request) -> Tensor:
    walk = _Walk(asked, asked.q.new_zeros(asked.q.shape[:3]))
    found = walk.zeros(walk.rows).fill_(-torch.inf)
    for tile, scores in walk.tiles():
        top = scores.amax(-1, keepdim=True)
        sums = _weights(scores.sub_(_finite(top))).sum(-1).log_().add_(_finite(top)[..., 0])
        here = found[tile.heads, tile.rows]
        here.copy_(torch.logaddexp(here, sums))
    return found.view(*asked.q.shape[:3])


def _row(asked: Request, lse: Tensor, at: slice) -> Tensor:
    scores = asked.q[:, :, at] @ asked.k.transpose(-1, -2) * asked.scale
    if asked.bias is not None:
        scores = scores + rows_of(asked.bias, at).to(scores.dtype)
    visible = seen(asked, at)
    shown = scores if visible is None else scores.masked_fill(~visible, -torch.inf)
    return torch.exp(shown - _finite(lse[:, :, at, None]))


def _finite(lse: Tensor) -> Tensor:
    """0 for a row that sees nothing."""
    return lse.masked_fill(lse == -torch.inf, 0.0)


def _weights(logs: Tensor, out: Tensor | None = None) -> Tensor:
    """exp(logs), in their place or in `out`. The logarithms of what has no weight become finite."""
    floor = FLOORS[logs.dtype]
    weights = torch.exp(logs.clamp_(min=floor), out=logs if out is None else out)
    return F.threshold(weights, 2 * math.exp(floor), 0.0, inplace=True)


def _column_sums(weights: Tensor) -> Tensor:
    heads, count, _ = weights.shape
    return torch.bmm(weights.new_ones(heads, 1, count), weights)[:, 0]


def _cells(count: int, size: int, device: torch.device) -> Tensor:
    return torch.arange(count, device=device) * min(count, size) // count


@dataclass(frozen=True, slots=True)
class _Tile:
    """heads: of all batches, one after another."""

    heads: slice
    rows: slice
    keys: slice


class _Walk:
    """Over the tiles of a request that have keys to see. room: as large as any tile."""

    def __init__(self, asked: Request, lse: Tensor) -> None:
        batch, heads, self.rows, _ = asked.q.shape
        self.keys = asked.k.shape[2]
        self._asked, self._count = asked, batch * heads
        left = -_finite(lse).unsqueeze(-1)
        self._q = torch.cat([asked.q * asked.scale, left], -1).flatten(0, 1)
        self._k = torch.cat([asked.k, torch.ones_like(asked.k[..., :1])], -1).flatten(0, 1)
        larger = ON_GPU if asked.q.is_cuda else 1
        self._high, self._wide = min(self.rows, larger * ROWS), min(self.keys, larger * KEYS)
        shared = all(
            square is None or max((1, 1, 1, 1, *square.shape)[-4:-2]) == 1 for square in (asked.mask, asked.bias)
        )
        self._group = max(1, larger**2 * ROWS * KEYS // (self._high * self._wide)) if shared else 1
        self.room = asked.q.new_empty(min(self._group, self._count) * self._high * self._wide)

    def zeros(self, *sides: int) -> Tensor:
        return self._q.new_zeros(self._count, *sides)

    def tiles(self) -> Iterator[tuple[_Tile, Tensor]]:
        """Each with the logarithms of its weights, (heads, rows, keys), in `room`: they last until the next."""
        for head in range(0, self._count, self._group):
            for row in range(0, self.rows, self._high):
                for key in range(0, self.keys, self._wide):
                    tile = _Tile(
                        slice(head, min(head + self._group, self._count)),
                        slice(row, min(row + self._high, self.rows)),
                        slice(key, min(key + self._wide, self.keys)),
                    )
                    if self._any(tile):
                        yield tile, self._logs(tile)

    def _logs(self, tile: _Tile) -> Tensor:
        q, k = self._q[tile.heads, tile.rows], self._k[tile.heads, tile.keys]
        shape = (q.shape[0], q.shape[1], k.shape[1])
        logs = torch.bmm(q, k.transpose(1, 2), out=self.room[: shape[0] * shape[1] * shape[2]].view(shape))
        if self._asked.bias is not None:
            logs.add_(self._part(self._asked.bias, tile))
        if self._asked.mask is not None:
            logs.masked_fill_(~self._part(self._asked.mask, tile), -torch.inf)
        if not self._all(tile):
            logs.masked_fill_(self._far(tile), -torch.inf)
        return logs

    def _part(self, square: Tensor, tile: _Tile) -> Tensor:
        """What a tile has of a mask or bias. Where heads differ in it, a tile is of one head."""
        whole = torch.broadcast_to(square, (*self._asked.q.shape[:3], self.keys))
        batch, head = divmod(tile.heads.start, self._asked.q.shape[1])
        return whole[batch, head, tile.rows, tile.keys]

    def _ahead(self, tile: _Tile) -> tuple[int, int]:
        """How far its keys lie after its queries, at least and at most."""
        first, last = tile.rows.start + self.keys - self.rows, tile.rows.stop - 1 + self.keys - self.rows
        return tile.keys.start - last, tile.keys.stop - 1 - first

    def _any(self, tile: _Tile) -> bool:
        least, most = self._ahead(tile)
        window = self._asked.window or self.keys + self.rows
        return -window < most and least < window and not (self._asked.causal and least > 0)

    def _all(self, tile: _Tile) -> bool:
        least, most = self._ahead(tile)
        window = self._asked.window or self.keys + self.rows
        return -window < least and most < window and not (self._asked.causal and most > 0)

    def _far(self, tile: _Tile) -> Tensor:
        """What `causal` and `window` hide of a tile, (rows, keys)."""
        device, dtype = self._q.device, torch.int32
        i = torch.arange(tile.rows.start, tile.rows.stop, device=device, dtype=dtype)[:, None] + self.keys - self.rows
        j = torch.arange(tile.keys.start, tile.keys.stop, device=device, dtype=dtype)
        window = self._asked.window
        late = j > i if self._asked.causal else j >= i + (window or 0)
        return late if window is None else late.logical_or_(j <= i - window)
