"""Job: exact log-likelihood by the probability-flow ODE (Song et al. 2021, eq. 39).

From data at sigma_min to noise at sigma_max, ln p(x) = ln p(y_end) + the integral of (d - tr dD/dy) d ln sigma. The
path is Runge-Kutta of order four; the trace is taken at its nodes, exactly or by Hutchinson's estimate, and integrated
by Simpson's rule. At sigma_max the state is Gaussian with the data's moments where these are known, and white else.

What is given is ln p(x; sigma_min), the density of the data with that little noise. Bits per dimension are those of
8-bit pixels: uniform noise of one grey level is added first (dequantisation), so they bound the discrete likelihood.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from engines.core.context import Context
from engines.core.errors import UsageError
from engines.core.words import tr
from engines.generative.data.moments import Moments
from engines.generative.diffusion.axis.denoiser import Denoise, Preconditioned
from engines.generative.diffusion.axis.process import process
from engines.generative.diffusion.exact import likelihood_inputs
from engines.generative.diffusion.models import opening as models
from engines.generative.diffusion.models.model import Model
from engines.generative.diffusion.study_types import LikelihoodResult, LikelihoodSpec

EXACT_UP_TO = 256
BATCH = 64
AT_ONCE = 64
FARTHEST = 1000.0

Trace = Callable[[Denoise, Tensor, Tensor], Tensor]
"""`(denoise, y, sigma) -> tr dD/dy`, (B,)."""


@dataclass(frozen=True)
class Measured:
    """nats: ln p(x; sigma_min), (B,) float64. end: the state at sigma_max, which inversion would call the noise."""

    nats: Tensor
    end: Tensor


def run(spec: LikelihoodSpec, ctx: Context) -> LikelihoodResult:
    """Nats of every picture or point. Raises `UsageError`, `BadInput`, `FileMissing` and `Cancelled`."""
    if not 4 <= spec.steps <= 5000:
        raise UsageError(tr("A likelihood takes 4 to 5000 steps, not {steps}", steps=spec.steps))
    ctx.progress(0, 1, tr("Opening the model"))
    model = models.open_model(spec.model, device=spec.device, precision="float64" if _is_exact(spec) else "float32")
    given = likelihood_inputs.read(spec, model)
    low, high = levels_of(model)
    parts = []
    for first in range(0, len(given.data), BATCH):
        data = given.data[first : first + BATCH].to(model.device, model.dtype)
        labels = None if given.labels is None else given.labels[first : first + BATCH].to(model.device)
        trace = trace_of(spec, data[0].numel())

        def told(share: float, first: int = first) -> None:
            ctx.check()
            ctx.progress(first + share * min(BATCH, len(given.data) - first), len(given.data), tr("Integrating"))

        measured = log_likelihood(
            differentiable(model, labels), data, low, high, spec.steps, trace, model.moments, told
        )
        parts.append(measured.nats.cpu())
    nats = torch.cat(parts)
    ctx.progress(1, 1, "")
    return LikelihoodResult(
        names=given.names,
        nats=tuple(nats.tolist()),
        bits=tuple(bits_per_dimension(nats, given.data[0].numel(), given.level).tolist()) if given.level else None,
        true=_truth(spec, given.data, given.labels, low),
    )


def log_likelihood(
    denoise: Denoise,
    x: Tensor,
    low: float,
    high: float,
    steps: int,
    trace: Trace,
    moments: Moments | None = None,
    told: Callable[[float], None] | None = None,
) -> Measured:
    """ln p(x; low) of x (B, ...). denoise must be differentiable in y. An odd count of steps is raised by one."""
    steps += steps % 2
    logs = torch.linspace(math.log(low), math.log(high), steps + 1, dtype=torch.float64)
    h = float(logs[1] - logs[0])
    y, dimensions = x, x[0].numel()
    total = torch.zeros(len(x), dtype=torch.float64, device=x.device)
    for step, at in enumerate(logs.tolist()):
        if told is not None:
            told(step / steps)
        weight = h / 3 * (1 if step in (0, steps) else 4 if step % 2 else 2)
        total += weight * (dimensions - trace(denoise, y, _level(at)).double())
        if step < steps:
            y = _runge_kutta(denoise, y, at, h)
    return Measured(total + gaussian_log_density(y, high, moments), y)


def gaussian_log_density(y: Tensor, sigma: float, moments: Moments | None) -> Tensor:
    """ln N(y; mean, covariance + sigma^2), (B,) float64; without moments ln N(y; 0, sigma^2)."""
    flat = y.reshape(len(y), -1).double()
    d = flat.shape[1]
    if moments is None:
        return -0.5 * (flat**2).sum(1) / sigma**2 - d / 2 * math.log(2 * math.pi * sigma**2)
    known = moments.to(flat)
    centred = flat - known.mean
    inside = centred @ known.vectors
    spread = known.values + sigma**2
    outside = ((centred**2).sum(1) - (inside**2).sum(1)).clamp(min=0) / sigma**2
    logs = spread.log().sum() + (d - len(spread)) * math.log(sigma**2) + d * math.log(2 * math.pi)
    return -0.5 * ((inside**2 / spread).sum(1) + outside + logs)


def bits_per_dimension(nats: Tensor, dimensions: int, level: float) -> Tensor:
    """-log2 P / d of pixels, where one grey level is `level` wide in the units of the model's data."""
    return -(nats / dimensions + math.log(level)) / math.log(2)


