"""A field for a length, shown and typed in the unit of the user's choice, whatever unit its value is in."""

from __future__ import annotations

import math
import re

from PySide6.QtGui import QValidator

from widgets.kit.fields import NumberField
from widgets.kit.lengths.units import TYPED, UNITS, Unit, exact

_NUMBER = r"(\d+(?:[.,]\d*)?|[.,]\d+)"
_LENGTH = re.compile(rf"\s*{_NUMBER}\s*({'|'.join(sorted(map(re.escape, TYPED), key=len, reverse=True))})?\s*", re.I)
_BEFORE_UNIT = "0123456789., \u00a0"


class LengthField(NumberField):
    """`value()` is in the unit that the field is made with, and is untouched by the choice of another to be shown.

    "2.5 cm", "0.025 m" and "1 in" can be typed into every one.
    """

    def __init__(
        self, name: str, value: float, low: float, high: float, unit: Unit, *, decimals: int, step: float = 1.0,
        tip: str = "",
    ) -> None:  # fmt: skip
        self._unit = unit
        super().__init__(name, value, low, high, unit=self._shown.symbol, decimals=decimals, step=step, tip=tip)
        UNITS.changed.connect(self._change_unit)

    def metres(self) -> float:
        return round(self.value() * self._unit.metres, 9)

    def set_metres(self, metres: float) -> None:
        self.setValue(metres / self._unit.metres)

    def stepBy(self, steps: int) -> None:
        """By a round number of what is shown, at most as far as the field's own step."""
        shown, step = self._unit.metres / self._shown.metres, self.singleStep()
        if shown == 1.0:
            super().stepBy(steps)
            return
        power = 10.0 ** math.floor(math.log10(step * shown) + 1e-9)
        step = max(round(factor * power, 12) for factor in (1, 2, 5) if factor * power <= step * shown * 1.000001)
        at = round(self.value() * shown / step, 6)
        self.setValue(round((math.floor(at) if steps > 0 else math.ceil(at)) + steps, 6) * step / shown)

    def textFromValue(self, value: float) -> str:
        return exact(value * self._unit.metres, self._unit, self.decimals())

    def valueFromText(self, text: str) -> float:
        """What is shown stands for the value as it is, of which it may be a rounding."""
        found = _LENGTH.fullmatch(self._bare(text))
        if found is None or self._bare(text).strip() == self.textFromValue(self.value()):
            return self.value()
        unit = TYPED[found[2].lower()] if found[2] else self._shown
        return float(found[1].replace(",", ".")) * (unit.metres / self._unit.metres)

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        bare = self._bare(text)
        if _LENGTH.fullmatch(bare) or text == self.specialValueText() != "":
            return QValidator.State.Acceptable, text, pos
        begun = bare.lstrip(_BEFORE_UNIT).strip().lower()
        hopeful = any(unit.startswith(begun) for unit in TYPED)
        return (QValidator.State.Intermediate if hopeful else QValidator.State.Invalid), text, pos

    @property
    def _shown(self) -> Unit:
        return UNITS.of(self._unit)

    def _bare(self, text: str) -> str:
        """Without the unit that stands behind what is typed."""
        return text.removesuffix(self.suffix()) if self.suffix() else text

    def _change_unit(self) -> None:
        self.setSuffix(f" {self._shown.symbol}")
        self.updateGeometry()
