"""TFLite files as graphs: windows, folded weights, quantised values, other sizes; what claims too much is refused."""

from __future__ import annotations

import struct
from pathlib import Path

import flatbuffers
import numpy as np
import pytest
import torch
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from engines.core.errors import BadInput, KinoscopeError, UsageError
from engines.inspection.counting import count
from engines.inspection.opening.model import Model
from engines.inspection.opening.opener import open_model
from engines.inspection.running.network import Network
from engines.inspection.types import Kind
from tests.engines.inspection.tflite_cases import File, case, file_of, real, whole

CONV = {"strideH": 2, "strideW": 1, "fusedActivationFunction": 1}


def opened(folder: Path, content: bytes, shapes: tuple[tuple[int, ...], ...] = ()) -> Model:
    path = folder / "model.tflite"
    path.write_bytes(content)
    return open_model(path, shapes)


def small() -> File:
    """A strided convolution with its activation, a depthwise one and a mean, under TensorFlow's names."""
    file = File()
    file.inputs = [file.tensor("x", (1, 7, 6, 3), "float32")]
    weight = file.tensor("net/conv1/Conv2D/w", (4, 3, 3, 3), "float32", real(4, 3, 3, 3))
    bias = file.tensor("b", (4,), "float32", real(4))
    a = file.tensor("net/conv1/Relu;net/conv1/BiasAdd;net/conv1/Conv2D", (1, 4, 6, 4), "float32")
    file.step("CONV_2D", [*file.inputs, weight, bias], [a], "Conv2DOptions", **CONV)
    each = file.tensor("d", (1, 3, 3, 4), "float32", real(1, 3, 3, 4))
    b = file.tensor("net/sep/depthwise", (1, 2, 4, 4), "float32")
    file.step("DEPTHWISE_CONV_2D", [a, each, -1], [b], "DepthwiseConv2DOptions", strideH=1, strideW=1, padding=1,
              depthMultiplier=1)  # fmt: skip
    axes = file.tensor("axes", (2,), "int32", whole(1, 2))
    file.outputs = [file.tensor("net/pool/Mean", (1, 4), "float32")]
    file.step("MEAN", [b, axes], file.outputs, "ReducerOptions")
    return file


def test_kinds_and_windows_are_those_of_channels_last(tmp_path: Path) -> None:
    graph = opened(tmp_path, small().content()).graph
    conv, each, mean = graph.nodes
    assert [node.name for node in graph.nodes] == ["net.conv1", "net.sep", "net.pool"]
    assert conv.window is not None
    assert (conv.window.before, conv.window.after) == ((1, 1), (1, 1))
    assert conv.attributes == {"axes": (1, 2), "groups": 1, "channel": 3, "fused": "relu"}
    assert (each.attributes["groups"], mean.attributes["axes"], mean.kind) == (4, (1, 2), Kind.REDUCE)
    counts = count(graph)
    assert (counts.parameters, counts.multiply_adds) == (108 + 4 + 36, 4 * 6 * 4 * 27 + 2 * 4 * 4 * 9)


def test_another_size_of_input_changes_all_shapes_behind(tmp_path: Path) -> None:
    content = small().content()
    model = opened(tmp_path, content, ((1, 15, 20, 3),))
    assert [model.graph.shape(node.output) for node in model.graph.nodes] == [(1, 8, 20, 4), (1, 6, 18, 4), (1, 4)]
    with pytest.raises(UsageError, match="4 axes"):
        opened(tmp_path, content, ((15, 20, 3),))


def test_half_wide_weights_are_stored_tensors_and_no_steps(tmp_path: Path) -> None:
    file, weight = File(), real(2, 5).astype(np.float16)
    file.inputs = [file.tensor("x", (1, 5), "float32")]
    half = file.tensor("w", (2, 5), "float16", weight)
    whole_width = file.tensor("w_dequantize", (2, 5), "float32")
    file.step("DEQUANTIZE", [half], [whole_width], "DequantizeOptions")
    file.outputs = [file.tensor("y", (1, 2), "float32")]
    file.step("FULLY_CONNECTED", [*file.inputs, whole_width, -1], file.outputs, "FullyConnectedOptions")
    model = opened(tmp_path, file.content())
    assert [node.kind for node in model.graph.nodes] == [Kind.LINEAR]
    assert (count(model.graph).parameters, model.graph.tensors["w"].dtype) == (10, "float16")
    x = torch.randn(1, 5)
    torch.testing.assert_close(Network(model)(x), x @ torch.from_numpy(weight.astype(np.float32)).T)


def quantisation(scale: list[float], zero: list[int]) -> dict[str, object]:
    told = schema.QuantizationParametersT()
    told.scale, told.zeroPoint, told.quantizedDimension = np.float32(scale), np.int64(zero), 0
    return {"quantization": told}


