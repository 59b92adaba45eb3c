"""The watched backward pass gives the gradients of softmax attention, by small differences and tile by tile."""

from __future__ import annotations

import numpy as np
import pytest

from engines.attention.watching.back_tiling import BackTrace, back_trace
from engines.attention.watching.tiling import Array, made_up, trace
from engines.core.errors import UsageError

CASES = [(12, 4, 4, False, None), (13, 5, 3, True, None), (14, 4, 6, False, 3), (9, 16, 2, True, 4)]


def traced(length: int, query_tile: int, key_tile: int, causal: bool, window: int | None) -> BackTrace:
    q, k, v = made_up(length, 4, 5)
    grad = made_up(length, 4, 6)[2]
    return back_trace(trace(q, k, v, query_tile, key_tile, causal, window), grad)


@pytest.mark.parametrize("case", CASES)
def test_the_last_sums_are_the_gradients_by_small_differences(case: tuple[int, int, int, bool, int | None]) -> None:
    shown, last = traced(*case), traced(*case).steps[-1]
    forward = shown.forward

    def loss(q: Array, k: Array, v: Array) -> float:
        return float((trace(q, k, v, *case[1:]).output * shown.grad).sum())

    inputs = {"q": forward.q, "k": forward.k, "v": forward.v}
    for name, place in (("q", (7, 1)), ("k", (3, 2)), ("v", (5, 0)), ("q", (0, 3)), ("k", (8, 0))):
        up, down = ({key: value.copy() for key, value in inputs.items()} for _ in range(2))
        up[name][place] += 1e-5
        down[name][place] -= 1e-5
        slope = (loss(**up) - loss(**down)) / 2e-5
        assert getattr(last.sums, name)[place] == pytest.approx(slope, abs=1e-8)


@pytest.mark.parametrize("case", CASES)
def test_the_last_sums_are_the_whole_gradients_and_every_sum_is_of_its_tiles(
    case: tuple[int, int, int, bool, int | None],
) -> None:
    shown = traced(*case)
    assert shown.steps[-1].error < 1e-12
    assert np.abs(shown.steps[-1].sums.joined() - shown.gradients.joined()).max() < 1e-12
    forward, weights = shown.forward, shown.weights()
    by_score = weights * (shown.grad @ forward.v.T - (shown.grad * forward.output).sum(1, keepdims=True))
    there = np.zeros(weights.shape)
    for step in shown.steps:
        there[slice(*step.rows), slice(*step.keys)] = 1
        assert np.abs(step.sums.v - (weights * there).T @ shown.grad).max() < 1e-12
        assert np.abs(step.sums.q - (by_score * there) @ forward.k / 2).max() < 1e-12
        assert np.abs(step.sums.k - (by_score * there).T @ forward.q / 2).max() < 1e-12


def test_keys_of_a_tile_are_finished_before_the_next() -> None:
    shown = traced(12, 4, 4, True, None)
    assert [step.keys for step in shown.steps[:3]] == [(0, 4)] * 3
    assert np.array_equal(shown.steps[2].sums.k[:4], shown.steps[-1].sums.k[:4])
    assert [step.skipped for step in shown.steps] == [False, False, False, True, False, False, True, True, False]


def test_a_gradient_of_another_shape_is_refused() -> None:
    forward = trace(*made_up(8, 4, 0), 4, 4)
    with pytest.raises(UsageError, match="not of an output"):
        back_trace(forward, np.zeros((8, 3)))
