"""What can be seen of a feed: its whole frame, its tiles, and straightened pictures of either, each by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from threading import Lock

from engines.cameras.sources.tiles import TileGrid
from engines.cameras.types import Child
from engines.core.errors import KinoscopeError, UsageError
from engines.core.frames import FeedItem, Frame
from engines.core.undistortion import Straightener
from engines.core.words import tr

Seen = dict[str, FeedItem | None]
"""What was made of one item by name, "" the whole; None where nothing can be."""


class Views:
    """Children come and go from any thread; the names of tiles stay. A picture is made when it is asked for."""

    def __init__(self, grid: TileGrid | None) -> None:
        self._grid = grid
        self._lock = Lock()
        self._children: Mapping[str, tuple[Child, Straightener]] = {}
        self._problems: dict[str, str] = {}

    @property
    def children(self) -> dict[str, Child]:
        return {name: child for name, (child, _) in self._children.items()}

    def add(self, name: str, child: Child) -> None:
        """A new child, or other settings of one; raises `UsageError` for a name that is a tile's or holds a slash, an
        unknown tile, and impossible settings.
        """
        if not name or "/" in name or name in self._tiles:
            raise UsageError(
                tr("'{name}' cannot be the name of another picture here", name=name), hint=tr("Choose another name")
            )
        if child.of:
            self._check_tile(child.of)
        straightener = Straightener(child.undistortion)
        with self._lock:
            self._children = {**self._children, name: (child, straightener)}

    def remove(self, name: str) -> None:
        with self._lock:
            self._children = {other: both for other, both in self._children.items() if other != name}
        self._problems.pop(name, None)

    def check(self, name: str) -> None:
        """Raise `UsageError` where there is no picture of this name."""
        if name and name not in self._children:
            self._check_tile(name)

    def costs(self, name: str) -> bool:
        """It has to be computed."""
        return name in self._children

    def problem(self, name: str) -> str:
        """Why a child gives no pictures, in words; "" where it does."""
        return self._problems.get(name, "")

    def seen(self, name: str, made: Seen) -> FeedItem | None:
        """This part of the item `made[""]`, made once; None where the pictures do not fit the lens."""
        if name not in made:
            item, child = made[""], self._children.get(name)
            if child is None:
                made[name] = self._part(item, name)
            elif isinstance(item, Frame):
                made[name] = self._straight(name, *child, item, made)
            else:
                made[name] = _renamed(item, name)
        return made[name]

    def _part(self, item: FeedItem | None, tile: str) -> FeedItem | None:
        if isinstance(item, Frame) and self._grid is not None and tile in self._grid.names:
            return self._grid.frame(item, tile)
        return None if isinstance(item, Frame) else _renamed(item, tile)

    def _straight(self, name: str, child: Child, by: Straightener, whole: Frame, made: Seen) -> Frame | None:
        part = self.seen(child.of, made)
        if not isinstance(part, Frame):
            return None
        try:
            image = by.image(part.image)
        except KinoscopeError as error:
            self._problems[name] = str(error)
            return None
        self._problems.pop(name, None)
        return Frame(image, replace(whole.stamp, source=f"{whole.stamp.source}/{name}"))

    @property
    def _tiles(self) -> tuple[str, ...]:
        return self._grid.names if self._grid else ()

    def _check_tile(self, name: str) -> None:
        if name not in self._tiles:
            known = ", ".join([*self._tiles, *self._children]) or tr("this source is not tiled")
            raise UsageError(tr("There is no tile '{name}'", name=name), hint=tr("Tiles: {known}", known=known))


def _renamed(item: FeedItem | None, name: str) -> FeedItem | None:
    return item if item is None or isinstance(item, Frame) else replace(item, source=f"{item.source}/{name}")
