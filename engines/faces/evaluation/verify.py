"""Job: compares two pictures by the best pair of their faces, and says what the similarity means.

The meaning comes from what is known of the recogniser beforehand (`references`): two pictures have no gallery.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engines.core.context import Context
from engines.core.errors import BadInput
from engines.core.frames import Image
from engines.core.pictures.reading import read_picture
from engines.core.words import tr
from engines.faces.detection.finding import Finder, open_finder
from engines.faces.detection.quality import assess
from engines.faces.recognition import align
from engines.faces.recognition.embed import Embedder
from engines.faces.recognition.recognisers import open_recogniser
from engines.faces.scores.meaning import ScoreModel
from engines.faces.study_types import Verified, VerifySpec
from engines.faces.types import Face, Quality
from engines.faces.vectors import Vectors

SURE = 0.95
"""Between this probability and its complement the verdict is "not sure"."""
SUREST = 0.9999
LEAST_FAR = 1e-7
"""Rarer than this nothing was measured; relatives and twins are not in the reference at all."""
SMALL = 48.0
"""Pixels across, below which a face loses detail that recognition lives on."""
_WEAK = 0.35
_ADVICE = {
    "sharpness": "blurred",
    "frontal": tr("turned away"),
    "light": tr("badly lit"),
    "score": tr("hardly a face to the detector"),
}


@dataclass(frozen=True, slots=True)
class _Found:
    faces: tuple[Face, ...]
    vectors: Vectors


def run(spec: VerifySpec, ctx: Context) -> Verified:
    """Raises `BadInput` when a picture cannot be read or has no face, `FileMissing`, `UsageError`, `Cancelled`.

    With a recogniser of which nothing is known the verdict is "not sure", whatever the similarity.
    """
    finder, embedder = open_finder(spec.finder), open_recogniser(spec.model)
    found = []
    for number, file in enumerate((spec.a, spec.b)):
        ctx.check()
        ctx.progress(number, 2, tr("Reading faces"))
        found.append(_read(file, finder, embedder))
    return _verified(spec, found[0], found[1], ScoreModel.known(embedder.card.name))


def _read(file: str, finder: Finder, embedder: Embedder) -> _Found:
    image: Image = read_picture(file)
    detections = finder.detect(image)
    if not len(detections):
        raise BadInput(tr("No face was found in this picture"), path=file)
    crops = align.crops(image, detections.points)
    qualities: tuple[Quality, ...] = assess(image, detections, crops)
    faces = tuple(replace(face, quality=one) for face, one in zip(detections.faces(), qualities, strict=True))
    return _Found(faces, embedder.embed(align.inputs(image, detections.points, embedder.card, crops)))


def _verified(spec: VerifySpec, a: _Found, b: _Found, scores: ScoreModel | None) -> Verified:
    alike = a.vectors @ b.vectors.T
    row, column = np.unravel_index(int(np.argmax(alike)), alike.shape)
    similarity = float(np.clip(alike[row, column], -1, 1))
    pairs = alike.size
    probability = 0.5 if scores is None else min(scores.probability(similarity, pairs), SUREST)
    face_a, face_b = a.faces[row], b.faces[column]
    advice = (*_advice(face_a, "A"), *_advice(face_b, "B"))
    if scores is None:
        advice = (*advice, tr("nothing is known of this recogniser's scores, so only the similarity is given"))
    elif pairs > 1:
        advice = (
            *advice,
            tr("the best of {pairs} pairs of faces was taken, which makes chance likenesses likelier", pairs=pairs),
        )
    return Verified(
        a=str(Path(spec.a)),
        b=str(Path(spec.b)),
        face_a=face_a,
        face_b=face_b,
        similarity=similarity,
        probability=probability,
        far=1.0 if scores is None else max(scores.far(similarity), LEAST_FAR),
        verdict=verdict(probability),
        others=(len(a.faces) - 1, len(b.faces) - 1),
        advice=advice,
    )


def verdict(probability: float) -> str:
    """In one word or two: "same", "different" or "not sure"."""
    if probability >= SURE:
        return "same"
    return "different" if probability <= 1 - SURE else tr("not sure")


def _advice(face: Face, picture: str) -> tuple[str, ...]:
    told = []
    side = min(face.box.width, face.box.height)
    if side < SMALL:
        told.append(tr("the face in {picture} is small ({side:.0f} px)", picture=picture, side=side))
    quality = face.quality
    for name, words in _ADVICE.items():
        if quality is not None and float(getattr(quality, name)) < _WEAK:
            told.append(tr("the face in {picture} is {words}", picture=picture, words=words))
    return tuple(told)
