"""Rectified pictures as children of feeds: their names, what they are of, and that a project can keep them."""

from __future__ import annotations

from dataclasses import replace

from engines.calibration.rig.pairs.rectification import rectify, undistortions
from engines.cameras.types import Child
from engines.core.spec import from_json, to_json
from tests.engines.calibration.rig.pairs.known_pair import side_by_side
from workbench.feeds.rectified import rectified

PAIR = side_by_side()
HOW = rectify(PAIR, 0, 1, 0.0)


def test_each_is_of_its_own_feed_or_tile_and_is_called_by_the_other_camera() -> None:
    made = rectified(("usb1", "tiled1/b"), PAIR, HOW)
    assert list(made) == ["usb1/rectified with right", "tiled1/b rectified with left"]
    assert [child.of for child in made.values()] == ["", "b"]
    assert tuple(child.undistortion for child in made.values()) == undistortions(PAIR, HOW)


def test_a_name_of_a_camera_that_is_no_path_becomes_one() -> None:
    odd = replace(PAIR, cameras=(PAIR.cameras[0], replace(PAIR.cameras[1], name="a/b")))
    assert list(rectified(("usb1", "usb2"), odd, HOW))[0] == "usb1/rectified with a-b"


def test_they_are_kept_by_a_project_to_the_last_bit() -> None:
    for child in rectified(("usb1", "usb2"), PAIR, HOW).values():
        assert from_json(Child, to_json(child)) == child
