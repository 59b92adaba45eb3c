"""Windows of convolutions and pools with their padding in numbers, however ONNX writes it: SAME, rounded up, sizes."""

from __future__ import annotations

import math

from engines.inspection.reading.onnx_seen import Seen
from engines.inspection.types import Shape, Window


def window_of(seen: Seen, kernel: Shape, *, transposed: bool = False) -> Window | None:
    axes = len(kernel)
    stride = tuple(seen.attributes.get("strides") or (1,) * axes)
    dilation = tuple(seen.attributes.get("dilations") or (1,) * axes)
    if not len(stride) == len(dilation) == axes:
        return None
    pads = _transposed_pads(seen, kernel, stride, dilation) if transposed else _pads(seen, kernel, stride, dilation)
    return None if pads is None else Window(kernel, stride, dilation, *pads, transposed)


def _pads(seen: Seen, kernel: Shape, stride: Shape, dilation: Shape) -> tuple[Shape, Shape] | None:
    axes, way = len(kernel), seen.attributes.get("auto_pad") or "NOTSET"
    if way in ("SAME_UPPER", "SAME_LOWER"):
        shape = seen.shape()
        sizes = shape[2:] if shape is not None else (-1,) * axes
        known = all(size >= 0 or step == 1 for size, step in zip(sizes, stride, strict=False))
        return same_pads(sizes, kernel, stride, dilation, upper=way == "SAME_UPPER") if known else None
    pads = (0,) * 2 * axes if way == "VALID" else tuple(seen.attributes.get("pads") or (0,) * 2 * axes)
    if len(pads) != 2 * axes:
        return None
    before, after = pads[:axes], pads[axes:]
    return before, _reached(seen, kernel, stride, dilation, before, after) if seen.attributes.get(
        "ceil_mode"
    ) else after


def same_pads(sizes: Shape, kernel: Shape, stride: Shape, dilation: Shape, *, upper: bool) -> tuple[Shape, Shape]:
    """Padding so that there are ceil(size / stride) outputs; the odd one behind (upper) or before. Where the stride is
    1 the size may be -1."""
    lows, highs = [], []
    for size, k, s, d in zip(sizes, kernel, stride, dilation, strict=True):
        count = 1 if size < 0 else size
        total = max(0, (math.ceil(count / s) - 1) * s + (k - 1) * d + 1 - count)
        small, large = total // 2, total - total // 2
        lows.append(small if upper else large)
        highs.append(large if upper else small)
    return tuple(lows), tuple(highs)


def _reached(seen: Seen, kernel: Shape, stride: Shape, dilation: Shape, before: Shape, after: Shape) -> Shape:
    """Padding behind so that the last output of a rounded-up count has its whole window."""
    shape, result = seen.shape(), seen.result
    if shape is None or result is None or -1 in shape[2:] or -1 in result[2:]:
        return after
    ends = zip(shape[2:], result[2:], kernel, stride, dilation, before, after, strict=True)
    return tuple(max(a, (out - 1) * s + (k - 1) * d + 1 - size - b) for size, out, k, s, d, b, a in ends)


def _transposed_pads(seen: Seen, kernel: Shape, stride: Shape, dilation: Shape) -> tuple[Shape, Shape] | None:
    """`after` is what makes the output's size (in - 1) stride - before - after + (kernel - 1) dilation + 1: extra rows
    behind (`output_padding`) make it smaller, down to below zero."""
    axes, way = len(kernel), seen.attributes.get("auto_pad") or "NOTSET"
    extra = tuple(seen.attributes.get("output_padding") or (0,) * axes)
    asked, shape = seen.attributes.get("output_shape"), seen.shape()
    if not asked and way not in ("SAME_UPPER", "SAME_LOWER"):
        pads = tuple(seen.attributes.get("pads") or (0,) * 2 * axes) if way == "NOTSET" else (0,) * 2 * axes
        return pads[:axes], tuple(pad - more for pad, more in zip(pads[axes:], extra, strict=True))
    if shape is None or -1 in shape[2:]:
        return None
    wanted = asked[-axes:] if asked else tuple(size * step for size, step in zip(shape[2:], stride, strict=True))
    return transposed_pads(shape[2:], wanted, kernel, stride, dilation, extra, way == "SAME_UPPER")


def transposed_pads(sizes: Shape, wanted: Shape, kernel: Shape, stride: Shape, dilation: Shape, extra: Shape,
                    upper: bool) -> tuple[Shape, Shape]:  # fmt: skip
    """Where an output's size is asked for: what is too much is cut, the odd row behind (upper) or before."""
    lows, highs = [], []
    for size, want, k, s, d, more in zip(sizes, wanted, kernel, stride, dilation, extra, strict=True):
        total = max(0, (size - 1) * s + more + (k - 1) * d + 1 - want)
        low = total // 2 if upper else total - total // 2
        lows.append(low)
        highs.append((size - 1) * s + (k - 1) * d + 1 - want - low)
    return tuple(lows), tuple(highs)
