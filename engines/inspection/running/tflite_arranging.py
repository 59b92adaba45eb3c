"""TFLite's operators that move elements and compute none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from engines.core.words import tr
from engines.inspection.running.calls import Call, Maker
from engines.inspection.running.onnx_arranging import cut

Function = Callable[..., Any]
DTYPES = {0: torch.float32, 1: torch.float32, 2: torch.int32, 3: torch.uint8, 4: torch.int64, 6: torch.bool,
          7: torch.int16, 9: torch.int8, 10: torch.float64}  # fmt: skip
"""Element types by the schema's numbers; floats narrower than float32 are widened."""


def _whole(asked: Any) -> list[int]:
    return asked if isinstance(asked, list) else [asked]


def _passed(_call: Call) -> Function:
    return lambda x: x.view_as(x)


def _cast(call: Call) -> Function:
    wanted = DTYPES.get(call.get("outDataType", 0))
    if wanted is None:
        raise call.refuse(tr("gives a type of element that is not known here"))
    return lambda x: x.to(wanted)


def _reshape(call: Call) -> Function:
    sizes = call.numbers(1) if call.has(1) else call.numbers(1, "newShape", [-1])
    return lambda x, shape=None: x.reshape(tuple(sizes((x, shape))))


def _squeeze(call: Call) -> Function:
    axes = call.get("squeezeDims", ())
    return lambda x: x.squeeze(tuple(axes)) if axes else x.squeeze()


def _expand_dims(call: Call) -> Function:
    axis = call.numbers(1)
    return lambda x, which=None: x.unsqueeze(_whole(axis((x, which)))[0])


def _transpose(call: Call) -> Function:
    order = call.numbers(1)
    return lambda x, which=None: x.permute(tuple(order((x, which))))


def _concat(call: Call) -> Function:
    axis = call.get("axis", 0)
    return lambda *inputs: torch.cat(inputs, axis)


def _split(call: Call) -> Function:
    """Inputs: data, axis."""
    axis, parts = call.numbers(1), len(call.node.outputs)

    def run(x: torch.Tensor, which: torch.Tensor | None = None) -> Any:
        return torch.chunk(x, parts, _whole(axis((x, which)))[0])

    return run


def _split_sizes(call: Call) -> Function:
    sizes, axis = call.numbers(1), call.numbers(2)

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> Any:
        along, asked = _whole(axis((x, *rest)))[0], list(sizes((x, *rest)))
        left = x.shape[along] - sum(size for size in asked if size >= 0)
        return torch.split(x, [left if size < 0 else size for size in asked], along)

    return run


def _pack(call: Call) -> Function:
    axis = call.get("axis", 0)
    return lambda *inputs: torch.stack(inputs, axis)


def _unpack(call: Call) -> Function:
    axis = call.get("axis", 0)
    return lambda x: x.unbind(axis)


def _slice(call: Call) -> Function:
    starts, sizes = call.numbers(1), call.numbers(2)

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> torch.Tensor:
        for axis, (start, size) in enumerate(zip(starts((x, *rest)), sizes((x, *rest)), strict=True)):
            x = x.narrow(axis, start, x.shape[axis] - start if size < 0 else size)
        return x

    return run


def _strided(call: Call) -> Function:
    """As Python slices; masks say which starts and ends are the whole axis and which axes vanish."""
    starts, ends, steps = (call.numbers(place) for place in (1, 2, 3))
    begin, end, drop = (call.get(name, 0) for name in ("beginMask", "endMask", "shrinkAxisMask"))
    if call.get("ellipsisMask", 0) or call.get("newAxisMask", 0):
        raise call.refuse(tr("with an ellipsis or new axes is not known here"))

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> torch.Tensor:
        inputs, gone = (x, *rest), []
        for axis, (first, last, step) in enumerate(zip(starts(inputs), ends(inputs), steps(inputs), strict=True)):
            size, bit = x.shape[axis], 1 << axis
            if drop & bit:
                gone.append(axis)
                x = x.narrow(axis, first % size, 1)
                continue
            low = (0 if step > 0 else size - 1) if begin & bit else first
            x = cut(x, axis, low, (size if step > 0 else -size - 1) if end & bit else last, step)
        return x.squeeze(tuple(gone)) if gone else x

    return run


def _gather(call: Call) -> Function:
    axis = call.get("axis", 0)
    if call.get("batchDims", 0):
        raise call.refuse(tr("gathers in batches, which is not known here"))

    def run(x: torch.Tensor, indices: torch.Tensor) -> torch.Tensor:
        place = axis % x.dim()
        found = x.index_select(place, indices.long().reshape(-1))
        return found.reshape(*x.shape[:place], *indices.shape, *x.shape[place + 1 :])

    return run


def _pad(call: Call) -> Function:
    sides, value = call.numbers(1), call.numbers(2, default=0.0)

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> torch.Tensor:
        flat = [side for pair in reversed(sides((x, *rest))) for side in pair]
        return functional.pad(x, flat, value=_whole(value((x, *rest)))[0])

    return run


