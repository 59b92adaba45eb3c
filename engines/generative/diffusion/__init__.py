"""Diffusion on one axis: a denoiser `D(y, sigma)`, schedules of sigma, and samplers that are plain functions.

    from engines.generative import diffusion
    denoise = diffusion.digits_mixture()
    sigmas = diffusion.karras(20, 0.002, 80.0)
    y = sigmas[0] * torch.randn(64, 64)
    x = diffusion.sample(denoise, y, sigmas, sampler="dpm++2m")

The names below are imported when they are first used: whoever only needs `types` does not pay for torch.
"""

from __future__ import annotations

from importlib import import_module

_WHERE = {
    "sample": "diffusion.samplers.named",
    "SAMPLERS": "diffusion.samplers.named",
    "SCHEDULES": "diffusion.axis.schedules",
    "karras": "diffusion.axis.schedules",
    "digits_mixture": "diffusion.distributions.analytic",
    "GaussianMixture": "diffusion.distributions.analytic",
    "FiniteData": "diffusion.distributions.analytic",
    "SeededNoise": "diffusion.axis.noise",
    "Moments": "data.moments",
    "teleport": "diffusion.samplers.teleport",
    "open_model": "diffusion.models.opening",
}

__all__ = list(_WHERE)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    if name in _WHERE:
        return getattr(import_module(f"engines.generative.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
