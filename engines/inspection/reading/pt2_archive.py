"""The zip of an exported program: its JSON and its raw weights, read one by one. Embedded pickles are never opened."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from engines.core.errors import BadInput
from engines.core.reading import making_sense, open_zip, parse_json
from engines.inspection.reading import pt2_values
from engines.inspection.types import Tensor

WHAT = ".pt2 file"
MOST_JSON = 256 << 20
OLD = "serialized_exported_program.json"
MOST = 1 << 44
"""Members are checked one by one, so the whole may be of any size."""
PICKLED = (".pt", ".pkl", ".pth", ".bin")
CODE = (".so", ".cubin", ".dll", ".o", ".cpp")
SENSELESS = "The exported program makes no sense"


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored tensor: where its bytes are, "" where they are pickled or missing."""

    tensor: Tensor
    member: str = ""
    stride: tuple[int, ...] = ()
    offset: int = 0


@dataclass(slots=True)
class Archive:
    """A package that was looked into. program: the JSON of its model. closed: members that were not opened."""

    path: Path
    name: str
    program: Mapping[str, Any]
    entries: Mapping[str, Entry]
    others: tuple[str, ...] = ()
    pickles: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    problem: str = field(default="")


def read_archive(path: Path) -> Archive:
    """Raises `FileMissing`, and `BadInput` for what is no exported program, is cut short or lies about its sizes."""
    with open_zip(path, what=WHAT, most=MOST) as archive:
        members = {info.filename: info for info in archive.infolist()}
        if len(members) < len(archive.infolist()):
            raise BadInput("The package holds two members of one name", path=path)
        models = _models(members)
        if not models:
            raise BadInput("The package holds no exported program", path=path, hint=_hint(members))
        member = next((name for name in models if name.endswith("/model.json")), models[0])
        program = _json(archive, members[member], path)
        name = Path(member).stem
        root = member.rpartition("models/")[0]
        with making_sense(path, SENSELESS):
            entries = _entries(archive, members, root, name, path)
    pickles = tuple(sorted(each for each in members if each.endswith(PICKLED)))
    old = member.endswith(OLD)
    pickles += tuple(sorted(each for each in members if old and each.endswith(".json") and each != member))
    code = tuple(sorted(each for each in members if each.endswith(CODE)))
    others = tuple(sorted(each for each in models if each != member))
    return Archive(path, "" if old else name, program, entries, others, pickles, code)


class RawWeights:
    """Stored tensors by name, read from the zip when asked for."""

    def __init__(self, path: Path, entries: Mapping[str, Entry]) -> None:
        self._path, self._held = path, {name: entry for name, entry in entries.items() if entry.member}

    def __getitem__(self, name: str) -> torch.Tensor:
        entry = self._held[name]
        with open_zip(self._path, what=WHAT, most=MOST) as archive:
            data = bytearray(archive.read(entry.member))
        return _tensor(entry, data, self._path)

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __contains__(self, name: object) -> bool:
        return name in self._held

    def __len__(self) -> int:
        return len(self._held)


def _models(members: Mapping[str, zipfile.ZipInfo]) -> list[str]:
    """`ROOT/models/NAME.json`, or the one file of torch before 2.8."""
    found = [name for name in members if name.endswith(".json") and name.split("/")[-2:-1] == ["models"]]
    return sorted(found) or [name for name in members if name == OLD]


def _hint(members: Mapping[str, zipfile.ZipInfo]) -> str:
    if any(name.endswith(CODE) for name in members):
        return "It holds compiled code (AOTInductor), which is not opened; save the program with torch.export.save"
    return "A .pt2 file is written by torch.export.save"


def _json(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> Mapping[str, Any]:
    if info.file_size > MOST_JSON:
        raise BadInput(f"{info.filename} claims {info.file_size:,} bytes; at most {MOST_JSON:,} are read", path=path)
    data = parse_json(archive.read(info), path)
    if not isinstance(data, dict):
        raise BadInput(f"{info.filename} is no object", path=path)
    return data


def _entries(
    archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], root: str, name: str, path: Path
) -> dict[str, Entry]:
    """Stored tensors by name, their sizes compared with the members that hold them."""
    found: dict[str, Entry] = {}
    for folder in ("weights", "constants"):
        config = members.get(f"{root}data/{folder}/{name}_{folder}_config.json")
        table = _json(archive, config, path).get("config", {}) if config else {}
        for stored, row in table.items():
            found[str(stored)] = _entry(str(stored), row, f"{root}data/{folder}/", members, path)
    return found


def _entry(name: str, row: Mapping[str, Any], folder: str, members: Mapping[str, zipfile.ZipInfo], path: Path) -> Entry:
    meta = row.get("tensor_meta")
    place = str(row["path_name"])
    if not isinstance(meta, dict):
        return Entry(Tensor(name, None, "", True, f"{folder}{place}", True))
    told = pt2_values.tensor(name, meta)
    stride, offset = pt2_values.layout(meta)
    where = f"{folder}{place}+{offset}:{list(told.shape or ())}{list(stride)}"
    tensor = Tensor(name, told.shape, told.dtype, True, where, not row.get("is_param", False))
    if row.get("use_pickle", False) or place.endswith(PICKLED):
        return Entry(tensor)
    entry = Entry(tensor, f"{folder}{place}", stride, offset)
    _check(entry, members, path)
    return entry


def _check(entry: Entry, members: Mapping[str, zipfile.ZipInfo], path: Path) -> None:
    """Raises `BadInput` where the member cannot hold the tensor: no memory is taken on a head's word."""
    info = members.get(entry.member)
    shape = entry.tensor.shape or ()
    if info is None:
        raise BadInput(f"The bytes of '{entry.tensor.name}' are missing", path=path)
    if info.compress_type != zipfile.ZIP_STORED:
        raise BadInput(f"The bytes of '{entry.tensor.name}' are compressed", path=path, hint="Save it again with torch")
    numbers = (*shape, *entry.stride, entry.offset)
    if len(shape) != len(entry.stride) or any(number < 0 for number in numbers):
        raise BadInput(f"The layout of '{entry.tensor.name}' makes no sense", path=path)
    there = min(info.file_size, info.compress_size, path.stat().st_size - info.header_offset)
    if _reach(entry) * _each(entry) > there or info.file_size > there:
        raise BadInput(f"'{entry.tensor.name}' needs more bytes than the file has for it", path=path)


def _reach(entry: Entry) -> int:
    """Elements from the start of the storage to the end of the tensor."""
    shape = entry.tensor.shape or ()
    if 0 in shape:
        return 0
    return entry.offset + 1 + sum((size - 1) * step for size, step in zip(shape, entry.stride, strict=True))


def _each(entry: Entry) -> int:
    dtype: torch.dtype = getattr(torch, entry.tensor.dtype)
    return dtype.itemsize


def _tensor(entry: Entry, data: bytearray, path: Path) -> torch.Tensor:
    shape, dtype = entry.tensor.shape or (), getattr(torch, entry.tensor.dtype)
    if math.prod(shape) == 0:
        return torch.empty(shape, dtype=dtype)
    if _reach(entry) * _each(entry) > len(data):
        raise BadInput(f"The bytes of '{entry.tensor.name}' are no longer all there", path=path)
    flat = torch.frombuffer(data, dtype=dtype, count=len(data) // _each(entry))
    return flat.as_strided(shape, entry.stride, entry.offset)
