"""Lines of equal value: on a plane they are straight where the plane has that value, on a cone they are a circle."""

from __future__ import annotations

import numpy as np
import pytest

from widgets.charts.contours import contour, refined

Y, X = np.mgrid[0:21, 0:31].astype(float)


def test_on_a_plane_the_line_lies_exactly_and_is_whole() -> None:
    pieces = contour(2 * X + 3 * Y, 40.7)
    assert 2 * pieces[..., 0] + 3 * pieces[..., 1] == pytest.approx(40.7)
    long = np.linalg.norm(pieces[:, 0] - pieces[:, 1], axis=1).sum()
    assert long == pytest.approx(np.hypot(40.7 / 2, 40.7 / 3), rel=1e-6)


def test_round_a_point_the_line_closes_and_stops_at_what_is_not_known() -> None:
    cone = np.hypot(X - 15, Y - 10)
    pieces = contour(cone, 7.3)
    ends, times = np.unique(pieces.reshape(-1, 2).round(9), axis=0, return_counts=True)
    assert set(times) == {2}, "every end meets another"
    assert np.hypot(*(ends - (15, 10)).T) == pytest.approx(7.3, abs=0.03)
    cone[:, :15] = np.nan
    assert contour(cone, 7.3)[..., 0].min() >= 15


def test_a_saddle_is_cut_once_each_way() -> None:
    saddle = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert len(contour(saddle, 0.4)) == 2
    assert len(contour(saddle, 0.6)) == 2
    assert not np.allclose(np.sort(contour(saddle, 0.4), axis=0), np.sort(contour(saddle, 0.6), axis=0))


def test_finer_steps_keep_the_values_and_lie_between() -> None:
    fine = refined(2 * X + 3 * Y, 4)
    assert fine.shape == (81, 121)
    assert fine[::4, ::4] == pytest.approx(2 * X + 3 * Y)
    assert fine[1, 1] == pytest.approx(1.25)
