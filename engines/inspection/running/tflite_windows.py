"""Convolutions, pools, resizing and dense layers of TFLite.

Channels come last in the file. Seen through a permutation those are torch's channels-last tensors, so that neither
pictures nor kernels are copied.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from engines.core.words import tr
from engines.inspection.reading.onnx_padding import same_pads, transposed_pads
from engines.inspection.running.calls import Call, Maker
from engines.inspection.running.onnx_resizing import resized
from engines.inspection.running.onnx_windows import Pads, around

Function = Callable[..., Any]
NCHW, NHWC = (0, 3, 1, 2), (0, 2, 3, 1)


class Frame:
    """Steps of a window as options have them."""

    def __init__(self, call: Call) -> None:
        self.stride = call.get("strideH", 1) or 1, call.get("strideW", 1) or 1
        self.dilation = call.get("dilationHFactor", 1) or 1, call.get("dilationWFactor", 1) or 1
        self.same = call.get("padding", 0) == 0

    def pads(self, x: torch.Tensor, kernel: tuple[int, int]) -> Pads:
        if not self.same:
            return (0, 0), (0, 0)
        return same_pads(tuple(x.shape[2:]), kernel, self.stride, self.dilation, upper=True)


def _conv(call: Call) -> Function:
    """Kernels are (out, h, w, in); depthwise ones (1, h, w, out)."""
    frame, each = Frame(call), call.node.op == "DEPTHWISE_CONV_2D"

    def run(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
        x, weight = x.permute(NCHW), weight.permute((3, 0, 1, 2) if each else NCHW)
        before, after = frame.pads(x, (weight.shape[2], weight.shape[3]))
        pad = before
        if before != after:
            x, pad = around(x, (before, after)), (0, 0)
        groups = x.shape[1] // weight.shape[1]
        return functional.conv2d(x, weight, bias, frame.stride, pad, frame.dilation, groups).permute(NHWC)

    return run


def _conv_transpose(call: Call) -> Function:
    """The whole of it, cut to the size that is asked for: the odd row behind."""
    frame, sizes = Frame(call), call.numbers(3)

    def run(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None, shape: torch.Tensor | None = None
            ) -> torch.Tensor:  # fmt: skip
        x, weight = x.permute(NCHW), weight.permute(3, 0, 1, 2)
        wanted = tuple(sizes((x, weight, bias, shape))[1:3])
        kernel = (weight.shape[2], weight.shape[3])
        before, after = transposed_pads(tuple(x.shape[2:]), wanted, kernel, frame.stride, (1, 1), (0, 0), True)
        whole = functional.conv_transpose2d(x, weight, None, frame.stride)
        cut = around(whole, (tuple(-side for side in before), tuple(-side for side in after))).permute(NHWC)
        return cut if bias is None else cut + bias

    return run


def _pool(call: Call) -> Function:
    """Averages count the pixels that are there."""
    frame, kernel = Frame(call), (call.get("filterHeight", 1), call.get("filterWidth", 1))
    power = call.node.op == "L2_POOL_2D"

    def run(x: torch.Tensor) -> torch.Tensor:
        x = x.permute(NCHW)
        pads = frame.pads(x, kernel)
        if call.node.op == "MAX_POOL_2D":
            return functional.max_pool2d(around(x, pads, -torch.inf), kernel, frame.stride).permute(NHWC)
        x = x.square() if power else x
        found = functional.avg_pool2d(around(x, pads), kernel, frame.stride, divisor_override=1)
        ones = around(torch.ones((1, 1, *x.shape[2:]), dtype=x.dtype), pads)
        found = found / functional.avg_pool2d(ones, kernel, frame.stride, divisor_override=1)
        return (found.sqrt() if power else found).permute(NHWC)

    return run


def _resize(call: Call) -> Function:
    """Nearest: the pixel that holds the point, or the nearer one where corners lie on one another."""
    way = (
        "align_corners" if call.get("alignCorners") else "half_pixel" if call.get("halfPixelCenters") else "asymmetric"
    )
    mode = "linear" if call.node.op == "RESIZE_BILINEAR" else "nearest"
    rounding = "floor" if way == "asymmetric" else "round_prefer_ceil"
    sizes = call.numbers(1)

    def run(x: torch.Tensor, shape: torch.Tensor | None = None) -> torch.Tensor:
        return resized(x.permute(NCHW), (2, 3), sizes((x, shape)), way, mode, rounding).permute(NHWC)

    return run


def _dense(call: Call) -> Function:
    """Weights are (out, in)."""
    keep = bool(call.get("keepNumDims", False))
    if call.get("weightsFormat", 0):
        raise call.refuse(tr("has shuffled weights, which are not read here"))

    def run(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
        return functional.linear(x if keep else x.reshape(-1, weight.shape[1]), weight, bias)

    return run


def _matmul(call: Call) -> Function:
    turn_a, turn_b = call.get("adjX", False), call.get("adjY", False)
    return lambda a, b: torch.matmul(a.mT if turn_a else a, b.mT if turn_b else b)


def _local_norm(call: Call) -> Function:
    """x / (bias + alpha * sum of squares over `radius` channels on either side)^beta."""
    radius, bias, alpha, beta = (call.get(name, default) for name, default in
                                 (("radius", 5), ("bias", 1.0), ("alpha", 1.0), ("beta", 0.5)))  # fmt: skip

    def run(x: torch.Tensor) -> Any:
        flat = functional.pad(x.square().reshape(-1, 1, x.shape[-1]), (radius, radius))
        sums = functional.avg_pool1d(flat, 2 * radius + 1, 1).reshape(x.shape) * (2 * radius + 1)
        return x / (bias + alpha * sums) ** beta

    return run


MAKERS: dict[str, Maker] = {
    "AVERAGE_POOL_2D": _pool,
    "BATCH_MATMUL": _matmul,
    "CONV_2D": _conv,
    "DEPTHWISE_CONV_2D": _conv,
    "FULLY_CONNECTED": _dense,
    "L2_POOL_2D": _pool,
    "LOCAL_RESPONSE_NORMALIZATION": _local_norm,
    "MAX_POOL_2D": _pool,
    "RESIZE_BILINEAR": _resize,
    "RESIZE_NEAREST_NEIGHBOR": _resize,
    "TRANSPOSE_CONV": _conv_transpose,
}
