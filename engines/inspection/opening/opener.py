"""Opening of any model: by its format, through the one reader that knows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engines.core.errors import BadInput, FileMissing, UsageError
from engines.core.reading import making_sense
from engines.core.spec import resolve
from engines.core.store.fetching import load_path
from engines.core.store.registry import REGISTRY
from engines.core.words import tr
from engines.generative.diffusion.models.cards import SHIPPED, models_dir
from engines.inspection.opening.formats import format_of
from engines.inspection.opening.known import LITE0, PREPROCESSING, known_as
from engines.inspection.opening.model import Model
from engines.inspection.opening.safety import safety_of
from engines.inspection.types import Format, ModelSheet, OpenSpec, Shape

OPENERS = {
    Format.ONNX: "engines.inspection.reading.onnx_files:open_file",
    Format.TFLITE: "engines.inspection.reading.tflite_files:open_file",
    Format.EXPORTED: "engines.inspection.reading.pt2_files:open_file",
    Format.KINOSCOPE: "engines.inspection.reading.own_files:open_file",
    Format.DIFFUSERS: "engines.inspection.reading.diffusers_folders:open_file",
    Format.SAFETENSORS: "engines.inspection.opening.safetensors_files:open_file",
    Format.LORA: "engines.inspection.opening.safetensors_files:open_file",
    Format.STATE_DICT: "engines.inspection.opening.state_dicts:open_file",
    Format.TORCHSCRIPT: "engines.inspection.opening.torchscript:open_file",
    Format.ARRAYS: "engines.inspection.opening.arrays:open_file",
    Format.DLIB: "engines.inspection.opening.dlib_files:open_file",
}
"""`function(path: Path, spec: OpenSpec) -> Model` by format."""
JUDGED_HERE = frozenset({
    Format.ONNX, Format.TFLITE, Format.EXPORTED, Format.KINOSCOPE, Format.DIFFUSERS, Format.SAFETENSORS, Format.LORA,
})  # fmt: skip
"""Formats whose readers run nothing and leave the verdict to `safety_of`; the other readers bring theirs."""
OWN_ENDINGS = (".safetensors", ".npz")


def open_model(path: str | Path, shapes: Sequence[Shape] = (), *, code: bool = False) -> Model:
    """Open a model file, a diffusers folder, or a network of ours or of the model store by its name.

    shapes: of its inputs, where the file does not say. code: TorchScript may be loaded, in a process of its own.

    Raises `FileMissing`, `BadInput` for what cannot be opened, and names what a refused pickle would have called.
    """
    return open_spec(OpenSpec(str(path), tuple(map(tuple, shapes)), code))


def open_spec(spec: OpenSpec) -> Model:
    """The same, as jobs ask for it."""
    path = find(spec.path)
    known = known_as(path)
    model = _lite0(path, spec) if known == LITE0 else _open(path, spec)
    _check_shapes(model.sheet, spec)
    preprocessing = model.sheet.preprocessing or PREPROCESSING.get(known)
    return replace(model, sheet=replace(model.sheet, preprocessing=preprocessing))


def find(name: str) -> Path:
    """The file or folder that is meant: a path, a name of the model store, or of a network of ours.

    Raises `FileMissing`, which says what names there are.
    """
    if not name:
        raise UsageError(tr("No model is named"), hint=tr("Name a file, a folder or a network of the model store"))
    path = Path(name).expanduser()
    if path.exists() or path.is_symlink() or path.name != name or path.suffix:
        return path
    if name in REGISTRY:
        return load_path(name)
    found = [folder / f"{name}{ending}" for folder in (models_dir(), SHIPPED) for ending in OWN_ENDINGS]
    own = next((file for file in found if file.is_file()), None)
    if own is None:
        known = ", ".join([*PREPROCESSING, *sorted(file.stem for file in SHIPPED.glob("*.safetensors"))])
        raise FileMissing(
            tr("There is no file and no model called '{name}'", name=name),
            path=path,
            hint=tr("Known names: {known}", known=known),
        )
    return own


def _open(path: Path, spec: OpenSpec) -> Model:
    kind = format_of(path)
    if kind not in OPENERS:
        raise BadInput(tr("Files of the kind '{kind}' cannot be opened here", kind=kind), path=path)
    with making_sense(
        path,
        tr("The {kind} file makes no sense", kind=kind),
        hint=tr("It is broken, or was written in a way of its own"),
    ):
        model: Model = resolve(OPENERS[kind])(path, spec)
    return _judged(model, path) if kind in JUDGED_HERE else model


def _judged(model: Model, path: Path) -> Model:
    """With the verdict on the file; what embedded pickles would call elsewhere is a warning."""
    safety = safety_of(path)
    calls = (
        tr("Opened elsewhere, its embedded files would call {calls}", calls="; ".join(safety.calls[:3]))
        if safety.calls
        else ""
    )
    warnings = (*model.sheet.warnings, calls) if calls else model.sheet.warnings
    return replace(model, sheet=replace(model.sheet, safety=safety, warnings=warnings))


def _lite0(path: Path, spec: OpenSpec) -> Model:
    """The published weights with the graph that belongs to them: the file stays the one that was named."""
    from engines.inspection.opening.lite0 import graph_path

    weights, model = _open(path, spec).sheet, _open(graph_path(path), spec)
    facts = (*weights.facts, *model.sheet.facts, (tr("graph"), tr("EfficientNet-Lite0 as published (Tan, Le, 2019)")))
    sheet = replace(
        model.sheet, path=str(path), title=path.name, format=weights.format, bytes=weights.bytes, facts=facts,
        safety=weights.safety, warnings=(*weights.warnings, *model.sheet.warnings),
    )  # fmt: skip
    return replace(model, sheet=sheet)


def _check_shapes(sheet: ModelSheet, spec: OpenSpec) -> None:
    if sheet.given and len(spec.shapes) > len(sheet.given):
        names = ", ".join(given.name for given in sheet.given)
        raise UsageError(
            tr(
                "The model takes {inputs} inputs ({names}) and {shapes} shapes were given",
                inputs=len(sheet.given),
                names=names,
                shapes=len(spec.shapes),
            )
        )
