"""Finding an AprilGrid in one picture: its tags, whole or in part, and their corners to a fraction of a pixel.

Tags whose corners touch black squares are one dark piece to a contour finder, so it also looks at the picture with its
bright parts grown, which parts them. Boards that Kalibr printed are found without being told: their tags have a black
border of two cells, are counted from the bottom left, and stand on their heads beside OpenCV's. What was printed is
told by where the tags are and how they stand; the corners are numbered row by row from the top left of the print in
either case, so `Board.corners` holds for both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets.detection import Detection, Floats, Gray
from engines.calibration.targets.saddles import corner_covariance, settled, smooth
from engines.core.boards import Board, dictionary_id

Ids = NDArray[np.int64]

_LEAST_TAGS = 2
_GROWN = 0, 3, 5
"""Sides in pixels of the squares that bright parts are grown by."""
_LARGE = 1600
_NEAR = 0.5
"""A tag's corners lie this near to where the others put them, in pitches; a lens may bend the board so much."""
_WINDOW = 1.0
"""Half-width of the refinement in cells of the tag's border: the pattern inside must not be seen."""
_WINDOWS = 2, 9

_MODEL = 1.0, 0.04
"""Pixels, or a tag's sides, from the quads to the smooth picture of the board: further off it is not to be trusted."""
_OFF = 0.25, 3.0
"""A corner this many pixels and medians off the smooth picture of the board is wrong."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a board was printed.

    kalibr: counted from the bottom left, tags turned by half; border: of black, in cells.
    """

    kalibr: bool
    border: int


@dataclass(frozen=True, slots=True)
class Tags:
    """numbers: T; quads: T x 4 x 2 pixels, clockwise from the corner that OpenCV calls the first."""

    numbers: Ids
    quads: Floats


def detect_aprilgrid(gray: Gray, board: Board, fixed: int | None) -> Detection | None:
    """The corners of all tags that are seen, at least two; None when the board is not there."""
    for border in (1, 2):
        tags = find_tags(gray, board, border)
        for layout in _layouts(border):
            kept = _kept(tags, board, layout)
            if len(kept.numbers) >= _LEAST_TAGS:
                return _refined(gray, board, layout, kept, fixed)
    return None


def find_tags(gray: Gray, board: Board, border: int) -> Tags:
    """The board's tags in a picture, each once, corners to about a pixel."""
    found: dict[int, Floats] = {}
    wanted = board.columns * board.rows
    for seen, scale in _pictures(gray):
        quads, numbers, _ = _finder(board, border).detectMarkers(seen)
        for number, quad in zip(() if numbers is None else np.ravel(numbers), quads, strict=True):
            if int(number) < wanted:
                found.setdefault(int(number), (np.asarray(quad, dtype=np.float64).reshape(4, 2) + 0.5) / scale - 0.5)
        if len(found) == wanted:
            break
    numbers = np.array(sorted(found), dtype=np.int64)
    return Tags(numbers, np.array([found[int(number)] for number in numbers]).reshape(-1, 4, 2))


def corner_ids(board: Board, layout: Layout, numbers: Ids) -> Ids:
    """For each tag which corners of the board its quad's are, T x 4."""
    row, column = np.divmod(numbers, board.columns)
    row = board.rows - 1 - row if layout.kalibr else row
    wide = 2 * board.columns
    first = 2 * row * wide + 2 * column
    around = first[:, None] + np.array([0, 1, wide + 1, wide])
    return np.roll(around, 2, axis=1) if layout.kalibr else around


def _layouts(border: int) -> tuple[Layout, Layout]:
    """The likelier one first: Kalibr's usual border is of two cells."""
    return Layout(border == 2, border), Layout(border != 2, border)


def _pictures(gray: Gray) -> Iterator[tuple[Gray, float]]:
    scale = min(1.0, _LARGE / max(gray.shape))
    small = gray if scale == 1.0 else cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for side in _GROWN:
        seen = cv2.dilate(small, np.ones((side, side), np.uint8)) if side else small
        yield np.asarray(seen, dtype=np.uint8), scale


def _dictionary(board: Board) -> Any:
    return cv2.aruco.getPredefinedDictionary(dictionary_id(board.dictionary))


@lru_cache(maxsize=16)
def _finder(board: Board, border: int) -> Any:
    settings = cv2.aruco.DetectorParameters()
    settings.markerBorderBits = border
    settings.minMarkerPerimeterRate = 0.02
    return cv2.aruco.ArucoDetector(_dictionary(board), settings)


def _kept(tags: Tags, board: Board, layout: Layout) -> Tags:
    """The tags that lie together as on the board; none where most do not."""
    nothing = Tags(np.zeros(0, np.int64), np.zeros((0, 4, 2)))
    if len(tags.numbers) < _LEAST_TAGS:
        return nothing
    flat = board.corners[corner_ids(board, layout, tags.numbers).ravel(), :2]
    image = tags.quads.reshape(-1, 2)
    to_board: Any = cv2.findHomography(image, flat, cv2.RANSAC, 0.25 * board.square)[0]
    if to_board is None:
        return nothing
    laid = cv2.perspectiveTransform(image[None], to_board)[0]
    good = np.linalg.norm(laid - flat, axis=1).reshape(-1, 4).max(axis=1) < _NEAR * board.square
    return Tags(tags.numbers[good], tags.quads[good]) if 2 * good.sum() > len(good) else nothing


def _refined(gray: Gray, board: Board, layout: Layout, tags: Tags, fixed: int | None) -> Detection | None:
    """Each corner settled from where all quads together put it, less those that do not end where the others do."""
    cells = int(_dictionary(board).markerSize) + 2 * layout.border
    sides = np.linalg.norm(np.roll(tags.quads, -1, axis=1) - tags.quads, axis=2).min(axis=1)
    own = np.clip(np.rint(_WINDOW * sides / cells), *_WINDOWS) if fixed is None else np.full(len(sides), fixed)
    halves = np.repeat(own.astype(np.int64), 4)
    ids = corner_ids(board, layout, tags.numbers).ravel()
    flat = board.corners[ids, :2]
    height, width = gray.shape
    quads = tags.quads.reshape(-1, 2)
    start = smooth(flat, quads, (width, height))
    if np.percentile(np.linalg.norm(start - quads, axis=1), 30) > max(_MODEL[0], _MODEL[1] * np.median(sides)):
        start = quads
    corners = settled(gray, start, halves)
    kept = (np.abs(corners - start).max(axis=1) <= halves + 1) & (corners >= 0).all(axis=1)
    kept &= (corners <= (width - 1, height - 1)).all(axis=1)
    if kept.sum() < 4 * _LEAST_TAGS - 2:
        return None
    off = np.linalg.norm(corners[kept] - smooth(flat[kept], corners[kept], (width, height)), axis=1)
    kept[kept] = off < _OFF[0] + _OFF[1] * np.median(off)
    order = np.flatnonzero(kept)[np.argsort(ids[kept])]
    covariance = corner_covariance(gray, corners[order], halves[order])
    return Detection(ids[order], corners[order], int(halves.min()), covariance)
