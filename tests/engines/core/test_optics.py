"""Field of view and focal length beside closed forms."""

from math import atan, degrees, hypot, isnan, radians

import pytest

from engines.core.errors import UsageError
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.optics import field_of_view, focal_mm

SIZE = Size(1280, 720)
MIDDLE = (639.5, 359.5)


def test_a_pinhole_sees_twice_the_arc_tangent_of_half_its_picture() -> None:
    seen = field_of_view(Lens("brown5", Intrinsics(800, 800, *MIDDLE), (0.0,) * 5), SIZE)
    assert seen.horizontal == pytest.approx(2 * degrees(atan(640 / 800)))
    assert seen.vertical == pytest.approx(2 * degrees(atan(360 / 800)))
    assert seen.diagonal == pytest.approx(2 * degrees(atan(hypot(640, 360) / 800)))


def test_a_fisheye_may_see_behind_itself() -> None:
    """Equidistant: the angle is the radius over the focal length, also beyond a half circle."""
    seen = field_of_view(Lens("fisheye4", Intrinsics(640 / radians(95), 640 / radians(95), *MIDDLE), (0.0,) * 4), SIZE)
    assert seen.horizontal == pytest.approx(190, abs=1e-4)
    assert seen.vertical == pytest.approx(190 * 720 / 1280, abs=1e-4)


def test_where_a_curve_folds_back_there_is_no_angle() -> None:
    folded = Lens("fisheye4", Intrinsics(400, 400, *MIDDLE), (-0.3, 0.0, 0.0, 0.0))
    assert isnan(field_of_view(folded, SIZE).horizontal)


def test_the_focal_length_follows_the_sensor() -> None:
    lens = Lens("brown5", Intrinsics(1280, 1280, *MIDDLE), (0.0,) * 5)
    assert focal_mm(lens, SIZE, 6.4) == pytest.approx(6.4)
    with pytest.raises(UsageError, match="above 0"):
        focal_mm(lens, SIZE, 0)
