"""Strided attention: each query sees the keys less than a stride away and every key whole strides away.

Child et al. 2019, "Generating Long Sequences with Sparse Transformers", section 4.2. The window asked for is the
stride, about sqrt(M) where none is: n sqrt(M) scores instead of n M. The keys nearby are local attention, queries and
keys of one place within the stride attend on their own, and the two, sharing no key, merge by their log-sum-exps.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from engines.attention.exact import naive
from engines.attention.parts import merge
from engines.attention.request import ALL, Request, distances
from engines.attention.sparse import local
from engines.attention.sparse.parts import Found, doubled, exact, joined, nothing, part
from engines.core.words import tr


def refuses(asked: Request, lse: bool) -> str:
    """Why it cannot do what is asked, "" where it can."""
    if asked.mask is not None:
        return tr("its pattern is its mask")
    return tr("it has as many keys as queries, or more") if asked.q.shape[2] > asked.k.shape[2] else ""


def reference(asked: Request) -> Tensor:
    """The definition in float64, (B, H, N, e): exact attention within the pattern."""
    stride = _stride(asked)
    apart = distances(asked, ALL).abs()
    pattern = (apart < stride) | (apart % stride == 0)
    return naive.forward(replace(doubled(asked), window=None, mask=pattern))[0]


def forward(asked: Request, lse: bool = False) -> tuple[Tensor, Tensor | None]:
    """(output (B, H, N, e), log-sum-exp (B, H, N) or None)."""
    stride = _stride(asked)
    near, far = local.forward(replace(asked, window=stride), True), _far(replace(asked, window=None), stride)
    out, total = merge([_both(near), _both(far)])
    return out, total if lse else None


def _stride(asked: Request) -> int:
    return asked.window or round(math.sqrt(asked.k.shape[2]))


def _far(asked: Request, stride: int) -> Found:
    """Attention to the keys whole strides away, the query's own left out."""
    places = list(_places(asked, stride))
    count = asked.q.shape[2]
    rows = torch.cat([torch.arange(count)[rows] for rows, _ in places]) if places else torch.arange(0)
    left = torch.tensor(sorted(set(range(count)) - set(rows.tolist())), dtype=torch.long)
    found = [exact(_apart(asked, rows, columns), True) for rows, columns in places]
    out, sums = joined([*found, nothing(asked, len(left), True)])
    order = torch.cat([rows, left]).argsort().to(out.device)
    return out[:, :, order], None if sums is None else sums[:, :, order]


def _both(found: Found) -> tuple[Tensor, Tensor]:
    assert found[1] is not None
    return found[0], found[1]


def _apart(asked: Request, rows: slice, columns: slice) -> Request:
    ahead = distances(asked, rows, columns)
    return replace(part(asked, rows, columns), mask=ahead < 0 if asked.causal else ahead != 0)


def _places(asked: Request, stride: int) -> Iterator[tuple[slice, slice]]:
    """The queries and keys of each place within the stride, of those that see a key further off."""
    count, keys = asked.q.shape[2], asked.k.shape[2]
    for place in range(min(stride, keys - stride)):
        start = (place - (keys - count)) % stride
        if asked.causal and start + keys - count < stride:
            start += stride
        if start < count:
            yield slice(start, count, stride), slice(place, keys, stride)
