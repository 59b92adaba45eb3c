"""The floor under space, a grid with round steps, and lengths in words."""

from __future__ import annotations

import math

import numpy as np

from widgets.charts.space.eye import Compass, Floats
from widgets.charts.space.things import Ink, Net
from widgets.kit.lengths.units import MM, UNITS, M, digits, figure

ROUND = (1.0, 2.0, 5.0, 10.0)
STEPS = 9
"""Of the grid from its middle to its end."""
INK = Ink("muted", 0.34, 1.0)


def ground(compass: Compass, height: float, points: Floats) -> Net:
    """The floor under N x 3 points, `height` up from space's origin: a round grid that fades away from its middle.

    Its lines go through multiples of a round step.
    """
    across, ahead = points @ compass.right, points @ compass.ahead
    middle = np.array([across.min() + across.max(), ahead.min() + ahead.max()]) / 2
    reach = 1.25 * float(np.hypot(across - middle[0], ahead - middle[1]).max()) or 1.0
    step = round_length(reach / STEPS)
    flat, shares = _pieces(math.ceil(reach / step))
    placed = (flat + np.round(middle / step)) * step
    space = placed @ np.stack([compass.right, compass.ahead]) + height * compass.up
    return Net(space[shares > 0], INK, shares[shares > 0])


def _pieces(count: int) -> tuple[Floats, Floats]:
    """Lines from -count to count, cut at every crossing, N x 2 x 2, and how strong each piece is."""
    numbers = np.arange(-count, count + 1, dtype=float)
    line, start = (axis.ravel() for axis in np.meshgrid(numbers, numbers[:-1]))
    one = np.stack([np.stack([line, start], axis=1), np.stack([line, start + 1], axis=1)], axis=1)
    both = np.concatenate([one, one[..., ::-1]])
    away = np.linalg.norm(both.mean(axis=1), axis=1) / count
    return both, np.clip(1 - away**2, 0, 1)


def round_length(metres: float) -> float:
    """The smallest that is at least a length and is 1, 2, 5 times a power of ten of its unit."""
    unit = UNITS.of(M)
    power = 10.0 ** math.floor(math.log10(unit.of(metres)))
    return unit.metres * next(power * factor for factor in ROUND if power * factor >= unit.of(metres) * 0.999)


def length_words(metres: float) -> str:
    """'2 m', '250 mm', '0.5 mm'."""
    unit = UNITS.of(M if metres >= 1 else MM)
    return f"{digits(unit.of(metres), 6)} {unit.symbol}"


def place_words(place: Floats) -> str:
    """'0.120, -0.004, 1.500 m'."""
    return f"{', '.join(figure(value, M, 3) for value in place.tolist())} {UNITS.of(M).symbol}"
