"""On a CUDA device: the streaming step captured as a graph equals the whole sequence at once, for every head."""

from __future__ import annotations

import pytest
import torch

from engines.actions.heads.building import build
from engines.actions.heads.graphs import GraphStream
from engines.actions.types import HeadShape

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")]


@pytest.mark.parametrize("kind", ["trn", "idn", "miniroad", "gru", "lstm", "frame"])
@pytest.mark.parametrize("steps", [0, 3])
def test_a_captured_step_equals_the_whole(kind, steps) -> None:
    torch.manual_seed(0)
    network = build(HeadShape(kind, (20, 12), 5, 24, 16, steps, window=4)).cuda().double().eval()
    stream = GraphStream(network, batch=2)
    for _ in range(2):
        x = torch.randn(2, 9, 32, device="cuda", dtype=torch.float64)
        with torch.no_grad():
            whole = network(x)
        stream.reset()
        for t in range(9):
            output = stream.step(x[:, t])
            torch.testing.assert_close(output.logits, whole.logits[:, t], rtol=0, atol=1e-10)
            if steps:
                torch.testing.assert_close(output.ahead, whole.ahead[:, t], rtol=0, atol=1e-10)
