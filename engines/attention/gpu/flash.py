"""Attention in one pass in Triton, forward and backward: the kind `triton`, and what a request cannot say.

`attend` also takes ALiBi's slopes and a mask of whole blocks, `attend_packed` sequences of different lengths in one
tensor. Sources: Dao, arXiv 2307.08691; Press et al., arXiv 2108.12409 (ALiBi).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from engines.attention.gpu import launches
from engines.attention.gpu.available import lacks
from engines.attention.gpu.launches import Terms
from engines.attention.request import Request, request
from engines.core.errors import UsageError
from engines.core.words import tr


def refuses(asked: Request, lse: bool) -> str:
    """Why it cannot do what is asked, "" where it can."""
    return lacks(asked.q, asked.v)


def forward(asked: Request, lse: bool = False) -> tuple[Tensor, Tensor | None]:
    """(output (B, H, N, e), log-sum-exp (B, H, N) in float32 or None)."""
    out, level = _run(asked, None, None, 0)
    return out, level if lse else None


def attend(
    q: Tensor, k: Tensor, v: Tensor, *, causal: bool = False, mask: Tensor | None = None, bias: Tensor | None = None,
    scale: float | None = None, window: int | None = None, slopes: Tensor | None = None, blocks: Tensor | None = None,
    block: int = 128,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """`attention_with_lse` and more. slopes: (H,) or (B, H), adds -slope |i - j| to the scores; it gets no gradient.

    blocks: bool (B, H, ceil(N / block), ceil(M / block)), sides of 1 broadcast: blocks that are not True are hidden and
    not computed. block: positions a block, a power of two, 16 at least. Raises `UsageError`.
    """
    asked = request(q, k, v, causal, mask, bias, scale, window)
    why = lacks(q, v) or _bad_blocks(asked, blocks, block)
    if why:
        raise UsageError(tr("These kernels cannot do this: {why}", why=why))
    return _run(asked, slopes, blocks, block)


def attend_packed(
    q: Tensor, k: Tensor, v: Tensor, query_starts: Tensor, key_starts: Tensor, longest: tuple[int, int], *,
    causal: bool = False, scale: float | None = None, window: int | None = None, slopes: Tensor | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Sequences of different lengths, one behind the other: q (all queries, H, d), k and v (all keys, H, .).

    *_starts: int32 (sequences + 1,), where each begins, the last being the end of all. longest: the most queries and
    the most keys of a sequence, known on the host so that nothing waits for the device. Output (all queries, H, e) and
    log-sum-exp (H, all queries); causal: the queries of a sequence are the last of its keys. Raises `UsageError`.
    """
    why = lacks(q, v) or _bad_packing(q, k, v, query_starts, key_starts)
    if why:
        raise UsageError(tr("These packed sequences cannot be attended to: {why}", why=why))
    spans = (query_starts, key_starts, longest)
    rows = _slopes(slopes, query_starts.shape[0] - 1, q.shape[1])
    chosen = q.shape[-1] ** -0.5 if scale is None else float(scale)
    return _apply(q, k, v, None, Terms(chosen, causal, window, None, rows, None, 0, *spans))


