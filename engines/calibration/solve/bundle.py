"""Robust bundle adjustment of a rig: lenses, places of the cameras, poses of the boards and, if wanted, their shape.

Levenberg-Marquardt on reweighted least squares; a step takes time linear in the frames, since the board poses are
eliminated. The loss bends at first far out and then nearer (graduated non-convexity: Black and Rangarajan, 1996), at
last at a few deviations of a corner, which are estimated from the residuals themselves. The covariance is that of the
M-estimator (Huber, "Robust Statistics", 1981, eq. 6.5 of chapter 7), not the inverse of the weighted equations alone,
and allows for errors that the corners of a view share (`views.py`).

It has converged when a full step would move it by less than a hundredth of its own uncertainty, or after many steps by
less than a tenth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from engines.calibration.solve.equations import (
    Bools,
    Floats,
    Freedom,
    RigState,
    System,
    Weighing,
    cost_of,
    equations,
    squares_of,
)
from engines.calibration.solve.losses import BELIEVED, RAYLEIGH, Losses
from engines.calibration.solve.sights import Sights
from engines.calibration.solve.views import shared_error
from engines.core.errors import Cancelled, WorkFailed
from engines.core.words import tr

MOST_STEPS = 100
MOST_ROUNDS = 40
_NARROWER = 4.0
_ROUND_STEPS = 3
"""The most steps before the loss is bent anew."""
_STAYS = 0.01
"""By which share the deviations may still change when rounds end."""
_STAND = 1e-4
"""Squared length of a full step, in deviations of what is solved for, that counts as standing in the optimum."""
_PATIENCE, _LOOSER = 20, 100.0
"""After so many steps, steps that are longer by so much count as standing: richer lenses leave valleys that bend."""
_EXACT = 1e-10
"""The same for plain least squares, which are cheap."""
_LEAST = 1e-4
_UNSEEN = 1e-14
"""Of the largest eigenvalue: what is smaller than rounding leaves of it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the solver stands. cost: robust, in squared deviations; outliers: corners beyond the loss's width."""

    step: int
    cost: float
    rms_px: float
    outliers: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Bundle:
    """A solution. deviations: of one coordinate of a corner in pixels, a camera. covariance: of the kept unknowns, in
    the order of `Freedom.columns` and then the free coordinates. steps: how it went. squares: of the distances in
    pixels, B x M for each of the sights. width: of the loss at the end. stopped: it was told to end where it stood."""

    state: RigState
    freedom: Freedom
    deviations: Floats
    covariance: Floats
    squares: tuple[Floats, ...]
    weights: tuple[Floats, ...]
    converged: bool
    steps: tuple[Progress, ...]
    width: float
    stopped: bool = False

    @property
    def believed(self) -> tuple[Bools, ...]:
        """Corners that were seen and fit, B x M for each of the sights."""
        return tuple(np.asarray(weights > BELIEVED) for weights in self.weights)

    def lens_covariance(self, camera: int) -> Floats:
        """P x P, of the camera's lens."""
        way, columns = self.freedom.ways[camera], self.freedom.columns[camera]
        lens = columns[: way.shape[1]]
        return np.asarray(way @ self.covariance[np.ix_(lens, lens)] @ way.T)


Told = Callable[[Progress, RigState], None]


def bundle(
    start: RigState,
    sights: Sequence[Sights],
    freedom: Freedom,
    loss: str = "geman",
    told: Told | None = None,
    near: bool = False,
) -> Bundle:
    """Minimise the robust reprojection error from `start`.

    told: after each accepted step; where it raises `Cancelled`, that step's state is the solution, and `stopped`. near:
    the start is near the solution, so that the loss need not begin wide. Raises `WorkFailed` when the numbers run away.
    """
    return _Solver(start, tuple(sights), freedom, Losses(loss), told).solved(near)


@dataclass(frozen=True, slots=True)
class Plain:
    """A solution by plain least squares. squares: weighted sum, pixels squared; inverse: of the common equations, which
    the variance of a residual makes a covariance."""

    state: RigState
    squares: float
    inverse: Floats
    converged: bool


def least_squares(start: RigState, sights: Sequence[Sights], freedom: Freedom) -> Plain:
    """Minimise the sum of squared distances from `start`. Raises `WorkFailed` when the numbers run away."""
    solver = _Solver(start, tuple(sights), freedom, Losses("linear"), None)
    weighing = Weighing(solver.loss, np.inf, solver._deviations(solver._squares()))
    solver._descend(weighing, MOST_STEPS, _EXACT)
    alike = replace(weighing, deviations=np.ones(len(start.lenses)))
    system = equations(solver.state, sights, alike, freedom)
    return Plain(solver.state, system.cost, _inverse(_reduced(system)), solver.stands)