def trace_of(spec: LikelihoodSpec, dimensions: int) -> Trace:
    """The divergence that was asked for."""
    if spec.divergence == "exact" or (spec.divergence == "auto" and dimensions <= EXACT_UP_TO):
        return exact_trace
    if spec.probes < 1:
        raise UsageError(tr("Hutchinson's estimate takes one probe at least"))
    return hutchinson(spec.probes, spec.seed)


def exact_trace(denoise: Denoise, y: Tensor, sigma: Tensor) -> Tensor:
    """tr dD/dy: one backward pass a dimension, AT_ONCE of them batched."""
    with torch.enable_grad():
        given = y.detach().requires_grad_()
        answer = denoise(given, sigma).flatten(1)
        dimensions = torch.arange(answer.shape[1], device=y.device)
        total = torch.zeros(len(y), dtype=y.dtype, device=y.device)
        for chosen in torch.split(dimensions, AT_ONCE):
            along = torch.zeros(len(chosen), *answer.shape, dtype=y.dtype, device=y.device)
            along[torch.arange(len(chosen)), :, chosen] = 1
            (slopes,) = torch.autograd.grad(answer, given, along, retain_graph=True, is_grads_batched=True)
            total += (slopes.flatten(2) * along).sum((0, 2))
    return total.detach()


def hutchinson(probes: int, seed: int) -> Trace:
    """v^T dD/dy v with random signs v, a mean over probes (Hutchinson 1990). Unbiased; the same for the same seed."""
    generator = torch.Generator().manual_seed(seed)

    def trace(denoise: Denoise, y: Tensor, sigma: Tensor) -> Tensor:
        total = torch.zeros(len(y), dtype=y.dtype, device=y.device)
        for _ in range(probes):
            signs = (torch.randint(0, 2, y.shape, generator=generator) * 2 - 1).to(y)
            with torch.enable_grad():
                given = y.detach().requires_grad_()
                (slope,) = torch.autograd.grad((denoise(given, sigma) * signs).sum(), given)
            total += (slope * signs).flatten(1).sum(1)
        return total / probes

    return trace


def levels_of(model: Model) -> tuple[float, float]:
    """First and last level of the integration: the model's range, 1000 where that is infinite."""
    return model.info.sigma_min, min(model.info.sigma_max or math.inf, FARTHEST)


def differentiable(model: Model, labels: Tensor | None) -> Denoise:
    """The model's denoiser with gradients: a network is called without the guard that sampling puts around it."""
    if model.network is None or model.card is None:
        return model.denoise(labels)
    card = model.card
    network = Preconditioned(model.network, card.prediction, process(card.process), card.data_std).eval()
    return network.conditioned(labels)


def _runge_kutta(denoise: Denoise, y: Tensor, at: float, h: float) -> Tensor:
    """dy / d ln sigma = y - D, a step of order four."""
    with torch.no_grad():
        k1 = y - denoise(y, _level(at))
        y2 = y + h / 2 * k1
        k2 = y2 - denoise(y2, _level(at + h / 2))
        y3 = y + h / 2 * k2
        k3 = y3 - denoise(y3, _level(at + h / 2))
        y4 = y + h * k3
        k4 = y4 - denoise(y4, _level(at + h))
        return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def _level(log_sigma: float) -> Tensor:
    return torch.tensor(math.exp(log_sigma), dtype=torch.float64)


def _is_exact(spec: LikelihoodSpec) -> bool:
    return spec.model.startswith("analytic:")


def _truth(spec: LikelihoodSpec, data: Tensor, labels: Tensor | None, low: float) -> tuple[float, ...] | None:
    """ln p(x; sigma_min) where the distribution is known."""
    if not _is_exact(spec):
        return None
    from engines.generative.diffusion.distributions import analytic

    known, _ = analytic.open(spec.model)
    return tuple(known.log_density(data.double(), low, labels).tolist())
