"""What one picture shows: mirrored boards are found when it is flipped, and said; several boards each on their own."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.calibration.mono import run
from engines.calibration.targets.shots import Search, Shot, flip, look, one_way, photo_of, view_name, without_corners
from engines.calibration.types import MonoResult, MonoSpec
from engines.core.boards import Board
from engines.core.context import PlainContext
from tests.engines.calibration import known_scene as known
from tests.engines.calibration.flat_views import CAMERA, route, seen

CHARUCO = Board.parse("charuco:7x5:30mm:22mm:DICT_4X4_50")


@pytest.fixture(scope="module")
def views() -> list[np.ndarray]:
    return [seen(CHARUCO, pose) for pose in route(6)]


def calibrated(folder: Path, board: Board, **spec: object) -> MonoResult:
    return run(MonoSpec((str(folder),), board, **spec), PlainContext())  # type: ignore[arg-type]


def written(folder: Path, images: list[np.ndarray]) -> Path:
    for number, image in enumerate(images):
        cv2.imwrite(str(folder / f"{number}.png"), image)
    return folder


def test_a_mirroring_camera_is_found_out_and_its_pictures_are_flipped(views: list[np.ndarray], tmp_path: Path):
    """The camera of the flipped pictures is the one they were rendered with."""
    result = calibrated(written(tmp_path, [flip(image) for image in views]), CHARUCO)
    assert result.mirrored
    assert abs(result.intrinsics.cx - CAMERA[0, 2]) < 4 * result.std["cx"] + 0.5
    assert abs(result.intrinsics.fx - CAMERA[0, 0]) < 4 * result.std["fx"] + 0.5
    assert [reason.level for reason in result.reasons if reason.kind == "mirrored"] == [0]
    assert any("flipped left to right" in words for words in result.advice)


def test_one_mirrored_picture_among_others_is_left_out_with_the_reason(views: list[np.ndarray], tmp_path: Path):
    result = calibrated(written(tmp_path, [flip(views[0]), *views[1:]]), CHARUCO)
    assert not result.mirrored
    assert [(view.name, view.note) for view in result.views if not view.found] == [
        ("0.png", "the board is there, but mirrored, unlike in most views")
    ]
    assert not any(reason.kind == "mirrored" for reason in result.reasons)


def test_a_picture_is_flipped_only_where_that_is_wished_or_helps(views: list[np.ndarray]):
    def found(image: np.ndarray, mirror: str) -> tuple[bool, bool]:
        shot = look(image, Path("a.png"), "a.png", Search((CHARUCO,), mirror=mirror))[0]  # type: ignore[arg-type]
        return shot.detection is not None, shot.flipped

    mirrored = flip(views[0])
    assert [found(views[0], mirror) for mirror in ("auto", "yes", "no")] == [
        (True, False),
        (False, False),
        (True, False),
    ]
    assert [found(mirrored, mirror) for mirror in ("auto", "yes", "no")] == [(True, True), (True, True), (False, False)]


def test_a_mirrored_chessboard_calibrates_the_mirrored_camera_unless_told_to_flip(tmp_path: Path):
    folder = written(tmp_path, [flip(seen(known.CHESSBOARD, pose)) for pose in route(6)])
    plain, flipped = (calibrated(folder, known.CHESSBOARD, mirror=mirror) for mirror in ("auto", "yes"))
    assert (plain.mirrored, flipped.mirrored) == (False, True)
    assert plain.intrinsics.cx == pytest.approx(639 - flipped.intrinsics.cx, abs=0.2)
    assert flipped.intrinsics.fx == pytest.approx(plain.intrinsics.fx, rel=1e-3)


def test_the_way_of_most_is_the_way_of_all(views: list[np.ndarray]):
    shots = [look(image, Path("a"), str(number), Search((CHARUCO,)))[0] for number, image in enumerate(views[:3])]
    nothing = Shot("none", Path("b"), None, None, "the board was not found")
    assert one_way([*shots, nothing], "auto") == ([*shots, nothing], False)
    assert one_way([nothing], "yes")[1]


def test_views_of_further_boards_are_named_after_the_picture():
    assert [view_name("a.jpg", board) for board in (0, 1)] == ["a.jpg", "a.jpg · board 2"]
    assert photo_of(view_name("a.jpg", 2)) == photo_of("a.jpg") == "a.jpg"


def test_a_shot_without_some_corners_keeps_what_belongs_to_the_others(views: list[np.ndarray]):
    shot = look(views[0], Path("a"), "a", Search((CHARUCO,)))[0]
    rest = without_corners(shot, shot.ids[:2].tolist())
    assert rest.ids.tolist() == shot.ids[2:].tolist()
    assert without_corners(shot, ()) is shot
