"""The head of a safetensors file, read without torch and without the data: names, types and shapes of its tensors.

Eight bytes give the length of a JSON object {name: {dtype, shape, data_offsets}, "__metadata__": {...}}; the data
follow. A file that was cut short or is something else altogether is told by arithmetic alone.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.core.errors import BadInput
from engines.core.reading import making_sense, parse_json, regular_file

BYTES = {"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2}
BYTES |= {"I8": 1, "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1}

START = 8
MOST = 100_000_000
AGAIN = "Fetch or save it again"


def read_head(path: str | Path, *, hint: str = AGAIN, most: int = MOST) -> tuple[dict[str, Any], int]:
    """({name: {dtype, shape, data_offsets}, "__metadata__": {...}}, bytes of data behind it). most: bytes of the head.

    Raises `FileMissing`, and `BadInput` for what is no such file or is cut short.
    """
    path = regular_file(path, what="model file")
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(START)
        length = struct.unpack("<Q", start)[0] if len(start) == START else 0
        if not 2 <= length <= min(most, size - START):
            raise BadInput("Not a safetensors file, or cut short", path=path, hint=hint)
        text = file.read(length)
    table = parse_json(text, path)
    if not isinstance(table, dict):
        raise BadInput("Not a safetensors file", path=path, hint=hint)
    return table, size - START - length


@dataclass(frozen=True, slots=True)
class Entry:
    """One tensor of a file."""

    dtype: str
    shape: tuple[int, ...]


def read_header(path: Path) -> dict[str, Entry]:
    """Tensors of a file, by name. Raises `BadInput` for a file that is not safetensors or is not whole."""
    table, size = read_head(path, hint=AGAIN)
    table.pop("__metadata__", None)
    with making_sense(path, "The head of the safetensors file makes no sense", hint=AGAIN):
        entries = {name: Entry(str(row["dtype"]), tuple(map(int, row["shape"]))) for name, row in table.items()}
        ends = [(int(row["data_offsets"][1]), int(row["data_offsets"][0])) for row in table.values()]
    _check(path, entries, ends, size)
    return entries


def _check(path: Path, entries: dict[str, Entry], ends: list[tuple[int, int]], size: int) -> None:
    whole = max((end for end, _ in ends), default=0)
    if whole > size:
        raise BadInput(f"The file is cut short: {size} of {whole} bytes of data are there", path=path, hint=AGAIN)
    for (name, entry), (end, begin) in zip(entries.items(), ends, strict=True):
        bytes_each = BYTES.get(entry.dtype)
        if bytes_each and end - begin != bytes_each * math.prod(entry.shape):
            raise BadInput(f"The head of the safetensors file lies about '{name}'", path=path, hint=AGAIN)
