"""The rig's normal equations: their right side is the slope of the cost, for every unknown and sort of freedom."""

from dataclasses import replace

import numpy as np
import pytest

from engines.calibration.solve.equations import Freedom, Prior, RigState, Weighing, cost_of, equations
from engines.calibration.solve.losses import Losses
from workbench.benchmarks.calibration.rig_ours import Given, given
from workbench.benchmarks.calibration.rig_problem import made

WEIGHING = Weighing(Losses("geman"), 5.0, np.array([0.3, 0.2, 0.4, 0.25]))


@pytest.fixture(scope="module")
def task() -> Given:
    """Near the truth, so that most corners are believed."""
    problem = made(4, bow=0.0005)
    near = {}
    for name in ("cameras", "places", "boards"):
        truth, start = getattr(problem.truth, name), getattr(problem.start, name)
        near[name] = truth + 0.005 * (start - truth)
    return given(replace(problem, start=replace(problem.start, **near)), free_board=True)


def moved(state: RigState, freedom: Freedom, common: np.ndarray, boards: np.ndarray) -> RigState:
    """By small steps, written out unknown by unknown."""
    places, lenses = np.zeros((len(state.places), 6)), []
    for number, (lens, way) in enumerate(zip(state.lenses, freedom.ways, strict=True)):
        columns = freedom.columns[number]
        lenses.append(lens + way @ common[columns[: way.shape[1]]])
        if freedom.movable[number]:
            places[number] = common[columns[way.shape[1] :]]
    points = state.points.copy()
    if freedom.free is not None:
        points[freedom.free] += common[freedom.cameras :]
    return replace(
        state,
        lenses=tuple(lenses),
        places=state.places.moved(places),
        boards=state.boards.moved(boards),
        points=points,
    )


def freedoms(full: Freedom, state: RigState) -> dict[str, Freedom]:
    few = np.delete(np.eye(9), [0, 1], axis=1)
    tied = np.hstack([np.eye(9)[:, :1] + np.eye(9)[:, 1:2], few])
    prior = Prior(state.lenses[1] + 1.0, np.diag(np.linspace(0.5, 2, 9)))
    return {
        "all": full,
        "flat board": replace(full, free=None),
        "no lenses": replace(full, free=None, ways=(np.zeros((9, 0)),) * 4),
        "one lens": replace(full, free=None, shared=True),
        "tied focal lengths": replace(full, free=None, ways=(tied,) * 4),
        "a prior": replace(full, free=None, priors=(None, prior, None, None)),
        "a board that is held": replace(full, free=None, movable=(True,) * 4, held=(2,)),
    }


@pytest.mark.parametrize(
    "name", ["all", "flat board", "no lenses", "one lens", "tied focal lengths", "a prior", "a board that is held"]
)
@pytest.mark.parametrize("loss", ["geman", "huber", "linear"])
def test_the_right_side_is_the_slope_of_the_cost(task: Given, name: str, loss: str):
    state, freedom = task.start, freedoms(task.freedom, task.start)[name]
    if freedom.shared:
        state = replace(state, lenses=(state.lenses[0],) * 4)
    weighing = replace(WEIGHING, loss=Losses(loss))
    system = equations(state, task.sights, weighing, freedom)
    assert system.cost == pytest.approx(cost_of(state, task.sights, weighing, freedom), rel=1e-12)
    rng = np.random.default_rng(5)
    scale = 1 / np.sqrt(np.diag(system.common))
    for _ in range(4):
        common = rng.normal(size=len(scale)) * scale
        boards = rng.normal(size=(4, 6)) / np.sqrt(np.einsum("gii->gi", system.pose))
        boards[list(freedom.held)] = 0.0
        step = 1e-5
        ahead, behind = (
            cost_of(moved(state, freedom, sign * common, sign * boards), task.sights, weighing, freedom)
            for sign in (step, -step)
        )
        slope = -2 * (system.right @ common + (system.pose_right * boards).sum())
        assert (ahead - behind) / (2 * step) == pytest.approx(slope, rel=2e-4, abs=0.02)


def test_corners_that_were_not_seen_say_nothing(task: Given):
    hidden = [replace(one, trust=np.where(np.arange(one.trust.shape[1]) < 20, one.trust, 0.0)) for one in task.sights]
    spoiled = [replace(one, corners=np.where(one.trust[..., None] > 0, one.corners, 1e5)) for one in hidden]
    freedom = replace(task.freedom, free=None)
    one, other = (equations(task.start, sights, WEIGHING, freedom) for sights in (hidden, spoiled))
    assert np.array_equal(one.common, other.common)
    assert np.array_equal(one.right, other.right)
    assert one.cost == other.cost


def test_a_board_behind_a_camera_costs_much_and_pulls_nowhere(task: Given):
    boards = task.start.boards
    behind = replace(boards, shifts=boards.shifts - np.array([0.0, 0.0, 5.0]))
    freedom, weighing = replace(task.freedom, free=None), replace(WEIGHING, loss=Losses("linear"))
    system = equations(replace(task.start, boards=behind), task.sights, weighing, freedom)
    assert system.cost > 1e8
    assert np.isfinite(system.common).all()
    assert not system.right.any()
