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


def oriented(orientation: int) -> bytes:
    """An EXIF block that says nothing but the orientation."""
    entry = struct.pack("<HHII", 0x0112, 3, 1, orientation)
    return b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 0)


def jpeg_with(image: np.ndarray, orientation: int) -> bytes:
    """A JPEG whose camera was held in another way."""
    plain = encoded(image, ".jpg", cv2.IMWRITE_JPEG_QUALITY, 100)
    block = b"Exif\0\0" + oriented(orientation)
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + plain[2:]


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
