"""`inspect MODEL --receptive-field`: sizes, strides and starts of an ONNX file's layers, one or all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import main


@pytest.fixture
def model(tmp_path: Path) -> str:
    """Two convolutions, the second dilated, and their mean, for batches of any size."""
    weights = [numpy_helper.from_array(np.ones((1, 1, 3, 3), np.float32), name) for name in ("a", "b")]
    nodes = [
        helper.make_node("Conv", ["x", "a"], ["y"], "first", strides=[2, 2], pads=[1, 1, 1, 1]),
        helper.make_node("Conv", ["y", "b"], ["z"], "second", dilations=[2, 2]),
        helper.make_node("GlobalAveragePool", ["z"], ["out"], "mean"),
    ]
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 1, 24, 32])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "net", [given], [out], weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), tmp_path / "net.onnx")
    return str(tmp_path / "net.onnx")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict]:
    capsys.readouterr()
    code = main.main(["inspect", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_all_layers_with_what_there_is_to_say_of_them(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = said(capsys, model, "--receptive-field", "all")
    assert code == 0
    assert told["layers"][:2] == [
        {"name": "first", "size": [3, 3], "stride": [2, 2], "start": [-1, -1]},
        {"name": "second", "size": [11, 11], "stride": [2, 2], "start": [-1, -1]},
    ]
    mean = told["layers"][2]
    assert (mean["size"], mean["stride"], mean["start"]) == ([24, 32], [0, 0], [0, 0])
    assert (mean["whole"], "'mean'" in mean["note"]) == (True, True)


def test_one_layer_of_an_input_of_another_size(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = said(capsys, model, "--receptive-field", "mean", "--input", "1x1x40x48")
    assert (code, [row["size"] for row in told["layers"]]) == (0, [[40, 48]])
    code, told = said(capsys, model, "--receptive-field", "third")
    assert (code, told["error"]["message"]) == (2, "This model has no layer 'third'")


def test_the_table_says_the_same_in_words(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["inspect", model, "--receptive-field", "all"]) == 0
    shown = capsys.readouterr().out
    assert "24 x 32" in shown
    assert [line.split()[:4] for line in shown.splitlines() if "second" in line] == [["second", "11", "2", "-1"]]
