"""The speed at which faces are recognised in a film, by stage, beside OpenCV's chain; what small faces cost and gain.

All see the same frame one after the other, in turn, so that a busy machine slows them alike. Ours is the live
recogniser as the window runs it: faces are followed, and described only when that adds evidence. OpenCV's chain
(FaceDetectorYN, FaceRecognizerSF, the same two networks) describes every face of every frame, as its example does;
"ours, every frame" does that too, as does "dlib, every frame" with dlib's recogniser where it is installed. Everybody
is looked up among 10,000 people.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from statistics import mean, median
from time import perf_counter
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from engines.core.context import PlainContext
from engines.core.errors import FileMissing
from engines.core.frames import Frame, Image, Stamp
from engines.core.pictures.reading import read_picture
from engines.core.store.fetching import load_path
from engines.faces import sample
from engines.faces.detection.finding import open_finder
from engines.faces.gallery.search import PersonIndex
from engines.faces.recognition import align
from engines.faces.recognition.recognisers import open_recogniser
from engines.faces.table import FaceTable
from engines.faces.tracking.live import FaceRecogniser
from engines.faces.tracking.live_gallery import GalleryWatch, KnownPeople
from engines.faces.types import FinderSettings, RecogniserSettings, Search
from engines.faces.vectors import unit
from workbench.benchmarks.faces_scenes import SmallFaces, judged, pasted

SIZE = (640, 480)
RATE = 25.0
STAGES = ("detect", "align", "track", "embed", "match")
SEARCHES: tuple[Search, ...] = ("plain", "pyramid", "tiles")
Chain = Callable[[Image], int]
"""A frame in, the number of faces out."""


def main(
    frames: Annotated[int, typer.Option(help="Frames of the film.")] = 150,
    people: Annotated[int, typer.Option(help="People in the gallery.")] = 10_000,
    threads: Annotated[int, typer.Option(help="Threads of every chain.")] = 2,
    scenes: Annotated[int, typer.Option(help="Photographs with 15 small faces each; 0 leaves the table out.")] = 8,
    data: Annotated[str, typer.Option(help="Folder with the real photographs and films.")] = "",
) -> dict[str, Any]:
    """Milliseconds a frame by chain and stage; recall of faces of 10 to 16 pixels by search."""
    folder = Path(data or os.environ.get("KINOSCOPE_DATA", "../shared/data")) / "faces"
    before = cv2.getNumThreads()
    cv2.setNumThreads(threads)
    try:
        film = _film(folder / "photos" / "short_hamilton_clip.mp4", frames)
        result: dict[str, Any] = {"frames": len(film), "people": people, "threads": threads, "opencv": cv2.__version__}
        result |= _chains(film, people, threads)
        if scenes:
            result["small_faces"] = _small_faces(_scenes(folder, scenes), threads)
    finally:
        cv2.setNumThreads(before)
    return result


def _chains(film: list[Image], people: int, threads: int) -> dict[str, Any]:
    table = _crowd(people, film)
    ours = _Ours(table, threads)
    try:
        chains: dict[str, Chain] = {"ours": ours, "ours, every frame": _every_frame(table, threads)}
        chains["opencv"] = _opencv(table)
        with suppress(FileMissing):
            chains["dlib, every frame"] = _every_frame(table, threads, "dlib")
        spent, faces = _interleaved(film, chains)
    finally:
        ours.recogniser.close()
    rows = {name: _row(spent[name], faces[name]) for name in chains}
    for row in rows.values():
        row["times_ours"] = row["mean_ms"] / rows["ours"]["mean_ms"]
    stages = {stage: mean(values) for stage, values in ours.stages.items()}
    described = mean(value > 0 for value in ours.stages["embed"])
    return {"chains": rows, "stages_ms_a_frame": stages, "frames_with_a_face_described": described}


class _Standing(GalleryWatch):
    """A gallery that is in memory and does not change."""

    def __init__(self, table: FaceTable) -> None:
        self.people = KnownPeople.of(table, {}, "sface")

    def look(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing is open."""


class _Crowded(FaceRecogniser):
    """The live recogniser among these people."""

    def open_among(self, table: FaceTable, threads: int) -> None:
        self.open(RecogniserSettings(finder=FinderSettings(threads=threads)), PlainContext())
        self._watch = _Standing(table)


class _Ours:
    """The live recogniser, its stages noted."""

    def __init__(self, table: FaceTable, threads: int) -> None:
        self.recogniser = _Crowded()
        self.recogniser.open_among(table, threads)
        self.stages: dict[str, list[float]] = {stage: [] for stage in STAGES}
        self._index = 0

    def __call__(self, image: Image) -> int:
        stamp = Stamp("bench", self._index, self._index / RATE, self._index / RATE)
        self._index += 1
        told = self.recogniser.process([Frame(image.view(), stamp)])
        for stage, values in self.stages.items():
            values.append(told.stages.get(stage, 0.0))
        return sum(face.seen for face in told.faces)


