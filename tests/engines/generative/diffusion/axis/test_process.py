"""Time and sigma are inverse, floats and tensors agree, and every prediction leads back to the same D."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engines.generative.diffusion.axis.process import Preserving, process

NAMES = ("edm", "ve", "flow", "vp", "vp-scaled", "vp-cosine")
shares = st.floats(0.0, 1.0)


def within(name: str, share: float) -> float:
    """A sigma of the process's own range, evenly in the logarithm."""
    each = process(name)
    high = min(each.sigma_max, 1e4)
    return math.exp(math.log(each.sigma_min) * (1 - share) + math.log(high) * share)


@given(name=st.sampled_from(NAMES), share=shares)
def test_time_and_sigma_are_inverse(name: str, share: float):
    each, sigma = process(name), within(name, share)
    assert each.sigma(each.time(sigma)) == pytest.approx(sigma, rel=1e-10)


@given(name=st.sampled_from(NAMES), share=shares)
def test_floats_and_tensors_agree(name: str, share: float):
    each, sigma = process(name), within(name, share)
    tensor = torch.tensor([sigma], dtype=torch.float64)
    assert float(each.time(tensor)) == pytest.approx(each.time(sigma), rel=1e-12, abs=1e-9)
    assert float(each.scale(tensor)) == pytest.approx(each.scale(sigma), rel=1e-12)
    time = each.time(sigma)
    assert float(each.sigma(torch.tensor([time], dtype=torch.float64))) == pytest.approx(each.sigma(time), rel=1e-10)


@given(name=st.sampled_from(NAMES), one=shares, other=shares)
def test_time_rises_with_sigma(name: str, one: float, other: float):
    low, high = sorted((within(name, one), within(name, other)))
    assert process(name).time(low) <= process(name).time(high)


@pytest.mark.parametrize("name", ["vp", "vp-scaled", "vp-cosine"])
def test_a_table_gives_whole_times_at_its_own_levels(name: str):
    each = process(name)
    assert isinstance(each, Preserving)
    table = each.sigmas.tolist()
    assert [round(each.time(sigma), 6) for sigma in table] == list(range(len(table)))
    assert each.scale(table[500]) == pytest.approx(float(each.alphas[500].sqrt()))


def test_ddpms_table_has_the_published_ends():
    assert float(process("vp").alphas[-1]) == pytest.approx(4.0358e-5, rel=1e-4)  # type: ignore[attr-defined]
    assert process("vp-scaled").sigma_max == pytest.approx(14.6146, rel=1e-5)
    assert process("vp-scaled").sigma_min == pytest.approx(0.0291672, rel=1e-5)


def test_infinity():
    flow = process("flow")
    assert flow.time(math.inf) == 1.0
    assert flow.sigma(1.0) == math.inf
    assert flow.scale(math.inf) == 0.0
    assert float(flow.time(torch.tensor(math.inf))) == 1.0
    assert process("vp").time(math.inf) == 999
    with pytest.raises(ValueError, match="no process"):
        process("unknown")
