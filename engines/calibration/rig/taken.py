"""Corners kept beside pictures that were captured live, so that a calibration need not find them again.

What the live finder saw is refined once more at full care when it is kept, and counts only for the very pixels, board
and window that it was found with: for anything else the picture is searched as any other. Kept beside the folder of the
camera, in `.corners/CAMERA/PICTURE.json`.
"""

from __future__ import annotations

import zlib
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


def keep(picture: Path, image: Image, view: Capture, board: Board, window: str = "auto") -> None:
    """Write down what a picture shows. Raises `BadInput` or `OutOfResources` where nothing can be written."""
    if board.kind not in KINDS:
        return
    gray = to_gray(image)
    ids = np.array(view.ids, dtype=np.int64)
    found = judged_by_noise(gray, refine(gray, board, ids, np.array(view.corners), parse_window(window)))
    spread = () if found.covariance is None else found.covariance[:, [0, 0, 1], [0, 1, 1]].tolist()
    kept = Kept(
        _checksum(gray), str(board), window, tuple(found.ids.tolist()), _pairs(found.corners), found.window,
        tuple((xx, xy, yy) for xx, xy, yy in spread),
    )  # fmt: skip
    place = _place(picture)
    place.parent.mkdir(parents=True, exist_ok=True)
    write_json(place, to_json(kept))


def shots(picture: Path, gray: Gray, name: str, search: Search) -> tuple[Shot, ...]:
    """What is kept of a picture, as `look` would give it; () where it must be searched."""
    place = _place(picture)
    if len(search.boards) > 1 or search.mirror == "yes" or not place.is_file():
        return ()
    try:
        kept: Kept = from_json(Kept, read_json(place))
        found = _detection(kept, search.boards[0])
    except KinoscopeError:
        return ()
    meant = kept.board == str(search.boards[0]) and kept.window == search.window and kept.pixels == _checksum(gray)
    return (Shot(name, picture, size_of(gray), found, also=(name,)),) if meant and found is not None else ()


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
    return picture.parent.parent / FOLDER / picture.parent.name / f"{picture.stem}.json"


def _checksum(gray: Gray) -> int:
    return zlib.crc32(np.ascontiguousarray(gray))


def _pairs(corners: np.ndarray) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in corners)
