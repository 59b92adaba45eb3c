"""Robust losses by their definitions: a weight is the cost's slope, the stiffness the divergence of the pull."""

import numpy as np
import pytest

from engines.calibration.solve.losses import WIDTHS, Losses
from engines.core.errors import UsageError

SQUARES = np.concatenate([np.linspace(0, 20, 41), [1e3, 1e6]])


@pytest.mark.parametrize("kind", WIDTHS)
def test_weights_are_the_slope_of_the_cost(kind: str):
    loss, step = Losses(kind), 1e-6
    inner = SQUARES[np.abs(SQUARES - 4.0) > 0.1] + 1e-3
    slope = (loss.cost(inner + step, 2.0) - loss.cost(inner - step, 2.0)) / (2 * step)
    assert loss.weights(inner, 2.0) == pytest.approx(slope, abs=1e-3)


@pytest.mark.parametrize("kind", WIDTHS)
def test_stiffness_is_half_the_divergence_of_the_pull_in_the_plane(kind: str):
    loss, step = Losses(kind), 1e-5
    for length in (0.3, 1.1, 1.9, 2.3, 5.0):
        place = np.array([0.6, 0.8]) * length

        def pull(where: np.ndarray) -> np.ndarray:
            return where * loss.weights(np.array(where @ where), 2.0)

        shifts = step * np.eye(2)
        divergence = sum((pull(place + way) - pull(place - way)) @ way / (2 * step**2) for way in shifts)
        assert loss.stiffness(np.array(length**2), 2.0) == pytest.approx(divergence / 2, abs=1e-4)


@pytest.mark.parametrize("kind", WIDTHS)
def test_small_distances_cost_their_square_and_are_believed(kind: str):
    loss = Losses(kind)
    assert loss.cost(np.array(1e-6), 2.0) == pytest.approx(1e-6, rel=1e-5)
    assert loss.weights(np.array(1e-6), 2.0) == pytest.approx(1.0, abs=1e-5)


def test_a_loss_that_there_is_not_is_refused():
    with pytest.raises(UsageError, match="'tukey' is not a loss"):
        Losses("tukey")
