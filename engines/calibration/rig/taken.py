"""Corners kept beside pictures that were captured live, so that a calibration need not find them again.

What the live finder saw is refined once more at full care when it is kept, and counts only for the very pixels, board
and window that it was found with: for anything else the picture is searched as any other. What the tiles of PICTURE.png
show is kept in `.corners/PICTURE.json` beside it.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.calibration.targets.corners import judged_by_noise, parse_window, refine, to_gray
from engines.calibration.targets.detection import Detection, Gray
from engines.calibration.targets.shots import Search, Shot
from engines.calibration.types import Capture
from engines.core.boards import Board
from engines.core.errors import KinoscopeError
from engines.core.files import write_json
from engines.core.frames import Image, size_of
from engines.core.reading import read_json
from engines.core.spec import from_json, to_json

FOLDER = ".corners"
KINDS = ("chessboard", "charuco")
"""Boards whose corners can be kept; those of others are found by more than their places."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was found in a picture whose gray pixels have this checksum. half: of the refinement's window. covariance:
    xx, xy, yy of each corner in squared pixels, () where it is not known."""

    pixels: int
    board: str
    window: str
    ids: tuple[int, ...]
    corners: tuple[tuple[float, float], ...]
    half: int
    covariance: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class _Tiles:
    tiles: tuple[Kept | None, ...]


def keep(
    picture: Path,
    tiles: Sequence[Image],
    seen: Sequence[Capture | None],
    boards: Sequence[Board],
    window: str = "auto",
) -> None:
    """Write down what the tiles of a picture show. Raises `BadInput` or `OutOfResources` where that cannot be."""
    found = [
        None if sight is None else _kept(image, sight, boards[sight.board], window)
        for image, sight in zip(tiles, seen, strict=True)
    ]
    place = _place(picture)
    place.parent.mkdir(parents=True, exist_ok=True)
    write_json(place, {"tiles": [None if one is None else to_json(one) for one in found]})


def shots(picture: Path, gray: Gray, name: str, search: Search) -> tuple[Shot, ...]:
    """What is kept of a tile, as `look` would give it; () where it must be searched."""
    if len(search.boards) > 1 or search.mirror == "yes":
        return ()
    kept = [one for one in _read(picture) if one is not None and _is_meant(one, search)]
    pixels = _checksum(gray) if kept else 0
    found = next((_detection(one, search.boards[0]) for one in kept if one.pixels == pixels), None)
    return () if found is None else (Shot(name, picture, size_of(gray), found, also=(name,)),)


def sights(picture: Path, boards: Sequence[Board], window: str = "auto") -> tuple[Capture | None, ...]:
    """What the tiles of a picture show, as it was captured; () where nothing is kept of these boards."""
    numbers = {str(board): number for number, board in enumerate(boards)}
    kept = _read(picture)
    if any(one is not None and (one.board not in numbers or one.window != window) for one in kept):
        return ()
    return tuple(None if one is None else Capture(one.corners, (), one.ids, numbers[one.board]) for one in kept)


def _kept(image: Image, sight: Capture, board: Board, window: str) -> Kept | None:
    if board.kind not in KINDS:
        return None
    gray = to_gray(image)
    ids = np.array(sight.ids, dtype=np.int64)
    found = judged_by_noise(gray, refine(gray, board, ids, np.array(sight.corners), parse_window(window)))
    spread = [] if found.covariance is None else found.covariance[:, [0, 0, 1], [0, 1, 1]].tolist()
    return Kept(
        _checksum(gray), str(board), window, tuple(found.ids.tolist()), _pairs(found.corners), found.window,
        tuple((xx, xy, yy) for xx, xy, yy in spread),
    )  # fmt: skip


def _read(picture: Path) -> tuple[Kept | None, ...]:
    """() where nothing is kept, or nothing that can be read."""
    place = _place(picture)
    try:
        return from_json(_Tiles, read_json(place)).tiles if place.is_file() else ()
    except KinoscopeError:
        return ()


def _is_meant(kept: Kept, search: Search) -> bool:
    return kept.board == str(search.boards[0]) and kept.window == search.window


def _detection(kept: Kept, board: Board) -> Detection | None:
    ids = np.array(kept.ids, dtype=np.int64)
    corners = np.array(kept.corners, dtype=np.float64).reshape(-1, 2)
    spread = np.array(kept.covariance, dtype=np.float64).reshape(-1, 3)
    fits = len(ids) >= 4 and (ids >= 0).all() and (ids < board.corner_count).all() and len(ids) == len(set(kept.ids))
    if not fits or len(corners) != len(ids) or len(spread) not in (0, len(ids)) or not np.isfinite(corners).all():
        return None
    covariance = spread[:, [0, 1, 1, 2]].reshape(-1, 2, 2) if len(spread) else None
    return Detection(ids, corners, kept.half, covariance)


def _place(picture: Path) -> Path:
    return picture.parent / FOLDER / f"{picture.stem}.json"


def _checksum(gray: Gray) -> int:
    return zlib.crc32(gray.tobytes())


def _pairs(corners: np.ndarray) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in corners)
