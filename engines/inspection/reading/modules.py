"""A torch module in memory as a graph: `torch.export` traces it, and every ATen operator becomes a node."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.inspection.opening.model import Model
from engines.inspection.reading.aten.calls import Value, by_name
from engines.inspection.reading.aten.graph import graph_of
from engines.inspection.reading.aten.program import WRAPPED, Program, Step
from engines.inspection.reading.aten.silence import quietly
from engines.inspection.reading.references import Named, mapped
from engines.inspection.types import Format, Given, ModelSheet, Tensor

OPERATORS = "engines.inspection.running.aten:operator"
SORTS = {torch.dtype: "dtype", torch.layout: "layout", torch.memory_format: "memory_format", torch.device: "device"}


def from_module(module: nn.Module, *inputs: Any, title: str = "", named: Mapping[str, Any] | None = None) -> Model:
    """Trace a module in evaluation mode with inputs of the shapes wanted; it is left as it was.

    inputs: tensors, or tuples, lists and dicts of them, as `forward` takes them; the model takes them flat. named:
    those that `forward` takes by name. What is no tensor is held at its value.

    Raises `BadInput` where it cannot be traced, and says why.
    """
    try:
        with _at_rest(module), torch.no_grad(), quietly():
            traced = torch.export.export(module, inputs, dict(named or {}), strict=False)
    except Exception as error:
        raise BadInput(tr("The module cannot be traced: {reason}", reason=_reason(error)), hint=_hint(error)) from error
    program, weights = _program(traced)
    graph = graph_of(program)
    given = tuple(told_input(graph.tensors[name]) for name in graph.inputs)
    stored = tuple(tensor for tensor in graph.tensors.values() if tensor.stored)
    sheet = ModelSheet(
        "", title or type(module).__name__, Format.MODULE, 0, graph=graph, given=given, tensors=stored,
        warnings=tuple(dict.fromkeys(program.warnings)),
    )  # fmt: skip
    return Model(sheet, weights, OPERATORS)


def told_input(tensor: Tensor, value: float = 0.0) -> Given:
    """An input by its tensor: four axes with one or three channels take a picture."""
    shape = tensor.shape
    picture = shape is not None and len(shape) == 4 and shape[1] in (1, 3) and tensor.dtype.startswith(("float", "bf"))
    return Given(tensor.name, shape, tensor.dtype or "float32", picture, value)


@contextmanager
def _at_rest(module: nn.Module) -> Iterator[None]:
    """In evaluation mode, without the fast path that hides attention in one operator; both as before afterwards."""
    training = [part for part in module.modules() if part.training]
    fast = torch.backends.mha.get_fastpath_enabled()
    try:
        module.eval()
        torch.backends.mha.set_fastpath_enabled(False)
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        for part in training:
            part.training = True


def _reason(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines or [type(error).__name__])[0].rstrip(".")


def _hint(error: Exception) -> str:
    if "data-dependent" in str(error).lower():
        return tr("A network whose path depends on the values that it sees has no one graph; trace a part of it")
    return tr("Give inputs as its forward takes them, and no more than tensors within")


def _program(traced: Any) -> tuple[Program, Mapping[str, torch.Tensor]]:
    told = traced.graph_signature
    learned = dict(told.inputs_to_parameters)
    stored = {**learned, **told.inputs_to_buffers, **told.inputs_to_lifted_tensor_constants}
    held = {**traced.state_dict, **traced.constants}
    reading = _Reading(traced.graph_module)
    for step in traced.graph.nodes:
        if step.op == "placeholder" and step.name in stored:
            name = stored[step.name]
            reading.store(step.name, name, held[name], step.name in learned)
        elif step.op == "placeholder" and isinstance(step.meta.get("val"), torch.Tensor):
            reading.program.tensors[step.name] = _tensor(step.name, step.meta["val"])
            reading.program.inputs.append(step.name)
        elif step.op == "call_function":
            reading.add(step)
    reading.program.outputs = [reading.ids[each] for each in _results(traced.graph) if _is_tensor(each)]
    return reading.program, held


class _Reading:
    """Steps of a traced program as calls."""

    def __init__(self, module: torch.nn.Module) -> None:
        self.program, self.module = Program(), module
        self.ids: dict[Any, str] = _Own()

    def store(self, id: str, name: str, data: torch.Tensor, learned: bool) -> None:
        """A parameter, or a buffer or constant, which is none."""
        place = f"{data.untyped_storage().data_ptr()}+{data.storage_offset()}:{list(data.shape)}{list(data.stride())}"
        shape, dtype = tuple(data.shape), _name(data.dtype)
        self.program.tensors[id] = Tensor(name, shape, dtype, True, place, not learned)

    def add(self, step: Any) -> None:
        """An operator. Taking one of several results apart is none, and one that wraps a part gives way to it."""
        target = _target(step.target)
        if step.target is operator.getitem:
            whole = self.ids[step.args[0]]
            self.ids.setdefault(step, f"{whole}:{step.args[1]}")
        elif target in WRAPPED:
            self.unwrap(step)
        else:
            self.call(step, target)

    def call(self, step: Any, target: str) -> None:
        arguments = by_name(target, mapped(step.args, self.leaf), mapped(dict(step.kwargs), self.leaf))
        stack = list(step.meta.get("nn_module_stack", {}).items())
        run, (module, _) = stack[-1] if stack else ("", ("", ""))
        id, values = self.ids[step], step.meta.get("val")
        several = isinstance(values, tuple | list)
        names = [f"{id}:{at}" for at in range(len(values))] if several else [id]
        outputs = [_tensor(name, value) for name, value in zip(names, values if several else [values], strict=True)]
        self.program.steps.append(Step(target, module, run, arguments, outputs))

    def unwrap(self, step: Any) -> None:
        """The part in place of what wraps it: its inputs are the operands, its results those that are taken apart."""
        place = next(at for at, each in enumerate(step.args) if getattr(each, "op", "") == "get_attr")
        graph: Any = self.module.get_submodule(str(step.args[place].target)).graph
        given = iter(step.args[place + 1 :])
        for inner in graph.nodes:
            self.ids[inner] = f"{self.ids[step]}/{inner.name}"
            if inner.op == "placeholder":
                self.ids[inner] = self.ids[next(given)]
            elif inner.op == "call_function":
                self.add(inner)
        for user in step.users:
            self.ids[user] = self.ids[_results(graph)[user.args[1]]]

    def leaf(self, value: Any) -> Any:
        if isinstance(value, torch.fx.Node):
            return Named("graph", str(value.target)) if value.op == "get_attr" else Value(self.ids[value])
        sort = next((name for kind, name in SORTS.items() if isinstance(value, kind)), "")
        return Named(sort, str(value).removeprefix("torch.")) if sort else value


class _Own(dict[Any, str]):
    """Ids of steps: their own names, but where another was set."""

    def __missing__(self, step: Any) -> str:
        return str(step.name)


def _results(graph: Any) -> Any:
    return next(step for step in graph.nodes if step.op == "output").args[0]


def _target(target: Any) -> str:
    """"aten.conv2d.default", "_operator.mul", "higher_order.cond"."""  # fmt: skip
    if isinstance(target, torch._ops.OpOverload):
        return str(target)
    if isinstance(target, torch._ops.HigherOrderOperator):
        return f"higher_order.{getattr(target, '_name', 'operator')}"
    return f"{getattr(target, '__module__', '')}.{getattr(target, '__name__', target)}"


def _is_tensor(step: Any) -> bool:
    return isinstance(step, torch.fx.Node) and isinstance(step.meta.get("val"), torch.Tensor)


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _tensor(name: str, value: Any) -> Tensor:
    if not isinstance(value, torch.Tensor):
        return Tensor(name)
    shape = tuple(size if isinstance(size, int) else -1 for size in value.shape)
    return Tensor(name, shape, _name(value.dtype))
