"""Calibration boards: what is printed, where its corners are, and how it is written in one word.

`chessboard:9x6:25mm` counts inner corners; `charuco:5x4:54mm:40.5mm:DICT_4X4_1000[:inverted][:legacy]` counts squares;
`aprilgrid:6x6:88mm:26.4mm[:36h11]` counts tags, their side and the gap between them (a bare number: the gap as a share
of the side, as Kalibr writes it); `circles:7x5:30mm[:15mm]` and `acircles:4x11:20mm[:15mm]` count circles, their pitch
and, if it is known, their diameter, as each community does. An asymmetric grid's pitch is OpenCV's: the distance
between its rows, half of that between the circles of a row. Both the calibration engine and the rendered scene need
boards, so they live here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import UsageError
from engines.core.prints import Shapes, light_runs, painted
from engines.core.words import tr

if TYPE_CHECKING:
    import cv2

FORMS = tr(
    "chessboard:9x6:25mm, charuco:5x4:54mm:40.5mm:DICT_4X4_1000[:inverted][:legacy], "
    "aprilgrid:6x6:88mm:26.4mm[:36h11], circles:7x5:30mm or acircles:4x11:20mm"
)
FAMILIES = ("16h5", "25h9", "36h10", "36h11")
"""AprilTag's families."""
CIRCLE_SHARE = 0.5, 1.0
"""Diameter of a circle that is not told, in pitches: of a symmetric and of an asymmetric grid."""
Kind: TypeAlias = Literal["chessboard", "charuco", "aprilgrid", "circles", "acircles"]
_LENGTH = re.compile(r"(?P<value>\d+(?:\.\d+)?|\.\d+)(?P<unit>mm|m)")
_GRID = re.compile(r"(\d{1,3})x(\d{1,3})")


