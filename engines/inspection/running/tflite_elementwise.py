"""TFLite's operators of one element at a time, and those that sum over axes."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import torch
from torch.nn import functional

from engines.inspection.running.calls import Call, Maker
from engines.inspection.running.onnx_reducing import cumulated

Function = Callable[..., Any]


def _same(function: Function) -> Maker:
    """An operator that torch has under the same meaning."""
    return lambda _call: lambda *inputs: function(*inputs)


def _divide(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    whole = not a.is_floating_point() and not b.is_floating_point()
    return torch.div(a, b, rounding_mode="trunc") if whole else a / b


def _prelu(x: torch.Tensor, slope: torch.Tensor) -> torch.Tensor:
    """One slope for each channel, or broadcast."""
    if slope.numel() == x.shape[-1] and x.dim() == 4 and slope.shape[-1] == x.shape[-1]:
        return functional.prelu(x.permute(0, 3, 1, 2), slope.reshape(-1)).permute(0, 2, 3, 1)
    return torch.where(x >= 0, x, slope * x)


def _gelu(call: Call) -> Function:
    way = "tanh" if call.get("approximate", False) else "none"
    return lambda x: functional.gelu(x, approximate=way)


def _leaky(call: Call) -> Function:
    alpha = call.get("alpha", 0.2)
    return lambda x: functional.leaky_relu(x, alpha)


def _select(condition: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return torch.where(condition, a, b)


def _select_rows(condition: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """A condition of one axis chooses rows."""
    rows = condition.dim() == 1 != a.dim()
    return torch.where(condition.reshape(-1, *(1,) * (a.dim() - 1)) if rows else condition, a, b)


def _softmax(call: Call) -> Function:
    beta = call.get("beta", 1.0) or 1.0
    return lambda x: torch.softmax(x * beta, -1)


def _l2_norm(x: torch.Tensor) -> torch.Tensor:
    return x / x.square().sum(-1, keepdim=True).clamp_min(1e-12).sqrt()


def _product(x: torch.Tensor, axes: tuple[int, ...], keep: bool) -> torch.Tensor:
    for axis in sorted((axis % x.dim() for axis in axes), reverse=True):
        x = x.prod(axis, keepdim=keep, dtype=x.dtype)
    return x


REDUCTIONS: dict[str, Function] = {
    "MEAN": lambda x, axes, keep: x.mean(axes, keepdim=keep),
    "REDUCE_ALL": lambda x, axes, keep: x.all(axes, keepdim=keep),
    "REDUCE_ANY": lambda x, axes, keep: x.any(axes, keepdim=keep),
    "REDUCE_MAX": lambda x, axes, keep: x.amax(axes, keepdim=keep),
    "REDUCE_MIN": lambda x, axes, keep: x.amin(axes, keepdim=keep),
    "REDUCE_PROD": _product,
    "SUM": lambda x, axes, keep: x.sum(axes, keepdim=keep, dtype=x.dtype),
}


def _reduce(call: Call) -> Function:
    axes, keep, function = call.numbers(1), bool(call.get("keepDims", False)), REDUCTIONS[call.node.op]

    def run(x: torch.Tensor, which: torch.Tensor | None = None) -> Any:
        asked = axes((x, which))
        return function(x, tuple(asked) if isinstance(asked, list) else (asked,), keep)

    return run


def _arg(call: Call) -> Function:
    axis, most = call.numbers(1), torch.argmax if call.node.op == "ARG_MAX" else torch.argmin
    dtype = torch.int32 if call.get("outputType", 2) == 2 else torch.int64

    def run(x: torch.Tensor, which: torch.Tensor | None = None) -> torch.Tensor:
        asked = axis((x, which))
        return most(x, asked[0] if isinstance(asked, list) else asked).to(dtype)

    return run


def _top(call: Call) -> Function:
    count = call.numbers(1)

    def run(x: torch.Tensor, k: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        asked = count((x, k))
        values, places = x.sort(dim=-1, descending=True, stable=True)
        many = asked[0] if isinstance(asked, list) else asked
        return values[..., :many], places[..., :many].int()

    return run


MAKERS: dict[str, Maker] = {
    **{name: _same(getattr(torch, name.lower())) for name in
       ("EXP", "LOG", "SQRT", "RSQRT", "SQUARE", "ABS", "NEG", "SIN", "COS", "FLOOR", "CEIL", "ROUND", "SIGN", "TANH",
        "RELU", "MAXIMUM", "MINIMUM", "LOGICAL_AND", "LOGICAL_OR", "LOGICAL_NOT", "ZEROS_LIKE")},
    **{name: _same(function) for name, function in (
        ("ADD", torch.add), ("SUB", torch.sub), ("MUL", torch.mul), ("DIV", _divide), ("POW", torch.pow),
        ("SQUARED_DIFFERENCE", lambda a, b: (a - b).square()), ("FLOOR_DIV", torch.floor_divide),
        ("FLOOR_MOD", torch.remainder), ("EQUAL", torch.eq), ("NOT_EQUAL", torch.ne), ("GREATER", torch.gt),
        ("GREATER_EQUAL", torch.ge), ("LESS", torch.lt), ("LESS_EQUAL", torch.le), ("SELECT", _select_rows),
        ("SELECT_V2", _select), ("RELU6", functional.relu6), ("RELU_N1_TO_1", lambda x: x.clamp(-1, 1)),
        ("RELU_0_TO_1", lambda x: x.clamp(0, 1)), ("LOGISTIC", torch.sigmoid), ("HARD_SWISH", functional.hardswish),
        ("ELU", functional.elu), ("PRELU", _prelu), ("L2_NORMALIZATION", _l2_norm),
        ("LOG_SOFTMAX", lambda x: torch.log_softmax(x, -1)))},
    **dict.fromkeys(REDUCTIONS, _reduce),
    "ADD_N": lambda _call: lambda *inputs: reduce(torch.add, inputs),
    "ARG_MAX": _arg,
    "ARG_MIN": _arg,
    "CUMSUM": cumulated,
    "GELU": _gelu,
    "LEAKY_RELU": _leaky,
    "SOFTMAX": _softmax,
    "TOPK_V2": _top,
}  # fmt: skip
