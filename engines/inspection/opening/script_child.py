"""`python -m engines.inspection.opening.script_child PATH MEMORY SECONDS`: loads TorchScript, says its graph as JSON.

The one place that loads a program from a file, in a process that `child.ask` bounds. Nothing of its `forward` is run.
"""

from __future__ import annotations

import sys
from typing import Any

from engines.inspection.opening.child import answer, limit

BESIDE = ("prim::GetAttr", "prim::Constant", "prim::ListConstruct", "prim::TupleConstruct", "prim::NumToTensor")
"""Steps that move values about and compute nothing."""


def graph_of(path: str) -> dict[str, Any]:
    """{"nodes": [{name, op, module, inputs, outputs}], "inputs": [..], "outputs": [..]}."""
    import torch

    module = torch.jit.load(path, map_location="cpu")  # type: ignore[no-untyped-call]
    graph = module.inlined_graph
    given = list(graph.inputs())
    inputs = {value.debugName(): f"{value.debugName().partition('.')[0]}" for value in given[1:]}
    if len(set(inputs.values())) < len(inputs):
        inputs = {name: name for name in inputs}
    walk = _Walk({given[0].debugName(): ""} | inputs)
    for node in graph.nodes():
        walk.add(node)
    outputs = [name for value in graph.outputs() for name in walk.sources(value)]
    return {"nodes": walk.nodes, "inputs": list(inputs.values()), "outputs": outputs}


class _Walk:
    """Steps one after another; values by name, stored ones by their path in the module."""

    def __init__(self, names: dict[str, str]) -> None:
        self.nodes: list[dict[str, Any]] = []
        self._names, self._used = names, dict[str, int]()
        self._lists: dict[str, list[str]] = {}
        self._stored: set[str] = set()

    def add(self, node: Any) -> None:
        outputs = [value.debugName() for value in node.outputs()]
        if node.kind() == "prim::GetAttr":
            at = self._names.get(node.input().debugName(), "")
            self._names[outputs[0]] = f"{at}.{node.s('name')}".lstrip(".")
            self._stored.add(self._names[outputs[0]])
            return
        inputs = [name for value in node.inputs() for name in self.sources(value)]
        if node.kind() in BESIDE:
            self._lists[outputs[0]] = inputs
            return
        if not any(value.type().kind() == "TensorType" for value in node.outputs()):
            return
        stored = [name for name in inputs if name in self._stored]
        module = stored[0].rpartition(".")[0] if stored else ""
        name = self._named(module, node.kind().rpartition("::")[2])
        told = [name] if len(outputs) == 1 else [f"{name}:{place}" for place in range(len(outputs))]
        self._names.update(zip(outputs, told, strict=True))
        self.nodes.append({"name": name, "op": node.kind(), "module": module, "inputs": inputs, "outputs": told})

    def sources(self, value: Any) -> list[str]:
        """Names of the tensors that a value is or holds."""
        name = value.debugName()
        if name in self._lists:
            return self._lists[name]
        return [self._names[name]] if self._names.get(name) else []

    def _named(self, module: str, op: str) -> str:
        plain = f"{module}.{op}".lstrip(".")
        count = self._used[plain] = self._used.get(plain, -1) + 1
        return f"{plain}_{count}" if count else plain


def main(path: str, memory: str, seconds: str) -> None:
    """Says {"error": words} where it cannot be loaded."""
    limit(int(memory), int(seconds))
    try:
        answer(graph_of(path))
    except Exception as error:
        answer({"error": str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__})


if __name__ == "__main__":
    main(*sys.argv[1:])
