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

from engines.calibration.targets.agreement import agreeing, laid
from engines.calibration.targets.detection import Detection, Floats, Gray
from engines.calibration.targets.saddles import corner_covariance, settled, smooth
from engines.core.boards import Board, dictionary_id

Ids = NDArray[np.int64]

_LEAST_TAGS = 2
_GROWN = 0, 3, 5
"""Sides in pixels of the squares that bright parts are grown by."""
_LARGE = 1600
_ROUGHLY = 4.0, 0.15
"""Pixels and pitches that a tag's corners may lie from where other tags put them, before they are refined."""
_WINDOW = 1.0
"""Half-width of the refinement in cells of the tag's border: the pattern inside must not be seen."""
_WINDOWS = 2, 9

_MODEL = 1.0, 0.04
"""Pixels, or a tag's sides, from the quads to the smooth picture of the board: further off it is not to be trusted."""
_OFF = 0.2, 2.5
"""Pixels and medians that a corner may lie off the smooth picture of the whole board."""
_SURE = 0.9
"""Corners found, of those of the tags that were read, for another border not to be tried."""
_ROUNDS = 4
_BESIDE = 2.0
"""Mean distance in pitches of the neighbours that lay a tag which was not read."""
_PROBE = 0.6
"""Cells from a corner to where its tag must be dark, and the paper bright."""
_RISE = 8.0, 0.25
"""Levels, and shares of the usual, that it is brighter there at least."""


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
    """The corners of all tags that are seen, at least two; None when the board is not there.

    A tag's border may seem to be of one cell where it is of two, so that corners lie inside: what has more of them in
    agreement with the board is taken.
    """
    best: tuple[int, Detection] | None = None
    for border in (1, 2):
        tags = find_tags(gray, board, border)
        layout, kept = max(((each, _kept(tags, board, each)) for each in _layouts(border)), key=_tags_kept)
        found = _refined(gray, board, layout, kept, fixed) if len(kept.numbers) >= _LEAST_TAGS else None
        if found is not None and (best is None or len(kept.numbers) > best[0]):
            best = len(kept.numbers), found
        if found is not None and len(found.ids) >= _SURE * 4 * len(tags.numbers) and _is_told(kept, board):
            break
    return None if best is None else best[1]


def _tags_kept(way: tuple[Layout, Tags]) -> int:
    return len(way[1].numbers)


def _is_told(tags: Tags, board: Board) -> bool:
    """Whether the tags tell how the board was printed: those of one column lie alike on a board of Kalibr's."""
    return len(np.unique(tags.numbers % board.columns)) > 1


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
    ids = corner_ids(board, layout, tags.numbers)
    flat, owners = board.corners[ids.ravel(), :2], np.repeat(tags.numbers, 4)
    good = agreeing(flat, tags.quads.reshape(-1, 2), owners, board.square, _ROUGHLY).reshape(-1, 4).all(axis=1)
    good &= 2 * int(good.sum()) > len(tags.numbers)
    return Tags(tags.numbers[good], tags.quads[good])


def _refined(gray: Gray, board: Board, layout: Layout, tags: Tags, fixed: int | None) -> Detection | None:
    """The corners of the tags that were read and of those that lie between them, as far as all agree on the board."""
    cells = int(_dictionary(board).markerSize) + 2 * layout.border
    seen = Seen.nothing(board)
    seen.take(gray, corner_ids(board, layout, tags.numbers), _starts(gray, board, layout, tags), cells, fixed)
    for _ in range(_ROUNDS):
        if not seen.complete(gray, cells, fixed):
            break
    ids = seen.even(gray)
    if len(ids) < 4 * _LEAST_TAGS - 2:
        return None
    covariance = corner_covariance(gray, seen.corners[ids], seen.halves[ids])
    return Detection(ids, seen.corners[ids], int(seen.halves[ids].min()), covariance)


def _starts(gray: Gray, board: Board, layout: Layout, tags: Tags) -> Floats:
    """Where all quads together put the corners of each, T x 4 x 2, or they themselves where that says nothing."""
    flat = board.corners[corner_ids(board, layout, tags.numbers).ravel(), :2]
    quads = tags.quads.reshape(-1, 2)
    start = smooth(flat, quads, (gray.shape[1], gray.shape[0]))
    off = np.percentile(np.linalg.norm(start - quads, axis=1), 30)
    trusted = off <= max(_MODEL[0], _MODEL[1] * float(np.median(_sides(tags.quads))))
    return start.reshape(-1, 4, 2) if trusted else tags.quads


def _sides(quads: Floats) -> Floats:
    return np.asarray(np.linalg.norm(np.roll(quads, -1, axis=1) - quads, axis=2).min(axis=1))


