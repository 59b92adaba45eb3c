"""Heads of picture files: kind, size, orientation, bits and count, read before anything is unpacked.

Only what has a head that is known here is given to a decoder: so nothing of an unknown size is ever unpacked.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engines.core.pictures import boxes
from engines.core.pictures.tags import ORIENTATION, STARTS, Directory, directory, orientation
from engines.core.words import tr

PNG = b"\x89PNG\r\n\x1a\n"
JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG that are followed by the size."""
_SCAN, _END, _APP1, _BARE = 0xDA, 0xD9, 0xE1, frozenset({0x01, *range(0xD0, 0xD9)})
_GAP = rb"(?:\s|#[^\n]*\n)+"
_PNM = re.compile(rb"^P([1-6])" + _GAP + rb"(\d{1,9})" + _GAP + rb"(\d{1,9})(?:" + _GAP + rb"(\d{1,9}))?")
_PFM = re.compile(rb"^P[Ff]\s+(\d{1,9})\s+(\d{1,9})\s")
_HDR = re.compile(rb"\n[+-]([XY]) (\d{1,9}) [+-]([XY]) (\d{1,9})\n")
_FLOAT, _SIGNED = 3, 2
_ASSOCIATED, _SEPARATE = 1, 2
_MOST_PARTS = 1 << 20
_FAR = 1 << 26


@dataclass(frozen=True, slots=True)
class Head:
    """kind: in words. width, height: as stored. turn: EXIF orientation, 1 to 8, that makes it upright.

    deep: bytes of a sample once unpacked. white: the value of white among the unpacked ones, 0 where it is not said.
    significant: bits that are said to be in use of 16. several: it holds more pictures than the first one.
    turn_at: where a TIFF's turn stands, (place, order of bytes). premultiplied: colours are already a share of alpha.
    black_is_white: large values are dark and the decoder leaves them. clear: the grey that means transparent.
    unread: of what sort it is, in words, where that sort cannot be decoded here.
    """

    kind: str
    width: int
    height: int
    turn: int = 1
    deep: int = 1
    white: int = 0
    significant: int = 0
    several: bool = False
    turn_at: tuple[int, str] | None = None
    premultiplied: bool = False
    black_is_white: bool = False
    clear: int | None = None
    unread: str = ""


def head_of(data: bytes) -> Head | None:
    """None for what does not begin as a picture, or breaks off before it has said its size."""
    for starts, read in _READERS:
        if data.startswith(starts):
            try:
                return read(data)
            except (struct.error, IndexError, ValueError, KeyError):
                return None
    return None


def is_picture(data: bytes) -> bool:
    """Whether a file that begins so means to be a picture."""
    if kinds := boxes.brands(data):
        return bool({"avif", "avis"} & set(kinds))
    return any(data.startswith(starts) for starts, _ in _READERS)


def _png(data: bytes) -> Head:
    width, height, bits, colour = struct.unpack_from(">IIBB", data, 16)
    turn, significant, several, clear = 1, 0, False, None
    at = len(PNG)
    for _ in range(_MOST_PARTS):
        if at + 8 > len(data):
            break
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"eXIf":
            turn = orientation(data[at + 8 : at + 8 + size])
        elif kind == b"sBIT":
            significant = max(data[at + 8 : at + 8 + min(size, 3)], default=0)
        elif kind == b"acTL":
            several = struct.unpack_from(">I", data, at + 8)[0] > 1
        elif kind == b"tRNS" and colour == 0:
            clear = struct.unpack_from(">H", data, at + 8)[0] * (255 // ((1 << bits) - 1) if bits < 8 else 1)
        at += 12 + size
    return Head(
        "PNG", width, height, turn, deep=bits // 8 or 1, significant=significant, several=several, clear=clear
    )  # fmt: skip


def _jpeg(data: bytes) -> Head | None:
    turn, size, bits = 1, None, 8
    for marker, at, end in _segments(data):
        if marker in JPEG_SIZES:
            bits, height, width = struct.unpack_from(">BHH", data, at)
            size = (width, height)
        elif marker == _APP1 and turn == 1 and data.startswith(b"Exif\0\0", at):
            turn = orientation(data[at:end])
    if size is None:
        return None
    unread = "" if bits == 8 else tr("a JPEG of {bits} bits", bits=bits)
    return Head("JPEG", *size, turn, unread=unread)


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, start, end) of what stands before a JPEG's picture."""
    at = 2
    for _ in range(_MOST_PARTS):
        at = data.find(b"\xff", at)
        if at < 0 or at + 4 > len(data) or data[at + 1] in (_SCAN, _END):
            return
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        else:
            length = max(struct.unpack_from(">H", data, at + 2)[0], 2)
            yield marker, at + 4, at + 2 + length
            at += 2 + length


