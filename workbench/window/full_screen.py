"""The whole screen for the window, or for what is in its centre; Escape gives back what was there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QToolBar, QWidget

from workbench.commands import Actions

ALL, ALONE = "view.full-screen", "view.present"


class FullScreen(QObject):
    """Both commands can be chosen from one another; what was hidden comes back, and nothing else.

    The window has the commands itself: a menu bar that is hidden would take their keys along.
    """

    def __init__(self, window: QMainWindow, actions: Actions) -> None:
        super().__init__(window)
        self._window, self._actions = window, actions
        self._hidden: list[QWidget] = []
        self._in_front: list[QWidget] = []
        self._was_maximised = False
        self.mode = ""
        """Id of the command in force, "" for none."""
        for id in (ALL, ALONE):
            actions.bind(id, lambda id=id: self.turn("" if self.mode == id else id))
        window.addActions(list(map(actions.action, actions.commands)))
        window.installEventFilter(self)

    def turn(self, mode: str) -> None:
        """To one of the commands' ids, or "" back to how it was."""
        if not self.mode and mode:
            self._was_maximised = self._window.isMaximized()
        self._show_hidden()
        if mode == ALONE:
            self._hide(self._beside())
        before, self.mode = self.mode, mode
        if mode and not before:
            self._window.showFullScreen()
        elif before and not mode:
            self._window.showMaximized() if self._was_maximised else self._window.showNormal()
        for id in (ALL, ALONE):
            self._actions.check(id, id == mode)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape that nobody else had a use for; a window that the system took out of full screen."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self.mode:
            if event.key() == Qt.Key.Key_Escape:
                self.turn("")
                return True
        elif event.type() == QEvent.Type.Close and self.mode:
            self._show_hidden()
        return False

    def _beside(self) -> list[QWidget]:
        docks = self._window.findChildren(QDockWidget)
        bars = self._window.findChildren(QToolBar)
        parts: list[QWidget] = [dock for dock in docks if not dock.isFloating()]
        return [part for part in (*parts, *bars, self._window.menuBar()) if not part.isHidden()]

    def _hide(self, parts: list[QWidget]) -> None:
        self._hidden, self._in_front = parts, [part for part in parts if not part.visibleRegion().isEmpty()]
        for part in parts:
            part.hide()

    def _show_hidden(self) -> None:
        hidden, self._hidden = self._hidden, []
        for part in hidden:
            part.show()
        for part in self._in_front:
            part.raise_()
