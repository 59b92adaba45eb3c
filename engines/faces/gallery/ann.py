"""Nearest vectors: exact by one matrix product, and where that gets slow by a graph that can always be made again.

The graph (HNSW, Malkov and Yashunin, 2016; usearch) keeps half-precision copies and gives candidates, whose cosines are
then computed from the full vectors, so similarities are exact either way. It is kept in a file beside a gallery only
when that is not encrypted, under a key made of the gallery's revision and model; a file with another key, or a damaged
one, is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from engines.core.errors import KinoscopeError
from engines.core.files import atomic_path
from engines.core.reading import MOST_ARRAY, parse_json, read_bytes
from engines.faces.vectors import Rows, Vectors

LIMIT = 100_000
"""Fewer vectors than this are searched exactly."""
SMALL = 2**24
"""So are more, while all their numbers together are no more than this: 64 MiB are read in 2 ms, as fast as a graph."""
CONNECTIVITY = 24
ADDING = 96
SEARCHING = 256
CANDIDATES = 16
_BLOCK = 2**23
"""Similarities held at once by the exact search."""
_HEAD = 4096


class Nearest(Protocol):
    """n x dim unit vectors that can be searched."""

    @property
    def vectors(self) -> Vectors: ...

    def search(self, probes: Vectors, count: int) -> tuple[Rows, Vectors]:
        """m x dim -> rows and cosines, each m x count, the nearest first."""
        ...


class Exact:
    """Every cosine is computed."""

    def __init__(self, vectors: Vectors) -> None:
        self.vectors = np.ascontiguousarray(vectors, np.float32)

    def search(self, probes: Vectors, count: int) -> tuple[Rows, Vectors]:
        probes = np.asarray(probes, np.float32)
        count = min(count, len(self.vectors))
        rows = np.zeros((len(probes), count), np.intp)
        near = np.zeros((len(probes), count), np.float32)
        step = max(1, _BLOCK // max(len(self.vectors), 1))
        for start in range(0, len(probes) if count else 0, step):
            part = slice(start, start + step)
            rows[part], near[part] = _best(self._product(probes[part]), count)
        return rows, near

    def _product(self, probes: Vectors) -> Vectors:
        if len(probes) == 1:
            return np.asarray((self.vectors @ probes[0])[None], np.float32)
        return np.asarray(probes @ self.vectors.T, np.float32)


class Approximate:
    """A graph finds candidates; their cosines are exact. threads: for building."""

    def __init__(self, vectors: Vectors, graph: Any = None, threads: int = 2) -> None:
        self.vectors = np.ascontiguousarray(vectors, np.float32)
        self.graph = graph
        if graph is None:
            self.graph = _empty(self.vectors.shape[1])
            self.graph.add(np.arange(len(self.vectors)), self.vectors, threads=threads)

    def search(self, probes: Vectors, count: int) -> tuple[Rows, Vectors]:
        probes = np.asarray(probes, np.float32)
        wanted = min(max(count, CANDIDATES), len(self.vectors))
        rows = np.asarray(self.graph.search(probes, wanted, threads=1).keys, np.uint64).astype(np.intp)
        rows = rows.reshape(len(probes), -1)
        near = np.einsum("md,mcd->mc", probes, self.vectors[rows]).astype(np.float32)
        order = np.argsort(-near, axis=1, kind="stable")[:, :count]
        return np.take_along_axis(rows, order, 1), np.take_along_axis(near, order, 1)


def nearest_of(vectors: Vectors, cache: Path | None = None, key: str = "", keep: bool = True) -> Nearest:
    """Exact below `LIMIT` and `SMALL`; beyond a graph, from `cache` when that was made for `key`, else made and kept.

    keep: False reads the cache and never writes it.
    """
    if len(vectors) < LIMIT or vectors.size <= SMALL:
        return Exact(vectors)
    graph = None if cache is None else load(cache, key, len(vectors), vectors.shape[1])
    found = Approximate(vectors, graph)
    if cache is not None and graph is None and keep:
        save(cache, key, found)
    return found


def save(path: Path, key: str, found: Approximate) -> None:
    """Keep a graph for `load`. What lies there and is no graph of ours stays."""
    if not os.path.lexists(path) or is_index(path):
        write(path, key, len(found.vectors), bytes(found.graph.save()))


def write(path: Path, key: str, count: int, body: bytes) -> None:
    """A head of fixed length that says what the graph belongs to, then the graph."""
    head = {"key": key, "count": count, "sha256": hashlib.sha256(body).hexdigest()}
    with atomic_path(path, private=True) as part:
        part.write_bytes(json.dumps(head).encode().ljust(_HEAD) + body)


def is_index(path: Path) -> bool:
    """Whether a file, not a link, is one that `save` wrote, whole or not."""
    if path.is_symlink() or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            head = parse_json(file.read(_HEAD))
    except (OSError, KinoscopeError):
        return False
    return isinstance(head, dict) and set(head) == {"key", "count", "sha256"}


def load(path: Path, key: str, count: int, dim: int) -> Any:
    """The graph, or None when the file is not there, not of this key, or damaged."""
    try:
        content = read_bytes(path, most=MOST_ARRAY)
        head = parse_json(content[:_HEAD])
        body = content[_HEAD:]
        wanted = {"key": key, "count": count, "sha256": hashlib.sha256(body).hexdigest()}
        if head != wanted:
            return None
        graph = _empty(dim)
        graph.load(bytearray(body))
        return graph if len(graph) == count else None
    except (KinoscopeError, ValueError, RuntimeError):
        return None


def _empty(dim: int) -> Any:
    """onnxruntime first: imported after usearch it crashes the process (onnxruntime 1.31, usearch 2.26)."""
    import onnxruntime  # noqa: F401
    from usearch.index import Index

    return Index(
        ndim=dim,
        metric="ip",
        dtype="f16",
        connectivity=CONNECTIVITY,
        expansion_add=ADDING,
        expansion_search=SEARCHING,
    )


def _best(near: Vectors, count: int) -> tuple[Rows, Vectors]:
    """The largest `count` of each line, in order."""
    if count == 1:
        rows = near.argmax(axis=1)[:, None]
    elif count < near.shape[1]:
        rows = np.argpartition(near, near.shape[1] - count, axis=1)[:, -count:]
    else:
        rows = np.broadcast_to(np.arange(near.shape[1]), near.shape)
    found = np.take_along_axis(near, rows, 1)
    order = np.argsort(-found, axis=1, kind="stable")
    return np.take_along_axis(rows, order, 1).astype(np.intp), np.take_along_axis(found, order, 1)
