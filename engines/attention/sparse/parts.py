"""Parts of a request: some queries with some keys, as small requests that an exact kernel computes whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

import torch
from torch import Tensor

from engines.attention.exact import naive, sdpa
from engines.attention.request import ALL, Columns, Request, cut, seen, wide

Found: TypeAlias = tuple[Tensor, Tensor | None]


def part(asked: Request, rows: slice, columns: Columns = ALL) -> Request:
    """Some queries and keys; what they see of one another is in the part's mask."""
    return replace(
        asked,
        q=asked.q[:, :, rows],
        k=asked.k[:, :, columns],
        v=asked.v[:, :, columns],
        causal=False,
        window=None,
        mask=seen(asked, rows, columns),
        bias=None if asked.bias is None else cut(asked.bias, rows, columns),
    )


def solid(asked: Request) -> bool:
    """Whether all keys and values are finite: torch's kernel lets others reach rows that do not see them."""
    return asked.v.is_cuda or bool((asked.k.sum() + asked.v.sum()).isfinite())


def exact(asked: Request, lse: bool, fast: bool) -> Found:
    """Attention of a part. fast: by torch's kernel, which gives no log-sum-exp."""
    if fast and not lse:
        return sdpa.forward(asked)
    out, sums = naive.forward(replace(asked, q=wide(asked.q), k=wide(asked.k), v=wide(asked.v)), lse)
    return out.to(asked.q.dtype), sums


def nothing(asked: Request, rows: int, lse: bool) -> Found:
    """The outputs of so many queries that see no key."""
    shape = (*asked.q.shape[:2], rows)
    return asked.v.new_zeros(*shape, asked.v.shape[3]), wide(asked.v).new_full(shape, -torch.inf) if lse else None


def joined(found: Iterable[Found], side: int = 2) -> Found:
    """Parts one after another."""
    outs, sums = zip(*found, strict=True)
    return torch.cat(outs, side), None if sums[0] is None else torch.cat(sums, side)


def doubled(asked: Request) -> Request:
    """The same in float64."""
    return replace(asked, q=asked.q.double(), k=asked.k.double(), v=asked.v.double())
