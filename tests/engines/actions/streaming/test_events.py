"""Events by hysteresis: scenes whose events are known, and laws that hold for any probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engines.actions.streaming.events import EventFinder, events_of, rows_apart
from engines.actions.types import Decision

CLASSES = ("background", "wave", "jump")


def scene(wave, jump=None):
    """Probabilities (n, 3) at 10 Hz from those of the actions."""
    wave = np.array(wave, float)
    jump = np.zeros_like(wave) if jump is None else np.array(jump, float)
    return np.arange(len(wave)) / 10, np.stack([1 - np.maximum(wave, jump), wave, jump], 1)


def test_an_event_goes_from_threshold_to_release_with_mean_and_peak():
    events = events_of(CLASSES, *scene([0.1, 0.4, 0.6, 0.9, 0.4, 0.35, 0.2, 0.4, 0.1]))
    (event,) = events
    assert (event.action, event.start, event.end) == ("wave", 0.2, 0.6)
    assert event.probability == pytest.approx(np.mean([0.6, 0.9, 0.4, 0.35]))
    assert event.peak == 0.9


def test_what_is_too_short_is_no_event():
    times, rows = scene([0, 0.9, 0, 0.9, 0.9, 0, 0])
    assert [event.start for event in events_of(CLASSES, times, rows, least=0.2)] == [0.3]
    assert len(events_of(CLASSES, times, rows, least=0.1)) == 2


def test_classes_are_apart_and_in_order_of_their_start():
    events = events_of(CLASSES, *scene([0, 0.6, 0.6, 0.6, 0.6, 0], [0.7, 0.7, 0.7, 0, 0, 0]))
    assert [(event.action, event.start, event.end) for event in events] == [("jump", 0, 0.3), ("wave", 0.1, 0.5)]


def test_what_still_lasts_has_no_end_until_it_is_closed():
    finder = EventFinder(CLASSES)
    for time, row in zip(*scene([0.8, 0.8, 0.8, 0.8]), strict=True):
        finder.push(Decision(0, float(time), tuple(row)))
    assert [event.end for event in finder.events] == [None]
    finder.close()
    assert [event.end for event in finder.events] == [pytest.approx(0.3)]


def test_what_lasts_shows_only_once_it_is_long_enough():
    finder = EventFinder(CLASSES, least=0.2)
    shown = []
    for time, row in zip(*scene([0.8] * 4), strict=True):
        finder.push_row(time, row)
        shown.append(len(finder.events))
    assert shown == [0, 0, 1, 1]


def test_no_more_than_asked_are_kept_the_newest():
    finder = EventFinder(CLASSES, keep=3)
    for time, row in zip(*scene([0.9, 0.9, 0.9, 0.0] * 10 + [0.9] * 4), strict=True):
        finder.push_row(time, row)
    assert [event.start for event in finder.events] == pytest.approx([3.2, 3.6, 4.0])
    assert finder.events[-1].end is None


def test_the_newest_are_those_of_the_last_pass_when_a_film_loops():
    finder = EventFinder(CLASSES, keep=3)
    for end in (200.0, 10.0):
        for time in np.arange(end, end + 2.4, 0.1):
            finder.push_row(time, [0.0, float(int((time - end) * 10 + 0.5) % 8 < 4), 0.0])
        finder.close()
    assert [event.start for event in finder.events] == pytest.approx([10.0, 10.8, 11.6])


def test_the_background_has_no_events():
    rows = np.tile([1.0, 0.0, 0.0], (20, 1))
    assert events_of(CLASSES, np.arange(20) / 10, rows) == ()
    assert events_of(("background",), np.arange(20), np.ones((20, 1))) == ()


def test_a_release_above_the_threshold_is_the_threshold():
    times, rows = scene([0.5, 0.6, 0.5, 0.6, 0.4])
    assert len(events_of(CLASSES, times, rows, threshold=0.5, release=0.9)) == 1


def plainly(times, values, threshold, release):
    """One class, one state, written as it is said: [(start, end)]."""
    found, start = [], None
    for time, value in zip(times, values, strict=True):
        if start is not None and value < release:
            found.append((start, time))
            start = None
        elif start is None and value >= threshold:
            start = time
    return found + ([(start, times[-1])] if start is not None else [])


@given(arrays.arrays(float, (60, 3), elements=st.floats(0, 1)), st.floats(0.05, 1), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_as_one_class_at_a_time(rows, threshold, below):
    times = np.arange(60) / 10
    events = events_of(CLASSES, times, rows, threshold, threshold * below, least=0)
    for column, action in enumerate(CLASSES[1:], 1):
        ours = [(event.start, event.end) for event in events if event.action == action]
        assert ours == plainly(times, rows[:, column], threshold, threshold * below)


@given(
    *(arrays.arrays(float, (60, 3), elements=st.floats(0, 1)), st.floats(0.05, 1), st.floats(0, 1)),
    *(st.floats(0, 0.5), st.integers(1, 59), st.booleans()),
)
@settings(max_examples=60, deadline=None)
def test_all_at_once_is_one_after_the_other(rows, threshold, below, least, place, going):
    """With a jump of five seconds somewhere."""
    times = np.arange(60) / 10 + 5.0 * (np.arange(60) >= place)
    finder = EventFinder(CLASSES, threshold, threshold * below, least)
    for index, (time, row) in enumerate(zip(times, rows, strict=True)):
        finder.close() if index == place else None
        finder.push_row(float(time), row)
    finder.close() if not going else None
    apart, now = rows_apart(times, np.where(times >= times[place], times[place], 0.0)), times[-1] if going else None
    at_once = events_of(CLASSES, times, rows, threshold, threshold * below, least, apart=apart, going=now)
    assert [(one.action, one.start, one.end, one.peak) for one in at_once] == [
        (one.action, one.start, one.end, one.peak) for one in finder.events
    ]
    assert [one.probability for one in at_once] == pytest.approx([one.probability for one in finder.events], abs=1e-12)
