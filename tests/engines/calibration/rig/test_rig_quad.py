"""The real four-camera recording: known lenses give the rig that others agree on, unknown ones are not believed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from engines.calibration.rig.found import Found
from engines.calibration.rig.pictures.finding import find
from engines.calibration.rig.solving import solved
from engines.calibration.rig.types import RigResult, RigSpec
from engines.core.boards import Board
from engines.core.context import PlainContext

BOARD = Board.parse("charuco:4x5:54mm:40.5mm:DICT_4X4_1000:inverted")
AGREED = {(0, 1): 1.137, (0, 2): 0.545, (0, 3): 0.424, (1, 2): 0.9305, (1, 3): 1.4425, (2, 3): 0.6255}
"""Metres between cameras: the middle of what three independent solvers gave with known lenses."""


@cache
def recording(folder: Path) -> Found:
    return find(RigSpec((str(folder),), BOARD, tiles="2x2"), PlainContext(), lambda share, words: None)


def rig(folder: Path, **values: object) -> RigResult:
    spec = RigSpec((str(folder),), BOARD, tiles="2x2", **values)  # type: ignore[arg-type]
    return solved(spec, recording(folder), PlainContext())


def test_known_lenses_give_the_distances_that_others_agree_on(data: Path) -> None:
    folder = data / "calibration" / "quad_tiled_charuco"
    result = rig(folder, intrinsics=str(folder / "caliscope_config.toml"), held_out=False)
    for (first, second), agreed in AGREED.items():
        assert result.pair(first, second).distance == pytest.approx(agreed, rel=0.012)
    assert {camera.hold for camera in result.cameras} == {"fixed"}
    assert "disagreement" in {reason.kind for reason in result.reasons}


def test_lenses_that_these_frames_leave_open_are_not_believed(data: Path) -> None:
    """The wrong rig fits better than the right one; what tells is the focal lengths, left-out frames, other starts."""
    result = rig(data / "calibration" / "quad_tiled_charuco")
    assert result.verdict in ("weak", "poor")
    kinds = {reason.kind for reason in result.reasons}
    assert {"uncertain-focal", "several-ends", "spread"} <= kinds
