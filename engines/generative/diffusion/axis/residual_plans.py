"""Levels and weights that `residual_learning` learned for few steps of the Gaussian sampler. Plain numbers, no torch.

Between the learned counts of steps both are interpolated along the run; beyond 20 the levels keep their shape and
reach lower.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

LEARNED: dict[int, tuple[tuple[float, ...], tuple[tuple[float, ...], ...]]] = {
    5: (
        (2.3501, 1.3773, 0.7784, 0.275, 0.047),
        ((1.488, 1.0, 1.0), (1.307, 0.912, 1.0), (0.959, 1.075, 0.83), (0.653, 0.712, 1.355)),
    ),
    10: (
        (3.1269, 2.1526, 1.4642, 1.0849, 0.7774, 0.5248, 0.3091, 0.1613, 0.0761, 0.0202),
        (
            (1.233, 1.0, 1.0),
            (1.22, 0.824, 1.0),
            (1.137, 0.931, 1.061),
            (1.036, 1.126, 0.878),
            (1.054, 1.076, 0.821),
            (1.035, 0.989, 0.987),
            (1.003, 0.956, 1.049),
            (0.933, 0.991, 1.033),
            (0.895, 1.07, 1.011),
        ),
    ),
    20: (
        (6.305, 5.3, 4.366, 3.536, 2.856, 2.308, 1.884, 1.562, 1.288, 1.064)
        + (0.8698, 0.6802, 0.5108, 0.3661, 0.2556, 0.1704, 0.1007, 0.0555, 0.0291, 0.012),
        (
            (1.022, 1.0, 1.0, 1.0),
            (1.021, 0.979, 1.0, 1.0),
            (1.02, 0.98, 1.019, 1.0),
            (1.017, 0.982, 1.018, 0.983),
            (1.013, 0.985, 1.017, 0.983),
            (1.008, 0.988, 1.015, 0.983),
            (1.006, 0.992, 1.013, 0.982),
            (1.006, 0.995, 1.01, 0.983),
            (1.008, 0.999, 1.004, 0.99),
            (1.01, 1.008, 0.988, 1.009),
            (1.015, 1.005, 0.979, 1.032),
            (1.014, 0.999, 0.982, 1.042),
            (1.009, 0.996, 0.992, 1.03),
            (1.003, 0.996, 1.0, 1.012),
            (1.0, 0.996, 1.005, 0.999),
            (0.995, 1.0, 1.004, 0.995),
            (0.994, 1.004, 1.001, 0.995),
            (0.991, 1.007, 0.995, 1.001),
            (0.991, 1.009, 0.993, 1.005),
        ),
    ),
}
"""By count of steps: the levels, and for every step but the last a factor on each multistep weight, newest first."""
FOURTH_ORDER = 15
LAST_FACTORS = 28


def order(steps: int) -> int:
    """Of the method that the levels and factors were learned with."""
    return 3 if steps < FOURTH_ORDER else 4


def levels(steps: int, high: float) -> list[float]:
    """(steps + 1) levels from `high` to 0, of the learned shape in ln sigma."""
    if steps == 1:
        return [high, 0.0]
    below, above, share = _between(steps)
    shapes = [_spread(_logs(count), steps) for count in (below, above)]
    logs = [low + share * (up - low) for low, up in zip(*shapes, strict=True)]
    last = logs[-1] + 2 * min(0.0, math.log(max(LEARNED) / steps))
    stretch = (math.log(high) - last) / (logs[0] - logs[-1])
    return [math.exp(last + stretch * (value - logs[-1])) for value in logs] + [0.0]


def factors(steps: int) -> list[list[float]] | None:
    """On the multistep weights of every step, (steps, order); None for 1 everywhere."""
    if not 2 <= steps <= LAST_FACTORS:
        return None
    alike = [count for count in LEARNED if order(count) == order(steps)]
    below, above, share = _between(min(max(steps, min(alike)), max(alike)))
    columns = []
    for column in range(order(steps)):
        low, up = (_spread([row[column] for row in LEARNED[count][1]], steps - 1) for count in (below, above))
        columns.append([a + share * (b - a) for a, b in zip(low, up, strict=True)])
    return [list(row) for row in zip(*columns, strict=True)] + [[1.0] * order(steps)]


def _logs(count: int) -> list[float]:
    return [math.log(level) for level in LEARNED[count][0]]


def _between(steps: int) -> tuple[int, int, float]:
    """The learned counts on either side, and how far between them in ln(steps)."""
    below = max((count for count in LEARNED if count <= steps), default=min(LEARNED))
    above = min((count for count in LEARNED if count >= steps), default=max(LEARNED))
    if below == above or steps < below:
        return below, below, 0.0
    return below, above, math.log(steps / below) / math.log(above / below)


def _spread(values: Sequence[float], count: int) -> list[float]:
    """`count` values along the line through all of them."""
    places = [step * (len(values) - 1) / (count - 1) for step in range(count)] if count > 1 else [0.0]
    whole = [min(int(place), len(values) - 2) for place in places]
    return [values[at] + (place - at) * (values[at + 1] - values[at]) for at, place in zip(whole, places, strict=True)]
