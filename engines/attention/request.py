"""A request for attention, checked once: what every kernel reads, and what a kernel refuses by.

Key j is seen by query i unless `causal` hides what comes after it, `window` what lies too far, or `mask` says so.
Queries are the last N of the M positions: with a cache of keys the new queries stand at its end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from engines.core.errors import UsageError
from engines.core.words import tr

FLOATS = (torch.float64, torch.float32, torch.bfloat16, torch.float16)


@dataclass(frozen=True, slots=True)
class Request:
    """q: (B, H, N, d); k: (B, H, M, d); v: (B, H, M, e); of one dtype on one device.

    mask: bool, broadcast to (B, H, N, M), True is seen; None: all is; for kind `block` one of blocks, (B, H, N / rows,
    M / columns). bias: of floats, broadcast to (B, H, N, M), added to the scores. scale: of the scores. window: key j
    is seen where |i - j| < window, None: everywhere.
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
    scale: float | None = None, window: int | None = None, blocks: bool = False,
) -> Request:  # fmt: skip
    """Check what was asked for. scale: None for 1 / sqrt(d). blocks: whether the mask may be one of blocks. Raises
    `UsageError` that says what does not fit.
    """
    shape, keys = q.shape, k.shape
    if len(shape) != 4 or len(keys) != 4 or len(v.shape) != 4:
        raise UsageError(
            tr(
                "q, k and v are (batch, heads, length, dim), not of {q}, {k} and {v} dimensions",
                q=q.ndim,
                k=k.ndim,
                v=v.ndim,
            )
        )
    if shape[:2] != keys[:2] or keys[:3] != v.shape[:3] or shape[3] != keys[3]:
        told = tr(
            "q {q}, k {k} and v {v} do not fit one another",
            q=tuple(shape),
            k=tuple(keys),
            v=tuple(v.shape),
        )
        raise UsageError(told, hint=tr("Batch and heads are the same, q and k of one dim, k and v of one length"))
    if not (q.dtype == k.dtype == v.dtype and q.device == k.device == v.device):
        told = tr("q is {q}, k is {k} and v is {v}", q=_kind(q), k=_kind(k), v=_kind(v))
        raise UsageError(told, hint=tr("Bring them to one dtype and device"))
    if q.dtype not in FLOATS:
        raise UsageError(tr("Attention is of floating-point numbers, not of {kind}", kind=_kind(q)))
    if 0 in shape or 0 in keys or v.shape[3] == 0:
        raise UsageError(
            tr(
                "q {q}, k {k} and v {v}: nothing to attend to",
                q=tuple(shape),
                k=tuple(keys),
                v=tuple(v.shape),
            )
        )
    if causal or window is not None or mask is not None or bias is not None or scale is not None:
        _check_rest(q, k, causal, mask, bias, scale, window, blocks)
        window = None if window is None else min(window, shape[2] + keys[2])
    return Request(q, k, v, causal, mask, bias, shape[3] ** -0.5 if scale is None else float(scale), window)


def _check_rest(q: Tensor, k: Tensor, causal: bool, mask: Tensor | None, bias: Tensor | None, scale: float | None,
                window: int | None, blocks: bool) -> None:  # fmt: skip
    square = (*q.shape[:3], k.shape[2])
    if causal and q.shape[2] > k.shape[2]:
        told = tr("{queries} queries are the last of {keys} keys", queries=q.shape[2], keys=k.shape[2])
        raise UsageError(told, hint=tr("A causal request has at least as many keys as queries"))
    if window is not None and window < 1:
        raise UsageError(tr("A window of {window} keys shows nothing", window=window), hint=tr("Give 1 or more"))
    if scale is not None and not math.isfinite(scale):
        raise UsageError(tr("The scale is {scale}", scale=scale), hint=tr("Give a finite number"))
    if mask is not None and mask.dtype != torch.bool:
        raise UsageError(
            tr("The mask is {kind}", kind=_kind(mask)),
            hint=tr("Give bool, True where a key is seen; floats go into bias"),
        )
    if bias is not None and bias.dtype not in FLOATS:
        raise UsageError(
            tr("The bias is {kind}", kind=_kind(bias)), hint=tr("Give floats; what is hidden goes into mask")
        )
    for name, tensor in (("mask", mask), ("bias", bias)):
        if tensor is not None:
            _check_square(name, tensor, square, q, blocks and tensor is mask)


