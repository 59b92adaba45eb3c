"""The plan of a run before its first step: opened models, noise levels, the guided denoiser."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from engines.core.errors import UsageError
from engines.core.words import tr
from engines.generative.diffusion.axis import guidance, own_levels
from engines.generative.diffusion.axis.clamping import clamped
from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.models import memory
from engines.generative.diffusion.models import opening as models
from engines.generative.diffusion.models.model import Condition, Model
from engines.generative.diffusion.pipeline_types import Own
from engines.generative.diffusion.samplers.named import named
from engines.generative.diffusion.samplers.teleport import jump_level
from engines.generative.diffusion.sampling.checks import class_of
from engines.generative.diffusion.types import SampleSpec


class Opener:
    """Opens each model once for as long as it lives: a grid of comparisons has many cells and few models."""

    def __init__(self, device: str = "cpu", precision: str = "float32") -> None:
        self.device, self.precision = device, precision
        self._open: dict[tuple[str, str], Model] = {}

    def open(self, name: str, prediction: str = "") -> Model:
        key = (name, prediction)
        if key not in self._open:
            self._open[key] = models.open_model(
                name, device=self.device, precision=self.precision, prediction=prediction
            )
        return self._open[key]


@dataclass(frozen=True)
class Plan:
    """A run that is ready to be drawn. sigmas: (K + 1,). options: of the sampler. shape: of one state."""

    spec: SampleSpec
    model: Model
    opener: Opener
    sigmas: Tensor
    shape: tuple[int, ...]
    options: dict[str, Any]
    jump: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()

    @property
    def own(self) -> Own | None:
        """The model's own way of sampling, where the run follows it."""
        return self.model.info.own if self.spec.schedule.name == own_levels.OWN else None

    def empty(self, count: int) -> Tensor:
        """A state to draw noise for, (count, ...)."""
        return torch.empty((count, *self.shape), dtype=self.model.dtype, device=self.model.device)


def plan(spec: SampleSpec, model: Model, opener: Opener) -> Plan:
    """Levels, options and the jump of a run. Raises `UsageError` where they make no sense."""
    sigmas = _levels(spec, model)
    jump, notes = None, _own_notes(spec, model)
    if spec.schedule.name == own_levels.OWN and model.told is not None:
        model = model.told(own_levels.walked(spec.schedule, spec.steps, model.info)[1])
    if spec.teleport and spec.start is None:
        jump, sigmas, note = _teleported(spec, model, sigmas)
        notes.append(note)
    if spec.guidance.kind == "cfg" and spec.guidance.weight != 1:
        notes.append(tr("A guided evaluation is one of twice the batch"))
    if spec.guidance.kind == "auto" and spec.guidance.weight != 1:
        notes.append(tr("With each guided evaluation the weaker model is asked too"))
    return Plan(
        spec, model, opener, sigmas, memory.shape_of(model.info, spec), _options(spec, model), jump, tuple(notes)
    )


def _levels(spec: SampleSpec, model: Model) -> Tensor:
    return torch.from_numpy(own_levels.values(spec.schedule, spec.steps, model.info))


def _own_notes(spec: SampleSpec, model: Model) -> list[str]:
    """What a run by the model's own pipeline does otherwise than that."""
    own = model.info.own
    if own is None or spec.schedule.name != own_levels.OWN:
        return []
    notes = list(own.notes) if spec.sampler == own.sampler else []
    if own_levels.uneven(own.grid, spec.steps):
        what = tr(
            "{steps} steps do not divide the training's, and the folder's {scheduler} leaves gaps between",
            steps=spec.steps,
            scheduler=own.scheduler,
        )
        notes.append(tr("{what} them; here each step ends where the next begins", what=what))
    return notes


def _teleported(spec: SampleSpec, model: Model, sigmas: Tensor) -> tuple[tuple[float, float], Tensor, str]:
    """((from, to), levels from there on, what to tell the user) of a jump by the Gaussian of the data."""
    assert model.moments is not None
    first = float(sigmas[0])
    target = jump_level(model.moments, spec.steps, first) if spec.teleport_to is None else spec.teleport_to
    low = float(sigmas[-2]) if float(sigmas[-1]) == 0 else float(sigmas[-1])
    if not low < target < first:
        raise UsageError(
            tr(
                "A jump to noise level {target:g} is not between {low:g} and {first:g}",
                target=target,
                low=low,
                first=first,
            ),
            hint=tr("Change it"),
        )
    schedule = replace(spec.schedule, sigma_max=target / spec.schedule.shift)
    after = _levels(replace(spec, schedule=schedule), model)
    return (
        (first, target),
        after,
        tr("Jumped by the data's Gaussian from noise level {first:.4g} to {target:.4g}", first=first, target=target),
    )


