"""Maps beside closed forms, brute force and gradients by hand, on networks small enough to know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from onnx import helper
from torch import nn

from engines.core.context import PlainContext
from engines.core.errors import BadInput, UsageError, WorkFailed
from engines.core.networks.preprocessing import Preprocessing
from engines.inspection.attribution.asked import AttributeResult, AttributeSpec, Explained
from engines.inspection.attribution.grad_cam import token_grid
from engines.inspection.attribution.job import explain
from engines.inspection.opening.model import Model
from engines.inspection.opening.opener import open_model
from engines.inspection.reading.modules import from_module
from engines.inspection.types import Kind
from tests.engines.inspection.onnx_cases import value_info

SIDE = 8
PICTURE = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
SPEC = AttributeSpec(preprocessing=Preprocessing((SIDE, SIDE), mean=(20.0, 30.0, 40.0), std=(50.0, 60.0, 70.0)))
X = torch.from_numpy(SPEC.preprocessing.prepare(PICTURE)[0]) if SPEC.preprocessing else torch.zeros(0)
BLACK = torch.tensor([-20 / 50, -30 / 60, -40 / 70]).reshape(1, 3, 1, 1)


class Tokens(nn.Module):
    """A transformer of one block with a class token: patches of 2, 4 x 4 of them."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 2, 2)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.norm, self.qkv, self.last = nn.LayerNorm(8), nn.Linear(8, 24), nn.LayerNorm(8)
        self.head = nn.Linear(8, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tokens = torch.cat([self.token, self.patches(x).flatten(2).transpose(1, 2)], 1)
        q, k, v = self.qkv(self.norm(tokens)).chunk(3, -1)
        tokens = tokens + (q @ k.transpose(1, 2)).softmax(-1) @ v
        return self.head(self.last(tokens)[:, 0])


def small(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    flat = 6 * (SIDE // 2) ** 2
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, 2, 1), nn.ReLU(), nn.Conv2d(6, 6, 3, 1, 1), nn.ReLU(), nn.Flatten(), nn.Linear(flat, 5)
    )


def of(module: nn.Module) -> Model:
    return from_module(module, torch.zeros(1, 3, SIDE, SIDE))


def explained(model: Model, method: str, **asked: object) -> tuple[Explained, AttributeResult]:
    result = explain(model, PICTURE, replace(SPEC, methods=(method,), **asked), PlainContext())
    return result.explained[0], result


def test_gradients_of_a_linear_network_are_its_weights() -> None:
    linear = nn.Sequential(nn.Flatten(), nn.Linear(3 * SIDE * SIDE, 4))
    weight = linear[1].weight[2].detach().reshape(3, SIDE, SIDE)
    model = of(linear)
    np.testing.assert_allclose(explained(model, "gradient", target="2")[0].map, weight.abs().amax(0), rtol=1e-6)
    times = explained(model, "gradient-x-input", target="2")[0]
    np.testing.assert_allclose(times.map, (weight * X[0]).sum(0), atol=1e-6)
    along, _ = explained(model, "integrated-gradients", target="2")
    np.testing.assert_allclose(along.map, (weight * (X - BLACK)[0]).sum(0), atol=1e-5)
    assert times.signed
    assert along.completeness is not None
    assert along.completeness.steps == SPEC.steps


def test_integrated_gradients_of_a_unit_that_wakes_on_the_way_are_known() -> None:
    """One ReLU: each pixel gets its share of w (x - b), for the part of the way on which the unit is awake."""
    linear = nn.Linear(3 * SIDE * SIDE, 1)
    way = (X - BLACK).flatten()
    with torch.no_grad():
        whole = float(linear.weight[0] @ way)
        linear.weight.mul_(np.sign(whole))
        linear.bias.copy_(-float(linear.weight[0] @ (BLACK + 0.37 * (X - BLACK)).flatten()))
    model = of(nn.Sequential(nn.Flatten(), linear, nn.ReLU(), nn.Linear(1, 2, bias=False)))
    found, result = explained(model, "integrated-gradients", target="0", most_steps=4096)
    gain = next(value for name, value in model.weights.items() if tuple(value.shape) == (2, 1))[0, 0]
    share = (linear.weight[0].detach() * way * 0.63 * gain).reshape(3, SIDE, SIDE).sum(0)
    np.testing.assert_allclose(found.map, share.detach(), atol=2e-3 * float(share.detach().abs().max()))
    told = found.completeness
    assert told is not None
    assert told.holds
    assert told.steps > SPEC.steps
    assert told.sum == pytest.approx(result.target.value, rel=1e-3)


def test_what_does_not_add_up_is_said() -> None:
    steep = nn.Sequential(nn.Flatten(), nn.Linear(3 * SIDE * SIDE, 64), nn.ReLU(), nn.Linear(64, 3))
    torch.manual_seed(1)
    for part in steep.parameters():
        nn.init.normal_(part, std=20)
    few, _ = explained(of(steep), "integrated-gradients", steps=8, most_steps=8)
    many, _ = explained(of(steep), "integrated-gradients", steps=8, most_steps=4096)
    assert few.completeness is not None
    assert not few.completeness.holds
    assert "more steps" in few.note
    assert many.completeness is not None
    assert many.completeness.holds
    assert many.completeness.error <= 1e-3


def test_grad_cam_is_that_by_hand() -> None:
    network = small()
    for place, name in ((1, "1"), (2, "2"), (3, "3")):
        held = []
        hook = network[place].register_forward_hook(lambda _m, _i, out, held=held: held.append(out))
        score = network(X.requires_grad_())[0, 1]
        hook.remove()
        (slope,) = torch.autograd.grad(score, held)
        cam = (held[0] * slope.mean((2, 3), keepdim=True)).sum(1, keepdim=True).relu()
        large = nn.functional.interpolate(cam, (SIDE, SIDE), mode="bilinear")[0, 0].detach()
        found, _ = explained(of(network), "grad-cam", target="1", layer=name)
        np.testing.assert_allclose(found.map, large, atol=1e-6)
    assert explained(of(network), "grad-cam")[0].layer == "3"


def test_grad_cam_of_tokens_leaves_the_class_token_out() -> None:
    torch.manual_seed(3)
    network = Tokens().eval()
    found, _ = explained(of(network), "grad-cam", target="4")
    held = []
    hook = network.norm.register_forward_hook(lambda _m, _i, out: held.append(out))
    score = network(X.requires_grad_())[0, 4]
    hook.remove()
    (slope,) = torch.autograd.grad(score, held)
    cam = (held[0][:, 1:] * slope[:, 1:].mean(1, keepdim=True)).sum(2).relu().reshape(1, 1, 4, 4)
    large = nn.functional.interpolate(cam, (SIDE, SIDE), mode="bilinear")[0, 0].detach()
    assert found.layer == "norm"  # behind it, the target hears the class token alone
    np.testing.assert_allclose(found.map, large, atol=1e-6)


def test_grids_of_tokens() -> None:
    assert token_grid((224, 224), 197) == (14, 14, 1)
    assert token_grid((224, 224), 196) == (14, 14, 0)
    assert token_grid((224, 448), 394) == (14, 28, 2)
    assert token_grid((224, 224), 1000) is None


def test_occlusion_is_what_covering_does() -> None:
    network = small()
    patch, stride = 3, 2
    found, result = explained(of(network), "occlusion", target="1", patch=patch, stride=stride)
    falls, seen = np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE))
    for top in range(0, SIDE - patch + stride, stride):
        for left in range(0, SIDE - patch + stride, stride):
            covered = X.detach().clone()
            part = (..., slice(top, top + patch), slice(left, left + patch))
            covered[part] = BLACK.expand(1, 3, SIDE, SIDE)[part]
            falls[part] += result.target.value - float(network(covered)[0, 1].detach())
            seen[part] += 1
    np.testing.assert_allclose(found.map, falls / seen, atol=1e-5)


