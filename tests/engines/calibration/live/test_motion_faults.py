"""Motion before the camera: still boards, smeared pictures, and rows that are read one after another."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from engines.calibration.live.finder import BoardFinder
from engines.calibration.live.motion_faults import Motion, MotionWatch, Readout, smear_of
from engines.calibration.targets.looks import sharpness_by_direction, sharpness_of
from engines.calibration.types import FinderSettings, Sighting
from engines.core.boards import Board
from engines.core.context import PlainContext
from engines.core.frames import Frame, Stamp
from engines.core.projection import project
from tests.engines.calibration import known_scene as known

SCENE = known.Scene()
IDS = np.arange(54)
BOARDS = (
    "chessboard:9x6:25mm",
    "charuco:7x5:30mm:22mm:DICT_5X5_100",
    "aprilgrid:5x4:36mm:9mm",
    "circles:8x5:26mm",
    "acircles:4x9:14mm",
)


def rolled(rvec: np.ndarray, tvec: np.ndarray, velocity: np.ndarray, readout: float) -> np.ndarray:
    """Exact corners of a board that moves by `velocity` metres a frame, each at the time its row is read."""
    pixels = project(SCENE.optics, SCENE.points, rvec, tvec)
    for _ in range(4):
        late = readout * pixels[:, 1] / known.SIZE.height
        pixels = np.concatenate([
            project(SCENE.optics, point[None], rvec, tvec + velocity * share)
            for point, share in zip(SCENE.points, late, strict=True)
        ])  # fmt: skip
    return pixels


def flight(readout: float, seed: int = 0, frames: int = 10, noise: float = 0.1) -> Readout:
    """What is told of the readout by a board that flies past."""
    rng, told, watch = np.random.default_rng(seed), Readout(), MotionWatch()
    rvec, tvec = known.poses(SCENE, 1)[0]
    velocity = np.array([0.005, 0.003, -0.002])
    for index in range(frames):
        velocity = velocity if index % 5 else -velocity
        tvec = tvec + velocity
        corners = rolled(rvec, tvec, velocity, readout)
        corners = corners + rng.normal(0, noise, corners.shape)
        motion = watch.see(IDS, corners, index)
        if motion is not None:
            told.see(SCENE.optics, known.SIZE, SCENE.points, corners, motion, noise)
    return told


@pytest.mark.parametrize("readout", [0.0, 0.4, 0.9])
def test_the_readout_is_measured_on_a_moving_board(readout: float):
    told = flight(readout)
    assert told.share is not None
    assert told.share == pytest.approx(readout, abs=0.06)
    assert told.rolls is (readout > 0)


def test_until_the_readout_is_known_the_worst_is_assumed():
    corners = project(SCENE.optics, SCENE.points, *known.poses(SCENE, 1)[0])
    fresh = Readout()
    assert fresh.share is None
    assert not fresh.rolls
    height = float(np.ptp(corners[:, 1])) / known.SIZE.height
    assert fresh.skew(2.0, corners, known.SIZE) == pytest.approx(2 * height)
    assert fresh.limit(corners, known.SIZE) == pytest.approx(0.3 / height)
    assert flight(0.0).limit(corners, known.SIZE) == pytest.approx(1.0)


def test_speed_is_that_of_the_fastest_corner_and_counts_by_the_frame():
    corners = project(SCENE.optics, SCENE.points, *known.poses(SCENE, 1)[0])
    watch = MotionWatch()
    assert watch.see(IDS, corners, 0) is None
    motion = watch.see(IDS, corners + [3.0, 4.0], 2)
    assert isinstance(motion, Motion)
    assert motion.speed == pytest.approx(2.5)
    part = watch.see(IDS[:20], corners[:20] + [3.0, 5.0], 3)
    assert part is not None
    assert part.speed == pytest.approx(1.0)
    assert watch.see(IDS, corners, 4, board=1) is None


def test_noise_alone_is_still_and_a_slow_drift_is_not():
    rng = np.random.default_rng(0)
    corners = project(SCENE.optics, SCENE.points, *known.poses(SCENE, 1)[0])
    states = []
    for drift in (0.0, 1.5):
        watch = MotionWatch()
        for index in range(4):
            seen = corners + [drift * index, 0] + rng.normal(0, 0.1, corners.shape)
            still = watch.is_still(watch.see(IDS, seen, index), 0.7)
        states.append(still)
    assert states == [True, False]


def smeared(image: np.ndarray, length: int, down: bool = False) -> np.ndarray:
    kernel = np.full((1, length), 1 / length)
    return np.asarray(cv2.filter2D(image, -1, kernel.T if down else kernel), dtype=np.uint8)


@pytest.mark.parametrize("word", BOARDS)
def test_a_smear_is_told_from_a_blur_on_every_board(word: str):
    scene = replace(SCENE, board=Board.parse(word))
    pose = known.poses(scene, 1)[0]
    image = known.picture(scene, *pose)
    seen = scene.board, np.arange(scene.board.corner_count), project(scene.optics, scene.points, *pose)
    assert sharpness_of(image, *seen) > 0.5
    assert smear_of(*sharpness_by_direction(image, *seen)) == ""
    assert smear_of(*sharpness_by_direction(smeared(image, 9), *seen)) == "sideways"
    assert smear_of(*sharpness_by_direction(smeared(image, 9, down=True), *seen)) == "up and down"
    blurred = np.asarray(cv2.GaussianBlur(image, (0, 0), 3), dtype=np.uint8)
    assert smear_of(*sharpness_by_direction(blurred, *seen)) == ""
    assert sharpness_of(blurred, *seen) < 0.25


def watched(images: list[np.ndarray]) -> list[Sighting]:
    finder = BoardFinder()
    finder.open(FinderSettings(SCENE.board, capture="auto", lens=SCENE.optics), PlainContext())
    return [finder.process([Frame(image, Stamp("cam", index, 0, 0))]) for index, image in enumerate(images)]


def test_a_smeared_view_is_refused_with_words():
    rvec, tvec = known.poses(SCENE, 1)[0]
    image = np.dstack([smeared(known.picture(SCENE, rvec, tvec), 9)] * 3)
    last = watched([image.copy() for _ in range(4)])[-1]
    assert last.still
    assert not last.wants_capture
    assert "smeared sideways" in last.guidance


@pytest.mark.parametrize("readout", [0.0, 0.9])
def test_a_moving_view_is_refused_and_a_rolling_shutter_is_named(readout: float):
    rvec, tvec = known.poses(SCENE, 1)[0]
    velocity = np.array([0.004, 0.004, 0.0])
    images = []
    for index in range(9):
        pose = rvec, tvec + velocity * (index - 4)
        images.append(np.dstack([known.picture(SCENE, *pose, rolling=velocity * readout)] * 3))
    told = watched(images)
    assert all(sighting.found for sighting in told)
    assert not any(sighting.still or sighting.wants_capture for sighting in told)
    named = "rows were read one after another" in told[-1].guidance
    assert named is (readout > 0)
    assert told[-1].guidance.startswith("Hold still")
