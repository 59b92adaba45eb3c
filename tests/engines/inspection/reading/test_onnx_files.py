"""ONNX files as graphs: one meaning whatever the opset, names of modules, sizes that are computed, weights beside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper

from engines.core.errors import BadInput, KinoscopeError, UsageError
from engines.inspection.counting import count
from engines.inspection.opening.model import Model
from engines.inspection.opening.opener import open_model
from engines.inspection.running.network import Network
from engines.inspection.types import Kind
from tests.engines.inspection.onnx_cases import Case, case, model_of, one, real, single, whole

X = real(1, 4, 9, 8)
node = helper.make_node


def opened(folder: Path, proto: Any, shapes: tuple[tuple[int, ...], ...] = (), name: str = "model.onnx") -> Model:
    path = folder / name
    path.write_bytes(proto if isinstance(proto, bytes) else proto.SerializeToString())
    return open_model(path, shapes)


def kind_of(folder: Path, each: Case, opset: int) -> tuple[Kind, dict[str, Any]]:
    found = opened(folder, model_of([each], opset)[0]).graph.nodes[0]
    return found.kind, dict(found.attributes)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (case("Slice", X, starts=[-3, 1], ends=[99, 4], axes=[3, 1]),
         case("Slice", X, whole(-3, 1), whole(99, 4), whole(-1, 1))),
        (case("Pad", X, pads=[0, 0, 1, 2, 0, 0, 3, 1]), case("Pad", X, whole(0, 0, 1, 2, 0, 0, 3, 1))),
        (case("Split", X, outputs=2, axis=1, split=[1, 3]), case("Split", X, whole(1, 3), outputs=2, axis=-3)),
        (case("ReduceMean", X, axes=[2, 3], keepdims=0), case("ReduceMean", X, whole(-2, -1), keepdims=0)),
        (case("Clip", X, min=0.0, max=6.0), case("Clip", X, one(0), one(6))),
        (case("Softmax", X, axis=3), case("Softmax", X)),
        (case("Squeeze", X, axes=[0]), case("Squeeze", X, whole(-4))),
    ],
)  # fmt: skip
def test_a_meaning_does_not_hang_on_the_opset(old: Case, new: Case, tmp_path: Path) -> None:
    assert kind_of(tmp_path, old, 9) == kind_of(tmp_path, new, 18)
    assert kind_of(tmp_path, new, 18)[0] is not Kind.UNKNOWN


WINDOWS = [
    case("Conv", X, real(6, 4, 3, 2), auto_pad="SAME_UPPER", strides=[2, 3]),
    case("Conv", X, real(6, 4, 3, 2), auto_pad="SAME_LOWER", strides=[2, 1], dilations=[1, 2]),
    case("MaxPool", X, kernel_shape=[3, 3], strides=[2, 3], ceil_mode=1),
    case("AveragePool", X, kernel_shape=[4, 3], strides=[2, 2], pads=[0, 1, 2, 0]),
    case("ConvTranspose", X, real(4, 2, 3, 3), strides=[2, 3], pads=[1, 0, 1, 2], output_padding=[1, 2]),
    case("ConvTranspose", X, real(4, 2, 3, 3), strides=[2, 2], output_shape=[18, 17]),
    case("ConvTranspose", X, real(4, 2, 3, 3), strides=[2, 2], auto_pad="SAME_LOWER"),
]


def test_windows_give_the_sizes_of_the_outputs(tmp_path: Path) -> None:
    graph = opened(tmp_path, model_of(WINDOWS, 13)[0]).graph
    for each in graph.nodes:
        window, sizes = each.window, graph.shape(each.inputs[0])
        assert window is not None
        assert sizes is not None
        for place in range(2):
            size, k, s, d = sizes[2 + place], window.kernel[place], window.stride[place], window.dilation[place]
            pad, reach = window.before[place] + window.after[place], (k - 1) * d + 1
            wanted = (size - 1) * s + reach - pad if window.transposed else (size + pad - reach) // s + 1
            assert (graph.shape(each.output) or ())[2 + place] == wanted, each.op


def test_same_padding_lies_where_its_name_says(tmp_path: Path) -> None:
    upper, lower = opened(tmp_path, model_of(WINDOWS[:2], 13)[0]).graph.nodes
    assert upper.window is not None
    assert lower.window is not None
    assert (upper.window.before, upper.window.after) == ((1, 0), (1, 0))
    assert (lower.window.before, lower.window.after) == ((1, 1), (1, 1))


def test_products_with_stored_weights_are_linear_and_others_are_not(tmp_path: Path) -> None:
    flat, across = real(3, 5), real(5, 4)
    cases = [case("Gemm", flat, across), case("MatMul", flat, across), case("MatMul", flat, across, given=2),
             case("Gemm", flat, real(3, 4), transA=1)]  # fmt: skip
    graph = opened(tmp_path, model_of(cases, 13)[0]).graph
    assert [(each.kind, each.attributes["contracted"]) for each in graph.nodes] == [
        (Kind.LINEAR, 5), (Kind.LINEAR, 5), (Kind.MATMUL, 5), (Kind.MATMUL, 3)]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "name", "module"),
    [
        ("/layer4/layer4.1/relu/Relu", "layer4.1.relu", "layer4.1.relu"),
        ("/model.22/cv2.0/act/Relu_1", "model.22.cv2.0.act", "model.22.cv2.0.act"),
        ("resnet/conv1_relu/Relu", "resnet.conv1_relu", "resnet.conv1_relu"),
        ("Relu_15", "Relu_15", ""),
        ("", "y", ""),
    ],
)
def test_layers_have_the_names_of_modules(written: str, name: str, module: str, tmp_path: Path) -> None:
    proto = single([node("Relu", ["x"], ["y"], written)], {"x": [1, 4]}, ["y"], {})
    found = opened(tmp_path, proto).graph.nodes[0]
    assert (found.name, found.module) == (name, module)


def test_a_module_that_is_called_twice_or_does_two_things_has_a_name_for_each(tmp_path: Path) -> None:
    steps = [
        ("Relu", "/a/act/Relu"),
        ("Relu", "/a/act/Relu_1"),
        ("Add", "/a/Add"),
        ("Mul", "/a/Mul"),
        ("Add", "/a/Add_1"),
    ]
    nodes = [
        node(op, [f"t{i}"] * (1 if op == "Relu" else 2), [f"t{i + 1}"], name) for i, (op, name) in enumerate(steps)
    ]
    names = [each.name for each in opened(tmp_path, single(nodes, {"t0": [1, 4]}, ["t5"], {})).graph.nodes]
    assert names == ["a.act", "a.act_1", "a.add", "a.mul", "a.add_1"]


def test_constants_are_stored_tensors_and_shared_weights_count_once(tmp_path: Path) -> None:
    nodes = [
        node("Constant", [], ["shape"], value_ints=[1, -1]),
        node("Constant", [], ["half"], value_float=0.5),
        node("Identity", ["w"], ["tied"]),
        node("Reshape", ["x", "shape"], ["a"]),
        node("MatMul", ["a", "w"], ["b"]),
        node("Mul", ["b", "half"], ["c"]),
        node("MatMul", ["c", "tied"], ["y"]),
    ]
    model = opened(tmp_path, single(nodes, {"x": [2, 3]}, ["y"], {"w": real(6, 6)}))
    assert [each.op for each in model.graph.nodes] == ["Reshape", "MatMul", "Mul", "MatMul"]
    counts = count(model.graph)
    assert (counts.parameters, counts.parameters_shared_once) == (72, 36)
    x = torch.randn(2, 3)
    w = model.weights["w"]
    torch.testing.assert_close(Network(model)(x), (x.reshape(1, 6) @ w * 0.5) @ w)


def test_a_batch_that_nobody_told_is_one_and_other_sizes_are_asked_for(tmp_path: Path) -> None:
    proto = single([node("Relu", ["x"], ["y"])], {"x": ["n", 3, "h", 8]}, ["y"], {})
    model = opened(tmp_path, proto)
    assert model.sheet.needs_shape == ("x",)
    assert model.graph.shape("y") == (1, 3, -1, 8)
    assert "1 was taken" in model.sheet.warnings[0]
    told = opened(tmp_path, proto, ((2, 3, 5, 8),))
    assert (told.sheet.needs_shape, told.sheet.warnings, told.graph.shape("y")) == ((), (), (2, 3, 5, 8))
    with pytest.raises(UsageError, match="4 axes"):
        opened(tmp_path, proto, ((3, 5, 8),))


def test_another_size_than_the_files_changes_all_shapes_behind(tmp_path: Path) -> None:
    nodes = [
        node("Conv", ["x", "w"], ["a"], strides=[2, 2]),
        node("GlobalAveragePool", ["a"], ["b"]),
        node("Flatten", ["b"], ["y"]),
    ]
    proto = onnx.shape_inference.infer_shapes(single(nodes, {"x": [1, 3, 9, 9]}, ["y"], {"w": real(5, 3, 3, 3)}))
    graph = opened(tmp_path, proto, ((1, 3, 21, 11),)).graph
    assert [graph.shape(name) for name in "aby"] == [(1, 5, 10, 5), (1, 5, 1, 1), (1, 5)]


def test_sizes_that_the_graph_computes_are_followed(tmp_path: Path) -> None:
    """The last half of the rows, resized to those of the first input: nothing of that stands in the file."""
    nodes = [
        node("Shape", ["x"], ["s"]),
        node("Gather", ["s", "two"], ["h"]),
        node("Div", ["h", "two"], ["half"]),
        node("Unsqueeze", ["half", "zero"], ["start"]),
        node("Slice", ["x", "start", "far", "rows"], ["low"]),
        node("Cast", ["s"], ["floats"], to=TensorProto.FLOAT),
        node("Floor", ["floats"], ["sizes"]),
        node("Cast", ["sizes"], ["whole"], to=TensorProto.INT64),
        node("Resize", ["low", "", "", "whole"], ["y"], mode="nearest"),
    ]
    stored = {"two": one(2, np.int64), "zero": whole(0), "far": whole(1 << 40), "rows": whole(2)}
    model = opened(tmp_path, single(nodes, {"x": [1, 3, 10, 6]}, ["y"], stored))
    cut = next(each for each in model.graph.nodes if each.kind is Kind.SLICE and each.op == "Slice")
    assert (cut.attributes["starts"], model.graph.shape("low"), model.graph.shape("y")) == (
        (5,),
        (1, 3, 5, 6),
        (1, 3, 10, 6),
    )
    assert Network(model)(torch.zeros(1, 3, 10, 6)).shape == (1, 3, 10, 6)


def test_shapes_that_only_a_run_without_data_finds_leave_the_network_as_it_is(tmp_path: Path) -> None:
    """onnx does not know the shape behind this norm, so what is behind it was run on shapes alone first."""
    nodes = [
        node("GroupNormalization", ["x", "s", "o"], ["a"], num_groups=2),
        node("Resize", ["a", "", "up"], ["y"], mode="nearest"),
    ]
    stored = {"s": real(4), "o": real(4), "up": whole(1, 1, 2, 3, dtype=np.float32)}
    proto = single(nodes, {"x": [1, 4, 3, 5]}, ["y"], stored, opset=21)
    model, x = opened(tmp_path, proto), torch.randn(1, 4, 3, 5)
    assert model.graph.shape("y") == (1, 4, 6, 15)
    good = torch.nn.functional.group_norm(x, 2, model.weights["s"], model.weights["o"])
    torch.testing.assert_close(Network(model)(x), good.repeat_interleave(2, 2).repeat_interleave(3, 3))


def test_functions_are_written_out_and_those_that_never_end_are_not(tmp_path: Path) -> None:
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    proto = single([node("Twice", ["x"], ["y"], "/block/Twice", domain="own")], {"x": [1, 4]}, ["y"], {})
    proto.opset_import.append(opsets[1])
    body = [node("Relu", ["a"], ["b"]), node("Relu", ["b"], ["c"])]
    proto.functions.append(helper.make_function("own", "Twice", ["a"], ["c"], body, opsets))
    assert [each.op for each in opened(tmp_path, proto).graph.nodes] == ["Relu", "Relu"]
    body = [node("Twice", ["a"], ["c"], domain="own")]
    proto.functions[0].CopyFrom(helper.make_function("own", "Twice", ["a"], ["c"], body, opsets))
    model = opened(tmp_path, proto)
    assert [(each.op, each.kind) for each in model.graph.nodes] == [("Twice", Kind.UNKNOWN)]
    assert "call themselves" in model.sheet.warnings[0]


def test_what_nobody_knows_is_drawn_said_and_run_up_to(tmp_path: Path) -> None:
    branch = helper.make_graph([node("Neg", ["a"], ["b"])], "then", [], [helper.make_empty_tensor_value_info("b")])
    nodes = [
        node("Relu", ["x"], ["a"], "first"),
        node("If", ["c"], ["d"], "choice", then_branch=branch, else_branch=branch),
        node("Strange", ["d"], ["y"], "last", domain="far.away"),
    ]
    proto = single(nodes, {"x": [1, 4]}, ["y"], {"c": one(True, np.bool_)})
    proto.opset_import.append(helper.make_opsetid("far.away", 1))
    model = opened(tmp_path, proto)
    assert [each.kind for each in model.graph.nodes] == [Kind.ACTIVATION, Kind.UNKNOWN, Kind.UNKNOWN]
    assert model.graph.nodes[1].inputs == ("c", "a")
    assert "If of 'choice' is not known here" in model.sheet.runs
    assert "If, Strange (far.away)" in model.sheet.warnings[0]
    assert count(model.graph).uncounted == ("If", "Strange")
    network, x = Network(model), torch.tensor([[-1.0, 2, 3, -4]])
    assert network.values((x,), ["first"])["first"].tolist() == [[0, 2, 3, 0]]
    with pytest.raises(BadInput, match="If of 'choice'"):
        network(x)


def beside(folder: Path, location: str, data: bytes | None = None, count: int = 4) -> Any:
    """A sum of the input and weights in a file beside it."""
    proto = single([node("Add", ["x", "w"], ["y"])], {"x": [count]}, ["y"], {"w": np.arange(count, dtype=np.float32)})
    tensor = proto.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", "8"), ("length", str(4 * count))):
        tensor.external_data.add(key=key, value=value)
    if data is not None:
        (folder / location).write_bytes(data)
    return proto


def test_weights_beside_the_file_are_read_and_those_elsewhere_are_not(tmp_path: Path) -> None:
    for count_of in (4, 5000):
        numbers = np.arange(count_of, dtype=np.float32)
        model = opened(tmp_path, beside(tmp_path, "weights.bin", b"--------" + numbers.tobytes(), count_of))
        assert torch.equal(Network(model)(torch.ones(count_of)), torch.from_numpy(numbers) + 1)
    folder = tmp_path / "inner"
    folder.mkdir()
    with pytest.raises(BadInput, match="outside"):
        opened(folder, beside(folder, "../weights.bin"))
    alone = opened(folder, beside(folder, "gone.bin"))
    assert "gone.bin" in alone.sheet.runs
    assert count(alone.graph).parameters == 4


@pytest.mark.parametrize(
    "kind", [TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.FLOAT8E4M3FN, TensorProto.DOUBLE]
)
def test_weights_of_any_width_are_read_and_narrow_ones_widened(kind: int, tmp_path: Path) -> None:
    proto = single([node("Cast", ["w"], ["a"], to=1), node("Add", ["x", "a"], ["y"])], {"x": [3]}, ["y"], {}, opset=19)
    proto.graph.initializer.append(helper.make_tensor("w", kind, [3], [0.5, -2, 1.5]))
    model = opened(tmp_path, proto)
    assert Network(model)(torch.zeros(3)).tolist() == [0.5, -2, 1.5]
    assert count(model.graph).parameters == 3


def test_what_is_no_model_is_said_to_be_none(tmp_path: Path) -> None:
    good = model_of(WINDOWS, 13)[0]
    for content in (b"", b"hello, this is text\n" * 9, good[:-3], good[: len(good) // 2], good[:40], b"\x08\x07"):
        with pytest.raises(BadInput):
            opened(tmp_path, content)


def test_a_file_of_random_damage_opens_or_is_refused_in_words(tmp_path: Path) -> None:
    good, rng = bytearray(model_of(WINDOWS[:4], 13)[0]), np.random.default_rng(3)
    outcomes = set()
    for _ in range(60):
        content = bytearray(good)
        for place in rng.integers(0, len(good), 6):
            content[place] = rng.integers(256)
        try:
            Network(opened(tmp_path, bytes(content)))
            outcomes.add("opened")
        except KinoscopeError:
            outcomes.add("refused")
    assert outcomes == {"opened", "refused"}


@pytest.mark.parametrize("dims", [(1 << 31, 1 << 31), (6, 4, 3, 3), (-6, 4, 3, 2)])
def test_weights_that_are_not_there_are_not_counted(dims: tuple[int, ...], tmp_path: Path) -> None:
    proto = onnx.ModelProto.FromString(model_of([case("Conv", X, real(6, 4, 3, 2))], 17)[0])
    held = next(each for each in proto.graph.initializer if len(each.dims) == 4)
    held.dims[:] = dims
    with pytest.raises(BadInput, match="lies about"):
        opened(tmp_path, proto)


def test_a_circle_is_named_and_not_run(tmp_path: Path) -> None:
    nodes = [node("Add", ["x", "b"], ["a"], "first"), node("Relu", ["a"], ["b"], "second")]
    sheet = opened(tmp_path, single(nodes, {"x": [1, 3, 6, 6]}, ["b"], {})).sheet
    assert sheet.runs == "Nothing gives 'b' before it is read"
    assert sheet.runs in sheet.warnings
