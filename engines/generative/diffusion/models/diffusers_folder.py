"""A user's own diffusers folder as one of our models: its networks, our samplers.

diffusers and transformers are an extra and are imported here alone. Nothing is fetched, no pickle is opened and no
code from the folder is run: every part is opened by a class that is named here.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn

from engines.core.errors import BadInput, FileMissing
from engines.core.installing import install_hint
from engines.core.words import tr
from engines.generative.diffusion.axis.denoiser import Preconditioned
from engines.generative.diffusion.axis.process import Flow, Preserving, Process, Told
from engines.generative.diffusion.models.diffusers_config import HALF, Folder, read_folder, weight_files
from engines.generative.diffusion.models.model import Condition, Latents, Model
from engines.generative.diffusion.types import ModelInfo

NETWORKS = {
    "ddpm": ("UNet2DModel",),
    "sd": ("UNet2DConditionModel",),
    "sdxl": ("UNet2DConditionModel",),
    "sd3": ("SD3Transformer2DModel",),
    "dit": ("DiTTransformer2DModel",),
}
TEXTS = {
    "sd": ("CLIPTextModel",),
    "sdxl": ("CLIPTextModel", "CLIPTextModelWithProjection"),
    "sd3": ("CLIPTextModelWithProjection", "CLIPTextModelWithProjection", "T5EncoderModel"),
}
PATCHES = 16


def inspect_folder(folder: Path, prediction: str = "") -> ModelInfo:
    """The model in a folder, from its configurations alone. Raises `BadInput`."""
    return read_folder(folder, prediction).info


def open_folder(path: Path, device: torch.device, dtype: torch.dtype, prediction: str = "") -> Model:
    """Open a folder. dtype: of the network; the decoder stays in float32, where half precision overflows.

    Raises `BadInput` for a folder that does not fit and `FileMissing` without diffusers.
    """
    folder = read_folder(path, prediction)
    diffusers, transformers = libraries()
    try:
        network = open_part(diffusers, NETWORKS[folder.family.name][0], path / folder.parts[0], dtype)
        network = network.to(device).eval().requires_grad_(False)
        latents = _latents(diffusers, folder, device) if folder.family.latent else None
        describe = _describer(diffusers, transformers, folder, network, dtype) if folder.family.text else None
    except (OSError, ValueError, RuntimeError, TypeError, KeyError) as error:
        message = tr("The pipeline cannot be opened: {first_line}", first_line=_first_line(error))
        raise BadInput(message, path=path, hint=tr("Fetch the whole folder again")) from error
    state = torch.float64 if dtype == torch.float64 else torch.float32
    wrapped = _wrapper(folder)(network, folder, dtype)

    def by(process: Process) -> Model:
        apply = _applied(Preconditioned(wrapped, folder.info.prediction, process))
        return Model(
            folder.info, apply, device, state, None, network, describe, latents,
            told=lambda times: by(Told(process, times)),
        )  # fmt: skip

    return by(_process(folder))


def _applied(denoiser: Preconditioned) -> Callable[[Tensor, Tensor, Condition], Tensor]:
    def apply(y: Tensor, sigma: Tensor, condition: Condition) -> Tensor:
        with torch.no_grad():
            result: Tensor = denoiser(y, sigma, cast(Any, condition))
        return result

    return apply


class Plain(nn.Module):
    """A U-Net of pixels, or one with text: `(x, time, condition) -> F`."""

    def __init__(self, network: nn.Module, folder: Folder, dtype: torch.dtype) -> None:
        super().__init__()
        self.network, self.dtype = network, dtype
        self.channels, self.factor = folder.info.shape[0], folder.info.factor

    def forward(self, x: Tensor, time: Tensor, condition: Any = None) -> Tensor:
        given = self.told(x.to(self.dtype), time.float(), condition)
        return given[:, : self.channels].to(x.dtype)

    def told(self, x: Tensor, time: Tensor, condition: Any) -> Tensor:
        if condition is None:
            return cast(Tensor, self.network(x, time).sample)
        return cast(Tensor, self.network(x, time, encoder_hidden_states=condition["text"]).sample)


class Large(Plain):
    """Stable Diffusion XL: it is told the pooled text and the size of the picture too."""

    def told(self, x: Tensor, time: Tensor, condition: Any) -> Tensor:
        size = [x.shape[-2] * self.factor, x.shape[-1] * self.factor]
        ids = torch.tensor([[*size, 0, 0, *size]], dtype=x.dtype, device=x.device).expand(len(x), -1)
        extra = {"text_embeds": condition["pooled"], "time_ids": ids}
        answer = self.network(x, time, encoder_hidden_states=condition["text"], added_cond_kwargs=extra)
        return cast(Tensor, answer.sample)


class Rectified(Plain):
    """Stable Diffusion 3: a rectified flow, whose time is told in thousandths."""

    def told(self, x: Tensor, time: Tensor, condition: Any) -> Tensor:
        text, pooled = condition["text"], condition["pooled"]
        answer = self.network(x, timestep=1000 * time, encoder_hidden_states=text, pooled_projections=pooled)
        return cast(Tensor, answer.sample)


class OfClasses(Plain):
    """DiT: labels; of what it gives, the second half is a variance that no sampler here needs."""

    def told(self, x: Tensor, time: Tensor, condition: Any) -> Tensor:
        return cast(Tensor, self.network(x, timestep=time, class_labels=condition).sample)


def _wrapper(folder: Folder) -> type[Plain]:
    return {"ddpm": Plain, "sd": Plain, "sdxl": Large, "sd3": Rectified, "dit": OfClasses}[folder.family.name]


def _process(folder: Folder) -> Process:
    return Flow() if folder.alphas is None else Preserving("vp", torch.from_numpy(folder.alphas))


def libraries() -> tuple[Any, Any]:
    """diffusers and transformers, offline and quiet. Raises `FileMissing` that says how to install them."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        diffusers: Any = importlib.import_module("diffusers")
        transformers: Any = importlib.import_module("transformers")
    except ImportError as error:
        hint = install_hint("diffusers", "transformers")
        raise FileMissing(tr("Opening a diffusers folder needs diffusers and transformers"), hint=hint) from error
    diffusers.utils.logging.set_verbosity_error()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    diffusers.utils.logging.disable_progress_bar()
    return diffusers, transformers


