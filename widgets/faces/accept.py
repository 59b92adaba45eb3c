"""The field for how often a stranger may be named: "1 in N", on a logarithmic slider or typed exactly."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, QSize, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractSpinBox, QHBoxLayout, QVBoxLayout, QWidget

from engines.core.words import tr
from engines.faces.types import Accept
from widgets.kit.fields import NumberField
from widgets.kit.labels import Label
from widgets.kit.slider import ClickSlider

LEAST, MOST = 10, 1_000_000
STEPS = 20
"""Slider steps a decade."""
ROUND = (1, 2, 5)
REST_MS = 200
TIP = tr("How often somebody who is not in the gallery may be given a name. The threshold follows from it.")


class StrangersField(NumberField):
    """N of "1 in N"; the arrows go 10, 20, 50, 100 ..."""

    def __init__(self) -> None:
        super().__init__(tr("One stranger in"), 100, LEAST, MOST, tip=TIP)
        self.setStepType(QAbstractSpinBox.StepType.DefaultStepType)

    def minimumSizeHint(self) -> QSize:
        """No figure of it is cut: half of a number is another number."""
        return self.sizeHint()

    def stepBy(self, steps: int) -> None:
        self.setValue(stepped(self.value(), steps))


class AcceptField(QWidget):
    """`acceptMoved(Accept)` at every step of the slider, `acceptChanged(Accept)` once the user rests on one.

    `set_accept` says neither, and waits its turn while the user is still choosing.
    """

    acceptMoved = Signal(object)
    acceptChanged = Signal(object)

    def __init__(self, label: str = tr("Strangers named: at most 1 in")) -> None:
        super().__init__()
        self._accept = Accept()
        self.number = StrangersField()
        self.slider = ClickSlider(tr("Accepted strangers"), TIP, _place(MOST))
        self.slider.setPageStep(STEPS)
        self._row = row = QHBoxLayout()
        row.setSpacing(8)
        self.words = Label(label)
        self.words.setBuddy(self.number)
        self.words.setMinimumWidth(1)
        row.addWidget(self.words)
        row.addWidget(self.number)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.slider)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._settle)
        self._show(1 / self._accept.rate)
        self.slider.valueChanged.connect(lambda place: self._choose(rounded(10 ** (1 + place / STEPS))))
        self.number.valueChanged.connect(self._choose)

    @property
    def accept(self) -> Accept:
        return self._accept

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The words take two lines where one is too long."""
        super().resizeEvent(event)
        line = self.words.fontMetrics().horizontalAdvance(self.words.text())
        narrow = line + self._row.spacing() + self.number.sizeHint().width() > self.width()
        self.words.setWordWrap(narrow)
        self._row.setStretch(0, int(narrow))
        self._row.setStretch(2, int(not narrow))

    def set_accept(self, accept: Accept) -> None:
        """Show this one, unless the user is choosing another."""
        if self.slider.isSliderDown() or self._rest.isActive() or accept == self._accept:
            return
        self._accept = accept
        self._show(min(max(1 / max(accept.rate, 1e-9), LEAST), MOST))

    def _choose(self, many: float) -> None:
        fresh = Accept(1 / many)
        if not math.isclose(fresh.rate, self._accept.rate, rel_tol=1e-9):
            self._accept = fresh
            self._show(many)
            self.acceptMoved.emit(fresh)
            self._rest.start()

    def _settle(self) -> None:
        if self.slider.isSliderDown():
            self._rest.start()
        else:
            self.acceptChanged.emit(self._accept)

    def _show(self, many: float) -> None:
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            if self.number.whole() != round(many):
                self.number.setValue(round(many))
            if rounded(10 ** (1 + self.slider.value() / STEPS)) != round(many):
                self.slider.setValue(_place(many))
        self.slider.setAccessibleDescription(tr("one in {n:,}", n=round(many)))


def rounded(many: float) -> int:
    """Two figures: 126 is 130."""
    digits = math.floor(math.log10(many))
    return int(round(many, 1 - digits)) if digits > 1 else round(many)


def stepped(many: float, steps: int) -> int:
    """So many places along 10, 20, 50, 100 ..."""
    stops = [first * 10**power for power in range(1, 7) for first in ROUND if first * 10**power <= MOST]
    beyond = [stop for stop in stops if (stop > many if steps > 0 else stop < many)]
    if not beyond:
        return MOST if steps > 0 else LEAST
    return beyond[min(steps, len(beyond)) - 1] if steps > 0 else beyond[max(steps, -len(beyond))]


def _place(many: float) -> int:
    return round((math.log10(many) - 1) * STEPS)
