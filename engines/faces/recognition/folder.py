"""A folder of pictures, one person each, as a table of faces: what evaluation, audit and enrolment start from.

Pictures are read, searched and described on a few threads, each with networks of its own; the networks let other
threads run meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import local

import numpy as np

from engines.core.context import Context
from engines.core.errors import BadInput, KinoscopeError
from engines.core.frames import Image
from engines.core.pictures.files import LeftOut, gathered
from engines.core.pictures.reading import read_picture
from engines.core.words import tr
from engines.faces.detection.finding import Finder, open_finder
from engines.faces.detection.quality import Values, assess
from engines.faces.detection.yunet import Detections
from engines.faces.recognition import align
from engines.faces.recognition.embed import Embedder, Network
from engines.faces.recognition.naming import Naming, people_of
from engines.faces.recognition.recognisers import open_recogniser
from engines.faces.table import FaceTable
from engines.faces.types import Face, FinderSettings, ModelCard
from engines.faces.vectors import Vectors, unit

LEAST_SHARE = 0.3
"""A face smaller than this part of the largest one is in the background."""


@dataclass(frozen=True, slots=True)
class FolderFaces:
    """One face of each picture, all in order. files: where each is; table.faces: the files' names below the folder.

    missed: names of pictures without a face; broken: (name, why) of those that cannot be read. left_out: files
    that are no pictures that can be read, by their names.
    """

    table: FaceTable
    files: tuple[Path, ...]
    faces: tuple[Face, ...]
    missed: tuple[str, ...]
    broken: tuple[tuple[str, str], ...]
    card: ModelCard
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """One picture's face, or why there is none ("" no face in it)."""

    face: Face | None = None
    vector: Vectors | None = None
    why: str = ""


def read_folder(
    paths: Sequence[str | Path],
    *,
    model: str = "sface",
    finder: FinderSettings = FinderSettings(),
    flip: bool = False,
    ctx: Context,
    naming: Naming = "auto",
    threads: int = 2,
) -> FolderFaces:
    """The main face of every picture in these files and folders, described.

    flip: average each vector with that of the mirrored face. Raises `BadInput` when no picture is there or none has a
    face, `FileMissing`, `Cancelled`.
    """
    found = gathered(paths, deep=True)
    files = list(found.files)
    if not files:
        raise BadInput(tr("There is no picture here"), path=paths[0] if paths else None, hint=found.words)
    card = open_recogniser(model).card
    reads: list[_Read] = []
    for read in _spread(_Reader(model, finder, flip).read, files, threads, ctx):
        reads.append(read)
        ctx.progress(len(reads), len(files), tr("Reading faces"))
    return replace(_gathered(files, reads, people_of(files, naming), card), left_out=found.left_out)


def main_face(found: Detections, width: int, height: int) -> int:
    """The row of the face that a portrait is about: closest to the centre for its size, background faces aside."""
    sides = found.boxes[:, 2:].max(axis=1)
    centres = found.boxes[:, :2] + found.boxes[:, 2:] / 2
    away = np.hypot(centres[:, 0] - width / 2, centres[:, 1] - height / 2) / np.maximum(sides, 1)
    away[sides < LEAST_SHARE * sides.max()] = np.inf
    return int(np.argmin(away))


def describe(embedder: Embedder, crops: Image, flip: bool = False) -> Vectors:
    """n aligned faces -> n x dim unit vectors; flip: averaged with those of the mirrored faces."""
    return judge(embedder, crops, flip)[0]


def judge(embedder: Embedder, crops: Image, flip: bool = False) -> tuple[Vectors, Values | None]:
    """`describe`, and how clear each face is to the network (for `quality.assess`), None when it cannot say."""
    vectors, clarity = embedder.judge(crops) if isinstance(embedder, Network) else (embedder.embed(crops), None)
    return (unit(vectors + embedder.embed(crops[:, :, ::-1])) if flip else vectors), clarity


class _Reader:
    """Reads pictures on any number of threads: each has its own finder and recogniser."""

    def __init__(self, model: str, finder: FinderSettings, flip: bool) -> None:
        self._model, self._finder, self._flip = model, replace(finder, threads=1), flip
        self._own = local()

    def read(self, file: Path) -> _Read:
        finder, embedder = self._networks()
        try:
            image = read_picture(file)
        except KinoscopeError as error:
            return _Read(why=error.message)
        found = finder.detect(image)
        if not len(found):
            return _Read()
        found = found.take(np.array([main_face(found, image.shape[1], image.shape[0])]))
        crops = align.crops(image, found.points)
        vectors, clarity = judge(embedder, align.inputs(image, found.points, embedder.card, crops), self._flip)
        return _Read(replace(found.faces()[0], quality=assess(image, found, crops, clarity)[0]), vectors[0])

    def _networks(self) -> tuple[Finder, Embedder]:
        if not hasattr(self._own, "networks"):
            self._own.networks = open_finder(self._finder), open_recogniser(self._model)
        networks: tuple[Finder, Embedder] = self._own.networks
        return networks


def _spread(work: Callable[[Path], _Read], files: list[Path], threads: int, ctx: Context) -> Iterator[_Read]:
    """`work` on each file in order, a few ahead; a cancel drops what has not begun."""
    with ThreadPoolExecutor(max(threads, 1), thread_name_prefix="read-faces") as pool:
        waiting: list[Future[_Read]] = []
        try:
            for file in files:
                ctx.check()
                waiting.append(pool.submit(work, file))
                if len(waiting) > 4 * threads:
                    yield waiting.pop(0).result()
            while waiting:
                ctx.check()
                yield waiting.pop(0).result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _gathered(files: list[Path], reads: list[_Read], people: tuple[str, ...], card: ModelCard) -> FolderFaces:
    names = _names(files)
    rows = [row for row, read in enumerate(reads) if read.face is not None]
    faces = tuple(face for read in reads if (face := read.face) is not None)
    vectors = [vector for read in reads if (vector := read.vector) is not None]
    if not rows:
        raise BadInput(tr("None of these pictures has a face that can be found"), path=files[0])
    quality = np.array([face.quality.total if face.quality else 1.0 for face in faces], np.float32)
    chosen = tuple(names[row] for row in rows), tuple(people[row] for row in rows)
    table = FaceTable(*chosen, np.stack(vectors).astype(np.float32), quality)
    missed = tuple(name for name, read in zip(names, reads, strict=True) if read.face is None and not read.why)
    broken = tuple((name, read.why) for name, read in zip(names, reads, strict=True) if read.why)
    return FolderFaces(table, tuple(files[row] for row in rows), faces, missed, broken, card)


def _names(files: list[Path]) -> list[str]:
    """Below the folder that all of them share."""
    root = Path(os.path.commonpath([file.resolve().parent for file in files]))
    return [file.resolve().relative_to(root).as_posix() for file in files]
