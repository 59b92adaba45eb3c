"""What each kind of board is counted and measured by, in the words of those who use it; one print as another kind."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from engines.core.boards import CIRCLE_SHARE, FAMILIES, Board, Kind
from engines.core.errors import UsageError
from engines.core.words import tr
from widgets.kit.lengths.units import MM, UNITS, digits, exact

TAG_FAMILIES = tuple(f"DICT_APRILTAG_{family}" for family in FAMILIES)
DICTIONARIES = (
    *(f"DICT_{bits}_{count}" for bits in ("4X4", "5X5", "6X6", "7X7") for count in (50, 100, 250, 1000)),
    "DICT_ARUCO_ORIGINAL",
    *TAG_FAMILIES,
)
TAG_GAP, MARKER_SHARE = 0.3, 0.75
"""Kalibr's gap between tags, as a share of their side; a marker's side as a share of its square."""
SMALL_DICTIONARY, LARGE_DICTIONARY, TAGS = "DICT_4X4_50", "DICT_4X4_1000", "DICT_APRILTAG_36h11"
MOST = 100


@dataclass(frozen=True, slots=True)
class KindWords:
    """counts, length, mark: labels of how many, of the first and of the second measure ("" where there is none)."""

    title: str
    counts: str
    columns_tip: str
    rows_tip: str
    length: str
    length_tip: str
    mark: str = ""
    mark_tip: str = ""
    family: str = ""


KINDS: dict[Kind, KindWords] = {
    "chessboard": KindWords(
        tr("Chessboard"),
        tr("Inner corners"),
        tr("Along the longer side, where four squares meet"),
        tr("Along the shorter side, where four squares meet"),
        tr("Square"),
        tr("Side of one square, measured on the print. 0.025 m and 1 in work too."),
    ),
    "charuco": KindWords(
        "ChArUco",
        tr("Squares"),
        tr("Along the longer side"),
        tr("Along the shorter side"),
        tr("Square"),
        tr("Side of one square, measured on the print. 0.025 m and 1 in work too."),
        tr("Marker"),
        tr("Side of one marker, measured on the print"),
        tr("Dictionary"),
    ),
    "aprilgrid": KindWords(
        "AprilGrid",
        tr("Tags"),
        tr("Tags side by side"),
        tr("Tags one below the other"),
        tr("Tag"),
        tr("Side of one tag, from black edge to black edge"),
        tr("Gap"),
        tr("From one tag to the next; Kalibr writes it as a share of the tag's side"),
        tr("Family"),
    ),
    "circles": KindWords(
        tr("Circles"),
        tr("Circles"),
        tr("Circles in a row"),
        tr("Rows of circles"),
        tr("Distance"),
        tr("From the middle of a circle to the next one in its row"),
        tr("Diameter"),
        tr("Of one circle, measured on the print: the bias of circles that are seen slantwise is corrected with it"),
    ),
    "acircles": KindWords(
        tr("Asymmetric circles"),
        tr("Circles"),
        tr("Circles in one row, as OpenCV counts them: 4 of a 4 \u00d7 11 grid"),
        tr("Rows, every second one shifted by half: 11 of a 4 \u00d7 11 grid"),
        tr("Row distance"),
        tr("From one row to the next: half of that from circle to circle within a row, as in OpenCV"),
        tr("Diameter"),
        tr("Of one circle, measured on the print: the bias of circles that are seen slantwise is corrected with it"),
    ),
}


def board_words(board: Board) -> str:
    """'9 x 6 inner corners, 25 mm': the board in one line for people."""
    flags = [word for word, on in ((tr("inverted print"), board.inverted), (tr("legacy pattern"), board.legacy)) if on]
    return ", ".join([_counted(board), _measure(board), *flags])


def board_title(board: Board) -> str:
    """'9 x 6 corners, 25 mm': the board in a few words."""
    return f"{_in_short(board)}, {_measure(board)}"


def board_name(board: Board) -> str:
    """'9 x 6 corners', '5 x 4 ChArUco, legacy': what tells it from boards of the same measures, for a button."""
    flags = [word for word, on in ((tr("inverted"), board.inverted), (tr("legacy"), board.legacy)) if on]
    return ", ".join([_in_short(board), *flags])


def _counted(board: Board) -> str:
    match board.kind:
        case "chessboard":
            return tr("{counts} inner corners", counts=_counts(board))
        case "charuco":
            return tr("ChArUco, {counts} squares", counts=_counts(board))
        case "aprilgrid":
            return tr("AprilGrid, {counts} tags", counts=_counts(board))
        case "circles":
            return tr("{counts} circles", counts=_counts(board))
    return tr("{counts} asymmetric circles", counts=_counts(board))


def _in_short(board: Board) -> str:
    match board.kind:
        case "chessboard":
            return tr("{counts} corners", counts=_counts(board))
        case "charuco":
            return tr("{counts} ChArUco", counts=_counts(board))
        case "aprilgrid":
            return tr("{counts} AprilGrid", counts=_counts(board))
        case "circles":
            return tr("{counts} circles", counts=_counts(board))
    return tr("{counts} asymmetric", counts=_counts(board))


def counting_words(board: Board) -> str:
    """The two ways of counting the same board, side by side."""
    if board.kind in ("chessboard", "charuco"):
        return tr(
            "{corners} inner corners = {squares} squares",
            corners=_grid(board.corner_grid),
            squares=_grid(board.squares),
        )
    if board.kind == "aprilgrid":
        return tr("{counts} tags = {grid} corners", counts=_counts(board), grid=_grid(board.corner_grid))
    if board.kind == "circles":
        return tr(
            "{rows} rows of {columns} circles = {corner_count} circles",
            rows=board.rows,
            columns=board.columns,
            corner_count=board.corner_count,
        )
    return tr("{rows} rows of {columns} circles, every second one shifted", rows=board.rows, columns=board.columns)


def size_words(board: Board) -> str:
    """How large the print is; of shifted circles also how far they are apart within a row, which is often measured."""
    unit = UNITS.of(MM)
    width, height = (digits(unit.of(side), 4) for side in board.print_size)
    within = tr(", {length} within a row", length=measure(2 * board.square)) if board.kind == "acircles" else ""
    return f"{width}\u00a0\u00d7\u00a0{height}\u00a0{unit.symbol}{within}"


def measure(metres: float) -> str:
    """Of a board, as exactly as it can be told."""
    unit = UNITS.of(MM)
    return f"{exact(metres, MM, 4)}\u00a0{unit.symbol}"


def as_kind(board: Board, kind: Kind, dictionary: str = SMALL_DICTIONARY) -> Board:
    """A board of another kind with marks about as far apart, as large as fits into the same print.

    dictionary: for a ChArUco board, where it has markers enough. Raises `UsageError` where there can be no such board.
    """
    width, height = board.print_size
    apart = board.square / 2 if board.kind == "aprilgrid" else board.square
    across, down = max(1, round(width / apart)), max(1, round(height / apart))
    unit = _unit(kind, across, down, dictionary)
    wide, high = unit.print_size
    pitch = _rounded(min(width / wide, height / high), exact=kind in ("chessboard", "charuco"))
    return replace(unit, square=pitch, marker=round(unit.marker * pitch, 6))


def added_to(boards: tuple[Board, ...]) -> Board:
    """Another board that cannot be taken for one of these: of the first one's kind, with other markers or counts."""
    first = boards[0]
    told_apart_by = _other_markers if first.dictionary else _other_counts
    return next(board for board in told_apart_by(first) if not any(_alike(board, one) for one in boards))


