"""The running estimate of a rig from the sets captured so far, before the rendered rig's exact truth."""

from __future__ import annotations

import numpy as np

from engines.calibration.live.rig_estimate import Solution, estimate
from engines.calibration.live.rig_types import RigEstimate, RigFinderSettings
from tests.engines.calibration.live import rendered_rig as rig

SIZES = [camera.size for camera in rig.scene().truth]


def deviations(known: RigEstimate) -> np.ndarray:
    return np.array([pair.distance_std for pair in known.pairs])


def errors(known: RigEstimate) -> np.ndarray:
    return np.array([pair.distance - rig.distances()[pair.first, pair.second] for pair in known.pairs])


def solved(settings: RigFinderSettings) -> RigEstimate:
    solution = estimate(settings, SIZES)
    assert solution is not None
    return solution.told


def test_distances_come_near_the_truth_and_their_deviations_shrink_as_sets_come():
    solution: Solution | None = None
    told = []
    for count in (2, 5, 9):
        solution = estimate(rig.settings(captured=rig.taken(count)), SIZES, solution)
        assert solution is not None
        known = solution.told
        assert known.placed == (0, 1, 2, 3)
        assert known.sets == count
        assert (np.abs(errors(known)) < 4 * deviations(known)).all()
        told.append(deviations(known))
    assert (told[0] > told[1]).all()
    assert (told[1] > told[2]).all()
    assert np.abs(errors(known)).max() < 0.001
    for camera, true in zip(known.cameras, rig.scene().truth, strict=True):
        assert abs(camera.intrinsics.fx - true.fx) < 1.0


def test_begun_from_the_last_solution_it_comes_to_the_same():
    before = estimate(rig.settings(captured=rig.taken(6)), SIZES)
    wanted = rig.settings(captured=rig.taken(7))
    cold, warm = estimate(wanted, SIZES), estimate(wanted, SIZES, before)
    assert cold is not None
    assert warm is not None
    assert np.abs(errors(cold.told) - errors(warm.told)).max() < 0.02 * deviations(cold.told).max()
    assert np.allclose(deviations(cold.told), deviations(warm.told), rtol=0.02)


def test_lenses_that_are_known_make_distances_certain_from_the_first_set_on():
    loose = solved(rig.settings(captured=rig.taken(1)))
    sure = solved(rig.settings(captured=rig.taken(1), lenses=rig.lenses()))
    assert (deviations(sure) < 0.1 * deviations(loose)).all()
    assert (np.abs(errors(sure)) < 4 * deviations(sure)).all()


def test_a_camera_that_shares_nothing_has_no_place_until_it_does():
    apart = dict.fromkeys(range(4), (3,))
    solution = estimate(rig.settings(captured=rig.taken(4, blind=apart)), SIZES)
    assert solution is not None
    alone = solution.told
    assert alone.placed == (0, 1, 2)
    assert alone.camera(3) is None
    assert {(pair.first, pair.second) for pair in alone.pairs} == {(0, 1), (0, 2), (1, 2)}
    joined = estimate(rig.settings(captured=rig.taken(5, blind=apart)), SIZES, solution)
    assert joined is not None
    assert joined.told.placed == (0, 1, 2, 3)
    assert joined.told.pair(3, 0) is not None


def test_nothing_is_said_of_cameras_that_never_see_a_board_together():
    blind = {0: (1, 2, 3), 1: (0, 2, 3)}
    assert estimate(rig.settings(captured=rig.taken(2, blind=blind)), SIZES) is None
    assert estimate(rig.settings(), SIZES) is None
