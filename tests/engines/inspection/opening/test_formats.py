"""What a file is, is told by its content; what is no model says so in plain words."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import save_file

from engines.core.errors import BadInput, FileMissing, KinoscopeError
from engines.inspection.opening.formats import format_of
from engines.inspection.opening.opener import open_model
from engines.inspection.opening.safety import safety_of
from engines.inspection.types import Format

pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")


def write_onnx(path: Path) -> None:
    weight = numpy_helper.from_array(np.ones((2, 3), np.float32), "w")
    given, made = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2]) for name in "xy")
    given.type.tensor_type.shape.dim[1].dim_value = 3
    node = helper.make_node("Gemm", ["x", "w"], ["y"], transB=1)
    onnx.save(helper.make_model(helper.make_graph([node], "g", [given], [made], [weight])), path)


class Small(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(3, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.linear(x))


def write_script(path: Path) -> None:
    torch.jit.save(torch.jit.script(Small()), str(path))


def write_exported(path: Path) -> None:
    """As far as its names go."""
    inputs = io.BytesIO()
    torch.save(((torch.ones(1, 3),), {}), inputs)
    members = {"archive_format": b"pt2", "models/model.json": b"{}", "data/sample_inputs/model.pt": inputs.getvalue()}
    with zipfile.ZipFile(path, "w") as made:
        for name, data in members.items():
            made.writestr(f"net/{name}", data)


def write_dlib(path: Path) -> None:
    """Two layers as dlib lays them out."""
    filters = np.ones(2 * 3 * 5 * 5 + 2, "<f4")
    con = (
        b"\x01\x05con_4"
        + b"\x01\x02\x02\x98\x00\x01\x01\x01\x01\x01\x01"
        + filters.tobytes()
        + b"\x01\x02\x01\x05\x01\x05"
    )
    fc = b"\x01\x04fc_2" + b"\x01\x04\x01\x08" + b"\x01\x02\x01\x08\x01\x04\x01\x01\x01\x01" + bytes(8 * 4 * 4)
    path.write_bytes(b"\x01\x01\x01\x01\x01\x0dloss_metric_2" + bytes(16) + con + b"\x01\x05relu_" + fc + bytes(64))


WRITERS: dict[Format, Callable[[Path], object]] = {
    Format.ONNX: write_onnx,
    Format.SAFETENSORS: lambda path: save_file({"w": torch.ones(300)}, path),
    Format.LORA: lambda path: save_file({"q.lora_A.weight": torch.ones(2, 90), "q.alpha": torch.ones(1)}, path),
    Format.STATE_DICT: lambda path: torch.save({"w": torch.ones(300)}, path),
    Format.TORCHSCRIPT: write_script,
    Format.EXPORTED: write_exported,
    Format.ARRAYS: lambda path: np.savez(path.open("wb"), a=np.ones(300), b=np.arange(3)),
    Format.DLIB: write_dlib,
    Format.TFLITE: lambda path: path.write_bytes(b"\x1c\0\0\0TFL3" + bytes(120)),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("ending", ["", ".onnx", ".pth", ".safetensors"])
def test_the_content_tells_and_not_the_ending(kind: Format, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"model{ending}"
    WRITERS[kind](path)
    assert format_of(path) is kind
    assert safety_of(path).verdict == ("code" if kind is Format.TORCHSCRIPT else "safe")


@pytest.mark.parametrize("kind", [kind for kind in WRITERS if kind is not Format.TFLITE])
def test_a_file_that_is_cut_short_is_refused(kind: Format, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    WRITERS[kind](whole)
    content = whole.read_bytes()
    for length in (len(content) // 2, len(content) // 10, 9):
        cut.write_bytes(content[:length])
        with pytest.raises(BadInput):
            open_model(cut)
        assert safety_of(cut).verdict == "refused"


NO_MODELS = {
    "a text file": b"This is a description of a model.\nIt has two lines.\n",
    "JSON": b'{"architecture": "unet"}\n',
    "a file of zeros": bytes(5000),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "empty": b"",
    "no onnx file, or it is cut short": bytes(range(255, 0, -1)),
    "text that begins as a pickle could": b"case\nupper\nlower.\n",
}


@pytest.mark.parametrize("words", NO_MODELS)
def test_what_is_no_model_is_told_in_plain_words(words: str, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(NO_MODELS[words])
    with pytest.raises(BadInput) as failure:
        open_model(path)
    assert (words in failure.value.message) or "a text file" in failure.value.message


def test_pipes_folders_and_nothing_at_all_are_no_models(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.onnx")
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadInput, match="pipe"):
        open_model(tmp_path / "pipe.onnx")
    with pytest.raises(BadInput, match="no model in this folder"):
        open_model(tmp_path / "folder")
    with pytest.raises(FileMissing):
        open_model(tmp_path / "nowhere.onnx")
    with pytest.raises(FileMissing, match="Known names: .*yunet"):
        open_model("nobody-called-it-this")


def test_twenty_gigabytes_of_nothing_are_refused_unread(tmp_path: Path) -> None:
    for start in (b"", b"PK\x03\x04", b"\x80\x02", b"\x08\x0a", b"\x1c\0\0\0TFL4", b"GGUF"):
        path = tmp_path / "huge.onnx"
        with path.open("wb") as file:
            file.write(start)
            file.truncate(20 << 30)
        with pytest.raises(BadInput):
            open_model(path)


def test_an_onnx_file_above_two_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.onnx"
    length = (3 << 30).to_bytes(5, "little")
    packed = bytes([0x80 | (3 << 30 >> 7 * place) & 0x7F for place in range(4)] + [3 << 30 >> 28])
    assert len(length) == len(packed)
    with path.open("wb") as file:
        file.write(b"\x08\x0a\x3a" + packed)
        file.truncate(8 + (3 << 30))
    with pytest.raises(BadInput, match="larger than 2 GB"):
        open_model(path)


@pytest.mark.parametrize("kind", [Format.ONNX, Format.SAFETENSORS, Format.STATE_DICT, Format.ARRAYS, Format.DLIB])
def test_whatever_is_changed_the_answer_is_in_words(kind: Format, tmp_path: Path) -> None:
    """Nothing but a `KinoscopeError` comes out of a file with bytes changed, added and taken away."""
    whole, changed = tmp_path / "whole", tmp_path / "changed"
    WRITERS[kind](whole)
    content, chance = whole.read_bytes(), np.random.default_rng(0)
    opened = 0
    for _ in range(150):
        data = bytearray(content)
        for place in chance.integers(0, min(len(data), 1000), chance.integers(1, 5)):
            data[place : place + chance.integers(3)] = bytes(chance.integers(0, 256, chance.integers(3), np.uint8))
        changed.write_bytes(data)
        with suppress(KinoscopeError):
            opened += open_model(changed).sheet.bytes > 0
        safety_of(changed)
    assert opened < 150


def test_a_name_that_is_not_utf8_is_a_name(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"m\xf6del.safetensors")
    WRITERS[Format.SAFETENSORS](tmp_path / "plain")
    (tmp_path / "plain").rename(path)
    assert open_model(path).sheet.counts.parameters == 300


def test_a_folder_of_weights_is_judged_by_its_worst_file(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    save_file({"w": torch.ones(2)}, tmp_path / "model.safetensors")
    assert format_of(tmp_path) is Format.DIFFUSERS
    assert safety_of(tmp_path).verdict == "safe"
    (tmp_path / "pipeline.py").write_text("raise SystemExit")
    assert safety_of(tmp_path).verdict == "code"
    (tmp_path / "model.bin").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    assert safety_of(tmp_path).verdict == "refused"
    assert safety_of(tmp_path).calls == ("os.system('true')",)


def test_an_archive_of_something_else_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.pt2", "w") as made:
        made.writestr("word/document.xml", b"<x/>")
    with pytest.raises(BadInput, match="something else"):
        format_of(tmp_path / "a.pt2")


def test_an_exports_embedded_pickle_is_named_and_not_opened(tmp_path: Path) -> None:
    """The graph is shown all the same."""
    path, marker = tmp_path / "a.pt2", tmp_path / "marker"
    torch.export.save(torch.export.export(Small().eval(), (torch.ones(1, 3),)), path)
    assert open_model(path).sheet.safety.verdict == "safe"
    with zipfile.ZipFile(path) as known:
        members = {name: known.read(name) for name in known.namelist()}
    with zipfile.ZipFile(path, "w") as made:
        for name, data in members.items():
            payload = b"cos\nsystem\n(S'touch " + str(marker).encode() + b"'\ntR."
            made.writestr(name, payload if name.endswith("sample_inputs/model.pt") else data)
    safety = safety_of(path)
    assert safety.verdict == "refused"
    assert safety.calls == (f"os.system('touch {marker}')",)
    sheet = open_model(path).sheet
    assert sheet.safety == safety
    assert "os.system" in sheet.warnings[-1]
    assert sheet.graph is not None
    assert not marker.exists()


def test_dlibs_layers_are_read_with_their_shapes(tmp_path: Path) -> None:
    write_dlib(tmp_path / "net.dat")
    model = open_model(tmp_path / "net.dat")
    shapes = {tensor.name: tensor.shape for tensor in model.sheet.tensors}
    assert shapes == {"con_1.filters": (2, 3, 5, 5), "con_1.biases": (2,), "fc_1.weights": (8, 4)}
    assert torch.equal(model.weights["con_1.filters"], torch.ones(2, 3, 5, 5))
    assert "does not say how" in model.sheet.runs


def test_arrays_are_read_one_by_one(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", a=np.ones((2, 3), np.float32), b=np.arange(4), c=np.ones(2, ">f4"))
    model = open_model(tmp_path / "a.npz")
    assert {one.name: one.shape for one in model.sheet.tensors} == {"a": (2, 3), "b": (4,), "c": (2,)}
    assert torch.equal(model.weights["b"], torch.arange(4))
    assert torch.equal(model.weights["c"], torch.ones(2))
