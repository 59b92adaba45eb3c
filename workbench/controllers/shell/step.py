"""A step of undo that knows where it happened, so that nobody takes back what they do not see."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand


class Step(QUndoCommand):
    """text: what was done, with a verb first ("Rename Laura Bush"). where: brings the place into view."""

    def __init__(self, text: str, where: Callable[[], object] | None = None) -> None:
        super().__init__(text)
        self._where = where

    def show_where(self) -> None:
        """Bring what it changed into view."""
        if self._where is not None:
            self._where()
