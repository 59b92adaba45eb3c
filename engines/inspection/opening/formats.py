"""Which format a file is of, told by its content alone: an ending may lie."""

from __future__ import annotations

from pathlib import Path

from engines.core.errors import BadInput
from engines.core.reading import regular_file
from engines.inspection.types import Format

HEAD = 64
KNOWN = "ONNX, TFLite, .pt2, safetensors, PyTorch state dicts, TorchScript and diffusers folders are"


def format_of(path: Path) -> Format:
    """The format of a file or folder. Raises `FileMissing`, and `BadInput` for what is no model."""
    if path.is_dir():
        return Format.DIFFUSERS
    path = regular_file(path, what="model file")
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head[4:8] == b"TFL3":
        return Format.TFLITE
    if head[8:9] == b"{":
        return Format.SAFETENSORS
    if path.suffix == ".onnx":
        return Format.ONNX
    raise BadInput("Not a model file that can be opened here", path=path, hint=f"{KNOWN} known")
