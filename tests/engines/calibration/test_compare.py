"""Two calibrations beside each other: equal ones agree, what differs is measured in pixels and in deviations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.calibration.compare import compare
from engines.calibration.types import MonoResult
from engines.core.errors import BadInput
from engines.core.frames import Size
from engines.core.lenses import Intrinsics
from tests.engines.calibration import known_scene as known

FIRST = MonoResult(
    "brown5", known.SIZE, known.CAMERA, {"fx": 0.3, "fy": 0.3, "cx": 0.4, "cy": 0.4}, known.BROWN, (0.001,) * 5, 0.1,
    None, (), "", (), 0.0, None,
)  # fmt: skip


def moved(**values: float) -> MonoResult:
    return replace(FIRST, intrinsics=replace(known.CAMERA, **values))


def test_a_calibration_agrees_with_itself():
    told = compare(FIRST, FIRST)
    assert told.largest_px < 1e-6
    assert told.turn_deg < 1e-6
    assert all(one.deviations == 0 for one in told.parameters)


def test_a_longer_lens_differs_as_far_out_as_it_is_longer():
    """Without distortion a focal length that is 1 % longer moves a pixel by 1 % of its distance from the middle."""
    plain = replace(FIRST, distortion=(0.0,) * 5, intrinsics=Intrinsics(500, 500, 319.5, 239.5))
    longer = replace(plain, intrinsics=Intrinsics(505, 505, 319.5, 239.5))
    told = compare(plain, longer)
    assert told.turn_deg < 1e-3
    assert told.largest_px == pytest.approx(0.01 * np.hypot(319.5, 239.5), rel=1e-3)
    assert np.array(told.difference).reshape(told.rows, told.columns)[0, 0] == pytest.approx(told.largest_px)


def test_a_moved_principal_point_is_mostly_a_turn_of_the_camera():
    told = compare(FIRST, moved(cx=known.CAMERA.cx + 5))
    assert told.turn_deg == pytest.approx(np.degrees(5 / known.CAMERA.fx), rel=0.2)
    assert told.rms_px < 1.5


def test_parameters_differ_by_joint_deviations():
    told = compare(FIRST, moved(cy=known.CAMERA.cy + 2))
    cy = next(one for one in told.parameters if one.name == "cy")
    assert cy.deviations == pytest.approx(2 / np.hypot(0.4, 0.4))
    fish = compare(FIRST, replace(FIRST, model="fisheye4", distortion=(0.0,) * 4, distortion_std=()))
    assert [one.name for one in fish.parameters][-4:] == [f"fisheye k{n}" for n in range(1, 5)]
    assert all(one.deviations is None for one in fish.parameters[4:])


def test_flipped_pictures_are_not_compared_with_plain_ones():
    flipped = replace(FIRST, mirrored=True)
    with pytest.raises(BadInput, match="flipped left to right"):
        compare(FIRST, flipped)
    assert compare(flipped, flipped).largest_px < 1e-6


def test_pictures_of_other_sizes_are_not_compared():
    with pytest.raises(BadInput, match="640x480 and of 320x240"):
        compare(FIRST, replace(FIRST, image_size=Size(320, 240)))
