"""Starts, segments and thresholds: closed forms, ActivityNet's evaluation restated, the live event finder beside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.actions.evaluation.grouping import grouped, without_dropped
from engines.actions.evaluation.occasions import (
    matched,
    overlap,
    point_precision,
    segment_precision,
    segments,
    starts,
    trade_off,
)
from engines.actions.evaluation.truth import Truth, runs
from engines.actions.streaming.events import events_of

TIMES = np.arange(120) / 10.0
SPAN = st.tuples(st.integers(0, 80), st.integers(1, 30)).map(lambda pair: (pair[0] / 4, (pair[0] + pair[1]) / 4))
CLASSES = np.repeat([0, 1, 0, 2, 1, 0, 2, 0], [7, 13, 20, 5, 15, 30, 18, 12])


def certain(classes: np.ndarray, count: int = 3) -> np.ndarray:
    return (classes[:, None] == np.arange(count)).astype(float)


def activitynet(found, confidence, true, least):
    """The evaluation of ActivityNet, step by step: lock the best free instance, then the area under the envelope."""
    order = sorted(range(len(found)), key=lambda index: -confidence[index])
    locked, right = set(), []
    for index in order:
        start, end = found[index]
        scored = []
        for place, (low, high) in enumerate(true):
            shared = max(0.0, min(end, high) - max(start, low))
            scored.append((shared / ((end - start) + (high - low) - shared), -place))
        hit = False
        for value, place in sorted(scored, reverse=True):
            if value < least:
                break
            if -place not in locked:
                locked.add(-place)
                hit = True
                break
        right.append(hit)
    true_positives = np.cumsum(right)
    recall = np.concatenate([[0.0], true_positives / len(true), [1.0]])
    precision = np.concatenate([[0.0], true_positives / (np.arange(len(right)) + 1.0), [0.0]])
    for index in range(len(precision) - 2, -1, -1):
        precision[index] = max(precision[index], precision[index + 1])
    return sum((recall[i] - recall[i - 1]) * precision[i] for i in range(1, len(recall)))


@given(st.lists(SPAN, max_size=12), st.lists(SPAN, min_size=1, max_size=6), st.sampled_from([0.3, 0.5, 0.7]), st.data())
def test_segments_are_judged_as_activitynet_does(found, true, least, data):
    confidence = data.draw(st.permutations(range(len(found))))
    expected = activitynet(found, confidence, true, least)
    assert segment_precision(found, confidence, true, least) == pytest.approx(expected, abs=1e-12)


def test_overlap_by_hand():
    assert overlap([(0, 4), (5, 6)], [(2, 6), (0, 1)]).tolist() == [[2 / 6, 1 / 4], [1 / 4, 0.0]]
    assert matched([[0.9, 0.8], [0.95, 0.1]], [0, 1], 0.5).tolist() == [0, -1]
    assert matched([[0.9, 0.8], [0.95, 0.1]], [1, 0], 0.5).tolist() == [1, 0]


def test_starts_by_hand():
    """Surest first: right, wrong (its start is taken), right: precisions 1 and 2/3 over three instances."""
    value = point_precision([1.0, 1.2, 5.4], [0.9, 0.8, 0.7], [1.1, 5.0, 20.0], 0.5)
    assert value == pytest.approx((1 + 2 / 3) / 3, abs=1e-15)
    assert point_precision([1.0, 1.2, 5.4], [0.9, 0.8, 0.7], [1.1, 5.0, 20.0], 0.3) == pytest.approx(1 / 3)
    assert point_precision([], [], [1.0], 0.5) == 0.0
    assert np.isnan(point_precision([1.0], [0.5], [], 0.5))


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.3, 0.5, 0.9]), st.sampled_from([0.0, 0.2, 0.45]))
def test_grouping_is_what_the_live_finder_finds(seed, threshold, least):
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.uniform(0.02, 0.2, 80))
    values = np.clip(np.cumsum(rng.normal(0, 0.2, (80, 3)), axis=0) % 1.0, 0, 1)
    values[-1] = 0.0
    live = events_of(("background", "a", "b"), times, values, threshold, 0.6 * threshold, least)
    for index, name in enumerate(("a", "b"), start=1):
        expected = [(event.start, event.end, event.probability) for event in live if event.action == name]
        mine = grouped(values[:, index], times, threshold, least=least)
        got = np.column_stack([mine.spans, mine.confidence])
        np.testing.assert_allclose(got, np.array(expected).reshape(-1, 3), atol=1e-12)


def test_who_knows_the_truth_is_perfect_at_everything():
    truth = Truth.of_classes(CLASSES, 3)
    perfect = certain(CLASSES)
    assert all(value == pytest.approx(1.0) for _, value in segments(perfect, TIMES, truth))
    assert all(value == pytest.approx(1.0) for _, value in starts(perfect, TIMES, truth))
    trade = trade_off(perfect, TIMES, truth)
    assert set(trade.precision) == set(trade.recall) == {1.0}
    assert set(trade.false_alarms) == {0.0}
    assert trade.delay == pytest.approx([0.0] * len(trade.thresholds))


def test_who_is_late_has_the_overlap_and_the_delay_of_it():
    """Each start .4 s late: IoU (L - 4) / L. Lengths of one class: 13 and 15 rows, of the other 5 (what is left of it
    is too short to count) and 18. At .7 the one is wrong, then right (half the recall at precision 1/2), the other
    right at once.
    """
    late = np.concatenate([np.zeros(4, int), CLASSES[:-4]])
    late = np.where(late == CLASSES, CLASSES, 0)
    truth = Truth.of_classes(CLASSES, 3)
    trade = trade_off(certain(late), TIMES, truth)
    assert trade.recall[9] == pytest.approx(3 / 4)
    assert trade.delay[9] == pytest.approx(0.4)
    assert dict(segments(certain(late), TIMES, truth))[0.7] == pytest.approx((1 / 2 * 1 / 2 + 1 / 2) / 2)
    assert dict(starts(certain(late), TIMES, truth, (0.3, 0.4)))[0.4] == pytest.approx(1.0)
    assert dict(starts(certain(late), TIMES, truth, (0.3, 0.4)))[0.3] == 0.0


def test_false_alarms_are_per_minute_and_nothing_called_is_nothing_wrong():
    truth = Truth.of_classes(CLASSES, 3)
    alarm = certain(CLASSES)
    alarm[62:66] = certain(np.full(4, 2))
    assert trade_off(alarm, TIMES, truth).false_alarms[9] == pytest.approx(1 / (12.0 / 60))
    silent = trade_off(certain(np.zeros(120, int)), TIMES, truth)
    assert (silent.precision[9], silent.recall[9], silent.delay[9]) == (1.0, 0.0, None)


def test_segments_in_ambiguous_rows_count_for_nothing():
    classes = CLASSES.copy()
    classes[60:90] = -1
    truth = Truth.of_classes(classes, 3)
    alarm = certain(CLASSES)
    alarm[62:80] = certain(np.full(18, 2))
    assert all(value == pytest.approx(1.0) for _, value in segments(alarm, TIMES, truth))
    assert all(value == pytest.approx(1.0) for _, value in starts(alarm, TIMES, truth))
    found = grouped(alarm[:, 2], TIMES, 0.5)
    assert len(found) == 3
    assert len(without_dropped(found, TIMES, truth.dropped)) == 2


def test_an_action_that_began_before_the_rows_has_no_start_in_them():
    truth = Truth.of_labels(_labels((5, 20), (40, 60)), ("background", "walk"), np.arange(10, 100))
    values = np.zeros((90, 2))
    values[:, 1] = [1.0 if 10 <= f <= 20 or 40 <= f <= 60 else 0.0 for f in range(10, 100)]
    values[:, 0] = 1 - values[:, 1]
    times = np.arange(10, 100) / 10
    assert [truth.begins(each) for each in truth.instances] == [False, True]
    assert dict(segments(values, times, truth))[0.7] == pytest.approx(1.0)
    assert dict(starts(values, times, truth, (1.0,)))[1.0] == pytest.approx(1 / 2)


def _labels(*spans):
    from engines.actions.types import Labels, Segment

    return Labels(tuple(Segment(*span, "walk") for span in spans), ("walk",))


@given(st.lists(st.booleans(), max_size=30))
def test_runs_are_the_flags(flags):
    rebuilt = np.zeros(len(flags), bool)
    found = list(runs(np.array(flags, bool)))
    for start, stop in found:
        assert start < stop
        rebuilt[start:stop] = True
    assert rebuilt.tolist() == flags
    assert all(before[1] < after[0] for before, after in zip(found, found[1:], strict=False))
