"""Gradients of the kernels in Triton on this device, beside float64: some compilers get some of them wrong silently."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import torch
from torch import Tensor

from engines.attention.exact import naive
from engines.attention.gpu import flash
from engines.attention.request import request
from workbench.benchmarks.gpu_turns import Ceiling, Clock, said

N = 704
FACTOR = 2.2
TERMS = ("plain", "causal", "window", "bias and mask")


def gradients(quick: bool, clock: Clock, limits: Ceiling) -> list[dict[str, Any]]:
    """The largest error over the largest value, of output, log-sum-exp and each gradient, and that of naive attention
    in the same type. ok: ours is at most 2.2 times as large."""
    dims = (64,) if quick else (64, 128, 32)
    cases = product(dims, (torch.bfloat16, torch.float16, torch.float32), TERMS)
    return [_row(*case) for case in cases if not clock.over]


def _row(dim: int, dtype: torch.dtype, terms: str) -> dict[str, Any]:
    torch.manual_seed(0)
    q, k, v, grad = (torch.randn(2, 3, N, dim, device="cuda").to(dtype) for _ in range(4))
    options = _options(terms, dtype)
    usual, true = (_run(False, kind, q, k, v, grad, options) for kind in (dtype, torch.float64))
    about = {"dim": dim, "dtype": str(dtype).removeprefix("torch."), "terms": terms}
    same = _worst(usual, true)
    try:
        error = _worst(_run(True, dtype, q, k, v, grad, options), true)
    except RuntimeError as failure:
        return about | {"error": said(failure), "naive_error": same, "ok": False}
    shown = error if math.isfinite(error) else str(error)
    return about | {"error": shown, "naive_error": same, "ok": error <= FACTOR * same + torch.finfo(dtype).eps}


def _options(terms: str, dtype: torch.dtype) -> dict[str, Any]:
    if terms == "bias and mask":
        bias = torch.randn(3, N, N, device="cuda").to(dtype)
        return {"bias": bias, "mask": torch.rand(N, N, device="cuda") > 0.3}
    return {"causal": terms != "plain", "window": 100 if terms == "window" else None}


def _run(
    ours: bool, dtype: torch.dtype, q: Tensor, k: Tensor, v: Tensor, grad: Tensor, options: dict[str, Any]
) -> list[Tensor]:
    inputs = [x.to(dtype, copy=True).requires_grad_() for x in (q, k, v)]
    given = dict(options)
    if "bias" in options:
        given["bias"] = options["bias"].to(dtype, copy=True).requires_grad_()
    wanted = inputs + ([given["bias"]] if "bias" in given else [])
    out, lse = flash.attend(*inputs, **given) if ours else _naive(*inputs, **given)
    return [x.detach().double() for x in (out, lse, *torch.autograd.grad(out, wanted, grad.to(dtype)))]


def _naive(q: Tensor, k: Tensor, v: Tensor, **options: Any) -> tuple[Tensor, Tensor]:
    out, lse = naive.forward(request(q, k, v, **options), True)
    assert lse is not None
    return out, lse


def _worst(given: list[Tensor], true: list[Tensor]) -> float:
    """Not a number wins over any number."""
    errors = [float((a - b).abs().max() / b.abs().max()) for a, b in zip(given, true, strict=True)]
    return max(errors, key=lambda error: (error != error, error))
