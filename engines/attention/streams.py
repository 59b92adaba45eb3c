"""Attention one step after another: what was seen is kept as a state, and each step costs what is new alone.

    stream = Stream("exact", heads=8, dim=64, window=1024)
    for q, k, v in tokens:                       # (B, H, 1, d) each, or (B, H, n, d): n tokens at once
        out = stream.step(q, k, v)

Step by step it gives what the kind gives at once with causal=True.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from engines.attention.request import FLOATS
from engines.core.errors import UsageError
from engines.core.spec import resolve
from engines.core.words import tr

STREAMS = {
    "exact": "engines.attention.exact.stream:CachedStream",
    "linear": "engines.attention.linear.elu:Stream",
    "decay": "engines.attention.linear.decay:Stream",
    "performer": "engines.attention.linear.performer:Stream",
}
"""By kind: a class that is made of a `StreamShape` and options of its own, and is a `State`."""


@dataclass(frozen=True, slots=True)
class StreamShape:
    """q, k: (batch, heads, n, dim); v: (batch, heads, n, value_dim)."""

    batch: int
    heads: int
    dim: int
    value_dim: int
    dtype: torch.dtype
    device: torch.device


class State(Protocol):
    """What a kind keeps between steps."""

    def step(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """The outputs of n more tokens, (B, H, n, e). What comes in fits and wants no gradients."""
        ...

    def reset(self) -> None:
        """Begin anew."""
        ...


class Stream:
    """A stream of a kind. length: tokens seen. No gradients go through it.

    options: those of the kind; "exact": window (keys that are seen, None for all), scale (1 / sqrt(dim));
    "linear": none; "decay": log_decay, scale, normalise; "performer": scale, features, seed.
    Raises `UsageError` for a kind that does not stream, and for sizes below 1.
    """

    def __init__(
        self, kind: str = "exact", heads: int = 1, dim: int = 64, *, batch: int = 1, value_dim: int | None = None,
        dtype: torch.dtype = torch.float32, device: torch.device | str = "cpu", **options: Any,
    ) -> None:  # fmt: skip
        if kind not in STREAMS:
            raise UsageError(
                tr("There is no stream of '{kind}'", kind=kind),
                hint=tr("These stream: {streams}", streams=", ".join(STREAMS)),
            )
        sizes = (batch, heads, dim, dim if value_dim is None else value_dim)
        if min(sizes) < 1 or dtype not in FLOATS:
            raise UsageError(
                tr("No stream has batch, heads, dims {sizes} of {dtype}", sizes=sizes, dtype=dtype),
                hint=tr("Give sizes of 1 or more"),
            )
        self.shape = StreamShape(*sizes, dtype, torch.device(device))
        self.length = 0
        self._state: State = resolve(STREAMS[kind])(self.shape, **options)
        self._keys, self._values = (batch, heads, sizes[2]), (batch, heads, sizes[3])
        self._usual = ((batch, heads, 1, sizes[2]), (batch, heads, 1, sizes[3]))

    def step(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """The outputs of n more tokens, (B, H, n, e). Raises `UsageError` for what does not fit; then nothing is seen.

        q, k: (B, H, n, d); v: (B, H, n, e); n is mostly 1.
        """
        self._check(q, k, v)
        if torch.is_autocast_enabled(self.shape.device.type):
            with torch.autocast(self.shape.device.type, enabled=False):
                return self.step(q, k, v)
        if q.requires_grad or k.requires_grad or v.requires_grad:
            q, k, v = q.detach(), k.detach(), v.detach()
        out = self._state.step(q, k, v)
        self.length += q.shape[2]
        return out

    def reset(self) -> None:
        """Forget all that was seen."""
        self._state.reset()
        self.length = 0

    def _check(self, q: Tensor, k: Tensor, v: Tensor) -> None:
        at, wide, out = q.shape, k.shape, v.shape
        if not (at == wide == self._usual[0] and out == self._usual[1]):
            self._check_sizes(at, wide, out)
        for tensor in (q, k, v):
            if tensor.dtype != self.shape.dtype or tensor.device != self.shape.device:
                told = tr(
                    "A step of {dtype} on {device} in a stream of {stream_dtype}",
                    dtype=tensor.dtype,
                    device=tensor.device,
                    stream_dtype=self.shape.dtype,
                )
                raise UsageError(
                    told, hint=tr("Bring it to {dtype} on {device}", dtype=self.shape.dtype, device=self.shape.device)
                )

    def _check_sizes(self, at: torch.Size, wide: torch.Size, out: torch.Size) -> None:
        fits = len(at) == 4 and at == wide and len(out) == 4 and at[2] == out[2] > 0
        if not fits or (*at[:2], at[3]) != self._keys or (*out[:2], out[3]) != self._values:
            told = tr(
                "q {at}, k {wide} and v {out} are no step of this stream",
                at=tuple(at),
                wide=tuple(wide),
                out=tuple(out),
            )
            batch, heads, dim = self._keys
            hint = tr(
                "q and k are ({batch}, {heads}, n, {dim}), v ({batch}, {heads}, n, {values})",
                batch=batch,
                heads=heads,
                dim=dim,
                values=self._values[2],
            )
            raise UsageError(told, hint=hint)
