"""Resizing as ONNX defines it: every way of coordinates, as weights of the input's rows along one axis after another.

out(o) = sum_i w(o, i) in(i), one small matrix an axis; so nearest, linear and cubic are exact in all their ways, and
have gradients.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from engines.core.words import tr
from engines.inspection.running.calls import Call, Maker


def _positions(out: int, size: int, scale: float, way: str, region: tuple[float, float]) -> torch.Tensor:
    """Where each output lies in the input. In float32, as runtimes have it: "nearest" turns on the last bit."""
    o = torch.arange(out, dtype=torch.float32)
    if way == "align_corners":
        return o * ((size - 1) / (out - 1)) if out > 1 else torch.zeros_like(o)
    if way == "asymmetric":
        return o / scale
    if way == "tf_crop_and_resize":
        low, high = region
        step = (high - low) * (size - 1) / (out - 1) if out > 1 else 0.0
        return low * (size - 1) + o * step if out > 1 else 0.5 * (low + high) * (size - 1) + o
    if way == "pytorch_half_pixel" and out == 1:
        return torch.zeros_like(o)
    if way == "half_pixel_symmetric":
        centre = size / 2 * (1 - out / (scale * size))
        return centre + (o + 0.5) / scale - 0.5
    return (o + 0.5) / scale - 0.5


def _nearest(at: torch.Tensor, rounding: str) -> torch.Tensor:
    if rounding == "floor":
        return at.floor()
    if rounding == "ceil":
        return at.ceil()
    down = rounding == "round_prefer_floor"
    return (at - 0.5).ceil() if down else (at + 0.5).floor()


def _taps(at: torch.Tensor, mode: str, rounding: str, sharp: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Places and weights (out, taps)."""
    if mode == "nearest":
        return _nearest(at, rounding)[:, None], torch.ones(len(at), 1, dtype=at.dtype)
    base = at.floor()
    t = (at - base)[:, None]
    if mode == "linear":
        return base[:, None] + torch.arange(2), torch.cat((1 - t, t), 1)
    far = torch.abs(t + 1 - torch.arange(4))
    near = ((sharp + 2) * far - (sharp + 3)) * far**2 + 1
    tail = ((sharp * far - 5 * sharp) * far + 8 * sharp) * far - 4 * sharp
    return base[:, None] + torch.arange(-1, 3), torch.where(far <= 1, near, torch.where(far < 2, tail, 0.0))


@lru_cache(maxsize=64)
def _matrix(out: int, size: int, scale: float, way: str, region: tuple[float, float], mode: str, rounding: str,
            sharp: float, exclude: bool) -> tuple[torch.Tensor, torch.Tensor]:  # fmt: skip
    """Weights (out, in) in float64, and which outputs lie outside the input. Kept, so whatever mode or default device
    the first call is under, they are ordinary tensors."""
    with torch.inference_mode(False), torch.no_grad(), torch.device("cpu"):
        at = _positions(out, size, scale, way, region).double()
        places, weights = _taps(at, mode, rounding, sharp)
        if exclude:
            weights = torch.where((places < 0) | (places >= size), 0.0, weights)
            weights = weights / weights.sum(1, keepdim=True)
        matrix = torch.zeros(out, size, dtype=torch.float64)
        matrix.scatter_add_(1, places.clamp(0, size - 1).long(), weights)
        return matrix, (at < 0) | (at > size - 1)


