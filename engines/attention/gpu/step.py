"""The streaming step in Triton: one query on a cache of keys, cut into parts that all multiprocessors read at once.

How many keys are there may lie on the device, so that a step is captured once in a CUDA graph and replayed while the
cache grows; in a ring the order of keys does not matter. After flash-decoding (Dao et al., 2023).
"""

from __future__ import annotations

import torch
from torch import Tensor

from engines.attention.gpu import launches, sizes
from engines.attention.gpu.available import lacks
from engines.core.errors import UsageError
from engines.core.words import tr

STEP = 64
MOST = 128


def refuses(q: Tensor, k: Tensor, v: Tensor, lengths: Tensor | None = None) -> str:
    """Why it cannot do what is asked, "" where it can."""
    if q.ndim != 4 or q.shape[2] != 1 or q.shape[:2] != k.shape[:2] or k.shape[:3] != v.shape[:3]:
        return tr(
            "one query a head: q {q}, k {k} and v {v} do not fit one another",
            q=tuple(q.shape),
            k=tuple(k.shape),
            v=tuple(v.shape),
        )
    if lengths is not None and (lengths.shape != (q.shape[0],) or lengths.dtype != torch.int32):
        return tr(
            "lengths are int32 ({length},), not {dtype} {shape}",
            length=q.shape[0],
            dtype=lengths.dtype,
            shape=tuple(lengths.shape),
        )
    if torch.is_grad_enabled() and any(tensor.requires_grad for tensor in (q, k, v)):
        return tr("it has no backward")
    return lacks(q, v)


def step(
    q: Tensor, k: Tensor, v: Tensor, lengths: Tensor | None = None, scale: float | None = None
) -> tuple[Tensor, Tensor]:
    """q: (B, H, 1, d); k: (B, H, M, d); v: (B, H, M, e): output (B, H, 1, e) and log-sum-exp (B, H, 1).

    lengths: int32 (B,), keys that are there of the M places, on the device; None: all. Raises `UsageError`.
    """
    why = refuses(q, k, v, lengths)
    if why:
        raise UsageError(tr("The step cannot be done: {why}", why=why))
    rows, m = q.shape[0] * q.shape[1], k.shape[2]
    parts = max(1, min(MOST, 4 * sizes.MULTIPROCESSORS // rows, -(-m // STEP)))
    return _run(q, k, v, lengths, parts, q.shape[-1] ** -0.5 if scale is None else float(scale))


def _run(q: Tensor, k: Tensor, v: Tensor, lengths: Tensor | None, parts: int, scale: float) -> tuple[Tensor, Tensor]:
    from engines.attention.gpu.kernels.step import merged, part

    (batch, heads, _, dim), m, wide = q.shape, k.shape[2], v.shape[-1]
    outs = torch.empty((batch * heads, parts, wide), dtype=torch.float32, device=q.device)
    tops, totals = (torch.empty((batch * heads, parts), dtype=torch.float32, device=q.device) for _ in range(2))
    out = q.new_empty((batch, 1, heads, wide)).transpose(1, 2)
    lse = torch.empty((batch, heads, 1), dtype=torch.float32, device=q.device)
    padded = {"E": wide, "EP": sizes.padded(wide)}
    launches.launch(
        part, batch * heads * parts, q, k, v, outs, tops, totals, lengths, *map(launches.strides, (q, k, v)),
        heads, parts, m, -(-m // (parts * STEP)) * STEP, scale,
        D=dim, DP=sizes.padded(dim), **padded, STEP=STEP, num_warps=4, num_stages=3,
    )  # fmt: skip
    launches.launch(
        merged, batch * heads, outs, tops, totals, out, lse, launches.strides(out), heads, parts,
        **padded, PARTS=sizes.padded(parts), num_warps=4,
    )  # fmt: skip
    return out, lse
