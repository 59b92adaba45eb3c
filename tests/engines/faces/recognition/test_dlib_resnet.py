"""dlib's recogniser: cut where dlib cuts, the same person nearer than others, and a word for those who lack it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.core.errors import FileMissing
from engines.core.pictures.reading import read_picture
from engines.faces.detection.yunet import YuNet
from engines.faces.gallery import rows as gallery_rows
from engines.faces.recognition import align
from engines.faces.recognition.dlib_resnet import CHIP, LEFT, MARGIN, SIZE, TOP, DlibResNet
from engines.faces.recognition.recognisers import open_recogniser
from engines.faces.scores.meaning import ScoreModel

EYES, NOSE, MOUTH = ((0.2255, 0.216), (0.7548, 0.216)), (0.4901, 0.5156), ((0.2541, 0.7802), (0.7261, 0.7802))
"""dlib's mean face, in the square that its chips show with a quarter more on each side."""
CORNERS = np.array([[0.8596, 0.2135], [0.6461, 0.229], [0.1206, 0.2137], [0.3341, 0.2291], [0.4901, 0.6278]])
"""The five points by which dlib cuts its chips, in the same square: corners of the eyes, base of the nose."""


@pytest.fixture
def model(weights) -> DlibResNet:
    pytest.importorskip("dlib", reason="not installed: python -m pip install dlib-bin")
    weights("yunet", "dlib")
    return DlibResNet()


def _inputs(path: Path, model: DlibResNet) -> np.ndarray:
    image = read_picture(path)
    points = YuNet().detect(image).points[:1]
    return align.inputs(image, points, model.card, align.crops(image, points))


def test_the_chip_lies_where_dlib_puts_it():
    """To three pixels: its own and our five points are not quite the same shape."""
    mean_face = (np.array([*EYES, NOSE, *MOUTH]) + 0.25) / 1.5 * CHIP
    ours = align.template(SIZE, MARGIN) - [LEFT, TOP]
    np.testing.assert_allclose(ours.mean(axis=0), mean_face.mean(axis=0), atol=0.5)
    assert np.abs(ours - mean_face).max() < 3
    assert min(LEFT, TOP) >= 0
    assert max(LEFT, TOP) + CHIP <= SIZE


def test_people_are_told_apart(model: DlibResNet, data: Path):
    """Three pictures each of three people: every one is nearest to its own."""
    folders = sorted(path for path in (data / "faces" / "orl").iterdir() if path.is_dir())[:3]
    files = [file for folder in folders for file in sorted(folder.iterdir())[:3]]
    vectors = np.concatenate([model.embed(_inputs(file, model)) for file in files])
    people = np.repeat(np.arange(3), 3)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    alike = vectors @ vectors.T - 2 * np.eye(9)
    np.testing.assert_array_equal(people[alike.argmax(axis=1)], people)
    scores = ScoreModel.known(model.card.name)
    assert scores is not None
    same = alike[(people[:, None] == people) & (alike > -1)]
    assert scores.probability(float(np.median(same))) > 0.9
    assert scores.probability(float(np.median(alike[people[:, None] != people]))) < 0.1


@pytest.mark.parametrize("name", ["biden.jpg", "obama3.jpg"])
def test_the_vector_is_the_one_of_dlibs_own_chip(model: DlibResNet, data: Path, name: str):
    """dlib cuts by five landmarks; here they are put where its mean face has them in this face."""
    import dlib

    image = read_picture(data / "faces" / "photos" / name)
    points = YuNet().detect(image).points[0]
    turn = align.similarity(np.array([*EYES, NOSE, *MOUTH]), points)
    places = [dlib.point(round(x), round(y)) for x, y in CORNERS @ turn[:, :2].T + turn[:, 2]]
    shape = dlib.full_object_detection(dlib.rectangle(0, 0, *image.shape[1::-1]), places)
    chip = dlib.get_face_chip(np.ascontiguousarray(image[..., ::-1]), shape, size=CHIP, padding=0.25)
    theirs = np.array(model._net.compute_face_descriptor(chip))
    ours = model.embed(align.crop(image, points, SIZE, MARGIN)[None])[0]
    assert float(ours @ theirs / np.linalg.norm(theirs)) > 0.995


def test_one_face_alone_or_among_others_gives_one_vector(model: DlibResNet, data: Path):
    face = _inputs(data / "faces" / "photos" / "biden.jpg", model)
    both = np.concatenate([face, face[:, :, ::-1]])
    np.testing.assert_array_equal(model.embed(both)[0], model.embed(face)[0])
    assert model.embed(both[:0]).shape == (0, 128)


def test_a_stored_picture_can_be_embedded_anew(model: DlibResNet, data: Path):
    """From the 160 pixels a gallery keeps, nearly the vector of the photograph itself; from any other face, not."""
    image = cv2.imread(str(data / "faces" / "photos" / "biden.jpg"))
    points = YuNet().detect(image).points[0]
    kept = align.crop(image, points, gallery_rows.PORTRAIT, gallery_rows.MARGIN)
    again = gallery_rows.aligned(kept, model.card.size, model.card.margin)
    truth, found = model.embed(np.stack([align.crop(image, points, SIZE, MARGIN), again]))
    assert float(truth @ found) > 0.985


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(FileMissing, match="dlib") as caught:
        open_recogniser("dlib")
    assert "pip install dlib-bin" in str(caught.value.hint)


def test_without_its_file_it_says_what_to_fetch(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    pytest.importorskip("dlib", reason="not installed: python -m pip install dlib-bin")
    monkeypatch.setenv("KINOSCOPE_STORE", str(tmp_path))
    with pytest.raises(FileMissing, match="dlib's ResNet"):
        open_recogniser("dlib")


def test_a_recogniser_of_plain_crops_takes_them_as_they_are(model: DlibResNet):
    plain = np.zeros((1, align.SIDE, align.SIDE, 3), np.uint8)
    points = align.TEMPLATE[None]
    image = np.full((200, 200, 3), 128, np.uint8)
    usual = replace(model.card, size=align.SIDE, margin=0.0)
    assert align.inputs(image, points, usual, plain) is plain
    assert align.inputs(image, points, model.card, plain).shape == (1, SIZE, SIZE, 3)


@pytest.mark.parametrize("side", [80, 112, 160, 200])
@pytest.mark.parametrize(("size", "margin"), [(112, 0.0), (160, 3 / 14), (240, 3 / 14), (112, 0.5)])
def test_a_stored_picture_gives_any_crop(side: int, size: int, margin: float):
    """The middle stays in the middle whatever the picture holds."""
    grid = np.indices((side, side)).sum(axis=0) * 255 // (2 * side)
    made = gallery_rows.aligned(np.repeat(grid[..., None], 3, 2).astype(np.uint8), size, margin)
    assert made.shape == (size, size, 3)
    assert abs(int(made[size // 2, size // 2, 0]) - 127) <= 3
