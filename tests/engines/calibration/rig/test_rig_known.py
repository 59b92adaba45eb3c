"""Known lenses of a rig: matched by name or order, scaled to the pictures with their deviations, and said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engines.calibration.formats.rig_files import save
from engines.calibration.rig.known import cameras_told, known_cameras, resized
from engines.calibration.rig.types import RigSpec
from engines.core.boards import Board
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Size
from tests.engines.calibration.formats.some_rigs import FOURS, SIZE

HALF = Size(640, 360)
SPEC = RigSpec((), Board.parse("chessboard:9x6:25mm"))


@pytest.fixture
def spec(tmp_path: Path) -> RigSpec:
    cameras = tuple(replace(one, std={"fx": 0.4, "fy": 0.4, "cx": 0.4, "cy": 0.4}) for one in FOURS.cameras)
    save(replace(FOURS, cameras=cameras), tmp_path / "rig.json")
    return replace(SPEC, intrinsics=str(tmp_path / "rig.json"))


def test_lenses_of_another_resolution_are_scaled_and_said(spec: RigSpec):
    known = known_cameras(spec, ("cam 1", "other"), (HALF, SIZE))
    assert known[1] is None
    assert known[0] is not None
    told = cameras_told(spec)[1]
    assert known[0].intrinsics.fx == told.intrinsics.fx / 2
    assert known[0].intrinsics.cx == (told.intrinsics.cx + 0.5) / 2 - 0.5
    assert known[0].std["fx"] == 0.2
    words = "The lens of cam 1 was told for pictures of 1280x720 and is used scaled to 640x360"
    assert resized(cameras_told(spec), known) == (words,)
    assert resized(cameras_told(spec), known_cameras(spec, ("a", "b"), (SIZE, SIZE))) == ()


def test_what_cannot_be_scaled_or_matched_is_refused(spec: RigSpec):
    with pytest.raises(BadInput, match="Camera a: .*another shape"):
        known_cameras(spec, ("a", "b"), (Size(640, 480), SIZE))
    with pytest.raises(BadInput, match="holds 2 cameras, the rig has 3"):
        known_cameras(spec, ("a", "b", "c"), (SIZE,) * 3)
    with pytest.raises(UsageError, match="how lenses are held"):
        cameras_told(replace(spec, hold="loose"))
    assert known_cameras(SPEC, ("a", "b"), (SIZE, SIZE)) == (None, None)
