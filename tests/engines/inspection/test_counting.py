"""Counts by hand: products of every kind that has some, memory of outputs, shared weights, what nobody can count."""

import pytest
import torch
from torch import nn

from engines.inspection.counting import count
from engines.inspection.reading.modules import from_module
from engines.inspection.types import Graph, Kind, Node, Tensor


class Attending(nn.Module):
    def forward(self, q, k, v):
        return nn.functional.scaled_dot_product_attention(q, k, v)


CASES = {
    "conv": (nn.Conv2d(4, 6, (3, 5), 2, 1), [(2, 4, 9, 9)], 2 * 6 * 5 * 4 * 4 * 15),
    "grouped": (nn.Conv2d(4, 8, 3, groups=4), [(1, 4, 5, 5)], 8 * 3 * 3 * 9),
    "transposed": (nn.ConvTranspose2d(4, 6, 2, 2, groups=2), [(1, 4, 5, 5)], 4 * 25 * 3 * 4),
    "conv of rows": (nn.Conv1d(3, 2, 4), [(1, 3, 10)], 2 * 7 * 3 * 4),
    "linear": (nn.Linear(7, 3), [(2, 5, 7)], 2 * 5 * 3 * 7),
    "bilinear is none": (nn.Upsample(scale_factor=2), [(1, 2, 4, 4)], 0),
    "attention": (Attending(), [(1, 2, 5, 4), (1, 2, 7, 4), (1, 2, 7, 3)], 2 * 5 * 7 * (4 + 3)),
    "lstm": (nn.LSTM(3, 4, 2, batch_first=True, bidirectional=True), [(2, 6, 3)],
             2 * 6 * 16 * (2 * (3 + 4) + 2 * (8 + 4))),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_multiply_adds_by_hand(name):
    module, shapes, expected = CASES[name]
    assert count(from_module(module, *(torch.zeros(shape) for shape in shapes)).graph).multiply_adds == expected


def test_layers_have_their_own_parameters_and_the_memory_of_their_outputs():
    counts = count(from_module(nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4)), torch.zeros(2, 3, 5, 5)).graph)
    assert [layer.parameters for layer in counts.layers] == [16, 8]
    assert [layer.activation_bytes for layer in counts.layers] == [4 * 2 * 4 * 25] * 2
    assert counts.parameters == 24


def test_buffers_of_torch_are_no_parameters_and_float_initialisers_of_onnx_are():
    module = nn.BatchNorm1d(5)
    assert count(from_module(module, torch.zeros(2, 5)).graph).parameters == 10
    stored = {name: Tensor(name, (5,), "float32", True) for name in ("weight", "bias", "mean", "var")}
    assert count(Graph((), stored, (), ())).parameters == 20


def test_what_cannot_be_counted_is_named_and_left_out():
    tensors = {"x": Tensor("x", (1, 8), "float32"), "y": Tensor("y", None)}
    nodes = (
        Node("a", Kind.UNKNOWN, "Fancy", ("x",), ("y",)),
        Node("b", Kind.LINEAR, "MatMul", ("x", "y"), ("y",), attributes={"contracted": 8}),
    )
    counts = count(Graph(nodes, tensors, ("x",), ("y",)))
    assert counts.uncounted == ("Fancy", "MatMul")
    assert counts.multiply_adds is None
    assert counts.layers[0].activation_bytes is None
