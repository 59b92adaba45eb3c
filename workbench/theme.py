"""Which theme is in force. The tokens and the style sheet are in `widgets.theme`, where painters can read them."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from widgets.theme import DARK, LOOK, THEMES

BODY_PIXELS = 13


def apply(app: QApplication, name: str) -> None:
    """Put the theme of this name on the application; an unknown name gives the dark one."""
    app.setFont(body_font())
    LOOK.apply(app, THEMES.get(name, DARK))


def application() -> QApplication:
    """The one application object."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


def body_font() -> QFont:
    """The system's UI font at body size."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(BODY_PIXELS)
    return font
