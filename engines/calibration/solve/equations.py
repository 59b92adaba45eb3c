"""Normal equations of a rig: summed view by view in small blocks, the board poses eliminated (Schur complement).

A view's residuals know its camera, one pose and the corners. With the pose of the board in the camera's own
coordinates, y = camera after board, the derivatives by y are summed once, and those by the camera's place and by the
board's pose follow from them as 6 x 6 matrices (the adjoints of the motions).
Triggs et al., "Bundle adjustment: a modern synthesis" (1999).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engines.calibration.solve.losses import Losses
from engines.calibration.solve.motions import Motions, cross_matrices
from engines.calibration.solve.projecting import project_seen, project_seen_with_derivatives
from engines.calibration.solve.sights import Sights
from engines.core.lenses import ModelName

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
BEHIND = 1e4
"""Pixels that a corner behind its camera is said to be off."""


@dataclass(frozen=True, slots=True)
class RigState:
    """What is solved for.

    models, lenses: of each camera; a lens is fx, fy, cx, cy, then the distortion. places: rig to camera, one a camera.
    boards: board to rig, one a group (a board in a frame). points: the target's corners, M x 3 metres.
    """

    models: tuple[ModelName, ...]
    lenses: tuple[Floats, ...]
    places: Motions
    boards: Motions
    points: Floats

    def seen(self, sights: Sights) -> Floats:
        """The corners in the camera's coordinates, B x M x 3."""
        return self.places[sights.camera].after(self.boards[sights.groups]).apply(self.points[sights.part])


@dataclass(frozen=True, slots=True)
class Prior:
    """What is known of a lens beforehand: its values and P x P information (inverse covariance)."""

    lens: Floats
    information: Floats


@dataclass(frozen=True)
class Freedom:
    """What may move.

    ways: of each camera's P parameters the directions that are free, P x F. movable: cameras whose place is solved.
    held: groups whose pose is kept. free: M x 3 coordinates that are solved, None for a board as printed. shared: one
    lens for all. priors: of lenses, None where there is none.
    """

    ways: tuple[Floats, ...]
    movable: tuple[bool, ...]
    held: tuple[int, ...] = ()
    free: Bools | None = None
    shared: bool = False
    priors: tuple[Prior | None, ...] = ()

    @cached_property
    def columns(self) -> tuple[NDArray[np.int64], ...]:
        """Of each camera: where its free lens directions and its place are among the unknowns."""
        found, start = [], 0
        lens = np.arange(0)
        for number, (way, movable) in enumerate(zip(self.ways, self.movable, strict=True)):
            if not self.shared or number == 0:
                lens = start + np.arange(way.shape[1])
                start += way.shape[1]
            place = start + np.arange(6 if movable else 0)
            start += len(place)
            found.append(np.concatenate([lens, place]).astype(np.int64))
        return tuple(found)

    @cached_property
    def cameras(self) -> int:
        """How many unknowns the cameras have."""
        return max((int(columns.max()) + 1 for columns in self.columns if len(columns)), default=0)

    @cached_property
    def kept(self) -> NDArray[np.int64]:
        """Which of the cameras' unknowns and of all coordinates are solved for."""
        cameras = np.arange(self.cameras)
        return cameras if self.free is None else np.concatenate([cameras, self.cameras + np.flatnonzero(self.free)])


@dataclass(frozen=True, slots=True)
class System:
    """common (N x N), right (N): cameras and corners. pose (G x 6 x 6), pose_right (G x 6); coupling (G x N x 6).

    cost: the robust one, in squared deviations.
    """

    common: Floats
    right: Floats
    pose: Floats
    pose_right: Floats
    coupling: Floats
    cost: float


@dataclass(frozen=True, slots=True)
class Weighing:
    """How corners are believed: the loss, its width, and each camera's deviation of a coordinate in pixels."""

    loss: Losses
    width: float
    deviations: Floats


def squares_of(state: RigState, sights: Sights) -> Floats:
    """Squared distances in pixels, B x M; 0 where a corner was not seen."""
    seen = state.seen(sights)
    there = sights.trust > 0
    image = project_seen(state.models[sights.camera], state.lenses[sights.camera], seen[there])
    error = np.sum((image - sights.corners[there]) ** 2, axis=1)
    squares = np.zeros(there.shape)
    squares[there] = np.where(seen[there][:, 2] > 0, error, BEHIND**2) if _ahead(state, sights) else error
    return squares


