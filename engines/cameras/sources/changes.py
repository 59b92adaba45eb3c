"""Changes of an open source: other words, another file, another split; and which of them open it anew."""

from __future__ import annotations

from dataclasses import replace

from engines.cameras.sources.tiles import TileGrid
from engines.cameras.types import FileSource, FolderSource, Source, TiledSource, UsbSource
from engines.core.names import shown


def renamed(source: Source, name: str) -> Source:
    """The same source under another name; "" for the one that is made from what it is."""
    if isinstance(source, UsbSource):
        return replace(source, name=name, camera=source.camera or source.name)
    return replace(source, name=name)


def tile_renamed(source: TiledSource, tile: str, name: str) -> TiledSource:
    """The same with another title for one of its tiles; "" for the name that it had at first."""
    names = _names(source)
    titles = [*source.titles, *[""] * len(names)][: len(names)]
    titles[names.index(tile)] = name
    return replace(source, titles=tuple(titles) if any(titles) else ())


def tile_titles(source: Source) -> dict[str, str]:
    """What people call the tiles, by their names in paths; {} where there are none."""
    names = _names(source)
    titles = source.titles if isinstance(source, TiledSource) else ()
    told = [*titles, *[""] * len(names)]
    return {name: shown(given or name) for name, given in zip(names, told, strict=False)}


def in_place_of(new: Source, old: Source) -> Source:
    """`new` as it replaces `old`: under the name that was given to that, and split as that was."""
    if isinstance(old, TiledSource) and not isinstance(new, TiledSource):
        return replace(old, of=new)
    return new if new.name or not old.name or isinstance(old, UsbSource) else renamed(new, old.name)


def opens_anew(old: Source, new: Source) -> bool:
    """Whether a source has to be opened again to become the other: not for words, loop and speed."""
    return _core(old) != _core(new)


def view_title(source: Source, view: str, of: str = "") -> str:
    """What a picture of a source is called within it: a tile, or a straightened picture that is made of tile `of`."""
    tiles = tile_titles(source)
    if of in tiles and view.startswith(of):
        return tiles[of] + shown(view.removeprefix(of))
    return tiles.get(view, shown(view))


def looped(source: Source, loop: bool) -> Source:
    """The same, to begin again at its end or not; nothing is changed of one that has none."""
    if isinstance(source, TiledSource):
        of = looped(source.of, loop)
        assert not isinstance(of, TiledSource)
        return replace(source, of=of)
    return replace(source, loop=loop) if isinstance(source, FileSource | FolderSource) else source


def file_of(source: Source | None) -> str:
    """The file or folder that the pictures come from; "" where they come from none, or there is no source."""
    inner = source.of if isinstance(source, TiledSource) else source
    return inner.path if isinstance(inner, FileSource | FolderSource) else ""


def _names(source: Source) -> tuple[str, ...]:
    grid = TileGrid.of(source)
    return () if grid is None else grid.names


def _core(source: Source) -> Source:
    """What decides which pictures come."""
    if isinstance(source, TiledSource):
        of = _core(source.of)
        assert not isinstance(of, TiledSource)
        return TiledSource(of, source.rows, source.columns, _names(source))
    if isinstance(source, FileSource):
        return FileSource(source.path)
    if isinstance(source, FolderSource):
        return replace(source, name="", loop=False)
    if isinstance(source, UsbSource):
        return replace(source, name="", camera="")
    return replace(source, name="")
