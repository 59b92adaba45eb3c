"""Numbers points that lie on a board's lattice, however it is turned, tilted or bent by a lens.

From a point with even neighbours the lattice grows step by step, each step told by the ones beside it. Its axes may
come out skewed (a tilt makes diagonals short), so all small changes of basis are tried, and one counts that lays the
points onto the board's grid without a gap and without a choice.
"""

from __future__ import annotations

from collections import deque
from itertools import product

import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets.detection import Floats
from engines.core.boards import Board

Place = tuple[int, int]

_SEEDS = 8
_NEAR = 8
_TOLERANCE = 0.3
_ALIKE = 2.5
"""Areas of neighbours differ by less than this factor."""
_STEPS: tuple[Place, ...] = ((1, 0), (-1, 0), (0, 1), (0, -1))


def numbered(points: Floats, areas: Floats, board: Board) -> NDArray[np.int64] | None:
    """Which point is which of the board's corners: indices in the order of `Board.corners`; None: they are not there.

    Seen from the front. More points than the board has are refused where it fits in more than one place.
    """
    if len(points) < board.corner_count:
        return None
    apart = np.linalg.norm(points[None] - points[:, None], axis=2)
    np.fill_diagonal(apart, np.inf)
    near = np.argsort(apart, axis=1)[:, :_NEAR]
    tried: set[int] = set()
    for seed in _seeds(points, near):
        if seed in tried:
            continue
        lattice = _grown(points, areas, near, seed)
        tried |= set(lattice.values())
        found = _laid(lattice, points, board) if len(lattice) >= board.corner_count else None
        if found is not None:
            return found
        if len(tried) > _SEEDS * board.corner_count:
            break
    return None


def _seeds(points: Floats, near: NDArray[np.int64]) -> list[int]:
    """Points whose neighbours lie opposite one another, the most even first."""
    step = points[near[:, :6]] - points[:, None]
    length = np.linalg.norm(step, axis=2)
    off = np.linalg.norm(step[:, :, None] + step[:, None], axis=3) / np.minimum(length[:, :, None], length[:, None])
    pairs = np.sort(off.reshape(len(points), -1), axis=1)[:, :4:2].sum(axis=1)
    return [int(number) for number in np.argsort(pairs)[: 3 * _SEEDS]]


def _grown(points: Floats, areas: Floats, near: NDArray[np.int64], seed: int) -> dict[Place, int]:
    """Lattice places around the seed and the points on them."""
    basis = _basis(points, near, seed)
    if basis is None:
        return {}
    lattice, used = {(0, 0): seed}, {seed}
    steps: dict[Place, Floats] = {(0, 0): basis}
    queue: deque[Place] = deque([(0, 0)])
    while queue:
        place = queue.popleft()
        here = lattice[place]
        local = _local(points, lattice, place, steps[place])
        for step in _STEPS:
            other = place[0] + step[0], place[1] + step[1]
            if other in lattice:
                continue
            wanted = points[here] + _step(points, lattice, place, step, local)
            off = np.linalg.norm(points - wanted, axis=1)
            best = int(off.argmin())
            reach = _TOLERANCE * float(np.linalg.norm(local, axis=1).min())
            ratio = areas[best] / areas[here]
            if off[best] < reach and best not in used and 1 / _ALIKE < ratio < _ALIKE:
                lattice[other], steps[other] = best, local
                used.add(best)
                queue.append(other)
    return lattice


def _basis(points: Floats, near: NDArray[np.int64], seed: int) -> Floats | None:
    """The two shortest steps from the seed that are not on one line, the second clockwise from the first, 2 x 2."""
    step = points[near[seed]] - points[seed]
    first = step[0]
    for second in step[1:]:
        turn = float(first[0] * second[1] - first[1] * second[0])
        if abs(turn) > 0.35 * np.linalg.norm(first) * np.linalg.norm(second):
            return np.stack([first, second if turn > 0 else -second])
    return None


def _step(points: Floats, lattice: dict[Place, int], place: Place, step: Place, local: Floats) -> Floats:
    """How far on the next point is: as the last two steps go on, where they are known."""
    behind = [lattice.get((place[0] - n * step[0], place[1] - n * step[1])) for n in (1, 2)]
    if behind[0] is None or behind[1] is None:
        return np.asarray(np.array(step) @ local, dtype=np.float64)
    here, last, first = points[lattice[place]], points[behind[0]], points[behind[1]]
    return np.asarray(2 * (here - last) - (last - first), dtype=np.float64)


def _local(points: Floats, lattice: dict[Place, int], place: Place, told: Floats) -> Floats:
    """The two steps at a place, measured where a neighbour is known, else as the place was reached."""
    steps = told.copy()
    for axis, step in enumerate(((1, 0), (0, 1))):
        ends = [lattice.get((place[0] + sign * step[0], place[1] + sign * step[1])) for sign in (1, -1)]
        known = [
            sign * (points[end] - points[lattice[place]])
            for sign, end in zip((1, -1), ends, strict=True)
            if end is not None
        ]
        if known:
            steps[axis] = np.mean(known, axis=0)
    return steps


def _laid(lattice: dict[Place, int], points: Floats, board: Board) -> NDArray[np.int64] | None:
    """The points in the board's order, its first one nearest to the picture's top left where there is a choice."""
    places, index = np.array(list(lattice)), np.array(list(lattice.values()))
    grid = np.rint(board.corners[:, :2] / board.square).astype(np.int64)
    ways = [
        way
        for change in _changes(board.kind == "acircles")
        if (way := _placed(places @ change, index, grid)) is not None
    ]
    return min(ways, key=lambda way: float(points[way[0]].sum()), default=None)


def _placed(places: NDArray[np.int64], index: NDArray[np.int64], grid: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """The points on the grid if it fits between these places in exactly one way."""
    places = places - places.min(axis=0)
    room = places.max(axis=0) - grid.max(axis=0)
    if (room < 0).any() or room.max() > 4:
        return None
    taken = np.full(places.max(axis=0) + 1, -1)
    taken[places[:, 0], places[:, 1]] = index
    shifts = product(range(int(room[0]) + 1), range(int(room[1]) + 1))
    ways = [way for shift in shifts if (way := taken[tuple((grid + shift).T)]).min() >= 0]
    return ways[0] if len(ways) == 1 else None


def _changes(asymmetric: bool) -> list[NDArray[np.int64]]:
    """From a lattice's basis to the grid's, 2 x 2 matrices that keep the sense of rotation and the density."""
    around = [np.array(way) for way in product((-1, 0, 1), repeat=2) if any(way)]
    if asymmetric:
        around = [np.array([a + b, a - b]) for a, b in around]
    density = 2 if asymmetric else 1
    return [np.stack([a, b]) for a, b in product(around, around) if a[0] * b[1] - a[1] * b[0] == density]
