"""Job: the radial power spectrum of a model's data, beside which a noise level is a horizontal line.

White noise of size sigma has the power sigma^2 at every frequency; where the data's power falls below it, that detail
has not been decided yet at this noise level. That is why coarse shapes come first (Dieleman 2024).
"""

from __future__ import annotations

import torch
from torch import Tensor

from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.words import tr
from engines.generative.diffusion.study_types import SpectrumResult, SpectrumSpec


def run(spec: SpectrumSpec, ctx: Context) -> SpectrumResult:
    """Of up to `samples` pictures of the model's data. Raises `BadInput` where they are not known or no pictures."""
    if spec.samples < 1:
        raise UsageError(tr("A spectrum needs a picture at least"))
    ctx.progress(0, 1, tr("Reading the data"))
    pictures = _data(spec)
    ctx.check()
    frequencies, power = radial_power(pictures)
    ctx.progress(1, 1, "")
    return SpectrumResult(tuple(frequencies.tolist()), tuple(power.tolist()))


def radial_power(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """(frequencies in cycles a pixel, power) of pictures (N, C, H, W), each (R,) float64; frequency 0 is left out.

    Power is |F|^2 / (H W), so that unit white noise has 1 everywhere; a mean over pictures, channels and directions.
    Rings are 1 / max(H, W) wide, up to half a cycle.
    """
    height, width = pictures.shape[-2:]
    power = (torch.fft.fft2(pictures.double()).abs() ** 2).mean((0, 1)) / (height * width)
    down, across = (torch.fft.fftfreq(side, dtype=torch.float64) for side in (height, width))
    radius = (down[:, None] ** 2 + across[None] ** 2).sqrt()
    ring = (radius * max(height, width)).round().long().flatten()
    rings = max(height, width) // 2
    keep = (ring >= 1) & (ring <= rings)
    count = torch.bincount(ring[keep], minlength=rings + 1)
    total, where = (torch.bincount(ring[keep], values.flatten()[keep], rings + 1) for values in (power, radius))
    full = count > 0
    return where[full] / count[full], total[full] / count[full]


def _data(spec: SpectrumSpec) -> Tensor:
    """(N, C, H, W): what an exact model gives, or what a network was trained on."""
    if spec.model.startswith("analytic:"):
        from engines.generative.diffusion.distributions import analytic

        known, info = analytic.open(spec.model)
        return _pictures(known.sample(spec.samples, torch.Generator().manual_seed(0)), info.title)
    from engines.generative.data import datasets
    from engines.generative.diffusion.models import cards

    card = cards.read_card(cards.find(spec.model))
    if not card.data:
        raise BadInput(tr("What {card} was trained on is not in its card", card=card.title), path=spec.model)
    images = datasets.load(card.data, card.shape[-1]).images
    chosen = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))[: spec.samples]
    return _pictures(images[chosen], card.title)


def _pictures(data: Tensor, title: str) -> Tensor:
    if data.ndim != 4 or min(data.shape[-2:]) < 4:
        raise BadInput(tr("The samples of {title} are not pictures", title=title), hint=tr("A spectrum needs pictures"))
    return data
