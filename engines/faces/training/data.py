"""The data of a training: one face of each picture of a folder, whose it is, and which pictures are held out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.core.context import Context
from engines.core.errors import BadInput
from engines.core.frames import Image
from engines.core.pictures.reading import read_picture
from engines.core.words import tr
from engines.faces.recognition import align
from engines.faces.recognition.folder import FolderFaces, read_folder
from engines.faces.study_types import HeadSpec
from engines.faces.types import ModelCard
from engines.faces.vectors import Rows


@dataclass(frozen=True, eq=False)
class HeadData:
    """inputs: n x dim vectors (frozen backbone) or n x 112 x 112 x 3 BGR crops. labels: index into `people`.

    train, held: rows, disjoint. base: the recogniser that the vectors come from.
    """

    inputs: NDArray[np.float32] | Image
    labels: Rows
    people: tuple[str, ...]
    train: Rows
    held: Rows
    base: ModelCard


def read(spec: HeadSpec, ctx: Context, threads: int) -> HeadData:
    """Read the folder of `spec`.

    Raises `BadInput` when it has no faces, only one person, or nobody with two pictures.
    """
    found = read_folder([spec.images], model=spec.model, ctx=ctx, threads=threads)
    table = found.table
    people, labels = table.labels()
    check_people(labels, people, spec.images)
    inputs = table.vectors if spec.backbone == "frozen" else crops(found, ctx)
    check_finite(inputs, table.faces)
    train, held = split(labels, spec.held_out, spec.seed)
    return HeadData(inputs, labels, people, train, held, found.card)


def check_people(labels: Rows, people: tuple[str, ...], folder: str | Path) -> None:
    hint = tr("One folder a person, or files named NAME_0001.jpg")
    if len(people) < 2:
        raise BadInput(tr("A head is trained to tell people apart: here is one person only"), path=folder, hint=hint)
    if np.bincount(labels).max() < 2:
        raise BadInput(
            tr("Nobody here has two pictures, so none can be held out to see what was learned"), path=folder, hint=hint
        )


def check_finite(inputs: NDArray[np.generic], faces: tuple[str, ...]) -> None:
    """Raises `BadInput` naming the first face whose embedding is no number."""
    if inputs.dtype == np.uint8:
        return
    bad = np.flatnonzero(~np.isfinite(inputs).all(axis=1))
    if len(bad):
        raise BadInput(
            tr("The recogniser gives no number for this face"), path=faces[bad[0]], hint=tr("Take the picture out")
        )


def crops(found: FolderFaces, ctx: Context) -> Image:
    """The aligned faces, n x 112 x 112 x 3."""
    made = np.empty((len(found.files), align.SIDE, align.SIDE, 3), np.uint8)
    for row, (file, face) in enumerate(zip(found.files, found.faces, strict=True)):
        ctx.check()
        ctx.progress(row, len(made), tr("Aligning faces"))
        made[row] = align.crop(read_picture(file), np.asarray(face.points), align.SIDE)
    return made


def split(labels: Rows, share: float, seed: int) -> tuple[Rows, Rows]:
    """Rows to train on and rows held out, both ascending: of each person with two pictures or more, `share` of them
    (at least one, and one always stays)."""
    chance = np.random.default_rng(seed)
    held = []
    for person in range(int(labels.max()) + 1):
        rows = chance.permutation(np.flatnonzero(labels == person))
        count = min(max(round(share * len(rows)), 1), len(rows) - 1)
        held.append(rows[:count])
    away = np.sort(np.concatenate(held))
    return np.setdiff1d(np.arange(len(labels)), away), away
