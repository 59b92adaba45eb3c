"""Kinds and attributes of ATen operators, by hand, in one module that does everything once."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from engines.inspection.reading.modules import from_module
from engines.inspection.types import Kind


class Everything(nn.Module):
    """x (2, 4, 6, 6)."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1, groups=2)
        self.back = nn.ConvTranspose2d(4, 2, 2, 2)
        self.norms = nn.ModuleList([nn.BatchNorm2d(4), nn.GroupNorm(2, 4), nn.InstanceNorm2d(4), nn.LayerNorm(6)])
        self.map = nn.Linear(6, 5)
        self.table = nn.Embedding(7, 3)
        self.time = nn.GRU(6, 2, batch_first=True)
        self.matrix = nn.Parameter(torch.randn(6, 3))
        self.drop = nn.Dropout()

    def forward(self, x, ids):
        rows = x[:, 0]
        first, second = x.split(2, dim=-3)
        return [
            self.conv(x), self.back(x), *(norm(x) for norm in self.norms), self.map(x), self.table(ids),
            self.time(rows), x @ self.matrix, torch.bmm(rows, rows), torch.einsum("bchw,bdhw->bcd", x, x),
            F.scaled_dot_product_attention(first, second, second, is_causal=True, scale=0.5),
            torch.addmm(x[0, 0, 0], x[0, 0], x[0, 1]), x.softmax(-1), x.mean((-1, -2), keepdim=True), x.amax(1),
            torch.cat([first, second], -3), torch.stack([first, second], -1), x.unbind(1), x[:, :, -4:-1:2],
            F.pad(x, (1, 2, 3, 0), mode="reflect"), F.interpolate(x, scale_factor=2.0, mode="nearest"),
            F.interpolate(x, size=(3, 9), mode="bilinear"), F.interpolate(x, size=9, mode="nearest-exact"),
            F.interpolate(x, size=(9, 9), mode="bicubic", align_corners=True),
            x.permute(0, 2, -1, 1), x.movedim(1, -1), x.transpose(-1, 1), x.flatten(1), x.unsqueeze(0),
            x.mean(1, keepdim=True).expand(-1, 4, -1, -1), F.pixel_shuffle(x, 2), F.pixel_unshuffle(x, 3),
            F.hardtanh(x, 0, 6), F.gelu(x), x + ids.sum(), x + 1, x * 2, self.drop(x), x.to(torch.float64),
            torch.arange(3), F.adaptive_avg_pool2d(x, 2), x.index_select(-1, ids[0]), x[0, ids[0] % 2],
        ]  # fmt: skip


@pytest.fixture(scope="module")
def graph():
    return from_module(Everything(), torch.randn(2, 4, 6, 6), torch.randint(0, 6, (2, 3))).graph


