"""Faces are found at every size, where they are, once."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from engines.faces.detection.blazeface import REACH as BLAZEFACE
from engines.faces.detection.blazeface import five_points
from engines.faces.detection.finding import YUNET, Finder, open_finder
from engines.faces.detection.pyramid import levels, merged, overlaps, plan
from engines.faces.detection.yunet import Detections
from engines.faces.types import FinderSettings, Search
from workbench.benchmarks.faces_scenes import judged, pasted

SEARCHES: tuple[Search, ...] = ("plain", "pyramid", "tiles")


def _finder(search: Search = "plain", detector="yunet"):
    return open_finder(FinderSettings(detector, search, threads=1))


@pytest.mark.parametrize("search", SEARCHES)
def test_six_of_six_and_nothing_else(group: Path, search: Search):
    image = cv2.imread(str(group))
    found = _finder(search).detect(image)
    assert len(found) == 6
    assert (found.boxes[:, 2] > 70).all()


def test_ten_pixels_are_enough_for_pyramid_and_tiles(data: Path, weights):
    weights("yunet")
    plain, pyramid, tiles = (_finder(search) for search in SEARCHES)
    portraits = [cv2.imread(str(path)) for path in sorted((data / "faces" / "lfw_dev").glob("*_0001.jpg"))[::40]]
    scenes = [
        pasted(cv2.imread(str(data / "faces" / "photos" / name)), portraits, plain, seed)
        for seed, name in enumerate(["t1.jpg", "two_people.jpg"])
    ]
    placed = sum(len(scene.boxes) for scene in scenes)
    for finder, least, most in ((plain, 0, 0.3), (pyramid, 0.9, 1), (tiles, 0.9, 1)):
        told = np.array([judged(scene, finder.detect(scene.image).boxes) for scene in scenes])
        recall, false = told[:, 0].sum() / placed, told[:, 1].sum()
        assert least <= recall <= most
        assert false == 0


def test_what_only_looks_like_a_face_once_is_left_out(data: Path, weights):
    weights("yunet")
    image = cv2.imread(str(data / "faces" / "photos" / "two_people.jpg"))
    twice = cv2.resize(image, None, fx=4, fy=4)
    assert len(_finder("plain")._detector.detect(twice[:, : twice.shape[1] // 2], score=0.6)) > 1, "buttons of a sleeve"
    assert len(_finder("tiles").detect(image)) == 2


@pytest.mark.parametrize("scale", [0.25, 0.5, 1, 2, 4])
@pytest.mark.parametrize("detector", ["yunet", "blazeface"])
def test_the_same_face_at_every_size_of_picture(portrait: Path, weights, scale: float, detector):
    weights("yunet", "blazeface-full")
    image = cv2.resize(cv2.imread(str(portrait))[:230, 100:350], None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    finder = _finder(detector=detector)
    truth, found = finder.detect(image), finder.detect(cv2.resize(image, None, fx=scale, fy=scale))
    assert overlaps(found.boxes[:1] / scale, truth.boxes)[0, 0] > 0.85
    assert np.abs(found.points[0] / scale - truth.points[0]).max() < 0.07 * truth.boxes[0, 2]
    assert (found.boxes[1:, 2] < 20).all()


def test_a_picture_20000_pixels_wide_and_one_of_one_pixel(portrait: Path):
    face = cv2.resize(cv2.imread(str(portrait))[:400], (800, 1000))
    wide = np.zeros((1000, 20_000, 3), np.uint8)
    wide[:, 15_000:15_800] = face
    found, truth = _finder().detect(wide, score=0.3), _finder().detect(face)
    assert overlaps(found.boxes - np.float32([15_000, 0, 0, 0]), truth.boxes).max() > 0.6
    for search in SEARCHES:
        assert len(_finder(search).detect(np.zeros((1, 1, 3), np.uint8))) == 0


def test_two_detectors_agree(data: Path, weights):
    weights("yunet", "blazeface-full")
    image = cv2.imread(str(data / "faces" / "photos" / "t1.jpg"))
    ours, theirs = _finder().detect(image), _finder("pyramid", "blazeface").detect(image)
    same = overlaps(ours.boxes, theirs.boxes)
    assert len(theirs) == 6
    assert (same.max(axis=1) > 0.4).all()
    apart = np.abs(ours.points - theirs.points[same.argmax(axis=1)]).mean(axis=(1, 2))
    assert (apart < 0.12 * ours.boxes[:, 2]).all()


def test_corners_of_the_mouth_lie_along_the_eyes():
    six = np.array([[[0, 0], [10, 0], [5, 6], [5, 11], [-4, 2], [14, 2]]], np.float32)
    turn = np.array([[0, 1], [-1, 0]], np.float32)
    five, turned = five_points(six), five_points(six @ turn)
    np.testing.assert_allclose(turned, five @ turn, atol=1e-5)
    np.testing.assert_allclose(five[0, 3:].mean(axis=0), [5, 10])
    assert five[0, 3, 0] < 5 < five[0, 4, 0]


@given(
    some.integers(1, 5000),
    some.integers(1, 5000),
    some.sampled_from(SEARCHES),
    some.floats(8, 40),
    some.sampled_from([YUNET, BLAZEFACE]),
)
def test_every_pixel_is_looked_at_and_every_small_face_is_whole_somewhere(width, height, search, smallest, reach):
    passes = plan(width, height, search, smallest, reach)
    scales = levels(width, height, search, smallest, reach)
    for scale in scales:
        seen = [one for one in passes if one.scale == scale]
        for low, size, length in (("x", "width", width), ("y", "height", height)):
            spans = sorted({(getattr(one, low), getattr(one, low) + getattr(one, size)) for one in seen})
            assert (spans[0][0], spans[-1][1]) == (0, length)
            share = min(reach.least, reach.tile / 3) / scale
            assert all(before[1] - after[0] >= min(share, length) - 1 for before, after in pairwise(spans))
    if search != "plain":
        assert max(scales) * smallest >= min(reach.least, max(scales) * smallest) - 1e-6
        assert max(scales) >= reach.least / smallest - 1e-6
    assert all(one.pixels <= max(reach.whole, (reach.tile + 1) ** 2, reach.side**2) * 1.01 for one in passes)


def test_the_cost_is_told_before():
    plain, pyramid = (Finder(FinderSettings(search=search), None, YUNET) for search in ("plain", "pyramid"))
    assert plain.cost(640, 480) == 1
    assert pyramid.cost(640, 480) == pytest.approx(1 + 4 + 16)
    assert [one.scale for one in pyramid.passes(640, 480)] == [1, 2, 4]


def test_merging_keeps_the_surest_and_drops_parts_of_faces():
    boxes = np.array([[0, 0, 100, 100], [4, 2, 100, 100], [20, 20, 40, 40], [90, 90, 100, 100]], np.float32)
    scores = np.array([0.8, 0.9, 0.7, 0.6], np.float32)
    parts = [Detections(boxes[k : k + 1], np.zeros((1, 5, 2), np.float32), scores[k : k + 1]) for k in range(4)]
    assert merged(parts).scores.tolist() == pytest.approx([0.9, 0.6])
    assert len(merged([Detections.none()])) == 0
