"""The rig's solver on known rigs: the truth where there is no noise, and where there is, as far off as it says."""

from dataclasses import replace

import numpy as np
import pytest

from engines.calibration.solve.bundle import Progress, bundle
from engines.calibration.solve.equations import RigState
from engines.core.errors import Cancelled, WorkFailed
from workbench.benchmarks.calibration.rig_ours import errors_of, given, rig_of, solved
from workbench.benchmarks.calibration.rig_problem import made
from workbench.benchmarks.calibration.rig_statistics import Spread, spread


@pytest.mark.parametrize("loss", ["geman", "cauchy", "huber"])
def test_without_noise_it_is_the_truth_whatever_some_corners_say(loss: str):
    problem = made(6, seed=2, noise=0.0)
    solution = solved(given(problem), loss)
    rig = rig_of(solution)
    assert solution.converged
    assert rig.cameras == pytest.approx(problem.truth.cameras, abs=2e-3)
    assert rig.distances == pytest.approx(problem.truth.distances, abs=2e-6)
    assert rig.boards[:, 3:] == pytest.approx(problem.truth.boards[:, 3:], abs=2e-6)


def test_least_squares_find_the_truth_where_nothing_is_wrong():
    problem = made(6, seed=2, noise=0.0, wrong=0.0)
    solution = solved(given(problem), "linear")
    assert rig_of(solution).cameras == pytest.approx(problem.truth.cameras, abs=1e-6)
    assert solution.deviations == pytest.approx(1e-4)


def test_wrong_corners_are_not_believed_and_the_others_are():
    problem = made(10, seed=1)
    task = given(problem)
    solution = solved(task)
    corners = problem.sights
    for one, weights in zip(task.sights, solution.weights, strict=True):
        mine = corners.camera == one.camera
        row = np.searchsorted(one.groups, corners.frame[mine])
        told, wrong = weights[row, corners.corner[mine]], corners.wrong[mine]
        assert told[wrong].max() < 0.1
        assert np.median(told[~wrong]) > 0.85
    assert solution.deviations == pytest.approx(0.2, rel=0.05)


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_what_was_stopped_is_not_called_converged(steps: int):
    task = given(made(6, seed=2))

    def told(progress: Progress, state: RigState) -> None:
        if progress.step == steps:
            raise Cancelled

    solution = bundle(task.start, task.sights, task.freedom, told=told)
    assert len(solution.steps) == steps
    assert solution.stopped
    assert not solution.converged


@pytest.fixture(scope="module")
def flat() -> Spread:
    return spread(10, 16)


def test_wrong_corners_cost_no_accuracy(flat: Spread):
    assert flat.focal_ratio < 1.05
    assert flat.distance_ratio < 1.05


def test_it_knows_how_far_off_it_is(flat: Spread):
    assert flat.converged == flat.seeds
    assert flat.inside >= 0.985
    assert 0.85 < flat.sigmas < 1.15


def test_a_bowed_board_that_is_freed_is_told_as_well():
    bowed = spread(10, 6, bow=0.0005)
    assert bowed.converged == bowed.seeds
    assert bowed.inside >= 0.98
    assert 0.8 < bowed.sigmas < 1.2
    assert max(bowed.focal_ratio, bowed.distance_ratio) < 1.05


def test_a_bowed_board_that_is_held_flat_is_not_the_truth():
    problem = made(10, bow=0.0005)
    freed = errors_of(solved(given(problem, free_board=True)), problem)
    held = errors_of(solved(given(problem)), problem)
    assert np.abs(held.focal_sigmas).max() > 3 > np.abs(freed.focal_sigmas).max()


def test_the_same_numbers_come_out_to_the_last_bit():
    problem = made(8, bow=0.0005)
    task = given(problem, free_board=True)
    one, other = solved(task), solved(given(problem, free_board=True))
    assert np.array_equal(rig_of(one).cameras, rig_of(other).cameras)
    assert np.array_equal(rig_of(one).boards, rig_of(other).boards)
    assert np.array_equal(one.state.points, other.state.points)
    assert np.array_equal(one.covariance, other.covariance)


def test_the_optimum_does_not_hang_on_the_start():
    problem = made(8, seed=4)
    task = given(problem)
    other = replace(problem.start, cameras=problem.truth.cameras, boards=problem.truth.boards)
    near = given(replace(problem, start=other))
    one, two = rig_of(solved(task)), rig_of(solved(near))
    stated = np.sqrt(np.diag(solved(task).lens_covariance(2)))
    assert np.abs((one.cameras[2] - two.cameras[2]) / stated).max() < 0.03


def test_steps_are_told_and_the_cost_of_a_width_never_rises():
    problem = made(6)
    task, told = given(problem), []
    bundle(task.start, task.sights, task.freedom, "geman", lambda step, state: told.append(step))
    assert [step.step for step in told] == list(range(1, len(told) + 1))
    assert told[-1].outliers == pytest.approx(problem.sights.wrong.sum(), abs=3)
    assert told[-1].rms_px == pytest.approx(0.2 * np.sqrt(2), rel=0.1)


def test_numbers_that_are_none_are_a_failure_in_words():
    problem = made(4)
    task = given(problem)
    spoiled = replace(task.start, lenses=(task.start.lenses[0] * np.nan, *task.start.lenses[1:]))
    with pytest.raises(WorkFailed, match="ran away"):
        bundle(spoiled, task.sights, task.freedom)
