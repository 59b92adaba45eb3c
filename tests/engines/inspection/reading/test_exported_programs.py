"""Exported programs: the module's own numbers without unpickling anything; hostile packages are refused."""

import json
import pickle
import zipfile
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from engines.core.errors import BadInput, UsageError, WorkFailed
from engines.inspection.counting import count
from engines.inspection.reading.pt2_files import open_file
from engines.inspection.running.inputs import given_inputs
from engines.inspection.running.network import Network
from engines.inspection.types import OpenSpec

MODEL = "n/models/model.json"
WEIGHTS = "n/data/weights/model_weights_config.json"


class Conv(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU6(True), nn.Conv2d(8, 8, 3, 1, 1, groups=8),
            nn.Hardswish(True), nn.MaxPool2d(3, 2, ceil_mode=True),
        )  # fmt: skip
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        return self.head(self.body(x).mean((-1, -2)))


class Patches(nn.Module):
    """A transformer of patches with torch's attention and a class token."""

    def __init__(self):
        super().__init__()
        self.into, self.token = nn.Conv2d(3, 16, 4, 4), nn.Parameter(torch.randn(1, 1, 16))
        self.norm, self.qkv, self.out = nn.LayerNorm(16), nn.Linear(16, 48), nn.Linear(16, 16)

    def forward(self, x):
        rows = self.into(x).flatten(2).transpose(1, 2)
        rows = torch.cat([self.token.expand(len(rows), -1, -1), rows], 1)
        q, k, v = self.qkv(self.norm(rows)).reshape(*rows.shape[:2], 3, 2, 8).permute(2, 0, 3, 1, 4).unbind(0)
        return rows + self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(rows.shape))


class Up(nn.Module):
    """A small U-Net: strided down, transposed up, joined, resized."""

    def __init__(self):
        super().__init__()
        self.down, self.up = nn.Conv2d(3, 8, 2, 2), nn.ConvTranspose2d(8, 4, 3, 2, 1, 1)
        self.norm, self.out = nn.GroupNorm(2, 4), nn.Conv2d(7, 3, 1)

    def forward(self, x):
        y = torch.cat([x, F.silu(self.norm(self.up(self.down(x))))], 1)
        return F.interpolate(self.out(y), scale_factor=2, mode="bilinear")


class Two(nn.Module):
    """Two inputs, one of whole numbers, tied weights, a buffer that is not stored with the rest, and a constant."""

    def __init__(self):
        super().__init__()
        self.table, self.head = nn.Embedding(9, 6), nn.Linear(6, 9, bias=False)
        self.head.weight = self.table.weight
        self.register_buffer("places", torch.arange(4.0), persistent=False)

    def forward(self, ids, scale):
        return self.head(self.table(ids) * scale) + self.places.sum() + torch.tensor([2.0]), ids.argmax()


class Wrapped(nn.Module):
    """Parts without gradients and outside autocast, one within the other."""

    def __init__(self):
        super().__init__()
        self.map = nn.Linear(4, 4)

    def forward(self, x):
        with torch.no_grad():
            turned = torch.arange(4.0) * x.mean()
            with torch.autocast("cpu", enabled=False):
                turned = turned.cos() + self.map.weight.sum()
            other = turned * 2
        return self.map(x) * turned + other


CASES = {
    "wrapped": (Wrapped, (torch.randn(2, 4),)),
    "conv": (Conv, (torch.randn(2, 3, 13, 13),)),
    "patches": (Patches, (torch.randn(1, 3, 8, 8),)),
    "up": (Up, (torch.randn(1, 3, 8, 8),)),
    "two": (Two, (torch.randint(0, 9, (1, 5)), torch.randn(1, 5, 1))),
}


def saved(path: Path, module: nn.Module, inputs, **told) -> Path:
    torch.export.save(torch.export.export(module.eval(), inputs, strict=False, **told), path)
    return path


