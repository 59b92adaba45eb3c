"""Stored tensors of TFLite files as torch tensors: dense, and quantised ones as the numbers that they stand for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.inspection.opening.model import Weights
from engines.inspection.reading.tflite_schema import Stored

Array = NDArray[Any]
READ = ("float32", "float16", "float64", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "bool")
MOST = 1 << 31
"""Elements of one tensor."""
MOST_SPARSE = 1 << 26
"""Elements of a sparse one: its size is not bounded by the file's."""


class TfliteWeights(Weights[Stored]):
    """Tensors by name, made from the file's bytes when asked for."""

    def __init__(self, stored: Mapping[str, Stored], path: Path) -> None:
        super().__init__(stored)
        self.path = path

    def __getitem__(self, name: str) -> torch.Tensor:
        """Raises `BadInput` for data that do not fit their shape and for kinds that are not read here."""
        try:
            return torch.from_numpy(dense(self._held[name]))
        except (ValueError, TypeError, LookupError, RuntimeError, OverflowError, AttributeError) as error:
            raise BadInput(
                tr("The weights of '{name}' cannot be read: {error}", name=name, error=error), path=self.path
            ) from error


def dense(tensor: Stored) -> Array:
    """The numbers of a stored tensor, a copy; quantised ones as float32."""
    if tensor.data is None or tensor.dtype not in (*READ, "int4"):
        raise TypeError(tr("they are {dtype}, which is not read here", dtype=tensor.dtype or tr("of an unknown kind")))
    if math.prod(tensor.shape) > MOST:
        raise ValueError(tr("they are too many"))
    flat = _four_bits(tensor) if tensor.dtype == "int4" else tensor.data.view(tensor.dtype)
    whole = flat.reshape(tensor.shape).copy() if tensor.sparsity is None else _spread(flat, tensor)
    return whole if tensor.scale is None else _real(whole, tensor)


def _four_bits(tensor: Stored) -> Array:
    """Two numbers a byte, the lower half first."""
    data = np.asarray(tensor.data, np.uint8)
    halves = np.column_stack((data & 15, data >> 4)).reshape(-1).astype(np.int8)
    return np.where(halves > 7, halves - 16, halves)[: math.prod(tensor.shape)].astype(np.int8)


def _real(values: Array, tensor: Stored) -> Array:
    """(value - zero) scale, one for all or one for each place along an axis."""
    scale, zero = np.asarray(tensor.scale, np.float32), np.asarray(tensor.zero, np.float32)
    if len(scale) > 1:
        across = [1] * values.ndim
        across[tensor.along] = -1
        scale, zero = scale.reshape(across), zero.reshape(across)
    return np.asarray((values.astype(np.float32) - zero) * scale, np.float32)


def _spread(flat: Array, tensor: Stored) -> Array:
    """Values of a sparse tensor in their places (TACO's levels, as TFLite keeps them): each level of the tree is dense,
    or lists the indices that it has; blocks are levels of their own."""
    told, shape, most = tensor.sparsity, tensor.shape, math.prod(tensor.shape)
    if most > MOST_SPARSE:
        raise ValueError(tr("they are too many"))
    order = told.TraversalOrderAsNumpy().tolist()
    blocks = told.BlockMapAsNumpy().tolist() if told.BlockMapLength() else []
    rank = len(shape)
    if told.DimMetadataLength() != len(order) or sorted(order) != list(range(rank + len(blocks))):
        raise ValueError(tr("their sparsity makes no sense"))
    levels = [_level(told.DimMetadata(place)) for place in range(len(order))]
    parents, found = np.zeros(1, np.int64), np.zeros((1, 0), np.int64)
    for level in levels:
        parents, found = _descended(level, parents, found, most)
    sizes = {order[place]: levels[place] for place in range(len(order))}
    places = [found[:, order.index(axis)] for axis in range(rank)]
    for number, axis in enumerate(blocks):
        size = int(sizes[rank + number][0])
        places[axis] = places[axis] * size + found[:, order.index(rank + number)]
    whole = np.zeros(shape, flat.dtype)
    whole[tuple(places)] = flat[parents]
    return whole


Level = tuple[int, Array | None, Array | None]


def _level(told: Any) -> Level:
    """(size, segments, indices): the last two where the level lists what it has."""
    if told.Format() == 0:
        return told.DenseSize(), None, None
    return (
        0,
        _vector(told.ArraySegmentsType(), told.ArraySegments()),
        _vector(told.ArrayIndicesType(), told.ArrayIndices()),
    )


def _vector(kind: int, table: Any) -> Array:
    from ai_edge_litert import schema_py_generated as schema

    made: Any = {1: schema.Int32Vector, 2: schema.Uint16Vector, 3: schema.Uint8Vector}[kind]()
    made.Init(table.Bytes, table.Pos)
    return np.asarray(made.ValuesAsNumpy(), np.int64)


def _descended(level: Level, parents: Array, found: Array, most: int) -> tuple[Array, Array]:
    """Nodes one level down, and the index that each has in every level so far."""
    size, segments, indices = level
    if segments is None or indices is None:
        counts: Array = np.full(len(parents), size)
        if size < 0 or len(parents) * size > most:
            raise ValueError(tr("their sparsity makes no sense"))
        below = (parents[:, None] * size + np.arange(size)).reshape(-1)
        own = np.tile(np.arange(size), len(parents))
    else:
        starts, ends = segments[parents], segments[parents + 1]
        counts = ends - starts
        if not len(counts) or counts.min() < 0 or counts.sum() > most:
            raise ValueError(tr("their sparsity makes no sense"))
        below = np.concatenate([np.arange(start, end) for start, end in zip(starts, ends, strict=True)])
        own = indices[below]
    return below, np.column_stack((np.repeat(found, counts, 0), own))
