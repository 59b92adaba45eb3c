"""On a CUDA device: a head learns there, and its file answers on the processor as everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engines.actions.models.files import open_model
from engines.actions.study_types import TrainSpec
from engines.actions.training.job import run
from engines.core.context import PlainContext
from tests.engines.actions.taught import benchmark

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")]


@pytest.mark.parametrize("kind", ["trn", "idn", "miniroad"])
def test_a_head_learns_on_the_device(tmp_path: Path, kind: str) -> None:
    folder = benchmark(tmp_path / "THUMOS")
    spec = TrainSpec(
        str(tmp_path / "made"),
        folder=str(folder),
        model=kind,  # type: ignore[arg-type]
        hidden=32,
        width=32,
        window=12,
        learning_rate=1e-2,
        noise=0.0,
        dropout=0.0,
        held_out=0.2,
        device="cuda",
    )
    result = run(spec, PlainContext())
    assert result.map is not None
    assert result.map > 0.95
    assert open_model(result.file).card == result.card
