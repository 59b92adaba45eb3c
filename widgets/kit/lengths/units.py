"""The unit that lengths are shown and typed in. Values, files and command lines keep theirs.

Whoever shows a length asks `UNITS` for the unit at that moment, and shows it anew on `UNITS.changed`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

AUTOMATIC = "auto"


@dataclass(frozen=True, slots=True)
class Unit:
    """metres: that one of it is."""

    symbol: str
    metres: float

    def of(self, metres: float) -> float:
        """So many of it are this length."""
        return metres / self.metres


MM, CM, M, INCH = Unit("mm", 1e-3), Unit("cm", 1e-2), Unit("m", 1.0), Unit("in", 0.0254)
ALL = {unit.symbol: unit for unit in (MM, CM, M, INCH)}
TYPED = {**ALL, "inch": INCH, "inches": INCH, '"': INCH, "\u2033": INCH}
"""As people write them."""
INCHES = 4
"""Decimals of a measure in inches: a few thousandths of a millimetre."""
_NUMBER = r"(\d[\d.]*(?:e[+-]?\d+)?)"
SAID = re.compile(rf"(?<![\w.]){_NUMBER}(?:( [\u00b1x] ){_NUMBER})?\u00a0(mm|m)\b")
"""A length in a sentence, its deviation or another side beside it: before its unit is a space that does not break,
which names of users hardly have."""


class Units(QObject):
    """chosen: the unit of all lengths, None where each has the one that is usual for it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.chosen: Unit | None = None

    def choose(self, symbol: str) -> None:
        """By its symbol; anything else is `AUTOMATIC`."""
        unit = ALL.get(symbol)
        if unit is not self.chosen:
            self.chosen = unit
            self.changed.emit()

    def of(self, usual: Unit) -> Unit:
        """The unit of a length that is usually told in this one."""
        return self.chosen or usual

    def decimals(self, usual: Unit, decimals: int) -> int:
        """So many in the unit of now tell at least as much as these do in the usual one."""
        more = math.ceil(math.log10(self.of(usual).metres / usual.metres) - 1e-9)
        return max(0, decimals + more)


UNITS = Units()


def figure(metres: float, usual: Unit, decimals: int) -> str:
    """A length without its unit; decimals: in the usual one."""
    return f"{UNITS.of(usual).of(metres):.{UNITS.decimals(usual, decimals)}f}"


def length(metres: float, usual: Unit, decimals: int) -> str:
    """The same with its unit: '14.3 mm'."""
    return f"{figure(metres, usual, decimals)} {UNITS.of(usual).symbol}"


def exact(metres: float, usual: Unit, decimals: int) -> str:
    """A measure without its unit and without noughts at its end; of an inch no more than can be measured."""
    unit = UNITS.of(usual)
    return _bare(f"{unit.of(metres):.{INCHES if unit is INCH else UNITS.decimals(usual, decimals)}f}")


def digits(value: float, count: int) -> str:
    """A number with so many digits that mean something, never as a power of ten."""
    power = math.floor(math.log10(abs(float(f"{value:.{count - 1}e}")))) if value and math.isfinite(value) else 0
    return _bare(f"{value:.{max(0, count - 1 - power)}f}")


def in_units(text: str) -> str:
    """A sentence of an engine, its lengths in the unit of now; where each has its usual one, as it is."""
    unit = UNITS.chosen
    return text if unit is None else SAID.sub(lambda found: _said(found, unit), text)


def _said(found: re.Match[str], unit: Unit) -> str:
    """At least as exactly as it was said."""
    first, between, second, symbol = found.groups()
    told = [_exchanged(number, ALL[symbol]) for number in (first, second) if number is not None]
    return (between or "").join(told) + f"\u00a0{unit.symbol}"


def _exchanged(number: str, was: Unit) -> str:
    decimals = len(number.partition("e")[0].partition(".")[2])
    return figure(float(number) * was.metres, was, decimals)


def _bare(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
