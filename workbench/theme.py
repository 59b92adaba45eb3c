"""Which theme is in force. The tokens and the style sheet are in `widgets.theme`, where painters can read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from widgets.theme import DARK, LOOK, THEMES

BREATH_MS = 8
"""Between two turns, so that what waits in the event loop comes first."""


def apply(app: QApplication, name: str) -> None:
    """Put the theme of this name on the application; an unknown name gives the dark one."""
    LOOK.apply(app, THEMES.get(name, DARK))


def change(window: QWidget, name: str) -> None:
    """Another theme for an open window, in short turns of the event loop under a picture of how it looked.

    Restyling hundreds of widgets at once would hold the window for more than .1 s.
    """
    cover = QLabel(window)
    cover.setPixmap(window.grab())
    cover.setGeometry(window.rect())
    cover.show()
    app, tokens = application(), THEMES.get(name, DARK)
    turns = (lambda: app.setStyleSheet(""), lambda: LOOK.dress(app, tokens), LOOK.changed.emit, cover.deleteLater)
    _turn(window, iter(turns))


def _turn(window: QWidget, turns: Iterator[Callable[[], object]]) -> None:
    if (turn := next(turns, None)) is not None:
        QTimer.singleShot(BREATH_MS, window, lambda: (turn(), _turn(window, turns)))


def application() -> QApplication:
    """The one application object."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
