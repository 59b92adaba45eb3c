"""Attention on normalised and turned queries and keys in one kernel: QK-norm and rotary embedding cost no pass of their
own. For networks that are sampled from: it has no backward.

Sources: Henry et al., arXiv 2010.04245 (QK-norm); Su et al., arXiv 2104.09864 (rotary); Esser et al., arXiv 2403.03206.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engines.attention.gpu import launches, sizes
from engines.attention.gpu.available import lacks
from engines.core.errors import UsageError
from engines.core.words import tr

Rotary = tuple[Tensor, Tensor]


def refuses(
    q: Tensor, k: Tensor, v: Tensor, query_weight: Tensor | None = None, key_weight: Tensor | None = None,
    eps: float = 1e-6, rotary: Rotary | None = None, *, interleaved: bool = True, scale: float | None = None,
) -> str:  # fmt: skip
    """Why it cannot do what is asked, "" where it can. Arguments are those of `forward`."""
    given = [tensor for tensor in (q, k, v, query_weight, key_weight) if tensor is not None]
    if torch.is_grad_enabled() and any(tensor.requires_grad for tensor in given):
        return tr("it has no backward")
    return lacks(q, v) or _unfit(q, k, v, query_weight, key_weight, rotary)


def forward(
    q: Tensor, k: Tensor, v: Tensor, query_weight: Tensor | None = None, key_weight: Tensor | None = None,
    eps: float = 1e-6, rotary: Rotary | None = None, *, interleaved: bool = True, scale: float | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Attention of turn(rms(q) query_weight), turn(rms(k) key_weight) and v: (B, H, N, e), log-sum-exp (B, H, N).

    q: (B, H, N, d); k: (B, H, M, d); v: (B, H, M, e). *_weight: (d,), None where it is not normalised; eps: added to
    the mean square. rotary: cosines and sines (M, d / 2) of each position; queries stand at the last N. interleaved:
    pairs are channels (2c, 2c + 1), else (c, c + d / 2). Raises `UsageError` for what `refuses` names.
    """
    why = refuses(q, k, v, query_weight, key_weight, eps, rotary)
    if why:
        raise UsageError(tr("The fused kernel cannot do this: {why}", why=why))
    batch, heads, n, dim = q.shape
    out = q.new_empty((batch, n, heads, v.shape[-1])).transpose(1, 2)
    lse = torch.empty((batch, heads, n), dtype=torch.float32, device=q.device)
    cos, sin = (None, None) if rotary is None else (table.contiguous() for table in rotary)
    weights = (None if weight is None else weight.contiguous() for weight in (query_weight, key_weight))
    pairs = 0 if rotary is None else 2 if interleaved else 1
    _launch((q, k, v, out, lse), (*weights, cos, sin), pairs, dim**-0.5 if scale is None else float(scale), eps)
    return out, lse


def _launch(tensors: tuple[Tensor, ...], told: tuple[Tensor | None, ...], pairs: int, scale: float, eps: float) -> None:
    from engines.attention.gpu.kernels.fused import normed

    q, k, v = tensors[:3]
    (batch, heads, n, dim), m, wide = q.shape, k.shape[2], v.shape[-1]
    chosen = sizes.spread(sizes.forward(max(dim, wide), q.dtype), n, batch * heads).within(n, m)
    tiles = -(-n // chosen.rows)
    launches.launch(
        normed, tiles * batch * heads, *tensors, *told, *map(launches.strides, tensors), heads, tiles, n, m, scale, eps,
        PAIRS=pairs, D=dim, E=wide, DP=sizes.padded(dim), EP=sizes.padded(wide),
        ROWS=chosen.rows, STEP=chosen.step, **launches.precision(q.dtype),
        num_warps=chosen.warps, num_stages=min(chosen.stages, 2) if pairs else chosen.stages,
    )  # fmt: skip


def _unfit(
    q: Tensor, k: Tensor, v: Tensor, query_weight: Tensor | None, key_weight: Tensor | None, rotary: Rotary | None
) -> str:
    dim, keys = q.shape[-1], k.shape[2]
    if q.ndim != 4 or q.shape[:2] != k.shape[:2] or k.shape[:3] != v.shape[:3] or k.shape[3] != dim:
        return tr(
            "q {q}, k {k} and v {v} do not fit one another",
            q=tuple(q.shape),
            k=tuple(k.shape),
            v=tuple(v.shape),
        )
    for weight in (query_weight, key_weight):
        if weight is not None and weight.shape != (dim,):
            return tr("a weight is ({dim},), not {shape}", dim=dim, shape=tuple(weight.shape))
    if rotary is not None and dim % 2:
        return tr("channels are turned in pairs, and there are {dim}", dim=dim)
    if rotary is not None and any(table.shape != (keys, dim // 2) for table in rotary):
        return tr(
            "cosines and sines are ({keys}, {dim}), not {cosines} and {sines}",
            keys=keys,
            dim=dim // 2,
            cosines=tuple(rotary[0].shape),
            sines=tuple(rotary[1].shape),
        )
    return ""
