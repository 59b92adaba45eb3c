"""Places that two cameras see at once: where they lie in both pictures, and what a view there tells of the pair."""

from __future__ import annotations

import cv2
import numpy as np

from engines.calibration.live.information import NOISE, Poses
from engines.calibration.live.rig_targets import Pair, distance_gain, known_information, pair_information, places
from engines.calibration.types import Capture
from engines.core.projection import project
from tests.engines.calibration.live import rendered_rig as rig

BOARD = rig.scene().source.board
PAIR = Pair.of(rig.truth(0), rig.truth(3))


def turn(vector: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.Rodrigues(np.asarray(vector, dtype=np.float64))[0])


def pixels(board: np.ndarray, between: np.ndarray, pose: Poses, points: np.ndarray) -> np.ndarray:
    """Of both cameras, with the board and the second camera moved by a small turn and shift each."""
    own = turn(board[:3]) @ pose.turns[0]
    seen = points @ own.T + pose.shifts[0] + board[3:]
    there = seen @ (turn(between[:3]) @ PAIR.turn).T + PAIR.shift + between[3:]
    still = np.zeros(3)
    one, other = project(PAIR.first.lens, seen, still, still), project(PAIR.second.lens, there, still, still)
    return np.concatenate([one, other]).ravel()


def test_the_information_of_a_shared_view_is_that_of_its_projections_with_the_board_eliminated():
    pose = Poses(turn(np.array([0.3, -0.2, 0.1]))[None], np.array([[-0.1, -0.05, 0.6]]))
    nothing, step = np.zeros(6), 1e-6
    columns = []
    for number in range(12):
        there = [np.zeros(6), np.zeros(6)]
        there[number // 6][number % 6] = step
        ahead = pixels(*there, pose, BOARD.corners)
        columns.append((ahead - pixels(nothing, nothing, pose, BOARD.corners)) / step)
    full = np.array(columns) @ np.array(columns).T / NOISE**2
    wanted = full[6:, 6:] - full[6:, :6] @ np.linalg.solve(full[:6, :6], full[:6, 6:])
    told = pair_information(PAIR, pose, BOARD.corners)[0]
    scale = np.sqrt(np.outer(np.diag(wanted), np.diag(wanted)))
    assert np.abs((told - wanted) / scale).max() < 1e-3


def test_places_lie_in_both_pictures_as_the_cameras_see_them():
    there = places(PAIR, BOARD)
    size = PAIR.first.size
    assert len(there.words) > 10
    for outlines in there.outlines:
        assert (outlines > 0).all()
        assert (outlines < [size.width, size.height]).all()
    (left, top), (width, height) = BOARD.print_origin, BOARD.print_size
    rim = np.array([[left, top, 0], [left + width, top, 0], [left + width, top + height, 0], [left, top + height, 0]])
    for first, second in list(zip(*there.outlines, strict=True))[::9]:
        true = [rig.scene().truth[number] for number in (0, 3)]
        flat = cv2.undistortPoints(first[:, None], true[0].matrix, np.array(true[0].distortion))
        _, rvec, tvec = cv2.solvePnP(rim, flat, np.eye(3), None, flags=cv2.SOLVEPNP_IPPE)
        seen = rim @ turn(rvec).T + tvec.ravel()
        world = (seen - np.array(true[0].tvec)) @ true[0].rotation
        assert np.abs(true[1].project(world) - second).max() < 0.1


def test_a_view_elsewhere_tells_more_of_a_distance_than_one_like_those_that_are_there():
    taken = [capture.sights for capture in rig.taken(3)]
    shared = [(one, other) for one, _, _, other in taken if one is not None and other is not None]
    same = known_information(PAIR, BOARD, shared[:1])
    far = known_information(PAIR, BOARD, shared[-1:])
    loose = known_information(PAIR, BOARD, [])
    gains = distance_gain(PAIR, same, np.stack([same - loose, far - loose]))
    assert 0.25 < gains[0] < 0.3, "a view and the same once more: 1 - 1/sqrt(2)"
    assert gains[1] > gains[0]
    assert isinstance(shared[0][0], Capture)
