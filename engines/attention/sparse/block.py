"""Block-sparse attention: a mask of blocks says which blocks of scores there are, and no other is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

import torch
from torch import Tensor

from engines.attention.exact import naive
from engines.attention.request import Places, Request
from engines.attention.sparse.parts import Found, doubled, exact, joined, nothing, part
from engines.core.words import tr

Run: TypeAlias = Callable[[Request], Found]


def refuses(asked: Request, lse: bool) -> str:
    """Why it cannot do what is asked, "" where it can."""
    return "" if asked.mask is not None else tr("it needs a mask of blocks")


def reference(asked: Request) -> Tensor:
    """The definition in float64, (B, H, N, e): exact attention with each block of the mask spread over its scores."""
    return naive.forward(doubled(asked))[0]


def forward(asked: Request, lse: bool = False) -> tuple[Tensor, Tensor | None]:
    """(output (B, H, N, e), log-sum-exp (B, H, N) or None). mask: (B, H, N / rows, M / columns), broadcast."""
    assert asked.mask is not None
    whole = replace(asked, mask=asked.mask.reshape((1,) * (4 - asked.mask.ndim) + asked.mask.shape))
    return _each(0, whole, lambda batch: _each(1, batch, lambda head: joined(_rows(head, lse))))


def _each(side: int, asked: Request, run: Run) -> Found:
    """Each of a batch, or of its heads, whose masks differ."""
    assert asked.mask is not None
    if asked.mask.shape[side] == 1:
        return run(asked)
    return joined([run(_one(asked, side, index)) for index in range(asked.mask.shape[side])], side)


def _one(asked: Request, side: int, index: int) -> Request:
    def narrow(tensor: Tensor) -> Tensor:
        back = tensor.ndim - 4 + side
        return tensor.narrow(back, index, 1) if back >= 0 and tensor.shape[back] > 1 else tensor

    assert asked.mask is not None
    bias = None if asked.bias is None else narrow(asked.bias)
    return replace(asked, q=narrow(asked.q), k=narrow(asked.k), v=narrow(asked.v), mask=narrow(asked.mask), bias=bias)


def _rows(asked: Request, lse: bool) -> Iterator[Found]:
    """Each row of blocks, of queries that share one mask."""
    assert asked.mask is not None
    shown, bare = asked.mask[0, 0].cpu(), replace(asked, mask=None)
    count, keys = asked.q.shape[2], asked.k.shape[2]
    height, width = count // shown.shape[0], keys // shown.shape[1]
    for row, blocks in enumerate(shown):
        last = (row + 1) * height + keys - count if asked.causal else keys
        columns = _columns(blocks.nonzero(), width, last, asked.q.device)
        rows = slice(row * height, (row + 1) * height)
        yield nothing(asked, height, lse) if columns is None else exact(part(bare, rows, columns), lse)


def _columns(blocks: Tensor, width: int, last: int, device: torch.device) -> Places | None:
    """The keys of blocks, (n, 1), before the last: a slice where they are neighbours, None where there are none."""
    found = (blocks * width + torch.arange(width)).flatten()
    found = found[found < last]
    if not len(found):
        return None
    start, stop = int(found[0]), int(found[-1]) + 1
    return slice(start, stop) if stop - start == len(found) else found.to(device)