@dataclass(slots=True)
class Seen:
    """All corners of a board, in its order: where they are, their windows, and which of them are good."""

    board: Board
    corners: Floats
    halves: Ids
    kept: NDArray[np.bool_]

    @classmethod
    def nothing(cls, board: Board) -> Seen:
        count = board.corner_count
        return cls(board, np.zeros((count, 2)), np.ones(count, np.int64), np.zeros(count, np.bool_))

    def take(self, gray: Gray, ids: Ids, quads: Floats, cells: int, fixed: int | None) -> None:
        """Settle the corners of these tags (T x 4, T x 4 x 2) that are not kept, and keep what agrees."""
        new = ~self.kept[ids].ravel() & _inside(quads, gray).ravel()
        if not new.any():
            return
        numbers = ids.ravel()[new]
        own = (
            np.clip(np.rint(_WINDOW * _sides(quads) / cells), *_WINDOWS) if fixed is None else np.full(len(ids), fixed)
        )
        halves = np.repeat(own.astype(np.int64), 4)[new]
        start = quads.reshape(-1, 2)[new]
        corners = settled(gray, start, halves)
        good = np.abs(corners - start).max(axis=1) <= halves + 1
        good &= _inside(corners - halves[:, None], gray) & _inside(corners + halves[:, None], gray)
        good &= _ends(gray, quads, corners, new, cells)
        self.corners[numbers], self.halves[numbers], self.kept[numbers] = corners, halves, good
        self._agree()

    def complete(self, gray: Gray, cells: int, fixed: int | None) -> bool:
        """Look for the corners of tags beside those that are kept; whether there were any more."""
        before, board = int(self.kept.sum()), self.board
        numbers = np.arange(board.columns * board.rows)
        ids = corner_ids(board, Layout(kalibr=False, border=1), numbers)
        ids = ids[~self.kept[ids].all(axis=1)]
        if before < 4 or not len(ids):
            return False
        flat, known = board.corners[:, :2], np.flatnonzero(self.kept)
        places, reach = laid(flat[known], self.corners[known], known, flat[ids.ravel()], np.full(ids.size, -1))
        quads = places.reshape(-1, 4, 2)
        near = (reach.reshape(-1, 4).mean(axis=1) < _BESIDE * board.square) & _inside(quads, gray).any(axis=1)
        near &= np.isfinite(quads).all(axis=(1, 2))
        if not near.any():
            return False
        self.take(gray, ids[near], quads[near], cells, fixed)
        return int(self.kept.sum()) > before

    def even(self, gray: Gray) -> Ids:
        """The corners that are kept, less those that stand out from the smooth picture of the whole board."""
        ids = np.flatnonzero(self.kept)
        if len(ids) < 4:
            return ids
        image = self.corners[ids]
        off = np.linalg.norm(image - smooth(self.board.corners[ids, :2], image, (gray.shape[1], gray.shape[0])), axis=1)
        return np.asarray(ids[off < _OFF[0] + _OFF[1] * np.median(off)])

    def _agree(self) -> None:
        known = np.flatnonzero(self.kept)
        flat = self.board.corners[known, :2]
        self.kept[known] = agreeing(flat, self.corners[known], _tag_of(self.board, known), self.board.square)


def _tag_of(board: Board, ids: Ids) -> Ids:
    row, column = np.divmod(ids, 2 * board.columns)
    return np.asarray(row // 2 * board.columns + column // 2)


def _inside(points: Floats, gray: Gray) -> NDArray[np.bool_]:
    height, width = gray.shape
    return np.asarray(((points >= 0) & (points <= (width - 1, height - 1))).all(axis=-1))


def _ends(gray: Gray, quads: Floats, corners: Floats, new: NDArray[np.bool_], cells: int) -> NDArray[np.bool_]:
    """Whether a tag ends at each of the `new` corners: dark inside, bright beyond both of its sides."""
    along, back = (np.roll(quads, shift, axis=1) - quads for shift in (-1, 1))
    steps = [(_PROBE * way / cells).reshape(-1, 2)[new] for way in (along, back)]
    one, two = (step * np.maximum(1.0, 1 / np.maximum(np.linalg.norm(step, axis=1), 1e-9))[:, None] for step in steps)
    inside, *beyond = (_levels(gray, corners + way) for way in (one + two, one - two, two - one))
    rise = np.minimum(*beyond) - inside
    usual = float(np.median(rise[rise > 0])) if (rise > 0).any() else 0.0
    return np.asarray(rise > max(_RISE[0], _RISE[1] * usual))


def _levels(gray: Gray, points: Floats) -> Floats:
    at = np.nan_to_num(points, nan=-1e4).astype(np.float32)[:, None]
    seen = cv2.remap(gray.astype(np.float32), at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen[:, 0], dtype=np.float64)
