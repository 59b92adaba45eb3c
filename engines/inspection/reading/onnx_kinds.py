"""What ONNX operators do, in the graph's terms: kinds, windows and axes, whatever opset says where they are written."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from engines.core.reading import MISFITS
from engines.inspection.reading.onnx_padding import window_of
from engines.inspection.reading.onnx_seen import Seen, Told, positive, simple, spatial
from engines.inspection.types import Kind


def described(seen: Seen) -> Told:
    """Kind, window and attributes of a node; of kind "unknown" where nobody knows the operator, or its settings make no
    sense."""
    describe = (KINDS if not seen.domain else FUSED if seen.domain == MICROSOFT else {}).get(seen.op)
    try:
        told = describe(seen) if describe else None
    except MISFITS:
        told = None
    return told or (Kind.UNKNOWN, None, {})


def _conv(seen: Seen) -> Told | None:
    weight = seen.shape(WEIGHTS.get(seen.op, 1))
    kernel = tuple(seen.attributes.get("kernel_shape") or (weight[2:] if weight else ()))
    if not kernel or 0 in kernel:
        return None
    window = window_of(seen, kernel, transposed=seen.op == "ConvTranspose")
    told = {"axes": spatial(2 + len(kernel)), "groups": seen.attributes.get("group", 1), "channel": 1}
    return Kind.CONV, window, told


WEIGHTS = {"QLinearConv": 3}
POOLS = {"MaxPool": "max", "AveragePool": "average", "LpPool": "average"}


def _pool(seen: Seen) -> Told | None:
    kernel = tuple(seen.attributes.get("kernel_shape") or ())
    if not kernel:
        return None
    return Kind.POOL, window_of(seen, kernel), {"axes": spatial(2 + len(kernel)), "mode": POOLS[seen.op]}


def _global_pool(seen: Seen) -> Told | None:
    if seen.rank is None:
        return None
    return Kind.ADAPTIVE_POOL, None, {"axes": spatial(seen.rank), "mode": "max" if "Max" in seen.op else "average"}


def _product(seen: Seen) -> Told | None:
    """A stored second factor is a layer's weight; a first factor that is transposed sums over another axis."""
    first, second = seen.shape(0), seen.shape(1)
    turned = seen.op == "Gemm" and bool(seen.attributes.get("transA", 0))
    if first:
        contracted = first[0] if turned else first[-1]
    elif second:
        across = seen.op == "Gemm" and bool(seen.attributes.get("transB", 0))
        contracted = second[-1] if across or len(second) == 1 else second[-2]
    else:
        return None
    kind = Kind.LINEAR if seen.stored(1) and not turned and not seen.stored(0) else Kind.MATMUL
    return kind, None, {"contracted": contracted}


def _einsum(seen: Seen) -> Told | None:
    """A product of two where the letters that vanish are summed over."""
    words = str(seen.attributes.get("equation", "")).replace(" ", "")
    left, arrow, right = words.partition("->")
    terms = left.split(",")
    shapes = [seen.shape(place) for place in range(len(terms))]
    if not arrow or "." in words or any(shape is None or len(shape) != len(term)
                                        for shape, term in zip(shapes, terms, strict=True)):  # fmt: skip
        return None
    sizes = {letter: size for term, shape in zip(terms, shapes, strict=True)
             for letter, size in zip(term, shape or (), strict=True)}  # fmt: skip
    return Kind.MATMUL, None, {"contracted": math.prod(size for letter, size in sizes.items() if letter not in right)}


def _attention(seen: Seen) -> Told:
    return (
        Kind.ATTENTION,
        None,
        {"scale": seen.attributes.get("scale"), "causal": bool(seen.attributes.get("is_causal"))},
    )


def _norm(seen: Seen) -> Told | None:
    rank = seen.rank
    if seen.op == "BatchNormalization":
        return Kind.NORM, None, {"axes": ()}
    if rank is None:
        return None
    if seen.op in ("LayerNormalization", "RMSNormalization"):
        axes = tuple(range(seen.attributes.get("axis", -1) % rank, rank))
    elif seen.op in ("LRN", "LpNormalization"):
        axes = (1,) if seen.op == "LRN" else (seen.attributes.get("axis", -1) % rank,)
    elif seen.op == "MeanVarianceNormalization":
        axes = positive(seen.attributes.get("axes", (0, 2, 3)), rank) or ()
    else:
        axes = tuple(range(1 if seen.op == "GroupNormalization" else 2, rank))
    return Kind.NORM, None, {"axes": axes}


def _softmax(seen: Seen) -> Told | None:
    """Before opset 13 all axes from `axis` on are one; that is the last alone where the exporter wrote so."""
    default = -1 if seen.version >= 13 else 1
    axes = seen.axis(default)
    if axes is None or seen.rank is None:
        return None
    return Kind.SOFTMAX, None, {"axes": axes if seen.version >= 13 else tuple(range(axes[0], seen.rank))}


