"""Counts beside torchinfo's: the same for plain networks; of a tied weight it counts every layer that has it."""

import pytest
import torch
from torch import nn

from engines.inspection.counting import count
from engines.inspection.reading.modules import from_module

torchinfo = pytest.importorskip("torchinfo", reason="the peers extra is not installed: pip install torchinfo")


class Tied(nn.Module):
    """120 parameters: a table of 8 x 5, which is the head too, and a map of 5 x 16."""

    def __init__(self):
        super().__init__()
        self.table, self.map, self.head = nn.Embedding(8, 5), nn.Linear(5, 16, False), nn.Linear(5, 8, False)
        self.head.weight = self.table.weight

    def forward(self, ids):
        rows = self.table(ids)
        return self.head(rows), self.map(rows)


def test_plain_networks_are_counted_alike():
    net = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 4, 1), nn.Flatten(), nn.Linear(4 * 25, 6))
    told = torchinfo.summary(net, input_data=torch.zeros(1, 3, 9, 9), verbose=0)
    counts = count(from_module(net, torch.zeros(1, 3, 9, 9)).graph)
    assert counts.parameters_shared_once == told.total_params
    biases = 8 * 25 + 4 * 25 + 6
    assert counts.multiply_adds == told.total_mult_adds - biases


def test_tied_weights_are_counted_once_here():
    module, ids = Tied(), torch.tensor([[1, 2]])
    counts = count(from_module(module, ids).graph)
    assert (counts.parameters, counts.parameters_shared_once) == (160, 120)
    assert torchinfo.summary(module, input_data=ids, verbose=0).total_params == 160
