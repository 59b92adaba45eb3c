"""A diffusers folder as far as it is looked at without diffusers: configurations, and weights that nobody opens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file


def a_folder(path: Path, scheduler: str, **config: Any) -> str:
    """A diffusers pipeline of pixels, as far as its configurations and the heads of its weights tell of it."""
    (path / "unet").mkdir(parents=True)
    (path / "scheduler").mkdir()
    index = {"_class_name": "DDPMPipeline", "scheduler": ["diffusers", scheduler]}
    network = {"in_channels": 3, "sample_size": 8, "block_out_channels": [8, 16]}
    for name, content in (("model_index", index), ("unet/config", network), ("scheduler/scheduler_config", config)):
        (path / f"{name}.json").write_text(json.dumps(content))
    save_file({"weight": np.zeros(3, np.float32)}, path / "unet" / "diffusion_pytorch_model.safetensors")
    return str(path)
