"""Fields of the window by name: what each shows, and how a user would change it. For walks that know no page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QScrollBar,
    QSpinBox,
    QTabBar,
    QWidget,
)

from widgets.kit.panel import Section

KINDS = (QSpinBox, QDoubleSpinBox, QComboBox, QLineEdit, QAbstractSlider, QTabBar, QAbstractButton, Section)


def fields(root: QWidget, *, seen: bool = True) -> dict[str, QWidget]:
    """All fields within by their names from `root` down. seen: those that are visible, else all there are."""
    found: dict[str, QWidget] = {}
    counts: Counter[str] = Counter()
    for widget in root.findChildren(QWidget):
        if is_field(widget) and (widget.isVisible() or not seen):
            name = "/".join(reversed(list(_names(widget, root))))
            counts[name] += 1
            found[name if counts[name] == 1 else f"{name} {counts[name]}"] = widget
    return found


def is_field(widget: QWidget) -> bool:
    """Whether it holds a value that a user can change."""
    if not isinstance(widget, KINDS) or isinstance(widget, QScrollBar):
        return False
    if isinstance(widget, QAbstractButton):
        return widget.isCheckable()
    if isinstance(widget, QLineEdit):
        return not widget.isReadOnly() and not isinstance(widget.parent(), QAbstractSpinBox | QComboBox)
    return True


def value_of(widget: QWidget) -> Any:
    """What a field shows, as a JSON value; None while there is nothing to choose from."""
    if isinstance(widget, QComboBox):
        if not widget.count():
            return None
        data = widget.currentData()
        return data if isinstance(data, str | int | float) else widget.currentText()
    if isinstance(widget, QSpinBox | QDoubleSpinBox | QAbstractSlider):
        return widget.value()
    if isinstance(widget, QTabBar):
        return widget.currentIndex()
    if isinstance(widget, QLineEdit):
        return widget.text()
    if isinstance(widget, Section):
        return widget.folded
    assert isinstance(widget, QAbstractButton)
    return widget.isChecked()


def change(widget: QWidget, dice: Random) -> None:
    """Give a field another value as a user would: with the signals that only a user's hand sends."""
    if not widget.isEnabled():
        return
    for kind, act in CHANGES.items():
        if isinstance(widget, kind):
            act(widget, dice)
            return


def _spin(widget: Any, dice: Random) -> None:
    step = widget.singleStep() * dice.choice((-2, -1, 1, 2))
    widget.setValue(widget.value() + step)
    widget.editingFinished.emit()


def _choose(widget: Any, dice: Random) -> None:
    if widget.count() > 1:
        index = dice.randrange(widget.count())
        widget.setCurrentIndex(index)
        widget.activated.emit(index)


def _type(widget: Any, dice: Random) -> None:
    text = widget.text() or str(dice.randrange(1, 9))
    text = text[:-1] if len(text) > 3 else text + str(dice.randrange(1, 9))
    widget.setText(text)
    widget.textEdited.emit(text)
    widget.editingFinished.emit()


def _slide(widget: Any, dice: Random) -> None:
    widget.setValue(dice.randint(widget.minimum(), widget.maximum()))


def _tab(widget: Any, dice: Random) -> None:
    widget.setCurrentIndex(dice.randrange(max(widget.count(), 1)))


CHANGES: dict[type[QWidget], Callable[[Any, Random], None]] = {
    QSpinBox: _spin,
    QDoubleSpinBox: _spin,
    QComboBox: _choose,
    QLineEdit: _type,
    QAbstractSlider: _slide,
    QTabBar: _tab,
    QAbstractButton: lambda widget, _dice: widget.click(),
    Section: lambda widget, _dice: widget.head.click(),
}


def _names(widget: QWidget, root: QWidget) -> Iterator[str]:
    """From the field up: its name, and what has a name around it."""
    yield widget.accessibleName() or (widget.fold_key if isinstance(widget, Section) else type(widget).__name__)
    parent = widget.parentWidget()
    while parent is not None and parent is not root:
        if isinstance(parent, Section):
            yield parent.fold_key
        elif parent.accessibleName():
            yield parent.accessibleName()
        elif not type(parent).__name__.startswith("Q"):
            yield type(parent).__name__
        parent = parent.parentWidget()
