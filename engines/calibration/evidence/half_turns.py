"""Numbers boards that look the same when turned alike in every view, so that corner 7 is one spot of the print.

A finder cannot tell the two ends of such a board, but the board can: no print is exact, and what each corner is off by
recurs in every view. The rigid fit's residuals are linear in the corners' shifts (poses gone, the camera free), the
shifts get a normal prior, and the marginal likelihood of an assignment of turns to views is closed (MacKay 1992,
"Bayesian interpolation"). It is climbed from the numbering as it was found and from single views that the others
follow. Where no assignment stands out (a board as flat and true as the noise, or one that is bent alike at both ends),
the views stay as they were found; a rigid board bears that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.evidence.linear import linearised, rest_of
from engines.calibration.solve.adjustment import Floats, Observation, State
from engines.calibration.solve.fit import one_thread_each, pose_of
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target
from engines.core.boards import Board

_Sums: TypeAlias = tuple[Floats, Floats]
CLEARLY = 8.0
"""Logarithm of the odds from which on a turn counts as told."""
_PRIORS = (0.003, 0.03, 0.3, 3.0, 30.0)
"""Precisions of a corner's shift, in units of what one view tells of it."""
_FIRST = 0.3
_MOST_VIEWS = 100
_MOST_STARTS = 10
_MOST_ROUNDS = 12
_WRONG = 8.0
"""Corners farther off than this many times the median have no voice."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One way to number a board: corner k of the numbering as found is `ids[k]`; rotation: of the board, 3 x 3."""

    quarters: int
    ids: NDArray[np.int64]
    rotation: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Numbering:
    """quarters: by which each view is turned against the first of its board. told: whether the views tell it.

    unsure: numbers of views that fit nearly as well the other way round.
    """

    quarters: tuple[int, ...]
    told: bool = False
    unsure: tuple[int, ...] = ()


def turns(board: Board) -> tuple[Turn, ...]:
    """Quarter turns after which the print looks as before, none at all first."""
    if board.kind in ("charuco", "aprilgrid"):
        return (Turn(0, np.arange(board.corner_count), np.eye(3)),)
    columns, rows = board.corner_grid
    parities = (0, columns, columns + rows, rows) if board.kind == "chessboard" else (0, 0, 0, 0)
    return tuple(_turns(board, [quarters for quarters in range(4) if parities[quarters] % 2 == 0]))


def _turns(board: Board, wanted: Sequence[int]) -> Iterator[Turn]:
    flat = board.corners[:, :2]
    steps = np.rint((flat - (flat.min(axis=0) + flat.max(axis=0)) / 2) / (board.square / 4)).astype(np.int64)
    place = {(int(x), int(y)): number for number, (x, y) in enumerate(steps)}
    for quarters in wanted:
        rotation = np.eye(3)
        rotation[:2, :2] = np.linalg.matrix_power(np.array([[0, -1], [1, 0]]), quarters)
        ids = [place.get((int(x), int(y)), -1) for x, y in np.rint(steps @ rotation[:2, :2].T)]
        if -1 not in ids:
            yield Turn(quarters, np.array(ids, dtype=np.int64), rotation)


def ambiguous(target: Target) -> bool:
    return any(len(turns(board)) > 1 for board in target.boards)


def numbering(state: State, views: Sequence[Observation], setup: Setup, others: Sequence[Observation]) -> Numbering:
    """How `views`, then `others`, are turned. state: of a fit of the views with the board held.

    The others (copies, views that are not used) have no say: they are numbered as fits the views.
    """
    with one_thread_each():
        late = [*views[_MOST_VIEWS:], *others]
        seen = [*views[:_MOST_VIEWS], *late]
        poses = [*state.poses[:_MOST_VIEWS], *(pose_of(state, view).state.poses[0] for view in late)]
        voters = min(len(views), _MOST_VIEWS)
        votes = _Votes.of(replace(state, poses=np.array(poses)), seen, setup, voters)
        return votes.numbering(voters)


@dataclass(frozen=True, slots=True)
class _Move:
    """How a board's turn acts on the unknowns (G): a shift as the view sees it is `signs * shift[places]`."""

    quarters: int
    places: NDArray[np.int64]
    signs: Floats

    def seen(self, shift: Floats) -> Floats:
        return np.asarray(self.signs * shift[self.places])

    def told(self, normal: Floats, right: Floats) -> _Sums:
        """Normal equations of a view in the numbering of all."""
        back = np.argsort(self.places)
        signs = self.signs[back]
        return signs[:, None] * signs * normal[np.ix_(back, back)], signs * right[back]


