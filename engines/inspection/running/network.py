"""A torch module of a graph: a step a node, so that hooks, gradients and captum reach every value in between.

network = Network(model)
out = network(x)
values = network.values((x,), ["layer1.relu", "fc"])
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import nn

from engines.core.errors import BadInput, UsageError
from engines.inspection.opening.model import Model, Operator
from engines.inspection.types import Node


class Step(nn.Module):
    """One node. Its output is a tensor, or a tuple where the node has several."""

    def __init__(self, node: Node, operator: Operator) -> None:
        super().__init__()
        self.node, self._operator = node, operator

    def forward(self, *inputs: torch.Tensor | None) -> Any:
        return self._operator(*inputs)


class Network(nn.Module):
    """Runs on the CPU in the dtypes of the file; floats narrower than float32 are widened. Weights are frozen
    parameters, one for each storage."""

    def __init__(self, model: Model) -> None:
        """Raises `BadInput` for an operator that nobody knows, naming it and its node."""
        super().__init__()
        self.model, self.graph = model, model.graph
        self._last = _last_uses(self.graph.nodes, self.graph.outputs)
        self._places: dict[str, str] = {}
        steps = [Step(node, model.operator(node)) for node in self.graph.nodes]
        self.steps, self._by_name = nn.ModuleList(steps), {step.node.name: step for step in steps}
        self._hold_weights()

    def forward(self, *inputs: torch.Tensor) -> Any:
        """Inputs in the graph's order -> its output, or a tuple of them."""
        values = self._walk(inputs, frozenset())
        found = tuple(values[name] for name in self.graph.outputs)
        return found[0] if len(found) == 1 else found

    def values(self, inputs: Sequence[torch.Tensor], layers: Iterable[str]) -> dict[str, torch.Tensor]:
        """First output of each named layer; nothing behind the last of them is run."""
        wanted = {name: self.layer(name).node.output for name in layers}
        held = self._walk(inputs, frozenset(wanted.values()), stop=True)
        return {name: held[tensor] for name, tensor in wanted.items()}

    def layer(self, name: str) -> Step:
        """The step of a node. Raises `UsageError`."""
        if name not in self._by_name:
            near = [known for known in self._by_name if name.lower() in known.lower()][:3]
            hint = f"Perhaps {', '.join(near)}" if near else "`inspect MODEL` lists them"
            raise UsageError(f"This model has no layer '{name}'", hint=hint)
        found: Step = self._by_name[name]
        return found

    def weight(self, tensor: str) -> torch.Tensor | None:
        """A stored tensor by its name in the graph, None for one that is computed."""
        place = self._places.get(tensor)
        return None if place is None else getattr(self, place)

    def _walk(self, inputs: Sequence[torch.Tensor], keep: frozenset[str], stop: bool = False) -> dict[str, Any]:
        if len(inputs) != len(self.graph.inputs):
            raise UsageError(f"This model takes {len(self.graph.inputs)} inputs and was given {len(inputs)}")
        values: dict[str, Any] = dict(zip(self.graph.inputs, inputs, strict=True))
        missing = set(keep)
        for index, step in enumerate(self.steps):
            node = self.graph.nodes[index]
            given = [
                None if not name else values[name] if name in values else self.weight(name) for name in node.inputs
            ]
            result = step(*given)
            named = (result,) if len(node.outputs) == 1 and not isinstance(result, tuple | list) else result
            values.update(zip(node.outputs, named, strict=False))
            missing.difference_update(node.outputs)
            if stop and not missing:
                break
            for name in self._last.get(index, ()):
                if name not in keep:
                    values.pop(name, None)
        return values

    def _hold_weights(self) -> None:
        held: dict[str, str] = {}
        for name, tensor in self.graph.tensors.items():
            if not tensor.stored:
                continue
            if name not in self.model.weights:
                raise BadInput(f"The weights of '{name}' are not in the file", path=self.model.sheet.path)
            storage = tensor.storage or name
            if storage not in held:
                held[storage] = f"w{len(held)}"
                data = _widened(self.model.weights[name])
                if data.is_floating_point():
                    self.register_parameter(held[storage], nn.Parameter(data, requires_grad=False))
                else:
                    self.register_buffer(held[storage], data)
            self._places[name] = held[storage]


def _last_uses(nodes: Sequence[Node], outputs: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """Tensors that nobody reads behind a node, by its place."""
    last: dict[str, int] = {}
    for index, node in enumerate(nodes):
        last.update(dict.fromkeys((*node.inputs, *node.outputs), index))
    gone: dict[int, tuple[str, ...]] = {}
    for name, index in last.items():
        if name and name not in outputs:
            gone[index] = (*gone.get(index, ()), name)
    return gone


def _widened(data: torch.Tensor) -> torch.Tensor:
    narrow = data.is_floating_point() and data.element_size() < 4
    return data.float() if narrow else data
