"""Exported programs (.pt2) as models: the graph from their JSON and the raw weights, without executing anything.

`torch.export.load` would unpickle sample inputs and run what they ask for; it is never called. Torch up to 2.8 wrote
the weights as a pickle too: then the graph alone is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from engines.core.reading import making_sense
from engines.core.words import tr, tr_count
from engines.inspection.opening.model import Model
from engines.inspection.opening.stored import StoredWeights
from engines.inspection.reading import pt2_values
from engines.inspection.reading.aten.calls import Value
from engines.inspection.reading.aten.graph import graph_of
from engines.inspection.reading.aten.program import WRAPPED, Program, Step
from engines.inspection.reading.aten.shapes import propagated
from engines.inspection.reading.modules import OPERATORS, told_input
from engines.inspection.reading.pt2_archive import SENSELESS, Package, read_package
from engines.inspection.reading.references import mapped
from engines.inspection.shapes import check_axes
from engines.inspection.types import Format, Graph, ModelSheet, OpenSpec, Safety, Shape, Tensor

PREFIX = "torch.ops."
NO_MODULE = "_empty_nn_module_stack"
HELD = {"parameter": "parameter_name", "buffer": "buffer_name", "tensor_constant": "tensor_constant_name"}
AGAIN = tr(
    "Open it once with the torch that wrote it, where its origin is trusted, and save it with torch 2.9 or later"
)


def open_file(path: Path, spec: OpenSpec) -> Model:
    """Shapes of inputs that the program leaves open come from `spec.shapes`; an open first axis alone counts as 1.

    Raises `FileMissing`, `BadInput` for what is no exported program, and `UsageError` for shapes of other axes.
    """
    package = read_package(path)
    with making_sense(path, SENSELESS):
        program = _program(package)
        told, asked = _shapes(program, spec.shapes)
        if told and not asked:
            program = propagated(program, told, str(path))
        graph = graph_of(program)
    return _model(package, program, graph, asked)


def _model(package: Package, program: Program, graph: Graph, asked: tuple[str, ...]) -> Model:
    given = tuple(told_input(graph.tensors[name]) for name in graph.inputs)
    stored = tuple(tensor for tensor in graph.tensors.values() if tensor.stored)
    weights = StoredWeights(package.path, package.held)
    why = _not_runnable(package, stored, weights)
    sheet = ModelSheet(
        str(package.path), package.path.name, Format.EXPORTED, package.path.stat().st_size, _safety(package),
        graph=graph, tensors=stored, given=given, facts=_facts(package), runs=why, needs_shape=asked,
        warnings=tuple(dict.fromkeys((*_warnings(package), *program.warnings))),
    )  # fmt: skip
    return Model(sheet, weights, "" if why else OPERATORS)


def _safety(package: Package) -> Safety:
    pickles = len(package.pickles)
    closed = (
        tr_count(
            pickles,
            "; {n} embedded torch file was left closed",
            "; {n} embedded torch files were left closed",
        )
        if pickles
        else ""
    )
    return Safety(why=tr("The graph is read from JSON and the weights as raw numbers{closed}", closed=closed))


def _warnings(package: Package) -> list[str]:
    found = []
    if package.pickles:
        names = ", ".join(package.pickles[:3]) + (tr(" and more") if len(package.pickles) > 3 else "")
        found.append(tr("Torch files inside ({names}) are not needed here and were not opened", names=names))
    if package.code:
        found.append(tr("Compiled code inside ({code}) was not opened", code=package.code[0]))
    if package.others:
        found.append(
            tr(
                "The package holds more programs ({others}); this is '{package}'",
                others=", ".join(package.others),
                package=package.name,
            )
        )
    return found


def _facts(package: Package) -> tuple[tuple[str, str], ...]:
    said = package.program
    schema = said.get("schema_version")
    version = f"{schema.get('major')}.{schema.get('minor')}" if isinstance(schema, dict) else ""
    opset = said.get("opset_version")
    aten = str(opset.get("aten", "")) if isinstance(opset, dict) else ""
    facts = (("torch", str(said.get("torch_version", ""))), (tr("schema"), version), (tr("ATen opset"), aten))
    return tuple((name, value) for name, value in facts if value)


def _not_runnable(package: Package, stored: tuple[Tensor, ...], weights: StoredWeights) -> str:
    missing = [tensor.name for tensor in stored if tensor.name not in weights]
    if not missing:
        return ""
    if package.pickles:
        return tr(
            "The weights are in a pickle, which is not opened ('{missing}' is in it). {again}",
            missing=missing[0],
            again=AGAIN,
        )
    return tr("The weights of '{missing}' are not in the file", missing=missing[0])


def _shapes(program: Program, told: tuple[Shape, ...]) -> tuple[list[Shape], tuple[str, ...]]:
    """Shapes of all inputs, none where the program's own are whole; and the inputs whose sizes have to be told."""
    found, asked, is_open = list[Shape](), list[str](), any(told)
    for at, id in enumerate(program.inputs):
        tensor = program.tensors[id]
        own = tensor.shape or ()
        shape = told[at] if at < len(told) and told[at] else own
        check_axes(tensor.name, own, shape)
        is_open = is_open or -1 in own
        if shape[:1] == (-1,):
            shape = (1, *shape[1:])
            program.warnings.append(tr("The batch of '{tensor}' is dynamic: 1 was taken", tensor=tensor.name))
        found.append(shape)
        asked += [tensor.name] if -1 in shape else []
    return found if is_open else [], tuple(asked)


