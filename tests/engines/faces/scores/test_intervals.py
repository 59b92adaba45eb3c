"""Intervals against their closed forms, and against how often they cover a known truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from engines.faces.scores.intervals import clopper_pearson, draws, percentile, share_by_people, wilson


def test_wilson_has_its_closed_form_without_hits() -> None:
    z = stats.norm.ppf(0.975)
    assert wilson(0, 50) == pytest.approx((0.0, z * z / (50 + z * z)))
    low, high = wilson(50, 50)
    assert (low, high) == pytest.approx((50 / (50 + z * z), 1.0))


def test_wilson_is_where_the_score_test_just_rejects() -> None:
    z = stats.norm.ppf(0.975)
    for end in wilson(13, 80):
        assert abs(13 / 80 - end) / np.sqrt(end * (1 - end) / 80) == pytest.approx(z)


def test_clopper_pearson_has_its_closed_form_at_the_ends() -> None:
    assert clopper_pearson(0, 30) == pytest.approx((0.0, 1 - 0.025 ** (1 / 30)))
    assert clopper_pearson(30, 30) == pytest.approx((0.025 ** (1 / 30), 1.0))


def test_clopper_pearson_is_where_the_binomial_tails_are_two_and_a_half_per_cent() -> None:
    low, high = clopper_pearson(7, 60)
    assert stats.binom.sf(6, 60, low) == pytest.approx(0.025)
    assert stats.binom.cdf(7, 60, high) == pytest.approx(0.025)


@pytest.mark.parametrize("share", [0.02, 0.3])
def test_they_cover_a_known_share(share: float) -> None:
    chances = stats.binom.pmf(np.arange(101), 100, share)
    for interval, least in ((wilson, 0.92), (clopper_pearson, 0.95)):
        covers = [low <= share <= high for low, high in (interval(hits, 100) for hits in range(101))]
        assert chances[covers].sum() >= least


def test_nothing_known_is_said_so() -> None:
    assert wilson(0, 0) == clopper_pearson(0, 0) == (0.0, 1.0)
    assert percentile(np.array([np.nan])) == (0.0, 1.0)
    assert share_by_people(np.zeros(0), np.zeros(0)) == (0.0, 1.0)


def test_drawn_people_add_up() -> None:
    weights = draws(17, 40)
    assert weights.shape == (40, 17)
    assert (weights.sum(axis=1) == 17).all()


def test_with_one_trial_a_person_people_are_independent_trials() -> None:
    hits = (np.arange(400) < 100).astype(float)
    assert share_by_people(hits, np.ones(400), times=4000) == pytest.approx(wilson(100, 400), abs=0.01)


def test_trials_of_one_person_count_as_one_where_they_agree() -> None:
    hits = np.where(np.arange(40) < 10, 25.0, 0.0)
    low, high = share_by_people(hits, np.full(40, 25.0), times=2000)
    few, many = wilson(10, 40), wilson(250, 1000)
    assert high - low == pytest.approx(few[1] - few[0], rel=0.15)
    assert high - low > 3 * (many[1] - many[0])
