"""A request for attention, checked once: what every kernel reads, and what a kernel refuses by.

Key j is seen by query i unless `causal` hides what comes after it, `window` what lies too far, or `mask` says so.
Queries are the last N of the M positions: with a cache of keys the new queries stand at its end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from engines.core.errors import UsageError

FLOATS = (torch.float64, torch.float32, torch.bfloat16, torch.float16)


@dataclass(frozen=True, slots=True)
class Request:
    """q: (B, H, N, d); k: (B, H, M, d); v: (B, H, M, e); of one dtype on one device.

    mask: bool, broadcast to (B, H, N, M), True is seen; None: all is. bias: of floats, broadcast likewise, added to the
    scores. scale: of the scores. window: key j is seen where |i - j| < window, None: everywhere.
    """

    q: Tensor
    k: Tensor
    v: Tensor
    causal: bool = False
    mask: Tensor | None = None
    bias: Tensor | None = None
    scale: float = 1.0
    window: int | None = None

    @property
    def plain(self) -> bool:
        """Whether every key is seen and no bias is added."""
        return not self.causal and self.mask is None and self.bias is None and self.window is None

    @property
    def needs_gradient(self) -> bool:
        return torch.is_grad_enabled() and any(
            tensor is not None and tensor.requires_grad for tensor in (self.q, self.k, self.v, self.bias)
        )

    def seen(self) -> Tensor | None:
        """Which keys each query sees, bool, broadcast to (B, H, N, M); None: all."""
        return seen(self, slice(None))


def request(
    q: Tensor, k: Tensor, v: Tensor, causal: bool = False, mask: Tensor | None = None, bias: Tensor | None = None,
    scale: float | None = None, window: int | None = None,
) -> Request:  # fmt: skip
    """Check what was asked for. scale: None for 1 / sqrt(d). Raises `UsageError` that says what does not fit."""
    shape, keys = q.shape, k.shape
    if len(shape) != 4 or len(keys) != 4 or len(v.shape) != 4:
        raise UsageError(
            f"q, k and v are (batch, heads, length, dim), not of {q.ndim}, {k.ndim} and {v.ndim} dimensions"
        )
    if shape[:2] != keys[:2] or keys[:3] != v.shape[:3] or shape[3] != keys[3]:
        told = f"q {tuple(shape)}, k {tuple(keys)} and v {tuple(v.shape)} do not fit one another"
        raise UsageError(told, hint="Batch and heads are the same, q and k of one dim, k and v of one length")
    if not (q.dtype == k.dtype == v.dtype and q.device == k.device == v.device):
        told = f"q is {_kind(q)}, k is {_kind(k)} and v is {_kind(v)}"
        raise UsageError(told, hint="Bring them to one dtype and device")
    if q.dtype not in FLOATS:
        raise UsageError(f"Attention is of floating-point numbers, not of {_kind(q)}")
    if 0 in shape or 0 in keys or v.shape[3] == 0:
        raise UsageError(f"q {tuple(shape)}, k {tuple(keys)} and v {tuple(v.shape)}: nothing to attend to")
    if causal or window is not None or mask is not None or bias is not None or scale is not None:
        _check_rest(q, k, causal, mask, bias, scale, window)
    return Request(q, k, v, causal, mask, bias, shape[3] ** -0.5 if scale is None else float(scale), window)


def _check_rest(q: Tensor, k: Tensor, causal: bool, mask: Tensor | None, bias: Tensor | None, scale: float | None,
                window: int | None) -> None:  # fmt: skip
    square = (*q.shape[:3], k.shape[2])
    if causal and q.shape[2] > k.shape[2]:
        told = f"{q.shape[2]} queries are the last of {k.shape[2]} keys"
        raise UsageError(told, hint="A causal request has at least as many keys as queries")
    if window is not None and window < 1:
        raise UsageError(f"A window of {window} keys shows nothing", hint="Give 1 or more")
    if scale is not None and not math.isfinite(scale):
        raise UsageError(f"The scale is {scale}", hint="Give a finite number")
    if mask is not None and mask.dtype != torch.bool:
        raise UsageError(f"The mask is {_kind(mask)}", hint="Give bool, True where a key is seen; floats go into bias")
    if bias is not None and bias.dtype not in FLOATS:
        raise UsageError(f"The bias is {_kind(bias)}", hint="Give floats; what is hidden goes into mask")
    for name, tensor in (("mask", mask), ("bias", bias)):
        if tensor is not None:
            _check_square(name, tensor, square, q)


def _check_square(name: str, tensor: Tensor, square: tuple[int, ...], q: Tensor) -> None:
    fits = tensor.ndim <= 4 and all(
        have in (1, want) for have, want in zip(reversed(tensor.shape), reversed(square), strict=False)
    )
    if not fits:
        told = f"The {name} {tuple(tensor.shape)} does not fit scores of {square}"
        raise UsageError(told, hint="Each of its sides is 1 or that of (batch, heads, queries, keys)")
    if tensor.device != q.device:
        raise UsageError(f"The {name} is on {tensor.device}, q on {q.device}", hint="Bring them to one device")


def _kind(tensor: Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} on {tensor.device}"


def seen(asked: Request, rows: slice) -> Tensor | None:
    """Which keys some of the queries see, bool, broadcast to (B, H, rows, M); None: all of them."""
    visible = None if asked.mask is None else rows_of(asked.mask, rows)
    if asked.causal or asked.window is not None:
        near = positions(asked, rows)
        visible = near if visible is None else visible & near
    return visible


def positions(asked: Request, rows: slice) -> Tensor:
    """What `causal` and `window` leave, (rows, M)."""
    count, keys = asked.q.shape[2], asked.k.shape[2]
    i = torch.arange(count, device=asked.q.device)[rows, None] + (keys - count)
    ahead = torch.arange(keys, device=asked.q.device) - i
    shown = ahead <= 0 if asked.causal else torch.ones_like(ahead, dtype=torch.bool)
    return shown if asked.window is None else shown & (ahead.abs() < asked.window)


def rows_of(square: Tensor, rows: slice) -> Tensor:
    """Some rows of what is broadcast to (B, H, N, M)."""
    return square[..., rows, :] if square.ndim >= 2 and square.shape[-2] > 1 else square
