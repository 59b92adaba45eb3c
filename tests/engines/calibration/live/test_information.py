"""What views tell of a camera, beside the full fit: the same lens, the same covariance, and what one more view adds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.calibration.live import information
from engines.calibration.live.information import Estimate, Poses, derivatives, gains, moved, quantities
from engines.calibration.solve.fit import fit_camera
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target
from engines.core.lenses import Intrinsics, Lens
from tests.engines.calibration import known_scene as known

SCENE = known.Scene()
POINTS = SCENE.points


def estimate(views: list[known.Observation], **given: object) -> Estimate:
    made = Estimate(known.SIZE, **given)  # type: ignore[arg-type]
    for view in views:
        made.add(POINTS[view.ids], view.corners)
        settled(made)
    return made


def settled(made: Estimate) -> Estimate:
    assert any(made.settle() for _ in range(40)), "it comes to rest"
    return made


def test_the_derivatives_by_the_pose_are_differences():
    poses = Poses(*(np.array(part) for part in zip(*[_pose(seed) for seed in (0, 1)], strict=True)))
    told = derivatives(SCENE.optics, poses, POINTS[:7])
    for number in range(6):
        step = np.zeros((2, 6))
        step[:, number] = 1e-6
        ahead, behind = (derivatives(SCENE.optics, moved(poses, sign * step), POINTS[:7]).pixels for sign in (1, -1))
        assert told.by_pose[:, :, number] == pytest.approx((ahead - behind).reshape(2, -1) / 2e-6, rel=1e-4, abs=1e-3)


def _pose(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rvec, tvec = known.poses(SCENE, 2)[seed]
    return known.cv2.Rodrigues(rvec)[0], tvec


@pytest.mark.parametrize("focal", [320.0, 534.0, 1100.0])
def test_the_estimate_is_the_full_fit_whatever_it_began_with(focal: float):
    scene = replace(SCENE, camera=replace(known.CAMERA, fx=focal, fy=focal + 2), lens=(-0.1, 0.02, 0.0, 0.001, 0.0))
    rng = np.random.default_rng(5)
    views = []
    for rvec, tvec in known.poses(SCENE, 10):
        exact = known.project(scene.optics, POINTS, rvec, tvec * [1, 1, focal / 534])
        views.append(known.Observation(np.arange(len(POINTS)), exact + rng.normal(0, 0.1, exact.shape)))
    made, fit = estimate(views), fit_camera(views, Setup(Target((scene.board,)), known.SIZE))
    spread = np.sqrt(np.diag(np.linalg.inv(made.information)))
    held = made.lens.intrinsics
    assert np.abs(np.array([held.fx, held.fy, held.cx, held.cy]) - fit.state.camera[:4]).max() < 0.2 * fit.std[0]
    assert spread[:4] == pytest.approx(fit.std[:4], rel=0.06)
    assert made.noise == pytest.approx(0.1, rel=0.1)


def test_a_fisheye_is_estimated_too():
    lens = Lens("fisheye4", Intrinsics(300.0, 301.0, 322.0, 238.0), (-0.02, 0.003, -0.001, 0.0))
    made = Estimate(known.SIZE, "fisheye4")
    for rvec, tvec in known.poses(SCENE, 10):
        made.add(POINTS, known.project(lens, POINTS, rvec, tvec * [1.6, 1.6, 0.7]))
    settled(made)
    assert made.lens.intrinsics.fx == pytest.approx(300.0, abs=0.5)
    assert made.lens.distortion[0] == pytest.approx(-0.02, abs=5e-3)


def test_what_a_view_adds_is_what_it_has_added_once_it_is_there():
    views = known.views(SCENE, 9)
    made = estimate(views[:8])
    asked, known_before = quantities(made.lens, known.SIZE), made.information
    added = made.of_view(POINTS, views[8].corners)
    assert added is not None
    told = gains(asked, known_before, added[None])
    made.add(POINTS, views[8].corners)
    settled(made)
    for number, quantity in enumerate(asked):
        before, after = quantity.deviations(np.stack([known_before, made.information]))
        assert 1 - after / before == pytest.approx(told.each[number, 0], abs=0.02), quantity.name
    assert told.each.min() - 1e-9 <= told.whole[0] <= told.each.max() + 1e-9


def test_a_frame_costs_the_same_with_few_views_and_with_many(monkeypatch: pytest.MonkeyPatch):
    calls: list[int] = []
    plain = information.derivatives

    def counted(*given: object) -> object:
        calls.append(1)
        return plain(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(information, "derivatives", counted)
    most = []
    for count in (5, 40):
        made, views = Estimate(known.SIZE), known.views(SCENE, count)
        for view in views:
            made.add(POINTS, view.corners)
        calls.clear()
        made.settle()
        most.append(len(calls))
    assert 0 < most[1] <= most[0]


def test_a_view_whose_pose_cannot_be_told_adds_nothing():
    made = Estimate(known.SIZE)
    made.add(POINTS[:3], np.zeros((3, 2)))
    assert made.count == 0
    assert made.of_view(POINTS[:3], np.zeros((3, 2))) is None
