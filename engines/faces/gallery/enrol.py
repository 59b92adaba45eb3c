"""Enrolment in two steps: find and judge the faces in pictures (a job; nothing is stored), then store what was taken.

The review lies in a folder of its own: a portrait of each face and `vectors.npy`. It goes when it is stored or dropped.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from engines.core.context import Context
from engines.core.errors import BadInput, KinoscopeError
from engines.core.frames import Image
from engines.core.names import shown, tidy_name
from engines.core.pictures.files import gathered
from engines.core.pictures.reading import read_picture
from engines.core.reading import read_array
from engines.core.words import tr
from engines.faces.detection.finding import Finder, open_finder
from engines.faces.detection.quality import assess
from engines.faces.detection.yunet import Detections
from engines.faces.gallery import enrol_review, review_folders
from engines.faces.gallery import rows as gallery_rows
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.rows import MARGIN, PORTRAIT, NewFace
from engines.faces.gallery.types import Candidate, Change, Gathered, GatherSpec
from engines.faces.recognition import align
from engines.faces.recognition.embed import Embedder
from engines.faces.recognition.folder import LEAST_SHARE, judge, main_face
from engines.faces.recognition.naming import people_of
from engines.faces.recognition.recognisers import open_recogniser
from engines.faces.scores.meaning import ScoreModel
from engines.faces.types import FinderSettings
from engines.faces.vectors import Vectors

VECTORS = "vectors.npy"


def run(spec: GatherSpec, ctx: Context) -> Gathered:
    """Find the main face of every picture and say what speaks against it. Writes only the review's folder.

    Raises `BadInput` when there is no picture, `FileMissing` without weights, `Cancelled`; then the folder goes.
    """
    started = time.perf_counter()
    found = gathered(spec.files, deep=True)
    files = found.files
    if not files:
        raise BadInput(tr("There is no picture here"), path=spec.files[0] if spec.files else None, hint=found.words)
    names = (
        tuple(tidy_name(spec.person) for _ in files) if spec.naming == "one" else _names(people_of(files, spec.naming))
    )
    folder = Path(spec.out)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(0o700, exist_ok=True)
    try:
        with ctx.lease(threads=2) as lease:
            finder = open_finder(FinderSettings(search=spec.search, threads=lease.threads))
            gatherer = _Gatherer(folder, finder, open_recogniser(spec.model))
            for done, (file, name) in enumerate(zip(files, names, strict=True)):
                ctx.check()
                ctx.progress(done, len(files), tr("Reading {file}", file=shown(file.name)))
                gatherer.take(file, name)
        candidates = gatherer.judged()
    except BaseException:
        drop(Gathered(spec.out, "", (), 0, 0.0))
        raise
    ctx.progress(len(files), len(files), tr("Done"))
    people = len({candidate.name for candidate in candidates if candidate.row >= 0})
    seconds = time.perf_counter() - started
    return Gathered(str(folder), gatherer.sha256, candidates, people, seconds, found.left_out)


def _names(people: Sequence[str]) -> tuple[str, ...]:
    """As they are written: `Ada_Lovelace_0001.jpg` shows Ada Lovelace."""
    return tuple(tidy_name(person.replace("_", " ")) for person in people)


class _Gatherer:
    """Collects the candidates of one review."""

    def __init__(self, folder: Path, finder: Finder, embedder: Embedder) -> None:
        self._folder, self._finder, self._embedder = folder, finder, embedder
        self.sha256 = embedder.card.sha256
        self._candidates: list[Candidate] = []
        self._vectors: list[Vectors] = []
        self._grey: list[Image] = []

    def take(self, file: Path, name: str) -> None:
        blank = Candidate(str(file), name)
        try:
            image = read_picture(file)
        except KinoscopeError as error:
            self._candidates.append(enrol_review.doubted(blank, "unreadable", error.message))
            return
        found = self._finder.detect(image)
        if not len(found):
            self._candidates.append(enrol_review.doubted(blank, "no-face", tr("No face was found in it")))
            return
        sides = found.boxes[:, 2:].max(axis=1)
        several = int((sides >= LEAST_SHARE * sides.max()).sum())
        found = found.take(np.array([main_face(found, image.shape[1], image.shape[0])]))
        self._keep(blank, image, found, several)

    def _keep(self, blank: Candidate, image: Image, found: Detections, several: int) -> None:
        points, face = found.points[0], found.faces()[0]
        crops = align.crops(image, points[None])
        vectors, clarity = judge(self._embedder, align.inputs(image, points[None], self._embedder.card, crops))
        quality = assess(image, found, crops, clarity)[0]
        crop = self._folder / f"{len(self._candidates):05d}.png"
        portrait = align.crop(image, points, PORTRAIT, MARGIN)
        review_folders.write(crop, cv2.imencode(".png", portrait)[1].tobytes())
        row = len(self._vectors)
        candidate = replace(blank, crop=str(crop), row=row, box=face.box, points=face.points, quality=quality)
        if several > 1:
            words = tr("There are {several} faces in it; the one in the middle is taken", several=several)
            candidate = enrol_review.doubted(candidate, "many-faces", words)
        for doubt, words in enrol_review.weak(quality):
            candidate = enrol_review.doubted(candidate, doubt, words)
        self._candidates.append(candidate)
        self._vectors.append(vectors[0])
        grey = cv2.cvtColor(gallery_rows.aligned(portrait), cv2.COLOR_BGR2GRAY)
        self._grey.append(np.asarray(cv2.resize(grey, (56, 56)), np.uint8))

    def judged(self) -> tuple[Candidate, ...]:
        """With what the set says of each; the vectors are written."""
        dim = self._embedder.card.dim
        vectors = np.stack(self._vectors) if self._vectors else np.zeros((0, dim), np.float32)
        content = io.BytesIO()
        np.save(content, vectors, allow_pickle=False)
        review_folders.write(self._folder / VECTORS, content.getvalue())
        grey = np.stack(self._grey) if self._grey else np.zeros((0, 56, 56), np.uint8)
        return enrol_review.judge(self._candidates, vectors, grey, self._embedder.card.name)


def compared(gathered: Gathered, gallery: Gallery) -> Gathered:
    """The review judged against a gallery too: pictures it has already, people it knows by another name.

    Raises `BadInput` when the gallery was made with another model.
    """
    _same_model(gathered, gallery)
    table = gallery.table()
    if not len(table):
        return gathered
    scores = ScoreModel.of(table, gallery.card.name)
    candidates = enrol_review.against(
        gathered.candidates, vectors_of(gathered), table, gallery.names(), scores, gallery.card.name
    )
    return replace(gathered, candidates=candidates)


def store(gallery: Gallery, gathered: Gathered, taken: Sequence[bool], names: Sequence[str]) -> Change:
    """Store the candidates that were taken, under the names as edited, as one action; then the review's folder goes.

    Raises `BadInput` when nothing is taken, or when the gallery was made with another model.
    """
    _same_model(gathered, gallery)
    vectors = vectors_of(gathered)
    people: dict[str, list[NewFace]] = {}
    for candidate, take, name in zip(gathered.candidates, taken, names, strict=True):
        if take and candidate.row >= 0:
            people.setdefault(tidy_name(name), []).append(_new_face(candidate, vectors[candidate.row]))
    if not people:
        raise BadInput(tr("Nothing is taken"), hint=tr("Tick at least one face"))
    change = gallery.add_people(list(people.items()))
    drop(gathered)
    return change


def drop(gathered: Gathered) -> None:
    """Delete a review's files, and its folder when nothing else is in it."""
    review_folders.clear(Path(gathered.folder))


def vectors_of(gathered: Gathered) -> Vectors:
    """rows x dim. Raises `BadInput` when the review's folder is gone."""
    try:
        return np.asarray(read_array(Path(gathered.folder) / VECTORS), np.float32)
    except (KinoscopeError, ValueError) as error:
        raise BadInput(
            tr("The review's files are gone"), path=gathered.folder, hint=tr("Look for faces again")
        ) from error


def held_back(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Those that are not advised."""
    return tuple(candidate for candidate in candidates if not candidate.take)


def _new_face(candidate: Candidate, vector: Vectors) -> NewFace:
    if candidate.quality is None or candidate.box is None or candidate.points is None:
        raise BadInput(tr("This picture has no face to store"), path=candidate.file)
    try:
        face = read_picture(candidate.crop)
    except KinoscopeError as error:
        raise BadInput(
            tr("The review's files are gone"), path=candidate.crop, hint=tr("Look for faces again")
        ) from error
    return NewFace(vector, face, candidate.quality, candidate.box, candidate.points, candidate.file)


def _same_model(gathered: Gathered, gallery: Gallery) -> None:
    gallery.check_model(replace(gallery.card, name=tr("this review's model"), title="", sha256=gathered.model_sha256))
