"""Job: what bfloat16 gains and what it costs on this processor, measured with the run's own model and batch.

Half precision is faster only where the processor multiplies it and the batch is large enough; elsewhere it is slower,
and nothing but a measurement tells which.
"""

from __future__ import annotations

import time
from dataclasses import replace
from statistics import median

from torch import Tensor

from engines.core.context import Context, Part
from engines.core.errors import UsageError
from engines.core.words import tr
from engines.generative.diffusion.axis.noise import SeededNoise
from engines.generative.diffusion.models import memory
from engines.generative.diffusion.sampling.job import draw, prepare
from engines.generative.diffusion.sampling.plan import Opener, Plan, guided
from engines.generative.diffusion.sampling.watch import Watch
from engines.generative.diffusion.study_types import PrecisionResult, PrecisionSpec
from engines.generative.diffusion.types import Precision, SampleSpec

PRECISIONS: tuple[Precision, Precision] = ("float32", "bfloat16")
TURNS = 9
MOST_COMPARED = 8


def run(spec: PrecisionSpec, ctx: Context) -> PrecisionResult:
    """Evaluations in turn, then the same samples in both. Raises as `job.run` does."""
    if spec.base.model.startswith("analytic:"):
        raise UsageError(tr("A known distribution is computed in one precision"), hint=tr("Choose a network"))
    base = replace(spec.base, preview_every=0, keep_steps=False, device="cpu", out="")
    ready = {name: prepare(Opener("cpu", name), replace(base, precision=name)) for name in PRECISIONS}
    batch = memory.batch_of(base)
    need = sum(memory.estimate(plan.model.info, plan.spec) for plan in ready.values())
    with ctx.lease("cpu", need, threads=1):
        times = _times(ready, batch, ctx)
        pictures = [_drawn(ready[name], base, ctx, number) for number, name in enumerate(PRECISIONS)]
    low, high = ready["float32"].model.range
    apart = (pictures[0] - pictures[1]).abs() / (high - low)
    first, second = (times[name] for name in PRECISIONS)
    return PrecisionResult(
        base.model, batch, {name: 1e3 * median(times[name]) for name in PRECISIONS},
        median(a / b for a, b in zip(first, second, strict=True)),
        float(apart.square().mean().sqrt()), float(apart.max()), len(pictures[0]),
    )  # fmt: skip


def _times(ready: dict[Precision, Plan], batch: int, ctx: Context) -> dict[Precision, list[float]]:
    """Seconds of evaluations at the middle of the schedule, each precision once a turn; the first turn is not told."""
    indices = range(batch)
    asked = {name: guided(plan, indices) for name, plan in ready.items()}
    level = ready["float32"].sigmas[len(ready["float32"].sigmas) // 2]
    y = float(level) * SeededNoise(range(batch))(ready["float32"].empty(batch))
    found: dict[Precision, list[float]] = {name: [] for name in ready}
    for turn in range(TURNS + 1):
        ctx.check()
        ctx.progress(turn, TURNS + 3, tr("Evaluations in both precisions, in turn"))
        for name, denoise in asked.items():
            began = time.perf_counter()
            denoise(y, level)
            found[name].append(time.perf_counter() - began)
    return {name: spent[1:] for name, spent in found.items()}


def _drawn(ready: Plan, base: SampleSpec, ctx: Context, number: int) -> Tensor:
    """A few of the run's samples."""
    few = base.seeds[:MOST_COMPARED]
    classes = base.classes[: len(few)] if len(base.classes) > 1 else base.classes
    part = Part(ctx, TURNS + 1 + number, TURNS + 3, tr("Samples in {precision}", precision=ready.spec.precision))
    plan = replace(ready, spec=replace(ready.spec, seeds=few, classes=classes))
    return draw(plan, Watch(plan, part)).samples
