"""AprilGrids beside the AprilTag library: every view that it finds is found."""

from __future__ import annotations

import numpy as np
import pytest

from engines.calibration.targets.corners import detect
from engines.calibration.targets.rendered import photograph
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens

BOARD = Board.parse("aprilgrid:4x3:88mm:26.4mm")
LENS = Lens("brown5", Intrinsics(534.0, 536.0, 326.0, 244.0), (-0.28, 0.08, 0.001, -0.0005, -0.01))


def test_views_that_pupil_apriltags_finds_are_found_too():
    peer = pytest.importorskip("pupil_apriltags", reason="pupil-apriltags is not installed")
    detector = peer.Detector(families="tag36h11", quad_decimate=1.0)
    rng = np.random.default_rng(0)
    theirs = missed = 0
    for number in range(20):
        rvec = np.array([*rng.uniform(-0.5, 0.5, 2), rng.uniform(-0.6, 0.6)])
        tvec = np.array([*rng.uniform(-0.26, -0.16, 2), rng.uniform(0.5, 0.75)])
        image = photograph(BOARD, LENS, Size(640, 480), (rvec, tvec), blur=float(rng.choice([0.6, 1.2])), seed=number)
        seen = [tag for tag in detector.detect(image) if tag.tag_id < 12]
        theirs += len(seen) >= 2
        missed += len(seen) >= 2 and detect(image, BOARD) is None
    assert theirs > 0
    assert missed <= 0.03 * theirs
