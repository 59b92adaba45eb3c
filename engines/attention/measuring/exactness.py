"""The error of a kind beside exact attention in float64, at any length: a few rows of queries tell it.

The gradient is that of a loss on those rows alone, so that the float64 form needs no more than they do: it is whole in
k and v, and zero in every other row of q.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engines.attention.exact import naive
from engines.attention.kernels import kernel
from engines.attention.request import Request, seen

ROWS, CELLS = 64, 4_000_000
"""Rows at most, and numbers of the float64 matrix at most."""


@dataclass(frozen=True, slots=True)
class Truth:
    """rows: of the queries, (R,); out: (B, H, R, e) in float64; pull: what the loss weighs it with; grads: of q, k and
    v, whole, () where they were not asked for."""

    rows: Tensor
    out: Tensor
    pull: Tensor
    grads: tuple[Tensor, ...]


def truth(asked: Request, seed: int = 0) -> Truth:
    """Rows spread over the whole length, the first and the last among them."""
    batch, heads, length, _dim = asked.q.shape
    many = max(min(ROWS, length, CELLS // (batch * heads * length)), min(4, length))
    rows = torch.linspace(0, length - 1, many, device=asked.q.device).round().long()
    q, k, v = (tensor.detach().double().requires_grad_(asked.q.requires_grad) for tensor in (asked.q, asked.k, asked.v))
    visible = seen(asked, rows)
    wide = Request(q[:, :, rows], k, v, mask=visible, scale=asked.scale)
    with torch.enable_grad():
        out = naive.forward(wide, False)[0]
    drawn = torch.Generator().manual_seed(seed)
    pull = torch.randn(out.shape, generator=drawn, dtype=torch.float64).to(out)
    grads = torch.autograd.grad(out, (q, k, v), pull) if out.requires_grad else ()
    return Truth(rows, out.detach(), pull, grads)


def errors(asked: Request, name: str, exact: Truth) -> tuple[float, float | None]:
    """The largest error of the output, and of the gradients, each over the largest value there; NaN counts as
    infinite. None where gradients were not asked for."""
    run = kernel(name).forward
    if not exact.grads:
        with torch.no_grad():
            return _worst(run(asked, False)[0][:, :, exact.rows], exact.out), None
    leaves = [tensor.detach().requires_grad_() for tensor in (asked.q, asked.k, asked.v)]
    out = run(replace(asked, q=leaves[0], k=leaves[1], v=leaves[2]), False)[0]
    pull = torch.zeros_like(out)
    pull[:, :, exact.rows] = exact.pull.to(out)
    grads = torch.autograd.grad(out, leaves, pull)
    worst = max(_worst(grad, true) for grad, true in zip(grads, exact.grads, strict=True))
    return _worst(out.detach()[:, :, exact.rows], exact.out), worst


def _worst(found: Tensor, true: Tensor) -> float:
    off = float(((found.double() - true).abs().max() / true.abs().max().clamp_min(1e-300)).item())
    return off if off == off else float("inf")
