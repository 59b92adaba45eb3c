"""Shows what comes often seldom: charts of a live look are read four times a second, and cost more than pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer

MS = 250


class Seldom(QObject):
    """`seldom(value)` calls `show(value)` at once, then at most once in `ms` milliseconds with the newest; the last one
    is always shown."""

    def __init__(self, show: Callable[[Any], None], parent: QObject, ms: int = MS) -> None:
        super().__init__(parent)
        self._show = show
        self._waiting: tuple[Any, ...] = ()
        self._rest = QTimer(self, singleShot=True, interval=ms)
        self._rest.timeout.connect(self._again)

    def __call__(self, value: Any) -> None:
        self._waiting = (value,)
        if not self._rest.isActive():
            self._again()

    def _again(self) -> None:
        if self._waiting:
            (value,), self._waiting = self._waiting, ()
            self._show(value)
            self._rest.start()
