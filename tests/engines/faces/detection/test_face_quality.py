"""Quality falls as a face is spoilt, and choosing by it helps recognition."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled
from engines.core.pictures.reading import read_picture
from engines.faces.detection.quality import assess, frontal
from engines.faces.detection.yunet import Detections, YuNet
from engines.faces.recognition import align
from engines.faces.recognition.folder import main_face, read_folder
from tests.engines.core.pictures.made_pictures import encoded, scene, written


def _judged(image: np.ndarray):
    found = YuNet().detect(image, score=0.3)
    found = found.take(np.array([0]))
    return assess(image, found, align.crops(image, found.points))[0]


SPOILT: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sharpness": lambda image: cv2.GaussianBlur(image, (0, 0), 8),
    "light": lambda image: (image * 0.12).astype(np.uint8),
    "size": lambda image: cv2.resize(image, None, fx=0.08, fy=0.08, interpolation=cv2.INTER_AREA),
}


@pytest.mark.parametrize("part", SPOILT)
def test_each_way_to_spoil_a_face_is_named(data: Path, weights, part: str):
    weights("yunet")
    image = read_picture(data / "faces" / "photos" / "obama.jpg")
    good, bad = _judged(image), _judged(SPOILT[part](image))
    assert bad.weakest == part
    assert getattr(bad, part) < 0.6 * getattr(good, part)
    assert bad.total < 0.6 * good.total
    assert good.total > 0.6


def test_turning_a_head_lowers_frontal_steadily():
    model = np.array([[-30, -25, 0], [30, -25, 0], [0, 5, -25], [-25, 35, 5], [25, 35, 5]], np.float64)

    def turned(yaw: float) -> float:
        cos, sin = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
        points = np.stack([model[:, 0] * cos + model[:, 2] * sin, model[:, 1]], axis=1)
        found = Detections(np.zeros((1, 4), np.float32), points[None].astype(np.float32), np.ones(1, np.float32))
        return float(frontal(found)[0])

    marks = [turned(yaw) for yaw in (0, 15, 30, 45, 60)]
    assert marks[0] > 0.9
    assert marks[-1] < 0.1
    assert all(before > after for before, after in zip(marks, marks[1:], strict=False))
    assert turned(-30) == pytest.approx(turned(30))


def test_nothing_found_has_no_quality():
    assert assess(scene(), Detections.none(), np.zeros((0, 112, 112, 3), np.uint8)) == ()


def test_the_main_face_is_central_and_not_in_the_background():
    boxes = np.array([[0, 0, 60, 80], [95, 95, 8, 10], [70, 80, 50, 60]], np.float32)
    found = Detections(boxes, np.zeros((3, 5, 2), np.float32), np.ones(3, np.float32))
    assert main_face(found, 200, 200) == 2


def test_a_folder_becomes_a_table_in_order(people: Path, tmp_path: Path):
    for name in ("Ada_0001.jpg", "Ben_0001.jpg"):
        (tmp_path / name).write_bytes((people / name).read_bytes())
    written(tmp_path / "Cup_0001.png", encoded(scene(), ".png"))
    written(tmp_path / "Dud_0001.jpg", b"no picture")
    read = read_folder([tmp_path], ctx=PlainContext())
    assert read.table.faces == ("Ada_0001.jpg", "Ben_0001.jpg")
    assert read.table.people == ("Ada", "Ben")
    assert (read.missed, [name for name, _ in read.broken]) == (("Cup_0001.png",), ["Dud_0001.jpg"])
    assert [face.quality.total for face in read.faces if face.quality] == pytest.approx(read.table.quality.tolist())
    flipped = read_folder([tmp_path], ctx=PlainContext(), flip=True).table.vectors
    assert (((flipped * read.table.vectors).sum(axis=1) > 0.9) & ~(flipped == read.table.vectors).all(axis=1)).all()


def test_small_old_portraits_lose_no_face_and_are_known_from_one(data: Path, weights):
    weights("yunet", "sface")
    people = [data / "faces" / "orl" / f"s{index}" for index in (1, 7, 13, 25)]
    read = read_folder(people, ctx=PlainContext())
    assert read.missed == ()
    assert len(read.table) == 40
    labels = read.table.labels()[1]
    first = np.array([np.flatnonzero(labels == person)[0] for person in range(4)])
    assert ((read.table.vectors @ read.table.vectors[first].T).argmax(axis=1) == labels).all()


def test_reading_can_be_cancelled_and_an_empty_folder_is_said_so(people: Path, tmp_path: Path):
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        read_folder([people], ctx=ctx)
    with pytest.raises(BadInput, match="no picture here"):
        read_folder([tmp_path], ctx=PlainContext())
