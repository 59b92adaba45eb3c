"""TorchScript: a program. Its parameters are read like those of a state dict; the program is loaded only when asked.

Loading compiles code and runs its `__setstate__`; that is done in a process of its own, of which only names come back.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engines.core.errors import BadInput
from engines.core.reading import making_sense
from engines.core.words import control, tr
from engines.inspection.opening.allowed import in_script
from engines.inspection.opening.archives import Archive, read_archive
from engines.inspection.opening.child import ask
from engines.inspection.opening.model import Model
from engines.inspection.opening.pickled import Pickled, of_archive
from engines.inspection.opening.state_dicts import refusal, tensors_of
from engines.inspection.opening.stored import StoredWeights, as_tensor, counted
from engines.inspection.types import Format, Given, Graph, Kind, ModelSheet, Node, OpenSpec, Safety, Tensor

CHILD = "engines.inspection.opening.script_child"
WHY = tr("TorchScript is a program; its parameters were read, and nothing of it was run")
SHOWN = tr("TorchScript is shown and not run: export the model with torch.export.save to run it here")


def open_file(path: Path, spec: OpenSpec) -> Model:
    """Raises `BadInput` for pickles that ask for more than its own classes, and where its program cannot be loaded."""
    pickled = of_archive(read_archive(path), in_script)
    safety = script_safety(pickled)
    if safety.verdict == "refused":
        raise refusal(path, safety)
    held, odd = tensors_of(pickled, path)
    tensors = {name: as_tensor(name, one) for name, one in held.items()}
    graph = _graph(ask(CHILD, path), tensors, path) if spec.code else None
    sheet = ModelSheet(
        path=str(path), title=path.name, format=Format.TORCHSCRIPT, bytes=path.stat().st_size, safety=safety,
        graph=graph, counts=counted(tuple(tensors.values())), tensors=tuple(tensors.values()),
        given=tuple(Given(name, None) for name in graph.inputs) if graph else (),
        warnings=tuple(tr("'{name}' is a tensor of a kind that is not read", name=name) for name in odd[:3]),
        runs=SHOWN if graph else _ask(),
    )  # fmt: skip
    return Model(sheet, StoredWeights(path, held))


def _ask() -> str:
    return tr(
        "TorchScript is a program: ask for it to be loaded, with {control}, to see its graph",
        control=control(tr("Load it in a process of its own"), "--code"),
    )


def script_safety(pickled: Pickled) -> Safety:
    """Code at best: pickles that reach beyond its own classes are refused."""
    return pickled.safety if pickled.safety.verdict == "refused" else Safety("code", (), WHY)


def archive_safety(archive: Archive) -> Safety:
    """The same of an archive."""
    return script_safety(of_archive(archive, in_script))


def _graph(said: dict[str, Any], tensors: dict[str, Tensor], path: Path) -> Graph:
    """A graph from the child's words, none of which is trusted."""
    with making_sense(path, tr("The graph of the program makes no sense")):
        nodes = tuple(_node(each) for each in said["nodes"])
        inputs, outputs = (tuple(map(str, said[key])) for key in ("inputs", "outputs"))
        names = {name for node in nodes for name in (*node.inputs, *node.outputs)} | {*inputs, *outputs}
        if len({node.name for node in nodes}) < len(nodes):
            raise BadInput(tr("Two steps of the program have one name"), path=path)
    return Graph(nodes, {name: tensors.get(name, Tensor(name)) for name in sorted(names)}, inputs, outputs)


def _node(said: dict[str, Any]) -> Node:
    inputs, outputs = (tuple(map(str, said[key])) for key in ("inputs", "outputs"))
    return Node(str(said["name"]), Kind.UNKNOWN, str(said["op"]), inputs, outputs, str(said["module"]))
