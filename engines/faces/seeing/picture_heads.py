"""How many pixels a picture file says it has, read from its first bytes: asked before anything is unpacked."""

from __future__ import annotations

import re
import struct

JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG that are followed by the size."""
PNM = re.compile(rb"^P[1-6]\s+(?:#[^\n]*\s+)*(\d{1,9})\s+(?:#[^\n]*\s+)*(\d{1,9})")


STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"BM", b"GIF8", b"RIFF")


def is_picture(head: bytes) -> bool:
    """Whether a file that begins so means to be a picture."""
    return head.startswith(STARTS) or bool(PNM.match(head[:4096]))


def size_of(head: bytes) -> tuple[int, int] | None:
    """(width, height) as the file's head gives them; None for a form that is not known here or too short a head."""
    try:
        if head[:8] == b"\x89PNG\r\n\x1a\n":
            return _two(">II", head, 16)
        if head[:3] == b"\xff\xd8\xff":
            return _jpeg(head)
        if head[:4] in (b"II*\0", b"MM\0*"):
            return _tiff(head)
        if head[:2] == b"BM":
            width, height = _two("<ii", head, 18)
            return width, abs(height)
        if head[:3] == b"GIF":
            return _two("<HH", head, 6)
        if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
            return _webp(head)
    except (struct.error, IndexError):
        return None
    match = PNM.match(head[:4096])
    return (int(match[1]), int(match[2])) if match else None


def _two(form: str, head: bytes, at: int) -> tuple[int, int]:
    a, b = struct.unpack_from(form, head, at)
    return a, b


def _jpeg(head: bytes) -> tuple[int, int]:
    at = 2
    while True:
        while head[at] == 0xFF and head[at + 1] == 0xFF:
            at += 1
        marker = head[at + 1]
        if marker in JPEG_SIZES:
            height, width = _two(">HH", head, at + 5)
            return width, height
        at += 2 + struct.unpack_from(">H", head, at + 2)[0]


def _tiff(head: bytes) -> tuple[int, int] | None:
    order = "<" if head[:2] == b"II" else ">"
    at = struct.unpack_from(order + "I", head, 4)[0]
    sizes: dict[int, int] = {}
    for entry in range(struct.unpack_from(order + "H", head, at)[0]):
        place = at + 2 + 12 * entry
        tag, kind = _two(order + "HH", head, place)
        if tag in (256, 257):
            sizes[tag] = struct.unpack_from(order + ("H" if kind == 3 else "I"), head, place + 8)[0]
    return (sizes[256], sizes[257]) if len(sizes) == 2 else None


def _webp(head: bytes) -> tuple[int, int] | None:
    kind = head[12:16]
    if kind == b"VP8X":
        return (int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1)
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", head, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = _two("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None
