"""Convolutions and pools of ONNX: padding on either side, rounded-up counts, transposed ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.nn import functional

from engines.core.words import tr
from engines.inspection.reading.onnx_padding import same_pads, transposed_pads
from engines.inspection.running.calls import Call, Maker

CONVS: tuple[Callable[..., torch.Tensor], ...] = (functional.conv1d, functional.conv2d, functional.conv3d)
TRANSPOSED: tuple[Callable[..., torch.Tensor], ...] = (
    functional.conv_transpose1d, functional.conv_transpose2d, functional.conv_transpose3d
)  # fmt: skip
MAXIMA: tuple[Callable[..., torch.Tensor], ...] = (functional.max_pool1d, functional.max_pool2d, functional.max_pool3d)
MEANS: tuple[Callable[..., torch.Tensor], ...] = (functional.avg_pool1d, functional.avg_pool2d, functional.avg_pool3d)

Pads = tuple[tuple[int, ...], tuple[int, ...]]


class Frame:
    """Steps, dilations and padding of a window, as a node has them; the padding may depend on the input's size."""

    def __init__(self, call: Call, axes: int) -> None:
        if not 1 <= axes <= 3:
            raise call.refuse(tr("has {axes} spatial axes; 1 to 3 are known here", axes=axes))
        self.axes, self.way = axes, call.get("auto_pad", "NOTSET")
        self.stride = tuple(call.get("strides", (1,) * axes))
        self.dilation = tuple(call.get("dilations", (1,) * axes))
        pads = tuple(call.get("pads", (0,) * 2 * axes)) if self.way == "NOTSET" else (0,) * 2 * axes
        self._pads: Pads = pads[:axes], pads[axes:]

    def pads(self, sizes: Sequence[int], kernel: Sequence[int]) -> Pads:
        if self.way not in ("SAME_UPPER", "SAME_LOWER"):
            return self._pads
        return same_pads(tuple(sizes), tuple(kernel), self.stride, self.dilation, upper=self.way == "SAME_UPPER")


def around(x: torch.Tensor, pads: Pads, value: float = 0.0) -> torch.Tensor:
    """Padding of the last axes."""
    sides = [side for pair in zip(reversed(pads[0]), reversed(pads[1]), strict=True) for side in pair]
    return functional.pad(x, sides, value=value) if any(sides) else x


