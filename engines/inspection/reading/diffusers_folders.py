"""Diffusers folders as models: parts and parameters from file heads, the denoiser's graph where diffusers is there.

Every class is one that is named here; nothing is fetched, no pickle is opened, and no code of the folder is run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from engines.attention.listening import pinned
from engines.core.errors import BadInput, FileMissing, KinoscopeError
from engines.core.reading import making_sense, read_json
from engines.core.words import tr
from engines.generative.diffusion.models.diffusers_config import INDEX, PICKLES, weight_files
from engines.inspection.opening import safetensors_files
from engines.inspection.opening.model import Model, Weights
from engines.inspection.reading.diffusers_inputs import CLASSES, Asked, asked
from engines.inspection.reading.modules import from_module
from engines.inspection.types import Counts, Format, Given, ModelSheet, OpenSpec, Tensor

CONFIG = "config.json"
SENSELESS = tr("The configuration makes no sense")
DENOISERS = ("unet", "transformer", "prior", "")


@dataclass(frozen=True, slots=True)
class Part:
    """A part with weights. name: of its folder, "" for a folder that is one model; kind: its class, as the folder says.
    tensors: by name, and the file that holds each. pickles: weights that are one."""

    name: str
    kind: str
    path: Path
    config: Mapping[str, Any]
    tensors: Mapping[str, tuple[Tensor, Model]]
    pickles: tuple[str, ...]

    @property
    def parameters(self) -> int:
        return sum(math.prod(tensor.shape or ()) for tensor, _ in self.tensors.values())


class FolderWeights(Weights[tuple[str, Model]]):
    """Stored tensors of all parts by "part.name", each mapped when asked for."""

    def __getitem__(self, name: str) -> torch.Tensor:
        own, file = self._held[name]
        return file.weights[own]


def open_file(path: Path, spec: OpenSpec) -> Model:
    """A pipeline's folder, or one of a single model. shapes: of the sample, where another size is wanted.

    Raises `BadInput` for a folder that is none, or whose configuration makes no sense.
    """
    pipeline, parts = _parts(path)
    chosen = next((part for name in DENOISERS for part in parts if part.name == name), None)
    sheet = _sheet(path, pipeline, parts)
    missing = tuple(
        tr("Its index names the part '{name}', which is not in the folder", name=name) for name in _missing(path)
    )
    sheet = replace(sheet, warnings=(*sheet.warnings, *missing))
    found = _graph(chosen, spec) if chosen else tr("The folder holds no part that takes noise away")
    if chosen is None or isinstance(found, str):
        places = {_full(part, name): (name, file) for part in parts for name, (_, file) in part.tensors.items()}
        return Model(replace(sheet, runs=str(found)), FolderWeights(places))
    own = found.sheet
    facts = (*sheet.facts, (tr("graph"), chosen.name or chosen.kind))
    sheet = replace(
        sheet, graph=own.graph, given=own.given, facts=facts, tensors=own.tensors,
        warnings=(*sheet.warnings, *own.warnings),
    )  # fmt: skip
    return replace(found, sheet=sheet)


def _parts(path: Path) -> tuple[str, list[Part]]:
    """The pipeline's class, "" for one model alone, and what it is made of."""
    if (path / INDEX).is_file():
        found = [_part(path / name, name, kind) for name, kind in _named(path).items()]
        pipeline = str(_config(path / INDEX).get("_class_name", ""))
        return pipeline, [part for part in found if part.tensors or part.pickles]
    if not (path / CONFIG).is_file():
        hint = tr("A diffusers folder holds {index}, or {config} with weights beside it", index=INDEX, config=CONFIG)
        raise BadInput(tr("There is no diffusers model in this folder"), path=path, hint=hint)
    part = _part(path, "", "")
    if not part.tensors and not part.pickles:
        raise BadInput(tr("There are no weights in this folder"), path=path, hint=tr("Fetch the whole folder again"))
    return "", [part]


def _named(path: Path) -> dict[str, str]:
    """Parts that a pipeline's index names, with their classes; none for a folder of one model."""
    index = _config(path / INDEX) if (path / INDEX).is_file() else {}
    said = {name: one[1] for name, one in index.items() if isinstance(one, list) and len(one) == 2 and one[1]}
    return {name: str(kind) for name, kind in said.items() if _is_plain(name)}


def _missing(path: Path) -> list[str]:
    return [name for name in _named(path) if not (path / name).is_dir()]


