"""dlib's networks (.dat) read as far as the file tells: layers by name, their stored numbers by shape; not how they
are joined, which is in the C++ type of the network and not in the file.

dlib (dlib/serialize.h, dlib/dnn/layers.h): a whole number is a byte (count of bytes, high bit for a sign) and so many
bytes, little end first; a word its length and letters; a tensor a version, four sizes and float32. A layer begins with
its name and version ("con_4").
"""

from __future__ import annotations

import mmap
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.inspection.opening.model import Model
from engines.inspection.opening.stored import Stored, StoredWeights, as_tensor, counted, packed_strides
from engines.inspection.types import Format, ModelSheet, OpenSpec, Safety, Shape

START = re.compile(rb"(\x01[\x00-\x10]){0,4}\x01[\x05-\x30]loss_[a-z]")
LAYER = re.compile(
    rb"\x01[\x03-\x18]((?:con|cont|fc|affine|bn|prelu|relu|add_prev|mult_prev|max_pool|avg_pool|dropout|multiply|scale|"
    rb"extract|upsample|softmax|sig|htan|elu|gelu|leaky_relu|layer_norm|concat|input_rgb_image|input_rgb_image_sized|"
    rb"loss_[a-z_]+)_?\d*)"
)
STORING = {"con": 0, "affine": 0, "bn": 0, "prelu": 0, "fc": 2, "layer_norm": 0}
"""Layers that store numbers, with how many whole numbers stand before them."""
TENSOR_VERSION = 2
SAFE = Safety("safe", (), tr("dlib's files hold numbers and names alone"))
RUNS = tr("dlib's file does not say how its layers are joined; the faces engine runs it with the package dlib")


def is_dlib(head: bytes) -> bool:
    """Whether a file begins as a network of dlib."""
    return START.match(head) is not None


def open_file(path: Path, _spec: OpenSpec) -> Model:
    """Raises `BadInput` for a file that is cut short."""
    layers: Counter[str] = Counter()
    held: dict[str, Stored] = {}
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for op, shape, start, end in _layers(data, path):
            layers[op] += 1
            name = f"{op}_{layers[op]}"
            for part, sizes, first in _parts(data, op, shape, start, end):
                held[f"{name}.{part}"] = Stored("float32", sizes, first, packed_strides(sizes))
    if not held:
        raise BadInput(
            tr("The dlib file is cut short: there are no layers in it"), path=path, hint=tr("Fetch it again")
        )
    tensors = tuple(as_tensor(name, one) for name, one in held.items())
    facts = tuple((tr("layers of the kind {op}", op=op), str(count)) for op, count in layers.items())
    sheet = ModelSheet(
        path=str(path), title=path.name, format=Format.DLIB, bytes=path.stat().st_size, safety=SAFE,
        counts=counted(tensors), tensors=tensors, facts=facts, runs=RUNS,
    )  # fmt: skip
    return Model(sheet, StoredWeights(path, held))


def _layers(data: Any, path: Path) -> Iterator[tuple[str, Shape, int, int]]:
    """(name without version, shape of what it stores, first byte, byte behind the last) of each layer, in the order of
    execution; () for one that stores nothing. Numbers are jumped over."""
    at = 0
    while (found := LAYER.search(data, at)) is not None:
        name = found.group(1)
        at = found.end()
        if data[found.start() + 1] != len(name):
            at = found.start() + 1
            continue
        op = re.sub(r"_?\d*$", "", name.decode())
        if op not in STORING:
            yield op, (), at, at
            continue
        shape, start, at = _tensor(data, _behind(data, at, STORING[op]))
        if not shape or at > len(data):
            raise BadInput(
                tr("The dlib file is cut short within a layer '{op}'", op=op), path=path, hint=tr("Fetch it again")
            )
        yield op, shape, start, at


def _parts(data: Any, op: str, shape: Shape, start: int, end: int) -> Iterator[tuple[str, Shape, int]]:
    """(part, shape, first byte) of what a layer stores; filters and biases lie in one tensor."""
    if not shape:
        return
    filters = _filters(data, end) if op == "con" else None
    size = shape[0]
    if filters and size > filters[0] and (size - filters[0]) % (filters[0] * filters[1] * filters[2]) == 0:
        count, high, wide = filters
        deep = (size - count) // (count * high * wide)
        yield "filters", (count, deep, high, wide), start
        yield "biases", (count,), start + 4 * (size - count)
    elif op in ("affine", "bn") and size % 2 == 0:
        yield "gamma", (size // 2, *shape[1:]), start
        yield "beta", (size // 2, *shape[1:]), (start + end) // 2
    else:
        yield "weights", shape, start


def _tensor(data: Any, at: int) -> tuple[Shape, int, int]:
    """(shape without trailing ones, first byte, byte behind the last); no shape where there is no tensor."""
    version, at = _whole(data, at)
    sizes = []
    for _ in range(4):
        size, at = _whole(data, at)
        sizes.append(size)
    count = sizes[0] * sizes[1] * sizes[2] * sizes[3]
    if version != TENSOR_VERSION or min(sizes) < 1 or count > 1 << 40:
        return (), at, at
    while len(sizes) > 1 and sizes[-1] == 1:
        sizes.pop()
    return tuple(sizes), at, at + 4 * count


def _filters(data: Any, at: int) -> tuple[int, int, int] | None:
    """(filters, rows, columns) of a convolution, behind its numbers."""
    count, at = _whole(data, at)
    high, at = _whole(data, at)
    wide, _ = _whole(data, at)
    return (count, high, wide) if min(count, high, wide) > 0 else None


def _behind(data: Any, at: int, count: int) -> int:
    for _ in range(count):
        at = _whole(data, at)[1]
    return at


def _whole(data: Any, at: int) -> tuple[int, int]:
    """A whole number and the place behind it; -1 where there is none."""
    head = data[at : at + 1]
    size = head[0] & 0x0F if head else 0
    if not 1 <= size <= 8 or head[0] & 0x80 or at + 1 + size > len(data):
        return -1, at + 1
    return int.from_bytes(data[at + 1 : at + 1 + size], "little"), at + 1 + size
