"""Corners and cameras beside other tools: the chess-corners library, and the way OpenCV's tutorial calibrates."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.calibration.solve.adjustment import Observation
from engines.calibration.solve.fit import fit_camera, leave_one_out
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.corners import detect
from engines.calibration.targets.photographs import read_image
from engines.calibration.targets.target import Target
from engines.core.boards import Board
from engines.core.context import PlainContext
from engines.core.frames import Size

BOARD = Board.parse("chessboard:9x6:25mm")
SIZE = Size(640, 480)
SETUP = Setup(Target((BOARD,)), SIZE)


@pytest.fixture
def photographs(data: Path) -> list[np.ndarray]:
    paths = sorted((data / "calibration" / "opencv_stereo_chessboard").glob("left??.jpg"))
    images = [image for image in map(read_image, paths) if image is not None]
    assert len(images) == 13
    return images


def ours(images: list[np.ndarray]) -> list[Observation]:
    found = [detect(image, BOARD) for image in images]
    return [Observation(each.ids, each.corners) for each in found if each is not None]


def left_out_rms(views: list[Observation]) -> float:
    fit = fit_camera(views, SETUP)
    squares = leave_one_out(fit, views, SETUP, PlainContext())
    return float(np.sqrt(sum(squares) / sum(len(view.ids) for view in views)))


def test_chess_corners_sees_the_same_corners_and_the_same_camera(photographs: list[np.ndarray]):
    peer = pytest.importorskip("chess_corners", reason="chess-corners is not installed (make peers)")
    detector = peer.Detector()
    views, distances, theirs = ours(photographs), [], []
    for image, view in zip(photographs, views, strict=True):
        candidates = np.asarray(detector.detect(image).xy, dtype=np.float64)
        apart = np.linalg.norm(view.corners[:, None] - candidates[None], axis=2)
        near = apart.min(axis=1)
        distances.append(near)
        seen = near < 1.5
        theirs.append(Observation(view.ids[seen], candidates[apart.argmin(axis=1)[seen]]))
    pooled = np.concatenate(distances)
    assert np.median(pooled) < 0.2
    assert (pooled < 1.5).mean() > 0.95
    ours_fit, theirs_fit = fit_camera(views, SETUP), fit_camera(theirs, SETUP)
    assert theirs_fit.state.camera[:4] == pytest.approx(ours_fit.state.camera[:4], abs=3.0)
    assert ours_fit.rms <= theirs_fit.rms


def test_left_out_views_fit_better_than_with_the_tutorials_window(photographs: list[np.ndarray]):
    stop = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 30, 0.001)
    tutorial = []
    for image in photographs:
        found, corners = cv2.findChessboardCorners(image, (9, 6))
        assert found
        refined = cv2.cornerSubPix(image, corners, (11, 11), (-1, -1), stop)
        tutorial.append(Observation(np.arange(54), refined.reshape(-1, 2).astype(np.float64)))
    assert left_out_rms(ours(photographs)) < 0.5 * left_out_rms(tutorial)