@dataclass(frozen=True, slots=True)
class _Votes:
    """What each view tells of camera and shifts (G): normal equations, V x G x G and V x G, scaled to one view's.

    squares, count: of the residuals of the views that choose. boards: of each view. moves: of each board.
    """

    normal: Floats
    right: Floats
    squares: float
    count: int
    cameras: int
    boards: tuple[int, ...]
    moves: tuple[tuple[_Move, ...], ...]

    @classmethod
    def of(cls, state: State, views: Sequence[Observation], setup: Setup, voters: int) -> _Votes:
        target, basis = setup.target, setup.freedom.basis
        parts = [_reduced(state, number, view, basis) for number, view in enumerate(views)]
        scale = _scale(parts[:voters], basis.shape[1])
        scaled = [part[:, 1:] * scale for part in parts]
        return cls(
            np.array([part.T @ part for part in scaled]),
            np.array([-part.T @ whole[:, 0] for part, whole in zip(scaled, parts, strict=True)]),
            float(sum(part[:, 0] @ part[:, 0] for part in parts[:voters])),
            sum(2 * len(view.ids) - 6 for view in views[:voters]) - basis.shape[1],
            basis.shape[1],
            tuple(int(np.searchsorted(target.starts, view.ids[0], side="right")) - 1 for view in views),
            tuple(_moves(target, number, basis.shape[1]) for number in range(len(target.boards))),
        )

    def numbering(self, voters: int) -> Numbering:
        """The first `voters` views choose, the rest follow."""
        best, prior = self._climbed(voters)
        whole = self._sums(best)
        margins = [self._margin(whole, number, turn, prior) for number, turn in enumerate(best)]
        unsure = tuple(number for number, margin in enumerate(margins) if margin < CLEARLY)
        if 2 * len(unsure) >= voters or not self._gains(best, prior):
            return Numbering((0,) * len(self.boards))
        shift = self._shift(whole, prior)
        rest = [self._choice(number, shift) for number in range(voters, len(self.boards))]
        return Numbering(tuple(self._quarters([*best, *rest])), True, unsure)

    def _gains(self, best: Sequence[int], prior: float) -> bool:
        """Whether the best of so many assignments is better than the one that was found by more than chance."""
        found = self._sums([0] * len(best))
        gain = self._evidence(self._sums(best), prior) - max(self._evidence(found, one) for one in _PRIORS)
        return not any(best) or gain > CLEARLY + len(best) * np.log(2)

    def _quarters(self, chosen: Sequence[int]) -> Iterator[int]:
        quarters = [self.moves[board][turn].quarters for board, turn in zip(self.boards, chosen, strict=True)]
        first = {board: quarters[self.boards.index(board)] for board in self.boards}
        for board, turned in zip(self.boards, quarters, strict=True):
            yield (turned - first[board]) % 4

    def _climbed(self, voters: int) -> tuple[list[int], float]:
        """The best assignment that was found, and its prior."""
        tried = {self._followed(start) for start in self._starts(voters)}
        sums = {one: self._sums(one) for one in tried}
        scores = {(one, prior): self._evidence(sums[one], prior) for one in tried for prior in _PRIORS}
        start, prior = max(scores, key=lambda both: scores[both])
        best, whole = list(start), sums[start]
        for _ in range(_MOST_ROUNDS):
            before = list(best)
            for number in range(voters):
                best[number] = int(np.argmax(self._ways(whole, number, best[number], prior)))
                whole = whole if best[number] == before[number] else self._sums(best)
            if best == before:
                break
        return best, prior

    def _starts(self, voters: int) -> Iterator[tuple[int, ...]]:
        """As found; and as each of the views that tell most would number the others."""
        yield (0,) * voters
        shifts = [self._shift_alone(number) for number in range(voters)]
        told = [float(shift @ right) for shift, right in zip(shifts, self.right[:voters], strict=True)]
        for number in np.argsort(told)[::-1][:_MOST_STARTS]:
            yield tuple(self._choice(other, shifts[number]) for other in range(voters))

    def _shift_alone(self, number: int) -> Floats:
        """What one view says of the shape, the camera held."""
        at = slice(self.cameras, None)
        shift = np.zeros(self.normal.shape[1])
        prior = _FIRST * np.eye(len(shift) - self.cameras)
        shift[at] = np.linalg.solve(self.normal[number, at, at] + prior, self.right[number, at])
        return shift

    def _followed(self, start: tuple[int, ...]) -> tuple[int, ...]:
        """The shape from all views, and each view as it fits the shape, by turns."""
        chosen = start
        for _ in range(_MOST_ROUNDS):
            shift = self._shift(self._sums(chosen), _FIRST)
            again = tuple(self._choice(number, shift) for number in range(len(chosen)))
            if again == chosen:
                break
            chosen = again
        return chosen

    def _choice(self, number: int, shift: Floats) -> int:
        """The turn in which a view fits the shape best."""
        costs = []
        for move in self.moves[self.boards[number]]:
            moved = move.seen(shift)
            costs.append(float(moved @ self.normal[number] @ moved - 2 * self.right[number] @ moved))
        return int(np.argmin(costs))

    def _turned(self, number: int, turn: int) -> _Sums:
        return self.moves[self.boards[number]][turn].told(self.normal[number], self.right[number])

    def _sums(self, chosen: Sequence[int]) -> _Sums:
        """Normal equations of the views that choose."""
        turned = [self._turned(number, turn) for number, turn in enumerate(chosen)]
        normal, right = np.zeros(self.normal.shape[1:]), np.zeros(self.normal.shape[1])
        for one in turned:
            normal += one[0]
            right += one[1]
        return normal, right

    def _shift(self, sums: _Sums, prior: float) -> Floats:
        return np.asarray(np.linalg.solve(self._precise(sums[0], prior), sums[1]))

    def _precise(self, normal: Floats, prior: float) -> Floats:
        return np.asarray(normal + np.diag(np.where(np.arange(len(normal)) < self.cameras, 1e-12, prior)))

    def _evidence(self, sums: _Sums, prior: float) -> float:
        """Logarithm of the marginal likelihood, the variance profiled, up to a constant."""
        root = np.linalg.cholesky(self._precise(sums[0], prior))
        squares = max(self.squares - float(np.sum(np.linalg.solve(root, sums[1]) ** 2)), 1e-300)
        volume = 2 * float(np.log(np.diag(root)).sum())
        shifts = len(root) - self.cameras
        return float(-0.5 * self.count * np.log(squares) - 0.5 * volume + 0.5 * shifts * np.log(prior))

    def _ways(self, whole: _Sums, number: int, turn: int, prior: float) -> list[float]:
        """The evidence for each turn of one view that has been summed up with `turn`, the others as they are."""
        own = self._turned(number, turn)
        ways = (self._turned(number, way) for way in range(len(self.moves[self.boards[number]])))
        return [self._evidence((whole[0] - own[0] + way[0], whole[1] - own[1] + way[1]), prior) for way in ways]

    def _margin(self, whole: _Sums, number: int, turn: int, prior: float) -> float:
        """By how much any other turn of a view is less likely."""
        ways = self._ways(whole, number, turn, prior)
        return ways.pop(turn) - max(ways, default=-np.inf)


