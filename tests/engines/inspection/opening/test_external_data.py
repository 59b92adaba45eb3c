"""Weights of an ONNX file are read from its own folder and from nowhere else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engines.core.errors import BadInput, FileMissing
from engines.inspection.opening.external import check
from engines.inspection.opening.safety import safety_of

OUTSIDE = ("../secret", "{}/secret", "link", "way/secret", "deep/../../secret", "near", "", "deep", "..\\secret")
OUTSIDE += ("C:\\secret", "\\\\host\\secret")


def model(location: str, *, where: str = "initializer", offset: int = 0, length: int = 24) -> Any:
    """A model whose weights lie at a place, as an initialiser, in a node's attribute, or in a branch of a graph."""
    tensor = numpy_helper.from_array(np.ones((2, 3), np.float32), "w")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", str(offset)), ("length", str(length))):
        tensor.external_data.add(key=key, value=value)
    constant = helper.make_node("Constant", [], ["w"], value=tensor)
    branch = helper.make_graph([constant], "b", [], [helper.make_tensor_value_info("w", 1, [2, 3])])
    given = helper.make_tensor_value_info("c", TensorProto.BOOL, [])
    nodes = {
        "initializer": [helper.make_node("Identity", ["w"], ["y"])],
        "attribute": [constant, helper.make_node("Identity", ["w"], ["y"])],
        "branch": [helper.make_node("If", ["c"], ["y"], then_branch=branch, else_branch=branch)],
    }[where]
    made = helper.make_tensor_value_info("y", 1, [2, 3])
    return helper.make_model(helper.make_graph(nodes, "g", [given], [made], [tensor] if where == "initializer" else []))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with weights in it, and others outside."""
    inside = tmp_path / "model"
    (inside / "deep").mkdir(parents=True)
    for place in (inside / "w.bin", inside / "deep" / "w.bin", tmp_path / "secret"):
        place.write_bytes(np.ones(6, "<f4").tobytes())
    (inside / "link").symlink_to(tmp_path / "secret")
    (inside / "way").symlink_to(tmp_path)
    (inside / "near").symlink_to(inside / "w.bin")
    return inside


@pytest.mark.parametrize("where", ["initializer", "attribute", "branch"])
@pytest.mark.parametrize("place", OUTSIDE)
def test_a_place_outside_is_refused(place: str, where: str, folder: Path) -> None:
    path = folder / "model.onnx"
    proto = model(place.format(folder.parent), where=where)
    with pytest.raises(BadInput, match="outside"):
        check(proto, path)
    path.write_bytes(proto.SerializeToString())
    safety = safety_of(path)
    assert safety.verdict == "refused"
    assert len(safety.calls) == 1


@pytest.mark.parametrize("place", ["w.bin", "deep/w.bin", "./w.bin"])
def test_a_place_beside_the_model_is_its_own(place: str, folder: Path) -> None:
    path = folder / "model.onnx"
    assert check(model(place), path) == (place,)
    path.write_bytes(model(place).SerializeToString())
    assert safety_of(path).verdict == "safe"
    assert onnx.load(path).graph.initializer[0].raw_data == (folder / "w.bin").read_bytes()


def test_weights_that_are_missing_or_cut_short_say_so(folder: Path) -> None:
    with pytest.raises(FileMissing, match=r"nowhere\.bin"):
        check(model("nowhere.bin"), folder / "model.onnx")
    with pytest.raises(BadInput, match="cut short"):
        check(model("w.bin", offset=8), folder / "model.onnx")
    with pytest.raises(BadInput, match="cut short"):
        check(model("w.bin", offset=-8), folder / "model.onnx")


def test_a_folder_that_is_reached_by_a_link_is_the_models_own(folder: Path) -> None:
    os.symlink(folder, folder.parent / "other")
    assert check(model("w.bin"), folder.parent / "other" / "model.onnx") == ("w.bin",)
