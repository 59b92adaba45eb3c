"""Filters that leave the mouse wheel to the page while a control has not the focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QScrollArea, QWidget


class _Wheel(QObject):
    """Gives the wheel to what lies around a widget without the focus; `scrolled`: only where that can scroll."""

    def __init__(self, scrolled: bool) -> None:
        super().__init__()
        self._scrolled = scrolled

    def install(self, widget: QWidget) -> None:
        if widget.focusPolicy() == Qt.FocusPolicy.WheelFocus:
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel or not isinstance(watched, QWidget) or watched.hasFocus():
            return False
        if self._scrolled and not _can_scroll(area_around(watched)):
            return False
        event.ignore()
        return True


leave_wheel = _Wheel(scrolled=False).install
"""For a field, slider or row of tabs: the wheel is its own once it has the focus, which the wheel does not give."""
leave_wheel_where_scrolled = _Wheel(scrolled=True).install
"""For a picture or chart that zooms: the same, but only within a panel that scrolls."""


def area_around(widget: QWidget) -> QScrollArea | None:
    """The page that scrolls in which the widget lies."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = None if above.isWindow() else above.parentWidget()
    return above


def _can_scroll(area: QScrollArea | None) -> bool:
    bars = (area.verticalScrollBar(), area.horizontalScrollBar()) if area is not None else ()
    return any(bar.maximum() > bar.minimum() for bar in bars)