def _resize(call: Call) -> Callable[..., Any]:
    old = call.node.op == "Upsample" or call.version < 11
    mode = {"bilinear": "linear"}.get(call.get("mode", "nearest"), call.get("mode", "nearest"))
    way = "asymmetric" if old else call.get("coordinate_transformation_mode", "half_pixel")
    rounding = "floor" if old else call.get("nearest_mode", "round_prefer_floor")
    if call.get("antialias", 0):
        raise call.refuse(tr("smooths before it shrinks (antialias), which is not run here"))
    if way == "tf_half_pixel_for_nn":
        way = "half_pixel"
    scales, sizes = call.numbers(1 if old else 2, "scales"), call.numbers(3) if not old else call.numbers(99)
    roi, axes, policy = call.numbers(1), call.get("axes"), call.get("keep_aspect_ratio_policy", "stretch")
    sharp, exclude = call.get("cubic_coeff_a", -0.75), bool(call.get("exclude_outside", 0))
    fill = call.get("extrapolation_value", 0.0)

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> torch.Tensor:
        inputs = (x, *rest)
        along = [axis % x.dim() for axis in axes] if axes is not None else list(range(x.dim()))
        factors, wanted = _asked(x, along, scales(inputs), sizes(inputs), policy)
        region = roi(inputs) if way == "tf_crop_and_resize" else None
        if region is None and way in LIKE_TORCH and mode == "linear" and _by_size(x, along, factors, wanted):
            return _by_torch(x, wanted[-2:], way)
        for place, axis in enumerate(along):
            part = (region[place], region[len(along) + place]) if region else (0.0, 1.0)
            if wanted[place] == x.shape[axis] and factors[place] == 1 and part == (0.0, 1.0):
                continue
            matrix, outside = _matrix(wanted[place], x.shape[axis], factors[place], way, part, mode, rounding,
                                      sharp, exclude)  # fmt: skip
            x = _applied(x, axis, matrix, mode)
            if region and bool(outside.any()):
                x = torch.where(outside.reshape(-1, *(1,) * (x.dim() - 1 - axis)), torch.full_like(x, fill), x)
        return x

    return run


LIKE_TORCH = {"half_pixel": False, "align_corners": True}
"""Ways that torch's own bilinear resizing has too, and whether corners are aligned."""


def resized(x: torch.Tensor, axes: Sequence[int], sizes: Sequence[int], way: str, mode: str, rounding: str
            ) -> torch.Tensor:  # fmt: skip
    """Resized to these sizes along these axes, nothing outside."""
    if mode == "linear" and way in LIKE_TORCH and x.dim() == 4 and tuple(axes) == (2, 3):
        return _by_torch(x, sizes, way)
    for axis, size in zip(axes, sizes, strict=True):
        if size != x.shape[axis]:
            scale = size / x.shape[axis]
            matrix, _ = _matrix(size, x.shape[axis], scale, way, (0.0, 1.0), mode, rounding, -0.75, False)
            x = _applied(x, axis, matrix, mode)
    return x


def _by_torch(x: torch.Tensor, sizes: Sequence[int], way: str) -> torch.Tensor:
    return functional.interpolate(x, tuple(sizes), mode="bilinear", align_corners=LIKE_TORCH[way])


def _by_size(x: torch.Tensor, along: list[int], factors: list[float], wanted: list[int]) -> bool:
    """Whether rows and columns alone are resized, by just the ratio of their sizes."""
    if x.dim() != 4 or along[-2:] != [2, 3]:
        return False
    same = all(wanted[place] == x.shape[axis] for place, axis in enumerate(along[:-2]))
    return same and all(factors[-2 + i] * x.shape[2 + i] == wanted[-2 + i] for i in (0, 1))


def _asked(x: torch.Tensor, along: list[int], scales: Any, sizes: Any, policy: str) -> tuple[list[float], list[int]]:
    if scales:
        sizes = [int(np.float32(x.shape[axis]) * np.float32(scale)) for axis, scale in zip(along, scales, strict=True)]
        return list(scales), sizes
    factors = [size / x.shape[axis] for axis, size in zip(along, sizes, strict=True)]
    if policy != "stretch":
        factor = min(factors) if policy == "not_larger" else max(factors)
        return [factor] * len(along), [int(factor * x.shape[axis] + 0.5) for axis in along]
    return factors, list(sizes)


def _applied(x: torch.Tensor, axis: int, matrix: torch.Tensor, mode: str) -> Any:
    if mode == "nearest":
        return x.index_select(axis, matrix.argmax(1).to(x.device))
    return torch.tensordot(x, matrix.to(x), dims=([axis], [1])).movedim(-1, axis)


MAKERS: dict[str, Maker] = {"Resize": _resize, "Upsample": _resize}
