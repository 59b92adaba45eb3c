"""What is set of a rig becomes the job's specification, and stays of one piece when cameras are renamed."""

from __future__ import annotations

from dataclasses import replace

from tests.widgets.calibration.rig.rig_states import NAMES, SETUP
from widgets.calibration.rig.setup import RigSetup
from widgets.calibration.rig.state import RigState


def test_tiles_that_are_left_out_are_named_so_in_the_job() -> None:
    spec = SETUP.spec
    assert (spec.tiles, spec.names, spec.paths) == ("2x2", (*NAMES, "-"), SETUP.paths)
    assert SETUP.cameras == NAMES


def test_files_of_cameras_that_are_left_out_are_not_in_the_job() -> None:
    setup = RigSetup(("a", "b", "c"), False, names=("", "-", "top"), offsets=(0, 5, 2), match="order")
    assert (setup.spec.paths, setup.spec.names, setup.spec.offsets) == (("a", "c"), ("0", "top"), (0, 2))
    assert setup.spec.tiles == ""
    assert replace(setup, names=()).spec.names == ()


def test_a_camera_that_is_renamed_stays_the_reference_and_off_where_it_was() -> None:
    before = replace(SETUP, reference="front right", exclude=("set 1.png", "set 2.png/front right", "a/set 3.png"))
    after = replace(before, names=("front left", "middle", "side", "-")).settled(before)
    assert after.reference == "middle"
    assert after.exclude == ("set 1.png", "set 2.png/middle", "a/set 3.png")
    gone = replace(before, names=("front left", "-", "side", "-")).settled(before)
    assert (gone.reference, gone.exclude) == ("", ("set 1.png", "a/set 3.png"))


def test_frames_that_are_chosen_anew_are_all_on() -> None:
    before = replace(SETUP, exclude=("set 1.png",), reference="frame:set 2.png")
    after = replace(before, every=5).settled(before)
    assert (after.exclude, after.reference) == ((), "")


def test_why_it_cannot_be_calibrated_is_said() -> None:
    assert RigState(SETUP).problem == ""
    assert "pictures" in RigState().problem
    assert "two cameras" in RigState(replace(SETUP, names=("a", "-", "-", "-"))).problem
    assert RigState(replace(SETUP, names=("a", "A", "b", "-"))).problem == "Two cameras are called a"