def _mirror_pad(call: Call) -> Function:
    """Mirrored about the outermost pixels ("reflect") or about their edge ("symmetric")."""
    sides, edge = call.numbers(1), int(call.get("mode", 0) == 1)

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> torch.Tensor:
        for axis, (low, high) in enumerate(sides((x, *rest))):
            size = x.shape[axis]
            period = max(2 * size - 2 + 2 * edge, 1)
            places = torch.arange(-low, size + high).remainder(period)
            x = x.index_select(axis, torch.where(places >= size, period - edge - places, places)) if low or high else x
        return x

    return run


def _tile(call: Call) -> Function:
    often = call.numbers(1)
    return lambda x, which=None: x.repeat(tuple(often((x, which))))


def _broadcast(call: Call) -> Function:
    sizes = call.numbers(1)
    return lambda x, which=None: x.expand(np.broadcast_shapes(x.shape, tuple(sizes((x, which)))))


def _shape(call: Call) -> Function:
    dtype = DTYPES.get(call.get("outType", 2), torch.int32)
    return lambda x: torch.tensor(x.shape, dtype=dtype)


def _rank(_call: Call) -> Function:
    return lambda x: torch.tensor(x.dim(), dtype=torch.int32)


def _fill(_call: Call) -> Function:
    return lambda shape, value: torch.full(tuple(shape.tolist()), value.item(), dtype=value.dtype)


def _range(_call: Call) -> Function:
    return lambda start, limit, delta: torch.arange(start.item(), limit.item(), delta.item(), dtype=start.dtype)


def _depth_to_space(call: Call) -> Function:
    """Channels are (block row, block column, channel)."""
    block = call.get("blockSize", 1)

    def run(x: torch.Tensor) -> torch.Tensor:
        n, h, w, c = x.shape
        parts = x.reshape(n, h, w, block, block, c // block**2).permute(0, 1, 3, 2, 4, 5)
        return parts.reshape(n, h * block, w * block, c // block**2)

    return run


def _space_to_depth(call: Call) -> Function:
    block = call.get("blockSize", 1)

    def run(x: torch.Tensor) -> torch.Tensor:
        n, h, w, c = x.shape
        parts = x.reshape(n, h // block, block, w // block, block, c).permute(0, 1, 3, 2, 4, 5)
        return parts.reshape(n, h // block, w // block, c * block**2)

    return run


def _space_to_batch(call: Call) -> Function:
    """Blocks of rows and columns as pictures of a batch, as TensorFlow writes dilated convolutions."""
    blocks, sides = call.numbers(1), call.numbers(2)

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> torch.Tensor:
        high, wide = blocks((x, *rest))
        (top, bottom), (left, right) = sides((x, *rest))
        x = functional.pad(x, (0, 0, left, right, top, bottom))
        n, h, w, c = x.shape
        parts = x.reshape(n, h // high, high, w // wide, wide, c).permute(2, 4, 0, 1, 3, 5)
        return parts.reshape(n * high * wide, h // high, w // wide, c)

    return run


def _batch_to_space(call: Call) -> Function:
    blocks, crops = call.numbers(1), call.numbers(2)

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> torch.Tensor:
        high, wide = blocks((x, *rest))
        (top, bottom), (left, right) = crops((x, *rest))
        n, h, w, c = x.shape
        parts = x.reshape(high, wide, n // (high * wide), h, w, c).permute(2, 3, 0, 4, 1, 5)
        whole = parts.reshape(n // (high * wide), h * high, w * wide, c)
        return whole[:, top : h * high - bottom, left : w * wide - right]

    return run


def _one_hot(call: Call) -> Function:
    axis = call.get("axis", -1)

    def run(indices: torch.Tensor, depth: torch.Tensor, on: torch.Tensor, off: torch.Tensor) -> torch.Tensor:
        hot = indices[..., None] == torch.arange(int(depth.item()))
        found = torch.where(hot, on, off)
        return found.movedim(-1, axis if axis >= 0 else found.dim() + axis)

    return run


def _reverse(call: Call) -> Function:
    axes = call.numbers(1)
    return lambda x, which=None: x.flip(tuple(_whole(axes((x, which)))))


MAKERS: dict[str, Maker] = {
    "BATCH_TO_SPACE_ND": _batch_to_space, "BROADCAST_TO": _broadcast, "CAST": _cast, "CONCATENATION": _concat,
    "DENSIFY": _passed, "DEPTH_TO_SPACE": _depth_to_space, "DEQUANTIZE": _passed, "EXPAND_DIMS": _expand_dims,
    "FILL": _fill, "GATHER": _gather, "MIRROR_PAD": _mirror_pad, "ONE_HOT": _one_hot, "PACK": _pack, "PAD": _pad,
    "PADV2": _pad, "QUANTIZE": _passed, "RANGE": _range, "RANK": _rank, "RESHAPE": _reshape, "REVERSE_V2": _reverse,
    "SHAPE": _shape, "SLICE": _slice, "SPACE_TO_BATCH_ND": _space_to_batch, "SPACE_TO_DEPTH": _space_to_depth,
    "SPLIT": _split, "SPLIT_V": _split_sizes, "SQUEEZE": _squeeze, "STRIDED_SLICE": _strided, "TILE": _tile,
    "TRANSPOSE": _transpose, "UNPACK": _unpack,
}  # fmt: skip