def convolution(call: Call, place: int) -> Callable[..., Any]:
    """Of (data, weight, bias or None), settings those of a node whose weight is the input at `place`.

    Pictures lie with channels last in memory, as their kernels do: up to three times as fast, the same numbers.
    """
    weight = call.model.graph.shape(call.node.inputs[place])
    axes = len(weight) - 2 if weight is not None else len(call.get("kernel_shape", ()))
    frame, groups = Frame(call, axes), call.get("group", 1)
    function = CONVS[axes - 1]

    def run(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
        before, after = frame.pads(x.shape[2:], weight.shape[2:])
        if axes == 2:
            x = x.contiguous(memory_format=torch.channels_last)
        if before == after:
            return function(x, weight, bias, frame.stride, before, frame.dilation, groups)
        return function(around(x, (before, after)), weight, bias, frame.stride, 0, frame.dilation, groups)

    return run


def _conv_transpose(call: Call) -> Callable[..., Any]:
    """The whole of it, then what is too much is cut and what lies beyond (`output_padding`) is the bias."""
    weight = call.model.graph.shape(call.node.inputs[1])
    axes = len(weight) - 2 if weight is not None else len(call.get("kernel_shape", ()))
    frame, groups, asked = Frame(call, axes), call.get("group", 1), call.get("output_shape")
    extra = tuple(call.get("output_padding", (0,) * axes))
    same = frame.way in ("SAME_UPPER", "SAME_LOWER")

    def pads(x: torch.Tensor, weight: torch.Tensor) -> Pads:
        if not asked and not same:
            before, after = frame.pads((), ())
            return before, tuple(pad - more for pad, more in zip(after, extra, strict=True))
        sizes, kernel = tuple(x.shape[2:]), tuple(weight.shape[2:])
        wanted = tuple(asked[-axes:]) if asked else tuple(n * s for n, s in zip(sizes, frame.stride, strict=True))
        return transposed_pads(sizes, wanted, kernel, frame.stride, frame.dilation, extra, frame.way == "SAME_UPPER")

    def run(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
        before, after = pads(x, weight)
        whole = TRANSPOSED[axes - 1](x, weight, None, frame.stride, 0, 0, groups, frame.dilation)
        cut = around(whole, (tuple(-side for side in before), tuple(-side for side in after)))
        return cut if bias is None else cut + bias.reshape(-1, *(1,) * axes)

    return run


def _max_pool(call: Call) -> Callable[..., Any]:
    kernel = tuple(call.get("kernel_shape", ()))
    if len(call.node.outputs) > 1 and call.node.outputs[1]:
        raise call.refuse(tr("gives the places of its maxima, which is not known here"))
    frame, up = Frame(call, len(kernel)), bool(call.get("ceil_mode", 0))
    function = MAXIMA[frame.axes - 1]

    def run(x: torch.Tensor) -> torch.Tensor:
        before, after = frame.pads(x.shape[2:], kernel)
        if before == after and all(2 * pad <= k for pad, k in zip(before, kernel, strict=True)) and _floats(x):
            return function(x, kernel, frame.stride, before, frame.dilation, up)
        after = _reach(x, kernel, frame, (before, after), up)
        lowest = -math.inf if _floats(x) else torch.iinfo(x.dtype).min
        return function(around(x, (before, after), lowest), kernel, frame.stride, 0, frame.dilation)

    return run


def _floats(x: torch.Tensor) -> bool:
    return x.is_floating_point()


def _reach(x: torch.Tensor, kernel: Sequence[int], frame: Frame, pads: Pads, up: bool) -> tuple[int, ...]:
    """Padding behind that gives the last of a rounded-up count of windows all its taps. A window that would start in
    the padding behind is none."""
    if not up:
        return pads[1]
    reached = []
    for size, k, s, d, b, a in zip(x.shape[2:], kernel, frame.stride, frame.dilation, *pads, strict=True):
        count = math.ceil((size + b + a - (k - 1) * d - 1) / s) + 1
        count -= (count - 1) * s >= size + b
        reached.append(max(a, (count - 1) * s + (k - 1) * d + 1 - size - b))
    return tuple(reached)


def _average_pool(call: Call) -> Callable[..., Any]:
    """Sums of windows over how many pixels each of them counts."""
    kernel = tuple(call.get("kernel_shape", ()))
    frame, up, whole = Frame(call, len(kernel)), bool(call.get("ceil_mode", 0)), bool(call.get("count_include_pad", 0))
    function, plain = MEANS[frame.axes - 1], set(frame.dilation) == {1}

    def run(x: torch.Tensor) -> torch.Tensor:
        before, after = frame.pads(x.shape[2:], kernel)
        fits = before == after and all(2 * pad <= k for pad, k in zip(before, kernel, strict=True))
        if plain and not up and fits:
            return function(x, kernel, frame.stride, before, False, whole)
        reached = _reach(x, kernel, frame, (before, after), up)
        one = torch.ones((1, 1, *x.shape[2:]), dtype=x.dtype)
        counted = around(around(one, (before, after), 1.0) if whole else around(one, (before, after)),
                         ((0,) * frame.axes, tuple(r - a for r, a in zip(reached, after, strict=True))))  # fmt: skip
        return _sums(around(x, (before, reached)), kernel, frame) / _sums(counted, kernel, frame)

    return run


def _sums(x: torch.Tensor, kernel: Sequence[int], frame: Frame) -> torch.Tensor:
    flat = x.reshape(-1, 1, *x.shape[2:])
    weight = torch.ones((1, 1, *kernel), dtype=x.dtype)
    found = CONVS[frame.axes - 1](flat, weight, None, frame.stride, 0, frame.dilation)
    return found.reshape(*x.shape[:2], *found.shape[2:])


def _lp_pool(call: Call) -> Callable[..., Any]:
    kernel, power = tuple(call.get("kernel_shape", ())), call.get("p", 2)
    frame, up = Frame(call, len(kernel)), bool(call.get("ceil_mode", 0))

    def run(x: torch.Tensor) -> Any:
        before, after = frame.pads(x.shape[2:], kernel)
        reached = _reach(x, kernel, frame, (before, after), up)
        return _sums(around(x.abs() ** power, (before, reached)), kernel, frame) ** (1 / power)

    return run


def _global(call: Call) -> Callable[..., Any]:
    power = call.get("p", 2)

    def run(x: torch.Tensor) -> torch.Tensor:
        axes = tuple(range(2, x.dim()))
        if call.node.op == "GlobalAveragePool":
            return x.mean(axes, keepdim=True)
        return x.amax(axes, keepdim=True) if "Max" in call.node.op else x.norm(power, axes, keepdim=True)

    return run


MAKERS: dict[str, Maker] = {
    "AveragePool": _average_pool,
    "Conv": lambda call: convolution(call, 1),
    "ConvTranspose": _conv_transpose,
    "GlobalAveragePool": _global,
    "GlobalLpPool": _global,
    "GlobalMaxPool": _global,
    "LpPool": _lp_pool,
    "MaxPool": _max_pool,
}
