"""What ATen operators do, in the graph's terms: kinds, windows and axes of `aten.conv2d.default` and its like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from engines.inspection.types import Kind, Node, Shape, Tensor, Window

Described = tuple[Kind, Window | None, dict[str, Any]]
Shapes = Sequence[Shape | None]


def described(
    name: str, module: str, call: Mapping[str, Any], inputs: tuple[str, ...], outputs: tuple[str, ...],
    tensors: Mapping[str, Tensor],
) -> Node:  # fmt: skip
    """A node with its kind, window and attributes; of kind "unknown" where nobody knows the operator."""
    target = call["target"]
    describe = KINDS.get(target.removeprefix("aten.").partition(".")[0])
    shapes = [tensors[each].shape for each in (*inputs, *outputs)]
    kind, window, attributes = describe(call, shapes) if describe else (Kind.UNKNOWN, None, {})
    return Node(name, kind, target, inputs, outputs, module, window, attributes, call)


def plain(value: Any) -> Any:
    """A constant argument as it can be written down: dtypes, devices and layouts by name."""
    if isinstance(value, torch.dtype | torch.layout | torch.memory_format):
        return {type(value).__name__: str(value).removeprefix("torch.")}
    return {"device": str(value)} if isinstance(value, torch.device) else value


def layer_name(module: str, target: str, used: dict[str, int]) -> str:
    """Path-like and unique, in order of execution: the module's own where it does one thing, else with the operator's.

    used: how often a name was given; kept by whoever asks.
    """
    short = target.removeprefix("aten.").partition(".")[0].strip("_")
    name = module or short
    if used.get(name):
        name = f"{module}.{short}" if module else short
    count = used[name] = used.get(name, 0) + 1
    return name if count == 1 else f"{name}_{count - 1}"


def _argument(call: Mapping[str, Any], place: int, name: str, default: Any) -> Any:
    args = call["args"]
    return args[place] if len(args) > place else call["kwargs"].get(name, default)


def _pair(value: Any, axes: int) -> Shape:
    numbers = list(value) if isinstance(value, list | tuple) else [value]
    return tuple(numbers * axes if len(numbers) == 1 else numbers)


def _conv(call: Mapping[str, Any], shapes: Shapes) -> Described:
    weight = shapes[1] or ()
    axes = len(weight) - 2
    stride, pad, dilation = (_pair(_argument(call, at, name, default), axes) for at, name, default in
                             ((3, "stride", 1), (4, "padding", 0), (5, "dilation", 1)))  # fmt: skip
    window = Window(weight[2:], stride, dilation, pad, pad)
    groups = _argument(call, 6, "groups", 1)
    return Kind.CONV, window, {"axes": tuple(range(2, 2 + axes)), "groups": groups, "channel": 1}


def _max_pool(call: Mapping[str, Any], shapes: Shapes) -> Described:
    axes = len(shapes[0] or ()) - 2
    kernel = _pair(_argument(call, 1, "kernel_size", 1), axes)
    stride = _pair(_argument(call, 2, "stride", []) or kernel, axes)
    pad = _pair(_argument(call, 3, "padding", 0), axes)
    window = Window(kernel, stride, _pair(_argument(call, 4, "dilation", 1), axes), pad, pad)
    return Kind.POOL, window, {"axes": tuple(range(2, 2 + axes)), "mode": "max"}


def _linear(_call: Mapping[str, Any], shapes: Shapes) -> Described:
    return Kind.LINEAR, None, {"contracted": (shapes[1] or (0, 0))[-1]}


def _simple(kind: Kind, **attributes: Any) -> Callable[[Mapping[str, Any], Shapes], Described]:
    return lambda _call, _shapes: (kind, None, dict(attributes))


KINDS: dict[str, Callable[[Mapping[str, Any], Shapes], Described]] = {
    "conv2d": _conv,
    "max_pool2d": _max_pool,
    "linear": _linear,
    "add": _simple(Kind.ADD),
    "add_": _simple(Kind.ADD),
    "relu": _simple(Kind.ACTIVATION, function="relu"),
    "relu_": _simple(Kind.ACTIVATION, function="relu"),
    "batch_norm": _simple(Kind.NORM, axes=()),
    "flatten": _simple(Kind.RESHAPE),
}
