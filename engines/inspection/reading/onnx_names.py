"""What an ONNX node's name says of its layer: its module's path and its operator."""

from __future__ import annotations

import ast
import re
from typing import Any

from engines.inspection.reading.layer_names import Written, path_of

NUMBERED = re.compile(r"_\d+$")
SCOPES = "pkg.torch.onnx.name_scopes"
"""Where torch's own exporter keeps the path of a node's module."""


def written(node: Any, index: int) -> Written:
    """A path with slashes or dots; the first output's name for a node without one; else the operator and its place."""
    scopes = next((one.value for one in node.metadata_props if one.key == SCOPES), "")
    if scopes and (path := _scope(scopes)):
        return Written(path, node.op_type.lower(), True)
    name = node.name or next((out for out in node.output if re.search("[A-Za-z]", out)), "")
    name = name.strip("/") or f"{node.op_type}_{index}"
    if "/" not in name:
        module, _, last = name.rpartition(".")
        return Written(module, last or f"{node.op_type}_{index}")
    *above, last = [part for part in name.split("/") if part]
    alone = NUMBERED.sub("", last) == node.op_type
    return Written(path_of(above), node.op_type.lower() if alone else last, alone)


def _scope(scopes: str) -> str:
    """The innermost module of a list of scopes as torch writes it: the last entry is the operator."""
    try:
        parts = ast.literal_eval(scopes)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ""
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        return ""
    return next((part for part in reversed(parts[:-1]) if part), "")
