"""The tail law against scipy's, and against samples whose law is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from engines.faces.scores.tails import fit, survival


@pytest.mark.parametrize("shape", [-0.2, 0.0, 0.15])
def test_survival_is_the_generalised_pareto_law(shape: float) -> None:
    at = np.linspace(0, 0.3, 20)
    assert survival(at, shape, 0.03) == pytest.approx(stats.genpareto.sf(at, shape, scale=0.03), rel=1e-3, abs=1e-12)


def test_a_short_tail_ends() -> None:
    assert survival(np.array([0.29, 0.31]), -0.1, 0.03)[1] == 0
    assert survival(np.array([0.29]), -0.1, 0.03)[0] > 0


@pytest.mark.parametrize("seed", range(4))
def test_shares_far_beyond_the_data_lie_in_the_band(seed: int) -> None:
    excess = stats.genpareto.rvs(-0.1, scale=0.03, size=500, random_state=seed)
    tail = fit(excess, np.ones(500), start=0.3, share=0.01)
    at = 0.3 + stats.genpareto.isf([0.1, 1e-2, 1e-3, 1e-4], -0.1, scale=0.03)
    low, high = tail.band(at)
    truth = 0.01 * np.array([0.1, 1e-2, 1e-3, 1e-4])
    assert ((low <= truth) & (truth <= high)).all()
    assert tail.beyond(at)[0] == pytest.approx(truth[0], rel=0.25)


def test_the_band_widens_beyond_the_data_and_with_fewer_of_them() -> None:
    excess = stats.expon.rvs(scale=0.03, size=400, random_state=1)
    at = np.array([0.3, 0.4, 0.5])
    many, few = (fit(excess[:count], np.ones(count), start=0.3, share=0.01).band(at) for count in (400, 40))
    wide = [np.log(high / np.maximum(low, 1e-30)) for low, high in (many, few)]
    assert (np.diff(wide[0]) > 0).all()
    assert (wide[1] > wide[0]).all()


def test_pairs_that_hang_together_are_trusted_less() -> None:
    excess = stats.expon.rvs(scale=0.03, size=400, random_state=1)
    loose = fit(excess, np.ones(400), start=0.3, share=0.01)
    tied = fit(excess, np.ones(400), start=0.3, share=0.01, inflation=4.0)
    assert tied.counted == pytest.approx(loose.counted / 4)
    assert tied.band(np.array([0.4]))[1][0] > loose.band(np.array([0.4]))[1][0]
