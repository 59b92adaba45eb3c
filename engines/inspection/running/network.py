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

from engines.core.errors import BadInput, KinoscopeError, OutOfResources, UsageError, WorkFailed
from engines.core.words import tr
from engines.inspection.opening.model import Model, Operator
from engines.inspection.running.room import bounded
from engines.inspection.shapes import shape_text
from engines.inspection.types import Node

NO_MEMORY = "allocate memory"
"""What torch says when there is none left."""


class Step(nn.Module):
    """One node. Its output is a tensor, or a tuple where the node has several. Its first call makes what runs it."""

    def __init__(self, node: Node, model: Model) -> None:
        super().__init__()
        self.node, self._model = node, model
        self._operator: Operator | None = None

    def forward(self, *inputs: torch.Tensor | None) -> Any:
        """Raises `BadInput` for an operator that nobody knows, `WorkFailed` for inputs that it cannot take."""
        run = self._operator or self._made()
        try:
            return run(*inputs)
        except KinoscopeError:
            raise
        except (RuntimeError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
            raise _told(self.node, inputs, error) from error

    def _made(self) -> Operator:
        """Its constants are ordinary tensors, whatever mode the first call is in."""
        with torch.inference_mode(False), torch.no_grad():
            self._operator = self._model.operator(self.node)
        return self._operator


class Network(nn.Module):
    """Runs on the CPU in the dtypes of the file; floats narrower than float32 are widened. Weights are frozen
    parameters, one for each storage. Nodes that nobody can run stop only what lies behind them."""

    def __init__(self, model: Model) -> None:
        """Raises `BadInput` where the file lacks weights that the graph names."""
        super().__init__()
        self.model, self.graph = model, model.graph
        self._last = _last_uses(self.graph.nodes, self.graph.outputs)
        self._places: dict[str, str] = {}
        self.register_buffer("floats", torch.empty(0), persistent=False)
        steps = [Step(node, model) for node in self.graph.nodes]
        self.steps, self._by_name = nn.ModuleList(steps), {step.node.name: step for step in steps}
        with torch.inference_mode(False), torch.no_grad():
            self._hold_weights()
        self.eval()

    def forward(self, *inputs: torch.Tensor) -> Any:
        """Inputs in the graph's order -> its output, or a tuple of them."""
        values = self._walk(inputs, frozenset())
        found = tuple(self._value(values, name) for name in self.graph.outputs)
        return found[0] if len(found) == 1 else found

    def values(self, inputs: Sequence[torch.Tensor], layers: Iterable[str]) -> dict[str, torch.Tensor]:
        """First output of each named layer; nothing behind the last of them is run. Raises `UsageError`."""
        wanted = {name: self.layer(name).node.output for name in layers}
        held = self._walk(inputs, frozenset(wanted.values()), stop=True) if wanted else {}
        return {name: held[tensor] for name, tensor in wanted.items()}

    def layer(self, name: str) -> Step:
        """The step of a node. Raises `UsageError`."""
        found: Step | None = self._by_name.get(name)
        return found or self._by_name[self.graph.node(name).name]

    def weight(self, tensor: str) -> torch.Tensor | None:
        """A stored tensor by its name in the graph, None for one that is computed."""
        place = self._places.get(tensor)
        return None if place is None else getattr(self, place)

    def _walk(self, inputs: Sequence[torch.Tensor], keep: frozenset[str], stop: bool = False) -> dict[str, Any]:
        if len(inputs) != len(self.graph.inputs):
            raise UsageError(
                tr(
                    "This model takes {inputs} inputs and was given {given}",
                    inputs=len(self.graph.inputs),
                    given=len(inputs),
                )
            )
        values: dict[str, Any] = {
            name: self._taken(name, value) for name, value in zip(self.graph.inputs, inputs, strict=True)
        }
        missing = set(keep)
        with bounded():
            self._run(values, missing, keep, stop)
        return values

    def _run(self, values: dict[str, Any], missing: set[str], keep: frozenset[str], stop: bool) -> None:
        """All steps, or those up to the last that gives what is missing."""
        for index, step in enumerate(self.steps):
            node = self.graph.nodes[index]
            result = step(*[self._value(values, name) for name in node.inputs])
            named = (result,) if len(node.outputs) == 1 and not isinstance(result, tuple | list) else result
            values.update(zip(node.outputs, named, strict=False))
            missing.difference_update(node.outputs)
            if stop and not missing:
                break
            for name in self._last.get(index, ()):
                if name not in keep:
                    values.pop(name, None)

    def _value(self, values: dict[str, Any], name: str) -> Any:
        if not name:
            return None
        found = values.get(name)
        found = self.weight(name) if found is None else found
        if found is None:
            raise BadInput(tr("Nothing in this model gives '{name}'", name=name), path=self.model.sheet.path)
        return found

    def _taken(self, name: str, value: torch.Tensor) -> torch.Tensor:
        """An input in the dtype that the graph has for it; floats in the network's own, where that was changed."""
        told = self.graph.tensors[name].dtype
        wanted = getattr(torch, told, value.dtype) if told else value.dtype
        if wanted.is_floating_point and (wanted.itemsize < 4 or self.floats.dtype != torch.float32):
            wanted = self.floats.dtype
        return value.to(wanted)

    def _hold_weights(self) -> None:
        held: dict[str, list[str]] = {}
        for name, tensor in self.graph.tensors.items():
            if tensor.stored and tensor.dtype != "string":
                self._places[name] = self._held(name, held.setdefault(tensor.storage or name, []))

    def _held(self, name: str, others: list[str]) -> str:
        """The place of a weight: that of another view of its storage where both are the same numbers in order."""
        if name not in self.model.weights:
            raise BadInput(tr("The weights of '{name}' are not in the file", name=name), path=self.model.sheet.path)
        data = _widened(self.model.weights[name])
        for place in others:
            known = getattr(self, place)
            if (known.shape, known.stride(), known.dtype) == (data.shape, data.stride(), data.dtype):
                return place
        place = f"w{len(self._parameters) + len(self._buffers)}"
        if data.is_floating_point():
            self.register_parameter(place, nn.Parameter(data, requires_grad=False))
        else:
            self.register_buffer(place, data)
        others.append(place)
        return place


def _last_uses(nodes: Sequence[Node], outputs: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """Tensors that nobody reads behind a node, by its place."""
    last: dict[str, int] = {}
    for index, node in enumerate(nodes):
        last.update(dict.fromkeys((*node.inputs, *node.outputs), index))
    gone: dict[int, list[str]] = {}
    for name, index in last.items():
        if name and name not in outputs:
            gone.setdefault(index, []).append(name)
    return {index: tuple(names) for index, names in gone.items()}


def _widened(data: torch.Tensor) -> torch.Tensor:
    narrow = data.is_floating_point() and data.element_size() < 4
    return data.float() if narrow else data


def _told(node: Node, inputs: Sequence[torch.Tensor | None], error: Exception) -> KinoscopeError:
    first = (str(error).splitlines() or [type(error).__name__])[0]
    if NO_MEMORY in first:
        return OutOfResources(
            tr("No memory is left for '{node}' ({op})", node=node.name, op=node.op), hint=tr("Tell a smaller input")
        )
    shapes = ", ".join(shape_text(each.shape, scalar="one") for each in inputs if isinstance(each, torch.Tensor))
    return WorkFailed(
        tr("'{node}' ({op}) cannot take {shapes}: {first}", node=node.name, op=node.op, shapes=shapes, first=first),
        hint=tr("Tell another size of input"),
    )
