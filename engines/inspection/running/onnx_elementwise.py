"""ONNX operators of one element at a time: activations, arithmetic, comparisons, logic."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import torch
from torch.nn import functional

from engines.inspection.running.calls import Call, Maker

Function = Callable[..., Any]


def _same(function: Function) -> Maker:
    """An operator that torch has under the same meaning."""
    return lambda _call: lambda *inputs: function(*inputs)


def _with(function: Function, **defaults: Any) -> Maker:
    """Attributes of the node as arguments of the function, in this order."""

    def make(call: Call) -> Function:
        told = [call.get(name, default) for name, default in defaults.items()]
        return lambda x: function(x, *told)

    return make


def _binary(function: Function) -> Maker:
    """With broadcasting from behind; before opset 7 from an axis."""

    def make(call: Call) -> Function:
        axis = call.get("axis") if call.version < 7 else None
        if axis is None:
            return lambda a, b: function(a, b)
        return lambda a, b: function(a, b.reshape(*b.shape, *(1,) * (a.dim() - axis % a.dim() - b.dim())))

    return make


def _many(function: Function) -> Maker:
    return lambda _call: lambda *inputs: reduce(function, inputs)


def _divide(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    whole = not a.is_floating_point() and not b.is_floating_point()
    return torch.div(a, b, rounding_mode="trunc") if whole else a / b


def _power(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return torch.pow(a, b).to(a.dtype)


def _modulo(call: Call) -> Function:
    return torch.fmod if call.get("fmod", 0) else torch.remainder


def _clip(call: Call) -> Function:
    low, high = call.numbers(1, "min"), call.numbers(2, "max")

    def run(x: torch.Tensor, *more: torch.Tensor | None) -> torch.Tensor:
        inputs = (x, *more)
        least, most = low(inputs), high(inputs)
        return x if least is None and most is None else x.clamp(least, most)

    return run


def _prelu(x: torch.Tensor, slope: torch.Tensor) -> torch.Tensor:
    """torch's own for one slope or one for each channel (1 for all axes behind), broadcast for all others."""
    channels = x.shape[1] if x.dim() > 1 else 0
    if slope.numel() == 1 or (slope.dim() == x.dim() - 1 and slope.shape[0] == slope.numel() == channels):
        return functional.prelu(x, slope.reshape(-1))
    return torch.where(x >= 0, x, slope * x)


def _gelu(call: Call) -> Function:
    way = call.get("approximate", "none")
    return lambda x: functional.gelu(x, approximate=way)


def _hard_sigmoid(x: torch.Tensor, alpha: float, beta: float) -> torch.Tensor:
    return (alpha * x + beta).clamp(0, 1)


def _hard_swish(x: torch.Tensor) -> torch.Tensor:
    return functional.hardswish(x)


def _elu(x: torch.Tensor, alpha: float) -> torch.Tensor:
    return functional.elu(x, alpha)


def _selu(x: torch.Tensor, alpha: float, gamma: float) -> torch.Tensor:
    return gamma * functional.elu(x, alpha)


def _celu(x: torch.Tensor, alpha: float) -> torch.Tensor:
    return functional.celu(x, alpha)


def _thresholded(x: torch.Tensor, alpha: float) -> torch.Tensor:
    return torch.where(x > alpha, x, torch.zeros_like(x))


def _shrink(x: torch.Tensor, bias: float, lambd: float) -> torch.Tensor:
    zero = torch.zeros_like(x)
    return torch.where(x < -lambd, x + bias, torch.where(x > lambd, x - bias, zero))


def _swish(x: torch.Tensor, alpha: float) -> torch.Tensor:
    return x * torch.sigmoid(alpha * x)


def _is_infinite(x: torch.Tensor, low: int, high: int) -> torch.Tensor:
    return (x.isposinf() & bool(high)) | (x.isneginf() & bool(low))


def _shift(call: Call) -> Function:
    return torch.bitwise_left_shift if call.get("direction") == "LEFT" else torch.bitwise_right_shift


def _mean(_call: Call) -> Function:
    return lambda *inputs: reduce(torch.add, inputs) / len(inputs)


MAKERS: dict[str, Maker] = {
    **{name: _same(getattr(torch, name.lower())) for name in
       ("Abs", "Neg", "Exp", "Log", "Sqrt", "Reciprocal", "Floor", "Ceil", "Round", "Sign", "Sin", "Cos", "Tan", "Asin",
        "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh", "Erf", "Relu", "Sigmoid", "Tanh", "IsNaN")},
    **{name: _binary(function) for name, function in (
        ("Add", torch.add), ("Sub", torch.sub), ("Mul", torch.mul), ("Div", _divide), ("Pow", _power),
        ("Equal", torch.eq), ("Greater", torch.gt), ("GreaterOrEqual", torch.ge), ("Less", torch.lt),
        ("LessOrEqual", torch.le), ("And", torch.logical_and), ("Or", torch.logical_or), ("Xor", torch.logical_xor))},
    **{name: _same(function) for name, function in (
        ("Not", torch.logical_not), ("Where", torch.where), ("BitwiseAnd", torch.bitwise_and),
        ("BitwiseOr", torch.bitwise_or), ("BitwiseXor", torch.bitwise_xor), ("BitwiseNot", torch.bitwise_not),
        ("Softplus", functional.softplus), ("Softsign", functional.softsign), ("Mish", functional.mish),
        ("HardSwish", _hard_swish), ("PRelu", _prelu))},
    **{name: _many(function) for name, function in
       (("Max", torch.maximum), ("Min", torch.minimum), ("Sum", torch.add))},
    "BitShift": _shift,
    "Celu": _with(_celu, alpha=1.0),
    "Clip": _clip,
    "Elu": _with(_elu, alpha=1.0),
    "Gelu": _gelu,
    "HardSigmoid": _with(_hard_sigmoid, alpha=0.2, beta=0.5),
    "IsInf": _with(_is_infinite, detect_negative=1, detect_positive=1),
    "LeakyRelu": _with(functional.leaky_relu, alpha=0.01),
    "Mean": _mean,
    "Mod": _modulo,
    "Selu": _with(_selu, alpha=1.6732632423543772, gamma=1.0507009873554805),
    "Shrink": _with(_shrink, bias=0.0, lambd=0.5),
    "Swish": _with(_swish, alpha=1.0),
    "ThresholdedRelu": _with(_thresholded, alpha=1.0),
}  # fmt: skip
