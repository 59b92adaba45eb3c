"""Attention seen at work: beside explicit softmax matrices, fused or written out, of torch modules and ONNX graphs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from engines.attention.listening import listening
from engines.core.context import PlainContext
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Frame, Stamp
from engines.generative.diffusion.models.cards import find, read_card
from engines.generative.diffusion.models.checkpoints import load_network
from engines.inspection.attention.looking import AttentionView
from engines.inspection.attention.sites import sites
from engines.inspection.attention.weights import Streamed, Whole, watch
from engines.inspection.live import Look
from engines.inspection.looks import LookSpec
from engines.inspection.opening.opener import open_model
from engines.inspection.reading.modules import from_module
from engines.inspection.running.fitting import fitting_of
from engines.inspection.running.network import Network

DIM, HEADS, ROWS, COLUMNS = 12, 3, 4, 5
COUNT = ROWS * COLUMNS + 1
MASK = torch.where(torch.rand(COUNT, COUNT, generator=torch.Generator().manual_seed(9)) < 0.8, 0.0, -torch.inf)
MASK.fill_diagonal_(0.0)


def fused(q, k, v):
    return nn.functional.scaled_dot_product_attention(q, k, v)


def fused_with_mask(q, k, v):
    return nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=MASK, scale=0.7)


def fused_causal(q, k, v):
    return nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)


def scaled_scores(q, k, v):
    return (q @ k.transpose(-2, -1) / 2.5 + MASK + 3.0).softmax(-1) @ v


def scaled_queries(q, k, v):
    return torch.dropout(torch.softmax((q * 0.6) @ k.mT * 0.5, -1), 0.1, False) @ v


def bent_scores(q, k, v):
    return torch.softmax(2 * torch.tanh(q @ k.mT), -1) @ v


def by_letters(q, k, v):
    return torch.softmax(torch.einsum("bhid,bhjd->bhij", q, k) * 0.4, -1) @ v


def folded_heads(q, k, v):
    q, k, v = (one.flatten(0, 1) for one in (q, k, v))
    return torch.bmm(torch.softmax(torch.bmm(q, k.transpose(1, 2)), -1), v).unflatten(0, (1, HEADS))


FORMS = {
    fused: lambda s: s / 2,
    fused_with_mask: lambda s: 0.7 * s + MASK,
    fused_causal: lambda s: (s / 2).masked_fill(torch.ones(COUNT, COUNT).triu(1) > 0, -torch.inf),
    scaled_scores: lambda s: s / 2.5 + MASK,
    scaled_queries: lambda s: 0.3 * s,
    bent_scores: lambda s: 2 * torch.tanh(s),
    by_letters: lambda s: 0.4 * s,
    folded_heads: lambda s: s,
}


class Block(nn.Module):
    def __init__(self, form):
        super().__init__()
        self.form, self.norm, self.qkv, self.out = form, nn.LayerNorm(DIM), nn.Linear(DIM, 3 * DIM), nn.Linear(DIM, DIM)
        self.scores = None

    def parts(self, x):
        batch, count, _ = x.shape
        return self.qkv(self.norm(x)).reshape(batch, count, 3, HEADS, DIM // HEADS).permute(2, 0, 3, 1, 4).unbind(0)

    def forward(self, x):
        q, k, v = self.parts(x)
        return x + self.out(self.form(q, k, v).transpose(1, 2).reshape(x.shape))


class Seer(nn.Module):
    """A class token, then 4 x 5 patches."""

    def __init__(self, form, depth=3):
        super().__init__()
        torch.manual_seed(0)
        self.patches, self.token = nn.Conv2d(3, DIM, 8, 8), nn.Parameter(torch.randn(1, 1, DIM))
        self.blocks = nn.ModuleList(Block(form) for _ in range(depth))
        with torch.no_grad():
            for block in self.blocks:
                block.qkv.weight *= 3

    def tokens(self, x):
        return torch.cat([self.token, self.patches(x).flatten(2).transpose(1, 2)], 1)

    def forward(self, x):
        x = self.tokens(x)
        for block in self.blocks:
            x = block(x)
        return x[:, 0]


def picture(seed=0):
    image = np.random.default_rng(seed).integers(0, 256, (8 * ROWS, 8 * COLUMNS, 3), np.uint8)
    data = torch.from_numpy(image[..., ::-1].astype(np.float32) / 255).permute(2, 0, 1)[None]
    return Frame(image, Stamp("a", seed, 0.0, 0.0)), data


@torch.no_grad()
def matrices(seer, data):
    """(heads, N, N) of every layer, by the definition."""
    x, found = seer.tokens(data), []
    for block in seer.blocks:
        q, k, _ = block.parts(x)
        found.append(torch.softmax(FORMS[block.form](q @ k.mT), -1)[0])
        x = block(x)
    return found


def looked(model, **asked):
    look = Look(model)
    look.open(LookSpec(view="attention", **asked), PlainContext())
    return look.process([picture()[0]])


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_maps_are_those_of_the_softmax(form):
    seer = Seer(form, 2)
    model = from_module(seer, picture()[1])
    weights = matrices(seer, picture()[1])[1]
    site = sites(model.graph)[1]
    layer, kind = site.name, Whole if form is bent_scores else Streamed
    assert isinstance(watch(Network(model), (picture()[1],), [site])[0], kind)
    close = {"atol": 2e-6, "rtol": 1e-4}
    row = looked(model, layer=layer, map="row", unit=(2, 3), head=1)
    assert (row.grid, row.extra, row.token, row.note) == ((ROWS, COLUMNS), 1, (2, 3), "")
    np.testing.assert_allclose(row.map, weights[1, 1 + 13, 1:].reshape(ROWS, COLUMNS), **close)
    np.testing.assert_allclose(row.heads.reshape(HEADS, -1), weights[:, 1 + 13, 1:], **close)
    mass = looked(model, layer=layer, map="mass")
    np.testing.assert_allclose(mass.map.ravel(), weights.sum(1).mean(0)[1:], **close)
    spread = torch.special.entr(weights).sum(-1)
    entropy = looked(model, layer=layer, map="entropy", head=0)
    np.testing.assert_allclose(entropy.map.ravel(), spread[0, 1:], **close)
    np.testing.assert_allclose(entropy.entropy, spread.mean(1), **close)


@pytest.mark.parametrize("form", [fused, scaled_scores, bent_scores], ids=lambda form: form.__name__)
def test_rollout_is_the_product_of_the_layers(form):
    seer = Seer(form)
    model = from_module(seer, picture()[1])
    half = torch.eye(COUNT) / 2
    first, second, third = (half + weights.mean(0) / 2 for weights in matrices(seer, picture()[1]))
    found = looked(model, map="rollout")
    assert found.layers == tuple(site.name for site in sites(model.graph))
    assert (found.seen.layer, found.token, len(found.layers)) == (found.layers[-1], (-1, -1), 3)
    np.testing.assert_allclose(found.map.ravel(), (third @ second @ first)[0, 1:], atol=1e-6)
    earlier = looked(model, map="rollout", layer=found.layers[1], unit=(0, 0))
    np.testing.assert_allclose(earlier.map.ravel(), (second @ first)[1, 1:], atol=1e-6)


def test_what_is_to_be_known_of_a_look_is_said():
    model = from_module(Seer(fused, 1), picture()[1])
    assert "3 heads" in looked(model, head=5).note
    with pytest.raises(UsageError, match="does not attend"):
        looked(model, layer="patches")
    plain = from_module(nn.Sequential(nn.Conv2d(3, 4, 3)), picture()[1])
    with pytest.raises(BadInput, match="no layer of attention"):
        looked(plain)


@pytest.mark.parametrize("first", [False, True])
def test_a_layer_of_tokens_is_shown_where_they_lie(first):
    seer = Seer(fused, 1)
    seer.head = nn.Sequential() if first else seer.blocks[0].norm
    seer.forward = lambda x: seer.head(seer.tokens(x).transpose(0, 1) if first else seer.tokens(x))
    model = from_module(seer, picture()[1])
    layer = model.graph.nodes[-1].name
    look = Look(model)
    look.open(LookSpec(layer=layer), PlainContext())
    found = look.process([picture()[0]])
    with torch.no_grad():
        tokens = seer(picture()[1])
    expected = (tokens[1:, 0] if first else tokens[0, 1:]).T.reshape(DIM, ROWS, COLUMNS)
    np.testing.assert_allclose(found.maps, expected, atol=1e-5)


class Crossing(nn.Module):
    """Tokens that attend to seven others, then to themselves, without a map that they were made of."""

    def __init__(self, itself):
        super().__init__()
        torch.manual_seed(0)
        self.itself, self.others, self.point = itself, nn.Parameter(torch.randn(1, 1, 7, 4)), nn.Linear(3, 4)

    def forward(self, x):
        x = self.point(x.flatten(2).transpose(1, 2))[:, None]
        x = fused(x, self.others, self.others)
        return fused(x, x, x) if self.itself else x


def test_attention_to_something_else_is_left_out_and_said():
    data = torch.zeros(1, 3, 6, 6)
    with pytest.raises(BadInput, match="only attends from one thing to another"):
        looked(from_module(Crossing(False), data))
    found = looked(from_module(Crossing(True), data))
    assert (found.grid, found.extra, len(found.layers)) == ((6, 6), 0, 1)
    assert "a guess" in found.note
    assert "left out: 1" in found.note


def test_our_own_network_attends_as_it_does_when_it_samples():
    model = open_model("mnist-dit")
    found = looked(model, map="mass")
    weights = find("mnist-dit")
    network, _ = load_network(weights, read_card(weights))
    inputs = fitting_of(model).fit(picture()[0].image).inputs
    calls = []
    with torch.no_grad(), listening(calls.append):
        network.eval()(*inputs)
    asked = calls[0].request
    explicit = torch.softmax(asked.q @ asked.k.mT * asked.scale, -1)[0]
    assert (found.grid, found.extra, found.note, len(found.layers)) == ((7, 7), 0, "", len(calls))
    np.testing.assert_allclose(found.heads.reshape(4, -1), explicit.sum(1), atol=1e-4)
    np.testing.assert_allclose(found.entropy, torch.special.entr(explicit).sum(-1).mean(-1), atol=1e-5)


def write_onnx(path, scale_on_scores=True):
    """As exporters write attention: keys turned before the product, a scale, a mask, a softmax."""
    torch.manual_seed(0)
    count, dim, heads = ROWS * COLUMNS, 8, 2
    stored = {
        "patch": torch.randn(dim, 3, 8, 8) / 8, "w": torch.randn(dim, 3 * dim), "flat": torch.tensor([1, dim, count]),
        "apart": torch.tensor([1, count, 3, heads, dim // heads]), "mask": torch.randn(1, 1, count, count),
        "scale": torch.tensor(2.0), "zero": torch.tensor(0), "one": torch.tensor(1), "two": torch.tensor(2),
    }  # fmt: skip
    node = helper.make_node
    nodes = [
        node("Conv", ["x", "patch"], ["map"], "patches", strides=[8, 8]),
        node("Reshape", ["map", "flat"], ["flat_map"]),
        node("Transpose", ["flat_map"], ["tokens"], perm=[0, 2, 1]),
        node("MatMul", ["tokens", "w"], ["qkv"]),
        node("Reshape", ["qkv", "apart"], ["parts"]),
        node("Transpose", ["parts"], ["first"], perm=[2, 0, 3, 1, 4]),
        *(node("Gather", ["first", at], [name], axis=0) for at, name in (("zero", "q"), ("one", "k"), ("two", "v"))),
        node("Transpose", ["k"], ["kt"], perm=[0, 1, 3, 2]),
        node("Div", ["q", "scale"], ["q2"]),
        node("MatMul", ["q" if scale_on_scores else "q2", "kt"], ["scores"], "scores"),
        node("Div", ["scores", "scale"], ["scaled"]),
        node("Add", ["mask", "scaled" if scale_on_scores else "scores"], ["masked"]),
        node("Softmax", ["masked"], ["weights"], "attend", axis=-1),
        node("MatMul", ["weights", "v"], ["y"]),
    ]
    shaped = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes, "g", [shaped("x", TensorProto.FLOAT, [1, 3, 8 * ROWS, 8 * COLUMNS])],
        [shaped("y", TensorProto.FLOAT, [1, heads, count, dim // heads])],
        [numpy_helper.from_array(data.numpy(), name) for name, data in stored.items()],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)


@pytest.mark.parametrize("scale_on_scores", [True, False])
def test_an_exports_pattern_is_found_in_an_onnx_file(tmp_path, scale_on_scores):
    write_onnx(tmp_path / "a.onnx", scale_on_scores)
    model = open_model(tmp_path / "a.onnx")
    (site,) = sites(model.graph)
    assert (site.name, site.scores, site.followed) == ("attend", "scores", True)
    network = Network(model)
    weights = network.values((picture()[1],), ["attend"])["attend"][0]
    view = AttentionView(network)
    look = Look(model)
    look.open(LookSpec(view="attention", map="mass"), PlainContext())
    found = look.process([picture()[0]])
    assert (found.grid, found.extra, view.names) == ((ROWS, COLUMNS), 0, ("attend",))
    np.testing.assert_allclose(found.map.ravel(), weights.sum(1).mean(0), rtol=1e-4)
    assert look.configure(replace(look_spec(), map="row", unit=(1, 1)))
    np.testing.assert_allclose(look.process([picture()[0]]).heads.reshape(2, -1), weights[:, 6], rtol=1e-3, atol=1e-6)


def look_spec():
    return LookSpec(view="attention")
