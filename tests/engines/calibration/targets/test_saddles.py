"""How sure a settled corner is: what is told of one picture beside the spread over many draws of its noise."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.calibration.targets.corners import detect, refine
from engines.calibration.targets.rendered import photograph
from engines.calibration.targets.saddles import noise_covariance
from engines.calibration.targets.shots import Search, look
from tests.engines.calibration import known_scene as known

SCENE = known.Scene()


def rendered(tilt: float, blur: float) -> np.ndarray:
    pose = np.array([0.1, tilt, 0.1]), np.array([-0.09, -0.06, 0.37])
    return photograph(SCENE.board, SCENE.optics, SCENE.size, pose, blur=blur, noise=0.0)


@pytest.mark.parametrize(("tilt", "blur"), [(0.1, 0.6), (0.9, 0.6), (0.4, 1.8)], ids=["sharp", "slanted", "blurred"])
def test_the_told_spread_is_that_over_draws_of_the_noise(tilt: float, blur: float):
    clean, rng = rendered(tilt, blur), np.random.default_rng(1)
    first = detect(clean, SCENE.board)
    assert first is not None
    drawn = []
    for _ in range(60):
        noisy = np.clip(np.rint(clean + rng.normal(0, 3, clean.shape)), 0, 255).astype(np.uint8)
        drawn.append(refine(noisy, SCENE.board, first.ids, first.corners).corners)
    told = noise_covariance(noisy, drawn[-1], np.full(len(first.ids), first.window))
    seen = np.array(drawn) - np.mean(drawn, axis=0)
    ratios = np.sqrt(np.einsum("nii->ni", told) / (seen**2).sum(axis=0) * 59)
    assert 0.85 < np.median(ratios) < 1.15
    assert ((ratios > 0.7) & (ratios < 1.4)).mean() > 0.95
    whitened = np.linalg.solve(np.linalg.cholesky(told), np.moveaxis(seen, 0, 2))
    assert np.abs((whitened @ whitened.mT / 59).mean(axis=0) - np.eye(2)).max() < 0.3


def test_photographs_carry_it_and_quick_looks_go_without():
    noisy = known.picture(SCENE, *known.poses(SCENE, 1)[0])
    (kept,), (quick,) = (
        look(noisy, Path("a.png"), "a.png", Search((SCENE.board,), quick=quick)) for quick in (False, True)
    )
    assert kept.detection is not None
    assert quick.detection is not None
    assert kept.detection.covariance is not None
    assert kept.detection.covariance.shape == (54, 2, 2)
    assert quick.detection.covariance is None


def test_a_corner_at_the_edge_of_the_picture_has_one_too():
    clean = cv2.copyMakeBorder(rendered(0.1, 0.6), 2, 2, 2, 2, cv2.BORDER_REPLICATE)
    told = noise_covariance(
        clean, np.array([[0.0, 0.0], [clean.shape[1] - 1.0, clean.shape[0] - 1.0]]), np.array([5, 3])
    )
    assert np.isfinite(told).all()
