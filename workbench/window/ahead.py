"""Imports of what features are made of, a module a turn: while the window is idle, or now for one that is asked for."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module

from PySide6.QtCore import QObject, QTimer

from workbench.features import Feature

PAUSE_MS = 30
FIRST = ("pydantic.type_adapter",)
"""What all of them need to read settings that were kept."""


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


class InTurns(QObject):
    """Has a feature in pieces, so that the window goes on between them; what is asked for last is done, no other."""

    def __init__(self, features: Iterable[Feature], parent: QObject) -> None:
        super().__init__(parent)
        self._packages = [_package(feature) for feature in features]
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._next)
        self._turns: Iterator[object] = iter(())

    def have(self, feature: Feature, *then: Callable[[], object]) -> None:
        """Import what it is made of, a module a turn, then do the rest, one a turn, or a piece of one that has some."""
        self._turns = self._pieces(feature, then)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _next(self) -> None:
        """A step that fails ends the turns: whoever watches for failures hears of it once."""
        self._timer.stop()
        if next(self._turns, None) is not None:
            self._timer.start()

    def _pieces(self, feature: Feature, then: Iterable[Callable[[], object]]) -> Iterator[object]:
        """What imports all the others comes last."""
        package, last = _package(feature), feature.make.partition(":")[0]
        others = tuple(_seen(other) for other in self._packages if other.startswith(f"{package}."))
        for name in (*FIRST, *_within(_seen(package)), *sorted(_within(package), key=last.__eq__)):
            if name not in sys.modules and not _seen(name).startswith(others):
                yield import_module(name)
        for do in then:
            made = do()
            if isinstance(made, Iterator):
                yield from (do for _piece in made)
            yield do


def modules(features: Iterable[Feature]) -> Iterator[str]:
    """All widgets, then the controllers of each feature."""
    for room in ("widgets", *map(_package, features)):
        yield from _within(room)


def _package(feature: Feature) -> str:
    return feature.make.partition(":")[0].rpartition(".")[0]


def _seen(controllers: str) -> str:
    """The room of widgets beside a room of controllers."""
    return controllers.replace("workbench.controllers", "widgets")


def _within(room: str) -> Iterator[str]:
    return (found.name for found in pkgutil.walk_packages(import_module(room).__path__, f"{room}."))
