"""Opening of any model: by its format, through the one reader that knows it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engines.core.errors import BadInput
from engines.core.spec import resolve
from engines.inspection.opening.formats import format_of
from engines.inspection.opening.model import Model
from engines.inspection.types import Format, OpenSpec, Shape

OPENERS = {
    Format.ONNX: "engines.inspection.reading.onnx_files:open_file",
    Format.TFLITE: "engines.inspection.reading.tflite_files:open_file",
}
"""`function(path: Path, spec: OpenSpec) -> Model` by format."""


def open_model(path: str | Path, shapes: Sequence[Shape] = (), *, code: bool = False) -> Model:
    """Open a model file, a diffusers folder, or a network of ours or of the model store by its name.

    shapes: of its inputs, where the file does not say. code: TorchScript may be loaded, in a process of its own.

    Raises `FileMissing`, `BadInput` for what cannot be opened, and names what a refused pickle would have called.
    """
    return open_spec(OpenSpec(str(path), tuple(map(tuple, shapes)), code))


def open_spec(spec: OpenSpec) -> Model:
    """The same, as jobs ask for it."""
    path = Path(spec.path).expanduser()
    kind = format_of(path)
    if kind not in OPENERS:
        raise BadInput(f"Files of the kind '{kind}' cannot be opened here", path=path)
    model: Model = resolve(OPENERS[kind])(path, spec)
    return model
