"""The head of a safetensors file, read without torch and without the data: names, types and shapes of its tensors.

Eight bytes give the length of a JSON object {name: {dtype, shape, data_offsets}, "__metadata__": {...}}; the data
follow. A file that was cut short, lies or is something else altogether is told by arithmetic alone: the tensors must
fill the data from the first byte to the last, none over another.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.core.errors import BadInput
from engines.core.reading import making_sense, parse_json, regular_file
from engines.core.words import tr

BITS = {"F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16, "I16": 16, "U16": 16}
BITS |= {"I8": 8, "U8": 8, "BOOL": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8}
BITS |= {"C64": 64, "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4}

METADATA = "__metadata__"
START = 8
MOST = 32 << 20
MOST_PARTS = 1_000_000
"""Values in a head: more would fill the memory. A tensor has about a dozen."""
LARGEST, MOST_AXES = 1 << 62, 64
AGAIN = tr("Fetch or save it again")


def read_head(path: str | Path, *, hint: str = AGAIN, most: int = MOST) -> tuple[dict[str, Any], int]:
    """({name: {dtype, shape, data_offsets}, "__metadata__": {...}}, bytes of data behind it). most: bytes of the head.

    Raises `FileMissing`, and `BadInput` for what is no such file or is cut short.
    """
    path = regular_file(path, what=tr("model file"))
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(START)
        length = struct.unpack("<Q", start)[0] if len(start) == START else 0
        if not 2 <= length <= size - START:
            raise BadInput(tr("Not a safetensors file, or cut short"), path=path, hint=hint)
        if length > most:
            raise BadInput(
                tr("The head of the safetensors file claims {length} MB", length=length >> 20), path=path, hint=hint
            )
        text = file.read(length)
    if text[:1] != b"{" or text.count(b",") + text.count(b":") + text.count(b"[") + text.count(b"{") > MOST_PARTS:
        raise BadInput(tr("Not a safetensors file: its head is no list of tensors"), path=path, hint=hint)
    table = parse_json(text, path)
    if not isinstance(table, dict):
        raise BadInput(tr("Not a safetensors file"), path=path, hint=hint)
    _check_names(text, path)
    return table, size - START - length


@dataclass(frozen=True, slots=True)
class Entry:
    """One tensor of a file. start: of its data, in bytes of the file."""

    dtype: str
    shape: tuple[int, ...]
    start: int = 0


def read_header(path: Path) -> dict[str, Entry]:
    """Tensors of a file, by name. Raises `BadInput` for a file that is not safetensors, is not whole, or lies."""
    return read_entries(path)[0]


def read_entries(path: Path) -> tuple[dict[str, Entry], dict[str, str]]:
    """Tensors and metadata of a file, by name. Raises `BadInput` as `read_header` does."""
    table, size = read_head(path, hint=AGAIN)
    begin = path.stat().st_size - size
    metadata = table.pop(METADATA, None) or {}
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise BadInput(tr("The metadata of the safetensors file are no words"), path=path, hint=AGAIN)
    rows = {name: _row(name, row, path) for name, row in table.items()}
    _check_places(path, rows, size)
    return {name: Entry(dtype, shape, begin + low) for name, (dtype, shape, low, _) in rows.items()}, metadata


Row = tuple[str, tuple[int, ...], int, int]


def _row(name: str, row: Any, path: Path) -> Row:
    """(dtype, shape, first byte, byte behind the last)."""
    with making_sense(path, tr("The head of the safetensors file makes no sense"), hint=AGAIN):
        dtype, shape, (low, high) = row["dtype"], row["shape"], row["data_offsets"]
        if len(row) != 3 or not isinstance(dtype, str) or not isinstance(shape, list) or len(shape) > MOST_AXES:
            raise ValueError(tr("'{name}' is no tensor", name=name))
        whole = all(type(one) is int and 0 <= one < LARGEST for one in (*shape, low, high))
        if not whole or math.prod(shape) >= LARGEST:
            raise ValueError(tr("the sizes of '{name}' are no sizes", name=name))
    if dtype not in BITS:
        raise BadInput(
            tr("'{name}' is of a type that safetensors does not have: {dtype!r:.40}", name=name, dtype=dtype),
            path=path,
            hint=AGAIN,
        )
    if (high - low) * 8 != BITS[dtype] * math.prod(shape):
        raise BadInput(tr("The head of the safetensors file lies about '{name}'", name=name), path=path, hint=AGAIN)
    return dtype, tuple(shape), low, high


def _check_places(path: Path, rows: dict[str, Row], size: int) -> None:
    whole = max((high for *_, high in rows.values()), default=0)
    if whole > size:
        raise BadInput(
            tr("The file is cut short: {size} of {whole} bytes of data are there", size=size, whole=whole),
            path=path,
            hint=AGAIN,
        )
    end = 0
    for name, (*_, low, high) in sorted(rows.items(), key=lambda each: each[1][2:]):
        if low != end:
            what = tr("lies over another tensor") if low < end else tr("follows a hole in the data")
            raise BadInput(
                tr("The head of the safetensors file makes no sense: '{name}' {what}", name=name, what=what),
                path=path,
                hint=AGAIN,
            )
        end = high
    if end != size:
        raise BadInput(
            tr("The safetensors file holds {size} bytes that belong to no tensor", size=size - end),
            path=path,
            hint=AGAIN,
        )


def _check_names(text: bytes, path: Path) -> None:
    """Two tensors of one name: which one is meant would depend on the reader."""

    def once(pairs: list[tuple[str, Any]]) -> None:
        if len({name for name, _ in pairs}) < len(pairs):
            raise BadInput(tr("The head of the safetensors file names a tensor twice"), path=path, hint=AGAIN)

    json.loads(text, object_pairs_hook=once)
