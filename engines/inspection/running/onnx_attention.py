"""Attention as one operator of ONNX (opset 23 on), and operators that onnxruntime writes for what it has fused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from engines.core.words import tr
from engines.inspection.running.calls import Call, Maker
from engines.inspection.running.onnx_windows import convolution

Function = Callable[..., Any]


def _attention(call: Call) -> Function:
    """softmax(scale Q K^T + mask) V; heads of K and V are shared where Q has more; (B, N, H d) or (B, H, N, d)."""
    heads, kv_heads = call.get("q_num_heads", 0), call.get("kv_num_heads", 0)
    scale, causal, cap = call.get("scale"), bool(call.get("is_causal", 0)), call.get("softcap", 0.0)
    if any(call.node.outputs[3:]) or call.has(6):
        raise call.refuse(tr("gives its products or is told lengths, which is not run here"))
    if causal and call.has(4):
        raise call.refuse(tr("is causal behind keys of the past, which is not run here"))

    def run(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None = None,
            past_k: torch.Tensor | None = None, past_v: torch.Tensor | None = None) -> Any:  # fmt: skip
        flat = q.dim() == 3
        if flat:
            q, k, v = _apart(q, heads), _apart(k, kv_heads), _apart(v, kv_heads)
        if past_k is not None and past_v is not None:
            k, v = torch.cat((past_k, k), 2), torch.cat((past_v, v), 2)
        weights = _weights(q, k.repeat_interleave(q.shape[1] // k.shape[1], 1), mask, scale, causal, cap)
        found = weights @ v.repeat_interleave(q.shape[1] // v.shape[1], 1)
        found = found.transpose(1, 2).flatten(2) if flat else found
        return (found, k, v) if len(call.node.outputs) > 1 else found

    return run


def _apart(x: torch.Tensor, heads: int) -> torch.Tensor:
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)  # type: ignore[no-untyped-call, no-any-return]


def _weights(q: torch.Tensor, k: torch.Tensor, mask: torch.Tensor | None, scale: float | None, causal: bool,
             cap: float) -> torch.Tensor:  # fmt: skip
    products = q @ k.mT * (q.shape[-1] ** -0.5 if scale is None else scale)
    if cap:
        products = cap * torch.tanh(products / cap)
    if mask is not None:
        short = products.shape[-1] - mask.shape[-1]
        low = torch.finfo(products.dtype).min
        added = (
            torch.zeros(mask.shape, dtype=products.dtype).masked_fill(~mask, low) if mask.dtype == torch.bool else mask
        )
        products = products + functional.pad(added, (0, short), value=low)
    if causal:
        seen = torch.ones(products.shape[-2:], dtype=torch.bool).tril()
        products = products.masked_fill(~seen, -torch.inf)
    return torch.softmax(products, -1)


ACTIVATIONS: dict[str, Function] = {
    "Relu": torch.relu, "Sigmoid": torch.sigmoid, "Tanh": torch.tanh,
    "LeakyRelu": functional.leaky_relu, "Clip": torch.clamp, "HardSigmoid": lambda x, a, b: (a * x + b).clamp(0, 1),
}  # fmt: skip


def _fused_conv(call: Call) -> Function:
    """A convolution, what is added to it, and an activation."""
    run, name = convolution(call, 1), call.get("activation", "")
    numbers = call.get("activation_params", ())
    if name and name not in ACTIVATIONS:
        raise call.refuse(tr("with {name} is not known here", name=name))

    def fused(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None, added: torch.Tensor | None = None
              ) -> Any:  # fmt: skip
        found = run(x, weight, bias)
        found = found if added is None else found + added
        return ACTIVATIONS[name](found, *numbers) if name else found

    return fused


def _fused_matmul(call: Call) -> Function:
    alpha, turn_a, turn_b = call.get("alpha", 1.0), call.get("transA", 0), call.get("transB", 0)
    return lambda a, b: alpha * torch.matmul(a.mT if turn_a else a, b.mT if turn_b else b)


def _quick_gelu(call: Call) -> Function:
    alpha = call.get("alpha", 1.702)
    return lambda x: x * torch.sigmoid(alpha * x)


def _fast_gelu(_call: Call) -> Function:
    return lambda x, bias=None: functional.gelu(x if bias is None else x + bias, approximate="tanh")


MAKERS: dict[str, Maker] = {"Attention": _attention}
FUSED: dict[str, Maker] = {
    "BiasGelu": lambda _call: lambda x, bias: functional.gelu(x + bias),
    "FastGelu": _fast_gelu,
    "FusedConv": _fused_conv,
    "FusedMatMul": _fused_matmul,
    "Gelu": lambda _call: functional.gelu,
    "QuickGelu": _quick_gelu,
}
"""Of the domain com.microsoft."""
