"""Norm of queries and keys, rotary embedding and attention as one call, for networks that attend like SD3 and Flux.

On CUDA and short lengths it is one kernel of ours. Elsewhere it is composed of few passes: a length a row, one
product, and the two weights as one on the queries where no rotation lies between them. What ran is told as ever.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from engines.attention.dispatch import attention
from engines.attention.exact import naive
from engines.attention.gpu import fused as gpu
from engines.attention.kernels import kernel
from engines.attention.listening import INPUTS, LISTENER, PIN, Call, note
from engines.attention.request import request
from engines.core.errors import UsageError
from engines.core.words import tr

Rotary = tuple[Tensor, Tensor]
KIND = "triton"
MOST = 1024
"""Keys up to which norm and rotation are a large enough part for one kernel to pay."""


def qk_norm_attention(
    q: Tensor, k: Tensor, v: Tensor, query_weight: Tensor, key_weight: Tensor, eps: float = 1e-6,
    rotary: Rotary | None = None, **rest: Any,
) -> Tensor:  # fmt: skip
    """`attention` of q and k after the RMS norm of each head (arXiv 2302.05442, 2403.03206), (B, H, N, e).

    query_weight, key_weight: (d,). rotary: (cos, sin) of the angles, (M, d / 2) or broadcast to (B, H, M, d / 2),
    turning dims 2i and 2i + 1 after the norm (arXiv 2104.09864, eq. 34); queries are the last N of the M places.
    rest: as `attention` takes it. Sums are in float32 or wider. Raises what `attention` does.
    """
    _check(q, query_weight, key_weight, rotary)
    if q.is_cuda and not rest and k.shape[2] <= MOST and PIN.get() in ("", KIND) and not INPUTS.get():
        at_once = _in_one_kernel(q, k, v, query_weight, key_weight, eps, rotary)
        if at_once is not None:
            return at_once
    if rotary is None:
        return attention(_normed(q, query_weight * key_weight, eps), _normed(k, None, eps), v, **rest)
    query = _turned(_normed(q, query_weight, eps), rotary)
    return attention(query, _turned(_normed(k, key_weight, eps), rotary), v, **rest)


def _in_one_kernel(
    q: Tensor, k: Tensor, v: Tensor, query_weight: Tensor, key_weight: Tensor, eps: float, rotary: Rotary | None
) -> Tensor | None:
    """None where it cannot do this; that it failed is told."""
    if gpu.refuses(q, k, v, query_weight, key_weight, eps, rotary):
        return None
    try:
        out, lse = gpu.forward(q, k, v, query_weight, key_weight, eps, rotary)
    except RuntimeError as error:
        note(tr("The fused kernel of QK-norm and attention failed, and its parts were taken: {error}", error=error))
        return None
    listener = LISTENER.get()
    if listener is not None:
        listener(Call(KIND, kernel(KIND).version, "", request(q, k, v), out, lse))
    return out


def by_definition(
    q: Tensor, k: Tensor, v: Tensor, query_weight: Tensor, key_weight: Tensor, eps: float = 1e-6,
    rotary: Rotary | None = None, **rest: Any,
) -> Tensor:  # fmt: skip
    """The same as one would write it down, for the same arguments without `kind`."""
    normed = [
        x * torch.rsqrt((x * x).mean(-1, keepdim=True) + eps) * weight
        for x, weight in ((q, query_weight), (k, key_weight))
    ]
    if rotary is not None:
        normed = [_turned_pairs(x, rotary) for x in normed]
    return naive.forward(request(normed[0], normed[1], v, **rest))[0]


def _turned_pairs(x: Tensor, rotary: Rotary) -> Tensor:
    cos, sin = (table[..., -x.shape[2] :, :] for table in rotary)
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2)


def _normed(x: Tensor, weight: Tensor | None, eps: float) -> Tensor:
    """Rows side by side, which attention reads faster than those of a network's one projection."""
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    length = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=wide)
    inverse = torch.rsqrt(length * length / x.shape[-1] + eps)
    if torch.is_grad_enabled():
        normed = x * inverse if weight is None else x * inverse * weight
    else:
        normed = torch.mul(x, inverse, out=torch.empty(x.shape, dtype=wide, device=x.device))
        normed = normed if weight is None else normed.mul_(weight)
    return normed.to(x.dtype)


def _turned(x: Tensor, rotary: Rotary) -> Tensor:
    """Pairs as complex numbers: one product turns them."""
    cos, sin = (table[..., -x.shape[2] :, :] for table in rotary)
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    pairs = torch.view_as_complex(x.to(wide).reshape(*x.shape[:-1], -1, 2))
    return torch.view_as_real(pairs * torch.complex(cos.to(wide), sin.to(wide))).flatten(-2).to(x.dtype)


def _check(q: Tensor, query_weight: Tensor, key_weight: Tensor, rotary: Rotary | None) -> None:
    dim = q.shape[-1]
    for name, weight in (("query", query_weight), ("key", key_weight)):
        if weight.shape != (dim,):
            raise UsageError(
                tr(
                    "The {name} weight {shape} does not fit a head dim of {dim}",
                    name=name,
                    shape=tuple(weight.shape),
                    dim=dim,
                )
            )
    if rotary is not None and (dim % 2 or any(table.shape[-1] != dim // 2 for table in rotary)):
        told = tr(
            "cos {cos} and sin {sin} do not fit a head dim of {dim}",
            cos=tuple(rotary[0].shape),
            sin=tuple(rotary[1].shape),
            dim=dim,
        )
        raise UsageError(told, hint=tr("An even head dim has half as many angles"))
