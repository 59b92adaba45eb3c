"""The live finder on boards of every kind, several boards, mirrored pictures, and boards described wrongly."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from engines.calibration.live import following
from engines.calibration.live.finder import BoardFinder, unflipped
from engines.calibration.live.hints import variants
from engines.calibration.types import FinderSettings, Sighting
from engines.core.boards import Board
from engines.core.context import PlainContext
from engines.core.frames import Frame, Stamp
from engines.core.projection import project
from tests.engines.calibration import known_scene as known

CHARUCO = Board.parse("charuco:7x5:30mm:22mm:DICT_5X5_100")
KINDS = ("chessboard:9x6:25mm", str(CHARUCO), "circles:8x5:26mm", "acircles:4x9:14mm")


def scene_of(board: Board) -> known.Scene:
    return known.Scene(board=board)


def pose_of(scene: known.Scene, x: float = 0.0, z: float = 0.42) -> tuple[np.ndarray, np.ndarray]:
    rvec = np.array([0.2, 0.3, 0.05])
    return rvec, np.array([x, 0.0, z]) - known.cv2.Rodrigues(rvec)[0] @ scene.points.mean(axis=0)


@lru_cache(maxsize=16)
def shown(board: Board, x: float = 0.0) -> np.ndarray:
    scene = scene_of(board)
    return np.dstack([known.picture(scene, *pose_of(scene, x))] * 3)


def looked(finder: BoardFinder, *images: np.ndarray) -> list[Sighting]:
    return [finder.process([Frame(image.copy(), Stamp("cam", index, 0, 0))]) for index, image in enumerate(images)]


def opened(board: Board, **settings: object) -> BoardFinder:
    finder = BoardFinder()
    finder.open(FinderSettings(board, **settings), PlainContext())  # type: ignore[arg-type]
    return finder


@pytest.mark.parametrize("word", KINDS)
def test_a_board_of_each_kind_is_followed_and_its_distance_told(word: str):
    board = Board.parse(word)
    scene = scene_of(board)
    places = (0.0, 0.008)
    finder = opened(board, lens=scene.optics)
    for x, sighting in zip(places, looked(finder, *[shown(board, x) for x in places]), strict=True):
        assert sighting.found
        exact = project(scene.optics, scene.points[list(sighting.ids)], *pose_of(scene, x))
        assert np.sqrt(np.mean(np.sum((np.array(sighting.corners) - exact) ** 2, axis=1))) < 0.3
        assert len(sighting.ids) == board.corner_count
        assert sighting.sharpness > 0.4
        assert sighting.gain is not None
        assert sighting.distance == pytest.approx(float(np.hypot(0.42, x)), abs=0.012)


def test_a_board_carried_on_by_a_square_is_not_taken_with_its_rim(monkeypatch: pytest.MonkeyPatch):
    """The rim of the print has corners, too, and as many squares of the chequer lie between them."""
    board = Board.parse("chessboard:9x6:25mm")
    scene, picture = scene_of(board), shown(board)
    here, on = (project(scene.optics, scene.points + step, *pose_of(scene)) for step in (0.0, (0.025, 0.025, 0.0)))
    flow = following.cv2.calcOpticalFlowPyrLK

    def a_square_on(before: np.ndarray, after: np.ndarray, start: np.ndarray, *rest: object, **more: object):
        moved, status, errors = flow(before, after, start, *rest, **more)
        by = (on - here) * after.shape[1] / picture.shape[1]
        return moved + by[:, None].astype(np.float32), status, errors

    monkeypatch.setattr(following.cv2, "calcOpticalFlowPyrLK", a_square_on)
    for sighting in looked(opened(board), picture, picture):
        assert sighting.found
        assert np.abs(np.array(sighting.corners) - here).max() < 1.0


def test_without_a_known_lens_no_distance_is_told():
    assert looked(opened(known.CHESSBOARD), shown(known.CHESSBOARD))[0].distance is None


def test_of_several_boards_the_one_that_shows_most_counts():
    finder = opened(CHARUCO, more_boards=(known.CHESSBOARD,), capture="auto")
    first = looked(finder, *[shown(known.CHESSBOARD)] * 3)[-1]
    assert first.found
    assert first.board == 1
    assert len(first.ids) == 54
    assert first.wants_capture
    second = looked(finder, *[shown(CHARUCO)] * 6)[-1]
    assert (second.board, len(second.ids)) == (0, CHARUCO.corner_count)
    assert second.captured >= 1


def test_flipped_pictures_are_seen_as_they_are_and_drawn_where_they_were():
    image = shown(CHARUCO, 0.03)
    plain = looked(opened(CHARUCO), image)[0]
    flipped = looked(opened(CHARUCO, mirrored=True), np.ascontiguousarray(image[:, ::-1]))[0]
    assert flipped.found
    assert flipped.mirrored
    assert np.array(flipped.corners) == pytest.approx(np.array(plain.corners), abs=1e-6)
    drawn = unflipped(replace(flipped, coverage=(1, 0, 0, 0, 0, 0, 0, 0) * 6))
    assert np.array(drawn.corners) == pytest.approx(np.array(plain.corners) * [-1, 1] + [639, 0], abs=1e-6)
    assert drawn.coverage == (0, 0, 0, 0, 0, 0, 0, 1) * 6


@pytest.mark.parametrize(
    "true",
    [
        replace(CHARUCO, columns=8, rows=6, legacy=True),
        replace(CHARUCO, columns=8, rows=6, inverted=True),
        replace(CHARUCO, columns=5, rows=7),
    ],
    ids=["legacy", "inverted", "swapped"],
)
def test_a_board_that_was_described_wrongly_is_named(true: Board):
    given = replace(true, legacy=False, inverted=False)
    given = replace(CHARUCO) if true == replace(CHARUCO, columns=5, rows=7) else given
    told = looked(opened(given), *[shown(true)] * (6 * len(variants(given)) + 6))
    assert not any(sighting.found for sighting in told)
    named = [sighting.fitting for sighting in told if sighting.fitting]
    assert set(named) == {str(true)}
    assert str(true) in told[-1].guidance
    assert told[0].fitting == ""


def test_squares_counted_for_corners_are_noticed_too():
    told = looked(opened(Board.parse("chessboard:10x7:25mm")), *[shown(known.CHESSBOARD)] * 14)
    assert told[-1].fitting == str(known.CHESSBOARD)


def test_a_board_in_a_mirror_is_noticed_and_the_word_goes_when_it_is_found():
    image = shown(CHARUCO)
    finder = opened(CHARUCO)
    told = looked(finder, *[np.ascontiguousarray(image[:, ::-1])] * 8)
    assert told[-1].mirrored
    assert not told[-1].found
    assert "mirror" in told[-1].guidance
    assert not looked(finder, *[image] * 10)[-1].mirrored


def test_nothing_is_suggested_where_there_is_nothing():
    told = looked(opened(CHARUCO), *[np.full((480, 640, 3), 127, np.uint8)] * 60)
    assert not any(sighting.fitting or sighting.mirrored for sighting in told)
