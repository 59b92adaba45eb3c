"""Sections whose controls are the fields of a frozen value: a form shows it, and says what was changed in it.

A control is bound to a field once; showing a value never tells a change, and a change tells its own field alone. A
control that already stands at its value is left alone, so that a half-typed number survives the news of a run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItemModel, QValidator
from PySide6.QtWidgets import QLabel, QWidget

from widgets.kit.fields import (
    ChoiceField,
    NumberField,
    Segmented,
    TextField,
    Toggle,
    describe,
    set_property,
)
from widgets.kit.labels import ElidedLabel, Label
from widgets.kit.layouts import held, row_of
from widgets.kit.panel import Section

Group: TypeAlias = tuple[str, Sequence[tuple[str, str, str]]]
"""A heading, and (id, title, tip) of each choice under it."""
DEVICES = {"cpu": "CPU", "cuda": "GPU"}
AUTO = -1.0
STEP = 1.1


class SigmaField(NumberField):
    """A noise level (or rate) to six digits, stepped by a tenth. Empty: as the model says (None); "inf" is 0."""

    def __init__(self, name: str, *, optional: bool = True, infinite: bool = False, tip: str = "") -> None:
        self._optional, self._infinite, self._own = optional, infinite, "model"
        self._start = 1.0
        super().__init__(name, AUTO if optional else 1.0, AUTO if optional else 0.0, 1e9, decimals=9, tip=tip)
        self.setCorrectionMode(self.CorrectionMode.CorrectToNearestValue)
        self.valueChanged.connect(lambda _value: self._dim())
        self._dim()

    def sigma(self) -> float | None:
        value = self.value()
        return None if value < 0 else value

    def set_sigma(self, sigma: float | None) -> None:
        self.setValue(AUTO if sigma is None else sigma)
        self._dim()

    def set_own(self, sigma: float | None, words: str = "model") -> None:
        """What an empty field stands for."""
        before = self._own
        level = "" if sigma is None else f"{number(sigma, self._infinite)} "
        self._own = f"{level}({words})" if level else words
        self._start = sigma or 1.0
        if self._own != before and self.value() < 0:
            self.lineEdit().setText(self._own)

    def _dim(self) -> None:
        """What the model says is quieter than what the user says."""
        set_property(self, "own", "true" if self.value() < 0 else "")

    def textFromValue(self, value: float) -> str:
        return self._own if value < 0 else number(value, self._infinite)

    def valueFromText(self, text: str) -> float:
        return _typed(text, self._own, AUTO if self._optional else 0.0)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        state = QValidator.State
        value = self.valueFromText(text)
        if math.isnan(value) or value > self.maximum():
            return state.Intermediate, text, position
        return (state.Acceptable if value >= self.minimum() else state.Invalid), text, position

    def fixup(self, text: str) -> str:
        return self.textFromValue(self.value())

    def stepBy(self, steps: int) -> None:
        now = self.value()
        self.setValue(self._start if now <= 0 else float(f"{now * STEP**steps:.3g}"))


def number(value: float, infinite: bool = False) -> str:
    """A level as it is written in a field."""
    return "\u221e" if math.isinf(value) or (infinite and value == 0) else f"{value:.6g}".replace("e+0", "e")


def _typed(text: str, own: str, empty: float) -> float:
    words = text.strip().lower().replace(",", ".")
    if words in ("", own.lower(), "model", "auto"):
        return empty
    if words in ("inf", "infinity", "\u221e"):
        return 0.0
    try:
        return float(words)
    except ValueError:
        return math.nan


class GroupedChoice(ChoiceField):
    """One of many, under headings."""

    def set_groups(self, groups: Sequence[Group], value: str) -> None:
        """Replace the choices where they differ, and choose `value`."""
        wanted = [row for title, choices in groups if choices for row in [(None, title, ""), *choices]]
        if wanted != [(self.itemData(row), self.itemText(row), self._tip_of(row)) for row in range(self.count())]:
            self.clear()
            for id, title, tip in wanted:
                self._add(id, title, tip)
        self.setCurrentIndex(self.findData(value) if value else -1)

    def _tip_of(self, row: int) -> str:
        return self.itemData(row, Qt.ItemDataRole.ToolTipRole) or ""

    def _add(self, id: str | None, title: str, tip: str) -> None:
        self.addItem(title, id)
        row = self.count() - 1
        if tip:
            self.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
        model = self.model()
        if id is None and isinstance(model, QStandardItemModel):
            model.item(row).setFlags(Qt.ItemFlag.NoItemFlags)


Control: TypeAlias = NumberField | ChoiceField | Segmented | Toggle | TextField


WAYS: tuple[tuple[type, Callable[[Any], Any], Callable[[Any, Any], Any], Callable[[Any], Any]], ...] = (
    (SigmaField, SigmaField.sigma, SigmaField.set_sigma, lambda field: field.valueChanged),
    (NumberField, lambda field: field.value() if field.decimals() else field.whole(), NumberField.setValue,
     lambda field: field.valueChanged),
    (Toggle, Toggle.isChecked, Toggle.setChecked, lambda toggle: toggle.clicked),
    (TextField, TextField.text, TextField.setText, lambda field: field.textEdited),
    (QWidget, lambda choice: choice.value(), lambda choice, id: choice.set_value(id), lambda choice: choice.chosen),
)  # fmt: skip
"""By kind of control, the first that fits: what reads it, what sets it, what it says when the user changes it."""


def read(control: Control) -> Any:
    """What a control stands at."""
    return _ways(control)[0](control)


def show(control: Control, value: Any) -> None:
    """Set a control without its telling anybody."""
    if read(control) != value:
        with QSignalBlocker(control):
            _ways(control)[1](control, value)


def on_change(control: Control, act: Callable[[], None]) -> None:
    """Call `act` whenever the user changes a control."""
    _ways(control)[2](control).connect(lambda _value: act())


def _ways(control: Control) -> list[Any]:
    return next(ways for kind, *ways in WAYS if isinstance(control, kind))


class Form(Section):
    """A section with bound controls; while it is folded its head says in short what it holds."""

    edited = Signal(dict)
    summary: ElidedLabel | None = None

    def __init__(self, title: str, folded: bool = False, *, name: str) -> None:
        super().__init__(title, folded, name=name)
        self.controls: dict[str, Control] = {}
        self.summary = ElidedLabel("", "hint")
        self.summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._row.setStretch(1, 0)
        self._row.addWidget(self.summary, 1)
        self.summary.setVisible(self.folded)

    def show_state(self, view: Any) -> None:
        """Show the part of the panel's view that the section is about."""
        raise NotImplementedError

    def bind(self, field: str, control: Control, kind: Callable[[Any], Any] | None = None) -> None:
        """A change of `control` goes out as {field: value}. kind: float for a field that is shown as a whole one."""
        self.controls[field] = control
        on_change(control, lambda: self.edited.emit({field: kind(read(control)) if kind else read(control)}))

    def lay_out(self, *parts: QWidget) -> None:
        """Parts from top to bottom, close together."""
        for part in parts:
            self.add(part)
        self.body.setSpacing(8)

    def show_fields(self, value: Any) -> None:
        """Set every bound control from the field of `value` that it stands for."""
        for field, control in self.controls.items():
            show(control, getattr(value, field))

    def fields(self) -> dict[str, Any]:
        """What the bound controls stand at."""
        return {field: read(control) for field, control in self.controls.items()}

    def set_summary(self, text: str) -> None:
        if self.summary is not None:
            self.summary.setText(text)

    def set_folded(self, folded: bool) -> None:
        super().set_folded(folded)
        if self.summary is not None:
            self.summary.setVisible(folded)


