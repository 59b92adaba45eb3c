"""What photographs show that do not show the board that was described: the board that fits, where it can be told.

Markers tell most: whose they are, whether they are printed white on black, and how many there are, which leaves few
layouts to try. Every guess is confirmed: most of the pictures must show the board that is named. Sizes cannot be known
from pictures, so they stay as they were given.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from engines.calibration.targets.corners import detect, off_plane
from engines.calibration.targets.counting import fitting_grid, spread, told
from engines.calibration.targets.detection import Gray
from engines.calibration.targets.photographs import read_image
from engines.calibration.targets.sight import reduced
from engines.core.boards import Board, Kind
from engines.core.context import Context
from engines.core.errors import BadInput, Facts
from engines.core.video.stills import parted
from engines.core.words import control, tr

FAMILIES = tuple(f"DICT_{bits}X{bits}_1000" for bits in (4, 5, 6, 7)) + (
    "DICT_ARUCO_ORIGINAL", "DICT_ARUCO_MIP_36h12",
    "DICT_APRILTAG_16h5", "DICT_APRILTAG_25h9", "DICT_APRILTAG_36h10", "DICT_APRILTAG_36h11",
)  # fmt: skip
"""OpenCV's dictionaries, of each sort the largest: the smaller ones are its beginning."""
_SIZES = (50, 100, 250, 1000)
_LEAST_MARKERS, _MANY = 4, 8
_GAP = 12
"""Markers of a board that may be hidden one after the other."""
_LONGEST = 1280
_KNOWN = 250
"""Markers of a family that are looked for: boards begin with the first."""
_OFF = 0.25
"""Pitches that a corner may lie off the plane of the others."""


@dataclass(frozen=True, slots=True)
class Markers:
    """The markers in a set of pictures: their family, which, how many in one picture, printed white on black."""

    family: str
    ids: frozenset[int]
    most: int
    inverted: bool


def no_board(paths: Sequence[Path], board: Board, ctx: Context) -> BadInput:
    """The error for photographs none of which shows `board`, with what would fit where it can be told."""
    images = [image for image in map(read_image, spread(paths, 5)) if image is not None]
    hint, fitting = _advice(paths, images, board, ctx)
    facts = Facts(board=str(fitting or ""))
    files = {parted(path)[0] for path in paths}
    where = files.pop() if len(files) == 1 else paths[0].parent
    return BadInput(tr("No view shows the board {board}", board=board), path=where, hint=hint, facts=facts)


def _advice(paths: Sequence[Path], images: Sequence[Gray], board: Board, ctx: Context) -> tuple[str, Board | None]:
    seen = markers_in(images[:3], board, ctx)
    if board.kind == "charuco" and seen is not None:
        return _charuco_advice(images, board, seen, ctx)
    if board.kind == "aprilgrid" and seen is not None:
        return _tags_advice(images, board, seen, ctx)
    if seen is not None:
        found = {"family": _short(seen.family), "most": seen.most}
        if "APRILTAG" in seen.family:
            return tr(
                "The pictures show markers of {family}, {most} in one: an AprilGrid or a ChArUco board. "
                "Choose that kind",
                **found,
            ), None
        return tr(
            "The pictures show markers of {family}, {most} in one: a ChArUco board. Choose that kind", **found
        ), None
    for other in _circle_variants(board):
        if _most_show(images, other, ctx):
            return tr("The pictures show another grid of circles. Use {other}", other=other), other
    if (fitting := fitting_grid(paths, board, ctx)) is not None:
        if board.kind == "chessboard":
            return told(fitting, board), fitting
        return tr("The pictures show a plain chessboard. Use {fitting}", fitting=fitting), fitting
    return _in_general(board), None


def markers_in(images: Sequence[Gray], board: Board, ctx: Context) -> Markers | None:
    """The family, black or white, most markers of which are in one of the pictures; None below four.

    Those of `board` go first; a family with many markers ends the search.
    """
    small = [reduced(image, _LONGEST)[0] for image in images]
    own = next((family for family in FAMILIES if _head(family) == _head(board.dictionary)), FAMILIES[0])
    tries = product(dict.fromkeys((own, *FAMILIES)), dict.fromkeys((board.inverted, not board.inverted)))
    best: Markers | None = None
    for family, inverted in tries:
        ctx.check()
        each = [_ids(np.asarray(255 - image, np.uint8) if inverted else image, family) for image in small]
        most = max(map(len, each), default=0)
        if most >= max(_LEAST_MARKERS, best.most + 1 if best else 0):
            best = Markers(family, _trusted(each), most, inverted)
        if best is not None and best.most >= _MANY:
            break
    return best


def _trusted(each: Sequence[set[int]]) -> frozenset[int]:
    """The ids that are in most pictures where they are seen often, without single ones far beyond the others."""
    times = Counter(number for ids in each for number in ids)
    often = {number for number, count in times.items() if count > 1}
    ids = sorted(often if len(often) >= _LEAST_MARKERS else times)
    end = next((place for place, (one, two) in enumerate(pairwise(ids), 1) if two - one > _GAP), len(ids))
    return frozenset(ids[: max(end, 1)])


