"""A step of undo that knows where it happened, so that nobody takes back what they do not see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from time import monotonic
from typing import Any
from zlib import crc32

from PySide6.QtGui import QUndoCommand, QUndoStack

from engines.core.errors import KinoscopeError
from workbench.services import Notify

AT_ONCE = 1.0
"""Seconds between two changes of a field, as while it is dragged or typed into."""


class Step(QUndoCommand):
    """text: what was done, with a verb first ("Rename Laura Bush"). where: brings the place into view."""

    def __init__(self, text: str, where: Callable[[], object] | None = None) -> None:
        super().__init__(text)
        self._where = where

    def show_where(self) -> None:
        """Bring what it changed into view."""
        if self._where is not None:
            self._where()


class FormStep(Step):
    """From one value to another of the kind that `apply` takes. field: what changes of one sort share."""

    def __init__(
        self, text: str, before: Any, after: Any, apply: Callable[[Any], object], where: Callable[[], object],
        field: str,
    ) -> None:  # fmt: skip
        super().__init__(text, where)
        self._before, self._after, self._apply, self._field = before, after, apply, field
        self._at = monotonic()

    def redo(self) -> None:
        self._apply(self._after)

    def undo(self) -> None:
        self._apply(self._before)

    def id(self) -> int:
        return crc32(self._field.encode()) >> 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, FormStep) or other._field != self._field or other._at - self._at > AT_ONCE:
            return False
        self._after, self._at = other._after, other._at
        self.setObsolete(self._after == self._before)
        return True


class KeepOnShelf(Step):
    """What is kept for cameras was kept just now, or is to be forgotten. forget: gives what brings it back."""

    def __init__(
        self, text: str, where: Callable[[], object], notify: Notify, forget: Callable[[], Callable[[], None]],
        keeps: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(text, where)
        self._notify, self._forget, self._keeps = notify, forget, keeps
        self._back: Callable[[], None] | None = None

    def redo(self) -> None:
        self._turn(self._keeps)

    def undo(self) -> None:
        self._turn(not self._keeps)

    def _turn(self, there: bool) -> None:
        try:
            if not there:
                self._back = self._forget()
            elif self._back is not None:
                self._back()
        except KinoscopeError as error:
            self._notify(str(error), "bad")


def changed(before: Any, after: Any) -> tuple[str, ...]:
    """Names of the fields that differ, of two values of one dataclass."""
    if not is_dataclass(before) or type(before) is not type(after):
        return ()
    return tuple(each.name for each in fields(before) if getattr(before, each.name) != getattr(after, each.name))


def words_of(names: tuple[str, ...], words: Mapping[str, str], otherwise: str) -> str:
    """What a change of these fields is called: by the first that has words."""
    return next((words[name] for name in names if name in words), otherwise)


def make_final(undo: QUndoStack, is_final: Callable[[QUndoCommand], bool]) -> None:
    """These steps can be taken back no more, and what they are called is forgotten; all others can as before."""
    for place in range(undo.count()):
        command = undo.command(place)
        if is_final(command):
            command.setText("")
            command.setObsolete(True)
    drop_final(undo)


def drop_final(undo: QUndoStack) -> None:
    """Let the next steps each way be ones that do something."""
    while undo.canUndo() and undo.command(undo.index() - 1).isObsolete():
        undo.undo()
    while undo.canRedo() and undo.command(undo.index()).isObsolete():
        undo.redo()
