"""Who is faster: by the least times and by most rounds, so that what else the machine does decides nothing."""

from __future__ import annotations

import pytest

from engines.attention.auto.race import Race


@pytest.mark.parametrize(
    ("spent", "faster"),
    [
        ({"a": [1.0, 1.0, 1.0], "b": [2.0, 2.0, 2.0]}, 2.0),
        ({"a": [0.5, 3.0, 3.0], "b": [2.0, 2.0, 2.0]}, 2 / 3),
        ({"a": [1.0, 1.0, 1.0], "b": [1.2, 9.0, 9.0]}, 1.2),
        ({"b": [2.0, 2.0]}, 1.0),
    ],
)
def test_one_lucky_call_decides_nothing(spent: dict[str, list[float]], faster: float) -> None:
    race = Race({name: 1000 * min(rounds) for name, rounds in spent.items()}, spent=spent)
    assert race.faster("a", "b") == pytest.approx(faster)