def open_part(library: Any, name: str, path: Path, dtype: torch.dtype) -> Any:
    """A part in its folder by the class of this name; safetensors alone, nothing fetched."""
    kind = getattr(library, name)
    variant = "fp16" if any(HALF in file.name for file in weight_files(path)) else None
    return kind.from_pretrained(
        str(path), local_files_only=True, use_safetensors=True, torch_dtype=dtype, variant=variant
    )


def _latents(diffusers: Any, folder: Folder, device: torch.device) -> Latents:
    vae = (
        open_part(diffusers, "AutoencoderKL", folder.path / "vae", torch.float32)
        .to(device)
        .eval()
        .requires_grad_(False)
    )
    scale, shift = _scaling(folder, device)

    def decode(latents: Tensor) -> Tensor:
        with torch.no_grad():
            return cast(Tensor, vae.decode(latents.float() * scale + shift).sample).clamp(-1, 1)

    def encode(pictures: Tensor) -> Tensor:
        with torch.no_grad():
            mean = vae.encode(pictures.float()).latent_dist.mean
        return cast(Tensor, (mean - shift) / scale).to(pictures.dtype)

    return Latents(decode, encode, linear_guess(encode, folder.info.factor, device), folder.info.factor)


def _scaling(folder: Folder, device: torch.device) -> tuple[Tensor, Tensor]:
    """Factor and offset of latents on the way to the decoder, (1, C or 1, 1, 1)."""
    config = folder.vae
    factor = float(config.get("scaling_factor") or 1.0)
    shift = torch.tensor(config.get("shift_factor") or 0.0, device=device).reshape(1, 1, 1, 1)
    scale = torch.tensor(1 / factor, device=device).reshape(1, 1, 1, 1)
    if config.get("latents_mean") and config.get("latents_std"):
        mean, std = (torch.tensor(config[f"latents_{name}"], device=device) for name in ("mean", "std"))
        return scale * std.reshape(1, -1, 1, 1), shift + mean.reshape(1, -1, 1, 1)
    return scale, shift


def linear_guess(encode: Callable[[Tensor], Tensor], factor: int, device: torch.device) -> Tensor:
    """(C + 1, 3): latents to RGB in 0..1 by least squares on patches of colour, for previews at no cost."""
    colours = torch.rand(1, 3, PATCHES, PATCHES, generator=torch.Generator().manual_seed(0))
    picture = colours.repeat_interleave(factor, 2).repeat_interleave(factor, 3).to(device)
    latents = encode(picture * 2 - 1)[0].float().cpu().flatten(1).T
    known = torch.cat([latents, torch.ones(len(latents), 1)], 1)
    return cast(Tensor, torch.linalg.lstsq(known, colours[0].flatten(1).T, driver="gelsd").solution)


def _describer(
    diffusers: Any, transformers: Any, folder: Folder, network: Any, dtype: torch.dtype
) -> Callable[[Sequence[str]], dict[str, Tensor]]:
    """Prompts to what the network reads, by the pipeline's own rule."""
    pipeline = _pipeline(diffusers, transformers, folder, network, dtype)
    device = network.device
    name = folder.family.name

    def describe(prompts: Sequence[str]) -> dict[str, Tensor]:
        asked = list(prompts)
        with torch.no_grad():
            if name == "sd":
                return {"text": pipeline.encode_prompt(asked, device, 1, False)[0]}
            if name == "sdxl":
                found = pipeline.encode_prompt(asked, device=device, do_classifier_free_guidance=False)
            else:
                found = pipeline.encode_prompt(asked, asked, asked, device, do_classifier_free_guidance=False)
        return {"text": found[0], "pooled": found[2]}

    return describe


def _pipeline(diffusers: Any, transformers: Any, folder: Folder, network: Any, dtype: torch.dtype) -> Any:
    """A pipeline with its text encoders and no decoder: that is ours already."""
    name, path = folder.family.name, folder.path
    given: dict[str, Any] = {"vae": None, "scheduler": None}
    for number, kind in enumerate(TEXTS[name], start=1):
        part = "text_encoder" if number == 1 else f"text_encoder_{number}"
        there = part in folder.parts
        words = "T5TokenizerFast" if kind.startswith("T5") else "CLIPTokenizer"
        tokenizer = part.replace("text_encoder", "tokenizer")
        given[part] = open_part(transformers, kind, path / part, dtype).to(network.device).eval() if there else None
        given[tokenizer] = getattr(transformers, words).from_pretrained(str(path / tokenizer)) if there else None
    if name == "sd":
        return diffusers.StableDiffusionPipeline(
            **given, unet=network, safety_checker=None, feature_extractor=None, requires_safety_checker=False
        )
    if name == "sdxl":
        return diffusers.StableDiffusionXLPipeline(**given, unet=network, add_watermarker=False)
    return diffusers.StableDiffusion3Pipeline(**given, transformer=network)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
