"""ONNX operators that sum: products of matrices, norms, softmax, reductions, sorting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from engines.core.words import tr
from engines.inspection.running.calls import Call, Maker

Function = Callable[..., Any]


def _gemm(call: Call) -> Function:
    alpha, beta = call.get("alpha", 1.0), call.get("beta", 1.0)
    turn_a, turn_b = bool(call.get("transA", 0)), bool(call.get("transB", 0))

    def run(a: torch.Tensor, b: torch.Tensor, c: torch.Tensor | None = None) -> Any:
        left, right = a.t() if turn_a else a, b if turn_b else b.t()
        if alpha == beta == 1 and (c is None or c.dim() == 1):
            return functional.linear(left, right, c)
        found = alpha * functional.linear(left, right)
        return found if c is None else found + beta * c

    return run


def _einsum(call: Call) -> Function:
    equation = call.get("equation", "")
    return lambda *inputs: torch.einsum(equation, *inputs)


def _batch_norm(call: Call) -> Function:
    if call.get("training_mode", 0) or not call.get("is_test", 1) or any(call.node.outputs[1:]):
        raise call.refuse(tr("is in training mode, which is not run here"))
    small = call.get("epsilon", 1e-5)

    def run(x: torch.Tensor, scale: torch.Tensor, bias: torch.Tensor, mean: torch.Tensor, var: torch.Tensor
            ) -> torch.Tensor:  # fmt: skip
        return functional.batch_norm(x, mean, var, scale, bias, False, 0.0, small)

    return run


def _instance_norm(call: Call) -> Function:
    small = call.get("epsilon", 1e-5)
    return lambda x, scale, bias: functional.instance_norm(x, weight=scale, bias=bias, eps=small)


def _layer_norm(call: Call) -> Function:
    axis, small = call.get("axis", -1), call.get("epsilon", 1e-5)
    several = len(call.node.outputs) > 1

    def run(x: torch.Tensor, scale: torch.Tensor, bias: torch.Tensor | None = None) -> Any:
        place = axis % x.dim()
        axes = tuple(range(place, x.dim()))
        if not several and scale.shape == x.shape[place:] and (bias is None or bias.shape == scale.shape):
            return functional.layer_norm(x, x.shape[place:], scale, bias, small)
        mean = x.mean(axes, keepdim=True)
        inverse = ((x - mean).square().mean(axes, keepdim=True) + small).rsqrt()
        found = (x - mean) * inverse * scale
        found = found if bias is None else found + bias
        return (found, mean, inverse) if several else found

    return run


def _rms_norm(call: Call) -> Function:
    axis, small = call.get("axis", -1), call.get("epsilon", 1e-5)

    def run(x: torch.Tensor, scale: torch.Tensor) -> Any:
        axes = tuple(range(axis % x.dim(), x.dim()))
        return x * (x.square().mean(axes, keepdim=True) + small).rsqrt() * scale

    return run


def _group_norm(call: Call) -> Function:
    """Before opset 21 scale and bias are one for each group."""
    small, groups = call.get("epsilon", 1e-5), call.get("num_groups", 1)

    def run(x: torch.Tensor, scale: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        if scale.shape[0] == groups != x.shape[1]:
            each = x.shape[1] // groups
            scale, bias = scale.repeat_interleave(each), bias.repeat_interleave(each)
        return functional.group_norm(x, groups, scale, bias, small)

    return run


def _local_norm(call: Call) -> Function:
    """x / (bias + alpha / size * sum of squares over the channels around)^beta."""
    size, alpha, beta, bias = call.get("size"), call.get("alpha", 1e-4), call.get("beta", 0.75), call.get("bias", 1.0)
    before = (size - 1) // 2

    def run(x: torch.Tensor) -> Any:
        flat = x.square().reshape(x.shape[0], 1, x.shape[1], -1)
        padded = functional.pad(flat, (0, 0, before, size - 1 - before))
        sums = functional.avg_pool2d(padded, (size, 1), 1, divisor_override=1).reshape(x.shape)
        return x / (bias + alpha / size * sums) ** beta

    return run


def _lp_norm(call: Call) -> Function:
    axis, power = call.get("axis", -1), call.get("p", 2)
    return lambda x: x / x.norm(power, axis, keepdim=True)


def _mean_variance(call: Call) -> Function:
    axes = tuple(call.get("axes", (0, 2, 3)))

    def run(x: torch.Tensor) -> torch.Tensor:
        centred = x - x.mean(axes, keepdim=True)
        return centred / (centred.square().mean(axes, keepdim=True).sqrt() + 1e-9)

    return run


def _softmax(function: Function) -> Maker:
    """Before opset 13 over all axes from `axis` on together."""

    def make(call: Call) -> Function:
        together = call.version < 13
        axis = call.get("axis", 1 if together else -1)

        def run(x: torch.Tensor) -> Any:
            place = axis % x.dim()
            if not together or place == x.dim() - 1:
                return function(x, place)
            return function(x.flatten(place), -1).reshape(x.shape)

        return run

    return make


def _sum_of(x: torch.Tensor, axes: tuple[int, ...], keep: bool) -> torch.Tensor:
    return x.sum(axes, keepdim=keep, dtype=x.dtype)


def _product_of(x: torch.Tensor, axes: tuple[int, ...], keep: bool) -> torch.Tensor:
    for axis in sorted((axis % x.dim() for axis in axes), reverse=True):
        x = x.prod(axis, keepdim=keep, dtype=x.dtype)
    return x


REDUCTIONS: dict[str, Function] = {
    "ReduceL1": lambda x, axes, keep: _sum_of(x.abs(), axes, keep),
    "ReduceL2": lambda x, axes, keep: _sum_of(x * x, axes, keep).sqrt(),
    "ReduceLogSum": lambda x, axes, keep: _sum_of(x, axes, keep).log(),
    "ReduceLogSumExp": lambda x, axes, keep: torch.logsumexp(x, axes, keepdim=keep),
    "ReduceMax": lambda x, axes, keep: x.amax(axes, keepdim=keep),
    "ReduceMean": lambda x, axes, keep: x.mean(axes, keepdim=keep),
    "ReduceMin": lambda x, axes, keep: x.amin(axes, keepdim=keep),
    "ReduceProd": _product_of,
    "ReduceSum": _sum_of,
    "ReduceSumSquare": lambda x, axes, keep: _sum_of(x * x, axes, keep),
}


def _reduce(call: Call) -> Function:
    """Without axes over all of them, or, where "nothing" is asked for then, over one element each time."""
    axes, keep = call.numbers(1, "axes"), bool(call.get("keepdims", 1))
    nothing, function = bool(call.get("noop_with_empty_axes", 0)), REDUCTIONS[call.node.op]

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> torch.Tensor:
        asked = axes((x, *rest))
        if not asked and nothing:
            x, asked, kept = x.unsqueeze(-1), (-1,), False
        else:
            kept = keep
        found: torch.Tensor = function(x, tuple(asked or range(x.dim())), kept)
        return found

    return run


def _arg(call: Call) -> Function:
    """The first of equal ones, or the last where that is asked."""
    axis, keep, last = call.get("axis", 0), bool(call.get("keepdims", 1)), bool(call.get("select_last_index", 0))
    most = torch.argmax if call.node.op == "ArgMax" else torch.argmin

    def run(x: torch.Tensor) -> Any:
        if not last:
            return most(x, axis, keepdim=keep)
        return x.shape[axis] - 1 - most(x.flip(axis), axis, keepdim=keep)

    return run


def _top(call: Call) -> Function:
    """Sorted by value, and by place among equal ones."""
    axis, largest, count = call.get("axis", -1), bool(call.get("largest", 1)), call.numbers(1, "k")

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor]:
        asked = count((x, *rest))
        k = asked[0] if isinstance(asked, list) else asked
        values, places = x.sort(dim=axis, descending=largest, stable=True)
        return values.narrow(axis, 0, k), places.narrow(axis, 0, k)

    return run


def cumulated(call: Call) -> Function:
    """Inputs: data, axis."""
    axis, exclusive, reverse = call.numbers(1), bool(call.get("exclusive", 0)), bool(call.get("reverse", 0))

    def run(x: torch.Tensor, *rest: torch.Tensor | None) -> torch.Tensor:
        asked = axis((x, *rest))
        along = asked[0] if isinstance(asked, list) else asked
        turned = x.flip(along) if reverse else x
        found = turned.cumsum(along, dtype=x.dtype)
        found = found - turned if exclusive else found
        return found.flip(along) if reverse else found

    return run


def _hardmax(call: Call) -> Function:
    axis = call.get("axis", -1)
    if call.version < 13:
        raise call.refuse(tr("of an opset before 13 is not known here"))
    return lambda x: torch.zeros_like(x).scatter(axis, x.argmax(axis, keepdim=True), 1)


MAKERS: dict[str, Maker] = {
    **dict.fromkeys(REDUCTIONS, _reduce),
    "ArgMax": _arg,
    "ArgMin": _arg,
    "BatchNormalization": _batch_norm,
    "CumSum": cumulated,
    "Einsum": _einsum,
    "Gemm": _gemm,
    "GroupNormalization": _group_norm,
    "Hardmax": _hardmax,
    "InstanceNormalization": _instance_norm,
    "LRN": _local_norm,
    "LayerNormalization": _layer_norm,
    "LogSoftmax": _softmax(torch.log_softmax),
    "LpNormalization": _lp_norm,
    "MatMul": lambda _call: torch.matmul,
    "MeanVarianceNormalization": _mean_variance,
    "RMSNormalization": _rms_norm,
    "Softmax": _softmax(torch.softmax),
    "TopK": _top,
}
