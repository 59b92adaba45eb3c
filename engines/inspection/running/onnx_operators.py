"""Operators of ONNX by name, each made once for its node. Nothing of a file is ever executed: these are torch's own."""

from __future__ import annotations

from engines.core.errors import BadInput
from engines.inspection.opening.model import Model, Operator
from engines.inspection.running import onnx_arranging, onnx_elementwise, onnx_reducing, onnx_resizing, onnx_windows
from engines.inspection.running.calls import Call, Maker
from engines.inspection.types import Node

MAKERS: dict[str, Maker] = {
    **onnx_arranging.MAKERS,
    **onnx_elementwise.MAKERS,
    **onnx_reducing.MAKERS,
    **onnx_resizing.MAKERS,
    **onnx_windows.MAKERS,
}
"""What runs an operator of ONNX's own domain, by its name."""


def operator(node: Node, model: Model) -> Operator:
    """What runs a node of an ONNX graph. Raises `BadInput` for an operator that nobody here knows."""
    make = MAKERS.get(node.op) if not node.call["domain"] else None
    if make is None:
        raise BadInput(f"{node.op} of '{node.name}' is not known here", path=model.sheet.path)
    return make(Call(node, model))
