"""Operators of ONNX with inputs for them, and models of many at once: each case is a node of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from engines.core.networks.onnx import open_session
from engines.inspection.opening.opener import open_model
from engines.inspection.running.network import Network
from engines.inspection.types import Shape

Array = NDArray[Any]
RNG = np.random.default_rng(7)


@dataclass(frozen=True)
class Case:
    """inputs: None for one left out. given: how many of them are inputs of the model; the rest are stored in it."""

    op: str
    inputs: tuple[Array | None, ...]
    attributes: dict[str, Any] = field(default_factory=dict)
    outputs: int = 1
    given: int = 1
    domain: str = ""


def case(op: str, *inputs: Array | None, outputs: int = 1, given: int = 1, **attributes: Any) -> Case:
    return Case(op, inputs, attributes, outputs, given)


def real(*shape: int, low: float = -3, high: float = 3) -> Array:
    return RNG.uniform(low, high, shape).astype(np.float32)


def whole(*values: Any, dtype: Any = np.int64) -> Array:
    return np.asarray(values, dtype)


def one(value: Any, dtype: Any = np.float32) -> Array:
    return np.asarray(value, dtype)


def value_info(name: str, array: Array) -> Any:
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)


def model_of(cases: Sequence[Case], opset: int) -> tuple[bytes, dict[str, Array], list[list[str]]]:
    """A model of independent nodes "c0", "c1", ...; what it is given; names of each node's outputs."""
    nodes, inputs, stored, feeds, outputs = [], [], [], {}, []
    for number, each in enumerate(cases):
        names = []
        for place, array in enumerate(each.inputs):
            names.append("" if array is None else f"c{number}.{place}")
            if array is None:
                continue
            if place < each.given:
                inputs.append(value_info(names[-1], array))
                feeds[names[-1]] = array
            else:
                stored.append(numpy_helper.from_array(array, names[-1]))
        outputs.append([f"c{number}:{place}" for place in range(each.outputs)])
        nodes.append(helper.make_node(each.op, names, outputs[-1], f"c{number}", domain=each.domain, **each.attributes))
    told = [helper.make_empty_tensor_value_info(name) for names in outputs for name in names]
    graph = helper.make_graph(nodes, "cases", inputs, told, stored)
    imports = [helper.make_opsetid("", opset)]
    if any(each.domain for each in cases):
        imports.append(helper.make_opsetid("com.microsoft", 1))
    version = min(11, helper.find_min_ir_version_for(imports[:1]))
    model = helper.make_model(graph, opset_imports=imports, ir_version=version)
    return model.SerializeToString(), feeds, outputs


def single(nodes: Iterable[Any], inputs: dict[str, Sequence[int | str]], outputs: Sequence[str],
           stored: dict[str, Array], opset: int = 17, **more: Any) -> Any:  # fmt: skip
    """A model of nodes as they are given, floats in and out."""
    told = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()]
    given = [helper.make_empty_tensor_value_info(name) for name in outputs]
    held = [numpy_helper.from_array(array, name) for name, array in stored.items()]
    imports = [helper.make_opsetid("", opset)]
    graph = helper.make_graph(list(nodes), "one", told, given, held)
    return helper.make_model(graph, opset_imports=imports, ir_version=8, **more)


BY_VALUE = ("NonZero", "Compress")
"""Nobody knows the shape of what these give before they are run."""


def differences(cases: Sequence[Case], opset: int, folder: Path) -> list[str]:
    """What our networks give otherwise than onnxruntime, in words; what the graph says of shapes is looked at too."""
    content, feeds, outputs = model_of(cases, opset)
    path = folder / "cases.onnx"
    path.write_bytes(content)
    model = open_model(path)
    assert model.sheet.runs == ""
    wanted = open_session(content).run(None, feeds)
    found = Network(model)(*map(torch.from_numpy, feeds.values()))
    flat = [each for each, names in zip(cases, outputs, strict=True) for _ in names]
    told = map(model.graph.shape, model.graph.outputs)
    return [word for four in zip(flat, found, wanted, told, strict=True) if (word := _difference(*four))]


def _difference(case: Case, mine: torch.Tensor, theirs: Array, told: Shape | None) -> str:
    """Quantised numbers are floats that hold whole ones here."""
    whole_numbers = "Linear" in case.op or "Integer" in case.op
    name, found = f"{case.op} {case.attributes}", mine.numpy()
    if (found.dtype != theirs.dtype and not whole_numbers) or found.shape != theirs.shape:
        return f"{name}: {found.shape} {found.dtype}, not {theirs.shape} {theirs.dtype}"
    largest = float(np.abs(theirs[np.isfinite(theirs)]).max(initial=1)) if theirs.dtype.kind == "f" else 1
    if not np.allclose(found, theirs, rtol=2e-5, atol=1e-6 * largest, equal_nan=True):
        return f"{name}: {np.abs(found - theirs).max()}"
    if case.given == 1 and case.op not in BY_VALUE and told != theirs.shape:
        return f"{name}: said to be {told}, is {theirs.shape}"
    return ""
