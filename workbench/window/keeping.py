"""Keeps what the window shows beside its forms, soon after it is shown: whoever kills the program loses two seconds.

In the project: the preset in force, the selected tile and the one that is shown alone, where a picture is looked at,
where films are and how they play, the docks, fields of pages that no form holds. In the settings: docks and folds,
as they suit this screen.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from engines.cameras.types import FeedState, FeedStatus
from widgets.kit.keeping.fields import KEPT
from widgets.kit.panel import FOLDS
from widgets.viewer.grid import ViewerGrid
from workbench.project.file import STATE, Project
from workbench.project.settings import decoded
from workbench.services import Services
from workbench.window.docks import Docks

if TYPE_CHECKING:
    from engines.cameras.feed.running import Feed

SOON_MS = 300
DESK, FIELD, FILMS = "desk", "field", "films"
STILL = (FeedState.PAUSED, FeedState.ENDED)
FASTEST = 1000.0


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
        self._films: dict[str, dict[str, Any]] = {}
        """Where films are, and how they play; of one that has not opened yet as it was last."""
        self._clock = QTimer(self, interval=SOON_MS)
        self._clock.timeout.connect(self.keep)
        KEPT.load({})  # nothing of another window

    def close(self) -> None:
        self._clock.stop()
        self.keep()

    def restore(self) -> None:
        """Show what the project holds; nothing happens while it is the same project."""
        project = self._services.project
        if project is self._project:
            return
        first, self._project = self._project is None, project
        KEPT.load(project.items(FIELD))
        desk, films = project.get(STATE, DESK), project.get(STATE, FILMS)
        self._films = {id: film for id, film in films.items() if _is_film(film)} if isinstance(films, dict) else {}
        if isinstance(desk, dict):
            self._show(desk, anew=not (first and self._services.settings.value.start_preset))
        for id, film in self._films.items():
            if id in self._services.feeds.ids():
                self._play(self._services.feeds.feed(id), film)
        self._clock.start()

    def keep(self) -> None:
        """What is shown now, into the project that it is of, and the settings."""
        layout = self._layout()
        if self._project is self._services.project:
            self._look()
            self._services.project.put(STATE, DESK, self._desk(layout))
            self._services.project.put(STATE, FILMS, self._films_now())
            for name in KEPT.fresh:
                self._services.project.put(FIELD, name, KEPT.values[name])
            KEPT.fresh.clear()
        self._keep_layout(layout)

    def keep_layout(self) -> None:
        """Docks and folds, where they are others than before."""
        self._keep_layout(self._layout())

    def _keep_layout(self, layout: str) -> None:
        settings = self._services.settings
        if layout != settings.value.layout:
            settings.change(layout=layout)
        if settings.value.panels.get("folds", {}) != FOLDS.state:
            settings.set_panel("folds", **FOLDS.state)

    def _layout(self) -> str:
        return base64.b64encode(self._docks.state()).decode()

    def _desk(self, layout: str) -> dict[str, Any]:
        return {
            "preset": self._services.settings.value.preset,
            "selected": self._grid.selected_index,
            "maximised": self._grid.maximised_index,
            "layout": layout,
            "views": {str(tile): view for tile, view in (self._grid.views() | self._views).items()},
        }

    def _films_now(self) -> dict[str, dict[str, Any]]:
        feeds = self._services.feeds
        self._films |= {id: film for id in feeds.ids() if (film := _film(feeds.feed(id).status())) is not None}
        known = self._services.project.ids("source")
        self._films = {id: film for id, film in self._films.items() if id in known}
        return self._films

    def _play(self, feed: Feed, film: dict[str, Any]) -> None:
        """As it was left."""
        feed.set_loop(film["loop"])
        feed.set_speed(film["speed"])
        if not film["plays"]:
            feed.pause()
        feed.seek(film["at"])

    def _show(self, desk: dict[str, Any], anew: bool) -> None:
        """anew: the docks too, not as a start with a preset of its own has them."""
        preset = desk.get("preset")
        if preset in self._presets and preset != self._services.settings.value.preset:
            self._show_preset(str(preset))
            anew = True
        layout = desk.get("layout")
        if anew and isinstance(layout, str) and layout != self._layout():
            self._docks.restore(decoded(layout))
        if isinstance(selected := desk.get("selected"), int):
            self._grid.select(selected)
        alone = desk.get("maximised")
        if isinstance(alone, int) and 0 <= alone < self._grid.count and self._grid.maximised_index is None:
            self._grid.maximise(alone)
        views = desk.get("views")
        self._views = {int(tile): view for tile, view in views.items()
                       if tile.isdigit() and _are_numbers(view, 3)} if isinstance(views, dict) else {}  # fmt: skip

    def _look(self) -> None:
        """At pictures that have come by now, from where they were looked at."""
        self._views = {tile: view for tile, view in self._views.items() if not self._grid.look(tile, *view)}


def _film(status: FeedStatus) -> dict[str, Any] | None:
    """Where a film is to the second while it plays; None for what is no film or has not opened."""
    if status.info is None or not status.info.seekable or status.state not in (*STILL, FeedState.PLAYING):
        return None
    plays = status.state is FeedState.PLAYING
    at = float(round(status.position)) if plays else status.position
    return {"at": at, "plays": plays, "loop": status.loop, "speed": status.speed}


def _is_film(film: object) -> bool:
    """Whether this is what `_film` gives; a file may hold anything."""
    return (
        isinstance(film, dict)
        and isinstance(film.get("plays"), bool)
        and isinstance(film.get("loop"), bool)
        and _are_numbers([film.get("at"), film.get("speed")], 2)
        and film["at"] >= 0
        and 0 <= film["speed"] <= FASTEST
    )


def _are_numbers(value: object, count: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == count
        and all(isinstance(number, int | float) and abs(number) < 1e9 for number in value)
    )
