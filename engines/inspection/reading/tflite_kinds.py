"""What TFLite's operators do, in the graph's terms. Pictures are (batch, height, width, channels)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engines.core.reading import MISFITS
from engines.inspection.reading.onnx_padding import same_pads, transposed_pads
from engines.inspection.reading.onnx_seen import Told, positive
from engines.inspection.types import Kind, Shape, Tensor, Window

HEIGHT, WIDTH, CHANNEL = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Seen:
    """An operation with what is known of its tensors; `inputs` in the order in which nodes have them."""

    op: str
    options: Mapping[str, Any]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    tensors: Mapping[str, Tensor]
    known: Mapping[str, Any]

    def shape(self, place: int = 0) -> Shape:
        """Raises `LookupError` where it is not known."""
        found = self.tensors[self.inputs[place]].shape
        if found is None or -1 in found:
            raise LookupError
        return found

    @property
    def result(self) -> Shape:
        found = self.tensors[self.outputs[0]].shape
        if found is None:
            raise LookupError
        return found

    def value(self, place: int) -> Any:
        """Raises `LookupError` where it is computed."""
        return self.known[self.inputs[place]]

    def axes(self, place: int) -> Shape:
        """Numbers of an input as axes from the front."""
        return positive(self.value(place), len(self.shape())) or ()


def described(seen: Seen) -> Told:
    """Kind, window and attributes of a node; of kind "unknown" where nobody knows the operator."""
    describe = KINDS.get(seen.op)
    try:
        kind, window, told = describe(seen) if describe else (Kind.UNKNOWN, None, {})
    except MISFITS:
        return Kind.UNKNOWN, None, {}
    fused = seen.options.get("fused", "")
    return kind, window, told | ({"fused": fused} if fused else {})


def _pair(seen: Seen, name: str, default: int = 1) -> Shape:
    return seen.options.get(f"{name}H", default) or default, seen.options.get(f"{name}W", default) or default


def _dilation(seen: Seen) -> Shape:
    return seen.options.get("dilationHFactor", 1) or 1, seen.options.get("dilationWFactor", 1) or 1


def _window(seen: Seen, kernel: Shape) -> Window:
    """Padding SAME: ceil(size / stride) outputs, the odd row behind."""
    stride, dilation = _pair(seen, "stride"), _dilation(seen)
    if seen.options.get("padding", 0) == 1:
        return Window(kernel, stride, dilation, (0, 0), (0, 0))
    return Window(
        kernel, stride, dilation, *same_pads(seen.shape()[HEIGHT:CHANNEL], kernel, stride, dilation, upper=True)
    )


def _conv(seen: Seen) -> Told:
    weight = seen.shape(1)
    groups = seen.shape()[CHANNEL] // max(weight[CHANNEL], 1) if seen.op == "CONV_2D" else seen.shape()[CHANNEL]
    told = {"axes": (HEIGHT, WIDTH), "groups": groups, "channel": CHANNEL}
    return Kind.CONV, _window(seen, weight[HEIGHT:CHANNEL]), told


def _conv_transpose(seen: Seen) -> Told:
    """What makes the size that is asked for; the odd row behind."""
    kernel, stride = seen.shape(1)[HEIGHT:CHANNEL], _pair(seen, "stride")
    sizes, wanted = seen.shape()[HEIGHT:CHANNEL], seen.result[HEIGHT:CHANNEL]
    before, after = transposed_pads(sizes, wanted, kernel, stride, (1, 1), (0, 0), True)
    told = {"axes": (HEIGHT, WIDTH), "groups": 1, "channel": CHANNEL}
    return Kind.CONV, Window(kernel, stride, (1, 1), before, after, True), told


def _pool(seen: Seen) -> Told:
    kernel = seen.options["filterHeight"], seen.options["filterWidth"]
    mode = "max" if seen.op.startswith("MAX") else "average"
    return Kind.POOL, _window(seen, kernel), {"axes": (HEIGHT, WIDTH), "mode": mode}


def _dense(seen: Seen) -> Told:
    kind = Kind.LINEAR if seen.tensors[seen.inputs[1]].stored else Kind.MATMUL
    return kind, None, {"contracted": seen.shape(1)[-1]}


def _matmul(seen: Seen) -> Told:
    return Kind.MATMUL, None, {"contracted": seen.shape()[-2 if seen.options.get("adjX") else -1]}


def _reduce(seen: Seen) -> Told:
    names = {"REDUCE_MAX": "max", "REDUCE_MIN": "min", "REDUCE_PROD": "prod", "REDUCE_ANY": "any", "REDUCE_ALL": "all"}
    told = {"axes": seen.axes(1), "keep": bool(seen.options.get("keepDims", False))}
    return Kind.REDUCE, None, told | {"function": names.get(seen.op, seen.op.lower())}


def _arg(seen: Seen) -> Told:
    return Kind.REDUCE, None, {"axes": seen.axes(1), "keep": False, "function": seen.op.lower().replace("_", "")}


def _along(kind: Kind, place: int | None = None, name: str = "axis", default: int = 0) -> Callable[[Seen], Told]:
    """Along an axis that is an input, or an option."""

    def describe(seen: Seen) -> Told:
        axis = seen.value(place) if place is not None else seen.options.get(name, default)
        return kind, None, {"axes": positive(axis, len(seen.shape())) or ()}

    return describe


def _last(kind: Kind) -> Callable[[Seen], Told]:
    return lambda seen: (kind, None, {"axes": (len(seen.shape()) - 1,)})


def _slice(seen: Seen) -> Told:
    starts = seen.value(1)
    axes = tuple(range(len(starts)))
    return Kind.SLICE, None, {"axes": axes, "starts": tuple(starts), "steps": (1,) * len(axes), "drop": ()}


def _strided(seen: Seen) -> Told:
    """Masks say which starts and ends are the whole axis and which axes vanish; other masks are not followed."""
    options, shape = seen.options, seen.shape()
    if options.get("ellipsisMask") or options.get("newAxisMask"):
        raise LookupError
    starts, steps = [], tuple(seen.value(3))
    for axis, (start, step) in enumerate(zip(seen.value(1), steps, strict=True)):
        whole = options.get("beginMask", 0) >> axis & 1
        first = (0 if step > 0 else -1) if whole else start
        starts.append(min(max(first + shape[axis] if first < 0 else first, 0), shape[axis]))
    drop = tuple(axis for axis in range(len(starts)) if options.get("shrinkAxisMask", 0) >> axis & 1)
    return Kind.SLICE, None, {"axes": tuple(range(len(starts))), "starts": tuple(starts), "steps": steps, "drop": drop}


def _pad(seen: Seen) -> Told:
    sides = seen.value(1)
    mirror = {0: "reflect", 1: "symmetric"}[seen.options.get("mode", 0)] if seen.op == "MIRROR_PAD" else "constant"
    before, after = (tuple(int(pair[side]) for pair in sides) for side in (0, 1))
    return Kind.PAD, None, {"before": before, "after": after, "mode": mirror}


def _resize(seen: Seen) -> Told:
    mode = "linear" if seen.op == "RESIZE_BILINEAR" else "nearest"
    way = corners(seen.options)
    told = {"axes": (HEIGHT, WIDTH), "mode": mode, "corners": way}
    return Kind.RESIZE, None, told | {"rounding": "round_prefer_ceil" if way == "align" else ""}


def corners(options: Mapping[str, Any]) -> str:
    """Which points of two sizes lie on one another."""
    return "align" if options.get("alignCorners") else "half" if options.get("halfPixelCenters") else "asymmetric"


def _space(seen: Seen) -> Told:
    told = {"block": seen.options.get("blockSize", 1), "axes": (HEIGHT, WIDTH)}
    return Kind.SPACE_DEPTH, None, told | {"to": "space" if seen.op == "DEPTH_TO_SPACE" else "depth"}


def _transpose(seen: Seen) -> Told:
    return Kind.TRANSPOSE, None, {"order": tuple(seen.value(1))}


def _gather(seen: Seen) -> Told:
    axis = seen.options.get("axis", 0)
    if seen.tensors[seen.inputs[0]].stored and axis == 0:
        return Kind.EMBEDDING, None, {}
    return Kind.GATHER, None, {"axes": positive(axis, len(seen.shape())) or ()}


def _norm(seen: Seen) -> Told:
    return Kind.NORM, None, {"axes": (len(seen.shape()) - 1,)}


def _simple(kind: Kind, **attributes: Any) -> Callable[[Seen], Told]:
    return lambda _seen: (kind, None, dict(attributes))


ACTIVATIONS = {"RELU": "relu", "RELU6": "relu6", "RELU_N1_TO_1": "relu_n1_to_1", "RELU_0_TO_1": "relu_0_to_1",
               "PRELU": "prelu", "LEAKY_RELU": "leaky_relu", "ELU": "elu", "LOGISTIC": "sigmoid", "TANH": "tanh",
               "HARD_SWISH": "hardswish", "GELU": "gelu"}  # fmt: skip
ARITHMETIC = (
    "SUB", "MUL", "DIV", "POW", "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "FLOOR_DIV", "FLOOR_MOD", "EXP", "LOG",
    "SQRT", "RSQRT", "SQUARE", "ABS", "NEG", "SIN", "COS", "FLOOR", "CEIL", "ROUND", "SIGN", "EQUAL", "NOT_EQUAL",
    "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL", "LOGICAL_AND", "LOGICAL_OR", "LOGICAL_NOT", "SELECT", "SELECT_V2",
    "ZEROS_LIKE",
)  # fmt: skip

KINDS: dict[str, Callable[[Seen], Told]] = {
    **{name: _simple(Kind.ACTIVATION, function=function) for name, function in ACTIVATIONS.items()},
    **dict.fromkeys(ARITHMETIC, _simple(Kind.ARITHMETIC)),
    **dict.fromkeys(("ADD", "ADD_N"), _simple(Kind.ADD)),
    **dict.fromkeys(("CAST", "QUANTIZE", "DEQUANTIZE"), _simple(Kind.CAST)),
    **dict.fromkeys(("RESHAPE", "SQUEEZE", "EXPAND_DIMS"), _simple(Kind.RESHAPE)),
    **dict.fromkeys(("TILE", "BROADCAST_TO"), _simple(Kind.EXPAND)),
    **dict.fromkeys(("SHAPE", "RANK", "FILL", "RANGE"), _simple(Kind.CONSTANT)),
    **dict.fromkeys(("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "REDUCE_ANY", "REDUCE_ALL"), _reduce),
    **dict.fromkeys(("ARG_MAX", "ARG_MIN"), _arg),
    **dict.fromkeys(("CONV_2D", "DEPTHWISE_CONV_2D"), _conv),
    **dict.fromkeys(("MAX_POOL_2D", "AVERAGE_POOL_2D", "L2_POOL_2D"), _pool),
    **dict.fromkeys(("PAD", "PADV2", "MIRROR_PAD"), _pad),
    **dict.fromkeys(("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"), _resize),
    **dict.fromkeys(("DEPTH_TO_SPACE", "SPACE_TO_DEPTH"), _space),
    **dict.fromkeys(("SOFTMAX", "LOG_SOFTMAX"), _last(Kind.SOFTMAX)),
    **dict.fromkeys(("L2_NORMALIZATION", "LOCAL_RESPONSE_NORMALIZATION"), _norm),
    **dict.fromkeys(("UNIDIRECTIONAL_SEQUENCE_LSTM", "BIDIRECTIONAL_SEQUENCE_LSTM", "LSTM", "RNN"),
                    _simple(Kind.RECURRENT)),
    "BATCH_MATMUL": _matmul, "CONCATENATION": _along(Kind.CONCAT), "CUMSUM": _along(Kind.GATHER, 1),
    "FULLY_CONNECTED": _dense, "GATHER": _gather, "REVERSE_V2": _along(Kind.GATHER, 1), "SLICE": _slice,
    "SPLIT": _along(Kind.SPLIT, 1), "SPLIT_V": _along(Kind.SPLIT, 2), "STRIDED_SLICE": _strided,
    "TOPK_V2": _last(Kind.GATHER), "TRANSPOSE": _transpose, "TRANSPOSE_CONV": _conv_transpose,
}  # fmt: skip
