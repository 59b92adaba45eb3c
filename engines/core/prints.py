"""Draws printed shapes as a gray image whose pixels hold their exact share of ink, so that no edge or middle moves.

Dark shapes lie side by side, light ones side by side on dark ones; so shares add up, and the picture is exact to its
256 levels at any scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rectangle = tuple[float, float, float, float]
"""x, y, width, height."""
Disc = tuple[float, float, float]
"""x and y of the middle, diameter."""
_CHORDS = 32


@dataclass(frozen=True, slots=True)
class Shapes:
    """What is printed, from the top left of the print: dark rectangles, light ones upon them, dark discs."""

    dark: Sequence[Rectangle] = ()
    light: Sequence[Rectangle] = ()
    discs: Sequence[Disc] = ()


def painted(shapes: Shapes, size: tuple[float, float], scale: float) -> NDArray[np.uint8]:
    """H x W gray picture of a print of `size`, `scale` pixels to a unit; a last pixel that is cut is part paper."""
    width, height = (int(np.ceil(round(side * scale, 6))) for side in size)
    ink = np.zeros((height, width))
    for sign, rectangles in ((1.0, shapes.dark), (-1.0, shapes.light)):
        for x, y, wide, high in rectangles:
            columns, across = _covered(x * scale, (x + wide) * scale)
            rows, down = _covered(y * scale, (y + high) * scale)
            _add(ink, rows, columns, sign * np.outer(down, across))
    for x, y, diameter in shapes.discs:
        _add(ink, *_disc(x * scale, y * scale, diameter * scale / 2))
    return np.asarray(np.rint(255 * (1 - np.clip(ink, 0, 1))), dtype=np.uint8)


def light_runs(picture: NDArray[np.uint8]) -> list[tuple[int, int, int]]:
    """Runs of light cells of a marker as (row, first column, length)."""
    runs = []
    for row, line in enumerate(picture > 127):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], line, [False]]).astype(np.int8)))
        runs += [(row, int(start), int(end - start)) for start, end in edges.reshape(-1, 2)]
    return runs


def _add(ink: Floats, row: int, column: int, share: Floats) -> None:
    """Parts beyond the picture are cut (rounding alone puts them there)."""
    part = ink[max(row, 0) : row + share.shape[0], max(column, 0) : column + share.shape[1]]
    part += share[max(-row, 0) :, max(-column, 0) :][: part.shape[0], : part.shape[1]]


def _covered(start: float, end: float) -> tuple[int, Floats]:
    """The first pixel of a stretch, and how much of each pixel it covers."""
    first = int(np.floor(start))
    edges = np.arange(first, max(int(np.ceil(end)), first + 1))
    return first, np.minimum(edges + 1, end) - np.maximum(edges, start)


def _disc(x: float, y: float, radius: float) -> tuple[int, int, Floats]:
    """First row and column, and how much of each pixel a disc covers: exact along chords, `_CHORDS` to a pixel."""
    row, column = int(np.floor(y - radius)), int(np.floor(x - radius))
    rows, columns = int(np.ceil(y + radius)) - row, int(np.ceil(x + radius)) - column
    heights = row + (np.arange(rows * _CHORDS) + 0.5) / _CHORDS - y
    half = np.sqrt(np.maximum(radius**2 - heights**2, 0))[:, None]
    left = np.arange(column, column + columns)
    share = np.clip(np.minimum(left + 1, x + half) - np.maximum(left, x - half), 0, 1)
    return row, column, np.asarray(share.reshape(rows, _CHORDS, columns).mean(axis=1))
