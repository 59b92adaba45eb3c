"""Remembers what fields show that no form of a controller holds: named once where they are made, kept and put back.

Whoever owns the window loads `KEPT` from where it is kept, and saves what is `fresh`. A field gets its value back by
the signals of a user's hand, once its page is connected; a choice that is not there yet is taken when it comes.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton, QWidget

from widgets.kit.fields import ChoiceField, NumberField, Segmented, TextField


class Kept:
    """values: by the names of fields. fresh: names of those that were changed and are not saved."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.fresh: set[str] = set()
        self._fields: weakref.WeakValueDictionary[str, QWidget] = weakref.WeakValueDictionary()

    def load(self, values: dict[str, Any]) -> None:
        """Other values from now on, shown at once by what is there."""
        self.values, self.fresh = dict(values), set()
        for name, field in list(self._fields.items()):
            self.show(name, field)

    def add(self, name: str, field: QWidget) -> None:
        """One more field, which shows what is kept once its page is connected."""
        self._fields[name] = field
        QTimer.singleShot(0, field, partial(self.show, name, field))

    def take(self, name: str, value: Any) -> None:
        """The user made this of a field."""
        if self.values.get(name) != value:
            self.values[name] = value
            self.fresh.add(name)

    def show(self, name: str, field: QWidget) -> None:
        """Give a field the value that is kept, where it can have it."""
        if name in self.values and shiboken6.isValid(field):
            _put(field, self.values[name])


KEPT = Kept()


def keep(page: str, **fields: QWidget) -> None:
    """Keep what these fields of a page show, under their names."""
    for name, field in fields.items():
        _keep(f"{page}.{name}", field)


def _keep(name: str, field: QWidget) -> None:
    KEPT.add(name, field)
    take: Callable[[Any], None] = partial(KEPT.take, name)
    if isinstance(field, ChoiceField):
        field.chosen.connect(take)
        field.model().rowsInserted.connect(lambda *_rows: QTimer.singleShot(0, field, partial(KEPT.show, name, field)))
    elif isinstance(field, Segmented):
        field.chosen.connect(take)
    elif isinstance(field, NumberField):
        field.valueChanged.connect(take)
    elif isinstance(field, TextField):
        field.textChanged.connect(take)
    elif isinstance(field, QAbstractButton):
        field.toggled.connect(take)


def _put(field: QWidget, value: Any) -> None:
    """As if the user had done it; a value that the field cannot have is left."""
    if isinstance(field, ChoiceField):
        if isinstance(value, str) and value != field.value() and field.findData(value) >= 0:
            field.set_value(value)
            field.chosen.emit(value)
    elif isinstance(field, Segmented):
        if isinstance(value, str) and value != field.value():
            field.set_value(value)
            field.chosen.emit(field.value())
    elif isinstance(field, NumberField) and isinstance(value, int | float):
        field.setValue(value)
    elif isinstance(field, TextField) and isinstance(value, str):
        field.setText(value)
        field.editingFinished.emit()
    elif isinstance(field, QAbstractButton) and isinstance(value, bool) and value != field.isChecked():
        field.click() if field.isEnabled() else field.setChecked(value)
    elif callable(show := getattr(field, "show_kept", None)):
        show(value)