def opened(path: Path, *shapes):
    return open_file(path, OpenSpec(str(path), shapes))


@pytest.fixture(scope="module")
def conv(tmp_path_factory):
    torch.manual_seed(0)
    module = Conv()
    return module, saved(tmp_path_factory.mktemp("pt2") / "n.pt2", module, (torch.randn(1, 3, 8, 8),))


def altered(source: Path, target: Path, change, drop=(), how=zipfile.ZIP_STORED) -> Path:
    """A package with some members written anew, each by `change(name, bytes)`, and some left out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", how) as new:
        for name in old.namelist():
            if name not in drop:
                new.writestr(name, change(name, old.read(name)))
    return target


@pytest.mark.parametrize("name", CASES)
def test_a_package_gives_the_numbers_of_its_module(name, tmp_path):
    kind, inputs = CASES[name]
    module = kind()
    model = opened(saved(tmp_path / "n.pt2", module, inputs))
    found = Network(model)(*inputs)
    with torch.no_grad():
        wanted = module(*inputs)
    for one, other in zip(found if isinstance(found, tuple) else [found],
                          wanted if isinstance(wanted, tuple) else [wanted], strict=True):  # fmt: skip
        torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-6)
    counts = count(model.graph)
    assert counts.parameters_shared_once == sum(each.numel() for each in module.parameters())
    assert counts.uncounted == ()


def test_layers_are_named_by_module_and_the_sheet_says_what_was_left_closed(conv):
    model = opened(conv[1])
    assert [node.name for node in model.graph.nodes][:3] == ["body.0", "body.1", "body.2"]
    assert not model.graph.tensors["body.0.weight"].constant
    assert model.graph.tensors["body.1.running_mean"].constant
    assert "sample_inputs/model.pt" in model.sheet.warnings[0]
    assert dict(model.sheet.facts)["torch"] == str(torch.__version__)


def test_a_payload_in_the_sample_inputs_does_not_run(conv, tmp_path):
    marker = tmp_path / "ran"

    class Payload:
        def __reduce__(self):
            return Path.touch, (marker,)

    def change(name, data):
        return pickle.dumps(Payload()) if name.endswith("sample_inputs/model.pt") else data

    model = opened(altered(conv[1], tmp_path / "bad.pt2", change))
    Network(model)(*given_inputs(model))
    assert not marker.exists()
    pickle.loads(pickle.dumps(Payload()))
    assert marker.exists()


def test_open_sizes_are_asked_for_and_then_followed_to_the_end(tmp_path):
    class Folding(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3, padding=1)

        def forward(self, x):
            b, c, h, w = (y := self.conv(x)).shape
            return y.reshape(b, c, h * w).softmax(-1).reshape(b, c, h, w)

    free = {"x": {0: torch.export.Dim("b"), 2: torch.export.Dim("h", min=4), 3: torch.export.Dim("w", min=4)}}
    module = Folding()
    path = saved(tmp_path / "n.pt2", module, (torch.randn(2, 3, 8, 9),), dynamic_shapes=free)
    asked = opened(path)
    assert asked.sheet.needs_shape == ("x",)
    assert asked.sheet.given[0].shape == (-1, 3, -1, -1)
    told = opened(path, (1, 3, 6, 5))
    assert told.sheet.needs_shape == ()
    assert told.graph.shape(told.graph.node("softmax").output) == (1, 4, 30)
    assert count(told.graph).multiply_adds == 4 * 30 * 27
    x = torch.randn(1, 3, 6, 5)
    torch.testing.assert_close(Network(told)(x), module(x))
    assert told.sheet.given[0].shape == (1, 3, 6, 5)
    with pytest.raises(BadInput, match="cannot take these shapes"):
        opened(path, (1, 2, 6, 5))
    with pytest.raises(UsageError, match="4 axes"):
        opened(path, (1, 3))


def test_an_open_batch_is_one_and_nobody_is_asked(tmp_path):
    module = nn.Linear(4, 2)
    free = {"input": {0: torch.export.Dim("b")}}
    model = opened(saved(tmp_path / "n.pt2", module, (torch.randn(3, 4),), dynamic_shapes=free))
    assert (model.sheet.needs_shape, model.graph.shape(model.graph.outputs[0])) == ((), (1, 2))
    assert "1 was taken" in model.sheet.warnings[-1]
    x = torch.randn(5, 4)
    torch.testing.assert_close(Network(model)(x), module(x))


def test_operators_off_the_list_are_drawn_and_never_called(conv, tmp_path):
    def change(name, data):
        return data.replace(b"torch.ops.aten.hardswish_.default", b"torch.ops.aten.from_file.default")

    model = opened(altered(conv[1], tmp_path / "bad.pt2", change))
    assert model.graph.node("body.4").kind == "unknown"
    assert count(model.graph).uncounted == ("aten.from_file.default",)
    network = Network(model)
    assert network.values(given_inputs(model), ["body.3"])["body.3"].shape == (1, 8, 4, 4)
    with pytest.raises((BadInput, WorkFailed), match="body.4"):
        network(*given_inputs(model))


def test_weights_of_older_torch_stay_closed_and_the_graph_is_shown(conv, tmp_path):
    old = tmp_path / "old.pt2"
    with zipfile.ZipFile(conv[1]) as new, zipfile.ZipFile(old, "w") as package:
        package.writestr("serialized_exported_program.json", new.read(MODEL))
        package.writestr("serialized_state_dict.pt", b"\x80\x02never opened")
    model = opened(old)
    assert model.graph.shape("body.0.weight") == (8, 3, 3, 3)
    assert "pickle" in model.sheet.runs
    with pytest.raises(BadInput, match="pickle"):
        model.operator(model.graph.nodes[0])


def _config(data, **changes):
    table = json.loads(data)
    table["config"]["head.weight"]["tensor_meta"].update(changes)
    return json.dumps(table).encode()


LIES = {
    "a size of more than is there": lambda name, data: _config(data, sizes=[{"as_int": 1 << 28}, {"as_int": 8}])
    if name == WEIGHTS else data,
    "strides beyond the end": lambda name, data: _config(data, strides=[{"as_int": 1 << 40}, {"as_int": 1}])
    if name == WEIGHTS else data,
    "an offset before the start": lambda name, data: _config(data, storage_offset={"as_int": -4})
    if name == WEIGHTS else data,
    "a type that is none": lambda name, data: _config(data, dtype=99) if name == WEIGHTS else data,
    "no JSON": lambda name, data: b"{" if name == MODEL else data,
    "another object": lambda name, data: b'{"graph_module": 3}' if name == MODEL else data,
    "an argument of no sort": lambda name, data: data.replace(b'"as_ints"', b'"as_code"') if name == MODEL else data,
    "nested without end": lambda name, data: b"[" * 10_000 if name == MODEL else data,
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_packages_that_lie_are_refused(lie, conv, tmp_path):
    with pytest.raises(BadInput) as refused:
        opened(altered(conv[1], tmp_path / "bad.pt2", LIES[lie]))
    assert "bad.pt2" in str(refused.value)


def test_a_bomb_a_twin_and_a_part_are_refused(conv, tmp_path):
    bomb = altered(conv[1], tmp_path / "bomb.pt2", lambda _name, data: data, how=zipfile.ZIP_DEFLATED)
    with pytest.raises(BadInput, match="compressed"):
        opened(bomb)
    twin = tmp_path / "twin.pt2"
    twin.write_bytes(conv[1].read_bytes())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(twin, "a") as package:
        package.writestr(MODEL, "{}")
    with pytest.raises(BadInput, match="twice"):
        opened(twin)
    part = tmp_path / "part.pt2"
    part.write_bytes(conv[1].read_bytes()[:-400])
    with pytest.raises(BadInput):
        opened(part)
