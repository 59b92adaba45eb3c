"""ONNX files made ready for onnxruntime: checked, constants folded, one thread pool, no chatter.

Files from before 2020 list their weights among the inputs too, which keeps the runtime from folding the batch
normalisations into the convolutions; they are taken off that list in memory.
"""

from __future__ import annotations

from pathlib import Path

import onnx
import onnxruntime as ort

from engines.core.errors import BadInput


def open_network(path: str | Path, *, threads: int = 1, any_size: bool = False) -> ort.InferenceSession:
    """A session for an ONNX file on `threads` threads.

    any_size: let height and width of the first input (N x C x H x W) vary. Raises `BadInput` for what is not ONNX.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = max(threads, 1)
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return ort.InferenceSession(_prepared(Path(path), any_size), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnx and onnxruntime raise families of their own, protobuf another
        raise BadInput("Not an ONNX model that can be run", path=path, hint="Choose another file") from error


def _prepared(path: Path, any_size: bool) -> bytes:
    model = onnx.load(str(path))
    weights = {weight.name for weight in model.graph.initializer}
    inputs = [one for one in model.graph.input if one.name not in weights]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    if any_size:
        height, width = model.graph.input[0].type.tensor_type.shape.dim[2:4]
        height.dim_param, width.dim_param = "height", "width"
        for output in model.graph.output:
            output.type.tensor_type.ClearField("shape")
        del model.graph.value_info[:]
    return bytes(model.SerializeToString())
