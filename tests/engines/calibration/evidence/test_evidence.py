"""What a fit's residuals tell: scenes whose truth is known, each with one thing wrong, and with nothing wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from engines.calibration.evidence.gathering import Evidence, gather
from engines.calibration.evidence.views import View
from engines.calibration.solve.adjustment import Fit, Observation
from engines.calibration.solve.fit import fit_camera
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target
from engines.calibration.types import Remedy
from engines.core.boards import Board
from engines.core.lenses import Intrinsics
from engines.core.projection import project
from tests.engines.calibration import known_scene as known

TRUTH = np.array([known.CAMERA.fx, known.CAMERA.fy, known.CAMERA.cx, known.CAMERA.cy])


def looked_at(
    seen: Sequence[Observation], board: Board = known.CHESSBOARD, free_board: bool = False
) -> tuple[Fit, Evidence]:
    setup = Setup(Target((board,)), known.SIZE, free_board=free_board)
    fit = fit_camera(seen, setup)
    return fit, gather(fit, [View(f"{number}.png", view) for number, view in enumerate(seen)], setup)


def kinds(evidence: Evidence) -> list[str]:
    return [reason.kind for reason in evidence.reasons]


def misses(fit: Fit) -> float:
    """The largest error of fx, fy, cx, cy in stated deviations."""
    return float((np.abs(fit.state.camera[:4] - TRUTH) / fit.std[:4]).max())


def bowed(millimetres: float) -> np.ndarray:
    points = known.CHESSBOARD.corners.copy()
    along = points[:, 0] / points[:, 0].max() - 0.5
    points[:, 2] = millimetres / 1000 * (1 - 4 * along**2)
    return points


OFF = {
    "bow .2 mm": bowed(0.2),
    "bow 1 mm": bowed(1.0),
    ".5 % taller": known.CHESSBOARD.corners * (1, 1.005, 1),
    "2 % taller": known.CHESSBOARD.corners * (1, 1.02, 1),
}


@pytest.mark.parametrize("name", OFF)
def test_a_board_that_is_off_is_named_and_the_advice_leads_to_the_truth(name: str):
    seen = known.views(known.Scene(shape=OFF[name]), 14, seed=3)
    held, evidence = looked_at(seen)
    (reason,) = evidence.reasons
    assert (reason.kind, reason.level) == ("bent-board", 1)
    assert reason.remedy is not None
    assert reason.remedy.kind == "free_board"
    assert "deviations do not cover" in reason.words
    freed, after = looked_at(seen, free_board=True)
    assert misses(freed) < 3 < misses(held)
    assert not any(reason.level for reason in after.reasons)
    assert after.other is not None
    assert evidence.other is not None
    assert (after.other.rms_px, evidence.other.rms_px) == pytest.approx((held.rms, freed.rms), rel=1e-4)


def test_a_print_that_is_off_by_less_than_a_free_shape_could_show_is_named_in_noise():
    shape = known.CHESSBOARD.corners * (1, 1.007, 1)
    assert kinds(looked_at(known.views(known.Scene(shape=shape), 10, noise=0.3, seed=1))[1]) == ["bent-board"]


@pytest.mark.parametrize("seed", range(3))
def test_a_flat_board_and_clean_views_give_no_reason(seed: int):
    fit, evidence = looked_at(known.views(known.Scene(), 12, seed=seed))
    assert evidence.reasons == ()
    assert not any(evidence.suspects)
    assert min(min(weights) for weights in evidence.weights) > 0.05
    assert misses(fit) < 3.5


@pytest.mark.parametrize("seed", range(3))
def test_one_wrong_corner_is_named_with_its_view_and_no_other_is_blamed(seed: int):
    board = Board.parse("chessboard:4x7:25mm")
    seen = known.views(known.Scene(board), 7, seed=seed)
    rng = np.random.default_rng(seed)
    number = int(rng.integers(7))
    room = np.minimum(seen[number].corners, (640, 480) - seen[number].corners).min(axis=1)
    corner, turn = int(np.argmin(room)), rng.uniform(0, 6.28)
    seen[number].corners[corner] += 17 * np.array([np.cos(turn), np.sin(turn)])
    (reason,) = looked_at(seen, board)[1].reasons
    assert reason.remedy is not None
    assert (reason.kind, reason.remedy.target) == ("wrong-corner", f"{number}.png#{corner}")
    assert f"{corner} (row {corner // 4 + 1}, column {corner % 4 + 1}) of {number}.png lies 1" in reason.words


def test_a_wrong_corner_on_a_bent_board_is_named_beside_it():
    seen = known.views(known.Scene(shape=bowed(0.5)), 12, seed=5)
    seen[4].corners[20] += (9, -8)
    evidence = looked_at(seen)[1]
    assert sorted(kinds(evidence)) == ["bent-board", "wrong-corner"]
    assert evidence.suspects[4] == (20,)
    assert evidence.weights[4][20] < 0.01


def test_a_view_full_of_wrong_corners_is_named_as_a_whole():
    seen = known.views(known.Scene(), 12, seed=6)
    seen[7].corners[::2] += np.random.default_rng(0).normal(0, 12, seen[7].corners[::2].shape)
    (reason,) = looked_at(seen)[1].reasons
    assert reason.remedy is not None
    assert (reason.kind, reason.remedy.target) == ("odd-view", "7.png")


def test_the_views_of_a_second_camera_are_named():
    other = replace(known.Scene(), camera=Intrinsics(590.0, 592.0, 305.0, 260.0))
    seen = [*known.views(known.Scene(), 9, seed=1), *known.views(other, 14, seed=2)[9:]]
    (reason,) = looked_at(seen)[1].reasons
    assert (reason.kind, reason.level) == ("two-cameras", 2)
    assert "(9.png, 10.png, 11.png, 12.png, 13.png)" in reason.words


def test_a_rolling_shutter_is_named():
    scene, rng = known.Scene(), np.random.default_rng(4)
    seen = []
    for rvec, tvec in known.poses(scene, 12):
        still = project(scene.optics, scene.points, rvec, tvec)
        way = rng.normal(0, 0.004, 3)
        moved = [
            project(scene.optics, point[None], rvec, tvec + way * (row / 480 - 0.5))[0]
            for point, row in zip(scene.points, still[:, 1], strict=True)
        ]
        seen.append(Observation(np.arange(54), np.array(moved) + rng.normal(0, 0.1, still.shape)))
    assert kinds(looked_at(seen)[1]) == ["rolling-shutter"]


def test_a_fit_that_ran_out_of_steps_says_so():
    setup = Setup(Target((known.CHESSBOARD,)), known.SIZE, "rational8")
    seen = known.views(known.Scene(), 8)
    fit = fit_camera(seen, setup)
    views = [View(f"{number}.png", view) for number, view in enumerate(seen)]
    told = {done: gather(replace(fit, converged=done), views, setup).reasons for done in (True, False)}
    assert not [reason for reason in told[True] if reason.kind == "no-optimum"]
    found = next(reason for reason in told[False] if reason.kind == "no-optimum")
    assert (found.level, found.remedy) == (2, Remedy("use_model", "brown5"))
