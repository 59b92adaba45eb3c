"""Operators that multiply and sum or normalise: linear maps, attention, recurrences, norms, reductions."""

from __future__ import annotations

import math
from collections.abc import Callable

from engines.inspection.reading.aten.calls import Call, Told, Value, counted
from engines.inspection.types import Kind, Shape

ATTENDED = ("query", "key", "value", "attn_mask")


def linear(call: Call) -> Told:
    contracted = (call.shape("weight") or call.shape("input") or (-1,))[-1]
    kind = Kind.LINEAR if call.stored("weight") else Kind.MATMUL
    return Told(kind, None, {"contracted": contracted}, ("input", "weight", "bias"))


def product(left: str, right: str, added: str = "") -> Callable[[Call], Told]:
    """A product of matrices. With a stored matrix on the right it is a linear map of the left."""
    order = (left, right, added) if added else (left, right)

    def told(call: Call) -> Told:
        mapped = call.stored(right) and not call.stored(left) and call.rank(right) <= 2
        contracted = (call.shape(left) or (-1,))[-1]
        return Told(Kind.LINEAR if mapped else Kind.MATMUL, None, {"contracted": contracted}, order)

    return told


def einsum(call: Call) -> Told:
    """Sums over every letter that the output has not, for two operands; one alone is turned about."""
    said, operands = str(call.get("equation", "")).replace(" ", ""), call.get("tensors", [])
    inputs, arrow, out = said.partition("->")
    sizes: dict[str, int] = {}
    for letters, operand in zip(inputs.split(","), operands, strict=False):
        tensor = call.tensors.get(operand.id) if isinstance(operand, Value) else None
        sizes.update(_lettered(letters, (tensor.shape if tensor else None) or ()))
    kept = out if arrow else "".join(letter for letter in sizes if inputs.count(letter) == 1)
    summed = [size for letter, size in sizes.items() if letter not in kept]
    if len(operands) == 1 and sorted(inputs) == sorted(out) and "." not in inputs:
        return Told(Kind.TRANSPOSE, None, {"order": tuple(inputs.index(letter) for letter in out)})
    if len(operands) != 2 or -1 in summed:
        return Told(Kind.UNKNOWN)
    return Told(Kind.MATMUL, None, {"contracted": math.prod(summed)})


def _lettered(letters: str, shape: Shape) -> dict[str, int]:
    """Sizes of the letters of an operand; an ellipsis has none."""
    head, _, tail = letters.partition("...")
    behind = shape[len(shape) - len(tail) :] if tail else ()
    return dict(zip(head + tail, (*shape[: len(head)], *behind), strict=False))


def attention(call: Call) -> Told:
    causal = bool(call.get("is_causal", False))
    return Told(Kind.ATTENTION, None, {"scale": call.get("scale"), "causal": causal}, ATTENDED)


def recurrent(call: Call) -> Told:
    """axes: time. matrix: elements of the matrices that each step is multiplied by."""
    if call.target.endswith(".data"):
        return Told(Kind.UNKNOWN)
    time = 1 if call.rank("input") == 3 and call.get("batch_first", False) else 0
    shapes = [call.tensors[each.id].shape or () for each in call.get("params", []) if isinstance(each, Value)]
    matrix = sum(math.prod(shape) for shape in shapes if len(shape) == 2)
    return Told(Kind.RECURRENT, None, {"axes": (time,), "matrix": matrix}, ("input", "params", "hx"))


def last_axes_norm(call: Call) -> Told:
    rank = call.rank("input")
    count = len(call.get("normalized_shape", ()))
    return Told(Kind.NORM, None, {"axes": tuple(range(max(rank - count, 0), rank))}, ("input", "weight", "bias"))


def group_norm(call: Call) -> Told:
    rank = call.rank("input")
    return Told(Kind.NORM, None, {"axes": tuple(range(1, rank))}, ("input", "weight", "bias"))


def batch_norm(call: Call) -> Told:
    """At rest no mean is taken; instances normalise over their own pixels."""
    rank = call.rank("input")
    pixels = tuple(range(2, rank))
    axes: Shape = ()
    if call.name == "instance_norm":
        axes = pixels if call.get("use_input_stats", True) else ()
    elif call.get("training", False):
        axes = (0, *pixels)
    return Told(Kind.NORM, None, {"axes": axes}, ("input", "weight", "bias", "running_mean", "running_var"))


def softmax(call: Call) -> Told:
    return Told(Kind.SOFTMAX, None, {"axes": (call.axis(call.rank("self"), default=-1),)})


def reduction(function: str) -> Callable[[Call], Told]:
    """Over the axes that are named, over all where none are."""

    def told(call: Call) -> Told:
        rank = call.rank("self") or call.rank("input")
        said = call.get("dim")
        axes = [] if said is None else said if isinstance(said, list | tuple) else [said]
        chosen = tuple(sorted(counted(axis, rank) for axis in axes)) or tuple(range(rank))
        keep = bool(call.get("keepdim", False))
        return Told(Kind.REDUCE, None, {"axes": chosen, "keep": keep, "function": function})

    return told


def extreme(call: Call) -> Told:
    """`max` and `min` reduce one tensor, and compare two element by element."""
    if isinstance(call.get("other"), Value):
        return Told(Kind.ARITHMETIC)
    return reduction(call.name)(call)


REDUCED: dict[str, str] = {
    "mean": "mean", "sum": "sum", "amax": "max", "amin": "min", "prod": "product", "var": "variance",
    "std": "deviation", "logsumexp": "logsumexp", "linalg_vector_norm": "norm", "norm": "norm", "argmax": "argmax",
    "argmin": "argmin", "any": "any", "all": "all", "median": "median", "var_mean": "variance",
    "std_mean": "deviation", "nansum": "sum",
}  # fmt: skip

PRODUCTS: dict[str, Callable[[Call], Told]] = {
    "linear": linear,
    "mm": product("self", "mat2"),
    "bmm": product("self", "mat2"),
    "mv": product("self", "vec"),
    "dot": product("self", "tensor"),
    "matmul": product("self", "other"),
    "addmm": product("mat1", "mat2", "self"),
    "baddbmm": product("batch1", "batch2", "self"),
    "einsum": einsum,
    "scaled_dot_product_attention": attention,
    "scaled_dot_product_flash_attention_for_cpu": attention,
    "scaled_dot_product_attention_math": attention,
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), recurrent),
    **dict.fromkeys(("layer_norm", "native_layer_norm", "rms_norm", "fused_rms_norm"), last_axes_norm),
    **dict.fromkeys(("group_norm", "native_group_norm"), group_norm),
    **dict.fromkeys(("batch_norm", "native_batch_norm", "native_batch_norm_legit_no_training"), batch_norm),
    "instance_norm": batch_norm,
    **dict.fromkeys(("softmax", "log_softmax", "safe_softmax"), softmax),
    **{name: reduction(function) for name, function in REDUCED.items()},
    **dict.fromkeys(("max", "min"), extreme),
}
