"""How a found board looks: where its print lies, which way it faces, and how sharp its edges are, by direction.

Sharpness is judged sideways and up and down apart, because motion smears a picture in one direction only.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.boards import Board
from engines.core.frames import Size

Floats = NDArray[np.float64]
_CRISP = 0.35


def outline_of(board: Board, ids: NDArray[np.int64], corners: Floats) -> Floats | None:
    """The print's four corners in the picture, 4 x 2, clockwise from the board's origin; None if undefined."""
    if len(ids) < 4:
        return None
    plane: NDArray[Any] | None = cv2.findHomography(board.corners[ids, :2], corners, 0)[0]
    if plane is None:
        return None
    (left, top), (width, height) = board.print_origin, board.print_size
    rectangle = np.array([[left, top], [left + width, top], [left + width, top + height], [left, top + height]])
    return np.asarray(cv2.perspectiveTransform(rectangle[:, None], plane), dtype=np.float64).reshape(4, 2)


def share_of(outline: Floats, size: Size) -> float:
    """The outline's area as a share of the picture."""
    return float(cv2.contourArea(outline.astype(np.float32))) / (size.width * size.height)


def length_of(outline: Floats) -> float:
    """The mean of the outline's longer pair of sides; tilting about one axis leaves it as it is."""
    sides = np.linalg.norm(outline - np.roll(outline, 1, axis=0), axis=1)
    return float(max(sides[::2].mean(), sides[1::2].mean(), 1e-9))


def quarter_of(outline: Floats) -> int:
    """How the board is held, in quarter turns clockwise."""
    along = outline[1] - outline[0]
    return int(np.rint(np.arctan2(along[1], along[0]) / (np.pi / 2))) % 4


def normal_of(outline: Floats, board: Board, size: Size) -> Floats:
    """The board's unit normal in camera coordinates, for a camera as wide as its focal length is long."""
    focal = float(max(size.width, size.height))
    matrix = np.array([[focal, 0, size.width / 2], [0, focal, size.height / 2], [0, 0, 1]])
    width, height = board.print_size
    flat = np.array([[0, 0, 0], [width, 0, 0], [width, height, 0], [0, height, 0]], dtype=np.float64)
    found, rvec, _ = cv2.solvePnP(flat, outline.reshape(4, 1, 2), matrix, None, flags=cv2.SOLVEPNP_IPPE)
    return np.asarray(cv2.Rodrigues(rvec)[0][:, 2] if found else [0.0, 0.0, 1.0], dtype=np.float64)


def sharpness_of(gray: NDArray[np.uint8], board: Board, ids: NDArray[np.int64], corners: Floats) -> float:
    """How steep the print's edges are in the worse direction: 1 in a crisp picture, 0 when they spread over 5 px."""
    return min(sharpness_by_direction(gray, board, ids, corners))


def sharpness_by_direction(
    gray: NDArray[np.uint8], board: Board, ids: NDArray[np.int64], corners: Floats
) -> tuple[float, float]:
    """Of the edges that a motion sideways smears, and of those that one up and down smears.

    The steepest step across each edge is set against the whole contrast of that edge, so light does not matter.
    """
    spots, across, pitch = _edges(board, ids, corners)
    if not len(spots):
        return 0.0, 0.0
    reach = float(np.clip(0.3 * np.median(pitch), 3, 8))
    steps = np.arange(-reach, reach + 0.5, 0.5)
    x, y = np.moveaxis((spots[:, None] + across[:, None] * steps[None, :, None]).astype(np.float32), 2, 0)
    lines = cv2.remap(gray, np.ascontiguousarray(x), np.ascontiguousarray(y), cv2.INTER_LINEAR).astype(np.float64)
    contrast = lines.max(axis=1) - lines.min(axis=1)
    slope = np.abs(lines[:, 2:] - lines[:, :-2]).max(axis=1) / np.maximum(contrast, 8)
    sideways = np.abs(across[:, 0]) > np.abs(across[:, 1])
    both = [slope[chosen] if chosen.any() else slope for chosen in (sideways, ~sideways)]
    first, second = (float(np.clip((np.median(part) - 0.1) / _CRISP, 0, 1)) for part in both)
    return first, second


def _edges(board: Board, ids: NDArray[np.int64], corners: Floats) -> tuple[Floats, Floats, Floats]:
    """Points on printed edges (N x 2), the unit directions across them, and how far the corners beside are apart.

    Between neighbouring corners runs an edge; between neighbouring circles lie the rims of both.
    """
    place = np.full(board.corner_count, -1)
    place[ids] = np.arange(len(ids))
    first, second = place[_neighbours(board)].T
    both = (first >= 0) & (second >= 0)
    a, b = corners[first[both]], corners[second[both]]
    length = np.linalg.norm(b - a, axis=1)
    along = (b - a) / np.maximum(length, 1e-9)[:, None]
    if board.kind in ("circles", "acircles"):
        apart = np.linalg.norm(np.diff(board.corners[_neighbours(board)[both]], axis=1)[:, 0], axis=1)
        return a + (b - a) * (board.marker / 2 / apart)[:, None], along, length * board.marker / apart
    return (a + b) / 2, np.stack([-along[:, 1], along[:, 0]], axis=1), length


@lru_cache(maxsize=16)
def _neighbours(board: Board) -> NDArray[np.int64]:
    """Pairs of corners, N x 2, that an edge of the print joins; of circles, those that lie side by side."""
    columns, rows = board.corner_grid
    grid = np.arange(columns * rows).reshape(rows, columns)
    if board.kind == "acircles":
        across, down = (grid[:, :-1], grid[:, 1:]), (grid[:-2], grid[2:])
    elif board.kind == "aprilgrid":
        across, down = (grid[:, ::2], grid[:, 1::2]), (grid[::2], grid[1::2])
    else:
        across, down = (grid[:, :-1], grid[:, 1:]), (grid[:-1], grid[1:])
    return np.concatenate([np.stack([first.ravel(), second.ravel()], axis=1) for first, second in (across, down)])
