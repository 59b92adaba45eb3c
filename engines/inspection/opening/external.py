"""External data of an ONNX file judged before any is read: weights beside the file are its own, all others are not."""

from __future__ import annotations

import ntpath
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engines.core.errors import BadInput, FileMissing
from engines.core.words import tr

EXTERNAL = 1
"""`TensorProto.EXTERNAL`."""
HINT = tr("Get the model with its weights beside it, in the same folder")


def check(proto: Any, path: Path) -> tuple[str, ...]:
    """Names of the files beside an ONNX `ModelProto` (loaded without external data) that hold its weights.

    Raises `BadInput` for a place outside the model's folder (absolute, by "..", by a link) and for data that are cut
    short, `FileMissing` for a file that is not there.
    """
    found: dict[str, None] = {}
    for tensor in external_tensors(proto):
        said = {entry.key: entry.value for entry in tensor.external_data}
        _check_one(said, tensor.name, path)
        found[said["location"]] = None
    return tuple(found)


def outside(proto: Any, path: Path) -> tuple[str, ...]:
    """Places outside the model's folder that it asks to read, each once; nothing is opened."""
    told = (entry.value for each in external_tensors(proto) for entry in each.external_data if entry.key == "location")
    return tuple(dict.fromkeys(place for place in told if not _inside(place, path)))


def external_tensors(proto: Any) -> Iterator[Any]:
    """Every `TensorProto` of a model whose data lie elsewhere: of graphs within graphs and of functions too."""
    graphs, nodes = [proto.graph], [node for function in proto.functions for node in function.node]
    while graphs or nodes:
        tensors: list[Any] = []
        if graphs:
            graph = graphs.pop()
            tensors += graph.initializer
            tensors += [part for sparse in graph.sparse_initializer for part in (sparse.values, sparse.indices)]
            nodes += graph.node
        else:
            for attribute in nodes.pop().attribute:
                tensors += [attribute.t, *attribute.tensors]
                graphs += [attribute.g, *attribute.graphs]
        yield from (tensor for tensor in tensors if tensor.data_location == EXTERNAL or tensor.external_data)


def _check_one(said: dict[str, str], tensor: str, path: Path) -> None:
    place = said.get("location", "")
    if not _inside(place, path):
        raise BadInput(
            tr("The weights '{tensor}' lie outside the model's folder, at '{place}'", tensor=tensor, place=place),
            path=path,
            hint=HINT,
        )
    file = path.parent / place
    if not file.is_file():
        raise FileMissing(
            tr("The weights '{tensor}' lie in '{place}', which is not there", tensor=tensor, place=place),
            path=path,
            hint=HINT,
        )
    try:
        offset, length = (int(said.get(key) or 0) for key in ("offset", "length"))
    except ValueError as error:
        raise BadInput(
            tr("The place of the weights '{tensor}' makes no sense", tensor=tensor), path=path, hint=HINT
        ) from error
    if min(offset, length) < 0 or offset + length > file.stat().st_size:
        raise BadInput(
            tr("The weights '{tensor}' are cut short: '{place}' ends before them", tensor=tensor, place=place),
            path=path,
            hint=HINT,
        )


def _inside(place: str, path: Path) -> bool:
    """A plain relative path below the model's folder that no link leads out of it, nor to anything but a file."""
    parts = place.replace("\\", "/").split("/")
    if not place or "\0" in place or ".." in parts or os.path.isabs(place) or ntpath.splitdrive(place)[0]:
        return False
    if place.startswith(("/", "\\")):
        return False
    folder, file = Path(os.path.realpath(path.parent)), path.parent / place
    real = Path(os.path.realpath(file))
    return folder in real.parents and not file.is_symlink() and (real.is_file() or not os.path.lexists(real))
