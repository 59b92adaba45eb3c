"""The tags of a TIFF directory, which is also what an EXIF block is: its whole numbers by tag, and where they stand."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from engines.core.words import tr

ORIENTATION = 0x0112
STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
SHORT, LONG, LONG8 = 3, 4, 16
_FORMS = {1: "B", SHORT: "H", LONG: "I", LONG8: "Q"}
_MOST_VALUES = 16
_MOST_TAGS = 4096


@dataclass(frozen=True, slots=True)
class Directory:
    """numbers: those of each tag, at most 16. places: where a tag's value field stands. next: of a directory, 0 none.

    order: "<" or ">", of the bytes.
    """

    numbers: dict[int, tuple[int, ...]]
    places: dict[int, int]
    next: int
    order: str

    def first(self, tag: int, default: int = 0) -> int:
        return self.numbers.get(tag, (default,))[0]


def directory(data: bytes, start: int = 0, at: int | None = None) -> Directory:
    """The directory at `at` (the first one where None) of the TIFF that begins at `start`; offsets count from there.

    Raises `struct.error` or `ValueError` for what is cut off or no TIFF.
    """
    if data[start : start + 4] not in STARTS:
        raise ValueError(tr("no TIFF"))
    order = "<" if data[start : start + 2] == b"II" else ">"
    large = data[start + 2 : start + 4].strip(b"\0") == b"+"
    word, count_form, entry_size = ("Q", "Q", 20) if large else ("I", "H", 12)
    if at is None:
        at = _one(order + word, data, start + (8 if large else 4))
    count = _one(order + count_form, data, start + at)
    first = start + at + struct.calcsize(order + count_form)
    if count > _MOST_TAGS:
        raise ValueError(tr("too many tags"))
    numbers: dict[int, tuple[int, ...]] = {}
    places: dict[int, int] = {}
    for entry in range(first, first + count * entry_size, entry_size):
        tag, kind = struct.unpack_from(order + "HH", data, entry)
        length = _one(order + word, data, entry + 4)
        places[tag] = entry + 4 + struct.calcsize(order + word)
        if found := _numbers(data, start, places[tag], order, word, kind, length):
            numbers[tag] = found
    return Directory(numbers, places, _one(order + word, data, first + count * entry_size), order)


def orientation(block: bytes) -> int:
    """The camera's orientation by an EXIF block, 1 to 8; 1 where it says nothing that makes sense."""
    try:
        turn = directory(block, 6 if block.startswith(b"Exif\0\0") else 0).first(ORIENTATION, 1)
    except (struct.error, ValueError):
        return 1
    return turn if 1 <= turn <= 8 else 1


def _numbers(data: bytes, start: int, place: int, order: str, word: str, kind: int, length: int) -> tuple[int, ...]:
    form = _FORMS.get(kind)
    if form is None or not length:
        return ()
    shown = min(length, _MOST_VALUES)
    if struct.calcsize(form) * length > struct.calcsize(order + word):
        place = start + _one(order + word, data, place)
    if place + struct.calcsize(form) * shown > len(data):
        return ()
    return struct.unpack_from(f"{order}{shown}{form}", data, place)


def _one(form: str, data: bytes, at: int) -> int:
    return int(struct.unpack_from(form, data, at)[0])
