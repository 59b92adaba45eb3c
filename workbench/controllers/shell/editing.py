"""The Edit menu: undo and redo by name and where it happened, the clipboard, and the search field in front."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QUndoCommand
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from engines.core.words import as_part, tr
from widgets.kit.fields import SearchField
from workbench.commands import Actions
from workbench.controllers.shell.step import Step, drop_final
from workbench.services import Services

LONGEST = 60
"""Letters of a step in the menu."""
TEXTS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)
SHOWS = (*TEXTS, QAbstractItemView)
STANDARD = {
    "edit.cut": QKeySequence.StandardKey.Cut,
    "edit.copy": QKeySequence.StandardKey.Copy,
    "edit.paste": QKeySequence.StandardKey.Paste,
    "edit.select-all": QKeySequence.StandardKey.SelectAll,
}


class Editing(QObject):
    """find: what is asked where nothing in front can be searched."""

    def __init__(self, window: QMainWindow, services: Services, actions: Actions, find: Callable[[], object]) -> None:
        super().__init__(window)
        self._window, self._undo, self._actions = window, services.undo, actions
        self._find = find
        self._before: QWidget | None = None
        actions.bind("edit.undo", self.undo)
        actions.bind("edit.redo", self.redo)
        actions.bind("edit.find", self.find)
        for id, key in STANDARD.items():
            actions.bind(id, partial(self._press, key))
        undo = self._undo
        undo.canUndoChanged.connect(partial(actions.enable, "edit.undo"))
        undo.canRedoChanged.connect(partial(actions.enable, "edit.redo"))
        undo.undoTextChanged.connect(lambda what: actions.call("edit.undo", undo_words(what)))
        undo.redoTextChanged.connect(lambda what: actions.call("edit.redo", redo_words(what)))
        for id in ("edit.undo", "edit.redo"):
            actions.enable(id, False)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focused)
        self._allow()

    def undo(self) -> None:
        """Take the last change back, and show where."""
        command = self._undo.command(self._undo.index() - 1) if self._undo.canUndo() else None
        self._undo.undo()
        drop_final(self._undo)
        self._go_to(command)

    def redo(self) -> None:
        command = self._undo.command(self._undo.index()) if self._undo.canRedo() else None
        self._undo.redo()
        drop_final(self._undo)
        self._go_to(command)

    def find(self) -> None:
        """The search field nearest to the focus, else the palette."""
        for place in self._around():
            for field in place.findChildren(SearchField):
                if not field.visibleRegion().isEmpty():
                    field.setFocus(Qt.FocusReason.ShortcutFocusReason)
                    field.selectAll()
                    return
        self._find()

    def _around(self) -> Iterator[QWidget]:
        """What has the focus and what that is in, up to its dock; the centre where nothing has it."""
        place = self._focus or self._window.centralWidget()
        while place is not None and place is not self._window:
            yield place
            place = place.parentWidget()

    def _go_to(self, command: QUndoCommand | None) -> None:
        if isinstance(command, Step):
            command.show_where()

    def _focused(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Menus take the focus while they are open; what had it before is meant."""
        if now is not None and not isinstance(now, QMenu | QMenuBar) and now.window() is self._window:
            self._before = now
            self._allow()

    @property
    def _focus(self) -> QWidget | None:
        return self._before if self._before is not None and isValid(self._before) else None

    def _allow(self) -> None:
        focus = self._focus
        writes = isinstance(focus, TEXTS) or (isinstance(focus, QComboBox) and focus.isEditable())
        for id in STANDARD:
            self._actions.enable(id, writes or (id in ("edit.copy", "edit.select-all") and isinstance(focus, SHOWS)))

    def _press(self, key: QKeySequence.StandardKey) -> None:
        """As if the key were pressed where the focus was: every widget knows its own."""
        focus = self._focus
        combination = QKeySequence(key)[0]  # pyright: ignore[reportIndexIssue]
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            if focus is not None:
                event = QKeyEvent(kind, combination.key(), combination.keyboardModifiers())
                QApplication.sendEvent(focus, event)


def undo_words(what: str) -> str:
    return tr("Undo {what}", what=_within(what)) if what else tr("Undo")


def redo_words(what: str) -> str:
    return tr("Redo {what}", what=_within(what)) if what else tr("Redo")


def _within(what: str) -> str:
    """What a step is called, within a sentence and as far as a menu has room."""
    return as_part(what if len(what) <= LONGEST else f"{what[: LONGEST - 1]}…")
