"""Which pairs, frames and depths of a rig are offered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engines.calibration.rig.pairs.depth import DepthWish
from engines.calibration.rig.pairs.stills import best_pair, paths_of, shared_frames, usual_depths
from engines.calibration.rig.types import BoardPose, RigPair, RigView
from engines.core.errors import BadInput
from tests.engines.calibration.rig.pairs.known_pair import side_by_side

SEEN = (("1", 0, True), ("1", 1, False), ("2", 0, True), ("3", 0, True), ("3", 1, True))
RIG = replace(
    side_by_side(), views=tuple(RigView(frame, camera, f"{frame}-{camera}", on, on) for frame, camera, on in SEEN)
)


def test_frames_in_which_both_show_the_board_come_first_and_others_of_one_camera_do_not() -> None:
    assert shared_frames(RIG, 0, 1) == ("3", "1")
    assert paths_of(RIG, "3", (1, 0)) == {0: "3-0", 1: "3-1"}
    with pytest.raises(BadInput, match="no picture of right in frame 2"):
        paths_of(RIG, "2", (0, 1))


def test_the_pair_that_shares_most_comes_first() -> None:
    pairs = (RigPair(0, 1, 1.0, 0.0, corners=5), RigPair(1, 2, 1.0, 0.0, corners=9), RigPair(0, 2, 1.0, 0.0))
    assert best_pair(replace(RIG, pairs=pairs)) == (1, 2)
    assert best_pair(replace(RIG, pairs=())) == (0, 1)


def test_boards_tell_which_depths_there_are_else_the_baseline() -> None:
    poses = tuple(BoardPose(str(depth), 0, (0.0, 0.0, 0.0), (0.0, 0.0, depth)) for depth in (0.5, 1.0))
    found = usual_depths(replace(RIG, board_poses=poses), 0, 0.1)
    assert (found.near, found.far) == pytest.approx((0.3, 2.5), rel=0.05)
    assert usual_depths(RIG, 0, 0.1) == DepthWish(0.3, 4.0)
