"""Size, depth and turn of an AVIF or JPEG 2000 picture, read from its boxes before anything is unpacked."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

HEIF = ("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "heif")
_TURNED = {0: 1, 1: 8, 2: 3, 3: 6}
"""EXIF orientation by quarter turns against the clock."""
_MIRRORED = {
    0: {1: 4, 8: 5, 3: 2, 6: 7},
    1: {1: 2, 8: 7, 3: 4, 6: 5},
}
"""EXIF orientation after a mirror too: 0 swaps top and bottom, 1 left and right."""
_MOST_BOXES = 10_000


@dataclass(frozen=True, slots=True)
class Boxed:
    """The main picture. turn: as EXIF counts; bits: of a sample; several: there is more than one picture."""

    width: int
    height: int
    turn: int = 1
    bits: int = 8
    several: bool = False


def brands(data: bytes) -> tuple[str, ...]:
    """The kinds that a file of boxes says it is of; () for what is none."""
    if data[4:8] != b"ftyp":
        return ()
    end = min(struct.unpack_from(">I", data)[0], len(data), 512)
    found = [data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))]
    return tuple(brand.decode("latin-1") for brand in found)


def avif(data: bytes) -> Boxed | None:
    """The main picture of an AVIF. Its turn is what the file's own boxes say: EXIF does not count in this format."""
    meta = next((span for kind, span in _boxes(data, 0, len(data)) if kind == b"meta"), None)
    if meta is None:
        return None
    inner = dict(_boxes(data, meta[0] + 4, meta[1]))
    if b"pitm" not in inner or b"iprp" not in inner:
        return None
    at = inner[b"pitm"][0]
    main = struct.unpack_from(">I" if data[at] else ">H", data, at + 4)[0]
    parts = dict(_boxes(data, *inner[b"iprp"]))
    known = list(_boxes(data, *parts[b"ipco"]))
    own = dict(known[number - 1] for number in _own(data, parts[b"ipma"][0], main) if 0 < number <= len(known))
    return _described(data, own, "avis" in brands(data)) if b"ispe" in own else None


def jpeg2000(data: bytes) -> Boxed | None:
    """The picture of a JPEG 2000 file or bare codestream."""
    at = 0
    if data[:4] != b"\xff\x4f\xff\x51":
        at = next((span[0] for kind, span in _boxes(data, 0, len(data)) if kind == b"jp2c"), -1)
    if at < 0 or data[at : at + 4] != b"\xff\x4f\xff\x51":
        return None
    right, bottom, left, top = struct.unpack_from(">4I", data, at + 8)
    bits = (data[at + 42] & 0x7F) + 1
    return Boxed(right - left, bottom - top, bits=bits) if right > left and bottom > top else None


def _described(data: bytes, own: dict[bytes, tuple[int, int]], several: bool) -> Boxed:
    width, height = struct.unpack_from(">II", data, own[b"ispe"][0] + 4)
    turn = _TURNED[data[own[b"irot"][0]] & 3] if b"irot" in own else 1
    if b"imir" in own:
        turn = _MIRRORED[data[own[b"imir"][0]] & 1][turn]
    bits = 8
    if b"av1C" in own:
        flags = data[own[b"av1C"][0] + 2]
        bits = (12 if flags & 0x20 else 10) if flags & 0x40 else 8
    return Boxed(width, height, turn, bits, several)


def _own(data: bytes, at: int, item: int) -> list[int]:
    """The numbers of an item's properties, in the order in which they apply."""
    version, wide = data[at], data[at + 3] & 1
    count = struct.unpack_from(">I", data, at + 4)[0]
    at += 8
    for _ in range(min(count, _MOST_BOXES)):
        owner = struct.unpack_from(">I" if version else ">H", data, at)[0]
        at += 4 if version else 2
        many, at = data[at], at + 1
        if owner == item:
            form, mask = (f">{many}H", 0x7FFF) if wide else (f">{many}B", 0x7F)
            return [number & mask for number in struct.unpack_from(form, data, at)]
        at += many * (2 if wide else 1)
    return []


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """(kind, (start, end) of what is in it) of each box."""
    for _ in range(_MOST_BOXES):
        if at + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        size = size or end - at
        if size < head:
            return
        yield kind, (at + head, min(at + size, end))
        at += size
