"""What is in front of the camera: one board, or several, with their corners numbered through."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engines.core.boards import Board


@dataclass(frozen=True)
class Target:
    """Boards that are seen one by one, each in a pose of its own; their corners count on from board to board."""

    boards: tuple[Board, ...]

    @cached_property
    def corners(self) -> NDArray[np.float64]:
        """Of all boards, M x 3 in metres, each in its own board's coordinates."""
        return np.concatenate([board.corners for board in self.boards])

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The number of each board's first corner, and at the end the count of all."""
        counts = [board.corner_count for board in self.boards]
        return tuple(int(start) for start in np.concatenate([[0], np.cumsum(counts)]))

    def part(self, number: int) -> slice:
        """Where the corners of a board are among all."""
        return slice(self.starts[number], self.starts[number + 1])
