"""Contents of a diffusers folder, from its configurations and file heads alone. No torch, no diffusers.

Only the pipelines named here are known, and their parts are opened by classes named here: what a folder says of code
to run is never followed. Weights must be safetensors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import BadInput
from engines.core.networks.safetensors_head import read_header
from engines.core.reading import making_sense, read_json
from engines.core.words import tr
from engines.generative.diffusion.axis import own_levels
from engines.generative.diffusion.models import diffusers_scheduler
from engines.generative.diffusion.models.own_pipeline import own_of
from engines.generative.diffusion.types import ModelInfo

PICKLES = (".bin", ".ckpt", ".pt", ".pth")
PREDICTIONS = {"epsilon": "eps", "sample": "x0", "v_prediction": "v"}
INDEX = "model_index.json"
HALF = ".fp16."


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of pipeline. parts: the folders that hold weights, the network first. latent: it has a decoder."""

    name: str
    parts: tuple[str, ...]
    latent: bool = True
    text: bool = False
    flow: bool = False
    fixed: bool = False


FAMILIES = {
    "DDPMPipeline": Family("ddpm", ("unet",), latent=False),
    "DDIMPipeline": Family("ddpm", ("unet",), latent=False),
    "StableDiffusionPipeline": Family("sd", ("unet", "vae", "text_encoder"), text=True),
    "StableDiffusionXLPipeline": Family("sdxl", ("unet", "vae", "text_encoder", "text_encoder_2"), text=True),
    "StableDiffusion3Pipeline": Family(
        "sd3", ("transformer", "vae", "text_encoder", "text_encoder_2", "text_encoder_3"), text=True, flow=True
    ),
    "DiTPipeline": Family("dit", ("transformer", "vae"), fixed=True),
}
TITLES = {
    "ddpm": tr("A DDPM of pixels"),
    "sd": tr("Stable Diffusion"),
    "sdxl": tr("Stable Diffusion XL"),
    "sd3": tr("Stable Diffusion 3"),
    "dit": tr("A diffusion transformer of classes"),
}
OPTIONAL = ("text_encoder_3",)
MOST_CLASSES, MOST_SIDE = 1_000_000, 65_536
SENSELESS = tr("The configuration makes no sense")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that was read. alphas: abar of a VP model's steps, float64, None for a flow."""

    path: Path
    family: Family
    info: ModelInfo
    network: dict[str, Any]
    scheduler: dict[str, Any]
    vae: dict[str, Any]
    parts: tuple[str, ...]
    alphas: NDArray[np.float64] | None


def read_folder(path: Path, prediction: str = "") -> Folder:
    """Read a folder. prediction: the user's answer. Raises `BadInput` for one that cannot be opened, saying why."""
    if not (path / INDEX).is_file():
        hint = tr("A diffusers folder has a model_index.json; a network of ours is a .safetensors file")
        raise BadInput(tr("The folder is no diffusers pipeline"), path=path, hint=hint)
    index = _config(path / INDEX)
    family = FAMILIES.get(str(index.get("_class_name")))
    if family is None:
        hint = tr("Known are {families}", families=", ".join(FAMILIES))
        raise BadInput(
            tr("Pipelines of the kind '{kind}' are not known", kind=index.get("_class_name")), path=path, hint=hint
        )
    with making_sense(path / INDEX, SENSELESS):
        parts = tuple(part for part in family.parts if part not in OPTIONAL or (index.get(part) or [None])[0])
    count = sum(_weights(path / part) for part in parts)
    network, vae = _config(path / parts[0] / "config.json"), {}
    if family.latent:
        vae = _config(path / "vae" / "config.json")
    scheduler = _config(path / "scheduler" / "scheduler_config.json")
    with making_sense(path / "vae" / "config.json", SENSELESS):
        factor = 2 ** (_count(len(vae["block_out_channels"]), 16) - 1) if family.latent else 1
    with making_sense(path / parts[0] / "config.json", SENSELESS):
        info = replace(_info(path, family, network, scheduler, factor, index), parameters=count)
    if prediction:
        info = replace(info, prediction=prediction)
    with making_sense(path / "scheduler" / "scheduler_config.json", SENSELESS):
        own = own_of(index, scheduler, info, network, path)
        alphas = None if own.grid.betas is None else own_levels.alphas(replace(own.grid.betas, least=0.0))
        summary = tr(
            "{titles}; its folder says: {words}, {steps} steps",
            titles=TITLES[family.name],
            words=diffusers_scheduler.words(own),
            steps=own.steps,
        )
    low, high = _range(alphas)
    info = replace(info, sigma_min=low, sigma_max=high, own=own, summary=summary)
    return Folder(path, family, info, network, scheduler, vae, parts, alphas)


