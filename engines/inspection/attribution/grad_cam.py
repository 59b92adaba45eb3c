"""Grad-CAM: the channels of a layer weighted by the mean gradient of each, for feature maps and for tokens on a grid.

Selvaraju et al.: Grad-CAM (ICCV 2017). For tokens the mean goes over those of the picture; class tokens are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engines.core.errors import UsageError, WorkFailed
from engines.core.words import tr
from engines.inspection.activations.layout import channel_axis
from engines.inspection.attribution.gradients import flowing, picture_with_gradient
from engines.inspection.attribution.subject import Subject
from engines.inspection.types import Kind, Node

MAPPED = (Kind.CONV, Kind.NORM, Kind.ACTIVATION, Kind.ADD, Kind.POOL, Kind.CONCAT, Kind.ARITHMETIC)
MIXED = (Kind.NORM, Kind.ADD)
"""What gives tokens that a map can be taken of."""
EXTRA, LEAST = 8, 4
"""Tokens beside those of the picture, at most; tokens of a picture, at least."""


def grad_cam(it: Subject, layer: str) -> tuple[NDArray[np.float32], str]:
    """(h, w) of the input, never negative, and the layer that was taken; "" for a fitting one.

    Raises `UsageError` for a layer without a map, `WorkFailed` where no gradient reaches it.
    """
    from captum.attr import LayerAttribution

    name = layer or fitting_layer(it)
    node = it.network.layer(name).node
    small = _captums(it, name) if len(_shape(it, node)) == 4 and _channel(it, node) == 1 else _own(it, name)
    large = LayerAttribution.interpolate(small, it.size, "bilinear")
    return large[0, 0].detach().numpy().astype(np.float32), name


def fitting_layer(it: Subject) -> str:
    """The last layer with a map before the target; of a transformer, the last whose tokens all have a say in it."""
    before = _before(it)
    tokens = [node.name for node in before if node.kind in MIXED and _tokens(it, _shape(it, node))]
    if tokens and any(node.kind in (Kind.ATTENTION, Kind.SOFTMAX) for node in before):
        return _last_heard(it, tokens)
    maps = [node for node in before if node.kind in MAPPED and _is_map(it, node)]
    if not any(node.kind is Kind.CONV for node in maps):
        raise UsageError(tr("This model has no convolution whose map could be taken"), hint=tr("Name a layer"))
    return maps[-1].name


def token_grid(size: tuple[int, int], tokens: int) -> tuple[int, int, int] | None:
    """Rows, columns and tokens beside them, for square patches that fill an input of this size."""
    found = []
    for patch in range(1, min(size) + 1):
        rows, columns = size[0] // patch, size[1] // patch
        if size[0] % patch == 0 and size[1] % patch == 0 and 0 <= tokens - rows * columns <= EXTRA:
            found.append((tokens - rows * columns, rows, columns))
    if not found or found[0][1] * found[0][2] < LEAST:
        return None
    extra, rows, columns = min(found)
    return rows, columns, extra


def _captums(it: Subject, name: str) -> torch.Tensor:
    from captum.attr import LayerGradCam

    captum = LayerGradCam(it.score, it.network.layer(name))
    return flowing(lambda picture: captum.attribute(picture, relu_attributions=True), it)


def _own(it: Subject, name: str) -> torch.Tensor:
    """The same for tokens, and for maps whose channels do not come first."""
    (value,), (slope,) = _with_gradients(it, [name])
    if slope is None:
        raise WorkFailed(
            tr("No gradient reaches '{name}' from the target", name=name), hint=tr("Choose a layer before it")
        )
    if value.ndim == 4:
        channel = _channel(it, it.network.layer(name).node)
        weights = slope.mean([axis for axis in (1, 2, 3) if axis != channel], keepdim=True)
        return (value * weights).sum(channel).relu()[:, None]
    grid = token_grid(it.size, value.shape[1]) if value.ndim == 3 else None
    if grid is None:
        raise UsageError(
            tr("'{name}' has neither maps nor tokens of patches", name=name), hint=tr("Choose a layer that has")
        )
    rows, columns, extra = grid
    weights = slope[:, extra:].mean(1, keepdim=True)
    return (value[:, extra:] * weights).sum(2).relu().reshape(1, 1, rows, columns)


def _with_gradients(it: Subject, names: Sequence[str]) -> tuple[list[torch.Tensor], Sequence[torch.Tensor | None]]:
    """Outputs of layers and the target's gradient at each, None where none flows."""
    held: dict[str, torch.Tensor] = {}
    hooks = [it.network.layer(name).register_forward_hook(_kept(held, name)) for name in names]
    try:
        score = it.score(picture_with_gradient(it))
    finally:
        for hook in hooks:
            hook.remove()
    values = [held[name] for name in names]
    if not score.requires_grad:
        return values, [None] * len(values)
    slopes = torch.autograd.grad(score.sum(), values, allow_unused=True)
    return [value.detach() for value in values], slopes


def _last_heard(it: Subject, names: list[str]) -> str:
    """The last layer at which the gradient reaches tokens of the picture, and not the class token alone."""
    values, slopes = _with_gradients(it, names)
    for name, value, slope in reversed(list(zip(names, values, slopes, strict=True))):
        grid = token_grid(it.size, value.shape[1])
        if grid is not None and slope is not None and bool(slope[:, grid[2] :].any()):
            return name
    raise WorkFailed(tr("No gradient reaches a layer of tokens"), hint=tr("Name a layer, or take another method"))


def _before(it: Subject) -> list[Node]:
    """Nodes that the target depends on, in order of execution."""
    graph = it.network.graph
    end = graph.node(it.aim.name).output if it.aim.name else graph.outputs[it.aim.output]
    wanted, found = {end}, []
    for node in reversed(graph.nodes):
        if wanted & set(node.outputs):
            wanted.update(node.inputs)
            found.append(node)
    return found[::-1]


def _shape(it: Subject, node: Node) -> tuple[int, ...]:
    return it.network.graph.shape(node.output) or ()


def _channel(it: Subject, node: Node) -> int:
    return channel_axis(it.network.model.sheet, it.network.graph, node)


def _is_map(it: Subject, node: Node) -> bool:
    shape = _shape(it, node)
    return len(shape) == 4 and min(size for axis, size in enumerate(shape) if axis not in (0, _channel(it, node))) > 1


def _tokens(it: Subject, shape: tuple[int, ...]) -> bool:
    return len(shape) == 3 and token_grid(it.size, shape[1]) is not None


def _kept(held: dict[str, torch.Tensor], name: str) -> Callable[[Any, Any, Any], None]:
    """A hook that keeps a layer's first output."""

    def keep(_step: Any, _given: Any, out: Any) -> None:
        held[name] = out if isinstance(out, torch.Tensor) else out[0]

    return keep