def _reduced(state: State, number: int, view: Observation, basis: Floats) -> Floats:
    """Error, and derivatives by camera and by all corners' shifts, of one view when its pose follows; 2N rows."""
    one = linearised(replace(state, poses=state.poses[number : number + 1]), [view])[0]
    by_point = (one.by_pose[:, 3:] @ cv2.Rodrigues(state.poses[number][:3])[0]).reshape(len(view.ids), 2, 3)
    by_shift = np.zeros((len(view.ids), 2, len(state.points), 3))
    by_shift[np.arange(len(view.ids)), :, view.ids] = by_point
    far = np.linalg.norm(one.error.reshape(-1, 2), axis=1)
    heard = np.repeat(far <= _WRONG * float(np.median(far)), 2)[:, None]
    whole = np.column_stack([one.error, one.by_camera @ basis, by_shift.reshape(len(one.error), -1)])
    return rest_of(heard * whole, heard * one.by_pose)


def _scale(parts: Sequence[Floats], cameras: int) -> Floats:
    """To unit diagonals: each of the camera's parameters over all views, shifts by what one view tells of one."""
    diagonal = np.array([np.einsum("ij,ij->j", part[:, 1:], part[:, 1:]) for part in parts])
    whole = diagonal.sum(axis=0)
    whole[cameras:] = np.median(diagonal[:, cameras:][diagonal[:, cameras:] > 0])
    return np.asarray(np.maximum(whole, 1e-300) ** -0.5)


def _moves(target: Target, number: int, cameras: int) -> tuple[_Move, ...]:
    found = []
    for turn in turns(target.boards[number]):
        places, signs = np.arange(cameras + 3 * len(target.corners)), np.ones(cameras + 3 * len(target.corners))
        axis = np.argmax(np.abs(turn.rotation), axis=0)
        start = cameras + 3 * target.starts[number]
        own = slice(start, start + 3 * len(turn.ids))
        places[own] = (start + 3 * turn.ids[:, None] + axis).ravel()
        signs[own] = np.tile(turn.rotation[axis, np.arange(3)], len(turn.ids))
        found.append(_Move(turn.quarters, places, signs))
    return tuple(found)
