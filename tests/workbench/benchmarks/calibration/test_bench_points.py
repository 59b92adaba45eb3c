"""The benchmark of triangulated points, small: a rig from rendered pictures, and corners of other moments."""

from __future__ import annotations

import pytest

from workbench.benchmarks.calibration.points import main


def test_points_of_a_rendered_rig_are_where_they_are_said_to_be():
    told = main(rigs=1, frames=6, moments=1, seed=2)
    assert told["points"] == 54
    assert told["within_three"] >= 0.98
    assert told["two_cameras_error_mm"] == pytest.approx(told["opencv_two_cameras_error_mm"], rel=0.05)
