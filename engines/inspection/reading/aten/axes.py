"""Operators that move, cut, join, pad or resize: nothing is computed, axes are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engines.inspection.reading.aten.calls import Call, Told, Value, counted, numbers
from engines.inspection.types import Kind, Shape


def permuted(call: Call) -> Told:
    rank = call.rank("self")
    order = _order(call, rank)
    if sorted(order) != list(range(rank)):
        return Told(Kind.UNKNOWN)
    return Told(Kind.TRANSPOSE, None, {"order": tuple(order)})


def _order(call: Call, rank: int) -> list[int]:
    whole = list(range(rank))
    if call.name == "permute":
        return [counted(axis, rank) for axis in call.get("dims", [])]
    if call.name in ("numpy_T", "t"):
        return whole[::-1]
    if call.name == "movedim":
        return _moved(call, rank)
    first, second = {"swapaxes": ("axis0", "axis1")}.get(call.name, ("dim0", "dim1"))
    one, other = call.axis(rank, first, -2), call.axis(rank, second, -1)
    if rank > max(one, other):
        whole[one], whole[other] = other, one
    return whole


def _moved(call: Call, rank: int) -> list[int]:
    source, target = ([counted(axis, rank) for axis in _list(call.get(name))] for name in ("source", "destination"))
    rest = iter([axis for axis in range(rank) if axis not in source])
    taken = dict(zip(target, source, strict=False))
    return [taken[axis] if axis in taken else next(rest, -1) for axis in range(rank)]


def joined(call: Call) -> Told:
    """`stack` joins along an axis that is new, which `new` says."""
    rank = len(call.out() or ())
    attributes: dict[str, Any] = {"axes": (call.axis(rank),)}
    return Told(Kind.CONCAT, None, attributes | ({"new": True} if call.name == "stack" else {}))


def split(call: Call) -> Told:
    """`unbind` gives parts of one each, without their axis, which `drop` says."""
    attributes: dict[str, Any] = {"axes": (call.axis(call.rank("self")),)}
    return Told(Kind.SPLIT, None, attributes | ({"drop": True} if call.name == "unbind" else {}))


def sliced(call: Call) -> Told:
    axis, start, step = call.axis(call.rank("self")), call.get("start") or 0, call.get("step", 1)
    return _slice(call, axis, start, step, ())


def selected(call: Call) -> Told:
    axis = call.axis(call.rank("self"))
    return _slice(call, axis, call.get("index", 0), 1, (axis,))


def _slice(call: Call, axis: int, start: Any, step: Any, drop: Shape) -> Told:
    shape = call.shape("self")
    if shape is None or isinstance(start, Value) or isinstance(step, Value):
        return Told(Kind.GATHER, None, {"axes": (axis,)})
    if start < 0 and shape[axis] < 0:
        return Told(Kind.GATHER, None, {"axes": (axis,)})
    first = min(max(start + shape[axis], 0) if start < 0 else start, max(shape[axis], 0) if shape[axis] >= 0 else start)
    return Told(Kind.SLICE, None, {"axes": (axis,), "starts": (first,), "steps": (step,), "drop": drop})


def gathered(call: Call) -> Told:
    """Any place along its axes may come from any other; of `roll` and `flip` it is known from which."""
    rank = call.rank("self")
    if call.name == "index":
        axes = tuple(at for at, each in enumerate(call.get("indices", [])) if each is not None)
    elif call.name == "channel_shuffle":
        axes = (1,)
    else:
        said = call.get("dims") if call.name in ("roll", "flip") else call.get("dim")
        axes = tuple(counted(axis, rank) for axis in _list(said))
    told: dict[str, Any] = {"axes": axes or tuple(range(rank))}
    if call.name == "roll" and axes:
        told["shifts"] = tuple(_list(call.get("shifts")))
    elif call.name == "flip":
        told["shifts"] = None
    return Told(Kind.GATHER, None, told)


def padded(call: Call) -> Told:
    """torch names the last axis first."""
    said = list(numbers(call.get("pad", call.get("padding", [])), 1))
    rank = call.rank("self")
    before, after = [0] * rank, [0] * rank
    for at in range(min(len(said) // 2, rank)):
        before[rank - 1 - at], after[rank - 1 - at] = said[2 * at], said[2 * at + 1]
    named = {"reflection": "reflect", "replication": "replicate", "constant": "constant"}
    mode = named.get(call.name.partition("_")[0], call.get("mode", "constant"))
    return Told(Kind.PAD, None, {"before": tuple(before), "after": tuple(after), "mode": mode})


def resized(call: Call) -> Told:
    """`scales`: output a pixel of the input, where the caller told them."""
    rank = call.rank("self") or call.rank("input")
    bare = call.name.removesuffix("_aa")
    linear = "linear" in bare
    mode = "cubic" if "cubic" in bare else "linear" if linear else "nearest"
    corners = "half" if mode != "nearest" or "exact" in bare else "asymmetric"
    if call.get("align_corners", False):
        corners = "align"
    scales = call.get("scale_factors") or [call.get(name) for name in ("scales_d", "scales_h", "scales_w", "scales")]
    told = tuple(float(each) for each in scales if isinstance(each, int | float))
    attributes = {"axes": tuple(range(2, rank)), "mode": mode, "corners": corners, "scales": told}
    return Told(Kind.RESIZE, None, attributes | ({"antialias": True} if bare != call.name else {}))


def repeated(call: Call) -> Told:
    """Copies of an axis of size 1 are a broadcast; others may come from anywhere along it."""
    shape, times = call.shape("self"), list(numbers(call.get("repeats", call.get("dims", [])), 1))
    if shape is None or len(times) < len(shape):
        return Told(Kind.UNKNOWN)
    behind = times[len(times) - len(shape) :]
    axes = tuple(at for at, (size, count) in enumerate(zip(shape, behind, strict=True)) if count != 1 and size != 1)
    if axes and len(times) > len(shape):
        return Told(Kind.UNKNOWN)
    return Told(Kind.GATHER, None, {"axes": axes}) if axes else Told(Kind.EXPAND)


def shuffled(call: Call) -> Told:
    rank = call.rank("self")
    to = "space" if call.name == "pixel_shuffle" else "depth"
    block = call.get("upscale_factor", call.get("downscale_factor", 1))
    return Told(Kind.SPACE_DEPTH, None, {"block": block, "axes": (rank - 2, rank - 1), "to": to})


def embedded(_call: Call) -> Told:
    return Told(Kind.EMBEDDING, None, {}, ("indices", "weight"))


def gated(call: Call) -> Told:
    """The halves of an axis, one times the sigmoid of the other."""
    return Told(Kind.GATHER, None, {"axes": (call.axis(call.rank("self"), default=-1),), "function": "glu"})


def viewed(call: Call) -> Told:
    """`view.dtype` reads the same bytes as other numbers."""
    return Told(Kind.CAST if call.target.endswith(".dtype") else Kind.RESHAPE)


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [] if value is None else [value]


RESIZES = (
    "upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d", "upsample_nearest_exact1d",
    "upsample_nearest_exact2d", "upsample_nearest_exact3d", "upsample_linear1d", "upsample_bilinear2d",
    "upsample_bilinear2d_aa", "upsample_bicubic2d", "upsample_bicubic2d_aa", "upsample_trilinear3d",
)  # fmt: skip
ALONG = (
    "repeat_interleave", "cumsum", "cumprod", "cummax", "cummin", "logcumsumexp", "sort", "argsort", "topk", "diff",
    "kthvalue", "mode",
)  # fmt: skip
SAME_ORDER = (
    "view", "reshape", "flatten", "unflatten", "unsqueeze", "squeeze", "unsafe_view", "view_as", "reshape_as",
    "atleast_1d", "atleast_2d", "atleast_3d", "ravel",
)  # fmt: skip
SPLITS = ("split", "split_with_sizes", "chunk", "tensor_split", "unbind", "unsafe_split", "unsafe_chunk")
PADS = (
    "pad", "constant_pad_nd", "reflection_pad1d", "reflection_pad2d", "reflection_pad3d", "replication_pad1d",
    "replication_pad2d", "replication_pad3d",
)  # fmt: skip

AXES: dict[str, Callable[[Call], Told]] = {
    **dict.fromkeys(("permute", "transpose", "t", "movedim", "swapaxes", "numpy_T", "mT"), permuted),
    **dict.fromkeys(("cat", "concat", "concatenate", "stack"), joined),
    **dict.fromkeys(SPLITS, split),
    **dict.fromkeys(("slice", "narrow"), sliced),
    "select": selected,
    **dict.fromkeys(("index", "index_select", "gather", "take_along_dim", "roll", "flip", "channel_shuffle"), gathered),
    **dict.fromkeys(ALONG, gathered),
    **dict.fromkeys(PADS, padded),
    **dict.fromkeys(RESIZES, resized),
    **dict.fromkeys(("repeat", "tile"), repeated),
    **dict.fromkeys(("pixel_shuffle", "pixel_unshuffle"), shuffled),
    "embedding": embedded,
    "glu": gated,
    **dict.fromkeys(SAME_ORDER, viewed),
    **dict.fromkeys(("expand", "expand_as", "broadcast_to"), lambda _call: Told(Kind.EXPAND)),
}
