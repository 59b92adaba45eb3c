"""A network of a graph's nodes: every value within reach, gradients, hooks, inference mode, weights drawn anew."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam
from onnx import helper

from engines.core.errors import OutOfResources, UsageError, WorkFailed
from engines.inspection.opening.model import Model
from engines.inspection.opening.opener import open_model
from engines.inspection.running import room
from engines.inspection.running.network import Network
from engines.inspection.types import Format, Graph, Kind, ModelSheet, Node, Tensor
from tests.engines.inspection.onnx_cases import one, real, single, whole

node = helper.make_node


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Convolution, norm, activation, resizing, pooling, and a linear layer."""
    nodes = [
        node("Conv", ["x", "w", "b"], ["a"], "conv", pads=[1, 1, 1, 1]),
        node("BatchNormalization", ["a", "s", "o", "m", "v"], ["n"], "norm"),
        node("Clip", ["n", "low", "high"], ["c"], "act"),
        node("Resize", ["c", "", "up"], ["r"], "up", mode="linear"),
        node("GlobalAveragePool", ["r"], ["g"], "pool"),
        node("Flatten", ["g"], ["f"], "flat"),
        node("Gemm", ["f", "head"], ["y"], "fc", transB=1),
    ]
    stored = {
        "w": real(4, 3, 3, 3), "b": real(4), "s": real(4), "o": real(4), "m": real(4), "v": real(4, low=0.2),
        "low": one(-20), "high": one(20), "up": whole(1, 1, 1.5, 2, dtype=np.float32), "head": real(5, 4),
    }  # fmt: skip
    path = tmp_path_factory.mktemp("network") / "classifier.onnx"
    path.write_bytes(single(nodes, {"x": [1, 3, 6, 6]}, ["y"], stored).SerializeToString())
    return open_model(path)


def test_gradients_are_those_of_differences(classifier: Model) -> None:
    network = Network(classifier).double()
    x = torch.randn(1, 3, 6, 6, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(network, (x,))


def test_values_between_are_those_of_a_whole_run_and_nothing_behind_them_runs(classifier: Model) -> None:
    network, x, ran = Network(classifier), torch.randn(1, 3, 6, 6), []
    for step in network.steps:
        step.register_forward_hook(lambda step, _given, _out: ran.append(step.node.name))
    values = network.values((x,), ["act", "conv"])
    assert ran == ["conv", "norm", "act"]
    torch.testing.assert_close(
        values["act"], network.layer("norm")(values["conv"], *map(network.weight, "somv")).clamp(-20, 20)
    )
    with pytest.raises(UsageError, match="no layer 'con'") as refused:
        network.values((x,), ["con"])
    assert "conv" in refused.value.hint


def test_inference_mode_first_does_not_keep_gradients_from_flowing_later(classifier: Model) -> None:
    with torch.inference_mode():
        network = Network(classifier)
        network(torch.randn(1, 3, 6, 6))
    x = torch.randn(1, 3, 6, 6, requires_grad=True)
    network(x)[0, 0].backward()
    assert x.grad is not None
    assert x.grad.abs().sum() > 0


def test_captum_reaches_a_layer(classifier: Model) -> None:
    network = Network(classifier)
    x = torch.randn(1, 3, 6, 6)
    map_of = LayerGradCam(network, network.layer("act")).attribute(x, target=2)
    weights = network.weight("head")
    assert weights is not None
    seen = network.values((x,), ["act"])["act"]
    torch.testing.assert_close(map_of, (seen * weights[2][:, None, None] / 36).sum(1, keepdim=True))


def test_inputs_of_another_dtype_are_taken(classifier: Model) -> None:
    x = torch.randint(0, 255, (1, 3, 6, 6), dtype=torch.uint8)
    network = Network(classifier)
    assert torch.equal(network(x), network(x.float()))
    assert torch.equal(network(x.double()), network(x.float()))


def test_a_layer_that_cannot_take_its_inputs_is_named(classifier: Model) -> None:
    with pytest.raises(WorkFailed, match=r"'conv' \(Conv\) cannot take 1x4x6x6"):
        Network(classifier)(torch.zeros(1, 4, 6, 6))


def chain(weights: dict[str, torch.Tensor], tensors: dict[str, Tensor], count: int) -> Model:
    """y = ((x + w0) + w1) + ... as a graph of ATen additions."""
    nodes = tuple(
        Node(f"add{i}", Kind.ADD, "aten.add.Tensor", (f"t{i}", f"w{i}"), (f"t{i + 1}",),
             call={"domain": "", "version": 17, "attributes": {}})
        for i in range(count)
    )  # fmt: skip
    graph = Graph(nodes, tensors, ("t0",), (f"t{count}",))
    return Model(ModelSheet("", "chain", Format.MODULE, 0, graph=graph), weights, f"{__name__}:addition")


def addition(_node: Node, _model: Model) -> Any:
    return torch.add


def test_shared_storages_are_held_once_unless_they_are_seen_otherwise() -> None:
    base = torch.randn(2, 3)
    views = {"w0": base, "w1": base, "w2": base.reshape(3, 2).t()}
    tensors = {name: Tensor(name, tuple(view.shape), "float32", True, "one") for name, view in views.items()}
    tensors |= {f"t{i}": Tensor(f"t{i}", (2, 3), "float32") for i in range(4)}
    network = Network(chain(views, tensors, 3))
    assert len(list(network.parameters())) == 2
    assert network.weight("w0") is network.weight("w1")
    torch.testing.assert_close(network(torch.zeros(2, 3)), base * 2 + views["w2"])


def test_values_that_nobody_reads_any_more_are_let_go() -> None:
    weights = {f"w{i}": torch.ones(4) for i in range(4)}
    tensors = {name: Tensor(name, (4,), "float32", True) for name in weights}
    tensors |= {f"t{i}": Tensor(f"t{i}", (4,), "float32") for i in range(5)}
    network, alive, held = Network(chain(weights, tensors, 4)), [], []

    def seen(_step: Any, _given: Any, out: torch.Tensor) -> None:
        held.append(weakref.ref(out))
        gc.collect()
        alive.append(sum(each() is not None for each in held))

    for step in network.steps:
        step.register_forward_hook(seen)
    with torch.no_grad():
        network(torch.zeros(4))
    assert max(alive) == 2


@pytest.mark.skipif(room.free() is None, reason="this system does not limit a process's memory")
def test_a_node_that_takes_more_memory_than_there_is_room_for_is_named(
    classifier: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource

    path, before = tmp_path / "large.onnx", resource.getrlimit(resource.RLIMIT_DATA)
    stored = {"times": whole(1, 1, 2000, 2000)}
    tiled = single([node("Tile", ["x", "times"], ["y"], "tiled")], {"x": [1, 3, 6, 6]}, ["y"], stored)
    path.write_bytes(tiled.SerializeToString())
    monkeypatch.setattr(room, "free", lambda: 192 << 20)
    with pytest.raises(OutOfResources, match="tiled"):
        Network(open_model(path))(torch.zeros(1, 3, 6, 6))
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    assert Network(classifier)(torch.zeros(1, 3, 6, 6)).shape == (1, 5)
