"""New faces of a gallery, and a face as a row of its table.

Of each face one picture is kept: the aligned face with 24 pixels around it (160 x 160). Its middle 112 x 112 is exactly
the recogniser's input, so that one picture serves as portrait and to embed anew with another model. JPEG of quality 95
without chroma subsampling: a fifth of PNG's size, and the embedding of what is read back is the same to a cosine of
.99 and better.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np

from engines.core.errors import BadInput
from engines.core.frames import Image
from engines.core.names import shown
from engines.core.reading import making_sense, parse_json
from engines.core.spec import from_json
from engines.core.words import tr
from engines.faces.gallery.store import Store
from engines.faces.gallery.types import FaceRecord
from engines.faces.recognition.align import SIDE
from engines.faces.types import Box, FivePoints, Quality
from engines.faces.vectors import Vectors

PORTRAIT = 160
"""Side of the kept picture."""
MARGIN = (PORTRAIT - SIDE) / 2 / SIDE
"""`align.crop(image, points, PORTRAIT, MARGIN)` makes it."""
JPEG = (cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444)
UNREADABLE = tr("The gallery is damaged: a face does not read")
NO_POINTS: FivePoints = ((0.0, 0.0),) * 5


@dataclass(frozen=True, slots=True, eq=False)
class NewFace:
    """A face to be stored. vector: unit, by the gallery's model. picture: BGR, PORTRAIT wide, or SIDE without margin.

    box and points: where it was in `source`, a file or feed in words.
    """

    vector: Vectors
    picture: Image
    quality: Quality
    box: Box = Box(0, 0, 0, 0)
    points: FivePoints = NO_POINTS
    source: str = ""


def insert(store: Store, face: NewFace, id: str, person: str, at: float, *, confirmed: bool) -> None:
    """Write one face and its picture; only inside a transaction. Raises `BadInput` for a vector of another length."""
    vector = np.ascontiguousarray(face.vector, np.float32)
    if vector.shape != (store.card.dim,) or not np.isfinite(vector).all():
        raise BadInput(
            tr(
                "An embedding is {size} numbers, {card} gives {dim}",
                size=vector.size,
                card=store.card.name,
                dim=store.card.dim,
            )
        )
    if not vector.any():
        raise BadInput(
            tr("An embedding is all zeros, which is like nobody"), hint=tr("Check the recogniser and its card")
        )
    details = json.dumps(
        {"source": shown(face.source), "box": _box(face.box), "points": face.points, "quality": _quality(face.quality)}
    )
    sealed = (store.seal(details, "faces", id, "details"), store.seal(vector.tobytes(), "faces", id, "vector"))
    store.run(
        "INSERT INTO faces (id, person, added, confirmed, quality, details, vector) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (id, person, at, int(confirmed), face.quality.total, *sealed),
    )
    picture = store.seal(encode(face.picture), "pictures", id, "picture")
    store.run("INSERT INTO pictures (face, picture) VALUES (?, ?)", (id, picture))


def record(store: Store, row: Any) -> FaceRecord:
    """From (id, person, added, confirmed, details)."""
    id, person, added, confirmed, sealed = row
    details = details_of(store, id, sealed)
    with making_sense(store.path, UNREADABLE):
        quality: Quality = from_json(Quality, details["quality"])
        box = Box(*(float(side) for side in details["box"]))
        return FaceRecord(id, person, str(details["source"]), added, quality, box, bool(confirmed))


def details_of(store: Store, id: str, sealed: bytes) -> dict[str, Any]:
    with making_sense(store.path, UNREADABLE):
        return dict(parse_json(store.text(sealed, "faces", id, "details")))


def vector_of(store: Store, id: str, sealed: bytes) -> Vectors:
    plain = store.unseal(sealed, "faces", id, "vector")
    if len(plain) != 4 * store.card.dim:
        raise BadInput(tr("The gallery is damaged: an embedding has the wrong length"), path=store.path)
    return np.frombuffer(plain, np.float32)


def encode(picture: Image) -> bytes:
    """Raises `BadInput` for what is not a picture."""
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8 or not picture.size:
        raise BadInput(tr("A face's picture has to be height x width x 3, 8 bits"))
    return cv2.imencode(".jpg", picture, JPEG)[1].tobytes()


def decode(data: bytes) -> Image:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if picture is None:
        raise BadInput(tr("The gallery is damaged: a picture does not read"))
    return cast(Image, picture)


def aligned(picture: Image, size: int = SIDE, margin: float = 0.0) -> Image:
    """The middle SIDE x SIDE, which most recognisers take, with `margin` around it and brought to `size`.

    What the picture does not hold is black.
    """
    if min(picture.shape[:2]) < SIDE:
        picture = cast(Image, cv2.resize(picture, (SIDE, SIDE)))
    shown = round(SIDE * (1 + 2 * margin))
    more = max(0, -(-(shown - min(picture.shape[:2])) // 2))
    if more:
        picture = cast(Image, cv2.copyMakeBorder(picture, more, more, more, more, cv2.BORDER_CONSTANT))
    top, left = (picture.shape[0] - shown) // 2, (picture.shape[1] - shown) // 2
    middle = picture[top : top + shown, left : left + shown]
    return middle if shown == size else cast(Image, cv2.resize(middle, (size, size)))


def _box(box: Box) -> list[float]:
    return [box.x, box.y, box.width, box.height]


def _quality(quality: Quality) -> dict[str, float]:
    return {name: float(getattr(quality, name)) for name in quality.__slots__}
