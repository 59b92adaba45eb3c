"""What is shown of a training: a plane that does not turn, angles, curves that stay short."""

from __future__ import annotations

import math

import numpy as np
import torch
from sklearn.decomposition import PCA

from engines.core.training.curves import FIGURES
from engines.faces.training.watch import Curves, View, angles


def test_angles_of_known_directions() -> None:
    centres = torch.eye(3, dtype=torch.float64)
    turned = torch.tensor(
        [[math.cos(0.3), math.sin(0.3), 0.0], [0.0, math.cos(1.2), math.sin(1.2)]], dtype=torch.float64
    )
    seen = angles(turned @ centres.T, torch.tensor([0, 1]))
    np.testing.assert_allclose(seen.own, np.degrees([0.3, 1.2]), rtol=1e-12)
    np.testing.assert_allclose(seen.other, np.degrees([math.pi / 2 - 0.3, math.pi / 2 - 1.2]), rtol=1e-12)
    assert seen.accuracy == 0.5


def test_the_plane_is_that_of_pca() -> None:
    vectors = np.random.default_rng(0).standard_normal((60, 9)) * np.linspace(3, 0.2, 9)
    ours = View().look(vectors)
    theirs = PCA(2).fit_transform(vectors)
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), rtol=1e-9, atol=1e-9)


def test_the_view_does_not_turn_between_steps() -> None:
    """Two axes of like variance change places in PCA; the view follows the points instead."""
    plain, view = np.random.default_rng(1).standard_normal((80, 6)), View()
    jumps, swaps = [], []
    before = raw = None
    for wide in np.linspace(1.2, 0.8, 30):
        vectors = plain * [wide, 2 - wide, 0.1, 0.1, 0.1, 0.1]
        after, fresh = view.look(vectors), PCA(2).fit_transform(vectors)
        if before is not None and raw is not None:
            jumps.append(np.abs(after - before).max())
            swaps.append(np.abs(fresh - raw).max())
        before, raw = after, fresh
    assert max(jumps) < 0.3
    assert max(swaps) > 1, "else these data would not show it"


def test_mirrored_vectors_look_the_same() -> None:
    vectors = np.random.default_rng(2).standard_normal((40, 5))
    view = View()
    np.testing.assert_allclose(view.look(vectors), view.look(vectors * [-1, -1, 1, 1, -1]), atol=1e-9)


def test_one_or_two_points_are_no_trouble() -> None:
    assert View().look(np.ones((1, 4))).tolist() == [[0, 0]]
    assert np.isfinite(View().look(np.eye(2))).all()


def test_curves_stay_short_and_miss_no_step() -> None:
    for steps in (1, 7, 200, 201, 5000):
        curves = Curves(steps)
        for step in range(1, steps + 1):
            curves.add(step, float(step))
        assert len(curves.loss) <= FIGURES
        assert curves.loss[-1][0] == steps
        ends = [0, *(step for step, _ in curves.loss)]
        for (_, mean), low, high in zip(curves.loss, ends, ends[1:], strict=False):
            assert mean == (low + 1 + high) / 2
