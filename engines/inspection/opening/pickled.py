"""The pickles of a file followed and judged, and where in the file the numbers lie that they speak of.

PyTorch writes a zip archive with `data.pkl` and a member a storage; before 1.6 it wrote five pickles and then the
storages one after the other; before 2017 a tar. As in PyTorch, the first bytes tell which; not the name.
"""

from __future__ import annotations

import io
import re
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from engines.core.errors import BadInput
from engines.core.words import as_sentence, tr
from engines.inspection.opening.allowed import SIZES, STORAGES, in_script, in_weights
from engines.inspection.opening.archives import Archive, read_archive
from engines.inspection.opening.pickle_machine import MOST_BYTES, TOO_LONG, Ran, follow
from engines.inspection.opening.pickle_values import Kept, Made, Name, Table, shown
from engines.inspection.types import Safety

MAGIC = 0x1950A86A20F9469CFC6C
BLOCK = 512
MOST_PICKLES, MOST_COUNT = 32, 1 << 62
FOREIGN = tr("It would import or call what has no place among weights; nothing of it was run")
KEY = re.compile(r"[\w.+-]{1,128}", re.ASCII)
ARRAY, MOST_HEAD = b"\x93NUMPY", 1 << 16
CALL = re.compile(r"[A-Za-z_]\w*(\.\w+)+\(", re.ASCII)
PICKLE = re.compile(rb"\x80[\x00-\x05]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a storage lies in the file, in bytes."""

    start: int
    bytes: int


@dataclass(slots=True)
class Pickled:
    """value: what the file would give, None where it breaks off. places: of storages, by key. layout: "zip", "legacy",
    "tar" or "pickle" (not by PyTorch). calls, why: as in `Safety`. swapped: numbers are of the other byte order."""

    layout: str
    value: Any = None
    calls: list[str] = field(default_factory=list)
    why: str = ""
    places: dict[str, Place] = field(default_factory=dict)
    swapped: bool = False

    @property
    def safety(self) -> Safety:
        if not self.calls and not self.why:
            return Safety("safe", (), tr("Its pickle rebuilds numbers and imports nothing else; it was read, not run"))
        told = list(dict.fromkeys(self.calls))
        why = self.why or FOREIGN
        return Safety("refused", tuple(told), as_sentence(why))

    def judge(self, ran: Ran, name: str = "") -> None:
        """What one pickle adds to the verdict."""
        self.calls += ran.calls
        self.calls += [f"persistent_load({shown(kept.id)})" for kept in ran.kept if storage_of(kept) is None]
        if ran.broken and not self.why:
            self.why = tr("the pickle{part} breaks off: {broken}", part=f" {name!r}" if name else "", broken=ran.broken)


def storage_of(kept: Kept) -> tuple[str, str, int, int] | None:
    """(key, dtype, elements, first element) of a storage's persistent id; None for an id of any other kind.

    Before 0.4 PyTorch wrote parts of storages as (key, first, count) behind it.
    """
    match kept.id:
        case ("storage", Name(module=("torch" | "torch.storage"), name=name), str(key), str(), int(count), *view):
            good = name in STORAGES and bool(KEY.fullmatch(key)) and 0 <= count < MOST_COUNT
        case _:
            return None
    match view:
        case [] | [None]:
            first = 0
        case [(str(), int(first), int())]:
            good = good and 0 <= first < MOST_COUNT
        case _:
            return None
    return (key, STORAGES[name], count, first) if good else None


def read_pickled(path: Path) -> Pickled:
    """Follow all pickles of a file. Raises `BadInput` for an archive whose directory cannot be read."""
    with path.open("rb") as file:
        head = file.read(BLOCK)
        if head[:4] == b"PK\x03\x04":
            return of_archive(read_archive(path), in_weights)
        if is_tar(head):
            return _of_tar(file)
        file.seek(0)
        return _of_stream(file, path)


def of_archive(archive: Archive, allowed: Callable[[Name], bool]) -> Pickled:
    """The `data.pkl` of an archive, and the verdict on all pickles in it, whatever their names."""
    found = Pickled("zip", why=archive.trick)
    mains = archive.named("data.pkl")
    for name in mains if len(mains) == 1 else ():
        found.value = _member(archive, name, allowed, found)
        folder = name.removesuffix("data.pkl") + "data/"
        try:
            found.places = _places(archive, folder)
        except BadInput as error:
            found.why = found.why or error.message
    found.swapped = any(archive.read(name, 6) == b"big" for name in archive.named("byteorder"))
    if len(mains) != 1 and not found.why:
        found.why = tr("the archive holds {count} files called data.pkl; PyTorch writes one", count=len(mains))
    for name in archive.members:
        if name not in mains[:1] or len(mains) > 1:
            _judge_other(archive, name, allowed, found)
    return found


def is_tar(head: bytes) -> bool:
    """Whether a file begins as a tar archive: to PyTorch it is one then, whatever else it could be."""
    try:
        return bool(tarfile.TarInfo.frombuf(head[:BLOCK], "utf-8", "surrogateescape").name)
    except tarfile.HeaderError:
        return False


def is_stream(path: Path) -> bool:
    """Whether a file is a pickle without saying so in its first byte (protocol 0): a text that is followed to a call
    or to its end."""
    with path.open("rb") as file:
        ran = follow(file, in_weights)
    whole = not ran.broken and isinstance(ran.value, Table | Made | list | tuple | int)
    return whole or any("(" in call.partition(" (as ")[0] for call in ran.calls)


def hidden_calls(path: Path) -> list[str]:
    """What a file of another kind would call where somebody takes it for a pickle: a few first bytes can be both."""
    with path.open("rb") as file:
        ran = follow(file, in_weights, whole=True)
    if ran.broken == TOO_LONG:
        return [TOO_LONG]
    return [call for call in ran.calls if CALL.match(call)]


def _objects(data: bytes) -> bool:
    """Whether numpy would bring an array back by a pickle; a broken head is nobody's array."""
    file = io.BytesIO(data)
    try:
        first = np.lib.format.read_magic(file) == (1, 0)
        read = np.lib.format.read_array_header_1_0 if first else np.lib.format.read_array_header_2_0
        return bool(read(file)[2].hasobject)
    except Exception:  # whatever Python's own parser raises
        return False


def _places(archive: Archive, folder: str) -> dict[str, Place]:
    inside = [one for one in archive.members.values() if one.name.startswith(folder) and not one.packed]
    return {one.name.removeprefix(folder): Place(archive.start(one.name), one.size) for one in inside}


def _member(archive: Archive, name: str, allowed: Callable[[Name], bool], found: Pickled) -> Any:
    """Follow one member; what it would leave."""
    if archive.members[name].whole > MOST_BYTES:
        found.why = found.why or tr("'{name}' unpacks to more than any pickle of weights", name=name)
        return None
    try:
        data = archive.read(name, MOST_BYTES)
    except BadInput as error:
        found.why = found.why or error.message
        return None
    file = io.BytesIO(data)
    ran = follow(file, allowed)
    found.judge(ran, name)
    if not found.why and zlib.crc32(data) != archive.members[name].crc:
        found.why = tr("'{name}' is damaged: its checksum is another", name=name)
    if not ran.broken and file.tell() < len(data):
        found.judge(follow(file, allowed), name)
        found.why = found.why or tr("more follows behind the end of the pickle '{name}'", name=name)
    return ran.value


def _judge_other(archive: Archive, name: str, allowed: Callable[[Name], bool], found: Pickled) -> None:
    """Any other member: a pickle by its name or first bytes is followed too; numbers may begin as a pickle by chance,
    so what lies in `data/` counts only where it is whole or calls something."""
    numbers = "/data/" in name
    try:
        start = archive.read(name, 2)
    except BadInput:
        return
    if name.casefold().endswith(".pkl"):
        _member(archive, name, allowed, found)
    elif PICKLE.match(start) and not (allowed is in_script and name.endswith(".debug_pkl")):
        tried = Pickled("zip")
        _member(archive, name, allowed, tried)
        if not numbers or any("(" in call for call in tried.calls):
            found.calls += tried.calls
            found.why = found.why or tr("a pickle lies in '{name}'", name=name)
    elif start == ARRAY[:2] and _objects(archive.read(name, MOST_HEAD)):
        found.why = found.why or tr(
            "the array '{name}' holds objects of Python, which only a pickle brings back", name=name
        )


def _of_tar(file: BinaryIO) -> Pickled:
    """The first pickle of each of the first members. It is never safe: PyTorch can open it without safeguards only."""
    found = Pickled("tar", why=tr("a tar as PyTorch wrote before 2017: PyTorch opens it without any safeguard only"))
    at = 0
    for _ in range(8):
        file.seek(at)
        try:
            member = tarfile.TarInfo.frombuf(file.read(BLOCK), "utf-8", "surrogateescape")
        except tarfile.HeaderError:
            break
        if member.isreg():
            found.calls += follow(file, in_weights).calls
        at += BLOCK + -(-max(member.size, 0) // BLOCK) * BLOCK
    return found


def _of_stream(file: BinaryIO, path: Path) -> Pickled:
    """Pickles one after the other: PyTorch's magic number, version, machine, object, keys; or any others."""
    first = follow(file, in_weights)
    ours = first.value == MAGIC and not isinstance(first.value, bool)
    found = Pickled("legacy" if ours else "pickle", None if ours else first.value)
    found.judge(first)
    rest = [] if first.broken else _following(file, 4 if ours else MOST_PICKLES)
    for ran in rest:
        if ours or ran.calls:
            found.judge(ran)
    if ours and not found.why and not found.calls:
        if len(rest) < 4:
            raise BadInput(
                tr("The file is cut short: its pickles are not all there"), path=path, hint=tr("Fetch it again")
            )
        found.value = rest[2].value
        machine = rest[1].value
        found.swapped = isinstance(machine, Table) and ("little_endian", False) in machine.pairs
        found.places = _stored(file, rest[3].value, rest[2].kept, path)
    return found


def _following(file: BinaryIO, most: int) -> list[Ran]:
    found: list[Ran] = []
    while len(found) < most and file.read(1):
        file.seek(-1, io.SEEK_CUR)
        found.append(follow(file, in_weights))
        if found[-1].broken:
            break
    return found


def _stored(file: BinaryIO, keys: Any, kept: Iterable[Kept], path: Path) -> dict[str, Place]:
    """Storages one after the other: elements as int64, then the numbers."""
    told = [storage_of(each) for each in kept]
    dtypes = {key: dtype for key, dtype, *_ in filter(None, told)}
    end = file.seek(0, io.SEEK_CUR)
    size = path.stat().st_size
    places: dict[str, Place] = {}
    for key in keys if isinstance(keys, list) else ():
        file.seek(end)
        head = file.read(8)
        count = struct.unpack("<q", head)[0] if len(head) == 8 else -1
        length = count * SIZES[dtypes[key]] if key in dtypes else -1
        if length < 0 or end + 8 + length > size:
            raise BadInput(
                tr("The file is cut short: not all of its numbers are there"), path=path, hint=tr("Fetch it again")
            )
        places[key] = Place(end + 8, length)
        end += 8 + length
    return places
