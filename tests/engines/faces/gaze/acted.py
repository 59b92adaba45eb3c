"""Films with known truth: photographed faces on known paths over a plain background, blurred or hidden at will."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from engines.core.context import PlainContext
from engines.core.frames import Frame, Stamp
from engines.faces.detection.finding import open_finder
from engines.faces.detection.quality import assess
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.rows import MARGIN, PORTRAIT, NewFace
from engines.faces.recognition import align
from engines.faces.recognition.embed import SFace
from engines.faces.tracking.live import FaceRecogniser
from engines.faces.types import Accept, FinderSettings, RecogniserSettings, Recognition

FPS = 25.0
SIZE = (480, 640)
PLAIN = FinderSettings(threads=1)


@dataclass
class Actor:
    """One face. path: the middle of it in frame k; blurred, hidden: frames in which it is."""

    file: Path
    path: Callable[[int], tuple[float, float]]
    size: int = 110
    blurred: range = range(0)
    hidden: range = range(0)
    _head: np.ndarray | None = field(default=None, repr=False)

    def head(self) -> np.ndarray:
        if self._head is None:
            image = cv2.imread(str(self.file))
            self._head = cv2.resize(image[55:205, 60:190], (self.size, round(self.size * 150 / 130)))
        return self._head


def background(seed: int = 0) -> np.ndarray:
    """A quiet pattern without faces."""
    rough = np.random.default_rng(seed).integers(60, 160, (12, 16, 3), np.uint8)
    return cv2.resize(rough, SIZE[::-1], interpolation=cv2.INTER_CUBIC)


def picture(actors: Sequence[Actor], k: int) -> np.ndarray:
    """Frame k; later actors are in front."""
    image = background()
    for actor in actors:
        paste(image, actor, k)
    return image


def paste(image: np.ndarray, actor: Actor, k: int) -> None:
    head = actor.head()
    if k in actor.blurred:
        head = cv2.GaussianBlur(head, (0, 0), 4)
    high, wide = head.shape[:2]
    x, y = (round(value) for value in actor.path(k))
    area = image[y - high // 2 : y - high // 2 + high, x - wide // 2 : x - wide // 2 + wide]
    mask = np.zeros((high, wide, 1), np.float32)
    cv2.ellipse(mask, (wide // 2, high // 2), (round(wide * 0.46), round(high * 0.48)), 0, 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 2)[..., None]
    area[:] = (area * (1 - mask) + head * mask).astype(np.uint8)
    if k in actor.hidden:
        area[:] = (90, 80, 70)


def frames(actors: Sequence[Actor], count: int, start: int = 0) -> Iterator[Frame]:
    for k in range(start, start + count):
        yield Frame(picture(actors, k), Stamp("acted", k, k / FPS, k / FPS))


def play(engine: FaceRecogniser, actors: Sequence[Actor], count: int, start: int = 0) -> list[Recognition]:
    return [engine.process([frame]) for frame in frames(actors, count, start)]


def enrol(path: Path, files: Sequence[Path]) -> Path:
    """A gallery with one face of each, named by file."""
    finder, model = open_finder(PLAIN), SFace()
    with Gallery.create(path, model.card) as gallery:
        for file in files:
            gallery.add(file.stem[:-5], [described(file, finder, model)])
    return path


def described(file: Path, finder: object, model: SFace) -> NewFace:
    image = cv2.imread(str(file))
    found = finder.detect(image).take(np.arange(1))
    crops = align.crops(image, found.points)
    quality = assess(image, found, crops)[0]
    return NewFace(model.embed(crops)[0], align.crop(image, found.points[0], PORTRAIT, MARGIN), quality)


def recogniser(gallery: Path | str = "", ctx: PlainContext | None = None, **settings: object) -> FaceRecogniser:
    engine = FaceRecogniser()
    told = {"gallery": str(gallery), "finder": PLAIN, "accept": Accept(1e-3)} | settings
    engine.open(RecogniserSettings(**told), ctx or PlainContext())
    return engine


def at(result: Recognition, actor: Actor, k: int) -> list:
    """The faces of a result that lie on this actor."""
    x, y = actor.path(k)
    near = []
    for face in result.faces:
        box = face.box
        middle = box.x + box.width / 2, box.y + box.height / 2
        if np.hypot(middle[0] - x, middle[1] - y) < 0.4 * actor.size:
            near.append(face)
    return near
