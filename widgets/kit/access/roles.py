"""Tells the screen reader what a painted widget is, and a check by which key it is reached."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QWidget

KEYS = "reached_by"
ROLE, WORDS = "accessible_role", "accessible_words"
PRESSED = ("mousePressEvent", "mouseReleaseEvent", "mouseDoubleClickEvent")
TYPED = ("keyPressEvent",)
_installed: list[bool] = []


def install() -> None:
    """Have Qt ask here first; once for the process."""
    if not _installed:
        _installed.append(True)
        QAccessible.installFactory(_made)


def reached_by(widget: QWidget, keys: str) -> None:
    """Say which keys reach a control that Tab passes by; the same words stand in the help."""
    widget.setProperty(KEYS, keys)


def is_painted_control(widget: QWidget) -> bool:
    """It takes the mouse by code of its own, and is none of Qt's controls."""
    return overrides(widget, PRESSED)


def overrides(widget: QWidget, events: tuple[str, ...]) -> bool:
    """A class of ours handles one of these events."""
    ours = (base for base in type(widget).__mro__ if not base.__module__.startswith("PySide6"))
    return any(event in vars(base) for base in ours for event in events)


def _made(_kind: str, thing: QObject) -> object:
    """The interface of a widget that says its role by `accessible_role`, else of a painted control: a picture.

    One with `accessible_words()` is described by them; they are asked for only when somebody listens.
    """
    if not isinstance(thing, QWidget):
        return None
    role = getattr(thing, ROLE, None)
    if role is None and type(thing).__bases__ and _bare(thing):
        role = QAccessible.Role.Graphic
    if role is None:
        return None
    return (_Told if hasattr(thing, WORDS) else QAccessibleWidget)(thing, role)


class _Told(QAccessibleWidget):
    def text(self, kind: QAccessible.Text) -> str:
        told = getattr(self.object(), WORDS, None) if kind == QAccessible.Text.Description else None
        return told() if told is not None else super().text(kind)


def _bare(widget: QWidget) -> bool:
    """A painted control that stands on `QWidget` itself, so that Qt knows no role for it."""
    nearest = next(base for base in type(widget).__mro__ if base.__module__.startswith("PySide6"))
    return nearest is QWidget and is_painted_control(widget)
