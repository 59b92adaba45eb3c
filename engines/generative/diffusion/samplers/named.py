"""Every sampler by name, and `sample`, which takes one by name and checks what it is given.

A sampler is a plain function `(denoise, y, sigmas, *, noise, observe, **options) -> y`: no object with a step counter,
no waiting for a device in its loop, safe in any number of threads. `SAMPLERS` has the names of `catalog.SAMPLERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import gt, lt

import torch
from torch import Tensor

from engines.core.errors import UsageError
from engines.core.words import tr
from engines.generative.data.moments import Moments
from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.axis.noise import Noise
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.samplers.history import deis, ipndm, ipndm_v, lms
from engines.generative.diffusion.samplers.multistep import dpmpp_2m, dpmpp_3m, unipc
from engines.generative.diffusion.samplers.residual import gaussian
from engines.generative.diffusion.samplers.single import dpm2, dpmpp_2s, euler, heun
from engines.generative.diffusion.samplers.stepping import Observe, begin
from engines.generative.diffusion.samplers.stochastic import (
    ancestral,
    dpmpp_2m_sde,
    dpmpp_3m_sde,
    dpmpp_sde,
    langevin,
    predictor_corrector,
)
from engines.generative.diffusion.samplers.tables import ddim_clamped, ddpm_large, dpmpp_2m_lower, pndm

__all__ = ["SAMPLERS", "Observe", "Sampler", "begin", "named", "sample"]

Sampler = Callable[..., Tensor]

SAMPLERS: dict[str, Sampler] = {
    "euler": euler,
    "ancestral": ancestral,
    "heun": heun,
    "dpm2": dpm2,
    "dpm++1s": euler,
    "dpm++2s": dpmpp_2s,
    "dpm++2m": dpmpp_2m,
    "dpm++3m": dpmpp_3m,
    "dpm++sde": dpmpp_sde,
    "dpm++2m-sde": dpmpp_2m_sde,
    "dpm++3m-sde": dpmpp_3m_sde,
    "unipc": unipc,
    "deis": deis,
    "ipndm": ipndm,
    "ipndm-v": ipndm_v,
    "lms": lms,
    "pndm": pndm,
    "dpm++2m-lower": dpmpp_2m_lower,
    "ddim-clamped": ddim_clamped,
    "ddpm-large": ddpm_large,
    "gaussian": gaussian,
    "langevin": langevin,
    "pc": predictor_corrector,
}


def sample(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    sampler: str = "dpm++2m",
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    moments: Moments | None = None,
    **options: float,
) -> Tensor:
    """From the state y (B, ...) at sigmas[0] to sigmas[-1], without gradients. y is not written over.

    sigmas: (steps + 1,), falling, the last usually 0; the first may be infinite, and then y is eps (see `begin`).
    Rising levels lead back to noise; they must begin above 0. options: those of `catalog.SAMPLERS`.
    moments: of the data, for the samplers that make use of them.
    Raises `UsageError` for an unknown name or option, and for levels that make no sense.
    """
    entry = _entry(sampler)
    _check_options(entry, options)
    sigmas = sigmas.detach().to("cpu", torch.float64)
    _check_levels(entry, sigmas)
    known = {"moments": moments} if entry.moments else {}
    with torch.no_grad():
        return SAMPLERS[entry.id](denoise, y, sigmas, noise=noise, observe=observe, **known, **options)


def named(name: str) -> Sampler:
    """The function of a name or alias."""
    return SAMPLERS[_entry(name).id]


def _entry(name: str) -> catalog.Sampler:
    entry = catalog.sampler(name)
    if entry is None:
        raise UsageError(
            tr("No sampler is called '{name}'", name=name),
            hint=tr("Known are {samplers}", samplers=", ".join(SAMPLERS)),
        )
    return entry


def _check_options(entry: catalog.Sampler, options: dict[str, float]) -> None:
    known = {option.name: option for option in entry.options}
    for name, value in options.items():
        if name not in known:
            raise UsageError(
                tr("Sampler '{id}' has no option '{name}'", id=entry.id, name=name),
                hint=tr("It has {known}", known=", ".join(known) or tr("none")),
            )
        if not known[name].low <= value <= max(known[name].high, known[name].default):
            hint = tr("From {low:g} to {high:g}", low=known[name].low, high=known[name].high)
            raise UsageError(
                tr("Option '{name}' of sampler '{id}' cannot be {value:g}", name=name, id=entry.id, value=value),
                hint=hint,
            )


def _check_levels(entry: catalog.Sampler, sigmas: Tensor) -> None:
    values = sigmas.tolist() if sigmas.ndim == 1 else []
    falling = all(map(gt, values, values[1:]))
    rising = not falling and all(map(lt, values, values[1:]))
    if len(values) < 2 or not (falling or rising):
        raise UsageError(tr("Noise levels must be a list of two or more that falls (or rises) at every step"))
    if min(values[0], values[-1]) < 0 or (rising and values[0] == 0):
        raise UsageError(tr("Noise levels begin above 0 and never go below it"))
    if rising and entry.stochastic:
        raise UsageError(
            tr("Sampler '{id}' draws noise and cannot lead back to it", id=entry.id), hint=tr("Take one of the ODE")
        )
