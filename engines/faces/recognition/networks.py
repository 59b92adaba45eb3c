"""ONNX files made ready for onnxruntime: checked, constants folded, one thread pool, no chatter.

Two things keep the runtime from its fast convolutions and are put right in memory. Files from before 2020 list their
weights among the inputs too, so batch normalisations are not folded. And it has no blocked form of PReLU, so it
rearranges all data before and after each; written as y a + relu(y) (1 - a), two channel-wise convolutions, the data
stay as they are: face recognisers, made of PReLUs, run about twice as fast and give the same numbers.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import onnxruntime as ort
from onnx import helper, numpy_helper

from engines.core.errors import BadInput
from engines.core.networks.onnx import open_session
from engines.core.store.preparing import file_hash, keep, prepared
from engines.core.words import tr

LARGE = 4_000_000
"""Bytes from which a network is prepared beside the program."""
VERSION = 1
"""Of what `_prepared` does."""
MODULE = "engines.faces.recognition.networks"


def open_network(
    path: str | Path, *, threads: int = 1, any_size: bool = False, any_count: bool = False
) -> ort.InferenceSession:
    """A session for an ONNX file on `threads` threads. It may be run by several threads at a time.

    any_size: let height and width of the first input (N x C x H x W) vary; any_count: let N vary, where no layer of
    the network has it built in. Raises `BadInput` for what is not ONNX.
    """
    try:
        return cast(ort.InferenceSession, open_session(_ready(Path(path), any_size, any_count), threads))
    except Exception as error:  # onnx and onnxruntime raise families of their own, protobuf another
        raise BadInput(tr("Not an ONNX model that can be run"), path=path, hint=tr("Choose another file")) from error


def _ready(path: Path, any_size: bool, any_count: bool) -> bytes | str:
    """What the runtime is given: a small network's bytes, a large one's file.

    Taking a large one apart holds the interpreter for a tenth of a second and more, which a window would notice; so it
    is done once, by another process, and kept beside the files of the model store under the hash of the original.
    """
    if path.stat().st_size < LARGE:
        return _prepared(path, any_size, any_count)
    name = f"{file_hash(path)[:32]}-{any_size:d}{any_count:d}-{VERSION}.onnx"
    return str(prepared(name, MODULE, (path, f"{any_size:d}", f"{any_count:d}")))


def _prepared(path: Path, any_size: bool, any_count: bool) -> bytes:
    model = onnx.load(str(path))
    graph = model.graph
    weights = {weight.name for weight in graph.initializer}
    inputs = [one for one in graph.input if one.name not in weights]
    del graph.input[:]
    graph.input.extend(inputs)
    if any_size or any_count:
        _free(graph, any_size, any_count)
    _split_prelus(graph)
    return bytes(model.SerializeToString())


def _free(graph: onnx.GraphProto, any_size: bool, any_count: bool) -> None:
    count, _, *sides = graph.input[0].type.tensor_type.shape.dim
    if any_count:
        count.dim_param = "count"
    for side, name in zip(sides if any_size else (), ("height", "width"), strict=False):
        side.dim_param = name
    for output in graph.output:
        output.type.tensor_type.ClearField("shape")
    del graph.value_info[:]


def _split_prelus(graph: onnx.GraphProto) -> None:
    """PReLU(y) = y a + relu(y) (1 - a), for slopes a of one number a channel (C x 1 x 1)."""
    weights = {weight.name: weight for weight in graph.initializer}
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        slopes = weights.get(node.input[1]) if node.op_type == "PRelu" else None
        if slopes is not None and len(slopes.dims) == 3 and slopes.dims[1] == slopes.dims[2] == 1:
            nodes += _split(graph, node, numpy_helper.to_array(slopes))
        else:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)


def _split(graph: onnx.GraphProto, node: onnx.NodeProto, slopes: np.ndarray) -> list[onnx.NodeProto]:
    taken, given = node.input[0], node.output[0]
    kernel = slopes.reshape(-1, 1, 1, 1)
    for name, value in ((f"{given}:a", kernel), (f"{given}:b", 1 - kernel)):
        graph.initializer.append(numpy_helper.from_array(np.asarray(value, kernel.dtype), name))
    each: dict[str, Any] = {"group": len(kernel), "kernel_shape": [1, 1]}
    return [
        helper.make_node("Relu", [taken], [f"{given}:r"]),
        helper.make_node("Conv", [f"{given}:r", f"{given}:b"], [f"{given}:u"], **each),
        helper.make_node("Conv", [taken, f"{given}:a"], [f"{given}:v"], **each),
        helper.make_node("Add", [f"{given}:v", f"{given}:u"], [given]),
    ]


if __name__ == "__main__":
    source, size, count, target = sys.argv[1:]
    keep(Path(target), _prepared(Path(source), size == "1", count == "1"))
