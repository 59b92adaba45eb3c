"""What bfloat16 gains and costs: measured with the run's own batch, and nothing is offered that is not faster."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from engines.core.context import PlainContext
from engines.core.errors import Cancelled, UsageError
from engines.generative.diffusion.sampling.job import Opener, draw_and_save, prepare
from engines.generative.diffusion.studies import precision
from engines.generative.diffusion.study_types import PrecisionResult, PrecisionSpec
from engines.generative.diffusion.types import SampleSpec
from tests.engines.generative.diffusion.tiny import write_tiny


@pytest.fixture
def base(tmp_path) -> SampleSpec:
    return SampleSpec(str(write_tiny(tmp_path / "net")), steps=3, seeds=tuple(range(10)), classes=(1,))


def test_the_difference_is_that_of_the_pictures_of_both(base) -> None:
    found = precision.run(PrecisionSpec(base), PlainContext())
    few = replace(base, seeds=base.seeds[: found.samples], keep_steps=False)
    both = [
        draw_and_save(prepare(Opener("cpu", name), replace(few, precision=name)), PlainContext())[1]
        for name in ("float32", "bfloat16")
    ]
    apart = (both[0] - both[1]).abs() / 2
    assert found.worst == pytest.approx(float(apart.max()), rel=1e-6)
    assert found.difference == pytest.approx(float(torch.linalg.vector_norm(apart) / apart.numel() ** 0.5), rel=1e-5)
    assert 0 < found.difference < found.worst < 0.1
    assert found.batch == 10
    assert set(found.milliseconds) == {"float32", "bfloat16"}


def test_what_has_one_precision_is_refused_and_a_cancel_ends_it(base) -> None:
    with pytest.raises(UsageError, match="one precision"):
        precision.run(PrecisionSpec(replace(base, model="analytic:digits")), PlainContext())
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        precision.run(PrecisionSpec(base), ctx)


@pytest.mark.parametrize(("faster", "offered", "told"), [(1.5, True, "1.50 times as fast"), (0.5, False, "2.00 times")])
def test_only_what_is_faster_is_offered(faster: float, offered: bool, told: str) -> None:
    found = PrecisionResult("net", 8, {"float32": 3.0, "bfloat16": 2.0}, faster, 0.004, 0.03, 8)
    assert found.offered is offered
    assert told in found.words
    assert "0.4 %" in found.words
