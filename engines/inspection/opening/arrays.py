"""Arrays of numpy (.npz) by their heads; numbers are read when asked for, and no object of Python ever is."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engines.core.errors import BadInput
from engines.core.reading import array_from
from engines.core.words import as_sentence, tr
from engines.inspection.opening.allowed import in_weights
from engines.inspection.opening.archives import Archive, read_archive
from engines.inspection.opening.model import Model, Weights
from engines.inspection.opening.pickle_machine import follow
from engines.inspection.opening.state_dicts import NO_GRAPH
from engines.inspection.opening.stored import counted
from engines.inspection.types import Format, ModelSheet, OpenSpec, Safety, Tensor

if TYPE_CHECKING:
    import torch

MOST_HEAD = 1 << 16
MOST_ARRAY = 4 << 30
SAFE = Safety("safe", (), tr("Plain arrays of numbers"))
AGAIN = "Save it with numpy.savez"


def open_file(path: Path, _spec: OpenSpec) -> Model:
    """Raises `BadInput` for objects that would be unpickled, and for what is cut short."""
    archive = read_archive(path)
    safety = judged(archive)
    if safety.verdict != "safe":
        raise BadInput(
            tr("{why}: {calls}", why=safety.why, calls="; ".join(safety.calls) or tr("objects of Python")),
            path=path,
            hint=AGAIN,
        )
    tensors = tuple(_told(archive, name) for name in archive.members)
    sheet = ModelSheet(
        path=str(path), title=path.name, format=Format.ARRAYS, bytes=path.stat().st_size, safety=safety,
        counts=counted(tensors), tensors=tensors, runs=NO_GRAPH,
    )  # fmt: skip
    return Model(sheet, ArrayWeights(archive))


def judged(archive: Archive) -> Safety:
    """The verdict on an archive of arrays: one of objects holds a pickle, which is followed and named."""
    if archive.trick:
        return Safety("refused", (), as_sentence(archive.trick))
    calls: list[str] = []
    held = [name for name in archive.members if _head(archive, name)[1].hasobject]
    for name in held:
        data = archive.read(name, MOST_HEAD << 4)
        file = io.BytesIO(data)
        _read_head(file, archive.path)
        calls += follow(file, in_weights).calls
    why = (
        tr("The array '{held}' holds objects of Python, which only a pickle brings back", held=held[0])
        if held
        else SAFE.why
    )
    return Safety("refused" if held else "safe", tuple(calls), why)


class ArrayWeights(Weights[str]):
    """Of an archive, each unpacked when asked for."""

    def __init__(self, archive: Archive) -> None:
        super().__init__({name.removesuffix(".npy"): name for name in archive.members})
        self._archive = archive

    def __getitem__(self, name: str) -> torch.Tensor:
        import torch

        member = self._held[name]
        size = self._archive.members[member].whole
        if size > MOST_ARRAY:
            raise BadInput(tr("The array '{name}' is larger than what is read", name=name), path=self._archive.path)
        data = self._archive.read(member, size)
        array = array_from(io.BytesIO(data), len(data), self._archive.path, tr("file of arrays"))
        return torch.from_numpy(np.array(array, array.dtype.newbyteorder("=")))


def _told(archive: Archive, name: str) -> Tensor:
    shape, dtype = _head(archive, name)
    member = archive.members[name]
    if member.whole < dtype.itemsize * int(np.prod(shape, dtype=object)):
        raise BadInput(tr("The array '{name}' is cut short", name=name), path=archive.path, hint=AGAIN)
    return Tensor(name.removesuffix(".npy"), shape, dtype.name, True, "", dtype.kind in "bUSMm")


def _head(archive: Archive, name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    return _read_head(io.BytesIO(archive.read(name, MOST_HEAD)), archive.path)


def _read_head(file: io.BytesIO, path: Path) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Of a broken head numpy raises whatever Python's own parser does."""
    try:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(file)
        return tuple(int(size) for size in shape), dtype
    except Exception as error:
        raise BadInput(tr("The file of arrays is broken or cut short"), path=path, hint=AGAIN) from error
