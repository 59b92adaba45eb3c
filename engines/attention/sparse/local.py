"""Local attention: each query sees the keys less than a window away, those before it alone where it is causal.

A block of queries is computed with the keys that some of them see: n (window + block) scores instead of n^2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from torch import Tensor

from engines.attention.exact import naive
from engines.attention.request import Request
from engines.attention.sparse.parts import doubled, exact, joined, nothing, part, solid

WINDOW = 256


def reference(asked: Request) -> Tensor:
    """The definition in float64, (B, H, N, e): exact attention within the window."""
    return naive.forward(doubled(_windowed(asked)))[0]


def forward(asked: Request, lse: bool = False) -> tuple[Tensor, Tensor | None]:
    """(output (B, H, N, e), log-sum-exp (B, H, N) or None). window: 256 where none is asked for."""
    asked = _windowed(asked)
    fast = solid(asked)
    return joined(
        exact(part(asked, rows, near), lse, fast)
        if near.start < near.stop
        else nothing(asked, rows.stop - rows.start, lse)
        for rows, near in _blocks(asked)
    )


def _windowed(asked: Request) -> Request:
    return asked if asked.window is not None else replace(asked, window=WINDOW)


def _blocks(asked: Request) -> Iterator[tuple[slice, slice]]:
    """Queries, and the keys that some of them see."""
    assert asked.window is not None
    count, keys, reach = asked.q.shape[2], asked.k.shape[2], asked.window - 1
    size = max(64, asked.window // 4)
    for start in range(0, count, size):
        stop = min(start + size, count)
        first, last = start + keys - count - reach, stop + keys - count + (0 if asked.causal else reach)
        yield slice(start, stop), slice(max(0, first), max(0, min(keys, last)))
