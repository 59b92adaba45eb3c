"""Projected circles: their bias against rendered truth and a closed form, and what a fit is worth without it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from engines.calibration.solve.adjustment import Observation, State
from engines.calibration.solve.circles import circle_bias, fit_unbiased, pose_unbiased, printed_diameters
from engines.calibration.solve.fit import fit_camera
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.corners import detect
from engines.calibration.targets.rendered import photograph
from engines.calibration.targets.target import Target
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.projection import project

BOARD = Board.parse("acircles:4x7:26mm:19mm")
TOLD = replace(BOARD, marker=0.017)
SIZE = Size(640, 480)
STRONG = Lens("brown5", Intrinsics(420.0, 421.0, 322.0, 238.0), (-0.32, 0.11, 0.001, -0.0005, -0.015))
TILTS = ((0, 0), (58, 0), (-58, 0), (0, 55), (0, -55), (40, 40), (-35, 35))


def pose(x: float, y: float) -> np.ndarray:
    rotation = cv2.Rodrigues(np.radians([x, y, 8.0]))[0]
    middle = np.array([0.02 * np.sign(y), 0.01, 0.3])
    return np.concatenate([cv2.Rodrigues(rotation)[0].ravel(), middle - rotation @ BOARD.corners.mean(axis=0)])


@pytest.fixture(scope="module")
def seen() -> list[Observation]:
    found = []
    for number, tilt in enumerate(TILTS):
        at = pose(*tilt)
        shot = detect(photograph(BOARD, STRONG, SIZE, (at[:3], at[3:]), seed=number), BOARD)
        assert shot is not None
        found.append(Observation(shot.ids, shot.corners, shot.covariance, shot.extent))
    return found


def off(views: list[Observation] | tuple[Observation, ...]) -> float:
    """RMS distance from the true images of the middles."""
    ways = [
        view.corners - project(STRONG, BOARD.corners, pose(*tilt)[:3], pose(*tilt)[3:])
        for view, tilt in zip(views, TILTS, strict=True)
    ]
    return float(np.sqrt((np.concatenate(ways) ** 2).sum(axis=1).mean()))


def test_without_a_lens_the_middle_is_that_of_the_imaged_conic():
    """Without a lens the image is an ellipse, whose middle follows from its conic H^-T C H^-1 (Heikkilä 2000)."""
    at = pose(50, 20)
    state = State(np.array([420.0, 421, 322, 238, 0, 0, 0, 0, 0]), at[None], BOARD.corners)
    view = Observation(np.arange(BOARD.corner_count), np.zeros((BOARD.corner_count, 2)))
    bias = circle_bias(state, 0, view, BOARD.marker)
    rotation = cv2.Rodrigues(at[:3])[0]
    across = state.matrix @ np.column_stack([rotation[:, 0], rotation[:, 1], at[3:]])
    for (x, y, _), moved in zip(BOARD.corners, bias, strict=True):
        conic = np.array([[1, 0, -x], [0, 1, -y], [-x, -y, x * x + y * y - BOARD.marker**2 / 4]])
        image = np.linalg.inv(across).T @ conic @ np.linalg.inv(across)
        middle = -np.linalg.solve(image[:2, :2], image[:2, 2])
        straight = across @ [x, y, 1]
        assert moved == pytest.approx(middle - straight[:2] / straight[2], abs=1e-3)


def test_middles_are_true_to_hundredths_after_the_fit_and_not_before(seen: list[Observation]):
    """The board is described with circles a tenth too small; their images tell what was printed."""
    setup = Setup(Target((TOLD,)), SIZE)
    plain, (fit, views) = fit_camera(seen, setup), fit_unbiased(seen, setup)
    assert off(views) < 0.05
    assert off(seen) > 5 * off(views)
    truth = np.array([420.0, 421.0, 322.0, 238.0])
    error, before = (np.abs(each.state.camera[:4] - truth).max() for each in (fit, plain))
    assert error < 0.5
    assert before > 2 * error
    assert (np.abs(fit.state.camera[:4] - truth) < 4 * fit.std[:4]).all()
    assert printed_diameters(fit.state, seen, setup.target)[0] == pytest.approx(BOARD.marker, rel=0.01)


def test_a_pose_alone_is_freed_of_the_bias_too(seen: list[Observation]):
    camera = np.array([420.0, 421.0, 322.0, 238.0, *STRONG.distortion])
    state = State(camera, np.zeros((1, 6)), BOARD.corners)
    fit, view = pose_unbiased(state, seen[1], Target((BOARD,)))
    assert fit.state.poses[0] == pytest.approx(pose(*TILTS[1]), abs=3e-4)
    assert fit.rms < 0.05
    assert np.abs(view.corners - seen[1].corners).max() > 0.1


def test_boards_of_squares_are_left_as_they_were_seen():
    board = Board.parse("chessboard:4x7:26mm")
    views = [
        Observation(np.arange(28), project(STRONG, board.corners, pose(*tilt)[:3], pose(*tilt)[3:])) for tilt in TILTS
    ]
    _, same = fit_unbiased(views, Setup(Target((board,)), SIZE))
    assert all(a is b for a, b in zip(same, views, strict=True))
