"""Calibration boards: what is printed, where its corners are, and how it is written in one word.

`chessboard:9x6:25mm` counts inner corners; `charuco:5x4:54mm:40.5mm:DICT_4X4_1000[:inverted][:legacy]` counts squares,
as each community does. Both the calibration engine and the rendered scene need boards, so they live here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import UsageError

if TYPE_CHECKING:
    import cv2

FORMS = "chessboard:9x6:25mm or charuco:5x4:54mm:40.5mm:DICT_4X4_1000[:inverted][:legacy]"
_LENGTH = re.compile(r"(?P<value>\d+(?:\.\d+)?|\.\d+)(?P<unit>mm|m)")
_GRID = re.compile(r"(\d{1,3})x(\d{1,3})")


@dataclass(frozen=True, slots=True)
class Board:
    """A flat board. Lengths in metres.

    kind: "chessboard" or "charuco".
    columns, rows: inner corners of a chessboard, squares of a ChArUco board.
    square: side of a square; marker: side of a marker (ChArUco).
    dictionary: name of the ArUco dictionary; inverted: printed white on black; legacy: pattern of OpenCV before 4.6.
    """

    kind: Literal["chessboard", "charuco"]
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
        raise UsageError(f"'{text}' is not a board", hint=f"Write {FORMS}")

    def __str__(self) -> str:
        if self.kind == "chessboard":
            return f"chessboard:{self.columns}x{self.rows}:{_millimetres(self.square)}"
        flags = (":inverted" if self.inverted else "") + (":legacy" if self.legacy else "")
        lengths = f"{_millimetres(self.square)}:{_millimetres(self.marker)}"
        return f"charuco:{self.columns}x{self.rows}:{lengths}:{self.dictionary}{flags}"

    @property
    def corner_grid(self) -> tuple[int, int]:
        """Inner corners as (columns, rows)."""
        return (self.columns, self.rows) if self.kind == "chessboard" else (self.columns - 1, self.rows - 1)

    @property
    def corner_count(self) -> int:
        columns, rows = self.corner_grid
        return columns * rows

    @property
    def squares(self) -> tuple[int, int]:
        """Printed squares as (columns, rows)."""
        return (self.columns + 1, self.rows + 1) if self.kind == "chessboard" else (self.columns, self.rows)

    @property
    def corners(self) -> NDArray[np.float64]:
        """Inner corners in metres, N x 3 with z = 0, row by row; index = row * columns + column.

        The origin is the first inner corner of a chessboard and the outer corner of a ChArUco board, as in OpenCV.
        """
        columns, rows = self.corner_grid
        grid = np.zeros((rows * columns, 3))
        grid[:, :2] = np.mgrid[0:columns, 0:rows].T.reshape(-1, 2) * self.square
        if self.kind == "charuco":
            grid[:, :2] += self.square
        return grid

    @property
    def print_origin(self) -> tuple[float, float]:
        """The printed squares' outer corner in the coordinates of `corners`, in metres."""
        return (-self.square, -self.square) if self.kind == "chessboard" else (0.0, 0.0)

    @property
    def print_size(self) -> tuple[float, float]:
        """Width and height of the printed squares, in metres."""
        columns, rows = self.squares
        return columns * self.square, rows * self.square

    def picture(self, square_pixels: int = 64) -> NDArray[np.uint8]:
        """The printed squares as a gray image with no margin, `square_pixels` to a square."""
        if self.kind == "chessboard":
            columns, rows = self.squares
            checks = (np.indices((rows, columns)).sum(axis=0) % 2).astype(np.uint8) * 255
            image = np.kron(checks, np.ones((square_pixels, square_pixels), np.uint8))
        else:
            columns, rows = self.squares
            size = (columns * square_pixels, rows * square_pixels)
            image = np.asarray(self.charuco().generateImage(size, marginSize=0), dtype=np.uint8)
        return np.asarray(255 - image, dtype=np.uint8) if self.inverted else image

    def charuco(self) -> cv2.aruco.CharucoBoard:
        """OpenCV's ChArUco board of the same measures."""
        import cv2

        dictionary = cv2.aruco.getPredefinedDictionary(dictionary_id(self.dictionary))
        board = cv2.aruco.CharucoBoard((self.columns, self.rows), self.square, self.marker, dictionary)
        board.setLegacyPattern(self.legacy)
        return board


def dictionary_id(name: str) -> int:
    """OpenCV's number of an ArUco dictionary. Raises `UsageError` for an unknown name."""
    import cv2

    value = getattr(cv2.aruco, name, None)
    if not name.startswith("DICT_") or not isinstance(value, int):
        raise UsageError(f"'{name}' is not an ArUco dictionary", hint="For example DICT_4X4_50 or DICT_5X5_1000")
    return value


def _check(board: Board) -> None:
    least = 3 if board.kind == "chessboard" else 2
    if min(board.columns, board.rows) < least or max(board.columns, board.rows) > 100:
        raise UsageError(
            f"A {board.kind} of {board.columns}x{board.rows} cannot be used", hint=f"{least} to 100 a side"
        )
    if not 0 < board.square < 100:
        raise UsageError("A board's square must be longer than 0 and shorter than 100 m")
    if board.kind == "charuco":
        _check_markers(board)
        if not 0 < board.marker < board.square:
            raise UsageError("A ChArUco marker must be smaller than its square")


def _check_markers(board: Board) -> None:
    import cv2

    markers = len(cv2.aruco.getPredefinedDictionary(dictionary_id(board.dictionary)).bytesList)
    needed = board.columns * board.rows // 2
    if needed > markers:
        raise UsageError(
            f"{board.dictionary} has {markers} markers and {board.columns}x{board.rows} squares need {needed}",
            hint="Take a dictionary with more markers, for example DICT_4X4_1000",
        )


def _grid(text: str, whole: str) -> tuple[int, int]:
    match = _GRID.fullmatch(text)
    if match is None:
        raise UsageError(f"'{text}' in '{whole}' is not COLUMNSxROWS", hint=f"Write {FORMS}")
    return int(match[1]), int(match[2])


def _length(text: str, whole: str) -> float:
    match = _LENGTH.fullmatch(text)
    if match is None:
        raise UsageError(f"'{text}' in '{whole}' is not a length with its unit", hint="Write 25mm or 0.025m")
    return float(match["value"]) / (1000.0 if match["unit"] == "mm" else 1.0)


def _millimetres(metres: float) -> str:
    return f"{round(metres * 1000, 6):.10g}mm"
