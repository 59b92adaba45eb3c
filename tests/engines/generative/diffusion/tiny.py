"""A small untrained network on disk with its card, as a user's own would lie there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from engines.core.files import write_json
from engines.core.spec import from_json, to_json
from engines.generative import networks
from engines.generative.data.moments import Moments
from engines.generative.diffusion.types import Card

ARGUMENTS = {"shape": [1, 8, 8], "classes": 3, "width": 8, "multiples": [1, 2], "depth": 1, "attention": [1]}


def random_network(architecture: str = "unet", seed: int = 0, **arguments: Any) -> torch.nn.Module:
    """Every weight random, those that begin at zero too, so that each of them matters."""
    generator = torch.Generator().manual_seed(seed)
    network = networks.build(architecture, **(arguments or ARGUMENTS))
    for parameter in network.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator) * 0.1
    return network.eval().requires_grad_(False)


def write_tiny(folder: Path, name: str = "tiny", seed: int = 0, moments: bool = False, **card: Any) -> Path:
    """Write weights and card; the weights' path."""
    folder.mkdir(parents=True, exist_ok=True)
    architecture = card.get("architecture", "unet")
    network = random_network(architecture, seed, **card.get("arguments", {}))
    tensors = {key: value.contiguous() for key, value in network.state_dict().items()}
    if moments:
        known = Moments.of(torch.randn(200, 1, 8, 8, generator=torch.Generator().manual_seed(1)))
        tensors |= {
            "moments.mean": known.mean,
            "moments.values": known.values,
            "moments.vectors": known.vectors.contiguous(),
        }
    path = folder / f"{name}.safetensors"
    save_file(tensors, path)
    told = {"name": name, "title": f"Tiny {name}", "architecture": "unet", "arguments": ARGUMENTS, "shape": [1, 8, 8],
            "prediction": "edm", "process": "edm", "classes": ["a", "b", "c"], "parameters": 1000}  # fmt: skip
    write_json(path.with_suffix(".json"), to_json(from_json(Card, told | card)))
    return path
