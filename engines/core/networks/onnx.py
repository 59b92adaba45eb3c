"""onnxruntime as every engine uses it: on the processor, with a bounded pool of threads that rests, and silent."""

from __future__ import annotations

from typing import Any

import onnxruntime as ort

from engines.core.processor import most_threads


def open_session(model: bytes | str, threads: int = 1) -> Any:
    """An `InferenceSession` of ONNX bytes or of a file. It may be run by several threads at a time."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = max(min(threads, most_threads()), 1)
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
