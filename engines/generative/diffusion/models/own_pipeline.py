"""A diffusers pipeline's own way of sampling, from its kind and its scheduler: what a run does when nothing is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.generative.diffusion.axis import own_levels
from engines.generative.diffusion.models import diffusers_scheduler as reading
from engines.generative.diffusion.pipeline_types import Betas, Grid, Own
from engines.generative.diffusion.types import ModelInfo

MOST_STEPS = 1_000_000
BLANK = "force_zeros_for_empty_prompt"
TABLES = ("trained", "linear", "scaled_linear", "squaredcos_cap_v2")


@dataclass(frozen=True, slots=True)
class Usual:
    """What a pipeline of diffusers 0.42 does when it is called. scales: it brings the first noise to the size that its
    scheduler wants. blank: no negative prompt is zeros. counts: it makes its scheduler count steps from 1, unclamped.
    """

    steps: int = 50
    guidance: float = 1.0
    scales: bool = True
    blank: bool = False
    counts: bool = False


USUAL = {
    "DDPMPipeline": Usual(1000, scales=False),
    "DDIMPipeline": Usual(scales=False),
    "StableDiffusionPipeline": Usual(guidance=7.5, counts=True),
    "StableDiffusionXLPipeline": Usual(guidance=5.0, blank=True),
    "StableDiffusion3Pipeline": Usual(28, 7.0),
    "DiTPipeline": Usual(guidance=4.0, scales=False),
}


def own_of(index: dict[str, Any], given: dict[str, Any], info: ModelInfo, network: dict[str, Any], path: Path) -> Own:
    """The pipeline's own way. index: what the folder says of its parts; given: the scheduler's configuration; network:
    the network's. Raises `BadInput` for noise that is not known.
    """
    scheduler, usual = scheduler_of(index, given), USUAL[str(index["_class_name"])]
    kind = _kind(scheduler, info, path)
    config = reading.completed(scheduler, kind, given | _corrected(usual))
    sampler, options = kind.take(config)
    own = Own(
        scheduler, sampler, usual.steps, options, usual.guidance,
        unit_start=not kind.scaled or config["timestep_spacing"] == "leading", unit_end=not kind.scaled,
        clamp=reading.clamp_of(config, sampler), blank=usual.blank and bool(index.get(BLANK, True)),
        notes=tuple(reading.notes_on(scheduler, kind, config, info.prediction)),
    )  # fmt: skip
    if kind.flow:
        return _flowing(own, config, info, network)
    grid, notes = _grid(kind, config, path), tuple(_notes(index, scheduler, kind.scaled and not usual.scales))
    return replace(own, grid=grid, steps=min(usual.steps, _trained(grid)), notes=(*own.notes, *notes))


def _notes(index: dict[str, Any], scheduler: str, small: bool) -> Iterator[str]:
    """What a run does otherwise than the pipeline. small: it does not scale the first noise."""
    if small:
        yield tr(
            "The folder's own pipeline begins {scheduler} with noise that is too small; here it is of full size",
            scheduler=scheduler,
        )
    if (index.get("safety_checker") or [None])[0]:
        yield tr("The folder's safety checker is not run")


def scheduler_of(index: dict[str, Any], given: dict[str, Any]) -> str:
    """The class that the pipeline opens its scheduler with; parallel ones step as the others."""
    if index.get("_class_name") == "DDIMPipeline":
        return "DDIMScheduler"
    named = index.get("scheduler")
    name = named[1] if isinstance(named, list) and len(named) == 2 else given.get("_class_name")
    return str(name).replace("Parallel", "")


def _kind(scheduler: str, info: ModelInfo, path: Path) -> reading.Kind:
    try:
        return reading.kind_of(scheduler, info.process == "flow")
    except ValueError as error:
        hint = tr("Choose a scheduler in the folder that fits its network")
        raise BadInput(tr("The scheduler {error}", error=error), path=path, hint=hint) from error


def _corrected(usual: Usual) -> dict[str, Any]:
    return {"steps_offset": 1, "clip_sample": False} if usual.counts else {}


def _flowing(own: Own, config: dict[str, Any], info: ModelInfo, network: dict[str, Any]) -> Own:
    dynamic = bool(config.get("use_dynamic_shifting"))
    shift = float(config.get("shift" if own.scheduler.startswith("FlowMatch") else "flow_shift") or 1.0)
    notes = own.notes
    if dynamic:
        patch = int(network.get("patch_size") or 1)
        shift = reading.dynamic_shift(config, (info.shape[1] // patch) * (info.shape[2] // patch))
        notes = (
            *notes,
            tr("The folder's shift depends on the size; it is {shift:.3g}, that of the model's own size", shift=shift),
        )
    grid = reading.flow_grid(config, dynamic)
    return replace(own, grid=grid, shift=shift, unit_start=False, unit_end=False, notes=notes)


def _grid(kind: reading.Kind, config: dict[str, Any], path: Path) -> Grid:
    betas = reading.betas_of(kind, config)
    _check(betas, path)
    bar = own_levels.alphas(betas)
    with np.errstate(divide="ignore"):
        rising = np.log(bar / (1 - bar)) / 2
    return reading.grid_of(kind, config, betas, lambda bound: int((rising < bound).sum()))


def _check(betas: Betas, path: Path) -> None:
    values = np.asarray(betas.trained or (betas.first, betas.last), np.float64)
    if values.ndim != 1 or not ((values >= 0) & (values < 1)).all():
        raise BadInput(tr("The scheduler's betas are not those of a diffusion"), path=path)
    if betas.kind not in TABLES:
        raise BadInput(tr("The scheduler's beta schedule '{kind}' is not known", kind=betas.kind), path=path)
    if not 2 <= betas.steps <= MOST_STEPS:
        raise BadInput(tr("{steps} training steps are none of a diffusion", steps=betas.steps), path=path)


def _trained(grid: Grid) -> int:
    return grid.betas.steps if grid.betas is not None else MOST_STEPS