def _check_square(name: str, tensor: Tensor, square: tuple[int, ...], q: Tensor, blocks: bool = False) -> None:
    sides = zip(reversed(tensor.shape), reversed(square), (blocks, blocks, False, False), strict=False)
    fits = all(have in (1, want) or (coarse and have and want % have == 0) for have, want, coarse in sides)
    if tensor.ndim > 4 or not fits:
        told = tr(
            "The {name} {shape} does not fit scores of {square}", name=name, shape=tuple(tensor.shape), square=square
        )
        hint = tr("Each of its sides is 1 or that of (batch, heads, queries, keys)")
        raise UsageError(
            told, hint=tr("{hint}; of a mask of blocks the last two divide them", hint=hint) if blocks else hint
        )
    if tensor.device != q.device:
        raise UsageError(
            tr("The {name} is on {device}, q on {q_device}", name=name, device=tensor.device, q_device=q.device),
            hint=tr("Bring them to one device"),
        )


def _kind(tensor: Tensor) -> str:
    return tr("{dtype} on {device}", dtype=str(tensor.dtype).removeprefix("torch."), device=tensor.device)


Places: TypeAlias = slice | Tensor
ALL = slice(None)


def seen(asked: Request, rows: Places, columns: Places = ALL) -> Tensor | None:
    """Which of the keys some of the queries see, bool, broadcast to (B, H, rows, columns); None: all of them."""
    visible = None if asked.mask is None else tile_of(_spread(asked.mask, asked), rows, columns)
    if asked.causal or asked.window is not None:
        near = positions(asked, rows, columns)
        visible = near if visible is None else visible & near
    return visible


def positions(asked: Request, rows: Places, columns: Places = ALL) -> Tensor:
    """What `causal` and `window` leave, (rows, columns)."""
    ahead = distances(asked, rows, columns)
    shown = ahead <= 0 if asked.causal else torch.ones_like(ahead, dtype=torch.bool)
    return shown if asked.window is None else shown & (ahead.abs() < asked.window)


def distances(asked: Request, rows: Places, columns: Places = ALL) -> Tensor:
    """How far each key stands after each query, (rows, columns)."""
    count, keys = asked.q.shape[2], asked.k.shape[2]
    i, j = _listed(rows, count, asked.q), _listed(columns, keys, asked.q)
    return j - (i[:, None] + (keys - count))


def _listed(places: Places, count: int, q: Tensor) -> Tensor:
    return torch.arange(*places.indices(count), device=q.device) if isinstance(places, slice) else places


def span(asked: Request, rows: slice) -> slice:
    """The keys that `causal` and `window` leave to some of the rows, without a gap."""
    count, keys = asked.q.shape[2], asked.k.shape[2]
    first, last = rows.start + keys - count, min(rows.stop, count) - 1 + keys - count
    low = 0 if asked.window is None else max(0, first - asked.window + 1)
    high = keys if asked.window is None else min(keys, last + asked.window)
    return slice(min(low, keys), max(0, min(high, last + 1) if asked.causal else high))


def cuts(asked: Request, rows: slice, columns: slice) -> bool:
    """Whether `causal` or `window` hides some of these keys from some of these rows."""
    count, keys = asked.q.shape[2], asked.k.shape[2]
    first, last = rows.start + keys - count, min(rows.stop, count) - 1 + keys - count
    ahead, behind = columns.stop - 1 - first, last - columns.start
    near = asked.window is None or max(ahead, behind) < asked.window
    return not near or (asked.causal and ahead > 0)


def rows_of(square: Tensor, rows: Places) -> Tensor:
    """Some rows of what is broadcast to (B, H, N, M)."""
    return square[..., rows, :] if square.ndim >= 2 and square.shape[-2] > 1 else square


def blocks(start: int, stop: int, size: int) -> Iterator[slice]:
    """Slices of `size`, the last as long as what is left."""
    return (slice(at, min(at + size, stop)) for at in range(start, stop, size))


def tile_of(square: Tensor, rows: Places, columns: Places) -> Tensor:
    """Some rows and columns of what is broadcast to (B, H, N, M)."""
    part = rows_of(square, rows)
    return part[..., columns] if part.ndim and part.shape[-1] > 1 else part


Widen: TypeAlias = Callable[[Tensor], Tensor]
"""How far a definition widens what it is given."""


def wide(x: Tensor) -> Tensor:
    """In float32 where it is narrower: what sums are kept in."""
    return x if x.dtype == torch.float64 else x.float()


def _spread(mask: Tensor, asked: Request) -> Tensor:
    """A mask of blocks, block by block to its scores; another as it is."""
    for side, count in ((-2, asked.q.shape[2]), (-1, asked.k.shape[2])):
        if mask.ndim >= -side and mask.shape[side] not in (1, count):
            mask = mask.repeat_interleave(count // mask.shape[side], side)
    return mask