EXPECTED = [
    ("conv", Kind.CONV, {"axes": (2, 3), "groups": 2, "channel": 1}),
    ("back", Kind.CONV, {"axes": (2, 3), "groups": 1, "channel": 1}),
    ("norms.0", Kind.NORM, {"axes": ()}),
    ("norms.1", Kind.NORM, {"axes": (1, 2, 3)}),
    ("norms.2", Kind.NORM, {"axes": (2, 3)}),
    ("norms.3", Kind.NORM, {"axes": (3,)}),
    ("map", Kind.LINEAR, {"contracted": 6}),
    ("table", Kind.EMBEDDING, {}),
    ("time.gru", Kind.RECURRENT, {"axes": (1,), "matrix": 6 * 6 + 6 * 2}),
    ("matmul", Kind.LINEAR, {"contracted": 6}),
    ("bmm", Kind.MATMUL, {"contracted": 6}),
    ("einsum", Kind.MATMUL, {"contracted": 36}),
    ("scaled_dot_product_attention", Kind.ATTENTION, {"scale": 0.5, "causal": True}),
    ("addmm", Kind.MATMUL, {"contracted": 6}),
    ("softmax", Kind.SOFTMAX, {"axes": (3,)}),
    ("mean", Kind.REDUCE, {"axes": (2, 3), "keep": True, "function": "mean"}),
    ("amax", Kind.REDUCE, {"axes": (1,), "keep": False, "function": "max"}),
    ("cat", Kind.CONCAT, {"axes": (1,)}),
    ("stack", Kind.CONCAT, {"axes": (4,), "new": True}),
    ("split", Kind.SPLIT, {"axes": (1,)}),
    ("unbind", Kind.SPLIT, {"axes": (1,), "drop": True}),
    ("select", Kind.SLICE, {"axes": (1,), "starts": (0,), "steps": (1,), "drop": (1,)}),
    ("slice", Kind.SLICE, {"axes": (2,), "starts": (2,), "steps": (2,), "drop": ()}),
    ("pad", Kind.PAD, {"before": (0, 0, 3, 1), "after": (0, 0, 0, 2), "mode": "reflect"}),
    ("upsample_nearest2d", Kind.RESIZE, {"axes": (2, 3), "mode": "nearest", "corners": "asymmetric"}),
    ("upsample_bilinear2d", Kind.RESIZE, {"axes": (2, 3), "mode": "linear", "corners": "half"}),
    ("upsample_bicubic2d", Kind.RESIZE, {"axes": (2, 3), "mode": "cubic", "corners": "align"}),
    ("upsample_nearest_exact2d", Kind.RESIZE, {"mode": "nearest", "corners": "half"}),
    ("permute", Kind.TRANSPOSE, {"order": (0, 2, 3, 1)}),
    ("movedim", Kind.TRANSPOSE, {"order": (0, 2, 3, 1)}),
    ("transpose", Kind.TRANSPOSE, {"order": (0, 3, 2, 1)}),
    ("flatten", Kind.RESHAPE, {}),
    ("unsqueeze", Kind.RESHAPE, {}),
    ("expand", Kind.EXPAND, {}),
    ("pixel_shuffle", Kind.SPACE_DEPTH, {"block": 2, "axes": (2, 3), "to": "space"}),
    ("pixel_unshuffle", Kind.SPACE_DEPTH, {"block": 3, "axes": (2, 3), "to": "depth"}),
    ("hardtanh", Kind.ACTIVATION, {"function": "relu6"}),
    ("gelu", Kind.ACTIVATION, {"function": "gelu"}),
    ("add", Kind.ADD, {}),
    ("add_1", Kind.ARITHMETIC, {}),
    ("mul", Kind.ARITHMETIC, {}),
    ("drop", Kind.CAST, {}),
    ("to", Kind.CAST, {}),
    ("arange", Kind.CONSTANT, {}),
    ("adaptive_avg_pool2d", Kind.ADAPTIVE_POOL, {"axes": (2, 3), "mode": "average"}),
    ("index_select", Kind.GATHER, {"axes": (3,)}),
    ("index", Kind.GATHER, {"axes": (0,)}),
]


@pytest.mark.parametrize(("name", "kind", "attributes"), EXPECTED, ids=[case[0] for case in EXPECTED])
def test_kinds_and_attributes(graph, name, kind, attributes):
    node = graph.node(name)
    assert node.kind is kind
    assert {key: node.attributes[key] for key in attributes} == attributes


def test_inputs_stand_in_the_order_that_kinds_promise(graph):
    assert graph.node("back").inputs == ("x", "back.weight", "back.bias")
    assert graph.node("table").inputs == ("ids", "table.weight")
    assert graph.node("scaled_dot_product_attention").inputs == ("split:0", "split:1", "split:1", "")
    data, weight, added = graph.node("addmm").inputs
    assert graph.shape(data) == graph.shape(weight) == (6, 6)
    assert graph.shape(added) == (6,)


def test_nothing_in_it_is_unknown(graph):
    assert not [node.op for node in graph.nodes if node.kind is Kind.UNKNOWN]
