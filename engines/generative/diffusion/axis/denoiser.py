"""The one contract of this engine: `D(y, sigma)`, the expectation of the clean sample given y = x0 + sigma eps.

Whatever a network predicts (noise, the sample, velocity, a score, EDM's F), `Preconditioned` makes it a denoiser:
D = c_skip y + c_out F(c_in y, c_noise). Samplers, guidance, likelihood and training know nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor, nn

from engines.core.errors import BadInput
from engines.core.words import control, tr
from engines.generative.diffusion.axis.process import Level, Process

Denoise: TypeAlias = Callable[[Tensor, Tensor], Tensor]
"""`(y, sigma) -> D`. y: (B, ...) at noise level sigma; sigma: a float64 tensor of no dimensions on the CPU, so that
reading it never waits for a device; it may be infinite, and then y is eps itself. D has the shape of y."""

PREDICTIONS = ("eps", "x0", "v", "u", "score", "edm")


class Preconditioned(nn.Module):
    """A network as a denoiser.

    network: `(x, time, label) -> F`, x and F (B, ...), time (B,), label (B,) whole numbers or None.
    prediction: one of `PREDICTIONS`. data_std: only "edm" uses it.
    """

    def __init__(self, network: nn.Module, prediction: str, process: Process, data_std: float = 0.5) -> None:
        super().__init__()
        if prediction not in PREDICTIONS:
            raise BadInput(
                tr("A network cannot predict '{prediction}'", prediction=prediction),
                hint=tr("Known are {predictions}", predictions=", ".join(PREDICTIONS)),
            )
        self.network = network
        self.prediction = prediction
        self.process = process
        self.data_std = data_std

    def forward(self, y: Tensor, sigma: Tensor | float, label: Tensor | None = None) -> Tensor:
        """D of shape (B, ...). sigma: one level for all (0-d or float), or one a sample, (B,)."""
        if isinstance(sigma, Tensor) and sigma.ndim == 1:
            shape = (-1,) + (1,) * (y.ndim - 1)
            parts = [c.reshape(shape) for c in coefficients(self, sigma)]
            return self._join(y, parts[0], parts[1], parts[2], self.process.time(sigma).to(y.dtype), label)
        level = float(sigma)
        time = torch.full((len(y),), self.process.time(level), dtype=y.dtype, device=y.device)
        return self._join(y, *coefficients(self, level), time, label)

    def _join(self, y: Tensor, skip: Level, out: Level, into: Level, time: Tensor, label: Tensor | None) -> Tensor:
        predicted: Tensor = self.network(into * y, time, label)
        return skip * y + out * predicted

    def conditioned(self, label: Tensor | None) -> Denoise:
        """The denoiser of one class a sample, (B,); None: of no class."""
        return lambda y, sigma: self(y, sigma, label)


def coefficients(model: Preconditioned, sigma: Level) -> tuple[Level, Level, Level]:
    """(c_skip, c_out, c_in) at a noise level. Raises `BadInput` where they are not determined (noise at infinity)."""
    if not isinstance(sigma, Tensor) and sigma == math.inf:
        return _at_infinity(model)
    s = model.process.scale(sigma)
    match model.prediction:
        case "eps":
            return _like(1.0, sigma), -sigma, s
        case "x0":
            return _like(0.0, sigma), _like(1.0, sigma), s
        case "v":
            return s**2, -s * sigma, s
        case "u":
            return s, -s * sigma, s
        case "score":
            return _like(1.0, sigma), sigma, s
    sd = model.data_std
    norm = (sigma**2 + sd**2) ** 0.5
    return (sd / norm) ** 2, sigma * sd / norm, 1 / norm


def _at_infinity(model: Preconditioned) -> tuple[float, float, float]:
    """The state is eps itself and so is what the network is given."""
    match model.prediction:
        case "x0":
            return 0.0, 1.0, 1.0
        case "v":
            return 0.0, -1.0, 1.0
        case "u":
            return 1.0, -1.0, 1.0
    raise BadInput(
        tr("A network that predicts '{prediction}' says nothing at infinite noise", prediction=model.prediction),
        hint=tr("Give a finite {highest}", highest=control(tr("Highest noise"), "--sigma-max")),
    )


def _like(value: float, sigma: Level) -> Level:
    return torch.full_like(sigma, value) if isinstance(sigma, Tensor) else value
