"""Keeps what the window shows beside its forms, soon after it is shown: whoever kills the program loses two seconds.

In the project: the preset in force, the selected tile and the one that is shown alone, where a picture is looked at,
where films stand, and fields of pages that no form holds. In the settings: docks and folds, as they suit this screen.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer

from engines.cameras.types import FeedState
from widgets.kit.keeping.fields import KEPT
from widgets.kit.panel import FOLDS
from widgets.viewer.grid import ViewerGrid
from workbench.project.file import STATE, Project
from workbench.services import Services
from workbench.window.docks import Docks

SOON_MS = 400
DESK, FIELD = "desk", "field"
STILL = (FeedState.PAUSED, FeedState.ENDED)


class DeskKeeper(QObject):
    """`show_preset(id)` brings a preset back; `is_preset` whether there is one of this name."""

    def __init__(
        self, grid: ViewerGrid, docks: Docks, services: Services, show_preset: Callable[[str], None], presets: Any,
        parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._grid, self._docks, self._services = grid, docks, services
        self._show_preset, self._presets = show_preset, presets
        self._project: Project | None = None
        self._views: dict[int, list[float]] = {}
        """Where to look at pictures that have not come yet, by tile."""
        self._clock = QTimer(self, interval=SOON_MS)
        self._clock.timeout.connect(self.keep)

    def close(self) -> None:
        self._clock.stop()
        self.keep()

    def restore(self) -> None:
        """Show what the project holds; nothing happens while it is the same project."""
        project = self._services.project
        if project is self._project:
            return
        self._project = project
        KEPT.load(project.items(FIELD))
        desk = project.get(STATE, DESK)
        if isinstance(desk, dict):
            self._show(desk)
        self._clock.start()

    def keep(self) -> None:
        """What is shown now, into the project that it is of, and the settings."""
        if self._project is self._services.project:
            self._look()
            self._services.project.put(STATE, DESK, self._desk())
            for name in KEPT.fresh:
                self._services.project.put(FIELD, name, KEPT.values[name])
            KEPT.fresh.clear()
        self.keep_layout()

    def keep_layout(self) -> None:
        """Docks and folds, where they are others than before."""
        settings = self._services.settings
        layout = base64.b64encode(self._docks.state()).decode()
        if layout != settings.value.layout:
            settings.change(layout=layout)
        if settings.value.panels.get("folds", {}) != FOLDS.state:
            settings.set_panel("folds", **FOLDS.state)

    def _desk(self) -> dict[str, Any]:
        feeds = self._services.feeds
        return {
            "preset": self._services.settings.value.preset,
            "selected": self._grid.selected_index,
            "maximised": self._grid.maximised_index,
            "films": {id: place for id in feeds.ids() if (place := self._place(id)) is not None},
            "loops": {id: feeds.feed(id).status().loop for id in feeds.ids()},
            "views": {str(tile): view for tile, view in (self._grid.views() | self._views).items()},
        }

    def _place(self, id: str) -> list[float] | None:
        """Where a film stands that stands still."""
        status = self._services.feeds.feed(id).status()
        still = status.state in STILL and status.info is not None and status.info.seekable
        return [status.position] if still else None

    def _show(self, desk: dict[str, Any]) -> None:
        preset = desk.get("preset")
        if preset in self._presets and preset != self._services.settings.value.preset:
            self._show_preset(str(preset))
        if isinstance(selected := desk.get("selected"), int):
            self._grid.select(selected)
        alone = desk.get("maximised")
        if isinstance(alone, int) and 0 <= alone < self._grid.count and self._grid.maximised_index is None:
            self._grid.maximise(alone)
        views, films = desk.get("views"), desk.get("films")
        self._views = {int(tile): view for tile, view in views.items()
                       if tile.isdigit() and _are_numbers(view, 3)} if isinstance(views, dict) else {}  # fmt: skip
        for id, place in films.items() if isinstance(films, dict) else ():
            if id in self._services.feeds.ids() and _are_numbers(place, 1):
                self._services.feeds.feed(id).pause()
                self._services.feeds.feed(id).seek(place[0])

        loops = desk.get("loops")
        for id, on in loops.items() if isinstance(loops, dict) else ():
            if id in self._services.feeds.ids():
                self._services.feeds.feed(id).set_loop(on is True)

    def _look(self) -> None:
        """At pictures that have come by now, from where they were looked at."""
        self._views = {tile: view for tile, view in self._views.items() if not self._grid.look(tile, *view)}


def _are_numbers(value: object, count: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == count
        and all(isinstance(number, int | float) and abs(number) < 1e9 for number in value)
    )
