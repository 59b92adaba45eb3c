"""Operators of ONNX by name, each made once for its node. Nothing of a file is ever executed: these are torch's own."""

from __future__ import annotations

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.inspection.opening.model import Model, Operator
from engines.inspection.running import (
    onnx_arranging,
    onnx_attention,
    onnx_elementwise,
    onnx_quantised,
    onnx_recurrent,
    onnx_reducing,
    onnx_resizing,
    onnx_windows,
)
from engines.inspection.running.calls import Maker, made
from engines.inspection.types import Node

MAKERS: dict[str, Maker] = {
    **onnx_arranging.MAKERS,
    **onnx_attention.MAKERS,
    **onnx_elementwise.MAKERS,
    **onnx_quantised.MAKERS,
    **onnx_recurrent.MAKERS,
    **onnx_reducing.MAKERS,
    **onnx_resizing.MAKERS,
    **onnx_windows.MAKERS,
}
"""What runs an operator of ONNX's own domain, by its name."""
DOMAINS = {"": MAKERS, "com.microsoft": onnx_attention.FUSED}


def operator(node: Node, model: Model) -> Operator:
    """What runs a node of an ONNX graph. Raises `BadInput` for an operator that nobody here knows."""
    domain = node.call["domain"]
    make = DOMAINS[domain].get(node.op) if domain in DOMAINS else None
    if make is None:
        whose = f" ({domain})" if domain else ""
        raise BadInput(
            tr("{op}{whose} of '{node}' is not known here", op=node.op, whose=whose, node=node.name),
            path=model.sheet.path,
        )
    return made(make, node, model)
