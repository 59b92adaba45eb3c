"""Curves as pixels: no peak is lost, gaps stay open, pictures show what the numbers say, tiles are painted once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from widgets.timeline.axis import TimeAxis
from widgets.timeline.decimation import columns, first_change, gap_of
from widgets.timeline.raster import Stroke, curves, heat
from widgets.timeline.state import ScoreTrack
from widgets.timeline.tiles import TILE, Style, Tiles

VALUES = arrays.arrays(np.float32, st.tuples(st.integers(2, 120), st.just(3)), elements=st.floats(0, 1, width=32))


def _seconds(count: int, apart: float) -> NDArray[np.float64]:
    return np.asarray(np.arange(count) * apart, np.float64)


@given(VALUES, st.integers(3, 90))
def test_no_peak_is_lost(values: np.ndarray, wide: int) -> None:
    times = _seconds(len(values), 0.1)
    edges = np.linspace(-0.01, times[-1] + 0.01, wide + 1)
    found = columns(times, values, edges, gap=10.0)
    place = np.searchsorted(edges, times, "right") - 1
    for column in np.unique(place):
        own = values[place == column]
        assert (found.high[:, column] >= own.max(axis=0)).all()
        assert (found.low[:, column] <= own.min(axis=0)).all()
    np.testing.assert_array_equal(np.nanmax(found.high, axis=1), values.max(axis=0))
    np.testing.assert_array_equal(np.nanmin(found.low, axis=1), values.min(axis=0))


@settings(max_examples=25)
@given(VALUES)
def test_a_column_holds_nothing_that_the_curve_has_not(values: np.ndarray) -> None:
    times = _seconds(len(values), 0.1)
    edges = np.linspace(0, times[-1], 2 * len(values))
    found = columns(times, values, edges, gap=10.0)
    for number in range(values.shape[1]):
        at_edges = np.interp(edges, times, values[:, number])
        for column in range(len(edges) - 1):
            inside = (times >= edges[column]) & (times <= edges[column + 1])
            own = np.concatenate((at_edges[column : column + 2], values[inside, number]))
            assert found.high[number, column] <= own.max() + 1e-6
            assert found.low[number, column] >= own.min() - 1e-6


def test_time_without_samples_is_empty() -> None:
    times = np.array([0.0, 0.1, 0.2, 5.0, 5.1])
    found = columns(times, np.ones((5, 1), np.float32), np.arange(0.05, 6.0, 0.1), gap_of(times))
    shown = np.isfinite(found.high[0])
    assert shown[:1].all()
    assert not shown[3:48].any()
    assert shown[49]
    assert not shown[52:].any()


def test_samples_that_always_lie_far_apart_are_joined() -> None:
    times = _seconds(10, 3.0)
    found = columns(times, np.ones((10, 1), np.float32), np.arange(0, 27.0, 0.5), gap_of(times))
    assert np.isfinite(found.high).all()


def test_where_a_curve_first_differs() -> None:
    times, values = np.arange(100) / 10, np.random.default_rng(0).random((100, 2)).astype(np.float32)
    other = values.copy()
    other[40, 1] += 0.5
    assert first_change(times, values, (times[:60], values[:60])) == times[59]
    assert first_change(times[:30], values[:30], (times, values)) == times[29]
    assert first_change(times, other, (times, values)) == times[39]
    assert first_change(times + 1, values, (times, values)) == -np.inf
    assert first_change(times, values[:, :1], (times, values)) == -np.inf


def test_a_curve_is_drawn_at_its_height() -> None:
    red = QColor("#ff0000")
    values = np.repeat(np.array([[0.0, 0.25, 0.5, 1.0]], np.float32), 20, axis=1)
    found = columns(np.arange(80.0), values.T.copy(), np.arange(80.0), 10.0)
    made = curves(found, (Stroke(0, red),), 101, line=1.0)
    for column, level in ((30, 0.25), (50, 0.5), (70, 1.0)):
        rows = [row for row in range(101) if made.pixelColor(column, row).alphaF() > 0.6]
        assert rows == [round((1 - level) * 100)], "one solid row at the curve"
    assert max(made.pixelColor(10, row).alpha() for row in range(101)) == 0, "nothing where there is nothing"


def test_under_a_curve_there_is_a_light_area_and_above_none() -> None:
    found = columns(np.arange(40.0), np.full((40, 1), 0.5, np.float32), np.arange(40.0), 10.0)
    made = curves(found, (Stroke(0, QColor("#00ff00")),), 100)
    assert made.pixelColor(20, 20).alpha() == 0
    assert 20 < made.pixelColor(20, 80).alpha() < 120


def test_dashes_go_on_from_one_picture_to_the_next() -> None:
    found = columns(np.arange(65.0), np.ones((65, 1), np.float32), np.arange(65.0), 10.0)
    stroke = (Stroke(0, QColor("#ffffff"), Qt.PenStyle.DashLine),)
    whole = curves(found, stroke, 9)
    half = curves(
        columns(np.arange(65.0), np.ones((65, 1), np.float32), np.arange(32.0, 65.0), 10.0), stroke, 9, first=32
    )
    row = [whole.pixelColor(column, 0).alpha() > 128 for column in range(33, 60)]
    assert row == [half.pixelColor(column - 32, 0).alpha() > 128 for column in range(33, 60)]
    assert any(row)
    assert not all(row)


def test_heat_is_denser_the_more_probable() -> None:
    values = np.array([[0.0, 0.3], [1.0, 0.3]], np.float32).repeat(10, axis=0)
    found = columns(np.arange(20.0), values, np.arange(20.0), 10.0)
    strokes = (Stroke(0, QColor("#ff0000")), Stroke(1, QColor("#0000ff")))
    made = heat(found, strokes, (12, 12))
    assert made.pixelColor(4, 5).alpha() == 0
    assert made.pixelColor(15, 5).alpha() == 255
    assert made.pixelColor(15, 17).alphaF() == pytest.approx(0.3, abs=0.02)
    assert made.pixelColor(15, 5).red() == 255


def _track(samples: int, version: int = 1) -> ScoreTrack:
    values = np.random.default_rng(1).random((2000, 2)).astype(np.float32)[:samples]
    return ScoreTrack("m", ("background", "a"), np.arange(samples) / 10, values, version=version)


def test_tiles_are_painted_once_and_anew_only_where_the_recording_grew() -> None:
    tiles, strokes = Tiles(), (Stroke(1, QColor("#ff0000")),)
    style = Style(80, (), ((1, "#ff0000", 1, False),), 1.0)
    axis = TimeAxis(0.0, 0.1, 4 * TILE)
    tiles.show(_track(900))
    first = list(tiles.within(axis, style, strokes))
    assert [x for x, _tile in first] == pytest.approx([0, TILE, 2 * TILE, 3 * TILE])
    assert tiles.painted == 4
    list(tiles.within(axis.panned(13), style, strokes))
    assert tiles.painted == 4, "panning paints nothing that was there"
    tiles.show(_track(910, 2))
    list(tiles.within(axis, style, strokes))
    assert tiles.painted == 5, "only the last tile had grown"
    list(tiles.within(axis, replace(style, height=90), strokes))
    assert tiles.painted == 9


def test_a_jump_back_cuts_the_tiles_away() -> None:
    tiles, strokes = Tiles(), (Stroke(1, QColor("#ff0000")),)
    style, axis = Style(80, (), ((1, "#ff0000", 1, False),), 1.0), TimeAxis(0.0, 0.1, 4 * TILE)
    tiles.show(_track(900))
    list(tiles.within(axis, style, strokes))
    tiles.show(_track(300, 2))
    assert len(list(tiles.within(axis, style, strokes))) == 2
    assert tiles.painted == 5
