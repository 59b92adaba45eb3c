"""How a feed is doing, in one line of numbers that fits where it is put."""

from __future__ import annotations

from PySide6.QtCore import Qt

from widgets.fields import ElidedLabel
from widgets.theme import number_font


class Figures(ElidedLabel):
    """Pictures per second, drops and latency in one muted line; the least important go first where it is narrow."""

    def __init__(self) -> None:
        super().__init__("", "hint")
        self.setFont(number_font(11))
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._forms: tuple[str, ...] = ("",)

    def set_figures(self, rate: float, dropped: int, latency_ms: float | None) -> None:
        """`rate` 0: nothing is being shown, so there is nothing to say."""
        speed = f"{rate:.0f} fps" if rate else ""
        late = f"{latency_ms:.0f} ms" if latency_ms is not None else ""
        drops = f"{dropped} dropped" if dropped else ""
        full = "   ".join(part for part in (speed, drops, late) if part)
        self._forms = (full, "   ".join(part for part in (speed, late) if part), speed, "")
        self.setText(full)
        self.set_tip(
            f"{rate:.1f} pictures shown per second, {dropped} dropped, {late or 'no'} capture to screen" if rate else ""
        )
        self.setAccessibleName(f"Figures: {full}")

    def shown_text(self) -> str:
        fits = (form for form in self._forms if self.fontMetrics().horizontalAdvance(form) <= self.width())
        return next(fits, "")
