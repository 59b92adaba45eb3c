"""ONNX operators that move elements and compute none: shapes, slices, joins, gathers, pads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from engines.core.words import tr
from engines.inspection.running.calls import Call, Maker

Function = Callable[..., Any]
DTYPES = {
    1: torch.float32, 2: torch.uint8, 3: torch.int8, 4: torch.uint16, 5: torch.int16, 6: torch.int32, 7: torch.int64,
    9: torch.bool, 10: torch.float32, 11: torch.float64, 12: torch.uint32, 13: torch.uint64, 16: torch.float32,
}  # fmt: skip
"""Element types by ONNX's numbers; floats narrower than float32 are widened."""


def dtype_of(name: str) -> torch.dtype:
    """Of a name as the graph has it, widened."""
    found: torch.dtype = torch.float32 if name in ("float16", "bfloat16") else getattr(torch, name)
    return found


def _cast(call: Call) -> Function:
    wanted = DTYPES.get(call.get("to", 1))
    if wanted is None:
        raise call.refuse(tr("gives a type of element that is not known here"))
    return lambda x: x.to(wanted)


def _identity(_call: Call) -> Function:
    return lambda x, *_rest: x.view_as(x) if isinstance(x, torch.Tensor) else x


def _dropout(call: Call) -> Function:
    """At rest: all pass."""
    several = len(call.node.outputs) > 1

    def run(x: torch.Tensor, *_rest: torch.Tensor | None) -> Any:
        return (x.view_as(x), torch.ones_like(x, dtype=torch.bool)) if several else x.view_as(x)

    return run


def _reshape(call: Call) -> Function:
    sizes, literal = call.numbers(1, "shape"), bool(call.get("allowzero", 0))

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> torch.Tensor:
        asked = sizes((x, *rest))
        if 0 in asked and not literal:
            asked = [x.shape[place] if size == 0 else size for place, size in enumerate(asked)]
        return x.reshape(tuple(asked))

    return run


def _flatten(call: Call) -> Function:
    axis = call.get("axis", 1)

    def run(x: torch.Tensor) -> torch.Tensor:
        place = axis % x.dim() if axis < 0 else axis
        return x.reshape(x.shape[:place].numel(), -1) if x.numel() else x.reshape(x.shape[:place].numel(), 0)

    return run


def _squeeze(call: Call) -> Function:
    axes = call.numbers(1, "axes")

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> torch.Tensor:
        asked = axes((x, *rest))
        return x.squeeze() if asked is None else x.squeeze(tuple(asked))

    return run


def _unsqueeze(call: Call) -> Function:
    axes = call.numbers(1, "axes")

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> torch.Tensor:
        asked = axes((x, *rest))
        asked = asked if isinstance(asked, list | tuple) else [asked]
        for axis in sorted(each % (x.dim() + len(asked)) for each in asked):
            x = x.unsqueeze(axis)
        return x

    return run


def _transpose(call: Call) -> Function:
    order = call.get("perm")
    return lambda x: x.permute(order if order is not None else tuple(reversed(range(x.dim()))))


def _expand(call: Call) -> Function:
    sizes = call.numbers(1)

    def run(x: torch.Tensor, shape: torch.Tensor | None = None) -> torch.Tensor:
        return x.expand(np.broadcast_shapes(x.shape, tuple(sizes((x, shape)))))

    return run


def _tile(call: Call) -> Function:
    often = call.numbers(1)
    return lambda x, repeats=None: x.repeat(tuple(often((x, repeats))))


def _concat(call: Call) -> Function:
    axis = call.get("axis", 1)
    return lambda *inputs: torch.cat(inputs, axis)