def _info(path: Path, family: Family, network: dict[str, Any], scheduler: dict[str, Any], factor: int,
          index: dict[str, Any]) -> ModelInfo:  # fmt: skip
    side = network.get("sample_size") or 64
    height, width = side if isinstance(side, list) else (side, side)
    shape = (_count(network["in_channels"]), _count(height), _count(width))
    return ModelInfo(
        name=str(path), title=path.resolve().name, kind="diffusers",
        shape=shape, prediction=_prediction(family, scheduler, path),
        process="flow" if family.flow else "vp", classes=_classes(family, network, index), text=family.text,
        latent=family.latent, factor=factor, multiple=_multiple(family, network, factor),
    )  # fmt: skip


def _multiple(family: Family, network: dict[str, Any], factor: int) -> int:
    """The number that a picture's sides must be multiples of; 0 where its size cannot be changed."""
    if family.fixed:
        return 0
    if family.name == "ddpm":
        return int(2 ** (_count(len(network["block_out_channels"]), 16) - 1))
    return factor * _count(network.get("patch_size") or 1)


def _prediction(family: Family, scheduler: dict[str, Any], path: Path) -> str:
    """The prediction by the scheduler's configuration; noise where it says nothing, as diffusers itself takes it."""
    if family.flow:
        return "u"
    said = str(scheduler.get("prediction_type") or "epsilon")
    if said not in PREDICTIONS:
        raise BadInput(tr("The scheduler says the network predicts '{said}', which is not known", said=said), path=path)
    return PREDICTIONS[said]


def _classes(family: Family, network: dict[str, Any], index: dict[str, Any]) -> tuple[str, ...]:
    if family.name != "dit":
        return ()
    count = _count(network.get("num_embeds_ada_norm") or 1000, MOST_CLASSES)
    labels = index.get("id2label") or {}
    return tuple(str(labels.get(str(number), number)).split(",")[0] for number in range(count))


def _count(value: Any, most: int = MOST_SIDE) -> int:
    """A whole number from 1 to `most`. Raises `ValueError`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or not 1 <= value <= most:
        raise ValueError(tr("{value!r} is not a number from 1 to {most}", value=value, most=most))
    return int(value)


def _range(alphas: NDArray[np.float64] | None) -> tuple[float, float]:
    if alphas is None:
        return 1e-3, 0.0
    with np.errstate(divide="ignore"):
        sigmas = np.sqrt((1 - alphas) / alphas)
    return float(sigmas[0]), 0.0 if math.isinf(sigmas[-1]) else float(sigmas[-1])


def weight_files(folder: Path) -> list[Path]:
    """The safetensors of a part: those in full precision, else those in half."""
    found = sorted(folder.glob("*.safetensors"))
    return [path for path in found if HALF not in path.name] or found


def _weights(folder: Path) -> int:
    """How many numbers the safetensors of a part hold. Raises `BadInput` where there are none, or only pickles."""
    files = weight_files(folder)
    if files:
        return sum(math.prod(entry.shape) for path in files for entry in read_header(path).values())
    pickles = [path for path in sorted(folder.glob("*")) if path.suffix in PICKLES] if folder.is_dir() else []
    if pickles:
        hint = tr(
            "Where its origin is trusted, load it once with diffusers and save_pretrained(..., safe_serialization=True)"
        )
        raise BadInput(tr("The weights are a pickle, which is a program and is not opened"), path=pickles[0], hint=hint)
    hint = tr("Fetch the whole folder again, with its safetensors")
    raise BadInput(tr("The part '{folder}' of the pipeline has no weights", folder=folder.name), path=folder, hint=hint)


def _config(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise BadInput(tr("A part of the pipeline is missing"), path=path, hint=tr("Fetch the whole folder again"))
    data = read_json(path)
    if not isinstance(data, dict):
        raise BadInput(tr("The configuration makes no sense"), path=path)
    return data