class _Solver:
    def __init__(
        self, start: RigState, sights: tuple[Sights, ...], freedom: Freedom, loss: Losses, told: Told | None
    ) -> None:
        self.state, self.sights, self.freedom, self.loss, self.told = start, sights, freedom, loss, told
        self.steps: list[Progress] = []
        self.started = perf_counter()
        self.damping = 1e-4
        self.stands = self.stopped = False

    def solved(self, near: bool) -> Bundle:
        """Rounds of a few steps, the loss bent nearer and the deviations estimated anew, until both stay; then to the
        optimum."""
        squares = self._squares()
        deviations = self._deviations(squares)
        width = self.loss.width if near else self._farthest(squares, deviations)
        for _ in range(MOST_ROUNDS):
            width = max(width / _NARROWER, self.loss.width)
            self._descend(Weighing(self.loss, width, deviations), _ROUND_STEPS, self._loosely)
            squares, before = self._squares(), deviations
            deviations = self._deviations(squares)
            stays = width <= self.loss.width and np.abs(deviations / before - 1).max() < _STAYS
            if self.stopped or stays:
                break
            width = min(width * max(float((before / deviations).min()), 1.0), self._farthest(squares, deviations))
        weighing = Weighing(self.loss, self.loss.width, deviations)
        self._descend(weighing, MOST_STEPS, _STAND)
        return self._as_bundle(weighing)

    @property
    def _loosely(self) -> float:
        """How short a step ends a round: a deviation of each unknown; what is left after it is far less."""
        return float(self._unknown)

    @property
    def _unknown(self) -> int:
        return len(self.freedom.kept) + 6 * (len(self.state.boards) - len(self.freedom.held))

    def _descend(self, weighing: Weighing, most: int, stand: float) -> None:
        """Accepted steps until a full one is shorter than `stand` (in the long run a little longer), it is stopped, or
        `most` are done."""
        if self.stopped:
            return
        system = equations(self.state, self.sights, weighing, self.freedom)
        self._check(system.cost)
        for left in reversed(range(most)):
            tried = self._tried(system, weighing)
            if tried is None:
                self.stands = self._still(system)
                return
            step, self.state, cost = tried
            near = stand if most - left <= _PATIENCE else _LOOSER * stand
            self.stands = step.decrement < near and self.damping < 1e-2
            self.damping = max(self.damping * 0.1, 1e-12)
            self._tell(cost, weighing)
            if self.stands or self.stopped or not left:
                return
            system = equations(self.state, self.sights, weighing, self.freedom)

    def _tried(self, system: System, weighing: Weighing) -> tuple[_Step, RigState, float] | None:
        """The first step that does not raise the cost, the damping raised until it is found; None: there is none."""
        while True:
            step = _step(system, self.damping)
            trial = None if step is None else _moved(self.state, step, self.freedom)
            cost = np.inf if trial is None else cost_of(trial, self.sights, weighing, self.freedom)
            if step is not None and trial is not None and np.isfinite(cost) and cost <= system.cost * (1 + 1e-12):
                return step, trial, cost
            if self.damping > 1e8:
                return None
            self.damping = max(self.damping, 1e-8) * 10

    def _still(self, system: System) -> bool:
        step = _step(system, 1e-12)
        return step is not None and step.decrement < _LOOSER * _STAND

    def _tell(self, cost: float, weighing: Weighing) -> None:
        squares, far, count = 0.0, 0, 0
        if self.told is not None:
            for one in self.sights:
                there = one.trust > 0
                own = squares_of(self.state, one)[there]
                near = own <= (self.loss.width * weighing.deviations[one.camera]) ** 2
                squares, far, count = squares + own[near].sum(), far + int((~near).sum()), count + int(near.sum())
        rms = float(np.sqrt(squares / max(count, 1)))
        progress = Progress(len(self.steps) + 1, cost, rms, far, perf_counter() - self.started)
        self.steps.append(progress)
        if self.told is not None:
            try:
                self.told(progress, self.state)
            except Cancelled:
                self.stopped = True

    def _check(self, cost: float) -> None:
        if not np.isfinite(cost):
            hint = tr("Check the board's description and take views that several cameras share")
            raise WorkFailed(tr("The calibration of the rig ran away"), hint=hint)

    def _squares(self) -> list[Floats]:
        """Squared distances in pixels of the corners of each camera."""
        found: list[list[Floats]] = [[] for _ in self.state.lenses]
        for one in self.sights:
            found[one.camera].append(squares_of(self.state, one)[one.trust > 0])
        return [np.concatenate(parts) if parts else np.zeros(0) for parts in found]

    def _deviations(self, squares: Sequence[Floats]) -> Floats:
        """Of a coordinate in pixels, for each camera that of all: from the median distance, from the mean square where
        the loss is linear."""
        every = np.concatenate(squares)
        mean = self.loss.kind == "linear"
        common = np.sqrt(every.mean() / 2) if mean else np.sqrt(np.median(every)) / RAYLEIGH
        return np.full(len(squares), max(float(common), _LEAST))

    def _farthest(self, squares: Sequence[Floats], deviations: Floats) -> float:
        """Of all corners, in deviations; no nearer than the loss is to bend at last."""
        far = [float(np.sqrt(own.max())) / each for own, each in zip(squares, deviations, strict=True) if len(own)]
        return max(*far, self.loss.width) if np.isfinite(self.loss.width) else self.loss.width

    def _as_bundle(self, weighing: Weighing) -> Bundle:
        system = equations(self.state, self.sights, weighing, self.freedom)
        squares = tuple(squares_of(self.state, one) for one in self.sights)
        weights = tuple(
            self.loss.weights(own / weighing.deviations[one.camera] ** 2, weighing.width) * (one.trust > 0)
            for one, own in zip(self.sights, squares, strict=True)
        )
        spread = self._spread(squares, weighing)
        shared = shared_error(self.state, self.sights, weighing, self.freedom, system, spread.variance)
        covariance = _inverse(_reduced(system)) * spread.factor * shared
        return Bundle(
            self.state, self.freedom, weighing.deviations, covariance, squares, weights,
            self.stands and not self.stopped, tuple(self.steps), weighing.width, self.stopped,
        )  # fmt: skip

    def _spread(self, squares: Sequence[Floats], weighing: Weighing) -> _Spread:
        """Of corners that are independent of one another."""
        own = np.concatenate(
            [
                each[one.trust > 0] / weighing.deviations[one.camera] ** 2
                for one, each in zip(self.sights, squares, strict=True)
            ]
        )
        weights, stiff = self.loss.weights(own, weighing.width), self.loss.stiffness(own, weighing.width)
        left = max(2 * len(own) - self._unknown, 1)
        pull = float((weights**2 * own).sum()) / left
        trust = float(weights.mean())
        return _Spread(pull * trust / max(float(stiff.mean()), 1e-3) ** 2, pull / max(trust, 1e-300))


