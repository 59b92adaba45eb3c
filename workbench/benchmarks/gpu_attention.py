"""Attention kernels on a CUDA device beside torch's: flash and cuDNN of SDPA, FlexAttention, torch.compile."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from engines.attention.gpu import flash
from engines.attention.gpu import fused as fused_kernels
from engines.attention.gpu import linear as linear_kernels
from engines.attention.gpu import step as step_kernels
from engines.attention.request import request
from workbench.benchmarks.attention_gpu import BACKENDS, by_backend
from workbench.benchmarks.gpu_turns import Ceiling, Clock, Run, interleaved, row

HEADS = 16
TOKENS = 16384
HALF = torch.bfloat16
WHOLE_MATRIX = 4096
"""The longest at which the whole matrix of scores is made."""

Attend = Callable[[Tensor, Tensor, Tensor], Tensor]


def forward(quick: bool, clock: Clock, limits: Ceiling) -> list[dict[str, Any]]:
    """Plain and causal attention at 16384 tokens a call, in the time that computing or moving it takes at most."""
    lengths = (576, 1024, 4096) if quick else (1024, 4096, 576, 256, 64, 16384)
    asked = [(dim, n, False) for dim in ((64,) if quick else (64, 128, 32)) for n in lengths]
    asked += [] if quick else [(64, 4096, True), (128, 4096, True)]
    return [_forward(*case, limits) for case in asked if not clock.over]


def _forward(dim: int, n: int, causal: bool, limits: Ceiling) -> dict[str, Any]:
    torch.compiler.reset()
    q, k, v = _drawn(n, dim)
    runs: dict[str, Run] = {"ours": lambda: flash.forward(request(q, k, v, causal=causal))}
    for name, backend in BACKENDS.items():
        runs[name] = partial(by_backend, backend, causal, q, k, v)
    if not causal and dim == 64 or n == 1024:
        runs["flex"] = partial(_flex(), q, k, v)
        if n <= WHOLE_MATRIX and not causal:
            runs["compiled"] = partial(torch.compile(_whole, dynamic=False), q, k, v)
    with torch.no_grad():
        times, failed = interleaved(runs)
    flops = 4 * q.shape[0] * HEADS * n * n * dim / (2 if causal else 1)
    about = {"n": n, "dim": dim, "batch": q.shape[0], "causal": causal}
    return row(about, times, failed) | _reached(times, flops, 4 * q.numel() * 2, limits)


def fused(quick: bool, clock: Clock, limits: Ceiling) -> list[dict[str, Any]]:
    """QK-norm, rotary and attention at short lengths, beside the three one by one and compiled as one."""
    lengths = (1024,) if quick else (1024, 576, 256, 64)
    asked = [(n, 64, rotary) for rotary in (False, True) for n in lengths]
    asked += [] if quick else [(1024, 128, False), (1024, 128, True)]
    return [_fused(*case, limits) for case in asked if not clock.over]


def _fused(n: int, dim: int, rotary: bool, limits: Ceiling) -> dict[str, Any]:
    torch.compiler.reset()
    q, k, v = _drawn(n, dim)
    weight = torch.ones(dim, device="cuda", dtype=HALF)
    angles = torch.rand(n, dim // 2, device="cuda")
    table = (angles.cos(), angles.sin()) if rotary else None

    def apart(attend: Attend) -> Tensor:
        return attend(_normed(q, weight, table), _normed(k, weight, table), v)

    runs: dict[str, Run] = {
        "ours": lambda: fused_kernels.forward(q, k, v, weight, weight, 1e-6, table),
        **{name: partial(apart, partial(by_backend, backend, False)) for name, backend in BACKENDS.items()},
        "compiled": partial(torch.compile(apart, dynamic=False), F.scaled_dot_product_attention),
        "flex": partial(apart, _flex()),
    }
    with torch.no_grad():
        times, failed = interleaved(runs)
    about = {"n": n, "dim": dim, "batch": q.shape[0], "rotary": rotary}
    return row(about, times, failed) | _reached(times, 4 * q.shape[0] * HEADS * n * n * dim, 8 * q.numel(), limits)


def linear(quick: bool, clock: Clock, limits: Ceiling) -> list[dict[str, Any]]:
    """Linear attention, whole and causal: q, k and v read once and the output written once is what it could be."""
    asked = [(dim, n, causal) for dim in ((64,) if quick else (64, 128)) for n in (TOKENS, 4 * TOKENS)
             for causal in (True, False)]  # fmt: skip
    return [_linear(*case, limits) for case in asked if not clock.over]


def _linear(dim: int, n: int, causal: bool, limits: Ceiling) -> dict[str, Any]:
    q, k, v = (torch.randn(2, n, HEADS, dim, device="cuda", dtype=HALF).transpose(1, 2) for _ in range(3))
    with torch.no_grad():
        times, failed = interleaved({"ours": lambda: linear_kernels.forward(request(q, k, v, causal=causal))})
    moved = 4 * q.numel() * 2
    about = {"n": n, "dim": dim, "batch": 2, "causal": causal}
    return row(about, times, failed) | _reached(times, 0, moved, limits)


def step(quick: bool, clock: Clock, limits: Ceiling) -> list[dict[str, Any]]:
    """A key and value into a cache, one query on it: captured with the length on the device, and step by step."""
    asked = [(1, 4096)] if quick else [(1, 4096), (1, 16384), (8, 4096)]
    return [_step(*case, limits) for case in asked if not clock.over]


def _step(batch: int, places: int, limits: Ceiling) -> dict[str, Any]:
    dim = 64
    k, v = (torch.randn(batch, HEADS, places, dim, device="cuda", dtype=HALF) for _ in range(2))
    q, new_k, new_v = (torch.randn(batch, HEADS, 1, dim, device="cuda", dtype=HALF) for _ in range(3))
    lengths = torch.full((batch,), places - 1, device="cuda", dtype=torch.int32)

    def ours() -> None:
        place = (lengths[:1] % places).long()
        k.index_copy_(2, place, new_k)
        v.index_copy_(2, place, new_v)
        lengths.add_(1)
        step_kernels.step(q, k, v, lengths)

    def eager() -> None:
        k[:, :, -1:], v[:, :, -1:] = new_k, new_v
        F.scaled_dot_product_attention(q, k, v)

    with torch.no_grad():
        times, failed = interleaved({"ours": ours, "captured_sdpa": eager})
        usual, _ = interleaved({"eager": eager}, graphs=False)
    moved = 2 * k.numel() * 2
    about = {"batch": batch, "places": places}
    ratio = {"eager_over_ours": usual["eager"] / times["ours"]} if "ours" in times else {}
    return row(about, times, failed) | {"eager_ms": usual["eager"]} | ratio | _reached(times, 0, moved, limits)


def _reached(times: dict[str, float], flops: float, moved: float, limits: Ceiling) -> dict[str, float]:
    """Rates of ours, where it ran. flops 0: moving is all there is."""
    if "ours" not in times:
        return {}
    ms = times["ours"]
    rate = {"tflops": flops / ms / 1e9} if flops else {"gbytes_a_second": moved / ms / 1e6}
    return rate | {"share_of_ceiling": limits.share(ms, flops, moved, HALF)}


def _drawn(n: int, dim: int) -> tuple[Tensor, Tensor, Tensor]:
    """As a layer's projection leaves them: heads beside one another in memory."""
    qkv = torch.randn(max(1, TOKENS // n), n, 3, HEADS, dim, device="cuda", dtype=HALF)
    q, k, v = qkv.permute(2, 0, 3, 1, 4)
    return q, k, v


def _flex() -> Attend:
    from torch.nn.attention.flex_attention import flex_attention

    return torch.compile(flex_attention, dynamic=False)  # type: ignore[return-value]


def _whole(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return torch.softmax(q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5, -1) @ v


def _normed(x: Tensor, weight: Tensor, table: tuple[Tensor, Tensor] | None) -> Tensor:
    x = F.rms_norm(x, x.shape[-1:], weight, 1e-6)
    if table is None:
        return x
    (cos, sin), a, b = (part.to(x.dtype) for part in table), x[..., ::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], -1).flatten(-2)
