"""The figures of a feed in one line that fits where it is put."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy

from engines.core.words import tr
from widgets.kit.fields import describe
from widgets.kit.labels import Label
from widgets.kit.theme import number_font


class Figures(Label):
    """Pictures per second, drops and latency in one muted line; the least important go first where it is narrow."""

    def __init__(self) -> None:
        super().__init__("", "hint")
        self.setFont(number_font(11))
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._forms: tuple[str, ...] = ("",)

    def set_figures(self, rate: float, dropped: int, latency_ms: float | None) -> None:
        """`rate` 0: nothing is being shown, so there is nothing to say. Then call `fit`."""
        speed = f"{rate:.0f} fps" if rate else ""
        late = f"{latency_ms:.0f} ms" if latency_ms is not None else ""
        drops = tr("{dropped} dropped", dropped=dropped) if dropped else ""
        full, short = ("   ".join(filter(None, parts)) for parts in ((speed, drops, late), (speed, late)))
        self._forms = (full, short, speed, "")
        whole = tr(
            "{rate:.1f} pictures shown per second, {dropped} dropped, {late} from capture to screen",
            rate=rate,
            dropped=dropped,
            late=late or tr("no time"),
        )
        describe(self, tr("Figures: {full}", full=full), whole if rate else tr("Nothing is being shown"))

    def fit(self, room: float) -> None:
        """Show as much as fits into so many pixels."""
        advance = self.fontMetrics().horizontalAdvance
        shown = next((form for form in self._forms if advance(form) + 2 <= room), "")
        self.setText(shown)
        self.setVisible(bool(shown))