def _split(call: Call) -> Function:
    axis, sizes = call.get("axis", 0), call.numbers(1, "split")
    parts = call.get("num_outputs", len(call.node.outputs))

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> Any:
        asked = sizes((x, *rest))
        each = -(-x.shape[axis] // parts)
        return torch.split(x, list(asked) if asked is not None else each, axis)

    return run


def _slice(call: Call) -> Function:
    """As Python slices, with ends cut to the size; a negative step flips first."""
    starts, ends = call.numbers(1, "starts"), call.numbers(2, "ends")
    axes, steps = call.numbers(3, "axes"), call.numbers(4)

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> torch.Tensor:
        inputs = (x, *rest)
        first, last = starts(inputs), ends(inputs)
        along, by = axes(inputs) or range(len(first)), steps(inputs) or [1] * len(first)
        for axis, start, end, step in zip(along, first, last, by, strict=True):
            x = cut(x, axis % x.dim(), start, end, step)
        return x

    return run


def cut(x: torch.Tensor, axis: int, start: int, end: int, step: int) -> torch.Tensor:
    """One axis as Python slices it; torch itself knows no negative steps."""
    size = x.shape[axis]
    places = range(*slice(start, max(end, -size - 1) if step < 0 else end, step).indices(size))
    if step < 0 and end < -size:
        places = range(places.start, -1, step)
    if step < 0:
        return x.index_select(axis, torch.tensor(list(places), dtype=torch.long))
    return x[(slice(None),) * axis + (slice(places.start, places.stop, step),)]


def _gather(call: Call) -> Function:
    axis, index = call.get("axis", 0), call.stored(1)
    single = int(index) if index is not None and index.dim() == 0 else None

    def run(x: torch.Tensor, indices: torch.Tensor) -> torch.Tensor:
        place = axis % x.dim()
        if single is not None:
            return x.select(place, single)
        whole = torch.where(indices < 0, indices + x.shape[place], indices).long()
        found = x.index_select(place, whole.reshape(-1))
        return found.reshape(*x.shape[:place], *whole.shape, *x.shape[place + 1 :])

    return run


def _gather_elements(call: Call) -> Function:
    axis = call.get("axis", 0)
    return lambda x, index: x.gather(axis, torch.where(index < 0, index + x.shape[axis], index).long())


def _gather_nd(call: Call) -> Function:
    batch = call.get("batch_dims", 0)
    if batch:
        raise call.refuse(tr("gathers in batches, which is not known here"))
    return lambda x, index: x[tuple(index.long().unbind(-1))]


def _scatter_elements(call: Call) -> Function:
    axis, way = call.get("axis", 0), call.get("reduction", "none")
    named = {"add": "sum", "mul": "prod", "max": "amax", "min": "amin"}

    def run(x: torch.Tensor, index: torch.Tensor, updates: torch.Tensor) -> torch.Tensor:
        whole = torch.where(index < 0, index + x.shape[axis], index).long()
        if way == "none":
            return x.scatter(axis, whole, updates)
        return x.scatter_reduce(axis, whole, updates, named[way])

    return run


def _scatter_nd(call: Call) -> Function:
    way = call.get("reduction", "none")
    if way not in ("none", "add"):
        raise call.refuse(tr("with reduction '{way}' is not known here", way=way))

    def run(x: torch.Tensor, index: torch.Tensor, updates: torch.Tensor) -> torch.Tensor:
        return x.index_put(tuple(index.long().unbind(-1)), updates, accumulate=way == "add")

    return run


def _pad(call: Call) -> Function:
    pads, value = call.numbers(1, "paddings" if call.version < 2 else "pads"), call.numbers(2, "value", 0.0)
    axes, mode = call.numbers(3), call.get("mode", "constant")

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> torch.Tensor:
        inputs = (x, *rest)
        sides, along = pads(inputs), axes(inputs)
        along = [axis % x.dim() for axis in along] if along is not None else range(x.dim())
        before, after = [0] * x.dim(), [0] * x.dim()
        for place, axis in enumerate(along):
            before[axis], after[axis] = sides[place], sides[len(along) + place]
        if mode == "constant":
            flat = [side for pair in zip(reversed(before), reversed(after), strict=True) for side in pair]
            return functional.pad(x, flat, value=value(inputs))
        return _mirrored(x, before, after, mode)

    return run


def _mirrored(x: torch.Tensor, before: Sequence[int], after: Sequence[int], mode: str) -> torch.Tensor:
    """Rows of the input itself around it, axis by axis; negative sides cut."""
    for axis, (low, high) in enumerate(zip(before, after, strict=True)):
        if low or high:
            size = x.shape[axis]
            places = torch.arange(-low, size + high)
            if mode == "reflect":
                period = max(2 * size - 2, 1)
                places = places.remainder(period)
                places = torch.where(places >= size, period - places, places)
            else:
                places = places.remainder(size) if mode == "wrap" else places.clamp(0, size - 1)
            x = x.index_select(axis, places)
    return x


def _shape(call: Call) -> Function:
    start, end = call.get("start", 0), call.get("end")
    return lambda x: torch.tensor(x.shape[start:end], dtype=torch.int64)


def _size(_call: Call) -> Function:
    return lambda x: torch.tensor(x.numel(), dtype=torch.int64)


def _filled(call: Call) -> Function:
    dtype, _, values = call.get("value", ("float32", (1,), (0.0,)))
    return lambda shape: torch.full(tuple(shape.tolist()), values[0], dtype=dtype_of(dtype))


def _range(_call: Call) -> Function:
    return lambda start, limit, delta: torch.arange(start.item(), limit.item(), delta.item(), dtype=start.dtype)


def _depth_to_space(call: Call) -> Function:
    block, mode = call.get("blocksize", 1), call.get("mode", "DCR")

    def run(x: torch.Tensor) -> torch.Tensor:
        n, c, h, w = x.shape
        if mode == "CRD":
            return functional.pixel_shuffle(x, block)
        parts = x.reshape(n, block, block, c // block**2, h, w).permute(0, 3, 4, 1, 5, 2)
        return parts.reshape(n, c // block**2, h * block, w * block)

    return run


def _space_to_depth(call: Call) -> Function:
    block = call.get("blocksize", 1)

    def run(x: torch.Tensor) -> torch.Tensor:
        n, c, h, w = x.shape
        parts = x.reshape(n, c, h // block, block, w // block, block).permute(0, 3, 5, 1, 2, 4)
        return parts.reshape(n, c * block**2, h // block, w // block)

    return run


def _trilu(call: Call) -> Function:
    upper, diagonal = bool(call.get("upper", 1)), call.numbers(1, default=0)

    def run(x: torch.Tensor, k: torch.Tensor | None = None) -> torch.Tensor:
        at = diagonal((x, k))
        return x.triu(at) if upper else x.tril(at)

    return run


def _one_hot(call: Call) -> Function:
    axis = call.get("axis", -1)

    def run(indices: torch.Tensor, depth: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        many = int(depth.reshape(()).item())
        hot = functional.one_hot(indices.long().remainder(many), many).bool()
        found = torch.where(hot, values[1], values[0])
        return found.movedim(-1, axis if axis >= 0 else found.dim() + axis)

    return run


def _eye_like(call: Call) -> Function:
    at, wanted = call.get("k", 0), DTYPES.get(call.get("dtype", 0))

    def run(x: torch.Tensor) -> Any:
        rows, columns = x.shape
        return (torch.arange(columns)[None] - torch.arange(rows)[:, None] == at).to(wanted or x.dtype)

    return run


def _non_zero(_call: Call) -> Function:
    return lambda x: x.nonzero().mT


def _compress(call: Call) -> Function:
    axis = call.get("axis")

    def run(x: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        places = condition.nonzero().reshape(-1)
        return x.reshape(-1)[places] if axis is None else x.index_select(axis, places)

    return run


def _grid_sample(call: Call) -> Function:
    """Older opsets say bilinear and bicubic for linear and cubic."""
    mode = {"linear": "bilinear", "cubic": "bicubic"}.get(call.get("mode", "linear"), call.get("mode", "linear"))
    edge, align = call.get("padding_mode", "zeros"), bool(call.get("align_corners", 0))
    return lambda x, grid: functional.grid_sample(x, grid, mode, edge, align)


MAKERS: dict[str, Maker] = {
    "Cast": _cast, "CastLike": lambda _call: lambda x, like: x.to(like.dtype), "Compress": _compress, "Concat": _concat,
    "ConstantOfShape": _filled, "DepthToSpace": _depth_to_space, "Dropout": _dropout, "Expand": _expand,
    "EyeLike": _eye_like, "Flatten": _flatten, "Gather": _gather, "GatherElements": _gather_elements,
    "GatherND": _gather_nd, "GridSample": _grid_sample, "Identity": _identity, "NonZero": _non_zero, "OneHot": _one_hot,
    "Pad": _pad, "Range": _range, "Reshape": _reshape, "ScatterElements": _scatter_elements, "ScatterND": _scatter_nd,
    "Shape": _shape, "Size": _size, "Slice": _slice, "SpaceToDepth": _space_to_depth, "Split": _split,
    "Squeeze": _squeeze, "Tile": _tile, "Transpose": _transpose, "Trilu": _trilu, "Unsqueeze": _unsqueeze,
}  # fmt: skip