@dataclass(frozen=True, slots=True)
class _Spread:
    """factor: what the inverse of the weighted equations is to be multiplied by for the M-estimator's covariance.
    variance: of a believed residual, in squared deviations."""

    factor: float
    variance: float


@dataclass(frozen=True, slots=True)
class _Step:
    """common (N) and boards (G x 6). decrement: squared length of the step in deviations of what is solved for."""

    common: Floats
    boards: Floats
    decrement: float


def _step(system: System, damping: float) -> _Step | None:
    """None when the equations cannot be solved at this damping."""
    try:
        inverse = system.poses_inverse(damping)
        by_common = system.coupling @ inverse
        reduced = system.common + damping * np.diag(np.diag(system.common))
        reduced = reduced - _product(by_common, system.coupling)
        right = system.right - np.einsum("gni,gi->n", by_common, system.pose_right)
        common = _solve_scaled(reduced, right) if len(right) else right
    except np.linalg.LinAlgError:
        return None
    boards = np.einsum("gij,gj->gi", inverse, system.pose_right) - np.einsum("gni,n->gi", by_common, common)
    decrement = float(common @ system.right + (boards * system.pose_right).sum())
    return _Step(common, boards, decrement)


def _product(a: Floats, b: Floats) -> Floats:
    """The sum over g of a[g] @ b[g].T, as one matrix product."""
    groups, count, _ = a.shape
    flat = (count, 6 * groups)
    return np.asarray(a.transpose(1, 0, 2).reshape(flat) @ b.transpose(1, 0, 2).reshape(flat).T)


def _solve_scaled(matrix: Floats, right: Floats) -> Floats:
    scale = 1 / np.sqrt(np.maximum(np.diag(matrix), 1e-300))
    return np.asarray(scale * np.linalg.solve(matrix * np.outer(scale, scale), right * scale))


def _moved(state: RigState, step: _Step, freedom: Freedom) -> RigState:
    lenses, places = [], np.zeros((len(state.places), 6))
    for number, (lens, way) in enumerate(zip(state.lenses, freedom.ways, strict=True)):
        columns = freedom.columns[number]
        count = way.shape[1]
        lenses.append(lens + way @ step.common[columns[:count]])
        if freedom.movable[number]:
            places[number] = step.common[columns[count:]]
    points = state.points
    if freedom.free is not None:
        points = points.copy()
        points[freedom.free] += step.common[freedom.cameras :]
    return replace(
        state, lenses=tuple(lenses), places=state.places.moved(places), boards=state.boards.moved(step.boards),
        points=points,
    )  # fmt: skip


def _reduced(system: System) -> Floats:
    """The common equations with the board poses eliminated."""
    return system.common - _product(system.coupling @ system.poses_inverse(), system.coupling)


def _inverse(matrix: Floats) -> Floats:
    """Huge, not zero, along what the pictures say nothing of."""
    if not matrix.size:
        return matrix
    scale = 1 / np.sqrt(np.maximum(np.diag(matrix), 1e-300))
    values, ways = np.linalg.eigh(matrix * np.outer(scale, scale))
    inverse = (ways / np.maximum(values, _UNSEEN * values[-1])) @ ways.T
    return np.asarray(inverse * np.outer(scale, scale))