def _program(package: Package) -> Program:
    module = package.program["graph_module"]
    graph, told = module["graph"], module["signature"]
    reading = _Reading(package, graph["tensor_values"])
    for each in told["input_specs"]:
        reading.take(each)
    for node in graph["nodes"]:
        reading.add(node, reading.scope)
    for each, output in zip(told["output_specs"], graph["outputs"], strict=True):
        if "user_output" in each:
            reading.program.outputs += [id for id in map(reading.scope, pt2_values.ids(output)) if id in reading.known]
    return reading.program


class _Reading:
    """Nodes of the JSON as calls."""

    def __init__(self, package: Package, tensors: Mapping[str, Any]) -> None:
        self.package, self.program = package, Program()
        self.known = {name: pt2_values.tensor(name, meta) for name, meta in tensors.items()}
        self.same: dict[str, str] = {}
        self.parts = 0

    def scope(self, name: str) -> str:
        """The id that a name of the whole program stands for."""
        return self.same.get(name, name)

    def take(self, spec: Mapping[str, Any]) -> None:
        """An input: a stored tensor by its name, or one that is given. Numbers and flags are held as they were."""
        ((sort, said),) = spec.items()
        if sort in HELD:
            id, name = str(said["arg"]["name"]), str(said[HELD[sort]])
            told = self.package.tensors.get(name) or replace(self.known[id], name=name, stored=True)
            self.program.tensors[id] = replace(told, constant=sort != "parameter")
        elif sort == "user_input":
            value = pt2_values.argument(said["arg"])
            if isinstance(value, Value) and value.id in self.known:
                self.program.tensors[value.id] = self.known[value.id]
                self.program.inputs.append(value.id)

    def add(self, node: Mapping[str, Any], scope: Callable[[str], str]) -> None:
        """scope: ids by the names that this part of the program has."""
        target = str(node["target"]).removeprefix(PREFIX)
        ids = [scope(id) if id else "" for output in node["outputs"] for id in pt2_values.ids(output)]
        if target in WRAPPED:
            self.unwrap(node, ids, scope)
            return
        given = enumerate(node["inputs"])
        arguments = {str(each["name"] or at): pt2_values.argument(each["arg"]) for at, each in given}
        arguments = mapped(arguments, lambda leaf: Value(scope(leaf.id)) if isinstance(leaf, Value) else leaf)
        named = [id or f"{node['outputs']} {at}" for at, id in enumerate(ids)]
        outputs = [self.known.get(id, Tensor(id)) for id in named]
        module, run = _module(node.get("metadata") or {})
        self.program.steps.append(Step(target, module, run, arguments, outputs))

    def unwrap(self, node: Mapping[str, Any], ids: list[str], scope: Callable[[str], str]) -> None:
        """The part in place of what wraps it: its inputs are the operands behind it, its results the outputs."""
        self.parts += 1
        given = [each["arg"] for each in node["inputs"]]
        place = next(at for at, each in enumerate(given) if "as_graph" in each)
        graph = given[place]["as_graph"]["graph"]
        operands = [scope(id) for each in given[place + 1 :] for id in pt2_values.ids(each)]
        names = [name for each in graph["inputs"] for name in pt2_values.ids(each)]
        held, within = dict(zip(names, operands, strict=True)), tr("part {parts}/", parts=self.parts)

        def inner(name: str) -> str:
            return self.scope(held.get(name, within + name))

        own = {inner(name): meta for name, meta in graph["tensor_values"].items() if name not in held}
        self.known |= {id: pt2_values.tensor(id, meta) for id, meta in own.items()}
        for each in graph["nodes"]:
            self.add(each, inner)
        found = [inner(id) for each in graph["outputs"] for id in pt2_values.ids(each)]
        self.same.update(zip(ids, found, strict=True))


def _module(metadata: Mapping[str, Any]) -> tuple[str, str]:
    """Path of the module that a node is in, and which call of it: the last of "key,path,type;key,path,type"."""
    last = str(metadata.get("nn_module_stack") or "").rpartition(";")[2]
    run, _, rest = last.partition(",")
    path = rest.partition(",")[0]
    return ("", "") if run.startswith(NO_MODULE) else (path, run)
