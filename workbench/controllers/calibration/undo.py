"""Undo for the calibration panel: photographs and loaded calibrations, each change as one step."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from workbench.controllers.calibration.session import Material


class ChangeMaterial(QUndoCommand):
    """From one set of photographs to another. `apply` shows a set and fits again where that is wanted."""

    def __init__(self, text: str, before: Material, after: Material, apply: Callable[[Material], None]) -> None:
        super().__init__(text)
        self._before, self._after, self._apply = before, after, apply

    def redo(self) -> None:
        self._apply(self._after)

    def undo(self) -> None:
        self._apply(self._before)
