"""Matrices laid out for products with one vector at a time, all numbers kept as they are.

A product reads every weight once, so nothing but bytes decides its cost.
"""

from __future__ import annotations

import numpy as np

from engines.actions.heads.products import Array, Team

PATIENCE = 24
"""Products that a unit may be idle before its row moves behind the front."""
SHARE = 128
"""At most one in so many rows moves in one product."""


class Matrix:
    """W (rows, columns), `times` a vector (columns,) into a buffer (rows,); `bytes` are read each time."""

    def __init__(self, weight: Array, team: Team) -> None:
        self._weight, self._team = np.array(weight, order="C"), team
        self.shape = self._weight.shape
        self.bytes = self._weight.nbytes

    def times(self, x: Array, out: Array) -> None:
        self._team.rows(self._weight, x, out)


class SharedMatrix:
    """W (rows, columns) for several vectors at once, kept transposed: a product with eight is a third faster so."""

    def __init__(self, weight: Array) -> None:
        self._columns = np.array(weight.T, order="C")
        self.bytes = self._columns.nbytes

    def times(self, x: Array, out: Array) -> None:
        np.dot(x, self._columns, out)

    def times_each(self, rows: Array, out: Array) -> None:
        np.dot(rows, self._columns, out)


class ActiveRows:
    """W (rows, columns) `times` a rectified vector (columns,); only columns of units active lately are read.

    After a relu about half of the numbers are zero, and which ones changes slowly from chunk to chunk. The matrix is
    kept transposed, a row a unit, with the rows of units that were active lately in front; a product reads the front
    alone, `bytes` of it. A unit that wakes behind the front moves into it at the cost of one row; when many wake at
    once the front reaches out to the last of them. A unit idle for long moves behind the front, a few a product, so no
    product pays for many. Nothing is left out, but rows that move are added up in another order: two runs over the same
    chunks may differ in the last digit.
    """

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