class Flash(torch.autograd.Function):
    """Output and log-sum-exp, both with a gradient. What is kept for it is what came in, and these two."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None, terms: Terms) -> tuple[Tensor, Tensor]:
        rows, keys, values = _spread(terms, q, k, v)
        out, lse = launches.forward(rows, keys, values, bias, terms)
        out, lse = _joined(terms, out), lse[0] if terms.packed else lse
        ctx.save_for_backward(q, k, v, bias, out, lse)
        ctx.terms = terms
        ctx.set_materialize_grads(False)
        return out, lse

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor | None, lse_grad: Tensor | None) -> tuple[Tensor | None, ...]:
        q, k, v, bias, out, lse = ctx.saved_tensors
        terms, wants = ctx.terms, ctx.needs_input_grad[3]
        grad = torch.zeros_like(out) if grad is None else grad
        if terms.packed:
            sequences = terms.query_starts.shape[0] - 1
            lse = lse.expand(sequences, -1, -1)
            lse_grad = None if lse_grad is None else lse_grad.expand(sequences, -1, -1)
        grad, q, k, v, out = _spread(terms, grad, q, k, v, out)
        shown = None if bias is None else bias.expand(*q.shape[:3], k.shape[2])
        dq, dk, dv, ds = launches.backward(grad, lse_grad, q, k, v, shown, out, lse, terms, wants)
        gone = None if ds is None else ds.sum_to_size(bias.shape).to(bias.dtype)
        return _joined(terms, dq), _joined(terms, dk), _joined(terms, dv), gone, None


def _apply(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None, terms: Terms) -> tuple[Tensor, Tensor]:
    out, lse = Flash.apply(q, k, v, bias, terms)  # type: ignore[no-untyped-call]
    return out, lse


def _run(asked: Request, slopes: Tensor | None, blocks: Tensor | None, block: int) -> tuple[Tensor, Tensor]:
    square = (*asked.q.shape[:3], asked.k.shape[2])
    mask = None if asked.mask is None else asked.mask.expand(square).view(torch.uint8)
    bias = None if asked.bias is None else asked.bias.expand(square)
    terms = Terms(
        asked.scale, asked.causal, asked.window, mask, _slopes(slopes, *square[:2]),
        None if blocks is None else _blocks(blocks, square, block), 0 if blocks is None else block,
    )  # fmt: skip
    return _apply(asked.q, asked.k, asked.v, bias, terms)


def _slopes(slopes: Tensor | None, batch: int, heads: int) -> Tensor | None:
    return None if slopes is None else slopes.detach().float().expand(batch, heads)


def _blocks(blocks: Tensor, square: tuple[int, ...], block: int) -> Tensor:
    return blocks.expand(*square[:2], -(-square[2] // block), -(-square[3] // block)).view(torch.uint8)


def _bad_blocks(asked: Request, blocks: Tensor | None, block: int) -> str:
    if blocks is None:
        return ""
    if block < 16 or block & (block - 1):
        return tr("blocks of {block} positions; a power of two, 16 at least", block=block)
    wanted = (*asked.q.shape[:2], -(-asked.q.shape[2] // block), -(-asked.k.shape[2] // block))
    fits = blocks.ndim == 4 and all(have in (1, want) for have, want in zip(blocks.shape, wanted, strict=True))
    if blocks.dtype != torch.bool or not fits:
        return tr(
            "blocks are bool and fit {wanted}, not {shape} of {dtype}",
            wanted=wanted,
            shape=tuple(blocks.shape),
            dtype=blocks.dtype,
        )
    return ""


def _bad_packing(q: Tensor, k: Tensor, v: Tensor, query_starts: Tensor, key_starts: Tensor) -> str:
    if not q.ndim == k.ndim == v.ndim == 3:
        return tr("q, k and v are (positions, heads, dim)")
    if q.shape[1:] != k.shape[1:] or k.shape[:2] != v.shape[:2] or not q.dtype == k.dtype == v.dtype:
        return tr(
            "q {q}, k {k} and v {v} do not fit one another",
            q=tuple(q.shape),
            k=tuple(k.shape),
            v=tuple(v.shape),
        )
    if query_starts.shape != key_starts.shape or {query_starts.dtype, key_starts.dtype} != {torch.int32}:
        return tr("where sequences start is int32, of queries and of keys alike, one more than there are sequences")
    return ""


def _spread(terms: Terms, *tensors: Tensor) -> tuple[Tensor, ...]:
    """Packed tensors as (sequences, heads, positions, dim), the sequences sharing one memory."""
    if terms.query_starts is None:
        return tensors
    count = terms.query_starts.shape[0] - 1
    return tuple(tensor.transpose(0, 1).expand(count, -1, -1, -1) for tensor in tensors)


def _joined(terms: Terms, tensor: Tensor) -> Tensor:
    return tensor[0].transpose(0, 1) if terms.packed else tensor
