"""Pixels on the screen are the pixels they should be, wherever the picture lies and whatever its strides."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from widgets.viewer.picture import Viewport, Workspace, scaled


def picture(width: int, height: int, seed: int = 0) -> np.ndarray:
    small = np.random.default_rng(seed).integers(0, 256, (height // 12 + 1, width // 12 + 1, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC))


def test_one_to_one_is_the_frame_itself():
    image = picture(320, 180)
    made = scaled(image, Viewport.fit(320, 180, 320, 180, 1.0))
    assert np.array_equal(made[..., :3], image)
    assert (made[..., 3] == 255).all()


@pytest.mark.parametrize("halvings", [1, 2, 3])
def test_halving_is_the_exact_mean_of_areas(halvings):
    image = picture(640, 320)
    factor = 2**halvings
    made = scaled(image, Viewport.fit(640, 320, 640 // factor, 320 // factor, 1.0))[..., :3]
    reference = cv2.resize(image, (640 // factor, 320 // factor), interpolation=cv2.INTER_AREA)
    assert np.abs(made.astype(int) - reference).max() <= halvings - 1


@pytest.mark.parametrize("size", [(640, 360), (662, 372), (1000, 562), (301, 169)])
def test_other_factors_are_near_the_mean_of_areas(size):
    image = picture(1920, 1080)
    viewport = Viewport.fit(1920, 1080, *size, 1.0)
    made = scaled(image, viewport)[..., :3]
    reference = cv2.resize(image, made.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(made.astype(int) - reference).mean() < 1.5


def test_a_fine_pattern_does_not_alias():
    """A pattern of single pixels must come out as its mean, not as stripes."""
    image = np.zeros((1080, 1920, 3), np.uint8)
    image[::2, ::2] = image[1::2, 1::2] = 255
    made = scaled(image, Viewport.fit(1920, 1080, 640, 360, 1.0))[..., :3]
    assert np.abs(made.astype(int) - 128).max() <= 1


def test_large_enough_pixels_are_squares():
    image = picture(40, 30)
    viewport = Viewport.fit(40, 30, 400, 300, 1.0)
    made = scaled(image, viewport)[..., :3]
    assert np.array_equal(made, np.kron(image, np.ones((10, 10, 1), np.uint8)))


def test_a_tile_of_a_larger_frame_is_shown_like_a_copy_of_it():
    frame = picture(1280, 720)
    tile = frame[360:, 640:]
    assert not tile.flags.c_contiguous
    viewport = Viewport.fit(640, 360, 300, 169, 1.0)
    assert np.array_equal(scaled(tile, viewport), scaled(np.ascontiguousarray(tile), viewport))


def test_a_read_only_gray_picture_is_shown():
    image = picture(200, 100)[..., 0].copy()
    image.flags.writeable = False
    made = scaled(image, Viewport.fit(200, 100, 200, 100, 1.0))
    assert np.array_equal(made[..., 0], image)
    assert np.array_equal(made[..., 2], image)


def test_a_workspace_is_used_again_and_changes_nothing():
    space = Workspace()
    viewport = Viewport.fit(640, 360, 300, 169, 1.0)
    first = scaled(picture(640, 360, 1), viewport, space)
    second = scaled(picture(640, 360, 2), viewport, space)
    assert np.shares_memory(first, second)
    assert np.array_equal(second, scaled(picture(640, 360, 2), viewport))


def test_device_pixels_are_filled_at_a_ratio():
    viewport = Viewport.fit(1920, 1080, 640, 360, 1.5)
    assert scaled(picture(1920, 1080), viewport).shape == (540, 960, 4)


@given(
    size=st.tuples(st.integers(2, 4000), st.integers(2, 4000)),
    view=st.tuples(st.integers(20, 2000), st.integers(20, 2000)),
    ratio=st.sampled_from([1.0, 1.25, 1.5, 2.0]),
    steps=st.lists(st.tuples(st.floats(0.5, 3.0), st.floats(0, 1), st.floats(0, 1)), max_size=6),
)
def test_zoom_keeps_what_is_under_the_cursor_or_holds_an_edge(size, view, ratio, steps):
    """Either the image point under the cursor stays, to half a device pixel, or an edge stopped the picture."""
    viewport = Viewport.fit(*size, *view, ratio)
    for factor, u, v in steps:
        at = QPointF(u * view[0], v * view[1])
        before = viewport.to_image(at)
        after = viewport.zoomed(factor, at)
        back = after.to_widget(*before)
        for moved, length, room, start in (
            (back.x() - at.x(), size[0] * after.scale, view[0], after.left),
            (back.y() - at.y(), size[1] * after.scale, view[1], after.top),
        ):
            held = length <= room + 1 or abs(start) < 1 or abs(start + length - room) < 1
            assert abs(moved) <= 1 / ratio + 1e-6 or held or after.fitted
        viewport = after


@given(x=st.floats(-50, 700), y=st.floats(-50, 400), factor=st.floats(0.3, 30))
def test_to_image_inverts_to_widget(x, y, factor):
    viewport = Viewport.fit(640, 360, 500, 300, 1.5).zoomed(factor, QPointF(100, 80))
    back = viewport.to_image(viewport.to_widget(x, y))
    assert np.allclose(back, (x, y), atol=1e-6)


def test_the_region_covers_what_is_seen_and_no_more():
    viewport = Viewport.fit(1000, 1000, 100, 100, 1.0).zoomed(50, QPointF(50, 50))
    x0, y0, x1, y1 = viewport.region()
    assert 0 <= x0 < x1 <= 1000
    assert 0 <= y0 < y1 <= 1000
    assert (x1 - x0) <= 100 / viewport.scale + 2
