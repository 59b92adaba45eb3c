"""The theme in force. The tokens and the style sheet are in `widgets.kit.theme`, where painters can read them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from widgets.kit.theme import DARK, LIGHT, LOOK, THEMES, Tokens

SYSTEM = "system"
POLISHED = Qt.WidgetAttribute.WA_WState_Polished
OWN_STYLE = Qt.WidgetAttribute.WA_SetStyle


def apply(app: QApplication, name: str) -> None:
    """Put the theme of this name on the application, "system" for the desktop's; an unknown name gives the dark one."""
    LOOK.apply(app, tokens_of(name))
    hints, follow = app.styleHints(), Qt.ConnectionType.UniqueConnection
    hints.colorSchemeChanged.connect(FOLLOWER.follow, follow)
    FOLLOWER.on = name == SYSTEM


def tokens_of(name: str) -> Tokens:
    """The tokens of "dark", "light", or "system" as the desktop is now; the dark ones where it does not say."""
    if name == SYSTEM:
        light = application().styleHints().colorScheme() == Qt.ColorScheme.Light
        return LIGHT if light else DARK
    return THEMES.get(name, DARK)


def change(name: str) -> None:
    """Another theme for windows that are open: what is visible is dressed at once, the rest when it is shown.

    Qt would restyle every widget there is, for half a second with all panels made. Both themes have the same sizes, so
    that nothing needs to be laid out anew.
    """
    app, tokens = application(), tokens_of(name)
    FOLLOWER.on = name == SYSTEM
    if tokens is LOOK.now:
        return
    seen = [part for window in app.topLevelWidgets() for part in _visible(window)]
    dressed = [widget for widget in seen if widget.testAttribute(POLISHED)]
    style = app.style()
    for widget in dressed:
        style.unpolish(widget)
    _hide(app.allWidgets())
    LOOK.dress(app, tokens)
    _dress(dressed)
    WARDROBE.watch([*app.topLevelWidgets(), *_parts(seen)])
    LOOK.changed.emit()


def _hide(widgets: Iterable[QWidget]) -> None:
    """Qt neither polishes these nor tells them of a new style, now and later: they count as dressed by themselves."""
    for widget in widgets:
        if not widget.testAttribute(OWN_STYLE):
            widget.setAttribute(OWN_STYLE, True)
        if widget.testAttribute(POLISHED):
            widget.setAttribute(POLISHED, False)


def _dress(widgets: Iterable[QWidget]) -> None:
    style = application().style()
    for widget in widgets:
        widget.setAttribute(POLISHED, True)
        style.polish(widget)
        widget.update()


def _visible(widget: QWidget) -> list[QWidget]:
    """This widget and what is visible in it."""
    if not widget.isVisible():
        return []
    return [widget, *(part for child in _parts([widget]) if not child.isWindow() for part in _visible(child))]


def _parts(widgets: Iterable[QWidget]) -> list[QWidget]:
    return [child for widget in widgets for child in widget.children() if isinstance(child, QWidget)]


class Wardrobe(QObject):
    """Dresses what was hidden while the theme changed, at the moment when it is shown."""

    def watch(self, widgets: Iterable[QWidget]) -> None:
        """Wait for those that are hidden."""
        for widget in widgets:
            if not widget.isVisible():
                widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Once a widget is shown, Qt has polished all in it that never was: what is not polished is of before."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            watched.removeEventFilter(self)
            seen = _visible(watched)
            _dress([part for part in seen if not part.testAttribute(POLISHED)])
            self.watch(_parts(seen))
        return False


WARDROBE = Wardrobe()


class Follower(QObject):
    """Changes the theme with the desktop's, while the user wants that."""

    on = False

    def follow(self, _scheme: Qt.ColorScheme) -> None:
        if self.on:
            change(SYSTEM)


FOLLOWER = Follower()


def application() -> QApplication:
    """The one application object."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
