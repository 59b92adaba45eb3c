"""Local attention: each query sees the keys less than a window away, those before it alone where it is causal.

A block of queries is computed with the keys that some of them see: n (window + block) scores instead of n^2.
"""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor

from engines.attention.exact import naive
from engines.attention.request import Request, span
from engines.attention.sparse.parts import Found, doubled, exact, joined, nothing, part

WINDOW = 256
BLOCK = 64
"""Queries of a block at least; a fourth of a wider window."""


def reference(asked: Request) -> Tensor:
    """The definition in float64, (B, H, N, e): exact attention within the window."""
    return naive.forward(doubled(_windowed(asked)))[0]


def forward(asked: Request, lse: bool = False) -> tuple[Tensor, Tensor | None]:
    """(output (B, H, N, e), log-sum-exp (B, H, N) or None). window: 256 where none is asked for."""
    asked = _windowed(asked)
    count, size = asked.q.shape[2], max(BLOCK, (asked.window or 0) // 4)
    return joined(_rows(asked, slice(start, min(start + size, count)), lse) for start in range(0, count, size))


def _windowed(asked: Request) -> Request:
    return asked if asked.window is not None else replace(asked, window=WINDOW)


def _rows(asked: Request, rows: slice, lse: bool) -> Found:
    near = span(asked, rows)
    if near.start >= near.stop:
        return nothing(asked, rows.stop - rows.start, lse)
    return exact(part(asked, rows, near), lse)
