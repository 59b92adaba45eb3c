"""The sheet of a recording: a map for every layer and step, of the patch that was asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.attention.types import Site
from engines.attention.watching.recording import Recorder, Recording
from engines.attention.watching.sheet import GAP, HEAD, MARGIN, SIDE, sheet
from engines.core.errors import UsageError
from engines.core.pictures.heat import VIRIDIS
from tests.engines.attention.watching.recorded import asked


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    """Every patch takes the one after it, in a black picture."""
    q = 8 * np.eye(4)[None]
    one = [asked(Site(name, 1, 4, (2, 2)), q, np.roll(q, 1, 1), q, 1.0) for name in ("Layer 1", "Layer 2")]
    with Recorder(tmp_path / "seen.npz", (2.0, 1.0, 0.0), "black") as recorder:
        for step in range(2):
            recorder.add(step, np.zeros((4, 4), np.uint8), one)
        recorder.finish(np.zeros((4, 4), np.uint8))
    return Recording.open(tmp_path / "seen.npz")


def test_a_row_a_layer_and_a_column_a_step(recording: Recording) -> None:
    shown = sheet(recording, patch=1)
    assert shown.shape == (HEAD + 2 * (SIDE + GAP), MARGIN + 2 * (SIDE + GAP), 3)
    half, brightest = SIDE // 2, (0.72 * VIRIDIS[255]).round()
    for left in (MARGIN, MARGIN + SIDE + GAP):
        cell = shown[HEAD + SIDE + GAP :, left : left + SIDE]
        taken = cell[10, half // 2 - 10]
        assert taken.max() < 255
        inside = [cell[row + half // 2, column + half // 2] for row in (0, half) for column in (0, half)]
        most = int(np.argmax([one[0] for one in inside]))
        assert most == _taken_by_one(recording)
        assert np.abs(inside[most] - brightest).max() <= 1
    assert (shown[HEAD, MARGIN + SIDE // 2 + 2] == 255).all()


def _taken_by_one(recording: Recording) -> int:
    return int(recording.row(0, 0, 0, 1).argmax())


def test_a_patch_that_is_not_there_is_refused(recording: Recording) -> None:
    with pytest.raises(UsageError, match="no patch 4"):
        sheet(recording, patch=4)


def test_a_head_that_no_layer_has_is_refused(recording: Recording) -> None:
    with pytest.raises(UsageError, match="No layer has a head 2"):
        sheet(recording, head=1)
