"""A user's own diffusers folder as one of our models."""

from __future__ import annotations

from pathlib import Path

import torch

from engines.core.errors import BadInput
from engines.diffusion.models import Model
from engines.diffusion.types import ModelInfo


def inspect_folder(folder: Path, prediction: str = "") -> ModelInfo:
    """What a folder holds, from its configurations alone."""
    raise BadInput("The folder is no pipeline that can be read", path=folder)


def open_folder(folder: Path, device: torch.device, dtype: torch.dtype, prediction: str = "") -> Model:
    """Open a folder."""
    inspect_folder(folder, prediction)
    raise BadInput("The folder is no pipeline that can be read", path=folder)
