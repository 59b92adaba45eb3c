"""Operators of TFLite by name, each made once for its node; pictures are (batch, height, width, channels)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.inspection.opening.model import Model, Operator
from engines.inspection.running import tflite_arranging, tflite_elementwise, tflite_windows
from engines.inspection.running.calls import Maker, made
from engines.inspection.types import Node

MAKERS: dict[str, Maker] = {**tflite_arranging.MAKERS, **tflite_elementwise.MAKERS, **tflite_windows.MAKERS}
"""What runs an operator, by its name."""
FUSED: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "relu": torch.relu,
    "relu6": functional.relu6,
    "relu_n1_to_1": lambda x: x.clamp(-1, 1),
    "tanh": torch.tanh,
}
"""Activations that are part of another operator."""
Rounding = tuple[float, int, int, int] | None


def operator(node: Node, model: Model) -> Operator:
    """What runs a node of a TFLite graph. Raises `BadInput` for an operator that nobody here knows."""
    make, fused = MAKERS.get(node.op), node.call["attributes"].get("fused", "")
    if make is None or (fused and fused not in FUSED):
        what = node.op if make is None else tr("The activation {fused}", fused=fused)
        raise BadInput(tr("{what} of '{node}' is not known here", what=what, node=node.name), path=model.sheet.path)
    run, rounded = made(make, node, model), node.call["rounded"]
    if fused:
        run = _then(run, FUSED[fused])
    return _rounding(run, rounded) if any(rounded) else run


def _then(run: Operator, activation: Callable[[torch.Tensor], torch.Tensor]) -> Operator:
    return lambda *inputs: activation(run(*inputs))


def _rounding(run: Operator, rounded: tuple[Rounding, ...]) -> Operator:
    """Results as a quantised file keeps them: whole numbers of steps, within bounds; gradients pass where they do."""

    def kept(value: torch.Tensor, how: Rounding) -> torch.Tensor:
        if how is None or not value.is_floating_point():
            return value
        scale, zero, least, most = how
        return torch.fake_quantize_per_tensor_affine(value, scale, zero, least, most)

    def rounding(*inputs: torch.Tensor | None) -> Any:
        found = run(*inputs)
        if not isinstance(found, tuple | list):
            return kept(found, rounded[0])
        return tuple(kept(value, how) for value, how in zip(found, rounded, strict=False))

    return rounding
