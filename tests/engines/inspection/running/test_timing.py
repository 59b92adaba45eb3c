"""Times of nodes: one for each, of whole passes, and an end when the user asks for it."""

import pytest
import torch
from torch import nn

from engines.core.context import PlainContext
from engines.core.errors import Cancelled
from engines.inspection.opening.job import run
from engines.inspection.reading.modules import from_module
from engines.inspection.running.timing import timed
from engines.inspection.types import OpenSpec


@pytest.fixture
def model():
    return from_module(nn.Sequential(nn.Conv2d(3, 32, 5), nn.ReLU(), nn.Flatten()), torch.randn(1, 3, 64, 64))


def test_every_node_has_its_time_within_that_of_the_pass(model):
    ctx = PlainContext()
    before = torch.get_num_threads()
    times = timed(model, (torch.randn(1, 3, 64, 64),), ctx, repeats=3)
    assert list(times.nodes) == [node.name for node in model.graph.nodes]
    assert times.nodes["0"] > times.nodes["2"] > 0
    assert "one thread" in times.words
    assert ctx.done == ctx.total - 1
    assert torch.get_num_threads() == before


def test_the_job_that_opens_a_model_has_its_nodes_timed_where_that_is_asked_for(tmp_path):
    program = torch.export.export(nn.Sequential(nn.Linear(4, 4), nn.ReLU()).eval(), (torch.randn(1, 4),))
    torch.export.save(program, tmp_path / "n.pt2")
    sheet = run(OpenSpec(str(tmp_path / "n.pt2"), time=True), PlainContext())
    assert all(layer.ms > 0 for layer in sheet.counts.layers)
    assert "ms a pass" in dict(sheet.facts)["time"]
    assert run(OpenSpec(str(tmp_path / "n.pt2")), PlainContext()).counts.layers[0].ms is None


def test_timing_ends_when_it_is_cancelled(model):
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        timed(model, (torch.randn(1, 3, 64, 64),), ctx, 3)
