"""ATen operators by name, called with a node's arguments. Only those of the `aten` namespace are ever called."""

from __future__ import annotations

from typing import Any

import torch

from engines.core.errors import BadInput
from engines.inspection.opening.model import Model, Operator
from engines.inspection.reading.references import Ref, mapped
from engines.inspection.types import Node


def operator(node: Node, model: Model) -> Operator:
    """What runs a node of a traced or exported program. Raises `BadInput` for operators of other namespaces."""
    space, _, rest = str(node.call["target"]).partition(".")
    name, _, overload = rest.partition(".")
    packet = getattr(torch.ops.aten, name, None) if space == "aten" else None
    found = getattr(packet, overload or "default", None)
    if found is None:
        raise BadInput(f"Nobody here knows the operator {node.op} of '{node.name}'", path=model.sheet.path)
    args, kwargs = node.call["args"], node.call["kwargs"]

    def run(*inputs: torch.Tensor | None) -> Any:
        def leaf(value: Any) -> Any:
            return inputs[value.index] if isinstance(value, Ref) else value

        return found(*mapped(args, leaf), **mapped(kwargs, leaf))

    return run
