"""Exact attention by strips of queries, for a CPU: two large matrix products a strip, over the keys it sees alone.

In float32 it is short of work where a window or causal order hides most keys, and holds no more than a strip of scores.
In bfloat16, on a CPU with products in it, the weights come out of the first product itself, by oneDNN's fused sigmoid:
for scores far below 0 the sigmoid is the exponential, so with c above every score sigmoid(s - c) is exp(s - c) to
3e-4, no score is ever rounded to bfloat16, and the sum of the weights divides the mix at the end. c comes from the
lengths of q and k (Cauchy-Schwarz). Inference only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import torch
from torch import Tensor

from engines.attention.exact.spoilt import contained
from engines.attention.request import Request, blocks, cuts, positions, span, tile_of
from engines.core.words import tr

SCORES = 1 << 19
"""Of some heads and rows at a time: they stay in the processor's own memory."""
MOST = 1 << 20
"""Of one head at a time, where there are more keys than fit into that memory."""
CORNER = 256
"""Where causal or window cut across a strip, keys are hidden in blocks of so many."""
HIGHEST, ABOVE, TINY = 35.0, 8.0, 1e-37
"""Scores up to which fused weights keep their range; how far c lies above the largest; no sum of them is smaller."""
COARSE, SHORT = 15.0, 384
"""Up to this score and so many keys scores may be rounded to bfloat16: then many heads go in one product."""


@cache
def has_bf16_products() -> bool:
    """Whether this CPU multiplies matrices of bfloat16; elsewhere that is many times slower than float32."""
    found = torch.cpu.get_capabilities()
    return bool(found.get("avx512_bf16") or found.get("amx_bf16"))


def refuses(asked: Request, lse: bool) -> str:
    """Why it cannot do what is asked, "" where it can."""
    if asked.q.device.type != "cpu":
        return tr("it is for the CPU")
    if asked.needs_gradient:
        return tr("it has no backward")
    if asked.q.dtype == torch.float16:
        return tr("this CPU has no fp16 products")
    if asked.q.dtype != torch.bfloat16:
        return ""
    if not has_bf16_products():
        return tr("this CPU has no bf16 products")
    return tr("in bfloat16 its sums are too coarse for a log-sum-exp") if lse else ""


def forward(asked: Request, lse: bool = False) -> tuple[Tensor, Tensor | None]:
    """(output, log-sum-exp or None)."""
    return contained(_run, asked, lse)


def _run(asked: Request, lse: bool) -> tuple[Tensor, Tensor | None]:
    """oneDNN's product times 0 leaves what lay in the memory, so a scale of 0 goes into q."""
    if asked.scale == 0:
        asked = replace(asked, q=asked.q * 0, scale=1.0)
    if asked.q.dtype != torch.bfloat16:
        return _softmaxed(asked, lse)
    largest = _largest(asked)
    if asked.bias is None and largest <= COARSE and asked.k.shape[2] <= SHORT:
        return _softmaxed(asked, lse)
    if asked.bias is None and largest <= HIGHEST:
        return _fused(asked, largest), None
    wide = replace(asked, q=asked.q.float(), k=asked.k.float(), v=asked.v.float())
    return _softmaxed(wide, lse)[0].bfloat16(), None


def _largest(asked: Request) -> float:
    """No score is larger."""
    longest = torch.linalg.vector_norm(asked.q, dim=-1).amax() * torch.linalg.vector_norm(asked.k, dim=-1).amax()
    return abs(asked.scale) * float(longest)


