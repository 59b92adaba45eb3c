"""Every lens model finds its truth, from a bent board too, and fisheyes where OpenCV's own calibration gives up."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.calibration.solve.adjustment import Observation
from engines.calibration.solve.fit import fit_camera
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target
from engines.core.boards import Board
from engines.core.lenses import Intrinsics, ModelName
from engines.core.projection import project, rays
from tests.engines.calibration import known_scene as known

PRISM = (*known.RATIONAL, 0.02, -0.01, 0.015, 0.005)
TERMS: dict[ModelName, tuple[float, ...]] = {
    "brown5": known.BROWN,
    "rational8": known.RATIONAL,
    "thinprism12": PRISM,
    "tilted14": (*PRISM, 0.06, -0.04),
    "fisheye4": (0.03, -0.01, 0.004, -0.001),
}
TRUTH = np.array([534.0, 536.0, 326.0, 244.0])
WIDE = known.Scene(camera=Intrinsics(160.0, 161.0, 322.0, 238.0), lens=(0.02, -0.003, 0.001, -0.0001), model="fisheye4")


def setup(scene: known.Scene, free_board: bool = False) -> Setup:
    return Setup(Target((scene.board,)), scene.size, scene.optics.model, free_board)


def pixels() -> np.ndarray:
    x, y = np.meshgrid(np.linspace(80, 560, 7), np.linspace(60, 420, 5))
    return np.column_stack([x.ravel(), y.ravel()])


@pytest.mark.parametrize(
    ("model", "free_board"), [*((model, False) for model in TERMS if model != "brown5"), ("fisheye4", True)]
)
def test_exact_corners_give_the_lens_where_it_was_seen(model: ModelName, free_board: bool):
    shape = known.bent(known.CHESSBOARD) if free_board else None
    scene = known.Scene(lens=TERMS[model], model=model, shape=shape)
    fit = fit_camera(known.views(scene, 10, noise=0.0), setup(scene, free_board))
    there = rays(scene.optics, pixels())
    turn = _turn(there, rays(fit.state.lens, pixels()))
    assert fit.rms < 2e-3
    assert np.abs(project(fit.state.lens, there @ turn.T, np.zeros(3), np.zeros(3)) - pixels()).max() < 0.05
    assert np.isfinite(fit.std).all()
    assert (fit.std > 0).all()


def test_a_wide_fisheye_is_found_with_corners_behind_a_right_angle():
    views = known.views(WIDE, 12, noise=0.1, wide=True)
    assert any(rays(WIDE.optics, view.corners)[:, 2].min() < 0 for view in views)
    fit = fit_camera(views, setup(WIDE))
    assert fit.rms == pytest.approx(0.1 * np.sqrt(2), rel=0.1)
    assert np.abs((fit.state.camera - [160.0, 161.0, 322.0, 238.0, *WIDE.lens]) / fit.std).max() < 3.5


def test_a_mild_fisheye_is_opencvs():
    scene = known.Scene(lens=TERMS["fisheye4"], model="fisheye4")
    views = known.views(scene, 10)
    fit = fit_camera(views, setup(scene))
    world = [scene.board.corners.reshape(1, -1, 3)] * len(views)
    image = [view.corners.reshape(1, -1, 2) for view in views]
    guess = np.array([[500.0, 0, 320], [0, 500, 240], [0, 0, 1]])
    flags = cv2.CALIB_RECOMPUTE_EXTRINSIC | cv2.CALIB_FIX_SKEW | cv2.CALIB_USE_INTRINSIC_GUESS
    rms, k, *_ = cv2.fisheye.calibrate(world, image, (640, 480), guess, np.zeros(4), flags=flags)
    assert fit.rms <= rms * (1 + 1e-6)
    assert fit.state.camera[:4] == pytest.approx([k[0, 0], k[1, 1], k[0, 2], k[1, 2]], abs=0.05)


def test_terms_that_the_views_cannot_tell_are_said_to_be_uncertain_and_do_no_harm():
    scene = known.Scene()
    fit = fit_camera(known.views(scene, 10), Setup(Target((scene.board,)), scene.size, "rational8"))
    assert (fit.std[4:] > np.abs(fit.state.camera[4:]) / 2).sum() >= 3
    assert np.abs((fit.state.camera[:4] - TRUTH) / fit.std[:4]).max() < 4
    assert np.abs(project(fit.state.lens, rays(scene.optics, pixels()), np.zeros(3), np.zeros(3)) - pixels()).max() < 3


@pytest.mark.parametrize("free_board", [False, True])
def test_two_boards_in_the_same_pictures_give_one_camera(free_board: bool):
    other = Board.parse("chessboard:7x5:30mm")
    boards = (known.CHESSBOARD, other)
    scenes = [known.Scene(board=board, shape=known.bent(board) if free_board else None) for board in boards]
    views = known.views(scenes[0], 8)
    views += [Observation(view.ids + 54, view.corners) for view in known.views(scenes[1], 8, seed=1)]
    fit = fit_camera(views, Setup(Target(boards), known.SIZE, free_board=free_board))
    assert np.abs((fit.state.camera[:4] - TRUTH) / fit.std[:4]).max() < 3.5
    alone = fit_camera(views[:8], Setup(Target((known.CHESSBOARD,)), known.SIZE, free_board=free_board))
    assert (fit.std[:4] < alone.std[:4]).all()
    shapes = 0 if not free_board else 3 * (54 + 35) - 14
    assert fit.parameters == 9 + 6 * 16 + shapes


def _turn(truth: np.ndarray, found: np.ndarray) -> np.ndarray:
    """The rotation that lays the true directions onto those found (Kabsch 1976)."""
    u, _, vt = np.linalg.svd(found.T @ truth)
    return np.asarray(u @ np.diag([1, 1, np.linalg.det(u @ vt)]) @ vt)
