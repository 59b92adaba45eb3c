"""Where a head and its checkpoint lie. Free of torch, because the window asks too."""

from __future__ import annotations

from pathlib import Path

from engines.core.training.standing import Standing, standing
from engines.faces.study_types import FREE, HeadSpec


def head_path(spec: HeadSpec) -> Path:
    """The ONNX recogniser in the folder that the spec names."""
    return Path(spec.out) / f"{spec.loss}-{spec.backbone}.onnx"


def checkpoint_path(spec: HeadSpec) -> Path:
    """Of the checkpoint beside it."""
    return head_path(spec).with_suffix(".checkpoint")


def standing_of(spec: HeadSpec) -> Standing | None:
    """How far the training of this spec came that was cut off; None where there is nothing to go on with."""
    return standing(checkpoint_path(spec), spec, FREE)
