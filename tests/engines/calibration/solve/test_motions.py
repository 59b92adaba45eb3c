"""Rigid motions beside OpenCV's and by their identities."""

import cv2
import numpy as np
import pytest

from engines.calibration.solve.motions import Motions, cross_matrices, exponential, logarithm


@pytest.fixture
def poses() -> np.ndarray:
    rng = np.random.default_rng(1)
    return np.vstack([rng.uniform(-1.5, 1.5, (20, 6)), np.zeros(6), np.full(6, 1e-10)])


def test_rotations_are_opencvs(poses: np.ndarray):
    theirs = np.array([cv2.Rodrigues(pose[:3])[0] for pose in poses])
    assert exponential(poses[:, :3]) == pytest.approx(theirs, abs=1e-14)
    assert logarithm(theirs) == pytest.approx(poses[:, :3], abs=1e-9)


def test_one_motion_after_another_is_opencvs(poses: np.ndarray):
    first, then = Motions.of(poses), Motions.of(poses[::-1])
    joined = then.after(first).poses
    for one, other, both in zip(poses, poses[::-1], joined, strict=True):
        rvec, tvec = cv2.composeRT(one[:3], one[3:], other[:3], other[3:])[:2]
        assert both == pytest.approx(np.concatenate([rvec.ravel(), tvec.ravel()]), abs=1e-9)


def test_back_and_forth_is_where_it_was(poses: np.ndarray):
    motions = Motions.of(poses)
    still = motions.inverse.after(motions)
    assert still.turns == pytest.approx(np.broadcast_to(np.eye(3), still.turns.shape), abs=1e-14)
    assert still.shifts == pytest.approx(0.0, abs=1e-14)


def test_a_small_step_turns_in_the_coordinates_that_the_motion_leads_to(poses: np.ndarray):
    motions, step = Motions.of(poses), 1e-7 * np.ones((len(poses), 6))
    points = np.array([[0.3, -0.2, 0.9]])
    before, after = motions.apply(points)[:, 0], motions.moved(step).apply(points)[:, 0]
    arms = before - motions.shifts
    expected = np.einsum("nij,nj->ni", cross_matrices(step[:, :3]), arms) + step[:, 3:]
    assert after - before == pytest.approx(expected, abs=1e-13)