def _is_plain(name: str) -> bool:
    """A folder beside, and nothing that leads elsewhere."""
    return name.isidentifier()


def _part(path: Path, name: str, kind: str) -> Part:
    config = _config(path / CONFIG) if (path / CONFIG).is_file() else {}
    said = config.get("_class_name") or next(iter(config.get("architectures") or ()), "")
    tensors: dict[str, tuple[Tensor, Model]] = {}
    for file in weight_files(path) if path.is_dir() else ():
        held = safetensors_files.open_file(file, OpenSpec(str(file)))
        tensors |= {tensor.name: (tensor, held) for tensor in held.sheet.tensors}
    closed = sorted(file.name for file in path.glob("*") if file.suffix in PICKLES) if path.is_dir() else []
    return Part(name, kind or str(said), path, config, tensors, tuple(closed))


def _config(path: Path) -> dict[str, Any]:
    data = read_json(path)
    if not isinstance(data, dict):
        raise BadInput(SENSELESS, path=path)
    return data


def _sheet(path: Path, pipeline: str, parts: list[Part]) -> ModelSheet:
    tensors = tuple(replace(tensor, name=_full(part, name))
                    for part in parts for name, (tensor, _) in part.tensors.items())  # fmt: skip
    total = sum(part.parameters for part in parts)
    files = {file.sheet.path: file.sheet.bytes for part in parts for _, file in part.tensors.values()}
    facts = [(tr("pipeline"), pipeline)] if pipeline else []
    facts += [
        (
            part.name or tr("model"),
            tr(
                "{kind}, {parameters:,} parameters, {stored}",
                kind=part.kind,
                parameters=part.parameters,
                stored=_stored(part),
            ),
        )
        for part in parts
    ]
    closed = [f"{part.name}/{name}" if part.name else name for part in parts for name in part.pickles]
    warnings = [
        tr("Pickles ({closed}) can run code when they are loaded; they were not opened", closed=", ".join(closed[:3]))
    ] * bool(closed)
    return ModelSheet(
        str(path), path.resolve().name, Format.DIFFUSERS, sum(files.values()), tensors=tensors,
        counts=Counts(total, total), facts=tuple(facts), warnings=tuple(warnings),
    )  # fmt: skip


def _full(part: Part, name: str) -> str:
    return f"{part.name}.{name}" if part.name else name


def _stored(part: Part) -> str:
    kinds = sorted({tensor.dtype for tensor, _ in part.tensors.values()})
    return ", ".join(kinds) or tr("a pickle that was not opened")


def _graph(part: Part, spec: OpenSpec) -> Model | str:
    """The traced part, or why there is none."""
    if part.kind not in CLASSES:
        return tr(
            "Networks of the kind '{kind}' are not traced here; export one with torch.export.save and open that",
            kind=part.kind,
        )
    if not part.tensors:
        return tr("The weights of '{part}' are a pickle, which is not opened", part=part.name or part.path.name)
    try:
        with making_sense(part.path / CONFIG, SENSELESS):
            inputs = asked(part.kind, part.config, spec.shapes[0] if spec.shapes else ())
        return _traced(part, inputs)
    except FileMissing as missing:
        return f"{missing.message}. {missing.hint}"


def _traced(part: Part, inputs: Asked) -> Model:
    from engines.generative.diffusion.models.diffusers_folder import libraries, open_part

    diffusers, _transformers = libraries()
    dtype = getattr(torch, next(iter(part.tensors.values()))[0].dtype, torch.float32)
    try:
        network = open_part(diffusers, part.kind, part.path, dtype).eval().requires_grad_(False)
    except KinoscopeError:
        raise
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise BadInput(
            tr("The part cannot be opened: {reason}", reason=reason), path=part.path, hint=tr("Fetch it again")
        ) from error
    tensors = {name: _in(tensor, dtype) for name, tensor in inputs.tensors.items()}
    with pinned("sdpa"), torch.no_grad():
        model = from_module(network, named=tensors | inputs.rest(dtype), title=part.kind)
    given = tuple(_given(one, inputs) for one in model.sheet.given)
    return replace(model, sheet=replace(model.sheet, given=given))


def _in(tensor: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    return tensor.to(dtype) if tensor.is_floating_point() else tensor


def _given(given: Given, inputs: Asked) -> Given:
    value = next((value for name, value in inputs.values.items() if given.name.endswith(name)), 0.0)
    return replace(given, value=value)
