"""Keys for marking while a video plays: 1 to 9 for the classes, Esc to drop the open segment.

They are shortcuts of the window that are on only while labels are being made, so that digits elsewhere stay digits.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from workbench.controllers.actions.labels import KEYS


class MarkingKeys:
    """marked(index): the key of the class at this place was pressed. dropped(): Esc."""

    def __init__(self, window: QWidget, marked: Callable[[int], object], dropped: Callable[[], object]) -> None:
        self._keys = [_shortcut(window, key, partial(marked, index)) for index, key in enumerate(KEYS)]
        self._drop = _shortcut(window, Qt.Key.Key_Escape, dropped)

    def set_on(self, classes: int, marking: bool) -> None:
        """Keys of so many classes; Esc only while there is something to drop."""
        for index, key in enumerate(self._keys):
            key.setEnabled(index < classes)
        self._drop.setEnabled(marking)


def _shortcut(window: QWidget, key: str | Qt.Key, act: Callable[[], object]) -> QShortcut:
    made = QShortcut(QKeySequence(key), window)
    made.setAutoRepeat(False)
    made.setEnabled(False)
    made.activated.connect(act)
    return made
