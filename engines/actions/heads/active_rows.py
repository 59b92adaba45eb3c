"""A matrix times a rectified vector, reading only the columns of units that were active lately. Nothing is left out.

After a relu about half of the numbers are zero, and which ones changes slowly from chunk to chunk. The matrix is kept
transposed, a row a unit, with the rows of units that were active lately in front; a product reads the front alone. A
unit that wakes behind the front moves into it at the cost of one row; when many wake at once the front reaches out to
the last of them. A unit idle for long moves behind the front, a few a product, so no product pays for many. Rows that
move are added up in another order: two runs over the same chunks may differ in the last digit.
"""

from __future__ import annotations

import numpy as np

from engines.actions.heads.matrices import Array
from engines.actions.heads.team import Team

PATIENCE = 24
"""Products that a unit may be idle before its row moves behind the front."""
SHARE = 128
"""At most one in so many rows moves in one product."""


class ActiveRows:
    """W (rows, columns) `times` a vector (columns,) with many zeros; `bytes` is what the newest product read."""

    def __init__(self, weight: Array, team: Team) -> None:
        self._team = team
        self._rows = np.array(weight.T, order="C")
        units = len(self._rows)
        self.shape = weight.shape
        self._order, self._idle = np.arange(units), np.zeros(units, dtype=np.int64)
        self._x = np.empty(units, dtype=weight.dtype)
        self._spare = np.empty(len(weight), dtype=weight.dtype)
        self._front, self._moves = units, max(1, units // SHARE)

    @property
    def bytes(self) -> int:
        return int(self._front * self._spare.nbytes)

    def times(self, x: Array, out: Array) -> None:
        np.take(x, self._order, out=self._x, mode="clip")
        self._follow(self._x != 0)
        self._team.columns(self._x[: self._front], self._rows[: self._front], out)

    def _follow(self, active: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
        self._idle += 1
        self._idle[active] = 0
        late = np.flatnonzero(active[self._front :]) + self._front
        if len(late) > self._moves:
            self._front = int(late[-1]) + 1
            return
        for place in late:
            self._swap(int(place), self._front)
            self._front += 1
        for place in np.flatnonzero(self._idle[: self._front] > PATIENCE)[: -self._moves - 1 : -1]:
            self._front -= 1
            self._swap(int(place), self._front)

    def _swap(self, a: int, b: int) -> None:
        if a == b:
            return
        self._spare[:] = self._rows[a]
        self._rows[a] = self._rows[b]
        self._rows[b] = self._spare
        for line in (self._order, self._idle, self._x):
            line[a], line[b] = line[b], line[a]
