"""Straight lines are straight: a grid seen through a known lens, beside float64 interpolation and OpenCV's own maps."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from engines.core.errors import UsageError
from engines.core.frames import Image, Size
from engines.core.lenses import Intrinsics, Lens, scaled
from engines.core.projection import border, camera_matrix, project, undistort, undistort_maps, undistort_points
from engines.core.undistortion import Straightener, Undistortion, straightening

SIZE = Size(640, 480)
BROWN = Lens("brown5", Intrinsics(534.0, 536.0, 326.0, 244.0), (-0.28, 0.08, 0.001, -0.0005, -0.01))
WIDE = Lens("fisheye4", Intrinsics(240.0, 241.0, 322.0, 236.0), (-0.02, 0.005, -0.001, 0.0))
LENSES = pytest.mark.parametrize("lens", [BROWN, WIDE], ids=["brown", "fisheye"])
NOWHERE = np.zeros(3)


def ramp(size: Size = SIZE) -> Image:
    """Blue is x, green is y, both over four."""
    x, y = np.meshgrid(np.arange(size.width) / 4, np.arange(size.height) / 4)
    return np.rint(np.stack([x, y, np.full_like(x, 255)], axis=-1)).astype(np.uint8)


def where(lens: Lens, straight: Intrinsics, pixels: np.ndarray) -> np.ndarray:
    """Where a pinhole's pixels lie in the lens's picture, by projection."""
    rays = (pixels - (straight.cx, straight.cy)) / (straight.fx, straight.fy)
    return project(lens, np.column_stack([rays, np.ones(len(rays))]), NOWHERE, NOWHERE)


@LENSES
def test_a_straight_line_in_space_is_straight_in_the_picture(lens: Lens) -> None:
    """A bar rendered through the lens: its middle in every row of the straightened picture lies on one line."""
    maps = undistort_maps(lens, SIZE, keep=0.3)
    y, x = np.mgrid[: SIZE.height, : SIZE.width]
    flat = undistort_points(lens, np.column_stack([x.ravel(), y.ravel()])).reshape(*x.shape, 2)
    seen = 255 * np.exp(-(((flat[..., 0] - 0.25 * flat[..., 1] - 0.35) / 0.03) ** 2))
    bar = np.repeat(np.rint(np.nan_to_num(seen))[..., None], 3, axis=2).astype(np.uint8)
    straight = undistort(bar, maps)[80:400, :, 0].astype(float)
    middles = (straight * np.arange(SIZE.width)).sum(axis=1) / straight.sum(axis=1)
    rows = np.arange(80, 400)
    fit = np.polynomial.Polynomial.fit(rows, middles, 1)
    assert np.abs(middles - fit(rows)).max() < 0.1
    bent = (bar[80:400, :, 0].astype(float) * np.arange(SIZE.width)).sum(axis=1) / bar[80:400, :, 0].sum(axis=1)
    assert np.abs(bent - np.polynomial.Polynomial.fit(rows, bent, 1)(rows)).max() > 2


@LENSES
def test_maps_say_where_the_lens_puts_each_pixel(lens: Lens) -> None:
    maps = undistort_maps(lens, SIZE, keep=0.0)
    at = np.array([[0, 0], [639, 0], [320, 240], [17, 463], [639, 479]])
    np.testing.assert_allclose(maps.points[at[:, 1], at[:, 0]], where(lens, maps.straight, at), atol=2e-3)


def test_pixels_are_those_of_opencv_within_its_own_rounding() -> None:
    maps = undistort_maps(BROWN, SIZE)
    image = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8), (7, 7), 2)
    ours = undistort(image, maps).astype(int)
    theirs = cv2.undistort(image, camera_matrix(BROWN.intrinsics), np.array(BROWN.distortion), None,
                           camera_matrix(maps.straight))  # fmt: skip
    assert np.abs(ours - theirs).max() <= 2
    assert np.abs(ours - theirs).mean() < 0.1


@LENSES
def test_balance_goes_from_nothing_black_to_nothing_lost(lens: Lens) -> None:
    inside, all_ = (undistort_maps(lens, SIZE, keep=keep) for keep in (0.0, 1.0))
    assert inside.points.min() > -0.51
    assert (inside.points.reshape(-1, 2).max(axis=0) < (639.51, 479.51)).all()
    left, right = where(lens, all_.straight, np.array([[0.0, 240.0], [639.0, 240.0]]))[:, 0]
    assert left < 2
    assert right > 637
    assert undistort_maps(lens, SIZE, keep=0.5).straight.fx < inside.straight.fx
    assert inside.straight.fx / inside.straight.fy == pytest.approx(lens.intrinsics.fx / lens.intrinsics.fy)


def test_cropping_takes_the_black_away_and_moves_the_middle() -> None:
    whole = straightening(Undistortion(BROWN, SIZE, balance=1.0), SIZE)
    cut = straightening(Undistortion(BROWN, SIZE, balance=1.0, crop=True), SIZE)
    assert cut.points.min() > -1e-2
    assert cut.points.shape < whole.points.shape
    height, width = cut.points.shape[:2]
    np.testing.assert_allclose(
        where(BROWN, cut.straight, np.array([[0, 0], [width - 1, height - 1]])), cut.points[[0, -1], [0, -1]], atol=2e-3
    )


def test_a_wide_fisheye_is_shown_to_150_degrees_and_the_rest_is_black() -> None:
    behind = Lens("fisheye4", Intrinsics(150.0, 150.0, 319.5, 239.5), (0.0,) * 4)
    (left, _), (right, _) = border(behind, SIZE)[1]
    assert np.degrees(np.arctan([-left, right])) == pytest.approx([75, 75])
    assert np.isfinite(undistort_maps(behind, SIZE, keep=1.0).points).all()


def test_where_a_curve_folds_back_nothing_is_shown_twice() -> None:
    folding = Lens("brown5", Intrinsics(534.0, 534.0, 319.5, 239.5), (-0.6, 0.0, 0.0, 0.0, 0.0))
    maps = undistort_maps(folding, SIZE, straight=Intrinsics(150.0, 150.0, 319.5, 239.5))
    radius = np.hypot(*(np.mgrid[:480, :640] - np.array([239.5, 319.5])[:, None, None])) / 150
    beyond = radius > (1 / 1.8) ** 0.5 + 0.01
    assert (maps.points[beyond] < 0).all()
    assert (maps.points[240, 300:340] > 0).all()


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("mirror", [False, True])
def test_mirrors_are_told_apart(mirrored: bool, mirror: bool) -> None:
    """The lens's own mirror decides where pixels come from, the wanted one how they are shown; K is what is shown."""
    maps = straightening(Undistortion(BROWN, SIZE, mirrored=mirrored, mirror=mirror), SIZE)
    shown = undistort(ramp(), maps)
    assert (int(shown[240, 600, 0]) > int(shown[240, 40, 0])) is not mirror
    flipped = np.array([[639 - 100.0, 50.0]]) if mirror != mirrored else np.array([[100.0, 50.0]])
    back = maps.straight if mirror == mirrored else replace(maps.straight, cx=639 - maps.straight.cx)
    expected = where(BROWN, back, flipped)[0]
    expected[0] = 639 - expected[0] if mirrored else expected[0]
    np.testing.assert_allclose(maps.points[50, 100], expected, atol=2e-3)


