"""Launches of the attention kernels: grids, strides and tile sizes from tensors as they lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from engines.attention.gpu import sizes
from engines.attention.gpu.available import interpreted

NONE = (0, 0, 0, 0)
SUM_ROWS = 64


@dataclass(frozen=True, slots=True)
class Terms:
    """What a launch is told beside q, k, v and bias. mask: uint8 (B, H, N, M); slopes: float32 (B, H); blocks: uint8
    (B, H, rows, columns) of `block` positions, not 0 is seen; *_starts: int32 (B + 1,) of sequences packed one behind
    the other, `longest` being the longest lengths of queries and of keys.
    """

    scale: float
    causal: bool = False
    window: int | None = None
    mask: Tensor | None = None
    slopes: Tensor | None = None
    blocks: Tensor | None = None
    block: int = 0
    query_starts: Tensor | None = None
    key_starts: Tensor | None = None
    longest: tuple[int, int] = (0, 0)

    @property
    def packed(self) -> bool:
        return self.query_starts is not None


def forward(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None, terms: Terms) -> tuple[Tensor, Tensor]:
    """(output (B, H, N, e), log-sum-exp (B, H, N)); packed: q as (sequences, H, total, d), expanded."""
    from engines.attention.gpu.kernels.forward import forward as kernel

    n, m = lengths(q, k, terms)
    chosen = sizes.forward(max(q.shape[-1], v.shape[-1]), q.dtype)
    chosen = sizes.spread(chosen, n, q.shape[0] * q.shape[1])
    out, lse = _like(q, terms, v.shape[-1]), _rows(q, terms)
    tensors = (q, k, v, out, lse, terms.mask, bias, terms.slopes, terms.blocks)
    _launch(kernel, tensors, tensors, (n, m), (n, m), chosen, terms)
    return out, lse


def backward(
    grad: Tensor, lse_grad: Tensor | None, q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None, out: Tensor,
    lse: Tensor, terms: Terms, wants_bias: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:  # fmt: skip
    """Gradients of q, k, v and, where wanted, of the scores (B, H, N, M) in float32."""
    from engines.attention.gpu.kernels.backward import keys_and_values, queries

    n, m = lengths(q, k, terms)
    chosen = sizes.backward(max(q.shape[-1], v.shape[-1]), q.dtype)
    delta = _sums(out, grad, lse_grad, lse, terms)
    dq, dk, dv = (_like(tensor, terms, tensor.shape[-1]) for tensor in (q, k, v))
    ds = torch.zeros((*q.shape[:3], m), dtype=torch.float32, device=q.device) if wants_bias else None
    shown = (terms.mask, bias, terms.slopes, terms.blocks)
    common = (q, k, v, grad, lse)
    _launch(keys_and_values, (*common, delta, dk, dv, *shown), (*common, dk, dv, *shown), (m, n), (n, m), chosen, terms)
    _launch(queries, (*common, delta, dq, ds, *shown), (*common, dq, ds, *shown), (n, m), (n, m), chosen, terms)
    return dq, dk, dv, ds


def lengths(q: Tensor, k: Tensor, terms: Terms) -> tuple[int, int]:
    return terms.longest if terms.packed else (q.shape[2], k.shape[2])


def precision(dtype: torch.dtype) -> dict[str, Any]:
    """How products are made: float32 in float32, never in its short form."""
    upcast = interpreted() and dtype == torch.bfloat16
    return {"UPCAST": upcast, "PRECISION": "ieee" if dtype == torch.float32 else "tf32"}


def strides(tensor: Tensor | None) -> tuple[int, ...]:
    """Of the four sides; 0 for those that are not there."""
    return NONE if tensor is None else (*tensor.stride(), 0, 0, 0)[:4]


def launch(kernel: Any, programs: int, *arguments: Any, **options: Any) -> None:
    """Run a kernel on the device of its first tensor; where shared memory is short, with fewer stages.

    Raises `RuntimeError` with what Triton says, so that another kernel can be taken.
    """
    from triton.errors import TritonError
    from triton.runtime.errors import OutOfResources

    with torch.cuda.device_of(arguments[0]):  # type: ignore[no-untyped-call]
        try:
            kernel[(programs,)](*arguments, **options)
            return
        except OutOfResources as error:
            if options.get("num_stages", 1) < 2:
                raise RuntimeError(str(error)) from error
        except TritonError as error:
            raise RuntimeError(f"Triton: {str(error).strip()}") from error
    launch(kernel, programs, *arguments, **options | {"num_stages": options["num_stages"] - 1})


def _like(tensor: Tensor, terms: Terms, dim: int) -> Tensor:
    """A place for rows of `dim`, in memory (batch, rows, heads, dim): what a layer makes of it next is a view."""
    batch, heads, rows, _ = tensor.shape
    made = tensor.new_empty((1 if terms.packed else batch, rows, heads, dim)).transpose(1, 2)
    return made.expand(batch, -1, -1, -1) if terms.packed else made


def _rows(q: Tensor, terms: Terms) -> Tensor:
    batch, heads, rows, _ = q.shape
    made = torch.empty((1 if terms.packed else batch, heads, rows), dtype=torch.float32, device=q.device)
    return made.expand(batch, -1, -1) if terms.packed else made


def _sums(out: Tensor, grad: Tensor, lse_grad: Tensor | None, lse: Tensor, terms: Terms) -> Tensor:
    from engines.attention.gpu.kernels.backward import sums

    delta = torch.empty_strided(lse.shape, lse.stride(), dtype=lse.dtype, device=lse.device)
    batch, heads, rows, dim = out.shape
    tiles = -(-rows // SUM_ROWS)
    launch(
        sums, tiles * heads * (1 if terms.packed else batch),
        out, grad, lse_grad, delta, *map(strides, (out, grad, lse_grad, delta)),
        heads, tiles, rows, E=dim, EP=sizes.padded(dim), ROWS=SUM_ROWS,
    )  # fmt: skip
    return delta


def _launch(
    kernel: Any, tensors: Sequence[Tensor | None], strided: Sequence[Tensor | None], along: tuple[int, int],
    lengths: tuple[int, int], chosen: sizes.Sizes, terms: Terms,
) -> None:  # fmt: skip
    """strided: tensors whose strides it takes. along: lengths of what programs keep and of what they loop over."""
    q, v = tensors[0], tensors[2]
    assert q is not None
    assert v is not None
    kept = chosen.within(*along, terms.block)
    tiles = -(-along[0] // kept.rows)
    batch, heads = q.shape[:2]
    launch(
        kernel, tiles * batch * heads, *tensors, terms.query_starts, terms.key_starts, *map(strides, strided),
        heads, tiles, *lengths, terms.scale, terms.window or 0,
        CAUSAL=terms.causal, WINDOW=terms.window is not None,
        D=q.shape[-1], E=v.shape[-1], DP=sizes.padded(q.shape[-1]), EP=sizes.padded(v.shape[-1]),
        ROWS=kept.rows, STEP=kept.step, BLOCK=max(terms.block, 1), **precision(q.dtype),
        num_warps=kept.warps, num_stages=kept.stages,
    )  # fmt: skip
