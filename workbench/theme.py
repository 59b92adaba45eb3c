"""Which theme is in force. The tokens and the style sheet are in `widgets.theme`, where painters can read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from widgets.theme import DARK, LOOK, THEMES

BREATH_MS = 8
"""Between two turns, so that what waits in the event loop comes first."""
AT_ONCE = 150
"""Widgets dressed in one turn: about 15 ms."""
POLISHED = Qt.WidgetAttribute.WA_WState_Polished


def apply(app: QApplication, name: str) -> None:
    """Put the theme of this name on the application; an unknown name gives the dark one."""
    LOOK.apply(app, THEMES.get(name, DARK))


def change(window: QWidget, name: str) -> None:
    """Another theme for an open window, in short turns of the event loop; it is repainted once, at the end.

    Qt restyles all widgets at once, for more than .1 s with a thousand of them. So they are undressed in groups, the
    new sheet meets a nearly empty application, and then they are dressed in groups.
    """
    app, tokens, handle = application(), THEMES.get(name, DARK), window.windowHandle()
    if tokens is LOOK.now:
        return
    if handle is None or not handle.isExposed():
        LOOK.apply(app, tokens)
        return
    dressed = [widget for widget in (window, *window.findChildren(QWidget)) if widget.testAttribute(POLISHED)]
    groups = [dressed[first : first + AT_ONCE] for first in range(0, len(dressed), AT_ONCE)]
    window.setUpdatesEnabled(False)
    turns = (
        *(partial(_undress, group) for group in groups),
        partial(app.setStyleSheet, ""),
        partial(LOOK.dress, app, tokens),
        *(partial(_dress, group) for group in groups),
        LOOK.changed.emit,
        partial(window.setUpdatesEnabled, True),
    )
    _turn(window, iter(turns))


def _undress(widgets: Sequence[QWidget]) -> None:
    for widget in filter(isValid, widgets):
        widget.style().unpolish(widget)
        widget.setAttribute(POLISHED, False)


def _dress(widgets: Sequence[QWidget]) -> None:
    for widget in filter(isValid, widgets):
        widget.setAttribute(POLISHED, True)
        widget.style().polish(widget)
        QApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))
        widget.updateGeometry()


def _turn(window: QWidget, turns: Iterator[Callable[[], object]]) -> None:
    if (turn := next(turns, None)) is not None:
        QTimer.singleShot(BREATH_MS, window, lambda: (turn(), _turn(window, turns)))


def application() -> QApplication:
    """The one application object."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
