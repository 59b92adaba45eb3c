"""What one picture shows: every board that is looked for, each in a shot of its own, and whether it is mirrored.

Markers can be read only the right way round, so a picture whose markers are read when it is flipped left to right
was taken through a mirror, or by a camera that mirrors. A chessboard is its own mirror image: found in a mirrored
picture it calibrates the camera of that picture, which is as good, and nothing needs to be told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets.corners import detect, judged_by_noise
from engines.calibration.targets.detection import Detection, Gray
from engines.calibration.targets.sight import sighted
from engines.core.boards import Board
from engines.core.errors import UsageError
from engines.core.frames import Size, size_of
from engines.core.words import tr

NOT_FOUND = tr("the board was not found")
_MIRRORED = tr("the board is there, but mirrored, unlike in most views")
_PLAIN = tr("the board is there, but not mirrored, unlike in most views")


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for, as in `MonoSpec`. quick: pass by what does not look like a board at first sight.

    Raises `UsageError` for a mirror that makes no sense.
    """

    boards: tuple[Board, ...]
    window: str = "auto"
    every: int = 0
    mirror: Literal["auto", "yes", "no"] = "auto"
    quick: bool = False

    def __post_init__(self) -> None:
        if self.mirror not in ("auto", "yes", "no"):
            raise UsageError(
                tr("'{mirror}' does not say whether to flip pictures", mirror=self.mirror),
                hint=tr("Use auto, yes or no"),
            )


@dataclass(frozen=True, slots=True)
class Shot:
    """One board in one picture: `detection` is None where none was found, and `note` says why.

    board: its number among those looked for. flipped: found in the picture flipped left to right, and its corners are
    those of the flipped one. also: what it is called besides `name`: by its picture, by its film.
    """

    name: str
    path: Path
    size: Size | None
    detection: Detection | None
    note: str = ""
    board: int = 0
    flipped: bool = False
    also: tuple[str, ...] = ()

    @property
    def ids(self) -> NDArray[np.int64]:
        """Of the corners that were found."""
        return np.array([], np.int64) if self.detection is None else self.detection.ids

    def is_named_in(self, names: Sequence[str]) -> bool:
        """Whether it, its picture or its film is among names."""
        return any(name in names for name in (self.name, *self.also))


def view_name(photo: str, board: int) -> str:
    """What the view of a board in a picture is called."""
    return tr("{photo} · board {board}", photo=photo, board=board + 1) if board else photo


def photo_of(view: str) -> str:
    """The name of the picture that a view is of."""
    return re.sub(r" · board \d+$", "", view)


def look(image: Gray, path: Path, name: str, search: Search, also: tuple[str, ...] = ()) -> tuple[Shot, ...]:
    """A shot for each board that is found, else one that says so."""
    size = size_of(image)
    tries = {"auto": (False, True), "yes": (True,), "no": (False,)}[search.mirror]
    for flipped in tries:
        boards = [_wanted(board, flipped and search.mirror == "auto") for board in search.boards]
        found = _boards_in(flip(image) if flipped else image, boards, search) if any(boards) else {}
        if found:
            return tuple(
                Shot(view_name(name, number), path, size, one, "", number, flipped, (name, *also))
                for number, one in found.items()
            )
    return (Shot(name, path, size, None, NOT_FOUND, also=also),)


def flip(image: Gray) -> Gray:
    """Left to right."""
    return np.asarray(cv2.flip(image, 1), dtype=np.uint8)


def one_way(shots: Sequence[Shot], mirror: str) -> tuple[list[Shot], bool]:
    """The shots as most are, mirrored or not, and which it is; what is the other way round counts as not found."""
    ways = Counter(shot.flipped for shot in shots if shot.detection is not None)
    mirrored = mirror == "yes" or ways[True] > ways[False]
    note = _PLAIN if mirrored else _MIRRORED
    return [shot if shot.flipped == mirrored else _lost(shot, note) for shot in shots], mirrored


def without_corners(shot: Shot, ids: Sequence[int]) -> Shot:
    """The shot as if the corners `ids` had not been found."""
    found = shot.detection
    if found is None or not ids:
        return shot
    kept = ~np.isin(found.ids, ids)
    covariance = None if found.covariance is None else found.covariance[kept]
    extent = None if found.extent is None else found.extent[kept]
    rest = replace(found, ids=found.ids[kept], corners=found.corners[kept], covariance=covariance, extent=extent)
    return replace(shot, detection=rest)


def _wanted(board: Board, only_markers: bool) -> Board | None:
    return None if only_markers and board.kind not in ("charuco", "aprilgrid") else board


def _lost(shot: Shot, note: str) -> Shot:
    return shot if shot.detection is None else replace(shot, detection=None, note=note, flipped=False)


def _boards_in(image: Gray, boards: Iterable[Board | None], search: Search) -> dict[int, Detection]:
    """Each board by its number. What has been found is covered, so that a board's equal is not the same one again."""
    finder = sighted if search.quick else detect
    found: dict[int, Detection] = {}
    for number, board in enumerate(boards):
        seen = None if board is None else finder(image, board, search.window)
        if seen is not None and board is not None:
            found[number] = seen if search.quick else judged_by_noise(image, seen)
            image = _covered(image, seen) if len(search.boards) > 1 else image
    return found


def _covered(image: Gray, found: Detection) -> Gray:
    hull = cv2.convexHull(found.corners.astype(np.float32)).reshape(-1, 2)
    inside = np.asarray(cv2.fillConvexPoly(image.copy(), np.rint(hull).astype(np.int32), int(np.median(image))))
    return np.asarray(inside, dtype=np.uint8)