def _reduce(seen: Seen) -> Told | None:
    if seen.op in ("ArgMax", "ArgMin"):
        axes, keep = seen.axis(0), seen.attributes.get("keepdims", 1)
        return (
            None
            if axes is None
            else (Kind.REDUCE, None, {"axes": axes, "keep": bool(keep), "function": seen.op.lower()})
        )
    asked = seen.value(1, "axes")
    if asked is None and len(seen.inputs) > 1 and seen.inputs[1]:
        return None
    if not asked and seen.attributes.get("noop_with_empty_axes"):
        return Kind.REDUCE, None, {"axes": (), "keep": True, "function": seen.op[6:].lower()}
    if not asked and seen.rank is None:
        return None
    axes = positive(asked, seen.rank) if asked else tuple(range(seen.rank or 0))
    keep = bool(seen.attributes.get("keepdims", 1))
    told = {"axes": axes, "keep": keep, "function": seen.op[6:].lower()}
    return None if axes is None else (Kind.REDUCE, None, told)


def _along(kind: Kind, default: int) -> Callable[[Seen], Told | None]:
    def describe(seen: Seen) -> Told | None:
        axes = seen.axis(default)
        return None if axes is None else (kind, None, {"axes": axes})

    return describe


def _slice(seen: Seen) -> Told | None:
    starts, shape = seen.value(1, "starts"), seen.shape()
    asked = seen.value(3, "axes")
    steps = seen.value(4) or ([1] * len(starts) if starts is not None else None)
    if starts is None or shape is None or steps is None:
        return None
    axes = positive(asked if asked is not None else range(len(starts)) and list(range(len(starts))), len(shape)) or ()
    firsts = []
    for axis, start, step in zip(axes, starts, steps, strict=True):
        size = shape[axis]
        if size < 0 and start < 0:
            return None
        low = start + size if start < 0 else start
        firsts.append(max(0, low) if size < 0 else min(max(low, 0), size if step > 0 else size - 1))
    return Kind.SLICE, None, {"axes": axes, "starts": tuple(firsts), "steps": tuple(steps), "drop": ()}


def _pad(seen: Seen) -> Told | None:
    pads = seen.value(1, "pads") or seen.attributes.get("paddings")
    rank, mode = seen.rank, str(seen.attributes.get("mode", "constant"))
    if pads is None or rank is None:
        return None
    asked = seen.value(3)
    axes = positive(asked, rank) if asked is not None else tuple(range(rank))
    if axes is None or len(pads) != 2 * len(axes):
        return None
    before, after = [0] * rank, [0] * rank
    for place, axis in enumerate(axes):
        before[axis], after[axis] = int(pads[place]), int(pads[len(axes) + place])
    told = {"before": tuple(before), "after": tuple(after), "mode": "replicate" if mode == "edge" else mode}
    return Kind.PAD, None, told


CORNERS = {"half_pixel": "half", "pytorch_half_pixel": "half", "align_corners": "align", "asymmetric": "asymmetric",
           "half_pixel_symmetric": "half"}  # fmt: skip


def _resize(seen: Seen) -> Told | None:
    """Axes are those whose size changes; before opset 11 corners are "asymmetric"."""
    if seen.rank is None:
        return None
    way = seen.attributes.get("coordinate_transformation_mode", "half_pixel")
    corners = "asymmetric" if seen.op == "Upsample" or seen.version < 11 else CORNERS.get(str(way), str(way))
    shape, result = seen.shape(), seen.result
    axes = spatial(seen.rank)
    if shape is not None and result is not None and -1 not in (*shape, *result):
        axes = tuple(axis for axis in range(seen.rank) if shape[axis] != result[axis]) or axes
    mode = str(seen.attributes.get("mode", "nearest"))
    told: dict[str, Any] = {"axes": axes, "mode": "linear" if mode == "bilinear" else mode, "corners": corners}
    if seen.op == "Resize" and seen.version >= 11:
        told["rounding"] = str(seen.attributes.get("nearest_mode", "round_prefer_floor"))
        told["antialias"] = bool(seen.attributes.get("antialias", 0))
    scales = seen.value(2 if seen.op == "Resize" and seen.version >= 11 else 1, "scales")
    if scales and len(scales) == seen.rank:
        told["scales"] = tuple(scales[axis] for axis in axes)
    return Kind.RESIZE, None, told


def _transpose(seen: Seen) -> Told | None:
    order = seen.attributes.get("perm") or (tuple(reversed(range(seen.rank))) if seen.rank is not None else None)
    return None if order is None else (Kind.TRANSPOSE, None, {"order": tuple(order)})


def _space_depth(seen: Seen) -> Told:
    to = "space" if seen.op == "DepthToSpace" else "depth"
    return Kind.SPACE_DEPTH, None, {"block": seen.attributes.get("blocksize", 1), "axes": (2, 3), "to": to}


