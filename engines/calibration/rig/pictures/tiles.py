"""The tiles of a picture that holds several cameras: which are kept, what they are called, and where each one lies.

Tiles are equal parts of the picture and are counted row by row from 0. A picture that cannot be cut into equal parts
is refused: where its tiles end would be a guess, and a shift of half a pixel is one of the principal point.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engines.core.errors import BadInput, UsageError
from engines.core.frames import Image, Size, size_of
from engines.core.words import tr

DROPPED = "-"
"""The name of a tile that is no camera."""
MOST = 16
_GRID = re.compile(r"(\d{1,2})\s*[x×]\s*(\d{1,2})")
_BAD = re.compile(r"[/\\\x00-\x1f]")
_LEAST_SIDE = 16


@dataclass(frozen=True, slots=True)
class Tiling:
    """rows x columns tiles, of which `places` are cameras called `names`. margin: pixels cut off around each."""

    rows: int
    columns: int
    names: tuple[str, ...]
    places: tuple[int, ...]
    margin: int = 0

    @classmethod
    def of(cls, tiles: str, names: Sequence[str] = (), margin: int = 0, order: Sequence[int] = ()) -> Tiling:
        """tiles: "2x2". order: the places of the cameras, () as they are; names: of these; numbers where none is given.

        Raises `UsageError` for what makes no sense: a grid that is none, equal names, no tile left.
        """
        rows, columns = parse_tiles(tiles)
        order = tuple(order) or tuple(range(rows * columns))
        _check_order(order, rows * columns)
        if len(names) > len(order):
            raise UsageError(
                tr("{names} names are given for {tiles} tiles", names=len(names), tiles=len(order)),
                hint=tr("One for each, row by row"),
            )
        if margin < 0:
            raise UsageError(tr("A margin of {margin} pixels cannot be cut off", margin=margin))
        wanted = [(names[number].strip() if number < len(names) else "") or str(number) for number in range(len(order))]
        kept = [(name, place) for name, place in zip(wanted, order, strict=True) if name != DROPPED]
        if not kept:
            raise UsageError(
                tr("All tiles are dropped"),
                hint=tr("'{dropped}' leaves a tile out; name at least one", dropped=DROPPED),
            )
        named = camera_names([name for name, _ in kept])
        return cls(rows, columns, named, tuple(place for _, place in kept), margin)

    @property
    def grid(self) -> str:
        return f"{self.rows}x{self.columns}"

    def size(self, whole: Size) -> Size:
        """Of each tile. Raises `BadInput` for a picture that cannot be cut so."""
        if whole.height % self.rows or whole.width % self.columns:
            raise BadInput(
                tr(
                    "A picture of {whole} cannot be cut into {rows} rows and {columns} columns of equal tiles",
                    whole=whole,
                    rows=self.rows,
                    columns=self.columns,
                ),
                hint=_fitting(whole, self),
            )
        width = whole.width // self.columns - 2 * self.margin
        height = whole.height // self.rows - 2 * self.margin
        if min(width, height) < _LEAST_SIDE:
            raise BadInput(
                tr(
                    "A margin of {margin} pixels leaves nothing of tiles that are cut out of {whole}",
                    margin=self.margin,
                    whole=whole,
                )
            )
        return Size(width, height)

    def corner(self, whole: Size, place: int) -> tuple[int, int]:
        """Column and row of the pixel that a tile begins with."""
        row, column = divmod(place, self.columns)
        return (
            column * (whole.width // self.columns) + self.margin,
            row * (whole.height // self.rows) + self.margin,
        )

    def cut(self, image: Image) -> tuple[Image, ...]:
        """The cameras' tiles of an H x W or H x W x 3 picture; they share its memory. Raises as `size`."""
        whole = size_of(image)
        size = self.size(whole)
        corners = (self.corner(whole, place) for place in self.places)
        return tuple(image[y : y + size.height, x : x + size.width] for x, y in corners)

    def swapped(self, first: int, second: int) -> Tiling:
        """Two cameras, by number, with their places exchanged."""
        places = list(self.places)
        places[first], places[second] = places[second], places[first]
        return replace(self, places=tuple(places))


def parse_tiles(text: str) -> tuple[int, int]:
    """Rows and columns of "2x2". Raises `UsageError`."""
    match = _GRID.fullmatch(text.strip())
    rows, columns = (int(part) for part in match.groups()) if match else (0, 0)
    if not (1 <= rows <= MOST and 1 <= columns <= MOST):
        raise UsageError(tr("'{text}' is no grid of tiles", text=text), hint=tr("Rows x columns, such as 2x2"))
    return rows, columns


def camera_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names, as files and folders can bear them. Raises `UsageError` for two that are equal and one that cannot."""
    counted = Counter(name.casefold() for name in names)
    for name in names:
        if counted[name.casefold()] > 1:
            raise UsageError(tr("Two cameras are called '{name}'", name=name), hint=tr("Give each a name of its own"))
        if _BAD.search(name) or name.startswith(".") or not name.strip():
            raise UsageError(
                tr("'{name}' cannot be a camera's name", name=name), hint=tr("Use letters, digits, spaces and dashes")
            )
    return tuple(names)


def _check_order(order: Sequence[int], count: int) -> None:
    for place in order:
        if not 0 <= place < count:
            raise UsageError(
                tr(
                    "There is no tile {place}: they are counted from 0 to {count}, row by row",
                    place=place,
                    count=count - 1,
                )
            )
    twice = [place for place, times in Counter(order).items() if times > 1]
    if twice:
        raise UsageError(tr("Tile {twice} is given twice", twice=twice[0]), hint=tr("Each tile is one camera"))


def _fitting(whole: Size, asked: Tiling) -> str:
    """The grids near the one asked for that fit."""
    near = [
        (abs(rows - asked.rows) + abs(columns - asked.columns), f"{rows}x{columns}")
        for rows in range(1, 5)
        for columns in range(1, 5)
        if rows * columns > 1 and not (whole.height % rows or whole.width % columns)
    ]
    fits = ", ".join(grid for _, grid in sorted(near)[:3])
    return (
        tr("These grids fit: {fits}", fits=fits)
        if fits
        else tr("Crop the recording, so that all tiles are of one size")
    )
