"""Steps ahead of a head, as asked for and as released."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engines.actions.models.settings import steps_ahead


@given(st.integers(0, 12), st.floats(0, 5), st.floats(0.5, 30), st.integers(0, 20))
def test_steps_ahead_are_spread_evenly(count: int, horizon: float, rate: float, offset: int) -> None:
    free, released = steps_ahead(count, horizon, rate), steps_ahead(count, horizon, rate, offset)
    assert len(free) == len(released) == count
    for step in range(count):
        assert abs(free[step] - (step + 1) * horizon * rate / count) <= 0.5 + 1e-9
        assert abs(released[step] - offset - step * horizon * rate / count) <= 0.5 + 1e-9


def test_steps_ahead_as_asked_for_and_as_released() -> None:
    assert steps_ahead(4, 2.0, 10.0) == (5, 10, 15, 20)
    assert steps_ahead(8, 2.0, 4.0, 0) == tuple(range(8))
