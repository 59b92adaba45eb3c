"""The exact receptive field of every layer: branches, dilation, transposed convolutions and borders as they are.

receptive_field(model, (1, 3, 224, 224))["layer4.2.conv2"].size
rows, columns = seen(model, "layer4.2.conv2", (0, 0))

A field is what changes a unit at all: the support of its gradient, whatever the weights (Araujo et al., "Computing
receptive fields of convolutional neural networks", 2019, for the sizes; the sets of pixels are followed one by one).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import BadInput, UsageError
from engines.core.words import tr
from engines.inspection.field.axes import Reach
from engines.inspection.field.pixels import unpacked
from engines.inspection.field.rules import Case, passed
from engines.inspection.field.shaping import Source, shaped, where_the_picture_is
from engines.inspection.field.sights import Extent, Sight, picture
from engines.inspection.shapes import tell_shape
from engines.inspection.types import FieldRow, Graph, Kind, Node, Shape

Mask = NDArray[np.bool_]


def receptive_field(
    model_or_graph: Source, input_shape: Shape | None = None, layers: Sequence[str] | None = None
) -> Mapping[str, FieldRow]:
    """Size, stride and start of the fields of layers, by name, in order of execution.

    input_shape: of the picture, where it is another than the file's. layers: names of nodes, None for all that see the
    picture. The size is that of the unit in the middle, with all that a border cuts off; `whole` tells that within the
    borders it sees every pixel.

    Raises `UsageError` for a layer that is not there, `BadInput` for a shape that is not known or does not go through.
    """
    graph = shaped(model_or_graph, input_shape)
    wanted = None if layers is None else {graph.node(name).name for name in layers}
    rows: dict[str, FieldRow] = {}
    for node, sight in sights(graph):
        if wanted is None and sight is not None:
            rows[node.name] = row_of(node.name, sight)
        elif wanted is not None and node.name in wanted:
            rows[node.name] = row_of(node.name, sight) if sight else _nothing(node.name)
    return rows


def seen(
    model_or_graph: Source, layer: str, unit: tuple[int, int] = (-1, -1), input_shape: Shape | None = None
) -> tuple[Mask, Mask]:
    """Rows and columns of the input that a unit sees within the borders, all channels together; (-1, -1): the middle.

    Raises as `receptive_field`, and `UsageError` for a unit outside the layer's map.
    """
    pixels = field_of(sight_of(shaped(model_or_graph, input_shape), layer), unit).pixels
    return np.any(pixels, axis=1), np.any(pixels, axis=0)


@dataclass(frozen=True, slots=True)
class Field:
    """pixels: (height, width) of the input, True where the unit sees it. unit: (row, column); grid: size of its map."""

    unit: tuple[int, int]
    grid: tuple[int, int]
    pixels: Mask
    note: str = ""

    @property
    def box(self) -> tuple[int, int, int, int]:
        """(top, left, bottom, right), half open; all 0 where nothing is seen."""
        rows, columns = np.flatnonzero(self.pixels.any(1)), np.flatnonzero(self.pixels.any(0))
        if not rows.size:
            return 0, 0, 0, 0
        return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def field_of(sight: Sight, unit: tuple[int, int]) -> Field:
    """What one unit sees, of pictures with one or two spatial axes; of volumes, over their depth."""
    grid = sight.grid.rows_and_columns
    unit = placed(unit, grid)
    sizes = sight.picture
    own = unit[2 - min(len(sizes), 2) :]
    if len(sizes) > 2:
        own = (*(size // 2 for size in sight.grid.sizes[:-2]), *own)
    high, wide = (1, *sizes)[-2:]
    found = np.zeros((high, wide), bool)
    for term in sight.at(own):
        masks = [unpacked(bits, size).reshape(size) for bits, size in zip(term, sizes, strict=True)]
        rows = masks[-2] if len(masks) > 1 else np.ones(1, bool)
        if all(mask.any() for mask in masks[:-2]):
            found |= np.outer(rows, masks[-1])
    return Field(unit, grid, found, sight.note)


def placed(unit: tuple[int, int], grid: tuple[int, int]) -> tuple[int, int]:
    """The unit, the middle for (-1, -1). Raises `UsageError` outside the map."""
    if unit == (-1, -1):
        return grid[0] // 2, grid[1] // 2
    if not all(0 <= place < size for place, size in zip(unit, grid, strict=True)):
        raise UsageError(
            tr("Unit {unit} is not on a map of {rows} x {columns}", unit=unit, rows=grid[0], columns=grid[1]),
            hint=tr("Units count from 0"),
        )
    return unit


def sight_of(graph: Graph, layer: str) -> Sight:
    """What a layer sees. Raises `UsageError` for one that is not there, `BadInput` for one that sees nothing."""
    wanted = graph.node(layer)
    found = next(sight for node, sight in sights(graph) if node is wanted)
    if found is None:
        raise BadInput(
            tr("'{layer}' sees nothing of the input", layer=layer),
            hint=tr("Choose a layer that the picture goes through"),
        )
    return found


def sights(graph: Graph) -> Iterator[tuple[Node, Sight | None]]:
    """Every node with what its first output sees, in order; None for nothing."""
    name, axes = where_the_picture_is(graph)
    shape = graph.shape(name)
    if shape is None or any(shape[axis] < 1 for axis in axes):
        raise BadInput(tr("The shape of the input '{name}' is not known", name=name), hint=tell_shape(name))
    held: dict[str, Sight] = {name: picture(shape, axes)}
    last = {tensor: at for at, node in enumerate(graph.nodes) for tensor in (*node.inputs, *node.outputs)}
    for at, node in enumerate(graph.nodes):
        inputs = tuple(held.get(tensor) for tensor in node.inputs if node.kind is not Kind.CONSTANT)
        if any(sight is not None for sight in inputs):
            for number, tensor in enumerate(node.outputs):
                if tensor:
                    held[tensor] = passed(Case(node, graph, inputs, graph.shape(tensor) or (), number))
        yield node, held.get(node.output)
        for tensor in (*node.inputs, *node.outputs):
            if last[tensor] == at:
                held.pop(tensor, None)


def row_of(name: str, sight: Sight) -> FieldRow:
    """A layer's row."""
    middle = field_of(sight, (-1, -1))
    top, left, bottom, right = middle.box
    within = ((top, bottom), (left, right))
    first = field_of(sight, (0, 0)).box
    count = len(sight.reach)
    values = [
        _of_axis(sight, at, within[at - count + 2], first[at - count + 2]) for at in range(max(count - 2, 0), count)
    ]
    if count == 1:
        values.insert(0, (1, 1.0, 0))
    sizes, strides, starts = zip(*values, strict=True)
    return FieldRow(name, sizes, strides, starts, bool(middle.pixels.all()), not sight.note, sight.note or _note(sight))


def _of_axis(sight: Sight, at: int, within: tuple[int, int], first: int) -> tuple[int, float, int]:
    """Size, stride and start; within the borders where there is no telling beyond them."""
    reach, size = sight.reach[at], sight.grid.sizes[at]
    if isinstance(reach, Reach):
        low, high = reach.at(max(size, 1) // 2)
        return max(high - low + 1, 0), float(reach.stride), reach.at(0)[0]
    stride = 0.0 if isinstance(reach, str) or size < 2 else (within[0] - first) / (size // 2)
    return within[1] - within[0], stride, first


def _note(sight: Sight) -> str:
    words: Sequence[Extent] = sight.reach[-2:]
    by = next((reach for reach in words if isinstance(reach, str)), "")
    if by:
        return tr("All that is seen before it, by '{by}'", by=by)
    return tr("Neighbours do not lie evenly: the size is that within the borders") if None in words else ""


def _nothing(name: str) -> FieldRow:
    return FieldRow(name, (0, 0), (0.0, 0.0), (0, 0), note=tr("It sees nothing of the input"))
