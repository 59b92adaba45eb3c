"""Kalman filters against closed forms; tracks of made-up detections; nothing that grows."""

from __future__ import annotations

import numpy as np
import pytest

from engines.faces.detection.yunet import Detections
from engines.faces.tracking import kalman
from engines.faces.tracking.evidence import Evidence
from engines.faces.tracking.kalman import Kalman, boxes_of, measured
from engines.faces.tracking.tracks import COAST, MEMORY, MOST_LOST, Tracker, overlaps
from engines.faces.vectors import unit


def test_without_acceleration_the_filter_is_linear_regression(monkeypatch):
    """Position and velocity with a Gaussian prior, seen with noise: the posterior mean and covariance."""
    monkeypatch.setattr(kalman, "SHAKE", np.zeros(4))
    monkeypatch.setattr(kalman, "WALK", np.zeros(4))
    rng = np.random.default_rng(3)
    times = np.cumsum(rng.uniform(0.02, 0.2, 12))
    seen = 100 + 40 * times + rng.normal(0, 2, 12)
    state = np.array([[seen[0], 50.0, np.log(60.0), 0.0]])
    filters = Kalman.at(state)
    noise, prior = kalman.SEEN[0] * 60, kalman.SPEED[0] * 60
    for k in range(1, 12):
        filters.predict(times[k] - times[k - 1])
        filters.update(np.array([0]), np.array([[seen[k], 50.0, np.log(60.0), 0.0]]))
    design = np.stack([np.ones(12), times - times[-1]], axis=1)
    precision = design.T @ design / noise**2
    moved = np.array([[0.0, 1.0]])
    precision += moved.T @ moved / prior**2
    mean = np.linalg.solve(precision, design.T @ seen / noise**2)
    covariance = np.linalg.inv(precision)
    assert filters.place[0, 0] == pytest.approx(mean[0], abs=1e-8)
    assert filters.speed[0, 0] == pytest.approx(mean[1], abs=1e-7)
    assert filters.spread[0, 0] == pytest.approx([covariance[0, 0], covariance[0, 1], covariance[1, 1]], rel=1e-7)


def test_two_steps_of_prediction_are_one_long_one():
    rng = np.random.default_rng(0)
    start = np.column_stack([rng.uniform(0, 500, (5, 2)), rng.uniform(3, 5, 5), rng.normal(0, 0.2, 5)])
    once, twice = Kalman.at(start), Kalman.at(start)
    once.speed[:, :2] = twice.speed[:, :2] = rng.normal(0, 50, (5, 2))
    once.predict(0.3)
    twice.predict(0.1)
    twice.predict(0.2)
    assert np.allclose(once.place, twice.place, atol=1e-12)
    assert np.allclose(once.spread, twice.spread, rtol=1e-12)


def test_boxes_and_states_are_each_others_inverse():
    boxes = np.random.default_rng(1).uniform(5, 300, (20, 4))
    assert np.allclose(boxes_of(measured(boxes)), boxes, rtol=1e-12)


def test_overlap_is_intersection_over_union():
    a = np.array([[0, 0, 10, 10]])
    b = np.array([[5, 0, 10, 10], [0, 0, 10, 10], [20, 20, 5, 5], [2, 2, 5, 5]])
    assert np.allclose(overlaps(a, b), [[50 / 150, 1, 0, 25 / 100]])


def detections(boxes, scores=None) -> Detections:
    boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
    points = boxes[:, None, :2] + boxes[:, None, 2:] * np.full((1, 5, 2), 0.5, np.float32)
    return Detections(boxes, points, np.ones(len(boxes), np.float32) if scores is None else np.float32(scores))


def looks_of(*people: int) -> np.ndarray:
    return unit(np.eye(8, dtype=np.float32)[list(people)] + 0.1) if people else np.zeros((0, 8), np.float32)


def test_an_unsure_detection_goes_on_with_a_track_and_begins_none():
    tracker = Tracker()
    assert tracker.step(0, detections([[10, 10, 50, 50]], [0.4]), looks_of(0), 0.6, 0.3) == []
    assert len(tracker.step(0.1, detections([[10, 10, 50, 50]], [0.9]), looks_of(0), 0.6, 0.3)) == 1
    tracks = tracker.step(0.2, detections([[11, 10, 50, 50]], [0.4]), looks_of(0), 0.6, 0.3)
    assert [(track.id, track.seen) for track in tracks] == [(1, True)]


def test_a_track_coasts_by_media_time_and_not_by_frames():
    for rate in (5, 50):
        tracker = Tracker()
        tracker.step(0, detections([[10, 10, 50, 50]]), looks_of(0))
        times = np.arange(1, 3 * rate) / rate
        there = [bool(tracker.step(t, detections([]), looks_of())) for t in times]
        assert times[there].max() == pytest.approx(COAST, abs=1.01 / rate)


@pytest.mark.parametrize("turn", [False, True])
def test_where_two_meet_the_look_decides_who_is_who(turn):
    """They cross at 10 pixels a frame, or meet and go back: places and velocities alone cannot tell which."""
    tracker = Tracker()
    for k in range(40):
        x = 195 - abs(195 - 10 * k) if turn else 10 * k
        boxes = [[x, 100, 60, 60], [400 - x, 100, 60, 60]]
        tracks = tracker.step(k / 25, detections(boxes), looks_of(0, 1))
        assert [track.row for track in sorted(tracks, key=lambda track: track.id)] == [0, 1]


def test_time_that_runs_backwards_begins_anew():
    tracker = Tracker()
    tracker.step(5, detections([[10, 10, 50, 50]]), looks_of(0))
    tracks = tracker.step(1, detections([[10, 10, 50, 50]]), looks_of(0))
    assert [track.id for track in tracks] == [2]


def test_nothing_grows_with_the_number_of_people_that_passed():
    tracker, evidence = Tracker(), Evidence(8)
    rng = np.random.default_rng(0)
    for k in range(600):
        box = [[rng.uniform(0, 5000), rng.uniform(0, 5000), 50, 50]]
        tracks = tracker.step(k * 0.1, detections(box), looks_of(k % 8))
        for track in tracks:
            if track.seen:
                evidence.add(track.id, looks_of(k % 8)[0], 0.5, 0.0, k * 0.1)
        evidence.forget([one.id for one in (*tracks, *tracker.lost)])
    assert tracker.tracks[-1].id > 300
    assert len(tracker.tracks) <= COAST / 0.1 + 2
    assert len(tracker.lost) <= min(MOST_LOST, MEMORY / 0.1)
    assert len(evidence._known) <= len(tracker.tracks) + len(tracker.lost)
