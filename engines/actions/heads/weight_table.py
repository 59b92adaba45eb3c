"""Weights of a head by name, checked when taken, and the matrices made of them.

"float32" (or the stream's own type) keeps rows as they are; "int8" and "bfloat16" keep large matrices in fewer bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from engines.actions.heads.matrices import ActiveRows, Matrix, SharedMatrix
from engines.actions.heads.products import Array, Product, Products, Team
from engines.actions.types import Weights
from engines.core.errors import BadInput, UsageError
from engines.core.words import tr

LARGE = 4 << 20
"""Bytes from which a matrix no longer stays in a core's own cache: there, reading less is worth some bookkeeping."""

SMALL = 1 << 20
"""Bytes under which a matrix stays in a core's own cache and nothing is won by shortening its numbers."""


class WeightTable:
    """Weights by name, checked when taken. dtype: of the arithmetic. keep: how large matrices are held."""

    def __init__(
        self, weights: Mapping[str, NDArray[Any]], dtype: np.dtype[Any], keep: Weights = "float32", threads: int = 1
    ) -> None:
        if keep not in get_args(Weights):
            raise UsageError(
                tr(
                    "Weights cannot be kept as {keep!r}; there are {known}",
                    keep=keep,
                    known=", ".join(get_args(Weights)),
                )
            )
        self._weights, self.dtype, self.keep, self._threads = weights, dtype, keep, threads
        self._team = Team(threads)

    def take(self, name: str, *shape: int) -> Array:
        """In the stream's type. Raises BadInput where it is missing or of another shape."""
        if name not in self._weights:
            raise BadInput(
                tr("The model has no weights called {name}, so it is not of the kind that it says it is", name=name)
            )
        weight = np.asarray(self._weights[name])
        if weight.shape != shape:
            raise BadInput(
                tr(
                    "The weights {name} have the shape {shape}, where the model's sizes ask for {wanted}",
                    name=name,
                    shape=weight.shape,
                    wanted=shape,
                )
            )
        return weight.astype(self.dtype, copy=False)

    def matrix(self, weight: Array) -> Product:
        """A matrix kept as asked for; where it is small, as it is."""
        return Matrix(weight, self._team) if self._as_it_is(weight) else self._compact(weight)

    def shared(self, weight: Array) -> Products:
        """A matrix for several vectors at once."""
        return SharedMatrix(weight) if self._as_it_is(weight) else self._compact(weight)

    def rectified(self, weight: Array) -> Product:
        """A matrix for vectors that went through a relu."""
        if self.keep == "float32" and weight.nbytes >= LARGE:
            return ActiveRows(weight, self._team)
        return self.matrix(weight)

    def _as_it_is(self, weight: Array) -> bool:
        return self.keep == "float32" or weight.nbytes < SMALL

    def _compact(self, weight: Array) -> Products:
        from engines.actions.heads.compact import Bfloat16Matrix, Int8Matrix

        return Int8Matrix(weight, self._threads) if self.keep == "int8" else Bfloat16Matrix(weight)

    def buffer(self, *shape: int) -> Array:
        """Zeros in the stream's type."""
        return np.zeros(shape, dtype=self.dtype)


def checked(x: NDArray[Any], length: int) -> NDArray[Any]:
    """Features of one chunk. Raises BadInput where they are not (length,)."""
    if x.shape != (length,):
        raise BadInput(
            tr(
                "The model was trained on {length} features a chunk and was given {shape}",
                length=length,
                shape=x.shape[-1] if x.ndim else 1,
            ),
            hint=tr("Describe the video with the recipe the model was trained with"),
        )
    return x