def _charuco_advice(images: Sequence[Gray], board: Board, seen: Markers, ctx: Context) -> tuple[str, Board | None]:
    dictionary = _dictionary(seen, board)
    base = board if dictionary == board.dictionary else _with_dictionary(board, dictionary)
    wrong = []
    if dictionary != board.dictionary:
        wrong.append(tr("The markers are of {dictionary}", dictionary=dictionary))
    if seen.inverted != board.inverted:
        inverted = control(tr("Inverted print"), "':inverted'")
        wrong.append(
            tr("Prints in white on black need {inverted} (try with it)", inverted=inverted)
            if seen.inverted
            else tr("Prints in white on black need {inverted} (try without it)", inverted=inverted)
        )
    needed = board.columns * board.rows // 2
    if not wrong:
        what = tr(
            "{most} of its {needed} markers are seen, so they lie otherwise", most=min(seen.most, needed), needed=needed
        )
        legacy = {"what": what, "legacy": control(tr("Legacy pattern"), "':legacy'")}
        wrong.append(
            tr(
                "{what}: boards made by OpenCV before 4.6 need {legacy} (try without it), "
                "or columns and rows are swapped",
                **legacy,
            )
            if board.legacy
            else tr(
                "{what}: boards made by OpenCV before 4.6 need {legacy} (try with it), or columns and rows are swapped",
                **legacy,
            )
        )
    if base is not None:
        for other in _layouts(replace(base, inverted=seen.inverted), seen):
            if other != board and _most_show(images, other, ctx):
                return tr("{wrong}. Use {other}", wrong=". ".join(wrong), other=other), other
    return ". ".join(wrong), None


def _layouts(board: Board, seen: Markers) -> Iterator[Board]:
    """The board itself, turned, and others with as many markers; each in the pattern given and in the other one."""
    count = max(seen.ids) + 1
    sides = [(board.columns, board.rows), (board.rows, board.columns)]
    sides += [
        (columns, rows)
        for columns, rows in product(range(3, 21), repeat=2)
        if columns * rows // 2 == count and max(columns, rows) <= 3 * min(columns, rows)
    ]
    patterns = (board.legacy, not board.legacy)
    for (columns, rows), legacy in product(dict.fromkeys(sides), patterns):
        if columns * rows // 2 <= _length(board.dictionary):
            yield replace(board, columns=columns, rows=rows, legacy=legacy)


def _tags_advice(images: Sequence[Gray], board: Board, seen: Markers, ctx: Context) -> tuple[str, Board | None]:
    if "APRILTAG" not in seen.family:
        return tr(
            "The pictures show markers of {short}: a ChArUco board. Choose that kind", short=_short(seen.family)
        ), None
    other = _with_dictionary(board, seen.family)
    family = seen.family.removeprefix("DICT_APRILTAG_")
    needed = board.columns * board.rows
    if seen.family != board.dictionary:
        words = tr("The tags are of the family {family}", family=family)
        return (tr("{wrong}. Use {other}", wrong=words, other=other) if other else words), other
    turned = replace(board, columns=board.rows, rows=board.columns)
    words = tr(
        "Tags of its family {family} are seen, {most} in one picture of the {needed} that it has",
        family=family,
        most=seen.most,
        needed=needed,
    )
    if turned != board and _most_show(images, turned, ctx):
        return tr("{words}: columns and rows are swapped. Use {turned}", words=words, turned=turned), turned
    return tr("{words}: check columns and rows, and that tags are numbered row by row", words=words), None


def _circle_variants(board: Board) -> Iterator[Board]:
    if board.kind not in ("circles", "acircles"):
        return
    turned = (board.rows, board.columns)
    kinds: tuple[Kind, ...] = ("circles", "acircles")
    for kind, (columns, rows) in product(kinds, ((board.columns, board.rows), turned)):
        other = replace(board, kind=kind, columns=columns, rows=rows, marker=min(board.marker, 0.9 * board.square))
        if (other.kind, other.columns, other.rows) != (board.kind, board.columns, board.rows):
            yield other


def _most_show(images: Sequence[Gray], board: Board, ctx: Context) -> bool:
    """Whether more than half of the pictures show corners of the board, flat as it is."""
    shown = 0
    for image in images:
        ctx.check()
        found = detect(image, board)
        shown += found is not None and off_plane(board, found) < _OFF
    return 2 * shown > len(images)


def _dictionary(seen: Markers, board: Board) -> str:
    """The one given where it is of the family that is seen; else the least of the family that holds every marker."""
    if not seen.family.endswith("_1000"):
        return seen.family
    head = seen.family.removesuffix("1000")
    needed = max(max(seen.ids) + 1, board.columns * board.rows // 2)
    if board.dictionary.startswith(head) and max(seen.ids) < _length(board.dictionary):
        return board.dictionary
    return head + str(next((size for size in _SIZES if size >= needed), 1000))


def _with_dictionary(board: Board, name: str) -> Board | None:
    """The board with other markers, None where there are too few of them."""
    count = board.columns * board.rows // (2 if board.kind == "charuco" else 1)
    return replace(board, dictionary=name) if count <= _length(name) else None


def _ids(image: Gray, family: str) -> set[int]:
    ids = _detector(family).detectMarkers(image)[1]
    return set() if ids is None else {int(number) for number in np.asarray(ids).ravel()}


@lru_cache(maxsize=32)
def _detector(family: str) -> Any:
    whole = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, family))
    first = np.ascontiguousarray(whole.bytesList[:_KNOWN])
    return cv2.aruco.ArucoDetector(cv2.aruco.Dictionary(first, whole.markerSize, whole.maxCorrectionBits))


def _head(name: str) -> str:
    """A dictionary without its size."""
    return re.sub(r"(?<=X\d)_\d+$", "", name)


def _length(name: str) -> int:
    return len(cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, name)).bytesList)


def _short(family: str) -> str:
    return _head(family)


def _in_general(board: Board) -> str:
    hint = tr("Check that the whole board is in view, sharp and evenly lit, and that the board's description is right")
    inverted = control(tr("Inverted print"), "':inverted'")
    return (
        tr("{hint}; prints in white on black need {inverted}", hint=hint, inverted=inverted)
        if board.kind == "charuco"
        else hint
    )
