"""Matrices kept in fewer bytes. A product with one vector costs what its weights take to read, so fewer is faster.

int8: blocks of 128 weights of a row share a scale, and the vector too is rounded to 8 bits, block by block, on the way
in (onnxruntime's MatMulNBits); about half the time of float32 where a matrix exceeds the caches, a quarter of the room.
bfloat16: half the room, and slower than float32 here, since nothing on this side of torch multiplies such numbers: they
become float32 a few rows at a time, within the core's cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.actions.heads.products import Array

BLOCK = 128
ZERO = 128
_CACHED_BYTES = 128 << 10


class Int8Matrix:
    """W (rows, columns) times a vector, or several, in 8 bits. threads: of onnxruntime."""

    def __init__(self, weight: Array, threads: int = 1) -> None:
        numbers, scales = rounded(weight)
        self.shape, self.bytes = weight.shape, numbers.nbytes + scales.nbytes
        self._session = _session(weight.shape, numbers, scales, threads)

    def times(self, x: Array, out: Array) -> None:
        self.times_each(x[None], out[None])

    def times_each(self, rows: Array, out: Array) -> None:
        (out[:],) = self._session.run(None, {"x": rows.astype(np.float32, copy=False)})


def rounded(weight: Array) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Numbers (rows, blocks, BLOCK), 128 for zero, and scales (rows, blocks); weight = (number - 128) * scale."""
    rows, columns = weight.shape
    blocks = np.pad(weight, ((0, 0), (0, -columns % BLOCK))).reshape(rows, -1, BLOCK)
    scales = np.abs(blocks).max(axis=2) / 127.0
    numbers = np.rint(blocks / np.where(scales > 0, scales, 1.0)[..., None]) + ZERO
    return numbers.astype(np.uint8), scales.astype(np.float32)


def _session(shape: tuple[int, ...], numbers: NDArray[np.uint8], scales: NDArray[np.float32], threads: int) -> Any:
    from onnx import TensorProto, helper, numpy_helper

    from engines.core.networks.onnx import open_session

    rows, columns = shape
    sizes: dict[str, Any] = {"K": columns, "N": rows, "bits": 8, "block_size": BLOCK, "accuracy_level": 4}
    node = helper.make_node("MatMulNBits", ["x", "numbers", "scales"], ["y"], domain="com.microsoft", **sizes)
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", columns])
    found = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", rows])
    held = [numpy_helper.from_array(numbers, "numbers"), numpy_helper.from_array(scales.reshape(-1), "scales")]
    graph = helper.make_graph([node], "product", [given], [found], held)
    versions = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=versions, ir_version=9)
    return open_session(model.SerializeToString(), threads)


class Bfloat16Matrix:
    """W (rows, columns) times a vector, each weight in 16 bits, two to a word.

    A word's upper half is a weight of the left half of the columns, its lower half one of the right. Read as a float32,
    a word is its upper weight to within half a unit of bfloat16: the upper bits are chosen with the lower ones in mind.
    So only the lower weights need a shift.
    """

    def __init__(self, weight: Array) -> None:
        self.shape = weight.shape
        self._words = packed(weight.astype(np.float32))
        rows, half = self._words.shape
        self._half, self._at_once = half, max(1, _CACHED_BYTES // (4 * half))
        self._lower = np.empty((min(self._at_once, rows), half), dtype=np.uint32)
        self._x, self._sums = np.zeros(2 * half, dtype=np.float32), np.empty((2, rows), dtype=np.float32)
        self.bytes = self._words.nbytes

    def times(self, x: Array, out: Array) -> None:
        self._x[: len(x)] = x
        left, right = self._x[: self._half], self._x[self._half :]
        for start in range(0, len(self._words), self._at_once):
            words = self._words[start : start + self._at_once]
            lower = self._lower[: len(words)]
            np.left_shift(words, 16, out=lower)
            np.dot(lower.view(np.float32), right, self._sums[0, start : start + len(words)])
            np.dot(words.view(np.float32), left, self._sums[1, start : start + len(words)])
        np.add(self._sums[0], self._sums[1], out=out)

    def times_each(self, rows: Array, out: Array) -> None:
        for x, place in zip(rows, out, strict=True):
            self.times(x, place)


def packed(weight: NDArray[np.float32]) -> NDArray[np.uint32]:
    """Words (rows, columns / 2) of float32 weights, columns filled up to an even number."""
    bits = np.pad(weight, ((0, 0), (0, weight.shape[1] % 2))).view(np.uint32)
    upper, whole = np.split(bits.astype(np.int64), 2, axis=1)
    lower = (whole + 0x7FFF + ((whole >> 16) & 1)) >> 16
    size = np.maximum((upper & 0x7FFFFFFF) - lower + 0x8000, 0)
    words = (size >> 16 << 16) | lower | (upper & 0x80000000)
    return np.ascontiguousarray(words.astype(np.uint32))