@dataclass(frozen=True, slots=True)
class Board:
    """A flat board. Lengths in metres.

    columns, rows: inner corners of a chessboard, squares of a ChArUco board, tags of an AprilGrid, circles of a grid.
    square: side of a square; from tag to tag; from circle to circle (of an asymmetric grid: from row to row).
    marker: side of a marker or tag; diameter of a circle.
    dictionary: OpenCV's name of the markers' family; inverted: printed white on black; legacy: pattern of OpenCV before
    4.6.
    """

    kind: Kind
    columns: int
    rows: int
    square: float
    marker: float = 0.0
    dictionary: str = ""
    inverted: bool = False
    legacy: bool = False

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def parse(cls, text: str) -> Board:
        """Read the one-word form. Raises `UsageError` that says what is wrong with it."""
        kind, *parts = text.strip().split(":")
        if kind == "chessboard" and len(parts) == 2:
            columns, rows = _grid(parts[0], text)
            return cls("chessboard", columns, rows, _length(parts[1], text))
        if kind == "charuco" and len(parts) >= 4 and set(parts[4:]) <= {"inverted", "legacy"}:
            columns, rows = _grid(parts[0], text)
            square, marker = _length(parts[1], text), _length(parts[2], text)
            return cls(
                "charuco", columns, rows, square, marker, parts[3], "inverted" in parts[4:], "legacy" in parts[4:]
            )
        if kind == "aprilgrid" and 3 <= len(parts) <= 4:
            return _aprilgrid(parts, text)
        if kind in ("circles", "acircles") and 2 <= len(parts) <= 3:
            return _circles(cast(Kind, kind), parts, text)
        raise UsageError(tr("'{text}' is not a board", text=text), hint=tr("Write {forms}", forms=FORMS))

    def __str__(self) -> str:
        head = f"{self.kind}:{self.columns}x{self.rows}"
        if self.kind == "chessboard":
            return f"{head}:{_millimetres(self.square)}"
        if self.kind == "aprilgrid":
            family = self.dictionary.removeprefix("DICT_APRILTAG_")
            return f"{head}:{_millimetres(self.marker)}:{_millimetres(self.square - self.marker)}:{family}"
        if self.kind in ("circles", "acircles"):
            return f"{head}:{_millimetres(self.square)}:{_millimetres(self.marker)}"
        flags = (":inverted" if self.inverted else "") + (":legacy" if self.legacy else "")
        lengths = f"{_millimetres(self.square)}:{_millimetres(self.marker)}"
        return f"charuco:{self.columns}x{self.rows}:{lengths}:{self.dictionary}{flags}"

    @property
    def corner_grid(self) -> tuple[int, int]:
        """Corners (of squares or tags; middles of circles) as (columns, rows)."""
        if self.kind == "charuco":
            return self.columns - 1, self.rows - 1
        return (2 * self.columns, 2 * self.rows) if self.kind == "aprilgrid" else (self.columns, self.rows)

    @property
    def corner_count(self) -> int:
        columns, rows = self.corner_grid
        return columns * rows

    @property
    def squares(self) -> tuple[int, int]:
        """Printed squares, tags or circles as (columns, rows)."""
        return (self.columns + 1, self.rows + 1) if self.kind == "chessboard" else (self.columns, self.rows)

    @property
    def corners(self) -> NDArray[np.float64]:
        """Corners in metres, N x 3 with z = 0, row by row; index = row * columns + column.

        The origin is the first corner of a chessboard, the first circle's middle, and the outer corner of a ChArUco
        board or of the first tag, as in OpenCV and Kalibr; y runs down the print.
        """
        columns, rows = self.corner_grid
        column, row = (axis.T.ravel().astype(np.float64) for axis in np.mgrid[0:columns, 0:rows])
        if self.kind == "acircles":
            column = 2 * column + row % 2
        grid = np.zeros((rows * columns, 3))
        grid[:, 0], grid[:, 1] = (self._along(axis) for axis in (column, row))
        return grid

    def _along(self, number: NDArray[np.float64]) -> NDArray[np.float64]:
        """Metres from the origin of the corners with these numbers along an axis."""
        if self.kind == "aprilgrid":
            return np.asarray(number // 2 * self.square + number % 2 * self.marker)
        return np.asarray((number + (self.kind == "charuco")) * self.square)

    @property
    def print_origin(self) -> tuple[float, float]:
        """What is printed begins here, in the coordinates of `corners`, in metres."""
        if self.kind == "chessboard":
            return -self.square, -self.square
        if self.kind == "charuco":
            return 0.0, 0.0
        edge = self.marker - self.square if self.kind == "aprilgrid" else -self.marker / 2
        return edge, edge

    @property
    def print_size(self) -> tuple[float, float]:
        """Width and height of what is printed, in metres."""
        if self.kind in ("chessboard", "charuco"):
            columns, rows = self.squares
            return columns * self.square, rows * self.square
        if self.kind == "aprilgrid":
            gap = self.square - self.marker
            return self.columns * self.square + gap, self.rows * self.square + gap
        columns, rows = self.columns - 1, self.rows - 1
        if self.kind == "acircles":
            columns = 2 * columns + 1
        return columns * self.square + self.marker, rows * self.square + self.marker

    def picture(self, square_pixels: int = 64) -> NDArray[np.uint8]:
        """What is printed as a gray image with no margin, `square_pixels` to a `square`; where that is no whole
        number of pixels, the last ones are part paper."""
        if self.kind in ("aprilgrid", "circles", "acircles"):
            return painted(self.shapes, self.print_size, square_pixels / self.square)
        if self.kind == "chessboard":
            columns, rows = self.squares
            checks = (np.indices((rows, columns)).sum(axis=0) % 2).astype(np.uint8) * 255
            image = np.kron(checks, np.ones((square_pixels, square_pixels), np.uint8))
        else:
            columns, rows = self.squares
            size = (columns * square_pixels, rows * square_pixels)
            image = np.asarray(self.charuco().generateImage(size, marginSize=0), dtype=np.uint8)
        return np.asarray(255 - image, dtype=np.uint8) if self.inverted else image

    @property
    def shapes(self) -> Shapes:
        """Tags or circles in metres from the top left of what is printed; not for boards of squares.

        Tags are numbered row by row from the top left, stand upright as OpenCV draws them, with a black border of one
        cell; as Kalibr prints them, black squares that fill the gaps' crossings make a saddle of each tag's corners.
        """
        places = self.corners[:, :2] - self.print_origin
        if self.kind in ("circles", "acircles"):
            return Shapes(discs=[(float(x), float(y), self.marker) for x, y in places])
        gap, tag = self.square - self.marker, self.marker
        crossings = [(c * self.square, r * self.square) for r in range(self.rows + 1) for c in range(self.columns + 1)]
        tags = [(c * self.square + gap, r * self.square + gap) for r in range(self.rows) for c in range(self.columns)]
        dark = [(x, y, gap, gap) for x, y in crossings] + [(x, y, tag, tag) for x, y in tags]
        light = []
        for number, (x, y) in enumerate(tags):
            picture = marker_cells(self.dictionary, number)
            cell = tag / len(picture)
            light += [(x + start * cell, y + row * cell, long * cell, cell) for row, start, long in light_runs(picture)]
        return Shapes(dark, light)

    def charuco(self) -> cv2.aruco.CharucoBoard:
        """OpenCV's ChArUco board of the same measures."""
        import cv2

        dictionary = cv2.aruco.getPredefinedDictionary(dictionary_id(self.dictionary))
        board = cv2.aruco.CharucoBoard((self.columns, self.rows), self.square, self.marker, dictionary)
        board.setLegacyPattern(self.legacy)
        return board


def marker_cells(dictionary: str, number: int) -> NDArray[np.uint8]:
    """A marker as it is printed, a pixel to a cell, with its black border of one cell."""
    import cv2

    family = cv2.aruco.getPredefinedDictionary(dictionary_id(dictionary))
    return np.asarray(family.generateImageMarker(number, int(family.markerSize) + 2), dtype=np.uint8)


def dictionary_id(name: str) -> int:
    """OpenCV's number of an ArUco dictionary. Raises `UsageError` for an unknown name."""
    import cv2

    value = getattr(cv2.aruco, name, None)
    if not name.startswith("DICT_") or not isinstance(value, int):
        raise UsageError(
            tr("'{name}' is not an ArUco dictionary", name=name), hint=tr("For example DICT_4X4_50 or DICT_5X5_1000")
        )
    return value


def _aprilgrid(parts: list[str], whole: str) -> Board:
    columns, rows = _grid(parts[0], whole)
    tag = _length(parts[1], whole)
    gap = _length(parts[2], whole) if parts[2][-1:].isalpha() else _share(parts[2], whole) * tag
    family = (parts[3] if len(parts) > 3 else "36h11").removeprefix("t").removeprefix("ag")
    if family not in FAMILIES:
        raise UsageError(
            tr("'{family}' is not a family of AprilTags", family=family),
            hint=tr("Use one of {names}", names=", ".join(FAMILIES)),
        )
    return Board("aprilgrid", columns, rows, round(tag + gap, 9), tag, f"DICT_APRILTAG_{family}")


def _circles(kind: Kind, parts: list[str], whole: str) -> Board:
    columns, rows = _grid(parts[0], whole)
    pitch = _length(parts[1], whole)
    share = CIRCLE_SHARE[kind == "acircles"]
    return Board(kind, columns, rows, pitch, _length(parts[2], whole) if len(parts) > 2 else round(share * pitch, 9))


def _share(text: str, whole: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(
            tr("'{text}' in '{whole}' is neither a length nor a share", text=text, whole=whole),
            hint=tr("Write {forms}", forms=FORMS),
        ) from None


def _check(board: Board) -> None:
    least = {"chessboard": 3, "aprilgrid": 1}.get(board.kind, 2)
    if min(board.columns, board.rows) < least or max(board.columns, board.rows) > 100:
        raise UsageError(
            tr("A {kind} of {columns}x{rows} cannot be used", kind=board.kind, columns=board.columns, rows=board.rows),
            hint=tr("{least} to 100 a side", least=least),
        )
    if not 0 < board.square < 100:
        raise UsageError(tr("A board's square must be longer than 0 and shorter than 100 m"))
    if board.kind in ("charuco", "aprilgrid"):
        _check_markers(board)
        if not 0 < board.marker < board.square:
            raise UsageError(tr("A marker must be smaller than its square"))
    if board.kind in ("circles", "acircles"):
        nearest = board.square * (2**0.5 if board.kind == "acircles" else 1)
        if not 0 < board.marker < nearest:
            raise UsageError(tr("A circle must be smaller than its distance to the next"))


def _check_markers(board: Board) -> None:
    import cv2

    markers = len(cv2.aruco.getPredefinedDictionary(dictionary_id(board.dictionary)).bytesList)
    needed = board.columns * board.rows // (2 if board.kind == "charuco" else 1)
    if needed > markers:
        raise UsageError(
            tr(
                "{dictionary} has {markers} markers and {columns}x{rows} need {needed}",
                dictionary=board.dictionary,
                markers=markers,
                columns=board.columns,
                rows=board.rows,
                needed=needed,
            ),
            hint=tr("Take a dictionary with more markers, such as DICT_4X4_1000")
            if board.kind == "charuco" and markers < 1000
            else tr("Take fewer and larger ones"),
        )


def _grid(text: str, whole: str) -> tuple[int, int]:
    match = _GRID.fullmatch(text)
    if match is None:
        raise UsageError(
            tr("'{text}' in '{whole}' is not COLUMNSxROWS", text=text, whole=whole),
            hint=tr("Write {forms}", forms=FORMS),
        )
    return int(match[1]), int(match[2])


def _length(text: str, whole: str) -> float:
    match = _LENGTH.fullmatch(text)
    if match is None:
        raise UsageError(
            tr("'{text}' in '{whole}' is not a length with its unit", text=text, whole=whole),
            hint="Write 25mm or 0.025m",
        )
    return float(match["value"]) / (1000.0 if match["unit"] == "mm" else 1.0)


def _millimetres(metres: float) -> str:
    return f"{round(metres * 1000, 6):.10g}mm"
