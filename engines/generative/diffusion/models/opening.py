"""Opening of any model by its name as one thing: a denoiser with its shape, range and conditions.

An exact distribution ("analytic:digits"), a network of ours or of the user ("mnist-unet", a .safetensors file with its
card), or a diffusers folder. Nothing is fetched and no pickle is opened.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from engines.core.context import Context
from engines.core.errors import UsageError
from engines.core.training.devices import named
from engines.core.words import tr
from engines.generative.diffusion.axis.denoiser import PREDICTIONS, Preconditioned
from engines.generative.diffusion.axis.process import process
from engines.generative.diffusion.models import cards
from engines.generative.diffusion.models.model import Condition, Model
from engines.generative.diffusion.types import InspectSpec, ModelInfo

TYPES = {"float32": torch.float32, "float64": torch.float64, "float16": torch.float16, "bfloat16": torch.bfloat16}


def run(spec: InspectSpec, ctx: Context) -> ModelInfo:
    """Job: what a model is, without reading its weights where that can be told from its card or folder."""
    ctx.progress(0, 1, tr("Reading the card"))
    info = inspect(spec.model, spec.prediction)
    ctx.progress(1, 1, info.title)
    return info


def inspect(name: str, prediction: str = "") -> ModelInfo:
    """A model's info. Raises `FileMissing` or `BadInput` where it is not there or makes no sense."""
    kind = kind_of(name)
    if kind == "analytic":
        return open_model(name).info
    if kind == "diffusers":
        from engines.generative.diffusion.models.diffusers_folder import inspect_folder

        return inspect_folder(Path(name).expanduser(), prediction)
    from engines.generative.diffusion.models import checkpoints

    weights = cards.find(name)
    card = checkpoints.check(weights, prediction)
    return cards.card_info(card, weights, "file" if kind == "file" else "network")


def kind_of(name: str) -> str:
    """"analytic", "diffusers" (a folder), "file" (a path to weights) or "network" (a name)."""  # fmt: skip
    if not name:
        raise UsageError(tr("No model is chosen"), hint=tr("Choose one of the list, a .safetensors file or a folder"))
    if name.startswith("analytic:"):
        return "analytic"
    path = Path(name).expanduser()
    if path.is_dir():
        return "diffusers"
    return "file" if path.suffix in (cards.SUFFIX, *cards.PICKLES) else "network"


def open_model(name: str, *, device: str = "cpu", precision: str = "float32", prediction: str = "") -> Model:
    """Open a model by its name or path. prediction: what the network gives, where nothing says it.

    Raises `FileMissing`, `BadInput`, and `OutOfResources` where the device is not there.
    """
    where = named(device)
    if precision not in TYPES:
        raise UsageError(
            tr("There is no precision '{precision}'", precision=precision),
            hint=tr("Known are {types}", types=", ".join(TYPES)),
        )
    if prediction and prediction not in PREDICTIONS:
        raise UsageError(
            tr("A network cannot predict '{prediction}'", prediction=prediction),
            hint=tr("Known are {predictions}", predictions=", ".join(PREDICTIONS)),
        )
    kind = kind_of(name)
    if kind == "analytic":
        return _open_analytic(name, where, precision)
    if kind == "diffusers":
        from engines.generative.diffusion.models.diffusers_folder import open_folder

        return open_folder(Path(name).expanduser(), where, TYPES[precision], prediction)
    return _open_network(name, kind, where, TYPES[precision], prediction)


def _open_analytic(name: str, device: torch.device, precision: str) -> Model:
    from engines.generative.diffusion.distributions import analytic

    known, info = analytic.open(name)
    known.to(device)

    def apply(y: Tensor, sigma: Tensor, condition: Condition) -> Tensor:
        labels = condition if isinstance(condition, Tensor) else None
        return known.denoise(labels)(y, sigma)

    dtype = torch.float64 if precision == "float64" else torch.float32
    return Model(info, apply, device, dtype, known.moments)


def _open_network(name: str, kind: str, device: torch.device, dtype: torch.dtype, prediction: str) -> Model:
    from engines.generative.diffusion.models import checkpoints

    weights = cards.find(name)
    card = checkpoints.check(weights, prediction)
    network, moments = checkpoints.load_network(weights, card)
    network = network.to(device=device, dtype=dtype)
    state = torch.float64 if dtype == torch.float64 else torch.float32
    wrapped = network if dtype == state else Cast(network, dtype)
    denoiser = Preconditioned(wrapped, card.prediction, process(card.process), card.data_std).eval()

    def apply(y: Tensor, sigma: Tensor, condition: Condition) -> Tensor:
        label = condition if isinstance(condition, Tensor) else None
        with torch.inference_mode():
            result: Tensor = denoiser(y, sigma, label)
        return result

    info = cards.card_info(card, weights, "file" if kind == "file" else "network")
    return Model(replace(info, name=name), apply, device, state, moments, network, card=card)


class Cast(nn.Module):
    """A network in half precision for a state in single precision."""

    def __init__(self, network: nn.Module, dtype: torch.dtype) -> None:
        super().__init__()
        self.network = network
        self.dtype = dtype

    def forward(self, x: Tensor, time: Tensor, label: Tensor | None = None) -> Tensor:
        given: Tensor = self.network(x.to(self.dtype), time.to(self.dtype), label)
        return given.to(x.dtype)
