"""Frames to chunks: means over known groups of frames, whatever the time stamps are like."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.actions.features.chunks import LONGEST, Chunker
from engines.core.errors import BadInput


def chunked(times, rate):
    """For each frame how many chunks it closes, and the means that they hold of the frame numbers."""
    chunker = Chunker(rate)
    given = [chunker.push(time, np.array([number], float)) for number, time in enumerate(times)]
    return [len(chunks) for chunks in given], [float(chunk[0]) for chunks in given for chunk in chunks]


@pytest.mark.parametrize("interval", [0.1, 1001 / 10_000, 0.0999, 0.1 + 1e-7], ids=["10", "ntsc", "10.01", "rounded"])
def test_ten_frames_per_second_are_a_chunk_a_frame(interval):
    closed, means = chunked(np.arange(30_000) * interval, 10)
    assert set(closed) == {1}
    assert means == list(range(30_000))


@pytest.mark.parametrize("jitter", [0.001, 0.01, 0.024])
def test_jitter_does_not_skip_or_double_a_frame(jitter):
    noise = np.random.default_rng(3).uniform(-jitter, jitter, 5000)
    closed, means = chunked(np.arange(5000) * 0.1 + noise, 10)
    assert set(closed) == {1}
    assert means == list(range(5000))


@pytest.mark.parametrize("unit", [0.0, 0.001], ids=["exact", "milliseconds"])
@pytest.mark.parametrize(("fps", "rate", "frames"), [(24, 4, 6), (30000 / 1001, 10, 3), (60, 10, 6), (20, 10, 2)])
def test_whole_ratios_give_equal_chunks(fps, rate, frames, unit):
    times = np.arange(2000) / fps
    times = np.round(times / unit) * unit if unit else times
    closed, means = chunked(times, rate)
    ends = np.arange(0, 2000, frames)
    assert np.flatnonzero(closed).tolist() == ends.tolist()
    assert means == [0.0] + [end - (frames - 1) / 2 for end in ends[1:]]


def test_a_slow_feed_repeats_its_frames():
    closed, means = chunked(np.arange(50) / 5, 10)
    assert closed == [1] + [2] * 49
    assert means[1:] == [number for number in range(1, 50) for _ in range(2)]


@given(st.lists(st.floats(0.002, 0.9), min_size=20, max_size=150), st.sampled_from([4.0, 5.0, 10.0]))
@settings(max_examples=40, deadline=None)
def test_the_number_of_chunks_keeps_the_time_at_any_spacing(spacing, rate):
    """Variable frame rate: as many chunks as the time has ticks, but for the pull of at most PULL a chunk."""
    times = np.concatenate([[0.0], np.cumsum(spacing)])
    closed, _ = chunked(times, rate)
    ticks = times[-1] * rate
    assert abs(sum(closed) - 1 - ticks) <= 1 + 0.006 * ticks


@given(st.lists(st.floats(0.002, 0.2), min_size=5, max_size=100))
@settings(max_examples=30, deadline=None)
def test_every_frame_counts_once(spacing):
    """Chunks weighted by their frames add up to all frames before the newest tick."""
    chunker, counted, total, waiting = Chunker(4), 0.0, 0.0, []
    for number, time in enumerate(np.cumsum(spacing)):
        waiting.append(float(number))
        chunks = chunker.push(time, np.array([number], float))
        if chunks:
            counted += len(waiting) * float(chunks[0][0])
            total += sum(waiting)
            waiting = []
    assert counted == pytest.approx(total)


def test_nothing_depends_on_where_the_film_begins():
    times = np.cumsum(np.random.default_rng(1).uniform(0.01, 0.08, 400))
    early, late = chunked(times, 10), chunked(times + 1234.5678, 10)
    assert early == late


@pytest.mark.parametrize("next_time", [3.0 + LONGEST + 0.2, 1.5, 500.0])
def test_a_jump_is_a_gap_and_begins_anew(next_time):
    chunker = Chunker(10)
    for number in range(31):
        chunker.push(number / 10, np.array([number], float))
        assert not chunker.gap
    chunker.push(3.01, np.array([99.0]))
    after = chunker.push(next_time, np.array([7.0]))
    assert chunker.gap
    assert [chunk.tolist() for chunk in after] == [[7.0]], "what was waiting before the jump is no part of it"
    assert chunker.push(next_time + 0.1, np.array([8.0]))[0].tolist() == [8.0]
    assert not chunker.gap


def test_a_short_silence_is_bridged():
    chunker = Chunker(10)
    chunker.push(0.0, np.zeros(1))
    assert len(chunker.push(1.0, np.ones(1))) == 10
    assert not chunker.gap


def test_a_picture_that_is_shown_again_and_again_closes_nothing():
    chunker = Chunker(10)
    chunker.push(0.0, np.zeros(1))
    chunker.push(0.1, np.zeros(1))
    assert not any(chunker.push(0.1, np.full(1, 5.0)) for _ in range(500))
    assert [chunk.tolist() for chunk in chunker.push(0.19, np.full(1, 5.0))] == [[5.0]]


def test_after_reset_the_next_frame_is_the_first():
    used, fresh = Chunker(4), Chunker(4)
    for number in range(9):
        used.push(number / 24, np.array([number], float))
    used.reset()
    for number in range(30):
        ours, theirs = (one.push(3 + number / 24, np.array([number], float)) for one in (used, fresh))
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_chunk_of_one_frame_is_that_frame_in_its_own_precision(kind):
    frame = np.random.default_rng(0).normal(size=50).astype(kind)
    (chunk,) = Chunker(10).push(0.3, frame)
    assert chunk.dtype == kind
    assert np.array_equal(chunk, frame)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(BadInput):
        Chunker(rate)


def test_a_frame_without_a_time_is_refused():
    with pytest.raises(BadInput):
        Chunker(10).push(float("nan"), np.zeros(2))