def test_a_new_size_shows_the_same() -> None:
    maps = straightening(Undistortion(BROWN, SIZE, width=320), SIZE)
    assert maps.points.shape == (240, 320, 2)
    assert maps.straight.fx == pytest.approx(undistort_maps(BROWN, SIZE).straight.fx * 239 / 479)


def test_scaled_intrinsics_see_the_same_directions() -> None:
    """A pixel's corner stays a corner: the direction of a point of the picture does not depend on how it is sampled."""
    half = scaled(BROWN, SIZE, Size(320, 240))
    pixels = np.array([[0.0, 0.0], [100.0, 300.0], [639.0, 479.0]])
    np.testing.assert_allclose(
        undistort_points(half, (pixels + 0.5) / 2 - 0.5), undistort_points(BROWN, pixels), atol=1e-9
    )
    again = scaled(half, Size(320, 240), SIZE).intrinsics
    assert (again.fx, again.cx) == pytest.approx((BROWN.intrinsics.fx, BROWN.intrinsics.cx))


def test_another_shape_is_refused_with_words() -> None:
    with pytest.raises(UsageError, match="640x480 pixels, which is another shape than 1280x720"):
        Straightener(Undistortion(BROWN, SIZE)).image(np.zeros((720, 1280, 3), np.uint8))


@pytest.mark.parametrize("wrong", [{"balance": 1.5}, {"balance": float("nan")}, {"width": -1}, {"width": 40000}])
def test_settings_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        Straightener(replace(Undistortion(BROWN, SIZE), **wrong))  # type: ignore[arg-type]


def test_maps_are_made_once_a_size() -> None:
    straightener = Straightener(Undistortion(BROWN, SIZE))
    first = straightener.maps(SIZE)
    straightener.image(ramp())
    assert straightener.maps(SIZE) is first
    assert straightener.maps(Size(320, 240)).points.shape == (240, 320, 2)
