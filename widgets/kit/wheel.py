"""The wheel belongs to the page: over what has not the focus it scrolls what lies around, and changes nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QScrollArea, QWidget


class _Wheel(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel or not isinstance(watched, QWidget) or not self.passes(watched):
            return False
        event.ignore()
        return True

    def passes(self, widget: QWidget) -> bool:
        return not widget.hasFocus()


class _WheelOfPictures(_Wheel):
    def passes(self, widget: QWidget) -> bool:
        area = area_around(widget)
        return super().passes(widget) and area is not None and _can_scroll(area)


_FIELDS, _PICTURES = _Wheel(), _WheelOfPictures()


def leave_wheel(widget: QWidget) -> None:
    """For a field, slider or row of tabs: the wheel is its own once it has the focus, which the wheel does not give."""
    _install(widget, _FIELDS)


def leave_wheel_where_scrolled(widget: QWidget) -> None:
    """For a picture or chart that zooms: the same, but only within a panel that scrolls."""
    _install(widget, _PICTURES)


def area_around(widget: QWidget) -> QScrollArea | None:
    """The page that scrolls in which the widget lies."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = None if above.isWindow() else above.parentWidget()
    return above


def _can_scroll(area: QScrollArea) -> bool:
    return any(bar.maximum() > bar.minimum() for bar in (area.verticalScrollBar(), area.horizontalScrollBar()))


def _install(widget: QWidget, wheel: _Wheel) -> None:
    if widget.focusPolicy() == Qt.FocusPolicy.WheelFocus:
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(wheel)
