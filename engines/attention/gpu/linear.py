"""Linear attention (features elu(x) + 1) in Triton: the kind `triton-linear`, causal or not, from a state to a state.

Katharopoulos et al., arXiv 2006.16236. Sums over tokens are kept in float32. For what runs without gradients: it has no
backward.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engines.attention.gpu import launches, sizes
from engines.attention.gpu.available import lacks
from engines.attention.request import Request
from engines.core.words import tr

STEP = 64
PROGRAMS = 4 * sizes.MULTIPROCESSORS
SHORTEST = 256
"""Tokens of a segment at least: its state is written and read once more."""

State = tuple[Tensor, Tensor]
"""phi(K)^T V (B, H, d, e) and the sum of phi(K) (B, H, d), in float32."""


def refuses(asked: Request, lse: bool) -> str:
    """Why it cannot do what is asked, "" where it can."""
    hidden = {"a mask": asked.mask, "a bias": asked.bias, "a window": asked.window}
    found = [name for name, value in hidden.items() if value is not None]
    if found:
        return tr("it has no scores that {found} could change", found=found[0])
    if asked.scale != asked.q.shape[3] ** -0.5:
        return tr("its features have no scale")
    return tr("it has no backward") if asked.needs_gradient else lacks(asked.q, asked.v)


def forward(asked: Request, lse: bool = False) -> tuple[Tensor, Tensor | None]:
    """(output (B, H, N, e), log of the sum of the weights (B, H, N) or None)."""
    q, k, v = asked.q, asked.k, asked.v
    if not asked.causal:
        out, level = _read(q, None, None, held(k, v))
        return out, level if lse else None
    early = k.shape[2] - q.shape[2]
    before = held(k[:, :, :early], v[:, :, :early]) if early else None
    out, level, _ = causal(q, k[:, :, early:], v[:, :, early:], before, False)
    return out, level if lse else None


def held(k: Tensor, v: Tensor) -> State:
    """The state after keys."""
    s, z = _held(k, v, _segments(k))
    return s.sum(2), z.sum(2)


def causal(
    q: Tensor, k: Tensor, v: Tensor, before: State | None = None, keep: bool = True
) -> tuple[Tensor, Tensor, State | None]:
    """(output, log of the sum of the weights, the state after it where it is to be kept), from a state."""
    count = _segments(k)
    started = None if before is None else (before[0][:, :, None], before[1][:, :, None])
    if count > 1:
        s, z = _held(k, v, count)
        first = started or (0, 0)
        started = (_before(s, first[0]), _before(z, first[1]))
    batch, heads, _, dim = k.shape
    after = None
    if keep:
        s = torch.empty((batch, heads, dim, v.shape[-1]), dtype=torch.float32, device=k.device)
        after = (s, s.new_empty((batch, heads, dim)))
    out, level = _read(q, k, v, started, after, count)
    return out, level, after


def _before(parts: Tensor, first: Tensor | int) -> Tensor:
    """The state before each segment, of what each adds."""
    return parts.cumsum(2) - parts + first


def _segments(k: Tensor) -> int:
    batch, heads, m, _ = k.shape
    return max(1, min(PROGRAMS // (batch * heads), m // SHORTEST))


def _span(m: int, segments: int) -> int:
    """Tokens of a segment: whole chunks."""
    return -(-m // (segments * STEP)) * STEP


def _held(k: Tensor, v: Tensor, segments: int) -> State:
    from engines.attention.gpu.kernels.linear import held as kernel

    (batch, heads, m, dim), wide = k.shape, v.shape[-1]
    s = torch.empty((batch, heads, segments, dim, wide), dtype=torch.float32, device=k.device)
    z = torch.empty((batch, heads, segments, dim), dtype=torch.float32, device=k.device)
    launches.launch(
        kernel, batch * heads * segments, k, v, s, z, launches.strides(k), launches.strides(v),
        heads, segments, m, _span(m, segments), **_shape(k, v),
    )  # fmt: skip
    return s, z


def _read(
    q: Tensor, k: Tensor | None, v: Tensor | None, before: State | None, after: State | None = None, segments: int = 0
) -> tuple[Tensor, Tensor]:
    from engines.attention.gpu.kernels.linear import read as kernel

    batch, heads, n, _ = q.shape
    s, z = (None, None) if before is None else (part.contiguous() for part in before)
    value = s if v is None else v
    assert value is not None
    out = q.new_empty((batch, n, heads, value.shape[-1])).transpose(1, 2)
    level = torch.empty((batch, heads, n), dtype=torch.float32, device=q.device)
    count = segments or max(1, min(PROGRAMS // (batch * heads), n // STEP))
    launches.launch(
        kernel, batch * heads * count,
        q, k, v, out, level, s, z, *(after or (None, None)), *map(launches.strides, (q, k, v, out)),
        heads, count, n, _span(n, count), CAUSAL=k is not None, **_shape(q, value),
    )  # fmt: skip
    return out, level


def _shape(k: Tensor, v: Tensor) -> dict[str, object]:
    """float16 is multiplied as float32, since sums of weights pass its largest number; float32 in three short products,
    which are as exact."""
    (dim, wide), how = (k.shape[-1], v.shape[-1]), launches.precision(k.dtype)
    how["UPCAST"] = how["UPCAST"] or k.dtype == torch.float16
    how["PRECISION"] = "tf32x3" if k.dtype == torch.float32 else "tf32"
    padded = {"D": dim, "E": wide, "DP": sizes.padded(dim), "EP": sizes.padded(wide)}
    exact = k.dtype == torch.float32
    warps = 8 if exact or max(dim, wide) > 64 else 4
    return padded | how | {"STEP": STEP // 2 if exact else STEP, "num_warps": warps, "num_stages": 2}
