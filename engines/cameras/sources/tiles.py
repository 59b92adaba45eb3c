"""One frame that holds several pictures: where each tile lies and what it is called. Tiles are views, never copies."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engines.cameras.types import SimpleSource, Source, TiledSource
from engines.core.errors import UsageError
from engines.core.frames import Frame, Image
from engines.core.words import tr


@dataclass(frozen=True, slots=True)
class TileGrid:
    """`rows` x `columns` equal tiles, named row by row. A rest of the division is left out at the right and bottom."""

    rows: int
    columns: int
    names: tuple[str, ...]

    @classmethod
    def of(cls, source: Source) -> TileGrid | None:
        """The grid of a tiled source, None for any other. Raises `UsageError` for a grid that cannot be."""
        if not isinstance(source, TiledSource):
            return None
        if not (1 <= source.rows <= 16 and 1 <= source.columns <= 16):
            raise UsageError(
                tr("{rows} x {columns} tiles cannot be cut", rows=source.rows, columns=source.columns),
                hint=tr("1 to 16 rows and columns"),
            )
        return cls(source.rows, source.columns, tile_names(source.tiles, source.rows * source.columns))

    def view(self, image: Image, name: str) -> Image:
        """The tile's part of an H x W x 3 image; it shares the image's memory."""
        row, column = divmod(self.names.index(name), self.columns)
        height, width = image.shape[0] // self.rows, image.shape[1] // self.columns
        return image[row * height : (row + 1) * height, column * width : (column + 1) * width]

    def frame(self, whole: Frame, name: str) -> Frame:
        """The tile as a frame of its own: same index and times, source `feed/tile`."""
        stamp = replace(whole.stamp, source=f"{whole.stamp.source}/{name}")
        return Frame(self.view(whole.image, name), stamp)


def tile_names(wanted: tuple[str, ...], count: int) -> tuple[str, ...]:
    """`count` different names: what is wanted, numbers where nothing is, no slashes (a path is feed/tile)."""
    names: list[str] = []
    for number in range(1, count + 1):
        name = wanted[number - 1].strip().replace("/", "-") if number <= len(wanted) else ""
        name = name or str(number)
        while name in names:
            name = f"{name} ({number})"
        names.append(name)
    return tuple(names)


def simple(source: Source) -> SimpleSource:
    """The source that gives the whole frames."""
    return source.of if isinstance(source, TiledSource) else source
