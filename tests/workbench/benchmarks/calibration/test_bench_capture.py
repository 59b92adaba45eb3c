"""The benchmark of the automatic capture, small: its views beside views at random before the same rendered hand."""

from __future__ import annotations

import pytest

from engines.cameras.scene.rig import Pose
from workbench.benchmarks.calibration.capture import GLIDE, REST, Hand, main


def test_views_at_random_need_many_more_for_the_same_camera():
    told = main(seeds=1, first=2, rests=24, views=5, draws=3)
    (row,) = told["seeds"]
    assert row["views"] == 5
    assert row["std_fx"] < 2.0
    assert told["ratio_median"] >= 1.5


def test_the_hand_rests_before_it_moves_on():
    hand = Hand((Pose((0.0, 0.0, 0.0), (0.0, 0.0, 1.0)), Pose((0.2, 0.0, 0.0), (0.4, 0.0, 1.0))))
    places = [hand.pose(float(frame)).tvec[0] for frame in range(2 * (REST + GLIDE))]
    assert places[:REST] == [0.0] * REST
    assert places[REST] == pytest.approx(0.2)
    assert places[REST + GLIDE :] == pytest.approx([0.4] * (REST + GLIDE))