def _softmaxed(asked: Request, lse: bool) -> tuple[Tensor, Tensor | None]:
    """Some heads at a time: scores of a strip, their softmax in place, times v."""
    q, k, v = (tensor.flatten(0, 1) for tensor in (asked.q, asked.k, asked.v))
    out = q.new_zeros(*q.shape[:2], v.shape[2])
    total = q.new_full(q.shape[:2], -torch.inf)
    bands = Bands(asked, -torch.inf, 0.0)
    for rows in blocks(0, q.shape[1], min(_height(asked, CORNER), max(32, MOST // k.shape[1]))):
        keys = span(asked, rows)
        room = (rows.stop - rows.start) * max(keys.stop - keys.start, 1)
        for heads in blocks(0, len(q) if keys.stop > keys.start else 0, max(1, SCORES // room)):
            scores = _scores(asked, q[heads, rows], k[heads, keys], heads, rows, keys, bands)
            top = scores.amax(-1, keepdim=True) if lse or _may_be_blind(asked) else None
            weights = torch.softmax(scores, -1, out=scores)
            if top is not None:
                weights.masked_fill_(top == -torch.inf, 0)
                total[heads, rows] = _total(top, weights) if lse else 0
            torch.bmm(weights, v[heads, keys], out=out[heads, rows])
    batch = asked.q.shape[:2]
    return out.view(*batch, *out.shape[1:]), total.view(*batch, -1) if lse else None


def _height(asked: Request, most: int) -> int:
    """Rows of a strip: with a window fewer, for what lies beside the window is work for nothing."""
    return most if asked.window is None else max(32, min(most, asked.window // 2))


def _scores(asked: Request, q: Tensor, k: Tensor, heads: slice, rows: slice, keys: slice, bands: Bands) -> Tensor:
    scores = q.new_empty(len(q), q.shape[1], k.shape[1])
    torch.baddbmm(scores, q, k.mT, beta=0, alpha=asked.scale, out=scores)
    if asked.bias is not None:
        scores.add_(_of_heads(asked, tile_of(asked.bias, rows, keys), heads))
    if asked.mask is not None:
        scores.masked_fill_(~_of_heads(asked, tile_of(asked.mask, rows, keys), heads), -torch.inf)
    for corner in bands.corners(rows, keys):
        scores[..., corner.start - keys.start : corner.stop - keys.start].add_(bands.band(rows, corner))
    return scores


def _of_heads(asked: Request, tile: Tensor, heads: slice) -> Tensor:
    """Of what is broadcast to (B, H, ...), the part of some of B * H heads."""
    tile = tile[(None,) * (4 - tile.ndim)]
    if tile.shape[:2] == (1, 1):
        return tile[0]
    which = torch.arange(heads.start, heads.stop)
    return tile.expand(*asked.q.shape[:2], -1, -1)[which // asked.q.shape[1], which % asked.q.shape[1]]


def _may_be_blind(asked: Request) -> bool:
    """Whether a row may see no key; by place alone each sees itself, where there is a key in its place."""
    return asked.mask is not None or asked.bias is not None or asked.q.shape[2] > asked.k.shape[2]


def _total(top: Tensor, weights: Tensor) -> Tensor:
    """The log-sum-exp from the largest score and the largest weight, exp(top - lse)."""
    return torch.where(top == -torch.inf, top, top - weights.amax(-1, keepdim=True).log())[..., 0]


def _fused(asked: Request, largest: float) -> Tensor:
    """Head by head: weights in bfloat16 that are not normalised yet, times v, over their sum."""
    heads = zip(*(x.flatten(0, 1).unbind() for x in (asked.q * asked.scale, asked.k, asked.v)), strict=True)
    out = asked.v.new_empty(*asked.q.shape[:3], asked.v.shape[3])
    below = asked.v.new_full((4 * CORNER,), -(largest + ABOVE))
    bands = Bands(asked, 0.0, 1.0)
    for head, (q, k, v) in enumerate(heads):
        for rows in blocks(0, len(q), _height(asked, 2 * CORNER)):
            _mix(asked, head, rows, q[rows], k, v, below, bands, out.flatten(0, 1)[head, rows])
    return out


def _mix(
    asked: Request, head: int, rows: slice, q: Tensor, k: Tensor, v: Tensor, below: Tensor, bands: Bands, out: Tensor
) -> None:
    """A strip of one head, the keys it sees in tiles. Sums over tiles are in float32."""
    keys = span(asked, rows)
    if keys.start >= keys.stop:
        out.zero_()
        return
    mixed = sums = q.new_zeros(1)
    for tile in blocks(keys.start, keys.stop, 4 * CORNER):
        weights = _product(q, k[tile], below[: tile.stop - tile.start], "sigmoid", [], "")
        if asked.mask is not None:
            weights.mul_(_of_heads(asked, tile_of(asked.mask, rows, tile), slice(head, head + 1))[0])
        for corner in bands.corners(rows, tile):
            weights[:, corner.start - tile.start : corner.stop - tile.start].mul_(bands.band(rows, corner))
        part, mass = weights @ v[tile], weights.sum(-1, keepdim=True)
        first = tile.start == keys.start
        mixed, sums = (part, mass) if first else (mixed.float().add_(part), sums.float().add_(mass))
    torch.div(mixed, sums.clamp_min_(TINY), out=out)


def _product(*given: object) -> Tensor:
    """x w^T + b and a function of it, by oneDNN."""
    made: Tensor = torch.ops.mkldnn._linear_pointwise.default(*given)
    return made


class Bands:
    """What causal and window hide of a strip, block by block of keys; strips of one form share theirs."""

    def __init__(self, asked: Request, hidden: float, shown: float) -> None:
        self._asked, self._hidden, self._shown = asked, hidden, shown
        self._kept: dict[tuple[int, int, int], Tensor] = {}

    def corners(self, rows: slice, keys: slice) -> Iterator[slice]:
        """The blocks where something is hidden."""
        return (block for block in blocks(keys.start, keys.stop, CORNER) if cuts(self._asked, rows, block))

    def band(self, rows: slice, block: slice) -> Tensor:
        """(rows, block), `hidden` and `shown`."""
        form = (block.start - rows.start, rows.stop - rows.start, block.stop - block.start)
        if form not in self._kept:
            seen = positions(self._asked, rows, block)
            band = torch.full(seen.shape, self._hidden, dtype=self._asked.q.dtype)
            self._kept[form] = band.masked_fill_(seen, self._shown)
        return self._kept[form]
