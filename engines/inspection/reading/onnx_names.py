"""Names of layers from those of nodes: paths of modules, unique, in order of execution.

"/layer4/layer4.1/relu/Relu_1" is a call of the module "layer4.1.relu"; exporters differ in how they write that.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

NUMBERED = re.compile(r"_\d+$")
SCOPES = "pkg.torch.onnx.name_scopes"
"""Where torch's own exporter keeps the path of a node's module."""


class Names:
    """Names of a graph's nodes, by their place."""

    def __init__(self, nodes: Sequence[Any]) -> None:
        written = [_parted(node, index) for index, node in enumerate(nodes)]
        ops: dict[str, set[str]] = {}
        for module, last, _ in written:
            ops.setdefault(module, set()).add(last)
        wanted = [(module if alone and len(ops[module]) == 1 else _joined(module, last), module)
                  for module, last, alone in written]  # fmt: skip
        self._names = _unique(wanted)

    def of(self, index: int) -> tuple[str, str]:
        """(name, module)."""
        return self._names[index]


def _parted(node: Any, index: int) -> tuple[str, str, bool]:
    """(module, last part, whether the last part is no more than the operator)."""
    scopes = {one.key: one.value for one in node.metadata_props}.get(SCOPES, "")
    if scopes and (path := _scope(scopes)):
        return path, node.op_type.lower(), True
    name = node.name or next((out for out in node.output if out and not out.isdigit()), "")
    if not node.name and not re.search(r"[A-Za-z]", name):
        name = f"{node.op_type}_{index}"
    if "/" not in name.strip("/"):
        module, _, last = name.strip("/").rpartition(".")
        return module, last or f"{node.op_type}_{index}", False
    *above, last = [part for part in name.split("/") if part]
    plain = NUMBERED.sub("", last)
    alone = plain == node.op_type
    return _path(above), plain.lower() if alone else last, alone


def _scope(scopes: str) -> str:
    """The innermost module of a list of scopes as torch writes it: the last entry is the operator."""
    try:
        parts = ast.literal_eval(scopes)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ""
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        return ""
    return next((part for part in reversed(parts[:-1]) if part), "")


def _path(parts: Sequence[str]) -> str:
    """ "layer4", "layer4.1", "relu" -> "layer4.1.relu": a part that repeats the one before stands for both."""
    path: list[str] = []
    for part in parts:
        if path and part.startswith(f"{path[-1]}."):
            path[-1] = part
        else:
            path.append(part)
    return ".".join(path)


def _joined(module: str, last: str) -> str:
    return f"{module}.{last}" if module else last


def _unique(wanted: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Later ones of the same name are numbered from 1, past names that are there already."""
    taken, often, found = {name for name, _ in wanted}, Counter[str](), []
    for name, module in wanted:
        often[name] += 1
        own, number = name, often[name] - 1
        while number and (own := f"{name}_{number}") in taken:
            number += 1
        if number:
            often[name] = number + 1
        taken.add(own)
        found.append((own, module))
    return found
