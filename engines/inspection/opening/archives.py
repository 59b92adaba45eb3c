"""Zip archives of model files, read so that no two readers can see different things in them.

Names, sizes and places come from the directory at the end; each is compared with the head before the data. Whatever
lets readers disagree (two members of one name, bytes before the first, a name that leads outside) is told by `trick`.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from engines.core.errors import BadInput
from engines.core.reading import open_zip, regular_file
from engines.core.words import tr

MOST_DIRECTORY = 16 << 20
END, END_SIZE, LOCATOR64, END64, FAR = b"PK\x05\x06", 22, b"PK\x06\x07", b"PK\x06\x06", 1 << 16
LOCAL = struct.Struct("<4s22xHH")
AGAIN = tr("Fetch or save it again")


@dataclass(frozen=True, slots=True)
class Member:
    """size: of its data in the archive; whole: unpacked. packed: it is compressed."""

    name: str
    head: int
    size: int
    whole: int
    crc: int
    packed: bool
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Archive:
    """The members of a zip file, by name; of two with one name the last."""

    path: Path
    size: int
    members: Mapping[str, Member]
    trick: str = ""

    def named(self, end: str) -> list[str]:
        """Names whose last part is `end`, or that end so where it begins with a dot."""
        return [name for name in self.members if name.endswith(end if end[:1] == "." else f"/{end}") or name == end]

    def start(self, name: str) -> int:
        """Where its data begin. Raises `BadInput` where the head before them is of another member."""
        member = self.members[name]
        with self.path.open("rb") as file:
            file.seek(max(member.head, 0))
            head = file.read(LOCAL.size)
            if len(head) == LOCAL.size and member.head >= 0:
                magic, length, more = LOCAL.unpack(head)
                same = magic == b"PK\x03\x04" and file.read(length).replace(b"\\", b"/") == name.encode()
                if same and member.head + LOCAL.size + length + more + member.size <= self.size:
                    return int(member.head + LOCAL.size + length + more)
        raise BadInput(
            tr("The archive is cut short, or its directory lies about '{name}'", name=name), path=self.path, hint=AGAIN
        )

    def read(self, name: str, most: int) -> bytes:
        """At most `most` bytes of a member, unpacked."""
        member = self.members[name]
        with self.path.open("rb") as file:
            file.seek(self.start(name))
            data = file.read(min(member.size, most))
        if not member.packed:
            return data
        try:
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, most)
        except zlib.error as error:
            raise BadInput(tr("'{name}' in the archive is damaged", name=name), path=self.path, hint=AGAIN) from error


def read_archive(path: Path) -> Archive:
    """The directory alone. Raises `FileMissing`, and `BadInput` for what is no zip file or is cut short."""
    path = regular_file(path, what=tr("model file"))
    size = path.stat().st_size
    _check_directory(path, size)
    with open_zip(path, what=tr("model file"), most=1 << 62) as archive:
        found = archive.infolist()
    members = [_member(info) for info in found]
    other = next((info.filename for info in found if info.filename != info.orig_filename), "")
    alias = (
        tr("'{other}' in the archive has two names: which one counts depends on the reader", other=other)
        if other
        else ""
    )
    return Archive(path, size, {one.name: one for one in members}, alias or _trick(members))


def _member(info: zipfile.ZipInfo) -> Member:
    packed = info.compress_type != zipfile.ZIP_STORED
    locked = bool(info.flag_bits & 1) or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    return Member(info.filename, info.header_offset, info.compress_size, info.file_size, info.CRC, packed, locked)


def _trick(members: list[Member]) -> str:
    names = sorted(one.name.casefold() for one in members)
    twice = next((one for one, other in pairwise(names) if one == other), None)
    if twice is not None:
        return tr("the archive holds '{twice}' twice: which one is read depends on the reader", twice=twice)
    away = next((name for name in names if name.startswith("/") or ".." in name.split("/") or "\\" in name), None)
    if away is not None:
        return tr("the archive holds a name that leads out of it: '{away}'", away=away)
    if members and min(members, key=lambda one: one.head).head != 0:
        return tr("other bytes lie before the archive: to some readers the file is of another kind")
    shut = next((one.name for one in members if one.locked), None)
    return tr("'{shut}' in the archive is locked or packed in a way of its own", shut=shut) if shut is not None else ""


def _check_directory(path: Path, size: int) -> None:
    """A directory of millions of members would fill the memory before anything is known of them."""
    with path.open("rb") as file:
        file.seek(max(0, size - END_SIZE - FAR))
        tail = file.read()
        at = tail.rfind(END)
        if at < 0 or len(tail) - at < END_SIZE:
            raise BadInput(tr("The archive is cut short: its directory is missing"), path=path, hint=AGAIN)
        (length,) = struct.unpack_from("<I", tail, at + 12)
        if tail[at - 20 : at - 16] == LOCATOR64 and at >= 20:
            length = _length64(file, size - len(tail) + at, struct.unpack_from("<Q", tail, at - 12)[0])
    if length > min(MOST_DIRECTORY, size):
        raise BadInput(tr("The directory of the archive makes no sense"), path=path, hint=AGAIN)


def _length64(file: BinaryIO, end: int, told: int) -> int:
    """Of the directory of a large archive, or more than there is where its record does not lie right before its
    locator: some readers go where the locator says, others to the bytes before it."""
    file.seek(max(0, end - 20 - 56))
    record = file.read(56)
    one = told == end - 20 - 56 and record[:4] == END64
    return int(struct.unpack_from("<Q", record, 40)[0]) if one else end + 1 + MOST_DIRECTORY
