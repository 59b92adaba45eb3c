"""Softmax attention step by step: keys and values in a cache that grows by doubling, or in a ring of the last ones.

A single query reads the whole cache once and does little else, so the step is as fast as memory is read. On a CPU the
cache is two numpy arrays, (B H, room, d), which lie in large pages and are read by BLAS's product of a matrix and a
vector, a head at a time; torch's batched products and its attention reach half of that. In a ring the order of keys is
that of time modulo its size: a softmax does not mind.

    s = K q scale;  p = softmax(s);  out = V^T p
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.attention.dispatch import attention
from engines.attention.exact.pages import in_pages
from engines.attention.streams import StreamShape
from engines.core.errors import UsageError
from engines.core.words import tr

ROOM = 256
BLAS = (torch.float32, torch.float64)

Array = NDArray[np.floating[Any]]


class CachedStream:
    """window: keys that a query sees, its own among them; None for all."""

    def __init__(self, shape: StreamShape, window: int | None = None, scale: float | None = None) -> None:
        if window is not None and window < 1:
            raise UsageError(tr("A window of {window} keys shows nothing", window=window), hint=tr("Give 1 or more"))
        if scale is not None and not math.isfinite(scale):
            raise UsageError(tr("The scale is {scale}", scale=scale), hint=tr("Give a finite number"))
        self._shape = shape
        self._window = window
        self._scale = shape.dim**-0.5 if scale is None else scale
        self._blas = shape.dtype in BLAS and shape.device.type == "cpu"
        self._factor = (np.float32 if shape.dtype == torch.float32 else np.float64)(self._scale)
        self.reset()

    def reset(self) -> None:
        self._length = 0
        self._allocate(self._window or ROOM)

    def step(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        if q.shape[2] > 1:
            return self._chunk(q, k, v)
        if self._blas:
            return self._by_blas(q, k, v)
        self._append(k, v)
        keys, values = self._keys[:, :, : self._seen()], self._values[:, :, : self._seen()]
        return attention(q, keys, values, kind="sdpa", scale=self._scale)

    def _by_blas(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """The step of one token. Its scores and weights are small enough to stay in the processor's cache."""
        at = self._place(1)
        rows, _, wide = self._values_array.shape
        self._keys_array[:, at] = k.numpy().reshape(rows, -1)
        self._values_array[:, at] = v.numpy().reshape(rows, -1)
        self._length += 1
        seen = self._seen()
        queries: Array = q.numpy().reshape(rows, -1) * self._factor
        scores: Array = np.empty((rows, seen), queries.dtype)
        for query, keys, row in zip(queries, self._keys_array, scores, strict=True):
            np.dot(keys[:seen], query, row)
        shared = torch.from_numpy(scores)
        torch.softmax(shared, -1, out=shared)
        out: Array = np.empty((rows, wide), queries.dtype)
        for weights, values, row in zip(scores, self._values_array, out, strict=True):
            np.dot(weights, values[:seen], row)
        return torch.from_numpy(out.reshape(self._shape.batch, self._shape.heads, 1, wide))

    def _chunk(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Many tokens at once, as one causal request over those before and these."""
        keys, values = (torch.cat([self._before(kept), new], 2) for kept, new in ((self._keys, k), (self._values, v)))
        out = attention(q, keys, values, causal=True, scale=self._scale, window=self._window)
        self._append(k, v)
        return out

    def _before(self, kept: Tensor) -> Tensor:
        """What was seen and still counts, in the order of time."""
        if self._window is None or self._length <= self._room:
            return kept[:, :, : self._seen()]
        return kept.roll(-(self._length % self._room), 2)

    def _append(self, k: Tensor, v: Tensor) -> None:
        skipped = 0 if self._window is None else max(0, k.shape[2] - self._room)
        self._length += skipped
        count = k.shape[2] - skipped
        at = self._place(count)
        first = min(count, self._room - at)
        for kept, new in ((self._keys, k[:, :, skipped:]), (self._values, v[:, :, skipped:])):
            kept[:, :, at : at + first] = new[:, :, :first]
            kept[:, :, : count - first] = new[:, :, first:]
        self._length += count

    def _place(self, count: int) -> int:
        """Where the next tokens are put; in a ring they may go on at its beginning."""
        if self._window is not None:
            return self._length % self._room
        if self._length + count > self._room:
            self._grow(max(2 * self._room, self._length + count))
        return self._length

    def _grow(self, room: int) -> None:
        keys, values = self._keys, self._values
        self._allocate(room)
        self._keys[:, :, : self._length] = keys[:, :, : self._length]
        self._values[:, :, : self._length] = values[:, :, : self._length]

    def _allocate(self, room: int) -> None:
        self._room = room
        self._keys, self._values = self._empty(self._shape.dim), self._empty(self._shape.value_dim)
        if self._blas:
            rows = self._shape.batch * self._shape.heads
            self._keys_array: Array = self._keys.numpy().reshape(rows, room, -1)
            self._values_array: Array = self._values.numpy().reshape(rows, room, -1)

    def _seen(self) -> int:
        return self._length if self._window is None else min(self._length, self._room)

    def _empty(self, dim: int) -> Tensor:
        shape = (self._shape.batch, self._shape.heads, self._room, dim)
        if self._blas:
            return torch.from_numpy(in_pages(shape, self._factor.dtype))
        return torch.empty(shape, dtype=self._shape.dtype, device=self._shape.device)
