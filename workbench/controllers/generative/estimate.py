"""What a run will take before it is begun: noise levels, memory, and seconds by what earlier runs of its kind took."""

from __future__ import annotations

import math
from collections.abc import Iterable

from engines.core.errors import KinoscopeError
from engines.generative.diffusion.axis import levels
from engines.generative.diffusion.models import catalog, memory
from engines.generative.diffusion.types import ModelInfo, SampleSpec
from engines.generative.runs.history import StoredRun

SECONDS_OF = 8
"""So many of the latest runs of a kind are looked at."""


def noise_levels(spec: SampleSpec, info: ModelInfo | None) -> tuple[float, ...]:
    """The levels that the form's schedule gives; () where it makes no sense yet."""
    if info is None:
        return ()
    try:
        found = levels.values(spec.schedule, spec.steps, info.sigma_min, info.sigma_max or math.inf)
    except (KinoscopeError, ValueError):
        return ()
    return tuple(float(level) for level in found)


def bytes_of(spec: SampleSpec, info: ModelInfo | None) -> int | None:
    """Memory at the highest moment."""
    if info is None or not spec.seeds:
        return None
    try:
        return memory.estimate(info, spec)
    except (KinoscopeError, ValueError, ArithmeticError):
        return None


def seconds_of(spec: SampleSpec, runs: Iterable[StoredRun]) -> float | None:
    """Median of what runs of the same model, device and precision would have taken for this; None without any."""
    alike = sorted((run for run in runs if _kind(run.spec) == _kind(spec)), key=lambda run: run.when, reverse=True)
    wanted = cost(spec)
    found = sorted(run.result.seconds * wanted / cost(run.spec) for run in alike[:SECONDS_OF] if cost(run.spec))
    return found[len(found) // 2] if found else None


def cost(spec: SampleSpec) -> int:
    """Samples that the network is given in all."""
    entry = catalog.sampler(spec.sampler)
    twice = 2 if spec.guidance.weight != 1 else 1
    return spec.steps * (entry.evaluations if entry else 1) * twice * len(spec.seeds)


def _kind(spec: SampleSpec) -> tuple[object, ...]:
    return spec.model, spec.device, spec.precision, spec.size, spec.exact