def _gather(seen: Seen) -> Told | None:
    """One index of the data takes a slice; computed rows of a stored table are an embedding."""
    axes, rank = seen.axis(0), seen.rank
    index = seen.value(1)
    if axes is None:
        return None
    if seen.op == "Gather" and seen.stored(0) and axes == (0,):
        return Kind.EMBEDDING, None, {}
    if seen.op == "Gather" and isinstance(index, int) and rank is not None:
        size = (seen.shape() or (-1,) * rank)[axes[0]]
        if index >= 0 or size > 0:
            told = {"axes": axes, "starts": (index % size if size > 0 else index,), "steps": (1,), "drop": axes}
            return Kind.SLICE, None, told
    return Kind.GATHER, None, {"axes": axes}


def _clip(seen: Seen) -> Told:
    low, high = seen.value(1, "min"), seen.value(2, "max")
    function = "relu6" if (low, high) == (0, 6) else "clip"
    return Kind.ACTIVATION, None, {"function": function}


def _binary(seen: Seen) -> Told:
    """Arithmetic between constants alone is none of the data's."""
    return (Kind.ADD if seen.op in ("Add", "Sum") else Kind.ARITHMETIC), None, {}


ACTIVATIONS = {
    name: name.lower()
    for name in ("Relu", "Sigmoid", "Tanh", "Elu", "Selu", "Celu", "Gelu", "Softplus", "Softsign", "Mish", "Erf",
                 "ThresholdedRelu", "Shrink", "Swish")
} | {"LeakyRelu": "leaky_relu", "PRelu": "prelu", "HardSwish": "hardswish", "HardSigmoid": "hardsigmoid"}  # fmt: skip
ARITHMETIC = (
    "Sub", "Mul", "Div", "Pow", "Mod", "Min", "Max", "Mean", "Abs", "Neg", "Exp", "Log", "Sqrt", "Reciprocal", "Floor",
    "Ceil", "Round", "Sign", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh",
    "Not", "And", "Or", "Xor", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Where", "IsNaN", "IsInf",
    "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseNot", "QuantizeLinear", "DequantizeLinear",
    "DynamicQuantizeLinear", "Trilu",
)  # fmt: skip
NORMS = ("BatchNormalization", "InstanceNormalization", "LayerNormalization", "LRN", "GroupNormalization",
         "RMSNormalization", "LpNormalization", "MeanVarianceNormalization")  # fmt: skip
REDUCES = ("ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum",
           "ReduceLogSumExp", "ReduceSumSquare", "ArgMax", "ArgMin")  # fmt: skip

KINDS: dict[str, Callable[[Seen], Told | None]] = {
    **{name: simple(Kind.ACTIVATION, function=function) for name, function in ACTIVATIONS.items()},
    **dict.fromkeys((*ARITHMETIC, "Add", "Sum"), _binary),
    **{name: simple(Kind.CAST) for name in ("Cast", "CastLike", "Identity", "Dropout")},
    **{name: simple(Kind.RESHAPE) for name in ("Reshape", "Flatten", "Squeeze", "Unsqueeze")},
    **{name: simple(Kind.EXPAND) for name in ("Expand", "Tile")},
    **{name: simple(Kind.CONSTANT) for name in
       ("Constant", "Shape", "Size", "ConstantOfShape", "Range", "EyeLike", "RandomNormal", "RandomUniform")},
    **{name: simple(Kind.RECURRENT) for name in ("LSTM", "GRU", "RNN")},
    **dict.fromkeys(REDUCES, _reduce),
    **dict.fromkeys(("Conv", "ConvTranspose", "QLinearConv", "ConvInteger"), _conv),
    **dict.fromkeys(POOLS, _pool),
    **dict.fromkeys(("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"), _global_pool),
    **dict.fromkeys(("Gemm", "MatMul"), _product),
    **dict.fromkeys(NORMS, _norm),
    **dict.fromkeys(("Softmax", "LogSoftmax"), _softmax),
    **dict.fromkeys(("Gather", "GatherElements"), _gather),
    **{name: _along(Kind.GATHER, default) for name, default in
       (("ScatterElements", 0), ("TopK", -1), ("CumSum", 0), ("Compress", 0))},
    "Attention": _attention, "Clip": _clip, "Concat": _along(Kind.CONCAT, 0),
    "DepthToSpace": _space_depth, "Einsum": _einsum, "Pad": _pad, "Resize": _resize, "Slice": _slice,
    "SpaceToDepth": _space_depth, "Split": _along(Kind.SPLIT, 0), "Transpose": _transpose, "Upsample": _resize,
}  # fmt: skip
MICROSOFT = "com.microsoft"
FUSED: dict[str, Callable[[Seen], Told | None]] = {
    "BiasGelu": simple(Kind.ACTIVATION, function="gelu"),
    "FastGelu": simple(Kind.ACTIVATION, function="gelu"),
    "FusedConv": _conv,
    "FusedGemm": _product,
    "FusedMatMul": _product,
    "Gelu": simple(Kind.ACTIVATION, function="gelu"),
    "QuickGelu": simple(Kind.ACTIVATION, function="quick_gelu"),
}
"""Operators that onnxruntime writes when it saves a graph that it has optimised."""
