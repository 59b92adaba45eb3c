"""The fit against OpenCV's own, against the truth of rendered corners, and against the spread of repeated fits."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.calibration.solve.adjustment import Observation, adjust, free_coordinates, project_view
from engines.calibration.solve.fit import aligned, check_counts, fit_camera, held_out, leave_one_out, pose_of
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target
from engines.core.boards import Board
from engines.core.context import PlainContext
from engines.core.errors import Cancelled, WorkFailed
from engines.core.lenses import ModelName
from engines.core.projection import project, undistort_points
from tests.engines.calibration import known_scene as known

CHESSBOARD, SIZE = known.CHESSBOARD, known.SIZE
BENT = known.Scene(shape=known.bent(CHESSBOARD))
BLANK = np.eye(3), np.zeros(5)
"""Where OpenCV may put its answer; it makes its own start."""
TRUTH = np.array([534.0, 536.0, 326.0, 244.0])


def setup(model: ModelName = "brown5", free_board: bool = False) -> Setup:
    return Setup(Target((CHESSBOARD,)), SIZE, model, free_board)


def opencv_inputs(views: list[Observation]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    world = [CHESSBOARD.corners[view.ids].astype(np.float32) for view in views]
    return world, [view.corners.astype(np.float32).reshape(-1, 1, 2) for view in views]


def test_a_rigid_fit_is_opencvs_with_its_standard_deviations():
    views = known.views(known.Scene())
    fit = fit_camera(views, setup())
    stop = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 100, 1e-14)
    rms, k, d, _, _, std, *_ = cv2.calibrateCameraExtended(
        *opencv_inputs(views), (640, 480), *BLANK, flags=0, criteria=stop
    )
    assert fit.rms == pytest.approx(rms, rel=1e-5)
    assert fit.state.camera[:4] == pytest.approx([k[0, 0], k[1, 1], k[0, 2], k[1, 2]], abs=1e-3)
    assert fit.state.camera[4:] == pytest.approx(d.ravel()[:5], abs=1e-4)
    assert fit.std == pytest.approx(std.ravel()[:9], rel=1e-3)


def test_a_freed_board_is_opencvs_with_its_standard_deviations():
    views = known.views(BENT, 8)
    fit = fit_camera(views, setup(free_board=True))
    world, image = opencv_inputs(views)
    rms, k, _, _, _, points, std, *_ = cv2.calibrateCameraROExtended(world, image, (640, 480), 8, *BLANK)
    assert fit.rms == pytest.approx(rms, rel=1e-4)
    assert fit.state.camera[:4] == pytest.approx([k[0, 0], k[1, 1], k[0, 2], k[1, 2]], abs=0.02)
    assert fit.std[:4] == pytest.approx(std.ravel()[:4], rel=1e-2)
    assert fit.state.points == pytest.approx(points.reshape(-1, 3), abs=1e-5)


def test_exact_corners_give_the_exact_camera():
    fit = fit_camera(known.views(known.Scene(), noise=0.0), setup())
    assert fit.rms < 1e-5
    assert fit.state.camera == pytest.approx([*TRUTH, *known.BROWN], abs=1e-4)


def test_exact_corners_of_a_bent_board_give_camera_and_shape():
    fit = fit_camera(known.views(BENT, 15, noise=0.0), setup(free_board=True))
    assert fit.state.camera[:4] == pytest.approx(TRUTH, abs=0.01)
    assert fit.state.camera[4:6] == pytest.approx(known.BROWN[:2], abs=1e-3)
    assert _shape_difference(fit.state.points, BENT.points) < 2e-6


def test_a_rigid_fit_of_a_bent_board_is_off_by_many_standard_deviations():
    views = known.views(BENT, 15)
    rigid = fit_camera(views, setup())
    free = fit_camera(views, setup(free_board=True))
    assert rigid.rms > 2 * free.rms
    assert np.abs((rigid.state.camera[:4] - TRUTH) / rigid.std[:4]).max() > 5
    assert np.abs((free.state.camera[:4] - TRUTH) / free.std[:4]).max() < 3


def test_a_rational_lens_is_recovered_where_it_projects():
    scene = known.Scene(lens=known.RATIONAL)
    fit = fit_camera(known.views(scene, 15, noise=0.0), setup("rational8"))
    assert fit.state.camera[:4] == pytest.approx(TRUTH, abs=0.01)
    rays = np.column_stack([undistort_points(scene.optics, _grid()), np.ones(48)])
    state = fit.state
    seen, _ = cv2.projectPoints(rays, np.zeros(3), np.zeros(3), state.matrix, state.camera[4:])
    assert np.abs(seen.reshape(-1, 2) - _grid()).max() < 0.02


def test_a_rational_fit_is_at_least_as_good_as_opencvs():
    scene = known.Scene(lens=known.RATIONAL)
    views = known.views(scene, 12)
    fit = fit_camera(views, setup("rational8"))
    rms, *_ = cv2.calibrateCamera(*opencv_inputs(views), (640, 480), None, None, flags=cv2.CALIB_RATIONAL_MODEL)
    assert fit.rms <= rms * (1 + 1e-5)


@pytest.mark.parametrize("free_board", [False, True])
def test_the_truth_lies_within_three_standard_deviations_and_they_match_the_spread(free_board: bool):
    seeds = 200 if not free_board else 60
    fits = [fit_camera(known.views(known.Scene(), seed=seed), setup(free_board=free_board)) for seed in range(seeds)]
    values = np.array([fit.state.camera[:4] for fit in fits])
    std = np.array([fit.std[:4] for fit in fits])
    within = (np.abs(values - TRUTH) < 3 * std).mean(axis=0)
    assert within.min() >= 0.98
    spread = values.std(axis=0, ddof=1) / np.sqrt((std**2).mean(axis=0))
    limit = 0.15 if not free_board else 0.25
    assert np.abs(spread - 1).max() < limit


@pytest.mark.parametrize("free_board", [False, True])
def test_leaving_a_view_out_ends_where_a_cold_start_ends(free_board: bool):
    views = known.views(BENT, 8)
    full = fit_camera(views, setup(free_board=free_board))
    left_out = list(leave_one_out(full, views, setup(free_board=free_board), PlainContext()))
    for number in (0, 4, 7):
        rest = [*views[:number], *views[number + 1 :]]
        cold = fit_camera(rest, setup(free_board=free_board))
        alone = pose_of(cold.state, views[number])
        assert left_out[number] == pytest.approx(alone.squares, rel=1e-5)


def test_left_out_error_by_hand():
    """The definition step by step with OpenCV alone: fit the others, hold the camera, fit the pose, sum the squares."""
    views = known.views(known.Scene(), 6)
    full = fit_camera(views, setup())
    world, image = opencv_inputs(views)
    _, k, d, _, _ = cv2.calibrateCamera(world[1:], image[1:], (640, 480), None, None)
    _, r, t = cv2.solvePnP(world[0], image[0], k, d)
    seen, _ = cv2.projectPoints(world[0], *cv2.solvePnPRefineLM(world[0], image[0], k, d, r, t), k, d)
    by_hand = float(((seen - image[0]) ** 2).sum())
    assert held_out(full.state, views, 0, setup()) == pytest.approx(by_hand, rel=1e-3)


def test_views_may_show_parts_of_the_board_even_when_its_shape_is_free():
    views = known.views(BENT, 15, noise=0.05, shown=0.6)
    fit = fit_camera(views, setup(free_board=True))
    assert np.abs((fit.state.camera[:4] - TRUTH) / fit.std[:4]).max() < 4
    assert _shape_difference(fit.state.points, BENT.points) < 6e-5


def test_corners_seen_too_seldom_keep_their_nominal_place():
    views = known.views(BENT, 6)
    hidden = [Observation(view.ids[view.ids != 30], view.corners[view.ids != 30]) for view in views]
    free = free_coordinates(Target((CHESSBOARD,)), hidden)
    assert not free[30].any()
    assert free.sum() == 3 * 53 - 7
    fit = adjust(fit_camera(hidden, setup()).state, hidden, free)
    assert fit.state.points[30] == pytest.approx(CHESSBOARD.corners[30], abs=0)


def test_the_gauge_moves_to_corners_that_are_seen():
    views = [Observation(view.ids[view.ids > 8], view.corners[view.ids > 8]) for view in known.views(BENT, 6)]
    free = free_coordinates(Target((CHESSBOARD,)), views)
    assert free.sum() == 3 * 45 - 7
    assert fit_camera(views, setup(free_board=True)).converged


def test_laying_the_freed_board_onto_the_nominal_one_changes_no_projection():
    views = known.views(BENT, 8)
    fit = fit_camera(views, setup(free_board=True))
    laid = aligned(fit.state, views, Target((CHESSBOARD,)))
    for number, view in enumerate(views):
        moved = project_view(laid, number, view.ids) - project_view(fit.state, number, view.ids)
        assert np.abs(moved).max() < 1e-8
    before = np.abs(fit.state.points - CHESSBOARD.corners).mean()
    assert np.abs(laid.points - CHESSBOARD.corners).mean() < before


def test_too_few_views_and_too_few_measurements_are_refused():
    views = known.views(known.Scene(), 3)
    with pytest.raises(WorkFailed, match="Only 2 views"):
        check_counts(views[:2], setup())
    small = Board.parse("chessboard:3x3:25mm")
    few = [Observation(np.arange(7), np.zeros((7, 2))) for _ in range(3)]
    with pytest.raises(WorkFailed, match="unknowns"):
        check_counts(few, Setup(Target((small,)), SIZE, "rational8", True))


def test_leaving_out_can_be_cancelled():
    views = known.views(known.Scene(), 5)
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        list(leave_one_out(fit_camera(views, setup()), views, setup(), ctx))


def test_projection_is_the_textbooks():
    """Brown's model written out, for one point."""
    x, y = 0.21, -0.13
    k1, k2, p1, p2, k3 = known.BROWN
    r2 = x * x + y * y
    radial = 1 + k1 * r2 + k2 * r2**2 + k3 * r2**3
    u = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
    v = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
    seen = project(known.Scene().optics, [[x * 2, y * 2, 2.0]], np.zeros(3), np.zeros(3))[0]
    assert seen == pytest.approx([534.0 * u + 326.0, 536.0 * v + 244.0], abs=1e-9)


def _grid() -> np.ndarray:
    x, y = np.meshgrid(np.linspace(60, 580, 8), np.linspace(50, 430, 6))
    return np.stack([x.ravel(), y.ravel()], axis=1)


def _shape_difference(solved: np.ndarray, truth: np.ndarray) -> float:
    """RMS distance in metres after the best similarity."""
    a, b = solved - solved.mean(axis=0), truth - truth.mean(axis=0)
    u, s, vt = np.linalg.svd(a.T @ b)
    turn = u @ np.diag([1, 1, np.linalg.det(u @ vt)]) @ vt
    scale = (s * [1, 1, np.linalg.det(u @ vt)]).sum() / (a**2).sum()
    return float(np.sqrt((((scale * a @ turn) - b) ** 2).sum(axis=1).mean()))
