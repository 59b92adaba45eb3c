"""Imports of what features are made of, a module a turn while the window is idle: a first click waits for none."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module

from PySide6.QtCore import QObject, QTimer

from workbench.features import Feature

PAUSE_MS = 30


class ImportsAhead(QObject):
    """Nothing is made, only imported."""

    def __init__(self, features: Iterable[Feature], parent: QObject) -> None:
        super().__init__(parent)
        self._names = modules(features)
        self._timer = QTimer(self, interval=PAUSE_MS)
        self._timer.timeout.connect(self._next)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _next(self) -> None:
        name = next((name for name in self._names if name not in sys.modules), "")
        if name:
            import_module(name)
        else:
            self.stop()


def modules(features: Iterable[Feature]) -> Iterator[str]:
    """All widgets, then the controllers of each feature."""
    for room in ("widgets", *(feature.make.partition(":")[0].rpartition(".")[0] for feature in features)):
        yield from (found.name for found in pkgutil.walk_packages(import_module(room).__path__, f"{room}."))
