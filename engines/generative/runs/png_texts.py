"""Text chunks of PNG files, plain or compressed, read within limits and without the picture. No torch.

ASCII is written as tEXt, the one kind that every program keeps when it saves a picture again.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO

from engines.core.errors import BadInput
from engines.core.reading import MIB, regular_file
from engines.core.words import tr

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KINDS = (b"tEXt", b"zTXt", b"iTXt")
MOST = MIB
"""Bytes of one text, packed and unpacked. No settings of ours are that long."""
MOST_CHUNKS = 1_000_000


def chunk(key: str, text: str) -> bytes:
    """A text chunk: tEXt for ASCII, else iTXt."""
    if text.isascii():
        return _chunk(b"tEXt", key.encode("latin-1") + b"\0" + text.encode("ascii"))
    return _chunk(b"iTXt", key.encode("latin-1") + b"\0\0\0\0\0" + text.encode("utf-8"))


def read(path: str | Path, unpacked: Collection[str], hint: str = "") -> dict[str, str]:
    """The texts of a PNG by keyword; of the compressed ones only those under the keywords `unpacked`.

    A text longer than `MOST` is left out. Raises `FileMissing`, and `BadInput` for what is no PNG.
    """
    path = regular_file(path, what=tr("picture"))
    try:
        with path.open("rb") as file:
            if file.read(len(SIGNATURE)) != SIGNATURE:
                raise BadInput(tr("Not a PNG file"), path=path, hint=hint)
            found = (_text(kind, body, unpacked) for kind, body in _chunks(file))
            return dict(each for each in found if each is not None)
    except OSError as error:
        raise BadInput(tr("The picture cannot be read: {strerror}", strerror=error.strerror), path=path) from error


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of the text chunks; all others are stepped over."""
    for _ in range(MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8 or head[4:] == b"IEND":
            return
        length = int.from_bytes(head[:4], "big")
        if head[4:] in KINDS and length <= MOST:
            body = file.read(length)
            if len(body) == length:
                yield head[4:], body
            length = 0
        file.seek(length + 4, 1)


def _text(kind: bytes, body: bytes, unpacked: Collection[str]) -> tuple[str, str] | None:
    name, _, rest = body.partition(b"\0")
    key = name.decode("latin-1")
    packed = kind == b"zTXt"
    if packed:
        rest = rest[1:]
    elif kind == b"iTXt":
        packed = rest[:1] == b"\1"
        parts = rest[2:].split(b"\0", 2)
        if len(parts) < 3:
            return None
        rest = parts[2]
    if packed and key not in unpacked:
        return None
    content = _unpacked(rest) if packed else rest
    return None if content is None else (key, _decoded(content))


def _unpacked(content: bytes) -> bytes | None:
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(content, MOST)
    except zlib.error:
        return None
    return text if stream.eof else None


def _decoded(content: bytes) -> str:
    """UTF-8, which some programs write even where Latin-1 is due."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")
