"""Which sources a panel can look at: every feed, and every tile of a tiled one."""

from __future__ import annotations

from collections.abc import Iterator

from engines.cameras.sources.parsing import title
from engines.cameras.sources.tiles import tile_names
from widgets.sources.choice import SourceChoice
from workbench.feeds.running import Feeds


def choices(feeds: Feeds) -> tuple[SourceChoice, ...]:
    """In the order of the Sources panel. The tiles of a tiled source stand for it."""
    return tuple(choice for id in feeds.ids() for choice in _of_feed(feeds, id))


def title_of(feeds: Feeds, path: str) -> str:
    """What the source at `path` is called; the path itself where there is none."""
    return next((choice.title for choice in choices(feeds) if choice.path == path), path)


def _of_feed(feeds: Feeds, id: str) -> Iterator[SourceChoice]:
    source = feeds.feed(id).source
    name = title(source)
    if source.kind != "tiled":
        yield SourceChoice(id, name)
        return
    for tile in tile_names(source.tiles, source.rows * source.columns):
        yield SourceChoice(f"{id}/{tile}", f"{name} \u00b7 {tile}")
