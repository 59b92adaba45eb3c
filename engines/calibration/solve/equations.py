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
from engines.calibration.solve.rows import project_views, project_views_with_rows
from engines.calibration.solve.sights import Sights
from engines.core.lenses import ModelName

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
BEHIND = 1e4
"""Pixels that a corner behind its camera is said to be off."""
_AHEAD = np.array([0.0, 0.0, 1.0])[:, None, None]


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

    def seen(self, sights: Sights) -> tuple[Floats, Floats]:
        """The corners in the camera's coordinates, 3 x B x M: turned only, and where they are."""
        pose = self.places[sights.camera].after(self.boards[sights.groups])
        turns = pose.turns.transpose(1, 0, 2).reshape(-1, 3)
        turned = (turns @ self.points[sights.part].T).reshape(3, len(sights.groups), -1)
        return turned, turned + pose.shifts.T[:, :, None]


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

    def poses_inverse(self, damping: float = 0.0) -> Floats:
        """Inverses of the pose blocks, G x 6 x 6; a block that nothing was seen of has one, too."""
        diagonal = np.einsum("gii->gi", self.pose)
        least = 1e-12 * diagonal.max(axis=1, keepdims=True) + 1e-300
        return np.asarray(np.linalg.inv(self.pose + np.eye(6) * (damping * diagonal + least)[:, :, None]))


@dataclass(frozen=True, slots=True)
class Weighing:
    """How corners are believed: the loss, its width, and each camera's deviation of a coordinate in pixels."""

    loss: Losses
    width: float
    deviations: Floats


def squares_of(state: RigState, sights: Sights) -> Floats:
    """Squared distances in pixels, B x M; 0 where a corner was not seen."""
    seen, good = _usable(state, sights, state.seen(sights)[1])
    image = project_views(state.models[sights.camera], state.lenses[sights.camera], seen)
    return _squares(image - sights.corners.mT, good, sights)


def _usable(state: RigState, sights: Sights, seen: Floats) -> tuple[Floats, Bools]:
    """The points, those that cannot be projected or were not seen replaced by one that can; and which are usable."""
    good = sights.trust > 0
    if state.models[sights.camera] != "fisheye4":
        good &= seen[2] > 0
    return (seen if good.all() else np.where(good, seen, _AHEAD)), good


def _squares(error: Floats, good: Bools, sights: Sights) -> Floats:
    """Of B x 2 x M errors, B x M."""
    squares = error[:, 0] ** 2 + error[:, 1] ** 2
    return squares if good.all() else np.where(good, squares, np.where(sights.trust > 0, BEHIND**2, 0.0))


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
        groups, columns = sights.groups, self.freedom.columns[sights.camera]
        local, chain = _chained(self.state, sights, weighing, self.freedom)
        self.cost += local.cost
        whole, right = _view_sums(local, chain)
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
        squares, mixed, right = _of_points(local, self._turns(sights), chain)
        rows = self.freedom.cameras + 3 * np.arange(part.start, part.stop) + np.arange(3)[:, None]
        cameras = mixed[..., :count].sum(axis=0)
        self.common[rows[:, None], rows[None]] += squares
        self.right[rows] -= right
        self.common[rows[..., None], columns] += cameras
        self.common[columns[:, None, None], rows] += np.moveaxis(cameras, -1, 0)
        for axis in range(3):
            own = slice(rows[axis, 0], rows[axis, -1] + 1, 3)
            self.coupling[sights.groups, own] += mixed[:, axis, :, count:]

    def _turns(self, sights: Sights) -> Floats:
        return np.asarray(self.state.places.turns[sights.camera] @ self.state.boards.turns[sights.groups])

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


def view_sums(state: RigState, sights: Sights, weighing: Weighing, freedom: Freedom) -> tuple[Floats, Floats]:
    """Each of B views' own equations, B x (K + 6) x (K + 6), and right sides, B x (K + 6): by the camera's K columns
    and the board's pose."""
    return _view_sums(*_chained(state, sights, weighing, freedom))


