"""Axes of a plot: a range with round ends, where its ticks are, and how numbers on it are written."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

SUPERSCRIPTS = str.maketrans("-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")
APART = 3.0
"""Pixels at each side of a tick's words that stay free."""
SMALL, LARGE = 4, 1e7
"""Decimals beyond which figures are written with a power of ten, and from where."""
LEAST = 1e-300
"""Below this a logarithm means nothing."""
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high` in the axis' own figures, both above 0 where it is logarithmic."""

    low: float
    high: float
    log: bool = False

    @classmethod
    def over(cls, values: Sequence[float], log: bool = False) -> Axis:
        """Wide enough for all finite values, with a little room; what a logarithm cannot show is left out."""
        shown = [value for value in values if math.isfinite(value) and (value > LEAST or not log)]
        if not shown:
            return cls(1.0, 10.0, log) if log else cls(0.0, 1.0)
        low, high = min(shown), max(shown)
        if log:
            room = max(math.exp(0.05 * (math.log(high) - math.log(low))), 1.08)
            return cls(low / room, high * room, True)
        room = (high - low) * 0.04 or abs(high) * 0.1 or 1.0
        start = low if 0 <= low < high and low <= room else low - room
        return cls(start, high + room)

    def share(self, value: float) -> float:
        """Where a value stands, 0 at the low end and 1 at the high one."""
        if self.log:
            if value <= LEAST:
                return -1.0
            return (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return (value - self.low) / (self.high - self.low)

    def ticks(self, most: int = 5) -> list[tuple[float, str]]:
        """At most about `most` round values and their words."""
        narrow = self.high < 10 * self.low
        decades = self._decades(most) if self.log else []
        return decades if self.log and (len(decades) > 1 or not narrow) else self._steps(most)

    def fitting(self, pixels: float, size: Callable[[str], float], most: int) -> list[tuple[float, str]]:
        """Ticks on an axis so long whose words, of this size along it, do not meet: about `most`, two at least."""
        for many in range(max(2, most), 1, -1):
            found = sorted(self.ticks(many))
            places = [(self.share(value) * pixels, size(words) / 2 + APART) for value, words in found]
            if len(found) > 1 and all(b - a >= x + y for (a, x), (b, y) in pairwise(places)):
                return found
        ends = ((found[0], found[-1]) for many in range(2, 12) if len(found := sorted(self.ticks(many))) > 1)
        return list(max(ends, key=lambda two: self.share(two[1][0]) - self.share(two[0][0]), default=()))

    def _steps(self, most: int) -> list[tuple[float, str]]:
        rough = (self.high - self.low) / max(most, 1)
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * factor for factor in STEPS if power * factor >= rough * 0.999)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        decimals = max(0, -math.floor(math.log10(step) + 1e-9)) + (step / power == 2.5 and step < 10)
        top = max(abs(self.low), abs(self.high))
        power_of_ten = (decimals > SMALL or top >= LARGE) and step >= 0.1 * top
        values = [number * step for number in range(first, last + 1)]
        return [(value, figure(value) if power_of_ten else _plain(value, decimals)) for value in values]

    def _decades(self, most: int) -> list[tuple[float, str]]:
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        span = math.log10(self.high) - math.log10(self.low)
        factors = (1, 2, 5) if span * 3 <= most + 1 else (1, 3) if span * 2 <= most else (1,)
        every = max(1, math.ceil(span / most)) if len(factors) == 1 else 1
        values = [factor * 10.0**power for power in range(first, last + 1, every) for factor in factors]
        return [(value, figure(value)) for value in values if self.low <= value <= self.high * 1.0001]


def figure(value: float) -> str:
    """A figure for people: '0.02', '1.34', '300', and a power of ten beyond a thousandth and ten thousand."""
    if not math.isfinite(value):
        return "\u221e" if value == math.inf else "\u2013"
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e4:
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    power = math.floor(math.log10(abs(value)) + 1e-12)
    ten = f"10{str(power).translate(SUPERSCRIPTS)}"
    share = f"{value / 10.0**power:.2g}"
    return ten if share == "1" else f"{share}\u00b7{ten}"


def percent(value: float, decimals: int = -1) -> str:
    """'12.3 %', '98.7 %', '0.012 %'; as many decimals as tell it from nothing and from all, or as asked."""
    if not math.isfinite(value):
        return "\u2013"
    places = _places(value) if decimals < 0 else decimals
    text = f"{100 * value:.{places}f}"
    if decimals < 0 and "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text} %"


def _places(value: float) -> int:
    """Two figures of the distance to the nearer of 0 and 1."""
    away = min(abs(value), abs(1 - value)) * 100
    if away < 1e-10:
        return 0
    return min(max(1 - math.floor(math.log10(away) + 1e-9), 1), 7)


def _plain(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}" if abs(value) >= 10 ** -(decimals + 1) else "0"
