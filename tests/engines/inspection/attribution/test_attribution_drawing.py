"""Maps lie where the picture went in, in the colours of the scale; nothing is painted where nothing went in."""

from __future__ import annotations

import numpy as np
import pytest

from engines.core.networks.preprocessing import Preprocessing
from engines.core.pictures.heat import DIVERGING, ENDS, VIRIDIS
from engines.inspection.attribution.asked import Explained
from engines.inspection.attribution.drawing import coloured, on_picture, overlaid, reach, strength


def one(values: np.ndarray, signed: bool = False) -> Explained:
    return Explained("m", "M", values.astype(np.float32), signed)


def test_a_stretched_map_is_where_its_pixels_come_from() -> None:
    values = np.zeros((4, 8), np.float32)
    values[1, 6] = 1
    found = on_picture(values, Preprocessing((4, 8)).place(40, 40), 40, 40)
    assert np.unravel_index(found.argmax(), found.shape)[0] in range(13, 17)
    assert np.unravel_index(found.argmax(), found.shape)[1] in range(31, 34)
    assert found[30:].max() == 0


def test_a_crop_leaves_the_rest_of_the_picture_as_it_is() -> None:
    placed = Preprocessing((8, 8), fit="crop").place(20, 60)
    values = on_picture(np.ones((8, 8), np.float32), placed, 20, 60)
    assert np.isnan(values[:, :20]).all()
    assert np.isnan(values[:, 40:]).all()
    assert (values[:, 20:40] == 1).all()
    picture = np.random.default_rng(0).integers(0, 256, (20, 60, 3), np.uint8)
    shown = overlaid(picture, one(np.ones((8, 8))), placed, 0.5)
    assert np.array_equal(shown[:, :20], picture[:, :20])
    assert not np.array_equal(shown[:, 20:40], picture[:, 20:40])


def test_a_border_of_the_input_is_no_part_of_the_picture() -> None:
    """Letterboxed: the map's upper and lower quarter lie in the grey border."""
    values = np.repeat(np.arange(8, dtype=np.float32)[:, None], 8, 1)
    found = on_picture(values, Preprocessing((8, 8), fit="letterbox").place(20, 40), 20, 40)
    assert not np.isnan(found).any()
    assert (found.min(), found.max()) == (pytest.approx(1.6), pytest.approx(5.4))


def test_signed_maps_are_see_through_at_zero() -> None:
    values = np.array([[-2.0, 0.0], [0.5, 2.0]])
    assert reach(one(values, True)) == pytest.approx(2)
    np.testing.assert_allclose(strength(values, 2.0, True), [[1, 0], [0.25, 1]])
    assert (strength(values, 2.0, False) == 1).all()
    assert np.array_equal(coloured(values, 2.0, True)[[0, 1], [0, 1]], ENDS[[0, 2]])
    assert np.array_equal(DIVERGING[[0, 255]], ENDS[[0, 2]])


def test_a_map_of_zeros_has_the_darkest_colour() -> None:
    nothing = one(np.zeros((4, 4)))
    assert reach(nothing) == 0
    assert (coloured(nothing.map, 0.0, False) == VIRIDIS[0]).all()
