"""A torch module in memory as a graph: `torch.export` traces it, and every ATen operator becomes a node."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from engines.core.errors import BadInput
from engines.inspection.opening.model import Model
from engines.inspection.reading.aten import described, layer_name, plain
from engines.inspection.reading.references import Ref, mapped
from engines.inspection.types import Format, Given, Graph, ModelSheet, Node, Tensor

OPERATORS = "engines.inspection.running.aten:operator"


def from_module(module: nn.Module, *inputs: torch.Tensor, title: str = "") -> Model:
    """Trace a module in evaluation mode with inputs of the shapes wanted. Raises `BadInput` where it cannot be."""
    try:
        program = torch.export.export(module.eval(), inputs, strict=False)
    except Exception as error:
        raise BadInput(f"The module cannot be traced: {str(error).splitlines()[0]}") from error
    graph, weights = _graph(program)
    given = tuple(_given(graph.tensors[name]) for name in graph.inputs)
    name = title or type(module).__name__
    stored = tuple(tensor for tensor in graph.tensors.values() if tensor.stored)
    return Model(ModelSheet("", name, Format.MODULE, 0, graph=graph, given=given, tensors=stored), weights, OPERATORS)


def _graph(program: Any) -> tuple[Graph, Mapping[str, torch.Tensor]]:
    told = program.graph_signature
    stored = {**told.inputs_to_parameters, **told.inputs_to_buffers, **told.inputs_to_lifted_tensor_constants}
    held = {**program.state_dict, **program.constants}
    tracing = _Tracing()
    inputs: list[str] = []
    for step in program.graph.nodes:
        if step.op == "placeholder":
            name = stored.get(step.name, step.name)
            tracing.hold(step, name, held[name] if step.name in stored else None)
            if step.name not in stored:
                inputs.append(name)
        elif step.op == "call_function":
            tracing.add(step)
    last = next(step for step in program.graph.nodes if step.op == "output").args[0]
    outputs = tuple(tracing.names[each] for each in last)
    return Graph(tuple(tracing.nodes), tracing.tensors, tuple(inputs), outputs), held


class _Tracing:
    """Steps of a traced program, one after another, as nodes and tensors."""

    def __init__(self) -> None:
        self.tensors: dict[str, Tensor] = {}
        self.nodes: list[Node] = []
        self.names: dict[Any, str] = {}
        self._used: dict[str, int] = {}

    def hold(self, step: Any, name: str, data: torch.Tensor | None) -> None:
        """A placeholder: an input, or a stored tensor with its data."""
        self.names[step] = name
        storage = "" if data is None else f"{data.untyped_storage().data_ptr()}+{data.storage_offset()}"
        self.tensors[name] = _tensor(name, step.meta.get("val"), storage)

    def add(self, step: Any) -> None:
        """An operator. Taking one of several results apart is none."""
        if step.target is operator.getitem:
            self.names[step] = f"{self.names[step.args[0]].removesuffix(':0')}:{step.args[1]}"
            return
        given: list[Any] = []

        def leaf(value: Any) -> Any:
            if not isinstance(value, torch.fx.Node):
                return plain(value)
            if value not in given:
                given.append(value)
            return Ref(given.index(value))

        call = {"target": str(step.target), "args": mapped(step.args, leaf), "kwargs": mapped(dict(step.kwargs), leaf)}
        module = list(step.meta.get("nn_module_stack", {"": ("", "")}).values())[-1][0]
        name = layer_name(module, call["target"], self._used)
        values = step.meta.get("val")
        several = isinstance(values, tuple | list)
        outputs = tuple(f"{name}:{index}" for index in range(len(values))) if several else (name,)
        for output, value in zip(outputs, values if several else (values,), strict=True):
            self.tensors[output] = _tensor(output, value)
        self.names[step] = outputs[0]
        inputs = tuple(self.names[each] for each in given)
        self.nodes.append(described(name, module, call, inputs, outputs, self.tensors))


def _tensor(name: str, value: Any, storage: str = "") -> Tensor:
    if not isinstance(value, torch.Tensor):
        return Tensor(name)
    shape = tuple(size if isinstance(size, int) else -1 for size in value.shape)
    whole = not value.is_floating_point()
    dtype = str(value.dtype).removeprefix("torch.")
    return Tensor(name, shape, dtype, bool(storage), storage, bool(storage) and whole)


def _given(tensor: Tensor) -> Given:
    shape = tensor.shape
    picture = shape is not None and len(shape) == 4 and shape[1] in (1, 3)
    return Given(tensor.name, shape, tensor.dtype, picture)
