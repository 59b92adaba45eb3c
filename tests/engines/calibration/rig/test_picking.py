"""A point that is shown in one picture lies on the curves in the others; in two, it is where it truly is."""

from __future__ import annotations

import numpy as np
import pytest

from engines.calibration.rig.optics import eyes_of
from engines.calibration.rig.points.curves import epipolar_curve
from engines.calibration.rig.points.picking import pick
from engines.calibration.rig.points.triangulation import APART, Triangulator
from tests.engines.calibration.rig.drawn_rigs import Floats, cloud, true_rig


def nearest(pieces: tuple[Floats, ...], pixel: Floats) -> float:
    """From a pixel to a polyline."""
    gaps = []
    for piece in pieces:
        start, way = piece[:-1], np.diff(piece, axis=0)
        along = np.clip(((pixel - start) * way).sum(axis=1) / (way**2).sum(axis=1), 0, 1)
        gaps.append(np.linalg.norm(start + along[:, None] * way - pixel, axis=1).min())
    return min(gaps, default=np.inf)


@pytest.mark.parametrize("fisheye", [False, True])
def test_the_curve_goes_through_what_the_other_camera_sees(fisheye: bool) -> None:
    eyes = eyes_of(true_rig(fisheye=fisheye))
    for place in cloud(np.random.default_rng(1), 5):
        pixels = [eye.see(place)[0] for eye in eyes]
        for other in (1, 2, 3):
            assert nearest(epipolar_curve(eyes[0], pixels[0], eyes[other]), pixels[other]) < 0.05


def test_a_curve_stays_within_the_picture_and_is_not_where_nothing_is_shown() -> None:
    first, second = eyes_of(true_rig())[:2]
    (piece,) = epipolar_curve(first, (320, 180), second)
    assert (piece >= -13).all()
    assert (piece <= (653, 373)).all()
    assert len(piece) > 20
    assert epipolar_curve(first, (1e5, 0), second) == ()
    assert epipolar_curve(first, (320, 180), first) == ()


def test_two_clicks_give_a_place_and_where_it_is_seen() -> None:
    rig = true_rig()
    triangulator, place = Triangulator(rig), np.array([0.03, -0.02, 0.01])
    pixels = {number: tuple(eye.see(place)[0].tolist()) for number, eye in enumerate(triangulator.eyes)}
    one = pick(triangulator, {2: pixels[2]})
    assert one.point is None
    assert set(one.curves) == {0, 1, 3}
    two = pick(triangulator, {2: pixels[2], 0: pixels[0]})
    assert two.point is not None
    assert two.point.place == pytest.approx(place, abs=1e-9)
    assert two.seen is not None
    assert np.array([two.seen[number] for number in range(4)]) == pytest.approx(
        np.array(list(pixels.values())), abs=1e-6
    )
    assert 0 < max(two.point.std) < 0.01
    apart = pick(triangulator, {0: (0.0, 0.0), 1: (639.0, 359.0)})
    assert (apart.point, apart.why) == (None, APART)
