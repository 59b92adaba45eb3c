"""Time left is silent, then right, and follows a change of pace."""

from __future__ import annotations

import pytest

from engines.core.clock import ManualClock
from workbench.work.time_left import TimeLeft


def test_a_steady_pace_is_told_exactly(clock: ManualClock) -> None:
    left = TimeLeft(clock)
    assert left.seconds() is None
    for step in range(1, 5):
        clock.advance(1.0)
        left.update(step / 10)
        assert left.seconds() == pytest.approx(10 - step)
    clock.advance(0.5)
    assert left.seconds() == pytest.approx(5.5)


def test_nothing_is_said_in_the_first_second(clock: ManualClock) -> None:
    left = TimeLeft(clock)
    clock.advance(0.5)
    left.update(0.25)
    assert left.seconds() is None


def test_a_slower_pace_is_learned(clock: ManualClock) -> None:
    left = TimeLeft(clock)
    for step in range(1, 11):
        clock.advance(1.0)
        left.update(0.05 * step)
    for step in range(1, 41):
        clock.advance(1.0)
        left.update(0.5 + 0.005 * step)
    assert left.seconds() == pytest.approx(0.3 / 0.005, rel=0.2)


def test_a_job_that_stands_still_is_never_negative(clock: ManualClock) -> None:
    left = TimeLeft(clock)
    clock.advance(2.0)
    left.update(0.9)
    clock.advance(100.0)
    assert left.seconds() == 0.0


def test_a_new_stage_begins_anew(clock: ManualClock) -> None:
    left = TimeLeft(clock)
    clock.advance(5.0)
    left.update(0.9)
    clock.advance(1.0)
    left.update(0.0)
    assert left.seconds() is None
    clock.advance(2.0)
    left.update(0.5)
    assert left.seconds() == pytest.approx(2.0)
