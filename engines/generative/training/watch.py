"""Live samples while a network learns: the same few starts each time, in few steps, so that progress can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.generative.diffusion.axis.denoiser import Preconditioned
from engines.generative.diffusion.axis.noise import SeededNoise

if TYPE_CHECKING:
    from engines.generative.training.setup import Setup

SAMPLES = 16
STEPS = 8
LOWEST, HIGHEST = 0.02, 40.0


@torch.no_grad()
def samples(model: Preconditioned, setup: Setup) -> NDArray[np.uint8]:
    """(n, H, W[, 3]) uint8 pictures of the weights as they are; classes in turn."""
    from engines.generative.diffusion.axis.schedules import karras
    from engines.generative.diffusion.samplers.named import sample

    classes = len(setup.data.classes)
    label = (torch.arange(SAMPLES) % classes).to(setup.device) if classes else None
    low, high = max(setup.range[0], LOWEST), min(setup.range[1], HIGHEST)
    sigmas = karras(STEPS, low, high)
    like = torch.empty(SAMPLES, *setup.data.shape, device=setup.device)
    start = SeededNoise(range(SAMPLES))(like) * float(sigmas[0])
    return pictures(sample(model.conditioned(label), start, sigmas, sampler="dpm++2m"))


def pictures(x: Tensor, low: float = -1.0, high: float = 1.0) -> NDArray[np.uint8]:
    """Samples (n, C, H, W) as uint8 pictures, (n, H, W) when grey, else (n, H, W, 3) RGB."""
    scaled = ((x.detach().float().cpu() - low) / (high - low) * 255).round().clamp(0, 255).nan_to_num(0)
    images = scaled.permute(0, 2, 3, 1).to(torch.uint8).numpy()
    return images[..., 0] if images.shape[-1] == 1 else images