def test_eight_bits_are_run_as_floats_that_are_rounded_as_the_file_says(tmp_path: Path) -> None:
    file, rng = File(), np.random.default_rng(5)
    inputs = file.tensor("x", (1, 6, 6, 2), "float32")
    x8 = file.tensor("x8", (1, 6, 6, 2), "int8", **quantisation([0.02], [3]))
    kernel = rng.integers(-127, 128, (3, 3, 3, 2)).astype(np.int8)
    scales = [0.01, 0.02, 0.005]
    weight = file.tensor("w", kernel.shape, "int8", kernel, **quantisation(scales, [0, 0, 0]))
    bias = file.tensor("b", (3,), "int32", whole(100, -400, 900), **quantisation([s * 0.02 for s in scales], [0, 0, 0]))
    y8 = file.tensor("y8", (1, 6, 6, 3), "int8", **quantisation([0.1], [-20]))
    y = file.tensor("y", (1, 6, 6, 3), "float32")
    file.step("QUANTIZE", [inputs], [x8], "QuantizeOptions")
    file.step("CONV_2D", [x8, weight, bias], [y8], "Conv2DOptions", strideH=1, strideW=1, fusedActivationFunction=1)
    file.step("DEQUANTIZE", [y8], [y], "DequantizeOptions")
    file.inputs, file.outputs = [inputs], [y]
    content, picture = file.content(), real(1, 6, 6, 2)
    theirs = Interpreter(model_content=content, num_threads=1)
    theirs.allocate_tensors()
    theirs.set_tensor(theirs.get_input_details()[0]["index"], picture)
    theirs.invoke()
    good = torch.from_numpy(theirs.get_tensor(theirs.get_output_details()[0]["index"]))
    model = opened(tmp_path, content)
    assert count(model.graph).parameters == kernel.size + 3
    assert "last digits may differ" in model.sheet.warnings[0]
    given = torch.from_numpy(picture).requires_grad_()
    found = Network(model)(given)
    assert (found - good).abs().max() <= 0.1 + 1e-6
    assert ((found - good).abs() > 1e-5).float().mean() < 0.02
    found.sum().backward()
    assert given.grad is not None
    assert given.grad.abs().sum() > 0


def test_an_operator_that_nobody_knows_is_drawn_and_said(tmp_path: Path) -> None:
    file = File()
    file.inputs = [file.tensor("x", (1, 4), "float32")]
    a, y = file.tensor("a", (1, 4), "float32"), file.tensor("y", (1, 4), "float32")
    file.step("RELU", file.inputs, [a])
    file.step("CUSTOM", [a], [y])
    file.model.operatorCodes[1].customCode = b"Magic"
    file.outputs = [y]
    model = opened(tmp_path, file.content())
    assert [(node.op, node.kind) for node in model.graph.nodes] == [
        ("RELU", Kind.ACTIVATION), ("custom Magic", Kind.UNKNOWN)]  # fmt: skip
    assert "custom Magic of 'y' is not known here" in model.sheet.runs
    assert Network(model).values((-torch.ones(1, 4),), ["a"])["a"].tolist() == [[0, 0, 0, 0]]


def test_what_is_no_model_is_said_to_be_none(tmp_path: Path) -> None:
    good = small().content()
    for content in (b"\0\0\0\0TFL3", good[:20], good[:-40], good[: len(good) // 3]):
        with pytest.raises(BadInput):
            Network(opened(tmp_path, content))


def test_a_small_file_that_claims_billions_of_entries_is_refused(tmp_path: Path) -> None:
    """The vector of tensors is told to be two billion long; walking it would take hours."""
    good = bytearray(small().content())
    graph = schema.Model.GetRootAs(bytes(good), 0).Subgraphs(0)
    table = flatbuffers.number_types.UOffsetTFlags.py_type(graph._tab.Offset(4))
    struct.pack_into("<I", good, graph._tab.Vector(table) - 4, 0x7FFFFFFF)
    with pytest.raises(BadInput, match="claims more entries"):
        opened(tmp_path, bytes(good))


def test_a_file_of_random_damage_opens_or_is_refused_in_words(tmp_path: Path) -> None:
    cases = [case("PAD", real(1, 2), whole([0, 1], [1, 0]), to=(2, 3)), case("RELU", real(2, 3), to=(2, 3))]
    good, rng, outcomes = file_of(cases)[0], np.random.default_rng(3), set()
    for _ in range(150):
        content = bytearray(good)
        for place in rng.integers(0, len(good), 2):
            content[place] = rng.integers(256)
        content[4:8] = b"TFL3"
        try:
            Network(opened(tmp_path, bytes(content)))
            outcomes.add("opened")
        except KinoscopeError:
            outcomes.add("refused")
    assert outcomes == {"opened", "refused"}


def test_sparse_weights_are_spread_to_their_places(tmp_path: Path) -> None:
    """Rows are dense, columns are listed (CSR), as TFLite's converter keeps what was pruned."""
    dense = np.where(real(3, 4) > 0.5, real(3, 4), 0).astype(np.float32)
    columns = [np.flatnonzero(row) for row in dense]
    rows, listed, told = schema.DimensionMetadataT(), schema.DimensionMetadataT(), schema.SparsityParametersT()
    rows.format, rows.denseSize, listed.format = 0, 3, 1
    listed.arraySegmentsType = listed.arrayIndicesType = 1
    listed.arraySegments, listed.arrayIndices = schema.Int32VectorT(), schema.Int32VectorT()
    listed.arraySegments.values = np.cumsum([0, *map(len, columns)]).astype(np.int32)
    listed.arrayIndices.values = np.concatenate(columns).astype(np.int32)
    told.traversalOrder, told.dimMetadata = [0, 1], [rows, listed]
    file = File()
    file.inputs = [file.tensor("x", (1, 4), "float32")]
    weight = file.tensor("w", (3, 4), "float32", dense[dense != 0], sparsity=told)
    file.outputs, whole_of = [file.tensor("y", (1, 3), "float32")], file.tensor("w_densify", (3, 4), "float32")
    file.step("DENSIFY", [weight], [whole_of], "DensifyOptions")
    file.step("FULLY_CONNECTED", [*file.inputs, whole_of, -1], file.outputs, "FullyConnectedOptions")
    model = opened(tmp_path, file.content())
    assert np.array_equal(model.weights["w"].numpy(), dense)
    assert count(model.graph).parameters == 12