def _ahead(state: RigState, sights: Sights) -> bool:
    return state.models[sights.camera] != "fisheye4"


def cost_of(state: RigState, sights: Sequence[Sights], weighing: Weighing, freedom: Freedom) -> float:
    """The robust cost in squared deviations, priors included."""
    total = 0.0
    for one in sights:
        squares = squares_of(state, one) / weighing.deviations[one.camera] ** 2
        total += float((one.trust * weighing.loss.cost(squares, weighing.width)).sum())
    return total + sum(
        float((lens - prior.lens) @ prior.information @ (lens - prior.lens))
        for lens, prior in zip(state.lenses, freedom.priors, strict=False)
        if prior is not None
    )


def equations(state: RigState, sights: Sequence[Sights], weighing: Weighing, freedom: Freedom) -> System:
    """The normal equations at a state, of the loss linearised by its weights there."""
    sums = _Sums(state, freedom)
    for one in sights:
        sums.add(one, weighing)
    sums.add_priors()
    return sums.system


@dataclass
class _Sums:
    state: RigState
    freedom: Freedom
    common: Floats = field(init=False)
    cost: float = 0.0

    def __post_init__(self) -> None:
        wanted = self.freedom.cameras + (0 if self.freedom.free is None else self.freedom.free.size)
        groups = len(self.state.boards)
        self.common, self.right = np.zeros((wanted, wanted)), np.zeros(wanted)
        self.pose, self.pose_right = np.zeros((groups, 6, 6)), np.zeros((groups, 6))
        self.coupling = np.zeros((groups, wanted, 6))

    def add(self, sights: Sights, weighing: Weighing) -> None:
        """One camera's views of one board."""
        state, camera, groups = self.state, sights.camera, sights.groups
        way, columns = self.freedom.ways[camera], self.freedom.columns[camera]
        local = _locally(state, sights, weighing, way)
        self.cost += local.cost
        lenses = way.shape[1]
        by_place, by_board = _adjoints(state, sights)
        chain = _chain(lenses, by_place if self.freedom.movable[camera] else None, by_board)
        whole = chain.mT @ local.squares[:, :-1, :-1] @ chain
        right = -np.einsum("bki,bk->bi", chain, local.squares[:, :-1, -1])
        count = len(columns)
        self.common[np.ix_(columns, columns)] += whole[:, :count, :count].sum(axis=0)
        self.right[columns] += right[:, :count].sum(axis=0)
        self.pose[groups] += whole[:, count:, count:]
        self.pose_right[groups] += right[:, count:]
        self.coupling[groups[:, None], columns[None, :]] += whole[:, :count, count:]
        if self.freedom.free is not None:
            self._add_points(sights, local, chain, count)

    def _add_points(self, sights: Sights, local: _Local, chain: Floats, count: int) -> None:
        """The part of the corners, which move their own two residuals as the board's shift does."""
        columns, part = self.freedom.columns[sights.camera], sights.part
        turn = self.state.places.turns[sights.camera] @ self.state.boards.turns[sights.groups]
        by_point = local.by_shift @ turn[:, None]
        back = by_point.mT
        rows = self.freedom.cameras + 3 * np.arange(part.start, part.stop)[:, None] + np.arange(3)
        self.common[rows[:, :, None], rows[:, None, :]] += (back @ by_point).sum(axis=0)
        self.right[rows] -= (back @ local.error[..., None])[..., 0].sum(axis=0)
        mixed = (back @ local.rows) @ chain[:, None]
        self.coupling[sights.groups[:, None, None], rows[None]] += mixed[..., count:]
        cameras = mixed[..., :count].sum(axis=0)
        self.common[rows[:, :, None], columns[None, None, :]] += cameras
        self.common[columns[None, :, None], rows[:, None, :]] += cameras.mT

    def add_priors(self) -> None:
        for number, prior in enumerate(self.freedom.priors):
            if prior is None:
                continue
            way, columns = self.freedom.ways[number], self.freedom.columns[number]
            lens = columns[: way.shape[1]]
            off = self.state.lenses[number] - prior.lens
            self.common[np.ix_(lens, lens)] += way.T @ prior.information @ way
            self.right[lens] -= way.T @ prior.information @ off
            self.cost += float(off @ prior.information @ off)

    @property
    def system(self) -> System:
        kept = self.freedom.kept
        for group in self.freedom.held:
            self.pose[group], self.pose_right[group], self.coupling[group] = np.eye(6), 0.0, 0.0
        if self.freedom.free is None:
            return System(self.common, self.right, self.pose, self.pose_right, self.coupling, self.cost)
        return System(
            self.common[np.ix_(kept, kept)], self.right[kept], self.pose, self.pose_right, self.coupling[:, kept],
            self.cost,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Local:
    """Weighted, of B views of M corners: rows (B x M x 2 x (F + 6)) by lens and pose in the camera's coordinates,
    error (B x M x 2), squares (B x (F + 7) x (F + 7)) of both together; by_shift: the rows by the shift."""

    rows: Floats
    error: Floats
    squares: Floats
    cost: float

    @property
    def by_shift(self) -> Floats:
        return self.rows[..., -3:]


def _locally(state: RigState, sights: Sights, weighing: Weighing, way: Floats) -> _Local:
    camera = sights.camera
    pose = state.places[camera].after(state.boards[sights.groups])
    turned = state.points[sights.part] @ pose.turns.mT
    there = sights.trust > 0
    arm = turned[there]
    seen = arm + np.broadcast_to(pose.shifts[:, None], turned.shape)[there]
    image, by_point, by_lens = project_seen_with_derivatives(state.models[camera], state.lenses[camera], seen)
    error = image - sights.corners[there]
    squares = np.sum(error**2, axis=1)
    if _ahead(state, sights):
        behind = seen[:, 2] <= 0
        squares = np.where(behind, BEHIND**2, squares)
        by_point, by_lens = (
            np.where(behind[:, None, None], 0.0, by_point),
            np.where(behind[:, None, None], 0.0, by_lens),
        )
    squares = squares / weighing.deviations[camera] ** 2
    trust = sights.trust[there]
    root = np.sqrt(trust * weighing.loss.weights(squares, weighing.width)) / weighing.deviations[camera]
    lenses = way.shape[1]
    full = np.zeros((*there.shape, 2, lenses + 7))
    few = np.empty((len(root), 2, lenses + 7))
    if lenses:
        few[..., :lenses] = by_lens @ way
    few[..., lenses : lenses + 3] = np.cross(arm[:, None, :], by_point)
    few[..., lenses + 3 : lenses + 6] = by_point
    few[..., -1] = error
    few *= root[:, None, None]
    full[there] = few
    flat = full.reshape(len(sights.groups), -1, lenses + 7)
    cost = float((trust * weighing.loss.cost(squares, weighing.width)).sum())
    return _Local(full[..., :-1], full[..., -1], flat.mT @ flat, cost)


def _adjoints(state: RigState, sights: Sights) -> tuple[Floats, Floats]:
    """How a step of the camera's place, and one of the board's pose, move the pose in the camera: B x 6 x 6 each."""
    turn = state.places.turns[sights.camera]
    count = len(sights.groups)
    by_place = np.repeat(np.eye(6)[None], count, axis=0)
    by_place[:, 3:, :3] = -cross_matrices(state.boards.shifts[sights.groups] @ turn.T)
    by_board = np.zeros((count, 6, 6))
    by_board[:, :3, :3] = by_board[:, 3:, 3:] = turn
    return by_place, by_board


def _chain(lenses: int, by_place: Floats | None, by_board: Floats) -> Floats:
    """From steps of lens, place and board to those of lens and pose in the camera: B x (F + 6) x (F + 6 or 0 + 6)."""
    places = 0 if by_place is None else 6
    chain = np.zeros((len(by_board), lenses + 6, lenses + places + 6))
    chain[:, :lenses, :lenses] = np.eye(lenses)
    if by_place is not None:
        chain[:, lenses:, lenses : lenses + 6] = by_place
    chain[:, lenses:, lenses + places :] = by_board
    return chain