def _other_markers(board: Board) -> Iterator[Board]:
    for name in TAG_FAMILIES if board.kind == "aprilgrid" else DICTIONARIES:
        with suppress(UsageError):
            yield replace(board, dictionary=name)
    yield from _other_counts(as_kind(board, "chessboard"))


def _other_counts(board: Board) -> Iterator[Board]:
    rows_step = 2 if board.kind == "acircles" else 1
    for step in (*range(-1, -MOST, -1), *range(1, MOST)):
        with suppress(UsageError):
            yield replace(board, columns=board.columns + step, rows=board.rows + rows_step * step)


def _alike(one: Board, other: Board) -> bool:
    if one.dictionary and other.dictionary:
        return _codes(one) == _codes(other)
    return (one.kind, one.columns, one.rows) == (other.kind, other.columns, other.rows)


def _codes(board: Board) -> str:
    """Dictionaries of one family share their markers, however many they have."""
    return board.dictionary.removeprefix("DICT_APRILTAG_").rpartition("_")[0] or board.dictionary


def _unit(kind: Kind, across: int, down: int, dictionary: str) -> Board:
    """A board with a pitch of 1 m that has so many marks of the pitch across and down."""
    if kind == "chessboard":
        return Board(kind, _within(across - 1, 3), _within(down - 1, 3), 1.0)
    if kind == "charuco":
        columns, rows = _within(across, 2), _within(down, 2)
        if dictionary == SMALL_DICTIONARY and columns * rows // 2 > 50:
            dictionary = LARGE_DICTIONARY
        return Board(kind, columns, rows, 1.0, MARKER_SHARE, dictionary)
    if kind == "aprilgrid":
        columns, rows = _within(round(across / 2), 2), _within(round(down / 2), 2)
        return Board(kind, columns, rows, 1.0, 1 / (1 + TAG_GAP), TAGS)
    share = CIRCLE_SHARE[kind == "acircles"]
    if kind == "circles":
        return Board(kind, _within(across - 1, 2), _within(down - 1, 2), 1.0, share)
    return Board(kind, _within(across // 2, 2), _within(down - 1 + down % 2, 3), 1.0, share)


def _within(count: int, least: int) -> int:
    return max(least, min(MOST, count))


def _rounded(pitch: float, *, exact: bool) -> float:
    """Down to tenths of a millimetre, where that is little."""
    return round(pitch, 7) if exact or pitch < 0.005 else math.floor(round(pitch * 1e4, 3)) / 1e4


def _counts(board: Board) -> str:
    return _grid((board.columns, board.rows))


def _grid(size: tuple[int, int]) -> str:
    return f"{size[0]}\u00a0\u00d7\u00a0{size[1]}"


def _measure(board: Board) -> str:
    return measure(board.marker if board.kind == "aprilgrid" else board.square)
