"""Rig files beside aniposelib: what it writes is read, what is written it reads, and both see points at one place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.calibration.formats.rig_exporting import exported
from engines.calibration.formats.rig_files import load
from engines.core.projection import project

POINTS = np.array([[0.1, 0.2, 3.0], [0.3, -0.1, 2.5]])


def test_both_programs_mean_the_same_by_a_file(tmp_path: Path):
    peer = pytest.importorskip("aniposelib.cameras", reason="aniposelib is not installed")
    kinds = ((peer.Camera, [-0.1, 0.02, 0.001, 1 / 7e3, 0.3]), (peer.FisheyeCamera, [-0.1, 0.02, 0.001, 1 / 7e3]))
    theirs = peer.CameraGroup(
        [
            kind(
                matrix=np.array([[900.1, 0, 639.5], [0, 901.25, 1e3 / 3], [0, 0, 1]]), dist=np.array(lens),
                size=(1280, 720), rvec=np.array([0.01, n / 3, 0.1]), tvec=np.array([0.4 * n, 0.01, 0.2]), name=f"A{n}",
            )
            for n, (kind, lens) in enumerate(kinds)
        ]
    )  # fmt: skip
    theirs.dump(tmp_path / "theirs.toml")
    ours = load(tmp_path / "theirs.toml")
    for camera, seen in zip(ours.cameras, theirs.project(POINTS), strict=True):
        assert project(camera.lens, POINTS, camera.rvec, camera.tvec) == pytest.approx(seen, abs=1e-9)
    back = peer.CameraGroup.load(exported(ours, "aniposelib", tmp_path / "ours.toml"))
    assert [one.get_dict() for one in back.cameras] == [one.get_dict() for one in theirs.cameras]