def test_targets_are_numbers_norms_and_units() -> None:
    network = small()
    model, out = of(network), network(X).detach()[0]
    third = nn.Sequential(*network[:3])(X).detach()[0]
    asked = {"": out.max(), "3": out[3], "norm": out.norm(), "mean": out.mean(), "2:4": third[4].mean(),
             "2:4,1,2": third[4, 1, 2]}  # fmt: skip
    for text, value in asked.items():
        target = explained(model, "gradient", target=text)[1].target
        assert target.value == pytest.approx(float(value), rel=1e-5), text
    target = explained(model, "gradient")[1].target
    assert (target.index, target.share) == (int(out.argmax()), pytest.approx(float(out.softmax(0).max()), rel=1e-5))
    for wrong in ("5", "-1", "cat", "2:9", "2:4,1", "nowhere:1"):
        with pytest.raises(UsageError):
            explained(model, "gradient", target=wrong)


def test_pictures_with_channels_last_give_the_same_maps() -> None:
    class Last(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = small()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.first(x.permute(0, 3, 1, 2))

    traced = from_module(Last(), torch.zeros(1, SIDE, SIDE, 3))
    given = tuple(replace(one, picture=True) for one in traced.sheet.given)
    last = replace(traced, sheet=replace(traced.sheet, given=given))
    how = replace(SPEC.preprocessing, axes="NHWC")
    asked = {"target": "1", "patch": 3, "baseline": "mean", "curves": True, "points": 4}
    for method in ("gradient", "gradient-x-input", "integrated-gradients", "occlusion", "grad-cam"):
        one, _ = explained(of(small()), method, **asked)
        other, _ = explained(last, method, preprocessing=how, **asked)
        np.testing.assert_allclose(one.map, other.map, atol=1e-5)
        np.testing.assert_allclose(one.curve.insertion, other.curve.insertion, atol=1e-5)
    relu = next(node.name for node in last.graph.nodes if node.kind is Kind.ACTIVATION)
    _, aimed = explained(last, "gradient", preprocessing=how, target=f"{relu}:5,0,3")
    assert aimed.target.value == pytest.approx(float(small()[:2](X).detach()[0, 5, 0, 3]), rel=1e-5)


def test_numbers_that_are_probabilities_already_stand_for_themselves() -> None:
    for end in (nn.Sigmoid(), nn.Softmax(1)):
        network = nn.Sequential(small(), end)
        found, result = explained(of(network), "gradient", curves=True, points=2)
        assert (result.target.share, result.score) == (None, result.target.words)
        assert found.curve.deletion[0] == pytest.approx(float(network(X).detach().max()), rel=1e-5)
    found, result = explained(of(small()), "gradient", curves=True, points=2)
    assert (found.curve.deletion[0], "softmax" in result.score) == (pytest.approx(result.target.share, rel=1e-5), True)


def test_a_target_that_no_gradient_reaches_is_said() -> None:
    class Steps(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return (x > 0).sum((2, 3)) * 1.0

    for method in ("gradient", "gradient-x-input", "integrated-gradients"):
        with pytest.raises(WorkFailed, match="No gradient"):
            explained(of(Steps()), method)
    assert explained(of(Steps()), "occlusion")[0].map.any()


def test_pictures_in_whole_numbers_have_no_gradient_and_are_occluded(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Cast", ["x"], ["c"], "c", to=1),
        helper.make_node("GlobalAveragePool", ["c"], ["y"], "p"),
    ]
    x = value_info("x", np.zeros((1, 3, SIDE, SIDE), np.uint8))
    graph = helper.make_graph(nodes, "whole", [x], [helper.make_empty_tensor_value_info("y")])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (tmp_path / "whole.onnx").write_bytes(made.SerializeToString())
    model = open_model(tmp_path / "whole.onnx")
    for method in ("gradient", "grad-cam"):
        with pytest.raises(WorkFailed, match="whole numbers"):
            explained(model, method, layer="c")
    found = explained(model, "occlusion", preprocessing=None)
    assert found[0].map.any()
    assert found[1].target.value == pytest.approx(float(PICTURE.mean((0, 1)).max()))
    assert "from 0 to 255" in found[1].fitted


def test_a_model_that_takes_no_pictures_says_so_whatever_preprocessing_is_told() -> None:
    model = from_module(nn.Linear(4, 4), torch.zeros(1, 4))
    with pytest.raises(BadInput, match="takes no pictures"):
        explained(model, "gradient")
