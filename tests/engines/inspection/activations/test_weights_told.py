"""Histograms of stored weights."""

from __future__ import annotations

import numpy as np
import pytest

from engines.core.context import PlainContext
from engines.core.errors import Cancelled, UsageError
from engines.inspection.activations.weights import run
from engines.inspection.studies import WeightsSpec
from engines.inspection.types import OpenSpec
from tests.engines.inspection.activations.chains import weights_of, write_chain


def test_every_tensor_has_its_distribution(tmp_path):
    weights = weights_of()
    weights[0][:2] = 0
    weights[1][0, 0, 0] = np.nan, np.inf, -np.inf
    weights[2][:] = np.nan
    file = str(write_chain(tmp_path / "a.onnx", weights))
    found = run(WeightsSpec(OpenSpec(file)), PlainContext())
    assert [(row.name, row.size, row.not_finite) for row in found.rows] == [
        ("w0", 108, 0),
        ("w1", 144, 3),
        ("w2", 144, 144),
    ]
    assert len(found.warnings) == 2
    for row, data in zip(found.rows[:2], weights, strict=False):
        finite = data[np.isfinite(data)]
        assert (row.mean, row.spread) == pytest.approx((finite.mean(), finite.std()), abs=1e-6)
        assert (row.low, row.high, row.zeros) == pytest.approx((finite.min(), finite.max(), (data == 0).mean()))
        assert row.counts.sum() == finite.size
        assert np.abs(row.counts - np.histogram(finite, row.edges)[0]).sum() <= 2
    assert found.rows[2].counts.sum() == 0
    (one,) = run(WeightsSpec(OpenSpec(file), "w1"), PlainContext()).rows
    assert one.name == "w1"


def test_a_tensor_that_is_not_there_and_an_end_that_is_asked_for(tmp_path):
    file = str(write_chain(tmp_path / "a.onnx", weights_of()))
    with pytest.raises(UsageError, match="'w'. Perhaps w0, w1, w2"):
        run(WeightsSpec(OpenSpec(file), "w"), PlainContext())
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        run(WeightsSpec(OpenSpec(file)), ctx)
