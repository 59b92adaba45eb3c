"""Quantised operators of ONNX as arithmetic on floats that hold whole numbers, so that gradients pass.

Rounding is that of the file: to the nearest, halves to even, cut to what the type can hold. The gradient of rounding is
taken as 1 within those bounds (straight through; Bengio, Leonard, Courville, arXiv 1308.3432).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from engines.core.words import tr
from engines.inspection.running.calls import Call, Maker
from engines.inspection.running.onnx_windows import convolution

Function = Callable[..., Any]
BOUNDS = {"uint8": (0, 255), "int8": (-128, 127), "uint16": (0, 65535), "int16": (-32768, 32767), "uint4": (0, 15),
          "int4": (-8, 7)}  # fmt: skip
NUMBERS = {2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 21: "uint4", 22: "int4"}


def _bounds(call: Call, zero: int) -> tuple[int, int]:
    """What the type of a zero point can hold, uint8 where there is none."""
    held = call.model.graph.tensors.get(call.node.inputs[zero]) if call.has(zero) else None
    name = held.dtype if held is not None else NUMBERS.get(call.get("output_dtype", 2), "float8")
    if name not in BOUNDS:
        raise call.refuse(tr("gives {name}, which is not run here", name=name))
    return BOUNDS[name]


def _rounded(x: torch.Tensor, least: int, most: int) -> torch.Tensor:
    """A whole number within bounds whose gradient is that of x."""
    return (x + (x.round() - x).detach()).clamp(least, most)


def _across(scale: torch.Tensor, x: torch.Tensor, axis: int, block: int) -> torch.Tensor:
    """One for all, one for each place along an axis, or one for each block of it."""
    if scale.numel() == 1:
        return scale.reshape(())
    if block:
        return scale.repeat_interleave(block, axis).narrow(axis, 0, x.shape[axis])
    return scale.reshape([-1 if place == axis % x.dim() else 1 for place in range(x.dim())])


def _quantise(call: Call) -> Function:
    axis, block, bounds = call.get("axis", 1), call.get("block_size", 0), _bounds(call, 2)

    def run(x: torch.Tensor, scale: torch.Tensor, zero: torch.Tensor | None = None) -> torch.Tensor:
        at = 0 if zero is None else _across(zero, x, axis, block)
        y = x / _across(scale, x, axis, block)
        return (y + (y.round() - y).detach() + at).clamp(*bounds)

    return run


def _dequantise(call: Call) -> Function:
    axis, block = call.get("axis", 1), call.get("block_size", 0)

    def run(x: torch.Tensor, scale: torch.Tensor, zero: torch.Tensor | None = None) -> torch.Tensor:
        at = 0 if zero is None else _across(zero, x, axis, block)
        return (x.to(scale.dtype) - at) * _across(scale, x, axis, block)

    return run


def _real(x: torch.Tensor, scale: torch.Tensor, zero: torch.Tensor | None, axis: int = 0) -> torch.Tensor:
    at = 0 if zero is None else _across(zero, x, axis, 0)
    return (x.to(scale.dtype) - at) * _across(scale, x, axis, 0)


def _conv(call: Call) -> Function:
    """Inputs: x, its scale and zero, w with its own, those of the result, bias in steps of both scales."""
    run, bounds = convolution(call, 3), _bounds(call, 7)

    def quantised(x: torch.Tensor, xs: torch.Tensor, xz: torch.Tensor, w: torch.Tensor, ws: torch.Tensor,
                  wz: torch.Tensor, ys: torch.Tensor, yz: torch.Tensor, bias: torch.Tensor | None = None
                  ) -> torch.Tensor:  # fmt: skip
        offset = None if bias is None else bias.to(xs.dtype) * xs * ws.reshape(-1)
        return _rounded(run(_real(x, xs, xz), _real(w, ws, wz), offset) / ys + yz, *bounds)

    return quantised


def _matmul(call: Call) -> Function:
    bounds = _bounds(call, 7)

    def quantised(a: torch.Tensor, sa: torch.Tensor, za: torch.Tensor, b: torch.Tensor, sb: torch.Tensor,
                  zb: torch.Tensor, sy: torch.Tensor, zy: torch.Tensor) -> torch.Tensor:  # fmt: skip
        return _rounded(torch.matmul(_real(a, sa, za, -2), _real(b, sb, zb, -1)) / sy + zy, *bounds)

    return quantised


def _whole_conv(call: Call) -> Function:
    run = convolution(call, 1)

    def quantised(x: torch.Tensor, w: torch.Tensor, xz: torch.Tensor | None = None, wz: torch.Tensor | None = None
                  ) -> torch.Tensor:  # fmt: skip
        one = torch.ones(())
        return run(_real(x, one, xz), _real(w, one, wz))  # type: ignore[no-any-return]

    return quantised


def _whole_matmul(_call: Call) -> Function:
    def quantised(a: torch.Tensor, b: torch.Tensor, za: torch.Tensor | None = None, zb: torch.Tensor | None = None
                  ) -> torch.Tensor:  # fmt: skip
        one = torch.ones(())
        return torch.matmul(_real(a, one, za, -2), _real(b, one, zb, -1))

    return quantised


def _measured(_call: Call) -> Function:
    """Scale and zero from the lowest and highest value, which 0 is always among."""

    def run(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        least, most = functional.relu(-x.min()).neg(), functional.relu(x.max())
        scale = (most - least) / 255
        zero = (-least / scale).round().clamp(0, 255)
        return ((x / scale).round() + zero).clamp(0, 255), scale, zero

    return run


MAKERS: dict[str, Maker] = {
    "ConvInteger": _whole_conv,
    "DequantizeLinear": _dequantise,
    "DynamicQuantizeLinear": _measured,
    "MatMulInteger": _whole_matmul,
    "QLinearConv": _conv,
    "QLinearMatMul": _matmul,
    "QuantizeLinear": _quantise,
}