def _options(spec: SampleSpec, model: Model) -> dict[str, Any]:
    """The sampler's options, and the data's moments where it asks for them."""
    options: dict[str, Any] = dict(spec.options)
    if "moments" in inspect.signature(named(spec.sampler)).parameters:
        if model.moments is None:
            raise UsageError(
                tr("The mean and covariance of {info}'s data are not known", info=model.info.title),
                hint=tr("Choose another sampler"),
            )
        options["moments"] = model.moments
    return options


@dataclass(frozen=True)
class Conditions:
    """What the samples of a batch are to be, nothing in particular, and the one after the other, as the model takes it.

    both: of twice the batch, for guidance in one evaluation.
    """

    condition: Condition
    nothing: Condition
    both: Condition

    def take(self, other: Conditions) -> None:
        """Put those of another batch of the same size into these places, which a captured loop reads."""
        for place, value in zip(self.tensors(), other.tensors(), strict=True):
            place.copy_(value)

    def tensors(self) -> list[Tensor]:
        """Every tensor in a fixed order."""
        parts = (self.condition, self.nothing, self.both)
        return [tensor for part in parts for tensor in (part.values() if isinstance(part, dict) else [part])
                if tensor is not None]  # fmt: skip


def guided(ready: Plan, indices: Sequence[int], told: Conditions | None = None) -> Denoise:
    """D of these samples with the run's guidance, clamped where the model's own pipeline clamps it. told: their
    conditions, where they are known already."""
    denoise = _guided(ready, indices, told or conditions(ready, indices))
    return denoise if ready.own is None else clamped(denoise, ready.own.clamp)


def _guided(ready: Plan, indices: Sequence[int], told: Conditions) -> Denoise:
    spec, model = ready.spec, ready.model
    wish = spec.guidance
    condition, nothing = told.condition, told.nothing
    if wish.kind == "auto" and wish.weight != 1:
        weak = ready.opener.open(wish.weak or model.info.weak)
        if (weak.info.shape, weak.info.classes) != (model.info.shape, model.info.classes):
            hint = tr("Choose a weaker version of the same model")
            raise UsageError(
                tr("{weaker} draws other things than {model}", weaker=weak.info.title, model=model.info.title),
                hint=hint,
            )
        return guidance.automatic(model.denoise(condition), weak.denoise(condition), wish.weight, wish.interval)
    if wish.kind == "classifier" and wish.weight != 0:
        judge = classifier(ready, indices)
        return guidance.by_classifier(model.denoise(nothing), judge, wish.weight, wish.interval)
    if wish.kind == "cfg" and wish.weight != 1:
        both = model.denoise(told.both)
        return guidance.classifier_free(model.denoise(condition), both, wish.weight, wish.interval)
    return model.denoise(condition)


def conditions(ready: Plan, indices: Sequence[int]) -> Conditions:
    """What these samples are to be."""
    spec, model = ready.spec, ready.model
    if model.describe is not None:
        prompted = model.describe([spec.prompt] * len(indices))
        negative = model.describe([spec.negative] * len(indices))
        if ready.own is not None and ready.own.blank and not spec.negative:
            negative = {name: torch.zeros_like(value) for name, value in negative.items()}
        return Conditions(prompted, negative, joined(prompted, negative))
    wanted = [class_of(spec, index) for index in indices]
    labels = model.labels([model.nothing if label is None else label for label in wanted])
    nothing = model.labels([model.nothing] * len(indices))
    return Conditions(labels, nothing, joined(labels, nothing))


def joined(first: Condition, second: Condition) -> Condition:
    """Two batches of conditions as one."""
    if isinstance(first, Tensor) and isinstance(second, Tensor):
        return torch.cat([first, second])
    if isinstance(first, dict) and isinstance(second, dict):
        return {key: torch.cat([first[key], second[key]]) for key in first}
    return None


def classifier(ready: Plan, indices: Sequence[int]) -> guidance.LogProbability:
    """log p(class | y; sigma) by a classifier that was trained on noised pictures."""
    from engines.generative.training.classifiers import open_classifier

    model = ready.model
    name = ready.spec.guidance.classifier or model.info.classifier
    judge = open_classifier(name, str(model.device))
    labels = [class_of(ready.spec, index) or 0 for index in indices]
    if tuple(judge.card.shape) != model.info.shape or max(labels) >= len(judge.card.classes):
        told = tr(
            "'{name}' is of pictures {shape} in {count} classes",
            name=name,
            shape=tuple(judge.card.shape),
            count=len(judge.card.classes),
        )
        raise UsageError(
            tr("{told}, which are not those of {info}", told=told, info=model.info.title),
            hint=tr("Choose a classifier of the same data"),
        )
    return judge.log_probability(torch.tensor(labels, device=model.device))
