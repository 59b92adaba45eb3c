"""Job: error against the exact ODE and cost of samplers, where the denoiser is exact. All begin from the same noise.

An error is |end - exact end| / |exact end|, a mean over the starts; NFE counts calls of the denoiser. Samplers that
draw fresh noise follow no path, so they have no such error.
"""

from __future__ import annotations

import inspect
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.words import tr
from engines.generative.diffusion.axis.noise import SeededNoise
from engines.generative.diffusion.axis.schedules import levels
from engines.generative.diffusion.distributions import analytic
from engines.generative.diffusion.distributions.mixtures import Known
from engines.generative.diffusion.exact.ode import relative_error, solve
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.samplers.named import SAMPLERS, begin, named, sample
from engines.generative.diffusion.samplers.teleport import jump_level, teleport
from engines.generative.diffusion.study_types import Curve, CurveResult, CurveSpec
from engines.generative.diffusion.types import ModelInfo

TOLERANCE = 1e-4


@dataclass(frozen=True)
class Problem:
    """Starts with their exact ends. y: (B, ...) at sigmas[0] of the schedule."""

    known: Known
    info: ModelInfo
    noise: Tensor
    truth: Tensor
    first: float


def run(spec: CurveSpec, ctx: Context) -> CurveResult:
    """A curve a sampler, and one more each after a jump by the data's Gaussian when `teleport` is asked for."""
    _check(spec)
    known, info = analytic.open(spec.model)
    ctx.progress(0, 1, tr("Following the exact path"))
    ready = problem(known, info, spec, ctx.check)
    asked = [(name, jump) for name in spec.samplers for jump in ((False, True) if spec.teleport else (False,))]
    curves = []
    for done, (name, jump) in enumerate(asked):
        ctx.progress(done, len(asked), name)
        curves.append(curve(ready, name, jump, spec, ctx))
        ctx.emit("curve", curves[-1])
    ctx.progress(len(asked), len(asked), "")
    return CurveResult(spec.model, tuple(curves))


def problem(known: Known, info: ModelInfo, spec: CurveSpec, check: Callable[[], None] | None = None) -> Problem:
    """The starts of a specification, one generator a start, and where the exact ODE takes them."""
    first = float(levels(spec.schedule, 2, info)[0])
    like = torch.empty(spec.starts, *info.shape, dtype=torch.float64)
    noise = SeededNoise(range(spec.seed, spec.seed + spec.starts))(like)
    start = noise if first == math.inf else first * noise
    return Problem(known, info, noise, solve(known, start, first, tolerance=TOLERANCE, check=check).y, first)


def curve(ready: Problem, name: str, jump: bool, spec: CurveSpec, ctx: Context) -> Curve:
    """One method at every count of evaluations; a count that it cannot make is rounded down."""
    counts, errors, spent = [], [], []
    for wanted in spec.evaluations:
        ctx.check()
        count, error, milliseconds = _measured(ready, name, jump, spec, wanted)
        counts.append(count)
        errors.append(error)
        spent.append(milliseconds)
    return Curve(name, tuple(counts), tuple(errors), tuple(spent), jump)


def steps_for(name: str, evaluations: int) -> int:
    """The most steps that `evaluations` calls allow; the last step, to 0, takes one call alone."""
    entry = catalog.sampler(name)
    each = entry.evaluations if entry else 1
    return max(1, (evaluations - 1) // each + 1)


def _measured(ready: Problem, name: str, jump: bool, spec: CurveSpec, wanted: int) -> tuple[int, float, float]:
    steps = steps_for(name, wanted)
    schedule, calls = spec.schedule, 0
    moments = ready.known.moments
    if jump:
        schedule = replace(schedule, sigma_max=jump_level(moments, steps, ready.first))
    sigmas = levels(schedule, steps, ready.info)
    options = {"moments": moments} if "moments" in inspect.signature(SAMPLERS[name]).parameters else {}

    def denoise(y: Tensor, sigma: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        return ready.known(y, sigma)

    began = time.perf_counter()
    start = _start(ready, sigmas, jump)
    end = sample(denoise, start, sigmas, sampler=name, **options)  # type: ignore[arg-type]
    milliseconds = 1e3 * (time.perf_counter() - began)
    return calls, float(relative_error(end, ready.truth).mean()), milliseconds


def _start(ready: Problem, sigmas: Tensor, jump: bool) -> Tensor:
    if not jump:
        return begin(ready.noise, sigmas)
    start = ready.noise if ready.first == math.inf else ready.first * ready.noise
    return teleport(ready.known.moments, start, ready.first, float(sigmas[0]))


def _check(spec: CurveSpec) -> None:
    if not spec.model.startswith("analytic:"):
        raise BadInput(
            tr("The exact path of '{model}' is not known, so there is no error to show", model=spec.model),
            hint=tr("Choose a model with an exact denoiser, such as analytic:digits"),
        )
    if spec.starts < 1 or not spec.evaluations or not all(1 <= count <= 1000 for count in spec.evaluations):
        raise UsageError(tr("Curves need a start and counts of evaluations from 1 to 1000"))
    for name in spec.samplers:
        named(name)
        entry = catalog.sampler(name)
        if entry is not None and entry.stochastic and entry.id != "heun":
            raise UsageError(
                tr("{entry} draws fresh noise and follows no path", entry=entry.title),
                hint=tr("Choose samplers of the ODE"),
            )
