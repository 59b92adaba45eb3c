"""Clamping of D, the estimate of the clean sample, to the range of the data: some models were sampled so."""

from __future__ import annotations

import torch
from torch import Tensor

from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.pipeline_types import Clamp


def clamped(denoise: Denoise, clamp: Clamp | None) -> Denoise:
    """A denoiser whose D is clamped; the same one where there is no clamp."""
    if clamp is None:
        return denoise
    hold = within_quantile if clamp.share else within
    return lambda y, sigma: hold(denoise(y, sigma), clamp)


def within(denoised: Tensor, clamp: Clamp) -> Tensor:
    """D held within -most..most."""
    return denoised.clamp(-clamp.most, clamp.most)


def within_quantile(denoised: Tensor, clamp: Clamp) -> Tensor:
    """Dynamic thresholding (Saharia et al., arXiv 2205.11487, section 2.3), a quantile a sample."""
    flat = denoised.flatten(1)
    most = torch.quantile(flat.abs(), clamp.share, dim=1, keepdim=True).clamp(1, clamp.most)
    return (flat.clamp(-most, most) / most).reshape(denoised.shape)
