"""The head of a safetensors file: eight bytes with the length of a JSON object, which describes the data behind it."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from engines.core.errors import BadInput
from engines.core.reading import parse_json, regular_file

START = 8
MOST = 100_000_000
AGAIN = "Fetch or save it again"


def read_head(path: str | Path, *, hint: str = AGAIN) -> tuple[dict[str, Any], int]:
    """({name: {dtype, shape, data_offsets}, "__metadata__": {...}}, bytes of data behind it).

    Raises `FileMissing`, and `BadInput` for what is no such file or is cut short.
    """
    path = regular_file(path, what="model file")
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(START)
        length = struct.unpack("<Q", start)[0] if len(start) == START else 0
        if not 2 <= length <= min(MOST, size - START):
            raise BadInput("Not a safetensors file, or cut short", path=path, hint=hint)
        text = file.read(length)
    table = parse_json(text, path)
    if not isinstance(table, dict):
        raise BadInput("Not a safetensors file", path=path, hint=hint)
    return table, size - START - length
