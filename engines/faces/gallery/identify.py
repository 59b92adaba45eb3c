"""Identification of pictures: every face against a gallery, with the threshold for the asked rate of strangers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from engines.core.context import Context
from engines.core.errors import BadInput, KinoscopeError
from engines.core.names import shown
from engines.core.pictures.files import gathered
from engines.core.pictures.reading import read_picture
from engines.core.words import tr
from engines.faces.detection.finding import Finder, open_finder
from engines.faces.detection.quality import assess
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.search import PersonIndex
from engines.faces.recognition import align
from engines.faces.recognition.embed import Embedder
from engines.faces.recognition.recognisers import open_recogniser
from engines.faces.scores.meaning import ScoreModel
from engines.faces.types import Accept, FinderSettings


def identify(
    gallery: Gallery,
    images: Sequence[str],
    accept: Accept,
    finder: FinderSettings,
    ctx: Context,
    threshold: float | None = None,
    model: str = "",
) -> dict[str, Any]:
    """Faces of each picture, left to right, with name ("" unknown), similarity, probability and the nearest person.

    The same person is named once a picture: the more similar face gets the name. A picture that cannot be read has its
    "problem" in words. model: the gallery's recogniser where it no longer lies where it was. Raises `BadInput` for an
    empty gallery, no picture, or another model's gallery, `FileMissing` without its recogniser.
    """
    listing = gathered(images, deep=True)
    files = listing.files
    if not files:
        raise BadInput(tr("There is no picture here"), path=images[0] if images else None, hint=listing.words)
    index = gallery.index()
    if not len(index):
        raise BadInput(tr("The gallery has nobody yet"), path=gallery.path, hint=tr("Enrol somebody first"))
    scores = ScoreModel.of(gallery.table(), gallery.card.name)
    needed = scores.threshold(accept) if threshold is None else threshold
    embedder = open_recogniser(gallery.recogniser(model))
    gallery.check_model(embedder.card)
    found, found_at = open_finder(finder), []
    for done, file in enumerate(files):
        ctx.check()
        ctx.progress(done, len(files), tr("Reading {file}", file=shown(file.name)))
        found_at.append(_picture(file, found, embedder, index, scores, needed))
    return {
        "gallery": str(gallery.path),
        "people": len(index),
        "far": accept.rate if threshold is None else scores.strangers(needed),
        "threshold": needed,
        "basis": scores.basis,
        "images": found_at,
        "left_out": [asdict(one) for one in listing.left_out],
    }


def _picture(
    file: Path, finder: Finder, embedder: Embedder, index: PersonIndex, scores: ScoreModel, needed: float
) -> dict[str, Any]:
    answer: dict[str, Any] = {"file": str(file), "faces": [], "problem": ""}
    try:
        image = read_picture(file)
    except KinoscopeError as error:
        return answer | {"problem": error.message}
    found = finder.detect(image)
    if not len(found):
        return answer
    found = found.take(np.argsort(found.boxes[:, 0], kind="stable"))
    crops = align.crops(image, found.points)
    quality = assess(image, found, crops)
    matches = index.match(embedder.embed(align.inputs(image, found.points, embedder.card, crops)))
    named = once(matches.people, matches.similarity, needed)
    for row in range(len(found)):
        near = float(matches.similarity[row])
        face = {
            "box": [round(float(side), 1) for side in found.boxes[row]],
            "score": round(float(found.scores[row]), 4),
            "quality": quality[row].total,
            "person": matches.people[row] if named[row] else "",
            "name": matches.names[row] if named[row] else "",
            "nearest": matches.names[row],
            "similarity": near,
            "probability": scores.probability(near, len(index)),
            "strangers": scores.strangers(near, len(index)),
        }
        answer["faces"].append(face)
    return answer


def once(people: Sequence[str], similarity: np.ndarray[Any, Any], needed: float) -> list[bool]:
    """Which faces get their name: those above the threshold, of each person the most similar one."""
    best: dict[str, int] = {}
    for row, person in enumerate(people):
        if similarity[row] >= needed and (person not in best or similarity[row] > similarity[best[person]]):
            best[person] = row
    return [best.get(person) == row for row, person in enumerate(people)]
