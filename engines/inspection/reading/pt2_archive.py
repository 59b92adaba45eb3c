"""The zip of an exported program: its JSON, and where its raw weights lie. Embedded pickles are never opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from engines.core.errors import BadInput
from engines.core.reading import making_sense, parse_json
from engines.core.words import tr
from engines.inspection.opening.archives import Archive, read_archive
from engines.inspection.opening.stored import Stored
from engines.inspection.reading import pt2_values
from engines.inspection.types import Tensor

MOST_JSON = 256 << 20
OLD = "serialized_exported_program.json"
PICKLED = (".pt", ".pkl", ".pth", ".bin")
CODE = (".so", ".cubin", ".dll", ".o", ".cpp")
SENSELESS = tr("The exported program makes no sense")
AGAIN = tr("Save it again with torch.export.save")


@dataclass(slots=True)
class Package:
    """program: the JSON of the model `name`. tensors: stored ones by name, and held: where the bytes of those are that
    can be read. others: more programs; pickles, code: members that stay closed."""

    path: Path
    name: str
    program: Mapping[str, Any]
    tensors: dict[str, Tensor]
    held: dict[str, Stored]
    others: tuple[str, ...] = ()
    pickles: tuple[str, ...] = ()
    code: tuple[str, ...] = ()


def read_package(path: Path) -> Package:
    """Raises `FileMissing`, and `BadInput` for what is no exported program, is cut short or lies about its sizes."""
    archive = read_archive(path)
    if archive.trick:
        raise BadInput(tr("The package is not opened: {trick}", trick=archive.trick), path=path, hint=AGAIN)
    members = archive.members
    models = _models(members)
    if not models:
        raise BadInput(tr("The package holds no exported program"), path=path, hint=_hint(members))
    member = next((name for name in models if name.endswith("/model.json")), models[0])
    old = member.endswith(OLD)
    others = tuple(name for name in models if name != member)
    closed = [name for name in members if name.endswith(PICKLED) or (old and name.endswith(".json") and name != member)]
    code = tuple(sorted(name for name in members if name.endswith(CODE)))
    package = Package(path, Path(member).stem, _json(archive, member), {}, {}, others, tuple(sorted(closed)), code)
    with making_sense(path, SENSELESS):
        _hold(package, archive, member.rpartition("models/")[0])
    return package


def _models(members: Mapping[str, Any]) -> list[str]:
    """`ROOT/models/NAME.json`, or the one file of torch before 2.8."""
    found = [name for name in members if name.endswith(".json") and name.split("/")[-2:-1] == ["models"]]
    return sorted(found) or [name for name in members if name.endswith(OLD)]


def _hint(members: Mapping[str, Any]) -> str:
    if any(name.endswith(CODE) for name in members):
        return tr("It holds compiled code (AOTInductor), which is not opened. {again}", again=AGAIN)
    return tr("A .pt2 file is written by torch.export.save")


def _json(archive: Archive, name: str) -> Mapping[str, Any]:
    size = archive.members[name].whole
    if size > MOST_JSON:
        raise BadInput(
            tr(
                "{name} claims {size:,} bytes; at most {most_json:,} are read",
                name=name,
                size=size,
                most_json=MOST_JSON,
            ),
            path=archive.path,
        )
    data = parse_json(archive.read(name, MOST_JSON), archive.path)
    if not isinstance(data, dict):
        raise BadInput(tr("{name} is no object", name=name), path=archive.path)
    return data


def _hold(package: Package, archive: Archive, root: str) -> None:
    """Stored tensors by name, their sizes compared with the members that hold them."""
    for folder in ("weights", "constants"):
        config = f"{root}data/{folder}/{package.name}_{folder}_config.json"
        table = _json(archive, config).get("config", {}) if config in archive.members else {}
        for name, row in table.items():
            member = f"{root}data/{folder}/{row['path_name']}"
            meta = row.get("tensor_meta")
            if isinstance(meta, dict):
                told, stored = _told(str(name), meta, member)
                package.tensors[told.name] = told
                if not row.get("use_pickle", False) and not member.endswith(PICKLED):
                    package.held[told.name] = _placed(stored, told.name, archive, member)


def _told(name: str, meta: Mapping[str, Any], member: str) -> tuple[Tensor, Stored]:
    told = pt2_values.tensor(name, meta)
    strides, offset = pt2_values.layout(meta)
    shape = told.shape or ()
    where = f"{member}+{offset}:{list(shape)}{list(strides)}"
    return Tensor(name, shape, told.dtype, True, where), Stored(told.dtype, shape, 0, strides, offset, where)


def _placed(stored: Stored, name: str, archive: Archive, member: str) -> Stored:
    """With its place in the file. Raises `BadInput` where the member cannot hold the tensor."""
    if member not in archive.members:
        raise BadInput(tr("The bytes of '{name}' are missing", name=name), path=archive.path, hint=AGAIN)
    if archive.members[member].packed:
        raise BadInput(tr("The bytes of '{name}' are compressed", name=name), path=archive.path, hint=AGAIN)
    if len(stored.shape) != len(stored.strides) or min((*stored.shape, *stored.strides, stored.offset)) < 0:
        raise BadInput(tr("The layout of '{name}' makes no sense", name=name), path=archive.path, hint=AGAIN)
    dtype: torch.dtype = getattr(torch, stored.dtype)
    if stored.reach * dtype.itemsize > archive.members[member].size:
        raise BadInput(
            tr("'{name}' needs more bytes than the file has for it", name=name), path=archive.path, hint=AGAIN
        )
    return Stored(stored.dtype, stored.shape, archive.start(member), stored.strides, stored.offset, stored.storage)
