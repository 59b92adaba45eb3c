"""The open sources as one thing to change: the feeds run them, the project remembers them, the viewer shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engines.cameras.sources.changes import opens_anew, tile_titles
from engines.cameras.sources.parsing import dump
from engines.cameras.types import Child, Source
from engines.core.errors import KinoscopeError, UsageError
from engines.core.spec import from_json, to_json
from engines.core.words import tr
from workbench.controllers.shell.looking import Looking
from workbench.controllers.shell.passwords import Passwords
from workbench.controllers.shell.viewer import ViewerController
from workbench.feeds.passwords import ASKS, has_password
from workbench.feeds.running import is_of
from workbench.services import Services

CHILD = "child"
"""Kind of the project's items that are straightened pictures, by path."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands: itself, its straightened pictures by path, which tiles show what of it, what looks at it."""

    source: Source
    children: dict[str, Child]
    tiles: dict[int, str]
    looking: dict[str, Any] = field(default_factory=dict)


class OpenSources:
    """Every change is remembered at once. Nothing here can be undone: see `source_changes`."""

    def __init__(self, viewer: ViewerController, services: Services, passwords: Passwords) -> None:
        self._viewer, self._services, self._passwords = viewer, services, passwords
        self._looking = Looking(viewer, services)

    def ids(self) -> list[str]:
        """In the order of the list."""
        return self._services.feeds.ids()

    def title(self, path: str) -> str:
        """A path in words."""
        return self._services.feeds.title(path)

    def show_where(self) -> None:
        """Bring sources into view."""
        self._services.host.show_centre("viewer")
        self._services.host.show_dock("sources")

    def standing(self, id: str) -> Standing:
        """How a source stands now. Raises `UsageError` where there is none of that id."""
        feeds = self._services.feeds
        return Standing(feeds.feed(id).source, feeds.children(id), self.tiles_of(id), self._looking.standing(id))

    def start(self, source: Source, id: str | None = None) -> str:
        """Run a source and remember it, without showing it; its id."""
        made = self._services.feeds.add(source, id)
        self._remember(made, source)
        return made

    def stop(self, id: str) -> None:
        """Close a source with its straightened pictures and forget them."""
        for path in self._services.feeds.children(id):
            self._services.project.drop(CHILD, path)
        self._services.feeds.remove(id)
        self._services.project.drop("source", id)
        self._looking.forget(id)

    def become(self, id: str, source: Source) -> list[str]:
        """Have another source under an id: where it was shown, with what looked at it and what is straightened.

        Gives the paths of pictures that do not fit any more. Raises `UsageError` for a source that cannot be.
        """
        before, feeds = self.standing(id), self._services.feeds
        looking = {path: self._viewer.engines_on(path) for path in feeds.paths(id)}
        feeds.change(id, source)
        self._remember(id, source)
        lost = [path for path, child in before.children.items() if not self._brought(path, child, before.source)]
        if opens_anew(before.source, source):
            self.show_at(before.tiles)
            self._look_again(looking)
        return lost

    def restore(self, id: str, standing: Standing) -> None:
        """Have a source as it stood."""
        if id in self._services.feeds.ids():
            self.become(id, standing.source)
        else:
            self._looking.bring_back(standing.looking)
            self.start(standing.source, id)
        for path, child in standing.children.items():
            if self._services.feeds.child(path) != child:
                self.straighten(path, child)
        self.show_at(standing.tiles)

    def arrange(self, ids: list[str]) -> None:
        """Have the list in this order, now and at the next start."""
        self._services.feeds.arrange(ids)
        self._services.project.arrange("source", self._services.feeds.ids())

    def straighten(self, path: str, child: Child) -> None:
        """Offer a straightened picture under this path, or change it, and remember it. Raises `UsageError`."""
        id, _, name = path.partition("/")
        self._services.feeds.add_child(id, name, child)
        self._services.project.put(CHILD, path, to_json(child))

    def drop_child(self, path: str) -> None:
        """Offer a straightened picture no more, and forget it."""
        self._services.feeds.remove(path)
        self._services.project.drop(CHILD, path)

    def bring_back(self, source: Source, id: str) -> None:
        """Run a source that the project remembers, with its straightened pictures; those that are damaged are said."""
        self._services.feeds.add(source, id)
        self._services.feeds.arrange(list(self._services.project.items("source")))
        for path, value in self._services.project.items(CHILD).items():
            if path.partition("/")[0] == id:
                try:
                    self._services.feeds.add_child(id, path.partition("/")[2], from_json(Child, value))
                except KinoscopeError as error:
                    self._services.notify(
                        tr("{this} could not be brought back: {error}", this=self.title(path), error=error), "warn"
                    )

    def show_new(self, id: str) -> None:
        """Show a source that was just added, its tiles where it has any, else itself: each once, and what is back in
        its old place stays there."""
        paths = [f"{id}/{tile}" for tile in tile_titles(self._services.feeds.feed(id).source)] or [id]
        self._viewer.make_room(len(paths))
        again = self._viewer.shown().values()
        new = [path for path in paths if path not in again]
        for path, tile in zip(new, self._viewer.free_tiles() or [None], strict=False):
            self._viewer.show(path, tile)

    def tiles_of(self, id: str) -> dict[int, str]:
        """Which tiles show a source or its pictures: paths by tile."""
        return {tile: path for tile, path in self._viewer.shown().items() if is_of(path, id)}

    def show_at(self, tiles: dict[int, str]) -> None:
        """Show paths where they were, or in a place of their own where another source is by now. A picture that is gone
        leaves its tile to the whole, or empty.
        """
        for tile, path in tiles.items():
            id = path.partition("/")[0]
            there = self._services.feeds.paths(id)
            if path in there:
                self._viewer.show(path, self._place(tile, path))
            elif len(there) == 1 and id not in self._viewer.shown().values():
                self._viewer.show(id, tile)
            else:
                self._viewer.empty(tile)

    def _place(self, tile: int, path: str) -> int | None:
        """The tile, unless another source is shown there."""
        at = self._viewer.shown().get(tile, "")
        if not at or is_of(at, path.partition("/")[0]):
            return tile
        self._viewer.make_room(1)
        return next((tile for tile, shown in self._viewer.shown().items() if shown == path), None)

    def _remember(self, id: str, source: Source) -> None:
        self._services.project.put("source", id, dump(source) | ({ASKS: True} if has_password(source) else {}))
        self._passwords.keep(source)

    def _look_again(self, looking: dict[str, tuple[str, ...]]) -> None:
        """Engines that looked at pictures of a source that was opened anew look at them again."""
        for path, engines in looking.items():
            for engine in engines if path in self._services.feeds.paths(path.partition("/")[0]) else ():
                self._viewer.engineToggled.emit(engine, path, True)

    def _brought(self, path: str, child: Child, before: Source) -> bool:
        """Whether a straightened picture of before is there, made so if need be; it goes where its tile is another."""
        id = path.partition("/")[0]
        if self._services.feeds.child(path) is not None:
            return True
        now = self._services.feeds.feed(id).source
        same = not child.of or _split(now) == _split(before)
        try:
            if same:
                self.straighten(path, child)
                return True
        except UsageError:
            pass
        self._services.project.drop(CHILD, path)
        return False


def _split(source: Source) -> tuple[int, int]:
    return (source.rows, source.columns) if source.kind == "tiled" else (1, 1)
