"""Average precision: closed forms, scikit-learn beside ours, and a calibrated case worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from engines.actions.evaluation.precision import average_precision, by_class, calibrated, mean_precision, one_hot

CASES = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=60)


def test_perfect_scores_give_one_and_constant_scores_the_share_of_positives():
    positive = np.array([1, 0, 0, 1, 0, 0, 0, 1], bool)
    assert average_precision(positive.astype(float), positive) == pytest.approx(1.0, abs=1e-15)
    assert calibrated(positive.astype(float), positive) == pytest.approx(1.0, abs=1e-15)
    assert average_precision(np.full(8, 0.3), positive) == pytest.approx(3 / 8, abs=1e-15)
    assert calibrated(np.full(8, 0.3), positive) == pytest.approx(1 / 2, abs=1e-15)


@pytest.mark.parametrize(("positives", "negatives"), [(1, 9), (4, 6), (7, 3)])
def test_the_worst_order_has_its_closed_form(positives, negatives):
    scores = np.arange(positives + negatives, 0, -1.0)
    positive = np.arange(positives + negatives) >= negatives
    ranks = np.arange(1, positives + 1)
    assert average_precision(scores, positive) == pytest.approx(np.mean(ranks / (negatives + ranks)), abs=1e-14)
    weight = negatives / positives
    assert calibrated(scores, positive) == pytest.approx(np.mean(ranks / (ranks + negatives / weight)), abs=1e-14)


@given(CASES)
def test_it_is_scikit_learns_with_and_without_ties(rows):
    scores = np.array([score for score, _ in rows], float)
    positive = np.array([flag for _, flag in rows])
    if not positive.any():
        assert np.isnan(average_precision(scores, positive))
        assert np.isnan(calibrated(scores, positive))
        return
    assert average_precision(scores, positive) == pytest.approx(average_precision_score(positive, scores), abs=1e-12)


@given(CASES)
def test_calibration_changes_nothing_when_there_are_as_many_of_both(rows):
    scores = np.array([score for score, _ in rows] * 2, float)
    flags = np.array([flag for _, flag in rows])
    positive = np.concatenate([flags, ~flags])
    assert calibrated(scores, positive) == pytest.approx(average_precision(scores, positive), abs=1e-12)


@given(CASES, st.integers(2, 5))
def test_calibrated_precision_does_not_depend_on_how_rare_the_class_is(rows, times):
    scores = np.array([score for score, _ in rows], float)
    positive = np.array([flag for _, flag in rows])
    if positive.all() or not positive.any():
        return
    more = np.concatenate([scores, np.tile(scores[~positive], times)])
    rarer = np.concatenate([positive, np.zeros(times * int((~positive).sum()), bool)])
    assert calibrated(more, rarer) == pytest.approx(calibrated(scores, positive), abs=1e-12)


def test_calibrated_precision_by_hand():
    """Ranking + - - + -: w = 3/2; cPrec at the positives is 1 and 2 / (2 + 2/1.5)."""
    scores, positive = [5.0, 4.0, 3.0, 2.0, 1.0], [1, 0, 0, 1, 0]
    assert calibrated(scores, positive) == pytest.approx((1 + 2 / (2 + 2 / 1.5)) / 2, abs=1e-15)


def test_the_mean_is_over_the_action_classes_that_occur():
    rng = np.random.default_rng(3)
    truth = rng.choice([0, 1, 3], 200)
    scores = rng.random((200, 4))
    values = by_class(scores, truth)
    assert np.isnan(values[2])
    assert mean_precision(scores, truth) == pytest.approx((values[1] + values[3]) / 2, abs=1e-15)
    assert mean_precision(scores, truth, background=None) == pytest.approx(np.nanmean(values), abs=1e-15)
    assert mean_precision(scores, one_hot(truth, 4)) == mean_precision(scores, truth)
