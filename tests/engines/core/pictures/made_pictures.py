"""Picture files of every sort, made from known pixels without any library that reads pictures for a living."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np

CMYK_JPEG = base64.b64decode(
    "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgW"
    "FBgSFBUU/8AAFAgAIAAgBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAAB"
    "fQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hp"
    "anN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5"
    "+v/aAA4EQwBNAFkASwAAPwD9U6/VOv1Tr9U6KKKK/lXooooooor+qiiiiiiiiv5V6KKKKKKK/qor+Vev5V6KKKKKK/qor+qivypooooor+Ve"
    "v5V6/Vaiiiiiv6qK/qor8qaKKKK//9k="
)
"""32 x 32 in four inks (Adobe): white and cyan above, red and half black below, 16 pixels each."""


def scene(height: int = 48, width: int = 64, seed: int = 0) -> np.ndarray:
    """A smooth picture without symmetry, BGR: no two of its eight turns are alike."""
    coarse = np.random.default_rng(seed).integers(0, 256, (5, 6, 3)).astype(np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def upright(image: np.ndarray, orientation: int) -> np.ndarray:
    """What a viewer shows for pixels `image` with this EXIF orientation, by its definition in the standard."""
    transposed = image.transpose(1, 0, 2) if orientation >= 5 else image
    rows = -1 if orientation in (3, 4, 7, 8) else 1
    columns = -1 if orientation in (2, 3, 6, 7) else 1
    return transposed[::rows, ::columns]


def oriented(orientation: int, order: str = "<") -> bytes:
    """An EXIF block that says nothing but the orientation."""
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    start = b"II*\0" if order == "<" else b"MM\0*"
    return start + struct.pack(order + "IH", 8, 1) + entry + struct.pack(order + "I", 0)


def jpeg_with(image: np.ndarray, orientation: int, order: str = "<") -> bytes:
    """A JPEG whose camera was held in another way."""
    plain = encoded(image, ".jpg", cv2.IMWRITE_JPEG_QUALITY, 100)
    block = b"Exif\0\0" + oriented(orientation, order)
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + plain[2:]


def png_with(image: np.ndarray, *chunks: tuple[bytes, bytes], late: bool = False) -> bytes:
    """A PNG with more chunks, behind its head or before its end."""
    plain = encoded(image, ".png")
    at = len(plain) - 12 if late else 33
    return plain[:at] + b"".join(_chunk(kind, data) for kind, data in chunks) + plain[at:]


def webp_with(image: np.ndarray, orientation: int) -> bytes:
    """A lossless WebP in the extended form, with an EXIF block."""
    plain = encoded(image, ".webp", cv2.IMWRITE_WEBP_QUALITY, 101)
    height, width = image.shape[:2]
    block = oriented(orientation)
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    inner = b"VP8X" + struct.pack("<I", 10) + b"\x08\0\0\0" + sizes + plain[12:]
    inner += b"EXIF" + struct.pack("<I", len(block)) + block + b"\0" * (len(block) & 1)
    return b"RIFF" + struct.pack("<I", 4 + len(inner)) + b"WEBP" + inner


def avif_with(image: np.ndarray, turns: int | None, mirror: int | None) -> bytes:
    """An AVIF with quarter turns against the clock (irot) and then a mirror (imir) among its properties."""
    plain = encoded(image, ".avif", cv2.IMWRITE_AVIF_QUALITY, 100)
    added = [(b"irot", turns)] * (turns is not None) + [(b"imir", mirror)] * (mirror is not None)
    boxes = b"".join(struct.pack(">I4sB", 9, kind, value) for kind, value in added)
    ipco, ipma = plain.index(b"ipco") - 4, plain.index(b"ipma") - 4
    known = _children(plain[ipco + 8 : ipma])
    more = bytes(0x80 | (known + 1 + number) for number in range(len(added)))
    listed = ipma + 8 + 4 + 4 + 2
    changed = bytearray(plain[:ipma] + boxes + plain[ipma:])
    changed[listed + len(boxes)] += len(added)
    end = listed + len(boxes) + 1 + plain[listed]
    changed[end:end] = more
    both = len(boxes + more)
    for kind, grown in ((b"ipco", len(boxes)), (b"ipma", len(more)), (b"iprp", both), (b"meta", both)):
        at = changed.index(kind) - 4
        changed[at : at + 4] = struct.pack(">I", struct.unpack_from(">I", changed, at)[0] + grown)
    iloc = changed.index(b"iloc") - 4
    place = iloc + 8 + 4 + 2 + 2 + 2 + 2 + 2
    changed[place : place + 4] = struct.pack(">I", struct.unpack_from(">I", changed, place)[0] + both)
    return bytes(changed)


def tiff(samples: np.ndarray, bits: int, order: str = "<", **tags: int | tuple[int, ...]) -> bytes:
    """An uncompressed TIFF in one strip, from H x W or H x W x C samples of whole bytes (or packed ones of H x W)."""
    height, width = samples.shape[:2]
    count = 1 if samples.ndim == 2 else samples.shape[2]
    stored = samples.astype(samples.dtype.newbyteorder(order))
    data = _packed(samples, bits) if bits in (10, 12, 14) else stored.tobytes()
    fields: dict[int, tuple[int, ...]] = {
        256: (width,), 257: (height,), 258: (bits,) * count, 259: (1,), 262: (2 if count > 2 else 1,), 273: (0,),
        277: (count,), 278: (height,), 279: (len(data),),
    }  # fmt: skip
    numbers = {"orientation": 274, "photometric": 262, "most": 281, "extra": 338, "form": 339}
    for name, value in tags.items():
        fields[numbers[name]] = value if isinstance(value, tuple) else (value,) * (count if name == "form" else 1)
    after = 8 + 2 + 12 * len(fields) + 4
    outside, entries = b"", b""
    place = after + sum(2 * len(values) for values in fields.values() if len(values) > 2)
    for tag, values in sorted((fields | {273: (place,)}).items()):
        long = tag in (256, 257, 273, 278, 279)
        packed = struct.pack(f"{order}{len(values)}{'I' if long else 'H'}", *values)
        if len(packed) > 4:
            outside, packed = outside + packed, struct.pack(order + "I", after + len(outside))
        entries += struct.pack(order + "HHI", tag, 4 if long else 3, len(values)) + packed.ljust(4, b"\0")
    start = b"II*\0" if order == "<" else b"MM\0*"
    head = start + struct.pack(order + "IH", 8, len(fields))
    return head + entries + struct.pack(order + "I", 0) + outside + data


def gif_of(*levels: int) -> bytes:
    """Grey dots of one pixel each, four at most, shown after one another."""
    colours = b"".join(bytes([level] * 3) for level in levels).ljust(12, b"\0")
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2"
    codes = (0b100 | number << 3 | 0b101 << 6 for number in range(len(levels)))
    shown = b"".join(frame + struct.pack("<H", code) + b"\0" for code in codes)
    return b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x81, 0, 0) + colours + shown + b";"


def png_head(width: int, height: int) -> bytes:
    """A PNG that promises this size and holds nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"")) + _chunk(b"IEND", b"")


def encoded(image: np.ndarray, suffix: str, *options: int) -> bytes:
    done, data = cv2.imencode(suffix, image, list(options))
    assert done
    return data.tobytes()


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _children(data: bytes) -> int:
    count, at = 0, 0
    while at < len(data):
        at += struct.unpack_from(">I", data, at)[0]
        count += 1
    return count


def _packed(samples: np.ndarray, bits: int) -> bytes:
    """Each row begins a new byte."""
    planes = (samples[:, :, None] >> np.arange(bits - 1, -1, -1)) & 1
    return np.packbits(planes.astype(np.uint8).reshape(len(samples), -1), axis=1).tobytes()
