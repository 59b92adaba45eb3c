"""The live finder on rendered frames: gate, following, guidance, automatic capture, and what makes it forget."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.calibration.coverage import emptiest_region, touched
from engines.calibration.live.finder import BoardFinder
from engines.calibration.live.guidance import BoardLook, Guide
from engines.calibration.targets import gate
from engines.calibration.targets.corners import detect, to_gray
from engines.calibration.targets.looks import normal_of, outline_of, sharpness_of
from engines.calibration.targets.photographs import read_image
from engines.calibration.types import Capture, FinderSettings, Sighting
from engines.core.boards import Board
from engines.core.context import PlainContext
from engines.core.errors import UsageError
from engines.core.frames import Frame, Size, Stamp
from engines.core.lenses import Lens
from engines.core.live import Reset
from engines.core.projection import project
from engines.core.spec import from_json, to_json
from tests.engines.calibration import known_scene as known

BOARD = known.CHESSBOARD
SCENE = known.Scene()


def shown(x: float = 0.0, z: float = 0.42, tilt: float = 0.3, scene: known.Scene = SCENE, seed: int = 0) -> np.ndarray:
    """A BGR frame with the board `x` metres to the right, `z` away, tilted about the vertical."""
    rvec = np.array([0.2, tilt, 0.05])
    tvec = np.array([x, 0.0, z]) - cv2.Rodrigues(rvec)[0] @ scene.points.mean(axis=0)
    return np.dstack([known.picture(scene, rvec, tvec, seed=seed)] * 3)


def clutter(seed: int = 0, size: tuple[int, int] = (480, 640)) -> np.ndarray:
    """Texture at many scales, with lines and boxes: saddles everywhere, but no board."""
    rng = np.random.default_rng(seed)
    image = np.zeros(size, np.float32)
    for step in (2, 4, 8, 16, 32, 64):
        noise = rng.normal(0, 25, (size[0] // step + 1, size[1] // step + 1)).astype(np.float32)
        image += cv2.resize(noise, size[::-1], interpolation=cv2.INTER_CUBIC)
    for _ in range(40):
        a, b = rng.integers(0, size[1], 2), rng.integers(0, size[0], 2)
        cv2.rectangle(
            image, (int(a[0]), int(b[0])), (int(a[1]), int(b[1])), float(rng.normal(0, 90)), int(rng.integers(1, 5))
        )
    return np.dstack([np.clip(image + 128, 0, 255).astype(np.uint8)] * 3)


def opened(**settings: object) -> BoardFinder:
    finder = BoardFinder()
    finder.open(FinderSettings(BOARD, **settings), PlainContext())  # type: ignore[arg-type]
    return finder


def look(finder: BoardFinder, image: np.ndarray, index: int = 0) -> Sighting:
    return finder.process([Frame(image.copy(), Stamp("cam", index, 0.0, 0.0))])


def test_a_board_is_found_where_the_full_detector_finds_it():
    image = shown()
    sighting = look(opened(), image, 7)
    full = detect(image, BOARD)
    assert full is not None
    assert sighting.found
    assert sighting.stamp == Stamp("cam", 7, 0.0, 0.0)
    assert sighting.size == Size(640, 480)
    assert sighting.ids == tuple(range(54))
    assert np.abs(np.array(sighting.corners) - full.corners).max() < 0.1
    assert len(sighting.outline) == 4
    assert pickle.loads(pickle.dumps(sighting)) == sighting


def test_a_picture_that_was_turned_upright_is_never_captured_and_that_is_said():
    finder = opened(capture="auto")
    for index in range(4):
        sighting = finder.process([Frame(np.rot90(shown(), 2).copy(), Stamp("folder", index, 0.0, 0.0, turn=3))])
        assert not sighting.found
        assert not sighting.wants_capture
        assert "turned upright" in sighting.guidance
    assert look(finder, shown(), 9).found


def test_clutter_does_not_pass_the_gate_and_a_board_does():
    for seed in range(6):
        gray = to_gray(clutter(seed))
        assert gate.find_lattice(gray, (9, 6)) is None
        sighting = look(opened(), clutter(seed))
        assert not sighting.found
        assert sighting.guidance == "Show the whole board to the camera"
    assert gate.find_lattice(to_gray(shown()), (9, 6)) is not None


@pytest.mark.parametrize("image", [np.zeros((480, 640, 3), np.uint8), np.full((40, 30, 3), 255, np.uint8)])
def test_empty_and_tiny_frames_are_no_board(image: np.ndarray):
    assert not look(opened(), image).found


def test_a_moving_board_is_followed_without_the_gate(monkeypatch: pytest.MonkeyPatch):
    finder = opened()
    assert look(finder, shown(0.0)).found
    monkeypatch.setattr(gate, "find_lattice", lambda *_: pytest.fail("the gate was asked"))
    for step in range(1, 6):
        image = shown(0.004 * step, seed=step)
        sighting, full = look(finder, image, step), detect(image, BOARD)
        assert full is not None
        assert sighting.found
        assert np.abs(np.array(sighting.corners) - full.corners).max() < 0.15


def test_a_board_that_jumps_or_leaves_is_not_imagined():
    finder = opened()
    assert look(finder, shown(-0.06)).found
    jumped = look(finder, shown(0.06, tilt=-0.3))
    full = detect(shown(0.06, tilt=-0.3), BOARD)
    assert full is not None
    assert jumped.found
    assert np.abs(np.array(jumped.corners) - full.corners).max() < 0.15
    gone = look(finder, clutter())
    assert not gone.found
    assert gone.corners == gone.outline == ()


def test_still_needs_a_few_frames_without_motion():
    finder = opened()
    states = [look(finder, shown(x), index).still for index, x in enumerate((0, 0, 0, 0, 0.01))]
    assert states == [False, False, True, True, False]


def test_automatic_capture_takes_a_still_sharp_new_view_once():
    finder = opened(capture="auto")
    wants = [look(finder, shown(), index).wants_capture for index in range(6)]
    assert wants == [False, False, True, False, False, False]
    again = [look(finder, shown(-0.07, tilt=-0.4), index).wants_capture for index in range(4)]
    assert again == [False, False, True, False]
    last = look(finder, shown(-0.07, tilt=-0.4))
    assert last.captured == 2
    assert sum(last.coverage) > 10


def test_without_automatic_capture_nothing_is_taken_but_words_ask_for_it():
    finder = opened()
    said = [look(finder, shown(), index) for index in range(4)]
    assert not any(sighting.wants_capture for sighting in said)
    assert said[-1].guidance == "Capture a first view"
    assert sum(said[-1].coverage) == 0


def test_views_taken_by_hand_are_told_by_the_settings_and_can_be_taken_back():
    finder = opened()
    first = look(finder, shown())
    taken = Capture(first.corners, first.outline)
    assert finder.configure(FinderSettings(BOARD, captured=(taken,)))
    second = look(finder, shown())
    assert second.captured == 1
    assert np.array_equal(np.reshape(second.coverage, (6, 8)), touched(first.corners, Size(640, 480)))
    assert finder.configure(FinderSettings(BOARD))
    assert look(finder, shown()).captured == 0


def test_another_board_or_a_reset_forgets_the_last_position():
    finder = opened()
    assert look(finder, shown()).found
    finder.configure(FinderSettings(Board.parse("chessboard:8x5:25mm")))
    assert len(look(finder, clutter()).corners) == 0
    finder.configure(FinderSettings(BOARD))
    states = []
    for index in range(6):
        if index == 3:
            finder.reset(Reset.LOOP)
        states.append(look(finder, shown(), index).still)
    assert states == [False, False, True, False, False, True]


def test_closing_and_opening_again_starts_afresh():
    finder = opened(capture="auto")
    for index in range(4):
        look(finder, shown(), index)
    finder.close()
    finder.open(FinderSettings(BOARD), PlainContext())
    assert look(finder, shown()).captured == 0


def test_settings_are_json_and_a_senseless_window_is_refused():
    settings = FinderSettings(BOARD, capture="auto", captured=(Capture(((1.0, 2.0),), ((0.0, 0.0),) * 4),))
    assert from_json(FinderSettings, to_json(settings)) == settings
    with pytest.raises(UsageError):
        opened(window="huge")


def test_a_blurred_board_is_less_sharp():
    image = to_gray(shown())
    found = detect(image, BOARD)
    assert found is not None
    values = [
        sharpness_of(
            np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), dtype=np.uint8), BOARD, found.ids, found.corners
        )
        for sigma in (0.01, 1.5, 3.0, 6.0)
    ]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.5
    assert values[-1] < 0.25


def test_charuco_is_found_and_followed():
    board = Board.parse("charuco:7x5:30mm:22mm:DICT_5X5_100")
    scene = known.Scene(board=board)
    finder = BoardFinder()
    finder.open(FinderSettings(board), PlainContext())
    for step in range(3):
        image = shown(0.005 * step, 0.45, scene=scene)
        sighting, full = look(finder, image, step), detect(image, board)
        assert full is not None
        assert sighting.found
        assert sighting.ids == tuple(full.ids.tolist())
        assert np.abs(np.array(sighting.corners) - full.corners).max() < 0.2
    assert not look(finder, clutter()).found


def taken(corners: object, outline: np.ndarray) -> Capture:
    return Capture(tuple(map(tuple, np.reshape(corners, (-1, 2)).tolist())), tuple(map(tuple, outline.tolist())))


def test_the_guide_says_what_hinders_before_it_asks_for_more():
    guide = Guide((BOARD,), Size(640, 480))
    good = BoardLook(sharpness=1.0, still=True, new=True, share=0.3)
    assert guide.advice(None) == "Show the whole board to the camera"
    assert guide.advice(good) == "Capture a first view"
    assert guide.advice(replace(good, share=0.01)) == "Move closer"
    assert guide.advice(replace(good, still=False)) == "Hold still"
    assert guide.advice(replace(good, sharpness=0.1, still=False)) == "Hold still"
    assert "smeared sideways" in guide.advice(replace(good, sharpness=0.1, still=False, smear="sideways"))
    assert "shorten the exposure" in guide.advice(replace(good, sharpness=0.1, smear="up and down"))
    assert "rows were read one after another" in guide.advice(replace(good, still=False, skew=3.0))
    assert "blurred" in guide.advice(replace(good, sharpness=0.1))
    upper_right = np.array([[330.0, 10], [630, 10], [630, 230], [330, 230]])
    guide.add(taken((), upper_right))
    assert guide.advice(good) == "Capture this view"
    assert guide.advice(replace(good, new=False)).startswith(("Move to ", "Tilt the board"))
    assert not guide.is_new(upper_right + 5)
    assert guide.is_new(upper_right - [300, 0])


def seen_outline(x: float = 0.0, z: float = 0.5, tilt: float = 0.0, lean: float = 0.0, roll: float = 0.0) -> np.ndarray:
    """Outline of the board with its middle `x` metres to the right and `z` away; angles in degrees."""
    rvec = np.radians([lean, tilt, roll])
    tvec = np.array([x, 0.0, z]) - cv2.Rodrigues(rvec)[0] @ BOARD.corners.mean(axis=0)
    outline = outline_of(
        BOARD, np.arange(54), project(Lens("brown5", known.CAMERA, known.BROWN), BOARD.corners, rvec, tvec)
    )
    assert outline is not None
    return outline


@pytest.mark.parametrize(
    ("change", "new"),
    [
        ({}, False),
        ({"x": 0.02}, False),
        ({"x": 0.06}, True),
        ({"z": 0.47}, False),
        ({"z": 0.4}, True),
        ({"tilt": 25.0}, False),
        ({"tilt": 36.0}, True),
        ({"tilt": 0.0}, True),
        ({"lean": 18.0}, True),
        ({"roll": 5.0}, False),
        ({"roll": 90.0}, True),
    ],
)
def test_a_view_is_new_in_place_tilt_or_distance(change: dict[str, float], new: bool):
    guide = Guide((BOARD,), Size(640, 480))
    pose = {"z": 0.5, "tilt": 20.0}
    assert guide.is_new(seen_outline(**pose))
    guide.add(taken((), seen_outline(**pose)))
    assert guide.is_new(seen_outline(**{**pose, **change})) is new


def test_a_view_must_differ_from_each_one_taken():
    guide = Guide((BOARD,), Size(640, 480))
    for tilt in (-20.0, 20.0):
        assert guide.is_new(seen_outline(tilt=tilt))
        guide.add(taken((), seen_outline(tilt=tilt)))
    assert not guide.is_new(seen_outline(tilt=-22.0))
    assert guide.is_new(seen_outline())


def test_a_far_board_whose_tilt_may_be_read_mirrored_is_taken_once():
    guide, rng = Guide((BOARD,), Size(640, 480)), np.random.default_rng(0)
    outline = seen_outline(z=1.6, tilt=10.0)
    read = [outline + rng.normal(0, 0.7, (4, 2)) for _ in range(60)]
    tilts = np.array([normal_of(four, BOARD, Size(640, 480))[0] for four in read])
    assert tilts.max() > 0.1
    assert tilts.min() < -0.1
    guide.add(taken((), outline))
    assert not any(guide.is_new(four) for four in read)


def test_the_outline_and_normal_are_the_boards():
    rvec = np.array([0.0, 0.5, 0.0])
    camera = replace(known.CAMERA, fx=640.0, fy=640.0, cx=320.0, cy=240.0)
    tvec = np.array([-0.1, -0.06, 0.5])
    seen = project(Lens("brown5", camera, (0.0,) * 5), BOARD.corners, rvec, tvec)
    outline = outline_of(BOARD, np.arange(54), seen)
    assert outline is not None
    printed = np.array([[-25, -25, 0], [225, -25, 0], [225, 150, 0], [-25, 150, 0]]) / 1000
    assert outline == pytest.approx(project(Lens("brown5", camera, (0.0,) * 5), printed, rvec, tvec), abs=1e-3)
    assert normal_of(outline, BOARD, Size(640, 480)) == pytest.approx(cv2.Rodrigues(rvec)[0][:, 2], abs=1e-4)


def test_coverage_counts_cells_and_names_the_empty_part():
    cells = touched([[0, 0], [639, 479], [639, 479], [325, 5]], Size(640, 480))
    assert cells.sum() == 3
    assert cells[0, 0]
    assert cells[5, 7]
    assert cells[0, 4]
    full = np.ones((6, 8), dtype=bool)
    assert emptiest_region(full) == ""
    full[3:, :3] = False
    assert emptiest_region(full) == "lower left"


@pytest.mark.parametrize("size", [(640, 480), (1280, 720)])
def test_nothing_is_missed_on_the_real_photographs_that_opencv_finds(data: Path, size: tuple[int, int]):
    missed, count = [], 0
    for path in sorted((data / "calibration" / "opencv_stereo_chessboard").glob("*.jpg")):
        image = read_image(path, colour=True)
        assert image is not None
        image = image if size == (640, 480) else cv2.resize(image, size, interpolation=cv2.INTER_CUBIC)
        count += 1
        if cv2.findChessboardCorners(image, (9, 6))[0] and not look(opened(), image).found:
            missed.append(path.name)
    assert count == 26
    assert missed == []
