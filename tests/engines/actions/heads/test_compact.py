"""Weights in fewer bytes: products within the bounds that rounding sets, streams close to the whole numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engines.actions.heads import weight_table
from engines.actions.heads.building import build
from engines.actions.heads.compact import BLOCK, Bfloat16Matrix, Int8Matrix, packed, rounded
from engines.actions.heads.streaming import open_stream, softmax
from engines.actions.types import HeadShape
from engines.core.errors import UsageError

SIZES = [(5, 128), (33, 300), (64, 1), (7, 1027)]


def scene(rows, columns):
    rng = np.random.default_rng(rows)
    weight = (rng.normal(size=(rows, columns)) * rng.uniform(0.1, 3.0, size=(rows, 1))).astype(np.float32)
    return weight, rng.normal(size=columns).astype(np.float32)


def blocks(a):
    return np.pad(a, [(0, 0)] * (a.ndim - 1) + [(0, -a.shape[-1] % BLOCK)]).reshape(*a.shape[:-1], -1, BLOCK)


@pytest.mark.parametrize(("rows", "columns"), SIZES)
def test_int8_products_stay_within_what_rounding_allows(rows, columns) -> None:
    """Half a step of each weight and half a step of each number of the vector, added up over the blocks."""
    weight, x = scene(rows, columns)
    out = np.zeros(rows, dtype=np.float32)
    matrix = Int8Matrix(weight)
    matrix.times(x, out)
    w, v = np.abs(blocks(weight)), np.abs(blocks(x))
    step_w, step_v = w.max(-1) / 127, v.max(-1) / 127
    allowed = (step_w / 2 * v.sum(-1) + step_v / 2 * (w.sum(-1) + step_w / 2 * BLOCK)).sum(-1)
    assert np.all(np.abs(out - weight @ x) <= 1.001 * allowed + 1e-5)
    assert matrix.bytes == rows * -(-columns // BLOCK) * (BLOCK + 4)


@pytest.mark.parametrize(("rows", "columns"), SIZES)
def test_bfloat16_products_stay_within_what_rounding_allows(rows, columns) -> None:
    weight, x = scene(rows, columns)
    out = np.zeros(rows, dtype=np.float32)
    matrix = Bfloat16Matrix(weight)
    matrix.times(x, out)
    assert np.all(np.abs(out - weight @ x) <= 2.0**-8 * (np.abs(weight) @ np.abs(x)) + 1e-5)
    assert matrix.bytes == 2 * rows * (columns + columns % 2)


@given(arrays(np.float32, (3, 6), elements=st.floats(-(2.0**100), 2.0**100, width=32)))
def test_packed_weights_are_within_half_a_unit_of_bfloat16(weight) -> None:
    words = packed(weight)
    read = np.concatenate([words.view(np.float32), (words << 16).view(np.float32)], axis=1).astype(np.float64)
    assert np.all(np.abs(read - weight) <= 2.0**-8 * np.abs(weight) + 1e-38)


@given(arrays(np.float32, (2, 200), elements=st.floats(-100, 100, width=32)))
def test_rounded_weights_are_within_half_a_step(weight) -> None:
    numbers, scales = rounded(weight)
    read = (numbers.astype(np.float64) - 128) * scales[..., None].astype(np.float64)
    assert np.all(np.abs(read - blocks(weight)) <= 0.5001 * scales[..., None] + 1e-30)


@pytest.mark.parametrize("keep", ["int8", "bfloat16"])
def test_several_vectors_are_the_same_as_one_by_one(keep) -> None:
    weight, _ = scene(40, 256)
    matrix = Int8Matrix(weight) if keep == "int8" else Bfloat16Matrix(weight)
    rows = np.random.default_rng(1).normal(size=(3, 256)).astype(np.float32)
    together, single = np.zeros((3, 40), np.float32), np.zeros((3, 40), np.float32)
    matrix.times_each(rows, together)
    for x, out in zip(rows, single, strict=True):
        matrix.times(x, out)
    np.testing.assert_allclose(together, single, rtol=0, atol=1e-4)


@pytest.mark.parametrize(("keep", "error", "share"), [("int8", 0.05, 0.3), ("bfloat16", 0.01, 0.55)])
@pytest.mark.parametrize("kind", ["trn", "idn", "miniroad", "gru", "lstm"])
def test_a_stream_in_fewer_bytes_stays_close(kind, keep, error, share, monkeypatch) -> None:
    monkeypatch.setattr(weight_table, "SMALL", 4096)
    shape = HeadShape(kind, (256,), 5, features=128, hidden=128, future_steps=3, window=6)
    torch.manual_seed(0)
    network = build(shape).eval()
    weights = {name: weight.numpy() for name, weight in network.state_dict().items()}
    whole, short = open_stream(shape, weights), open_stream(shape, weights, keep=keep)
    x = np.random.default_rng(2).normal(size=(20, 256)).astype(np.float32)
    pairs = [[softmax(stream.step(chunk).logits) for stream in (whole, short)] for chunk in x]
    differences = [np.abs(a - b).max() for a, b in pairs]
    assert 0 < max(differences) < error
    assert short.bytes_read < share * whole.bytes_read + 40_000


def test_small_matrices_stay_as_they_are_and_unknown_ways_are_refused() -> None:
    shape = HeadShape("gru", (12,), 4, features=9, hidden=6)
    weights = {name: weight.numpy() for name, weight in build(shape).state_dict().items()}
    streams = [open_stream(shape, weights, keep=keep) for keep in ("float32", "int8", "bfloat16")]
    x = np.ones(12, dtype=np.float32)
    first, *others = [stream.step(x).logits for stream in streams]
    for other in others:
        np.testing.assert_array_equal(other, first)
    with pytest.raises(UsageError, match="cannot be kept as 'int4'"):
        open_stream(replace(shape), weights, keep="int4")