def _every_frame(table: FaceTable, threads: int, model: str = "sface") -> Chain:
    finder, embedder = open_finder(FinderSettings(threads=threads)), open_recogniser(model, threads=threads)
    index = PersonIndex.of(table, {})

    def chain(image: Image) -> int:
        found = finder.detect(image)
        if len(found):
            crops = align.crops(image, found.points)
            index.match(embedder.embed(align.inputs(image, found.points, embedder.card, crops)))
        return len(found)

    return chain


def _opencv(table: FaceTable) -> Chain:
    detector = cv2.FaceDetectorYN.create(str(load_path("yunet")), "", SIZE, 0.6, 0.3)
    recogniser = cv2.FaceRecognizerSF.create(str(load_path("sface")), "")

    def chain(image: Image) -> int:
        rows = detector.detect(image)[1]
        for row in () if rows is None else rows:
            vector = recogniser.feature(recogniser.alignCrop(image, row))[0]
            (table.vectors @ (vector / np.linalg.norm(vector))).argmax()
        return 0 if rows is None else len(rows)

    return chain


def _interleaved(film: list[Image], chains: dict[str, Chain]) -> tuple[dict[str, list[float]], dict[str, list[int]]]:
    spent: dict[str, list[float]] = {name: [] for name in chains}
    faces: dict[str, list[int]] = {name: [] for name in chains}
    names = list(chains)
    for chain in chains.values():
        chain(film[0])
    for at, image in enumerate(film):
        for name in names[at % len(names) :] + names[: at % len(names)]:
            began = perf_counter()
            count = chains[name](image)
            spent[name].append(1000 * (perf_counter() - began))
            faces[name].append(count)
    return spent, faces


def _row(spent: list[float], faces: list[int]) -> dict[str, float]:
    return {
        "frames_a_second": 1000 / mean(spent),
        "mean_ms": mean(spent),
        "median_ms": median(spent),
        "p95_ms": float(np.percentile(spent, 95)),
        "faces_a_frame": mean(faces),
    }


def _crowd(people: int, film: list[Image]) -> FaceTable:
    """Random people, and those who are seen in the first frame."""
    finder, embedder = open_finder(FinderSettings(threads=1)), open_recogniser("sface")
    seen = embedder.embed(align.crops(film[0], finder.detect(film[0]).points))
    strangers = np.random.default_rng(0).normal(size=(max(people - len(seen), 1), embedder.card.dim))
    vectors = np.concatenate([seen, unit(strangers)])
    names = tuple(f"Person {index}" for index in range(len(vectors)))
    return FaceTable(names, names, vectors, np.ones(len(vectors), np.float32))


def _film(path: Path, frames: int) -> list[Image]:
    """Frames of the film, or of the rendered clip where there is no film."""
    read = list(islice(_read(path), frames)) if path.is_file() else []
    return read or list(islice(sample.frames(), frames))


def _read(path: Path) -> Iterable[Image]:
    capture = cv2.VideoCapture(str(path))
    try:
        while True:
            good, image = capture.read()
            if not good:
                return
            yield np.asarray(cv2.resize(image, SIZE, interpolation=cv2.INTER_AREA), np.uint8)
    finally:
        capture.release()


def _scenes(folder: Path, count: int) -> list[SmallFaces]:
    """Small faces of portraits on photographs; the free portrait alone where there is no other."""
    finder = open_finder(FinderSettings(threads=1))
    backgrounds = [read_picture(load_path(name)) for name in ("coffee", "rocket", "chelsea", "astronaut")]
    backgrounds += [read_picture(path) for path in sorted((folder / "photos").glob("*.jpg"))]
    portraits = [read_picture(path) for path in sorted((folder / "lfw_dev").glob("*_0001.jpg"))[::12]]
    portraits = [one for one in portraits if len(finder.detect(one))] or [read_picture(load_path("astronaut"))]
    return [pasted(backgrounds[k % len(backgrounds)], portraits, finder, k, count=15) for k in range(count)]


def _small_faces(scenes: list[SmallFaces], threads: int) -> list[dict[str, Any]]:
    rows = []
    placed = sum(len(scene.boxes) for scene in scenes)
    for search in SEARCHES:
        finder = open_finder(FinderSettings(search=search, threads=threads))
        told: list[tuple[int, int]] = []
        spent: list[float] = []
        for scene in scenes:
            began = perf_counter()
            found: NDArray[np.float32] = finder.detect(scene.image).boxes
            spent.append(1000 * (perf_counter() - began))
            told.append(judged(scene, found))
        hits, false = (sum(values) for values in zip(*told, strict=True))
        row = {"search": search, "faces": placed, "recall": hits / placed, "false_a_picture": false / len(scenes)}
        rows.append(row | {"median_ms": median(spent), "times_the_pixels": finder.cost(*SIZE)})
    return rows
