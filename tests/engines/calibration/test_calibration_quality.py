"""The verdict: each weakness is named, and the worst decides."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from engines.calibration.quality import VERDICTS, covered, judged, outliers, tilts
from engines.calibration.types import MonoResult, Reason, Remedy, UncertaintyMap, ViewResult
from engines.core.boards import Board
from engines.core.lenses import Lens
from engines.core.projection import project
from tests.engines.calibration import known_scene as known


def view(number: int, rvec: np.ndarray, tvec: np.ndarray, rms: float = 0.1, loo: float | None = 0.12) -> ViewResult:
    corners = project(Lens("brown5", known.CAMERA, known.BROWN), known.CHESSBOARD.corners, rvec, tvec)
    return ViewResult(
        name=f"{number}.png",
        path="",
        found=True,
        used=True,
        rms_px=rms,
        loo_rms_px=loo,
        corners=tuple((float(x), float(y)) for x, y in corners),
        rvec=tuple(rvec.tolist()),
        tvec=tuple(tvec.tolist()),
    )


@pytest.fixture
def result() -> MonoResult:
    """Fourteen good views."""
    views = tuple(view(number, *pose) for number, pose in enumerate(known.poses(known.Scene(), 14)))
    return MonoResult(
        model="brown5",
        image_size=known.SIZE,
        intrinsics=known.CAMERA,
        std={"fx": 0.4, "fy": 0.4, "cx": 0.4, "cy": 0.4},
        distortion=known.BROWN,
        distortion_std=(0.001,) * 5,
        rms_px=0.1,
        loo_rms_px=0.12,
        views=views,
        verdict="",
        advice=(),
        seconds=1.0,
        board=known.CHESSBOARD,
    )


def verdict_of(result: MonoResult) -> tuple[str, tuple[str, ...]]:
    told = judged(result)
    assert [reason.words for reason in told.reasons] == list(told.advice) or not told.reasons
    return told.verdict, told.advice


def test_good_views_are_good(result: MonoResult):
    verdict, advice = verdict_of(result)
    assert verdict == "good"
    assert len(advice) == 1


@pytest.mark.parametrize(("std", "verdict"), [(1.0, "good"), (1.5, "fair"), (4.0, "weak"), (18.0, "poor")])
def test_an_uncertain_focal_length_decides(result: MonoResult, std: float, verdict: str):
    got, advice = verdict_of(replace(result, std=result.std | {"fx": std}))
    assert got == verdict
    assert ("focal length is uncertain" in advice[0]) == (verdict != "good")


@pytest.mark.parametrize(("loo", "verdict"), [(0.13, "good"), (0.17, "fair"), (0.3, "weak"), (0.5, "poor")])
def test_an_error_that_grows_on_left_out_views_decides(result: MonoResult, loo: float, verdict: str):
    got, advice = verdict_of(replace(result, loo_rms_px=loo))
    assert got == verdict
    assert ("left-out views" in advice[0]) == (verdict != "good")


@pytest.mark.parametrize(("count", "verdict"), [(14, "good"), (8, "fair"), (5, "weak"), (3, "poor")])
def test_few_views_are_named(result: MonoResult, count: int, verdict: str):
    got, advice = verdict_of(replace(result, views=result.views[:count]))
    assert VERDICTS.index(got) >= VERDICTS.index(verdict)
    assert any(f"Only {count} views" in sentence for sentence in advice) == (count < 10)


def test_views_in_one_corner_are_told_where_to_go(result: MonoResult):
    rvec, tvec = np.array([0.4, 0.3, 0.0]), np.array([-0.55, -0.4, 1.0])
    clustered = tuple(view(number, rvec * (-1) ** number, tvec) for number in range(12))
    verdict, advice = verdict_of(replace(result, views=clustered))
    assert verdict == "weak"
    assert any("add views in the" in sentence and "upper left" not in sentence for sentence in advice)


def test_an_edge_without_views_is_a_place_to_put_them_at(result: MonoResult):
    spread = tuple((float(x), float(y)) for x in range(90, 640, 20) for y in range(90, 400, 20))
    edge = judged(replace(result, views=tuple(replace(one, corners=spread) for one in result.views)))
    assert any(sentence.endswith("add views at the left edge") for sentence in edge.advice)


def test_a_board_that_always_faces_the_camera_is_poor(result: MonoResult):
    flat = tuple(view(number, np.array([0.01, 0.02, 0.1 * number]), np.array([0.0, 0.0, 0.3])) for number in range(12))
    verdict, advice = verdict_of(replace(result, views=flat))
    assert verdict == "poor"
    assert "faced the camera" in advice[0]


def test_a_view_that_stands_out_is_named(result: MonoResult):
    odd = replace(result.views[4], loo_rms_px=0.9)
    views = (*result.views[:4], odd, *result.views[5:])
    verdict, advice = verdict_of(replace(result, views=views))
    assert verdict == "fair"
    assert advice[0].startswith("4.png stands out")
    assert outliers(result.views) == []
    assert outliers(views) == [odd]


def test_a_large_error_is_named(result: MonoResult):
    verdict, advice = verdict_of(replace(result, rms_px=2.5, loo_rms_px=2.6))
    assert verdict == "poor"
    assert "miss the model by 2.50 px" in advice[0]


def test_tilts_are_the_angles_of_the_poses(result: MonoResult):
    turned = cv2.Rodrigues(np.array([0.0, np.radians(30), 0.0]))[0] @ cv2.Rodrigues(np.array([0, 0, 1.1]))[0]
    one = view(0, cv2.Rodrigues(turned)[0].ravel(), np.array([0.0, 0.0, 0.5]))
    assert tilts([one, replace(one, used=False)]) == pytest.approx([30.0])
    assert covered([replace(one, used=False)], known.SIZE) == 0


def test_a_remark_spoils_nothing_and_stands_behind_the_praise(result: MonoResult):
    told = judged(result, [Reason("freed-board", 0, "Freeing the board moved cy")])
    assert told.verdict == "good"
    assert told.advice[0].startswith("14 views touch")
    assert told.advice[1:] == ("Freeing the board moved cy",)


def test_no_view_is_blamed_for_what_a_corner_did(result: MonoResult):
    views = (replace(result.views[0], loo_rms_px=0.9), *result.views[1:])
    wrong = Reason("wrong-corner", 1, "Corner 3 of 5.png", Remedy("drop_corner", "5.png#3"))
    told = judged(replace(result, views=views), [wrong])
    assert (told.verdict, told.reasons) == ("fair", (wrong,))


def test_a_board_that_no_picture_shows_is_named(result: MonoResult):
    other = Board.parse("acircles:4x9:20mm")
    told = judged(replace(result, more_boards=(other,)))
    assert (told.verdict, told.advice[-1]) == ("good", f"The board {other} is in none of the pictures")
    both = (*result.views, replace(result.views[0], name="0.png board 2", board=1))
    assert not any("none of the pictures" in words for words in judged(replace(result, views=both)).advice)


def test_a_model_that_ends_inside_the_picture_says_so(result: MonoResult):
    whole = UncertaintyMap(2, 2, 0.0, (0.1, 0.1, 0.1, 0.1))
    ended = replace(whole, sigma=(-1.0, 0.1, 0.1, 0.1))
    assert "model-ends" not in [reason.kind for reason in judged(replace(result, uncertainty=(whole,))).reasons]
    told = judged(replace(result, uncertainty=(ended,)))
    assert [(reason.kind, reason.level) for reason in told.reasons] == [("model-ends", 0)]
    assert "25 % of it shows no direction" in told.advice[-1]
