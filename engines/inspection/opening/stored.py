"""Tensors of a file by name and place, and their numbers by memory map when asked for: nothing is read before."""

from __future__ import annotations

import math
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.inspection.opening.model import Weights
from engines.inspection.types import Counts, Shape, Tensor

if TYPE_CHECKING:
    import torch

NO_PARAMETERS = ("int64", "bool")
"""dtypes of counters, indices and masks."""


@dataclass(frozen=True, slots=True)
class Stored:
    """start: of its storage in the file, in bytes; offset, strides: within it, in elements. storage: as in `Tensor`."""

    dtype: str
    shape: Shape
    start: int
    strides: Shape
    offset: int = 0
    storage: str = ""

    @property
    def reach(self) -> int:
        """Elements from the storage's start to behind its last one."""
        if 0 in self.shape:
            return 0
        return self.offset + 1 + sum((size - 1) * step for size, step in zip(self.shape, self.strides, strict=True))


def packed_strides(shape: Shape) -> Shape:
    """Strides in elements of a tensor that lies row by row."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def as_tensor(name: str, one: Stored) -> Tensor:
    """The same for a sheet."""
    return Tensor(name, one.shape, one.dtype, True, one.storage, one.dtype in NO_PARAMETERS)


def counted(tensors: tuple[Tensor, ...]) -> Counts:
    """Parameters of a file without a graph."""
    told = [(one, math.prod(one.shape or ())) for one in tensors if not one.constant]
    once = {one.storage or one.name: size for one, size in sorted(told, key=lambda each: each[1])}
    return Counts(sum(size for _, size in told), sum(once.values()))


class StoredWeights(Weights[Stored]):
    """Of a file, mapped when the first is asked for. Writing to one changes nothing in the file."""

    def __init__(self, path: Path, held: Mapping[str, Stored]) -> None:
        super().__init__(held)
        self._path = path

    def __getitem__(self, name: str) -> torch.Tensor:
        import torch

        one = self._held[name]
        dtype = getattr(torch, one.dtype, None)
        if not isinstance(dtype, torch.dtype) or one.dtype.startswith(("qint", "quint")):
            raise BadInput(
                tr("Numbers of the type {dtype} ('{name}') cannot be read here", dtype=one.dtype, name=name),
                path=self._path,
            )
        if not one.reach:
            return torch.empty(one.shape, dtype=dtype)
        flat = torch.frombuffer(self._map, dtype=torch.uint8, count=one.reach * dtype.itemsize, offset=one.start)
        flat = flat if one.start % dtype.itemsize == 0 else flat.clone()
        return flat.view(dtype).as_strided(one.shape, one.strides, one.offset)

    @cached_property
    def _map(self) -> Any:
        with self._path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
