"""The gradient of a unit: its support checks the exact field, its size is the effective one.

The support: everything in float64 and positive, so that nothing cancels: constant weights without biases, sums for
largest values and for products, activations left out. What is not zero then is seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engines.core.errors import BadInput, UsageError
from engines.core.words import tr
from engines.inspection.field.exact import Mask, field_of, placed, sight_of
from engines.inspection.field.results import CheckResult
from engines.inspection.field.shaping import shaped, where_the_picture_is
from engines.inspection.field.sights import Sight
from engines.inspection.opening.model import Model
from engines.inspection.running.network import Network
from engines.inspection.shapes import tell_shape
from engines.inspection.types import Graph, Kind, Node, Window

T = torch.Tensor
ABOVE = 0.0455
"""Two standard deviations of a Gaussian in two axes: 1 - .9545 (Luo et al., "Understanding the effective receptive
field", NeurIPS 2016, equation 14 and below)."""


def check(model: Model, layer: str, unit: tuple[int, int] = (-1, -1)) -> CheckResult:
    """The exact field of a unit beside the support of its gradient, pixel by pixel.

    Raises `UsageError` for a layer or unit that is not there, `BadInput` for an operator that cannot be run.
    """
    model = _of_one_picture(model)
    sight = sight_of(model.graph, layer)
    ours = field_of(sight, unit)
    found = support(model, layer, ours.unit, sight)
    differing = int((ours.pixels != found).sum())
    return CheckResult(layer, ours.unit, not differing, int(ours.pixels.sum()), int(found.sum()), differing, ours.note)


def _of_one_picture(model: Model) -> Model:
    """With the sizes that its file leaves open."""
    graph = shaped(model, None)
    return model if graph is model.graph else replace(model, sheet=replace(model.sheet, graph=graph))


def support(model: Model, layer: str, unit: tuple[int, int] = (-1, -1), sight: Sight | None = None) -> Mask:
    """Pixels (height, width) where the gradient of a unit is not zero, all its channels together."""
    sight = sight or sight_of(model.graph, layer)
    name, axes = where_the_picture_is(model.graph)
    values, picture = _values(model, layer, name)
    index = sight.places(_unit(sight, unit))
    value = values[tuple(index.get(axis, slice(None)) for axis in range(values.ndim))].sum()
    if not value.requires_grad:
        return np.zeros([picture.shape[axis] for axis in axes[-2:]], bool)
    (slope,) = torch.autograd.grad(value, picture, allow_unused=True, materialize_grads=True)
    return _over(slope, axes) > 0


def _unit(sight: Sight, unit: tuple[int, int]) -> tuple[int, ...]:
    count = len(sight.grid.axes)
    depth = tuple(size // 2 for size in sight.grid.sizes[: count - 2]) if count > 2 else ()
    return (*depth, *placed(unit, sight.grid.rows_and_columns)[2 - min(count, 2) :])


def _over(slope: T, axes: Sequence[int]) -> NDArray[Any]:
    """|gradient| summed over all but the last two of the picture's axes."""
    shown = list(axes[-2:])
    others = [axis for axis in range(slope.ndim) if axis not in shown]
    found = slope.abs().sum(others) if others else slope.abs()
    return found.reshape((1, 1, *found.shape)[-2:]).numpy()


def _values(model: Model, layer: str, name: str) -> tuple[T, T]:
    """A layer's positive stand-in, and the picture that it comes from."""
    graph = model.graph
    held: dict[str, Any] = {each: _given(graph, each) for each in graph.inputs}
    held[name].requires_grad_()
    for node in graph.nodes:
        inputs = [_input(model, held, tensor, at) for at, tensor in enumerate(node.inputs)]
        result = _stand_in(node, model, inputs)
        several = result if isinstance(result, tuple | list) else (result,)
        held.update(zip(node.outputs, map(_scaled, several), strict=False))
        if node.name == layer:
            break
    return held[graph.node(layer).output], held[name]


def _given(graph: Graph, name: str) -> T:
    shape, dtype = graph.shape(name), graph.tensors[name].dtype
    if shape is None or -1 in shape:
        raise BadInput(tr("The shape of the input '{name}' is not known", name=name), hint=tell_shape(name))
    return torch.ones(shape, dtype=torch.float64 if "float" in dtype or not dtype else torch.int64)


def _input(model: Model, held: Mapping[str, Any], tensor: str, place: int) -> T | None:
    """place: of the node's inputs; a stored one behind the weight is a bias."""
    if not tensor or tensor in held:
        return held.get(tensor)
    data = model.weights[tensor]
    if not data.is_floating_point():
        return data
    bias = place > 1 and data.ndim == 1
    return torch.full(data.shape, 0 if bias else 1 / max(data.numel(), 1), dtype=torch.float64)


def _scaled(value: Any) -> Any:
    """The largest is 1: nothing overflows, vanishes, or is cut off by an activation within an operator."""
    most = value.detach().abs().max() if isinstance(value, T) and value.is_floating_point() and value.numel() else 0
    return value / most if most > 0 else value


def _stand_in(node: Node, model: Model, inputs: Sequence[T | None]) -> Any:
    stand = STANDS.get(node.kind)
    if node.kind is Kind.UNKNOWN:
        raise BadInput(
            tr("Nobody here knows the operator {op} of '{node}'", op=node.op, node=node.name),
            hint=tr("It cannot be checked"),
        )
    found = stand(node, model.graph, inputs) if stand is not None else None
    return model.operator(node)(*inputs) if found is None else found


def _pool(node: Node, graph: Graph, inputs: Sequence[T | None]) -> T | None:
    """Sums of windows in place of their largest values."""
    data, shape = inputs[0], graph.shape(node.output)
    if data is None or node.window is None or shape is None or node.attributes["mode"] == "average":
        return None
    for at, axis in enumerate(node.attributes["axes"]):
        data = _summed(data, axis, node.window, at, shape[axis])
    return data


def _summed(data: T, axis: int, window: Window, at: int, outputs: int) -> T:
    kernel, stride, dilation, before = (
        numbers[at] for numbers in (window.kernel, window.stride, window.dilation, window.before)
    )
    span = (outputs - 1) * stride + 1
    behind = max(span + (kernel - 1) * dilation - before - data.shape[axis], 0)
    pads = [0, 0] * (data.ndim - 1 - axis) + [before, behind]
    wide = torch.nn.functional.pad(data, pads)
    return torch.stack([
        wide.narrow(axis, tap * dilation, span).index_select(axis, torch.arange(0, span, stride))
        for tap in range(kernel)
    ]).sum(0)  # fmt: skip


def _bins(node: Node, graph: Graph, inputs: Sequence[T | None]) -> T | None:
    data, shape, axes = inputs[0], graph.shape(node.output), list(node.attributes["axes"])
    if data is None or shape is None or node.attributes["mode"] == "average":
        return None
    last = list(range(data.ndim - len(axes), data.ndim))
    pool: Callable[..., T] = getattr(torch.nn.functional, f"adaptive_avg_pool{len(axes)}d")
    return pool(data.movedim(axes, last), [shape[axis] for axis in axes]).movedim(last, axes)


def _floats(inputs: Sequence[T | None]) -> list[T]:
    return [each for each in inputs if each is not None and each.is_floating_point()]


def _sum(node: Node, graph: Graph, inputs: Sequence[T | None]) -> T | None:
    floats = _floats(inputs)
    total = sum(floats[1:], floats[0]) if floats else None
    return total if total is not None and tuple(total.shape) == graph.shape(node.output) else None


def _same(node: Node, graph: Graph, inputs: Sequence[T | None]) -> T | None:
    data = inputs[0]
    fits = data is not None and data.is_floating_point() and tuple(data.shape) == graph.shape(node.output)
    return data if fits else None


def _mean(node: Node, _graph: Graph, inputs: Sequence[T | None]) -> T | None:
    """Softmax and norms over axes: every element of them sees them all."""
    data, axes = inputs[0], list(node.attributes.get("axes", ()))
    return data if data is None or not axes else data + data.mean(axes, keepdim=True)


def _reduced(node: Node, _graph: Graph, inputs: Sequence[T | None]) -> T | None:
    data = inputs[0]
    axes = list(node.attributes["axes"])
    if data is None or not data.is_floating_point():
        return None
    return data.mean(axes or list(range(data.ndim)), keepdim=bool(node.attributes.get("keep")))


def _attention(node: Node, graph: Graph, inputs: Sequence[T | None]) -> T | None:
    query, key, value = inputs[:3]
    shape = graph.shape(node.output)
    if query is None or key is None or value is None or shape is None:
        return None
    keys = key.mean((1, -2, -1), keepdim=True)
    return (query.mean(-1, keepdim=True) + keys + value.mean((1, -2), keepdim=True)).expand(shape)


Stand = Callable[[Node, Graph, Sequence[T | None]], T | None]
STANDS: Mapping[Kind, Stand] = {
    Kind.POOL: _pool,
    Kind.ADAPTIVE_POOL: _bins,
    Kind.ADD: _sum,
    Kind.ARITHMETIC: _sum,
    Kind.ACTIVATION: _same,
    Kind.CAST: _same,
    Kind.NORM: _mean,
    Kind.SOFTMAX: _mean,
    Kind.REDUCE: _reduced,
    Kind.ATTENTION: _attention,
}
"""Positive stand-ins; None: the node's own operator, with positive constants in place of its weights."""


def slope_of(
    network: Network, inputs: Sequence[T], layer: str, unit: tuple[int, int], channel: int, sight: Sight | None = None
) -> tuple[float, NDArray[Any]]:
    """A unit's value on these inputs, and |its gradient| by the picture (height, width), summed over colours."""
    sight = sight or sight_of(network.graph, layer)
    name, axes = where_the_picture_is(network.graph)
    place = network.graph.inputs.index(name)
    with torch.enable_grad():
        picture = inputs[place].detach().clone().requires_grad_()
        given = [picture if at == place else each for at, each in enumerate(inputs)]
        values = network.values(given, [layer])[layer]
        value = values[index_of(sight, values.shape, unit, channel)]
        (slope,) = torch.autograd.grad(value, picture, allow_unused=True, materialize_grads=True)
    return float(value.detach()), _over(slope.detach(), axes)


def index_of(sight: Sight, shape: Sequence[int], unit: tuple[int, int], channel: int) -> tuple[int, ...]:
    """Where a unit's channel lies in its tensor, in the first of a batch. Raises `UsageError` for one too many."""
    places = sight.places(_unit(sight, unit))
    rest = _rest(places, shape)
    sizes = [shape[axis] for axis in rest]
    if not 0 <= channel < math.prod(sizes):
        raise UsageError(
            tr(
                "This layer has {channels} channels and none of number {channel}",
                channels=math.prod(sizes),
                channel=channel,
            )
        )
    own = dict(zip(rest, np.unravel_index(channel, sizes) if sizes else (), strict=True))
    return tuple(int(places.get(axis, own.get(axis, 0))) for axis in range(len(shape)))


def channels_of(sight: Sight) -> int:
    """How many values lie at each place of the map."""
    places = sight.places((0,) * len(sight.grid.axes))
    return math.prod(sight.shape[axis] for axis in _rest(places, sight.shape))


def _rest(places: Mapping[int, int], shape: Sequence[int]) -> list[int]:
    """Axes that are neither the map's nor the batch's."""
    return [axis for axis in range(len(shape)) if axis not in places and (axis > 0 or len(shape) == 1)]


def side_of(slope: NDArray[Any]) -> float:
    """Side of the square with as many pixels as are above 4.55 % of the largest; 0 where all is zero."""
    peak = float(slope.max(initial=0))
    return math.sqrt(int((slope > ABOVE * peak).sum())) if peak > 0 else 0.0
