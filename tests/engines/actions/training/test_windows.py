"""Training windows: every chunk as often, in its order, with the targets of its own time and no others."""

from __future__ import annotations

import numpy as np
import pytest

from engines.actions.training.windows import Batch, Stretch, Windows, shares

SIZES = (9, 4, 23)
STEPS = (0, 2, 5)


def numbered(sizes: tuple[int, ...] = SIZES) -> list[Stretch]:
    """Features say clip and chunk; targets are one-hot of a number that is different everywhere."""
    total, begin, made = sum(sizes), 0, []
    for clip, size in enumerate(sizes):
        features = np.stack([np.full(size, clip), np.arange(size)], axis=1).astype(np.float32)
        made.append(Stretch(features, np.eye(total, dtype=np.float32)[begin : begin + size]))
        begin += size
    return made


def drawn(windows: Windows, count: int = 4000) -> Batch:
    return windows.draw(count)


@pytest.mark.parametrize("ends", [False, True])
def test_windows_are_stretches_of_one_clip_with_the_targets_of_each_chunk(ends: bool) -> None:
    stretches = numbered()
    batch = drawn(Windows(stretches, 6, STEPS, ends=ends), 600)
    begins = np.concatenate([[0], np.cumsum(SIZES)])
    for features, now, ahead, last in zip(*(getattr(batch, name) for name in Batch.__slots__), strict=True):
        clip, start = int(features[0, 0]), int(features[0, 1])
        for t in range(6):
            if t > last:
                assert not now[t].any()
                assert not ahead[t].any()
                continue
            assert tuple(features[t]) == (clip, start + t)
            assert now[t].argmax() == begins[clip] + start + t
            assert now[t].sum() == 1
            for column, step in enumerate(STEPS):
                inside = start + t + step < SIZES[clip]
                assert ahead[t, column].sum() == inside
                assert not inside or ahead[t, column].argmax() == begins[clip] + start + t + step


def test_every_chunk_is_learned_from_as_often() -> None:
    count = 20_000
    batch = drawn(Windows(numbered(), 6), count)
    times = batch.now.sum(axis=(0, 1))
    expected = 6 * count / sum(size + 5 for size in SIZES)
    assert np.abs(times / expected - 1).max() < 0.06


def test_every_chunk_is_the_last_one_as_often_where_only_the_last_one_counts() -> None:
    count = 20_000
    batch = drawn(Windows(numbered(), 6, ends=True), count)
    last = batch.now[np.arange(count), batch.last]
    assert (last.sum(axis=1) == 1).all()
    assert np.abs(last.sum(axis=0) / (count / sum(SIZES)) - 1).max() < 0.15
    full = batch.features[np.arange(count), batch.last, 1] >= 5
    assert (batch.last[full] == 5).all()


def test_a_window_longer_than_every_clip_is_shortened() -> None:
    assert Windows(numbered(), 100).length == max(SIZES)


def test_the_same_seed_draws_the_same_windows() -> None:
    first, second, other = (Windows(numbered(), 6, seed=seed).draw(50).features for seed in (4, 4, 5))
    assert (first == second).all()
    assert (first != other).any()


def test_shares_sum_to_one_and_nothing_stays_nothing() -> None:
    rows = shares(np.array([[0, 1, 1], [1, 0, 0], [0, 0, 0]]))
    assert rows.tolist() == [[0, 0.5, 0.5], [1, 0, 0], [0, 0, 0]]
