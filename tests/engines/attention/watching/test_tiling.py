"""The watched algorithm is softmax attention: at the end of all keys, at every step of those seen so far."""

from __future__ import annotations

import numpy as np
import pytest

from engines.attention.watching.tiling import MOST, Array, Trace, made_up, trace
from engines.core.errors import UsageError

CASES = [
    (16, 4, 4, False, None),
    (23, 8, 5, True, None),
    (20, 7, 3, False, 4),
    (31, 64, 64, True, 6),
    (1, 1, 1, True, 1),
]


def naive(q: Array, k: Array, v: Array, hidden: Array) -> tuple[Array, Array]:
    """Softmax over what is not hidden, row by row, by its definition."""
    weights = np.where(hidden, 0.0, np.exp(q @ k.T / np.sqrt(q.shape[1])))
    total = weights.sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(weights @ v / total[:, None]), np.log(total)


def hidden_keys(length: int, causal: bool, window: int | None) -> Array:
    ahead = np.arange(length)[None] - np.arange(length)[:, None]
    return (causal & (ahead > 0)) | (np.abs(ahead) >= (window or length))


@pytest.mark.parametrize(("length", "query_tile", "key_tile", "causal", "window"), CASES)
def test_the_last_state_is_the_whole_softmax(
    length: int, query_tile: int, key_tile: int, causal: bool, window: int | None
) -> None:
    q, k, v = made_up(length, 6, 3)
    shown = trace(q, k, v, query_tile, key_tile, causal, window)
    output, lse = naive(q, k, v, hidden_keys(length, causal, window))
    last = shown.steps[-1]
    assert np.abs(last.output - output).max() < 1e-12
    assert np.abs(last.lse - lse).max() < 1e-12
    assert np.abs(shown.output - output).max() < 1e-12
    assert last.error < 1e-12


@pytest.mark.parametrize(("length", "query_tile", "key_tile", "causal", "window"), CASES)
def test_every_state_is_the_attention_over_the_keys_so_far(
    length: int, query_tile: int, key_tile: int, causal: bool, window: int | None
) -> None:
    q, k, v = made_up(length, 6, 3)
    shown = trace(q, k, v, query_tile, key_tile, causal, window)
    unseen = np.ones((length, length), bool)
    for number, step in enumerate(shown.steps):
        unseen[slice(*step.rows), slice(*step.keys)] = False
        hidden = unseen | hidden_keys(length, causal, window)
        output, lse = naive(q, k, v, hidden)
        assert np.abs(step.output - output).max() < 1e-12
        assert np.array_equal(step.seen, (~hidden).sum(1))
        some = step.seen > 0
        assert np.abs(step.lse[some] - lse[some]).max(initial=0) < 1e-12
        weights = shown.weights(number)
        assert np.array_equal(np.isnan(weights), unseen)
        assert np.abs(np.nansum(weights, 1)[some] - 1).max(initial=0) < 1e-12


def test_tiles_that_no_row_sees_are_skipped_and_change_nothing() -> None:
    shown = trace(*made_up(16, 4, 0), 4, 4, causal=True)
    skipped = [step.rows[0] < step.keys[0] for step in shown.steps]
    assert [step.skipped for step in shown.steps] == skipped
    before = _before_skips(shown)
    assert before
    for first, second in before:
        assert np.array_equal(first.output, second.output)
        assert np.array_equal(second.factor, np.ones(16))


def _before_skips(shown: Trace) -> list[tuple[object, ...]]:
    return [(a, b) for a, b in zip(shown.steps, shown.steps[1:], strict=False) if b.skipped]


def test_the_sums_are_scaled_by_the_exponential_of_the_rise() -> None:
    shown = trace(*made_up(24, 6, 1), 8, 8)
    first, second = shown.steps[:2]
    rise = first.maximum[:8] - second.maximum[:8]
    assert (rise < 0).any()
    assert np.abs(second.factor[:8] - np.exp(rise)).max() < 1e-12
    fresh = np.exp(shown.scores[:8, 8:16] - second.maximum[:8, None]).sum(1)
    assert np.abs(second.total[:8] - second.factor[:8] * first.total[:8] - fresh).max() < 1e-12


def test_logits_that_would_overflow_do_not() -> None:
    q, k, v = made_up(12, 4, 2)
    shown = trace(1e4 * q, k, v, 4, 4)
    assert np.isfinite(shown.steps[-1].output).all()
    assert shown.steps[-1].error < 1e-12


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"query_tile": 0}, "hold nothing"),
        ({"window": 0}, "hold nothing"),
        ({"v": np.zeros((3, 2))}, "do not fit"),
        ({"q": np.full((8, 4), np.nan)}, "no number"),
        ({"k": np.zeros((MOST + 1, 4)), "v": np.zeros((MOST + 1, 4))}, "at most"),
    ],
)
def test_what_cannot_be_watched_is_refused(change: dict[str, object], says: str) -> None:
    q, k, v = made_up(8, 4, 0)
    with pytest.raises(UsageError, match=says):
        trace(**({"q": q, "k": k, "v": v, "query_tile": 4, "key_tile": 4} | change))  # type: ignore[arg-type]