def _tiff(data: bytes) -> Head | None:
    tags = directory(data)
    width, height = tags.first(256), tags.first(257)
    if not width or not height:
        return None
    bits, form, photometric = tags.first(258, 1), tags.first(339, 1), tags.first(262)
    turn = tags.first(ORIENTATION, 1)
    place = (tags.places[ORIENTATION], tags.order) if ORIENTATION in tags.places else None
    most, extra = tags.first(281), tags.first(338)
    return Head(
        "TIFF", width, height, turn if 1 <= turn <= 8 else 1,
        deep=max(1, (bits + 7) // 8), significant=16 if bits in (10, 12, 14) else most.bit_length(),
        several=_more_pages(data, tags.next), turn_at=place,
        premultiplied=extra == _ASSOCIATED or (extra == _SEPARATE and bits <= 8),
        black_is_white=photometric == 0 and bits > 8 and form not in (_FLOAT, _SIGNED),
        unread=_unread_tiff(tags, bits),
    )  # fmt: skip


def _unread_tiff(tags: Directory, bits: int) -> str:
    if 50706 in tags.places:
        return tr("a camera's raw file")
    return tr("a TIFF of {bits} bits a sample", bits=bits) if bits not in (1, 8, 10, 12, 14, 16, 32, 64) else ""


def _more_pages(data: bytes, at: int) -> bool:
    """Whether a further directory is a page of its own, not a small copy of the first."""
    if not at:
        return False
    try:
        return not directory(data, at=at).first(254) & 1
    except (struct.error, ValueError):
        return False


def _webp(data: bytes) -> Head | None:
    if data[8:12] != b"WEBP":
        return None
    size, turn, frames, at = _webp_size(data), 1, 0, 12
    while at + 8 <= len(data) and frames < 2:
        kind, length = struct.unpack_from("<4sI", data, at)
        if kind == b"EXIF":
            turn = orientation(data[at + 8 : at + 8 + length])
        frames += kind == b"ANMF"
        at += 8 + length + (length & 1)
    return None if size is None else Head("WebP", *size, turn, several=frames > 1)


def _webp_size(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _gif(data: bytes) -> Head:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    return Head("GIF", width, height, several=_gif_pictures(data, 13 + _colours(flags)) > 1)


def _gif_pictures(data: bytes, at: int) -> int:
    """At most 2 are counted, as far as `_FAR` bytes in."""
    count = 0
    end = min(len(data), _FAR)
    while at < end and count < 2:
        if data[at] == 0x2C:
            count += 1
            at += 11 + _colours(data[at + 9])
        elif data[at] == 0x21:
            at += 2
        else:
            break
        while at < end and data[at]:
            at += 1 + data[at]
        at += 1
    return count


def _colours(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _bmp(data: bytes) -> Head:
    if struct.unpack_from("<I", data, 14)[0] == 12:
        return Head("BMP", *struct.unpack_from("<HH", data, 18))
    width, height = struct.unpack_from("<ii", data, 18)
    return Head("BMP", width, abs(height))


def _avif(data: bytes) -> Head | None:
    kinds = boxes.brands(data)
    found = boxes.avif(data) if {"avif", "avis"} & set(kinds) else None
    if found is None:
        return Head("HEIC", 1, 1, unread="HEIC") if set(kinds) & set(boxes.HEIF) else None
    deep, white = (2, (1 << found.bits) - 1) if found.bits > 8 else (1, 0)
    return Head("AVIF", found.width, found.height, found.turn, deep, white, several=found.several)


def _jpeg2000(data: bytes) -> Head | None:
    found = boxes.jpeg2000(data)
    if found is None:
        return None
    white = (1 << found.bits) - 1 if found.bits not in (8, 16) else 0
    return Head(tr("JPEG 2000"), found.width, found.height, deep=2 if found.bits > 8 else 1, white=white)


def _pnm(data: bytes) -> Head | None:
    match = _PNM.match(data[:4096])
    if match is None:
        return None
    sort, most = int(match[1]), int(match[4] or 1)
    told = sort in (5, 6) or (sort in (2, 3) and most > 255)
    white = most if told and most not in (255, 65535) else 0
    return Head("PNM", int(match[2]), int(match[3]), deep=2 if sort not in (1, 4) and most > 255 else 1, white=white)


def _pam(data: bytes) -> Head:
    fields = dict(line.split(None, 1) for line in data[3:4096].split(b"ENDHDR")[0].splitlines() if b" " in line)
    most = int(fields[b"MAXVAL"])
    white = most if most not in (1, 255, 65535) else 0
    return Head("PAM", int(fields[b"WIDTH"]), int(fields[b"HEIGHT"]), deep=2 if most > 255 else 1, white=white)


def _pfm(data: bytes) -> Head | None:
    match = _PFM.match(data[:4096])
    return None if match is None else Head("PFM", int(match[1]), int(match[2]), deep=4)


def _hdr(data: bytes) -> Head | None:
    match = _HDR.search(data[:8192])
    if match is None or match[1] == match[3]:
        return None
    sizes = {match[1]: int(match[2]), match[3]: int(match[4])}
    return Head("HDR", sizes[b"X"], sizes[b"Y"], deep=4)


def _sun(data: bytes) -> Head:
    return Head(tr("Sun raster"), *struct.unpack_from(">II", data, 4))


def _boxed(data: bytes) -> Head | None:
    return _avif(data) if data[4:8] == b"ftyp" else None


_READERS: tuple[tuple[bytes | tuple[bytes, ...], Callable[[bytes], Head | None]], ...] = (
    (b"\xff\xd8\xff", _jpeg),
    (PNG, _png),
    (STARTS, _tiff),
    (b"RIFF", _webp),
    (b"BM", _bmp),
    (b"GIF8", _gif),
    ((b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"), _jpeg2000),
    (tuple(b"P%d" % sort for sort in range(1, 7)), _pnm),
    (b"P7\n", _pam),
    ((b"PF", b"Pf"), _pfm),
    ((b"#?RADIANCE", b"#?RGBE"), _hdr),
    (b"\x59\xa6\x6a\x95", _sun),
    (tuple(b"\0\0\0" + bytes([size]) + b"ftyp" for size in range(16, 256)), _boxed),
)
