"""The solved shape of a board beside the printed one: how far it is bent, stretched and sheared, in millimetres.

A freed board is known up to a similarity, which is chosen so that the corners lie as close as they can to the nominal
ones (`solve.fit.aligned`): its size as a whole cannot be told from pictures, its proportions and its bow can.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets.target import Target
from engines.calibration.types import MonoResult
from engines.core.boards import Board

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BoardShape:
    """One board. nominal, solved: (n, 3) corners in mm, nominal from the first corner in the board's plane.

    bow: from the lowest to the highest corner, mm. taller: height over width beside the print's, as a share (0.003: it
    is .3 % taller). skew: of the angle between rows and columns from 90 degrees. shift: root mean square in the
    plane of what stretch and skew do not explain, mm.
    """

    board: Board
    nominal: Floats
    solved: Floats
    bow: float
    taller: float
    skew: float
    shift: float

    @property
    def heights(self) -> Floats:
        """Out of the board's plane in mm, towards the camera where positive: the board's z looks away from it."""
        return -self.solved[:, 2]


def shapes(result: MonoResult) -> tuple[BoardShape, ...]:
    """The boards of a result that were freed, in their order; none where they were not."""
    if not result.board_points or not result.boards:
        return ()
    points, target = np.array(result.board_points) * 1000, Target(result.boards)
    return tuple(_shape(board, points[target.part(number)]) for number, board in enumerate(target.boards))


def _shape(board: Board, solved: Floats) -> BoardShape:
    nominal = np.asarray(board.corners, np.float64) * 1000
    design = np.column_stack([nominal[:, :2], np.ones(len(nominal))])
    affine = np.linalg.lstsq(design, solved[:, :2], rcond=None)[0]
    x, y = affine[0], affine[1]
    rest = solved[:, :2] - design @ affine
    wide, high = float(np.linalg.norm(x)), float(np.linalg.norm(y))
    return BoardShape(
        board,
        nominal,
        solved,
        bow=float(np.ptp(solved[:, 2])),
        taller=high / wide - 1,
        skew=float(np.degrees(np.arcsin(np.clip(x @ y / (wide * high), -1, 1)))),
        shift=float(np.sqrt(np.mean(np.sum(rest**2, axis=1)))),
    )
