"""Time against pixels, frames of changing length, and what is in view: identities, for any numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.timeline.axis import FrameClock, TimeAxis, clock, ticks
from widgets.timeline.scope import NOW_SHARE, Scope

SECONDS = st.floats(0, 1e5, allow_nan=False)
AXES = st.builds(TimeAxis, SECONDS, st.floats(1e-3, 60), st.floats(50, 4000))
LENGTHS = st.lists(st.floats(0.005, 0.5), min_size=2, max_size=60)


def _clock(lengths: list[float]) -> FrameClock:
    """Frames of these lengths in seconds, as a recording of variable rate has them."""
    return FrameClock(np.concatenate(([0.0], np.cumsum(lengths[:-1]))), len(lengths) / sum(lengths), sum(lengths))


@given(AXES, st.floats(-0.5, 1.5))
def test_there_and_back(axis: TimeAxis, share: float) -> None:
    seconds = axis.start + share * axis.span
    assert axis.time(axis.x(seconds)) == pytest.approx(seconds, abs=1e-9 * max(axis.end, 1))
    assert axis.x(axis.start) == 0
    assert axis.x(axis.end) == pytest.approx(axis.width)


@given(AXES, st.floats(0, 1), st.floats(0.2, 5))
def test_zooming_keeps_what_is_under_the_cursor(axis: TimeAxis, share: float, factor: float) -> None:
    about = axis.start + share * axis.span
    zoomed = axis.zoomed(factor, about, 1e9)
    assert zoomed.x(about) == pytest.approx(axis.x(about), abs=1e-4)
    assert zoomed.span == pytest.approx(max(axis.span * factor, 0.2))


@given(AXES, st.floats(1, 1e4))
def test_nothing_outside_a_film_is_in_view(axis: TimeAxis, length: float) -> None:
    held = axis.within(0.0, length)
    assert held.start >= 0
    assert held.end <= length * (1 + 1e-9)
    assert held.span == pytest.approx(min(axis.span, length), rel=1e-6)


@given(AXES)
def test_ticks_are_in_view_and_their_words_do_not_touch(axis: TimeAxis) -> None:
    found = ticks(axis)
    named = [axis.x(tick.seconds) for tick in found if tick.words]
    assert all(axis.start - 1e-6 <= tick.seconds <= axis.end + axis.scale for tick in found)
    assert all(second - first >= 80 for first, second in zip(named, named[1:], strict=False) if axis.scale < 1000)


def test_ticks_of_a_wide_frame_say_its_number() -> None:
    frames = FrameClock(np.array([0.0, 0.1, 0.15, 0.4, 0.5]), 10.0, 0.6)
    found = ticks(TimeAxis.over(0.0, 0.6, 1200), frames)
    assert [tick.seconds for tick in found][:5] == [0.0, 0.1, 0.15, 0.4, 0.5]
    assert found[3].words == "0:00.40  f 3"


@pytest.mark.parametrize(
    ("seconds", "step", "words"),
    [
        (65, 5, "1:05"),
        (7.3, 0.1, "0:07.3"),
        (3723.44, 0.1, "1:02:03.4"),
        (59.999, 0.01, "1:00.00"),
        (0.25, 0.05, "0:00.25"),
    ],
)
def test_clock_words(seconds: float, step: float, words: str) -> None:
    assert clock(seconds, step) == words


@given(LENGTHS, st.floats(0, 1))
def test_a_frame_is_shown_from_its_own_edge_to_the_next(lengths: list[float], share: float) -> None:
    frames = _clock(lengths)
    for frame in range(frames.count):
        assert frames.at(frames.edge(frame)) == frame
        inside = frames.edge(frame) + (frames.edge(frame + 1) - frames.edge(frame)) * share * 0.99
        assert frames.at(inside) == frame


@given(LENGTHS, st.floats(-0.2, 1.2))
def test_snapping_finds_the_nearest_edge(lengths: list[float], share: float) -> None:
    frames = _clock(lengths)
    seconds = share * sum(lengths)
    found = frames.nearest_edge(seconds)
    edges = np.array([frames.edge(frame) for frame in range(frames.count + 1)])
    assert abs(edges[found] - seconds) <= np.abs(edges - seconds).min() + 2e-6


@given(st.floats(1, 240), st.integers(0, 100_000))
def test_without_time_stamps_the_rate_tells(rate: float, frame: int) -> None:
    frames = FrameClock(rate=rate)
    assert frames.at(frames.edge(frame)) == frame
    assert frames.nearest_edge(frames.edge(frame) + 0.3 / rate) == frame


def test_a_live_view_keeps_now_at_its_place_until_it_is_panned() -> None:
    scope = Scope.of_feed(0.0, 1000)
    for now in (1.0, 40.0, 41.5):
        scope = scope.moved(now, 0.0, now)
        assert scope.axis.x(now) == pytest.approx(1000 * NOW_SHARE)
    stood = scope.panned(-50)
    assert not stood.following
    assert stood.moved(60.0, 0.0, 60.0).axis.start == stood.axis.start
    assert stood.moved(60.0, 0.0, 60.0).followed().axis.x(60.0) == pytest.approx(700)


def test_zooming_while_following_keeps_now_in_place() -> None:
    scope = Scope.of_feed(0.0, 1000).moved(50.0, 0.0, 50.0).zoomed(0.5, about=30.0)
    assert scope.following
    assert scope.axis.x(50.0) == pytest.approx(700)
    assert scope.axis.span == pytest.approx(15)


def test_a_film_is_shown_whole_until_it_is_zoomed() -> None:
    scope = Scope.of_film(40.0, 800)
    assert (scope.axis.start, scope.axis.end) == (0.0, 40.0)
    assert scope.resized(400).axis.end == pytest.approx(40.0)
    assert scope.moved(3.0, 0.0, 50.0).axis.end == pytest.approx(50.0)
    near = scope.zoomed(0.25, 10.0)
    assert near.axis.span == pytest.approx(10.0)
    assert near.moved(3.0, 0.0, 50.0).axis.span == pytest.approx(10.0)
    assert near.panned(-1e6).axis.start == 0.0
    assert near.whole().axis.span == pytest.approx(40.0)


def test_zooming_to_a_stretch_shows_it_with_room() -> None:
    axis = Scope.of_film(40.0, 800).over(10.0, 12.0).axis
    assert 9.5 < axis.start < 10.0
    assert 12.0 < axis.end < 12.5
