"""A graph for an input of another size, and which of its inputs is the picture, on which axes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from engines.core.errors import BadInput, KinoscopeError
from engines.core.words import tr
from engines.inspection.shapes import shape_text
from engines.inspection.types import Graph, Kind, Shape

if TYPE_CHECKING:
    from engines.inspection.opening.model import Model

Source: TypeAlias = "Model | Graph"
COLOURS = (1, 3, 4)


def where_the_picture_is(graph: Graph) -> tuple[str, tuple[int, ...]]:
    """The input that is looked at and its spatial axes: the one that a window slides over first, else the first with 3
    axes or more. Raises `BadInput` for a model without one."""
    shapes = {name: graph.shape(name) or () for name in graph.inputs}
    for node in graph.nodes:
        if node.inputs and node.inputs[0] in shapes and node.window is not None:
            return node.inputs[0], tuple(node.attributes["axes"])
    for name in sorted(shapes, key=lambda name: len(shapes[name]) != 4):
        if len(shapes[name]) >= 3:
            return name, _axes(shapes[name])
    raise BadInput(tr("This model has no input with a height and a width"), hint=tr("Fields are those of pictures"))


def _axes(shape: Shape) -> tuple[int, ...]:
    last = shape[-1] in COLOURS and shape[1] not in COLOURS
    return tuple(range(1, len(shape) - 1)) if last else tuple(range(2, len(shape)))


def shaped(source: Source, input_shape: Shape | None) -> Graph:
    """The graph for pictures of this shape; as the file has it for None.

    Raises `BadInput` where a model cannot take it.
    """
    graph = source if isinstance(source, Graph) else source.graph
    name, _axes = where_the_picture_is(graph)
    own = graph.shape(name) or ()
    if input_shape is None and own[:1] == (-1,) and min(own[1:]) > 0 and not isinstance(source, Graph):
        input_shape = (1, *own[1:])
    if input_shape is None or graph.shape(name) == tuple(input_shape):
        return graph
    if isinstance(source, Graph):
        raise BadInput(
            tr("This graph is one for inputs of {shape}", shape=graph.shape(name)),
            hint=tr("Give the model, not its graph"),
        )
    opened = _opened(source, name, tuple(input_shape))
    return (
        opened
        if opened is not None and opened.shape(name) == tuple(input_shape)
        else _traced(source, name, input_shape)
    )


def _opened(model: Model, name: str, shape: Shape) -> Graph | None:
    """The file again, with this shape in place of its own."""
    from engines.inspection.opening.opener import open_spec
    from engines.inspection.types import OpenSpec

    if not model.sheet.path:
        return None
    shapes = tuple(shape if each == name else model.graph.shape(each) or () for each in model.graph.inputs)
    try:
        return open_spec(OpenSpec(model.sheet.path, shapes)).graph
    except KinoscopeError:
        return None


def _traced(model: Model, name: str, shape: Shape) -> Graph:
    """Shapes by running it on tensors without data."""
    import torch

    from engines.inspection.running.network import Network

    graph, found = model.graph, dict(model.graph.tensors)

    def note(names: tuple[str, ...]) -> Callable[..., None]:
        def hook(_step: Any, _inputs: Any, outputs: Any) -> None:
            several = outputs if isinstance(outputs, tuple | list) else (outputs,)
            for tensor, value in zip(names, several, strict=False):
                if isinstance(value, torch.Tensor):
                    found[tensor] = replace(found[tensor], shape=tuple(value.shape))

        return hook

    network = Network(model).to("meta")
    for node in graph.nodes:
        network.layer(node.name).register_forward_hook(note(node.outputs))
    sizes = {each: shape if each == name else graph.shape(each) or () for each in graph.inputs}
    try:
        network(*(torch.empty(sizes[each], device="meta", dtype=_dtype(graph, each)) for each in graph.inputs))
    except Exception as error:
        hint = tr("It was made for one size alone") if any(node.kind is Kind.RESHAPE for node in graph.nodes) else ""
        raise BadInput(
            tr("The model does not take an input of {shape_text}", shape_text=shape_text(shape)),
            path=model.sheet.path,
            hint=hint,
        ) from error
    found[name] = replace(found[name], shape=tuple(shape))
    return replace(graph, tensors=found)


def _dtype(graph: Graph, name: str) -> Any:
    import torch

    return getattr(torch, graph.tensors[name].dtype or "float32", torch.float32)