def words(role: str = "hint") -> Label:
    """Words that wrap."""
    label = Label("", role, wraps=True)
    label.setMinimumWidth(1)
    return label


def say(label: QLabel, text: str) -> None:
    """Words, or no room taken for none."""
    label.setText(text)
    label.setVisible(bool(text))


def beside(first: QWidget, *more: QWidget, spacing: int = 4) -> QWidget:
    """Controls in a row, the first as wide as there is room."""
    row = row_of((first, 1), *more, spacing=spacing)
    row.setAlignment(first, Qt.AlignmentFlag.AlignVCenter if isinstance(first, QLabel) else Qt.AlignmentFlag.AlignTop)
    return held(row)


def shared(first: QWidget, second: QWidget, left: int, right: int) -> QWidget:
    """Two controls in columns of unequal width."""
    row = row_of((first, left), (second, right), spacing=8)
    for part in (first, second):
        row.setAlignment(part, Qt.AlignmentFlag.AlignTop)
    return held(row)


def keep_room(widget: QWidget) -> QWidget:
    """Leave its place free while it is hidden, so that its neighbour does not grow."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)
    return widget


def tip(widget: QWidget, text: str) -> None:
    """A tooltip that follows what is chosen; the name stays."""
    describe(widget, widget.accessibleName(), text)
