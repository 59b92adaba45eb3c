"""Parts of a request: some queries with some keys, as small requests that an exact kernel computes whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

import torch
from torch import Tensor

from engines.attention.exact import sdpa, tiled
from engines.attention.request import Places, Request, seen, tile_of, wide

Found: TypeAlias = tuple[Tensor, Tensor | None]


def part(asked: Request, rows: slice, columns: Places) -> Request:
    """Some queries and keys; what they see of one another is in the part's mask."""
    k, v = _keys(asked.k, columns), _keys(asked.v, columns)
    bias = None if asked.bias is None else tile_of(asked.bias, rows, columns)
    return Request(asked.q[:, :, rows], k, v, mask=seen(asked, rows, columns), bias=bias, scale=asked.scale)


def exact(asked: Request, lse: bool) -> Found:
    """Attention of a part, by torch's kernel where it can do it."""
    return tiled.forward(asked, lse) if sdpa.refuses(asked, lse) else sdpa.forward(asked, lse)


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


def _keys(tensor: Tensor, columns: Places) -> Tensor:
    return tensor[:, :, columns] if isinstance(columns, slice) else tensor.index_select(2, columns)
