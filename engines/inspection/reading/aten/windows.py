"""Convolutions and pools: their windows over the spatial axes."""

from __future__ import annotations

from collections.abc import Callable

from engines.inspection.reading.aten.calls import Call, Told, numbers
from engines.inspection.types import Kind, Shape, Window

CONVOLVED = ("input", "weight", "bias")


def convolution(call: Call) -> Told:
    """Also transposed ones; strings of padding in numbers."""
    weight = call.shape("weight") or ()
    count = max(len(weight) - 2, 0)
    kernel = weight[2:]
    stride, dilation = (numbers(call.get(name, 1), count) for name in ("stride", "dilation"))
    transposed = "transpose" in call.target or bool(call.get("transposed", False))
    before, after = _padding(call, kernel, dilation, count)
    if transposed:
        extra = numbers(call.get("output_padding", 0), count)
        after = tuple(pad - more for pad, more in zip(after, extra, strict=True))
    window = Window(kernel, stride, dilation, before, after, transposed)
    axes = _last(call, count)
    channel = axes[0] - 1 if axes else 1
    return Told(Kind.CONV, window, {"axes": axes, "groups": call.get("groups", 1), "channel": channel}, CONVOLVED)


def pool(mode: str, count: int) -> Callable[[Call], Told]:
    """Pools of `count` axes. What `ceil_mode` adds stands behind."""

    def told(call: Call) -> Told:
        kernel = numbers(call.get("kernel_size", 1), count)
        stride = numbers(call.get("stride") or kernel, count)
        before = numbers(call.get("padding", 0), count)
        dilation = numbers(call.get("dilation", 1), count)
        window = Window(kernel, stride, dilation, before, before)
        axes = _last(call, count)
        if call.get("ceil_mode", False):
            window = Window(kernel, stride, dilation, before, _reached(call, window, axes))
        return Told(Kind.POOL, window, {"axes": axes, "mode": mode})

    return told


def adaptive(mode: str, count: int) -> Callable[[Call], Told]:
    return lambda call: Told(Kind.ADAPTIVE_POOL, None, {"axes": _last(call, count), "mode": mode})


def _padding(call: Call, kernel: Shape, dilation: Shape, count: int) -> tuple[Shape, Shape]:
    said = call.get("padding", 0)
    if said == "same":
        whole = [step * (size - 1) for size, step in zip(kernel, dilation, strict=True)]
        return tuple(each // 2 for each in whole), tuple(each - each // 2 for each in whole)
    pad = (0,) * count if isinstance(said, str) else numbers(said, count)
    return pad, pad


def _reached(call: Call, window: Window, axes: Shape) -> Shape:
    """Padding behind that the last window of each axis reaches."""
    data, out = call.shape("self") or call.shape("input"), call.out()
    if not data or not out:
        return window.after
    far = []
    for at, axis in enumerate(axes):
        last = (out[axis] - 1) * window.stride[at] + window.dilation[at] * (window.kernel[at] - 1) + 1
        known = out[axis] >= 0 and data[axis] >= 0
        far.append(max(window.after[at], last - data[axis] - window.before[at]) if known else window.after[at])
    return tuple(far)


def _last(call: Call, count: int) -> Shape:
    rank = len(call.out() or ()) or count + 2
    return tuple(range(rank - count, rank))


WINDOWS: dict[str, Callable[[Call], Told]] = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d", "convolution"), convolution),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), convolution),
    **{f"max_pool{n}d": pool("max", n) for n in (1, 2, 3)},
    **{f"max_pool{n}d_with_indices": pool("max", n) for n in (1, 2, 3)},
    **{f"avg_pool{n}d": pool("average", n) for n in (1, 2, 3)},
    **{f"adaptive_avg_pool{n}d": adaptive("average", n) for n in (1, 2, 3)},
    **{f"adaptive_max_pool{n}d": adaptive("max", n) for n in (1, 2, 3)},
}