def _view_sums(local: _Local, chain: Floats) -> tuple[Floats, Floats]:
    right = -np.einsum("bki,bk->bi", chain, local.squares[:, :-1, -1])
    return chain.mT @ local.squares[:, :-1, :-1] @ chain, right


def _chained(state: RigState, sights: Sights, weighing: Weighing, freedom: Freedom) -> tuple[_Local, Floats]:
    way = freedom.ways[sights.camera]
    by_place, by_board = _adjoints(state, sights)
    chain = _chain(way.shape[1], by_place if freedom.movable[sights.camera] else None, by_board)
    return _locally(state, sights, weighing, way), chain


@dataclass(frozen=True, slots=True)
class _Local:
    """rows: (F + 7) x B x 2 x M, weighted: derivatives by lens, turn and shift in the camera's coordinates, then the
    error. squares: B x (F + 7) x (F + 7), their products summed over a view."""

    rows: Floats
    squares: Floats
    cost: float


def _locally(state: RigState, sights: Sights, weighing: Weighing, way: Floats) -> _Local:
    camera, lenses = sights.camera, way.shape[1]
    turned, seen = state.seen(sights)
    seen, good = _usable(state, sights, seen)
    rows = np.empty((lenses + 7, *good.shape[:1], 2, *good.shape[1:]))
    shift = rows[lenses + 3 : -1]
    image = _lens_rows(state, camera, seen, way, rows[:lenses], shift)
    _turn_rows(turned, shift, rows[lenses : lenses + 3])
    np.subtract(image, sights.corners.mT, out=rows[-1])
    squares = _squares(rows[-1], good, sights) / weighing.deviations[camera] ** 2
    weights = sights.trust * weighing.loss.weights(squares, weighing.width)
    rows *= (np.sqrt(np.where(good, weights, 0.0)) / weighing.deviations[camera])[:, None]
    flat = rows.reshape(len(rows), len(good), -1).transpose(1, 0, 2)
    return _Local(rows, flat @ flat.mT, float((sights.trust * weighing.loss.cost(squares, weighing.width)).sum()))


def _lens_rows(state: RigState, camera: int, seen: Floats, way: Floats, lens: Floats, shift: Floats) -> Floats:
    """Fills the rows by the lens's free directions and by the point; the image."""
    model, values = state.models[camera], state.lenses[camera]
    if not len(lens):
        return project_views_with_rows(model, values, seen, None, shift)
    if way.shape[0] == way.shape[1] and np.array_equal(way, np.eye(len(way))):
        return project_views_with_rows(model, values, seen, lens, shift)
    whole = np.empty((len(way), *lens.shape[1:]))
    image = project_views_with_rows(model, values, seen, whole, shift)
    np.matmul(way.T, whole.reshape(len(way), -1), out=lens.reshape(len(lens), -1))
    return image


def _turn_rows(turned: Floats, shift: Floats, rows: Floats) -> None:
    """A turn moves a point across it: the rows by the shift crossed with the turned point."""
    x, y, z = turned[:, :, None]
    rows[0] = y * shift[2] - z * shift[1]
    rows[1] = z * shift[0] - x * shift[2]
    rows[2] = x * shift[1] - y * shift[0]


def _of_points(local: _Local, turns: Floats, chain: Floats) -> tuple[Floats, Floats, Floats]:
    """Products of the rows by the corners: with themselves, 3 x 3 x M; with the chained rows, B x 3 x M x C; with the
    error, 3 x M."""
    rows, views, count = local.rows, len(turns), local.rows.shape[-1]
    by_point = np.einsum("kbcm,bki->ibcm", rows[-4:-1], turns)
    squares = np.einsum("ibcm,jbcm->ijm", by_point, by_point)
    products = np.empty((len(rows), views, 3, count))
    for axis, one in enumerate(by_point):
        np.einsum("rbcm,bcm->rbm", rows, one, out=products[:, :, axis])
    flat = products[:-1].reshape(len(rows) - 1, views, -1).transpose(1, 2, 0)
    return squares, (flat @ chain).reshape(views, 3, count, -1), products[-1].sum(axis=0)


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
