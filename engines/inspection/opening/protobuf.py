"""Whether a file is an ONNX model and whole, told by the lengths of its outermost fields: nothing else is read.

Encoding: protobuf.dev/programming-guides/encoding. A field is a tag (number, wire type) and a number, or a length with
so many bytes behind it; those of a model follow one another up to the last byte.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Literal

from engines.core.errors import BadInput
from engines.core.words import tr

WIRES = {1: 0, 2: 2, 3: 2, 4: 2, 5: 0, 6: 2, 7: 2, 8: 2, 14: 2, 20: 2, 25: 2, 26: 2}
"""Wire type of each field of `ModelProto`."""
IR_VERSION, GRAPH = 1, 7
MOST = 1 << 31
MOST_FIELDS = 100_000

End = Literal["whole", "short", "odd"]


def is_model(path: Path) -> bool:
    """False for what is something else. Raises `BadInput` for a model that is cut short or larger than can be."""
    seen, end = _walk(path)
    if end == "short" and GRAPH in seen and seen[0] == IR_VERSION:
        raise BadInput(tr("The ONNX file is cut short"), path=path, hint=tr("Fetch or save it again"))
    if end != "whole" or GRAPH not in seen:
        return False
    if path.stat().st_size > MOST:
        hint = tr("Save it with its weights beside it (external data)")
        raise BadInput(tr("An ONNX file cannot be larger than 2 GB"), path=path, hint=hint)
    return True


def _walk(path: Path) -> tuple[list[int], End]:
    """Numbers of the outermost fields, the last one perhaps not whole."""
    size = path.stat().st_size
    seen: list[int] = []
    with path.open("rb") as file:
        while file.tell() < size and len(seen) < MOST_FIELDS:
            number, wire = divmod(_varint(file), 8)
            if WIRES.get(number) != wire:
                return seen, "odd"
            seen.append(number)
            length = _varint(file)
            if length < 0 or (wire == 2 and file.tell() + length > size):
                return seen, "short"
            file.seek(length if wire == 2 else 0, 1)
        return seen, "whole" if file.tell() == size else "odd"


def _varint(file: BinaryIO) -> int:
    """A number of at most ten bytes, -1 where there is none."""
    value = 0
    for place in range(10):
        byte = file.read(1)
        if not byte:
            return -1
        value |= (byte[0] & 0x7F) << 7 * place
        if byte[0] < 0x80:
            return value
    return -1
