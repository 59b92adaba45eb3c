"""Rigs are kept for the cameras that they are of, and are for pictures of their size."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.calibration.rig.kept import KeptRigs
from engines.calibration.rig.optics import eyes_of
from engines.calibration.rig.scaling import at_sizes
from engines.calibration.shelf import Camera
from engines.core.errors import UsageError
from engines.core.frames import Size
from tests.engines.calibration.rig.drawn_rigs import cloud, drawn, stated_covariance, true_rig

RIG = drawn(true_rig(2), stated_covariance(true_rig(2)), np.random.default_rng(0))
HERE = Camera("usb:a", "left"), Camera("usb:b", "right")
NOON = 1777896000.0


def test_what_is_kept_is_found_again_newest_first(tmp_path: Path) -> None:
    KeptRigs(tmp_path).keep(HERE, RIG, "near", NOON)
    newer = replace(RIG, rms_px=0.2)
    assert KeptRigs(tmp_path).keep(HERE, newer, at=NOON).at == NOON + 1
    KeptRigs(tmp_path).keep(HERE[::-1], RIG, at=NOON)
    shelf = KeptRigs(tmp_path)
    assert [(one.result, one.focus, one.at) for one in shelf.of(HERE)] == [(newer, "", NOON + 1), (RIG, "near", NOON)]
    assert set(shelf.sets()) == {HERE, HERE[::-1]}


def test_what_cannot_be_read_is_named_and_the_rest_is_there(tmp_path: Path) -> None:
    kept = KeptRigs(tmp_path).keep(HERE, RIG, at=NOON)
    kept.path.with_name("mine.json").write_text("{}")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "cameras.json").write_text(json.dumps({"cameras": [{"key": "x"}]}))
    shelf = KeptRigs(tmp_path)
    assert shelf.sets() == (HERE,)
    assert [problem.partition(":")[0] for problem in shelf.problems] == ["broken"]
    assert [one.path for one in shelf.of(HERE)] == [kept.path]
    assert [problem.partition(":")[0] for problem in shelf.problems] == ["mine.json"]


def test_as_many_cameras_as_the_rig_has_are_needed(tmp_path: Path) -> None:
    for cameras in (HERE[:1], (HERE[0], HERE[0])):
        with pytest.raises(ValueError, match="for a rig of 2"):
            KeptRigs(tmp_path).keep(cameras, RIG)


def test_a_rig_for_smaller_pictures_sees_the_same_there() -> None:
    half = at_sizes(RIG, [Size(320, 180), RIG.cameras[1].size])
    places = cloud(np.random.default_rng(1), 5)
    for number, (whole, small) in enumerate(zip(eyes_of(RIG), eyes_of(half), strict=True)):
        scale = 1 if number else 2
        assert (small.see(places) + 0.5) * scale - 0.5 == pytest.approx(whole.see(places), abs=1e-9)
    for row, column, factor in ((0, 0, 0.25), (0, 15, 0.5), (15, 15, 1.0)):
        assert half.covariance[row][column] == pytest.approx(factor * RIG.covariance[row][column])
    assert at_sizes(RIG, [camera.size for camera in RIG.cameras]) is RIG
    with pytest.raises(UsageError, match="another shape"):
        at_sizes(RIG, [Size(320, 320), RIG.cameras[1].size])
