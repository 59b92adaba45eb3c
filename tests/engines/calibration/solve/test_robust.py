"""The robust fit: one wrong corner gets no weight and pulls nothing, and corners that agree keep theirs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.calibration.solve.adjustment import Observation, adjust
from engines.calibration.solve.fit import fit_camera
from engines.calibration.solve.robust import robust_fit, weights_of
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target
from tests.engines.calibration import known_scene as known

SETUP = Setup(Target((known.CHESSBOARD,)), known.SIZE)


def spoiled(views: list[Observation], view: int, corner: int, away: float) -> list[Observation]:
    corners = views[view].corners.copy()
    corners[corner] += away * np.array([0.6, -0.8])
    return [*views[:view], replace(views[view], corners=corners), *views[view + 1 :]]


@pytest.mark.parametrize(("view", "corner"), [(0, 0), (3, 53), (6, 27)])
def test_one_wrong_corner_gets_no_weight_and_moves_nothing(view: int, corner: int):
    clean = known.views(known.Scene(), 7)
    views = spoiled(clean, view, corner, 17.0)
    fit, weights = robust_fit(fit_camera(views, SETUP).state, views)
    flat = np.concatenate(weights)
    assert int(np.argmin(flat)) == 54 * view + corner
    assert flat.min() < 1e-4
    assert np.sort(flat)[1] > 0.15
    without = [*clean]
    kept = np.arange(54) != corner
    without[view] = Observation(clean[view].ids[kept], clean[view].corners[kept])
    best = fit_camera(without, SETUP)
    assert np.abs((fit.state.camera[:4] - best.state.camera[:4]) / best.std[:4]).max() < 0.5


def test_weights_are_those_of_a_weighted_fit():
    """A corner with weight 2 counts as if it had been seen twice: as corner 54, which lies where corner 5 does."""
    views = known.views(known.Scene(), 6)
    twice = [Observation(np.append(view.ids, 54), np.vstack([view.corners, view.corners[5]])) for view in views]
    heavy = [replace(view, weights=np.where(view.ids == 5, 2.0, 1.0)) for view in views]
    start = fit_camera(views, SETUP).state
    doubled = replace(start, points=np.vstack([start.points, start.points[5]]))
    assert adjust(start, heavy).state.camera == pytest.approx(adjust(doubled, twice).state.camera, rel=1e-7)
    assert weights_of(np.array([0.0, 3.0]), 3.0).tolist() == [1.0, 0.25]
