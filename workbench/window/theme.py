"""The theme in force. The tokens and the style sheet are in `widgets.kit.theme`, where painters can read them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from widgets.kit.theme import DARK, LIGHT, LOOK, THEMES, Tokens

SYSTEM = "system"
POLISHED = Qt.WidgetAttribute.WA_WState_Polished
ASIDE = "aside"
"""The property of a widget that was put aside and has not been shown since: how many changes it is dressed after, and
one."""
TURN_MS, AT_ONCE = 2000, 1000
"""How often hidden widgets are put aside, and about how many: a hundredth of a second's work."""
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
    tokens = tokens_of(name)
    FOLLOWER.on = name == SYSTEM
    if tokens is not LOOK.now:
        _wear(tokens)


def pack(density: str) -> None:
    """Another density, "compact" or not, for windows that are open: heights and the room between change at once."""
    if (density == "compact") == LOOK.compact:
        return
    LOOK.pack(density == "compact")
    _measure(_wear(LOOK.now, packed=True))
    for view in application().allWidgets():
        if isinstance(view, QAbstractItemView):
            view.scheduleDelayedItemsLayout()


def _wear(tokens: Tokens, packed: bool = False) -> list[QWidget]:
    """Dress what is visible in the tokens and the density of now; it."""
    app = application()
    seen = _seen()
    dressed = [widget for widget in seen if widget.testAttribute(POLISHED)]
    style = app.style()
    for widget in dressed:
        style.unpolish(widget)
    WARDROBE.put_aside(_hidden(seen))
    WARDROBE.changes.append(packed)
    _hide(seen)
    LOOK.dress(app, tokens)
    _dress(dressed)
    LOOK.changed.emit()
    return seen


def _hide(widgets: Iterable[QWidget]) -> None:
    """Qt neither polishes these nor tells them of a new style, now and later: they count as dressed by themselves."""
    for widget in widgets:
        widget.setAttribute(OWN_STYLE, True)
        widget.setAttribute(POLISHED, False)


def _dress(widgets: Iterable[QWidget]) -> None:
    style = application().style()
    for widget in widgets:
        widget.setAttribute(POLISHED, True)
        style.polish(widget)
        widget.update()


def _measure(widgets: Iterable[QWidget]) -> None:
    """Have these forget how large they wanted to be."""
    for widget in widgets:
        application().sendEvent(widget, QEvent(QEvent.Type.StyleChange))


def _seen() -> list[QWidget]:
    return [part for window in application().topLevelWidgets() for part in _visible(window)]


def _hidden(seen: Iterable[QWidget]) -> list[QWidget]:
    """What is hidden within what is seen, and windows."""
    return [part for part in (*application().topLevelWidgets(), *_parts(seen)) if not part.isVisible()]


def _visible(widget: QWidget) -> list[QWidget]:
    """This widget and what is visible in it."""
    if not widget.isVisible():
        return []
    return [widget, *(part for child in _parts([widget]) if not child.isWindow() for part in _visible(child))]


def _parts(widgets: Iterable[QWidget]) -> list[QWidget]:
    return [child for widget in widgets for child in widget.children() if isinstance(child, QWidget)]


class Wardrobe(QObject):
    """Dresses what was hidden while the theme changed, at the moment when it is shown.

    What was put aside and has not been shown since is not looked into again at the next change: what is made in it
    meanwhile is not polished, or else is one of the few that Qt restyles. Most is put aside before, a little at a time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[bool] = []
        """Each change until now, and whether heights changed with it."""
        self._timer: QTimer | None = None

    def begin(self) -> None:
        """Put aside what is hidden from now on, while the window is idle."""
        self._timer = QTimer(application(), interval=TURN_MS)
        self._timer.timeout.connect(self.take_turn)
        self._timer.start()

    def take_turn(self) -> None:
        """Put some of it aside."""
        left = AT_ONCE
        for widget in _hidden(_seen()):
            if left > 0 and not widget.property(ASIDE):
                left -= self._put_aside(widget)

    def put_aside(self, hidden: Iterable[QWidget]) -> None:
        """These, with all that is in them, are not of the new theme until they are shown."""
        for widget in hidden:
            if not widget.property(ASIDE):
                self._put_aside(widget)

    def _put_aside(self, widget: QWidget) -> int:
        """How many they are."""
        within = [widget, *widget.findChildren(QWidget)]
        _hide(within)
        self.watch([widget], len(self.changes))
        return len(within)

    def watch(self, hidden: Iterable[QWidget], changes: int) -> None:
        """Wait for these to be shown, which are dressed as after so many changes, or as after fewer where they waited
        before.
        """
        for widget in hidden:
            widget.setProperty(ASIDE, min(widget.property(ASIDE) or changes + 1, changes + 1))
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Once a widget is shown, Qt has polished all in it that never was: what is not polished is of before."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            watched.removeEventFilter(self)
            changes = watched.property(ASIDE) - 1
            watched.setProperty(ASIDE, 0)
            seen, missed = _visible(watched), self.changes[changes:]
            behind = [part for part in seen if not part.testAttribute(POLISHED)]
            if missed:
                _dress(behind)
            else:
                for part in behind:
                    part.setAttribute(POLISHED, True)
            if any(missed):
                _measure(seen)
            self.watch([part for part in _parts(seen) if not part.isVisible()], changes)
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
