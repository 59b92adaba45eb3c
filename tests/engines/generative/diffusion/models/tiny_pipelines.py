"""Tiny diffusers pipelines with random weights, built from configurations and saved as a user's folder would be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

WORDS = ["<|startoftext|>", "<|endoftext|>", "a", "d", "o", "g", "c", "t", "a</w>", "d</w>", "o</w>", "g</w>", "c</w>",
         "t</w>", "!", "!</w>"]  # fmt: skip


def libraries() -> tuple[Any, Any]:
    """diffusers and transformers, or a skip that says how to get them."""
    reason = "the models extra is not installed: pip install diffusers transformers"
    diffusers = pytest.importorskip("diffusers", reason=reason)
    tqdm = pytest.importorskip("tqdm", reason=reason)
    tqdm.tqdm.monitor_interval = 0
    return diffusers, pytest.importorskip("transformers", reason=reason)


def build(kind: str, folder: Path, **scheduler: Any) -> Any:
    """Save a pipeline of a kind to a folder and give it, on the CPU in float32."""
    torch.manual_seed(0)
    pipeline = {"ddpm": _ddpm, "sd": _sd, "sdxl": _sdxl, "sd3": _sd3, "dit": _dit}[kind](folder, scheduler)
    for part in pipeline.components.values():
        if isinstance(part, torch.nn.Module):
            _randomise(part)
    pipeline.save_pretrained(str(folder), safe_serialization=True)
    if kind == "dit":
        index = folder / "model_index.json"
        names = {str(number): f"name {number}, another" for number in range(1000)}
        index.write_text(json.dumps(json.loads(index.read_text()) | {"id2label": names}))
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _randomise(module: torch.nn.Module) -> None:
    """Layers that begin at zero would hide what reaches them."""
    for parameter in module.parameters():
        if not parameter.abs().max():
            torch.nn.init.normal_(parameter, std=0.05)
    module.eval().requires_grad_(False)


def _ddim(scheduler: dict[str, Any]) -> Any:
    diffusers, _ = libraries()
    given = {"clip_sample": False, "steps_offset": 1, "beta_schedule": "scaled_linear"} | scheduler
    return diffusers.DDIMScheduler(**given)


def _ddpm(folder: Path, scheduler: dict[str, Any]) -> Any:
    diffusers, _ = libraries()
    unet = diffusers.UNet2DModel(
        sample_size=8, in_channels=3, out_channels=3, layers_per_block=1, block_out_channels=(8, 16),
        norm_num_groups=4, down_block_types=("DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D"), attention_head_dim=8,
    )  # fmt: skip
    given = {"clip_sample": False} | scheduler
    return diffusers.DDPMPipeline(unet, diffusers.DDPMScheduler(**given))


def _vae(channels: int = 4, **more: Any) -> Any:
    diffusers, _ = libraries()
    return diffusers.AutoencoderKL(
        block_out_channels=(8, 16), in_channels=3, out_channels=3, latent_channels=channels, norm_num_groups=4,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, sample_size=16, **more,
    )  # fmt: skip


def _unet(**more: Any) -> Any:
    diffusers, _ = libraries()
    return diffusers.UNet2DConditionModel(
        sample_size=8, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(8, 16),
        norm_num_groups=4, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), attention_head_dim=2, **more,
    )  # fmt: skip


def _text(kind: str = "CLIPTextModel", size: int = 16) -> Any:
    _, transformers = libraries()
    config = transformers.CLIPTextConfig(
        vocab_size=len(WORDS), hidden_size=size, intermediate_size=16, num_hidden_layers=3, num_attention_heads=2,
        max_position_embeddings=77, bos_token_id=0, eos_token_id=1, pad_token_id=1, projection_dim=size,
    )  # fmt: skip
    return getattr(transformers, kind)(config)


def _tokenizer(folder: Path) -> Any:
    _, transformers = libraries()
    folder.mkdir(parents=True, exist_ok=True)
    vocab, merges = folder / "vocab.json", folder / "merges.txt"
    vocab.write_text(json.dumps({word: number for number, word in enumerate(WORDS)}))
    merges.write_text("#version: 0.2\n")
    return transformers.CLIPTokenizer(str(vocab), str(merges), model_max_length=77)


def _sd(folder: Path, scheduler: dict[str, Any]) -> Any:
    diffusers, _ = libraries()
    return diffusers.StableDiffusionPipeline(
        vae=_vae(), text_encoder=_text(), tokenizer=_tokenizer(folder.with_name("words")),
        unet=_unet(cross_attention_dim=16), scheduler=_ddim(scheduler), safety_checker=None, feature_extractor=None,
        requires_safety_checker=False,
    )  # fmt: skip


def _sdxl(folder: Path, scheduler: dict[str, Any]) -> Any:
    diffusers, _ = libraries()
    unet = _unet(
        cross_attention_dim=32, addition_embed_type="text_time", addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=6 * 8 + 16, transformer_layers_per_block=(1, 1),
    )  # fmt: skip
    words = _tokenizer(folder.with_name("words"))
    return diffusers.StableDiffusionXLPipeline(
        vae=_vae(), text_encoder=_text(), text_encoder_2=_text("CLIPTextModelWithProjection"), tokenizer=words,
        tokenizer_2=words, unet=unet, scheduler=_ddim(scheduler), add_watermarker=False,
    )  # fmt: skip


def _sd3(folder: Path, scheduler: dict[str, Any]) -> Any:
    diffusers, _ = libraries()
    transformer = diffusers.SD3Transformer2DModel(
        sample_size=8, patch_size=2, in_channels=4, out_channels=4, num_layers=2, attention_head_dim=8,
        num_attention_heads=2, joint_attention_dim=32, caption_projection_dim=16, pooled_projection_dim=32,
    )  # fmt: skip
    words = _tokenizer(folder.with_name("words"))
    return diffusers.StableDiffusion3Pipeline(
        transformer=transformer, scheduler=diffusers.FlowMatchEulerDiscreteScheduler(**({"shift": 3.0} | scheduler)),
        vae=_vae(shift_factor=0.06, scaling_factor=1.5), text_encoder=_text("CLIPTextModelWithProjection"),
        tokenizer=words, text_encoder_2=_text("CLIPTextModelWithProjection"), tokenizer_2=words, text_encoder_3=None,
        tokenizer_3=None,
    )  # fmt: skip


def _dit(folder: Path, scheduler: dict[str, Any]) -> Any:
    diffusers, _ = libraries()
    transformer = diffusers.DiTTransformer2DModel(
        num_attention_heads=2, attention_head_dim=8, in_channels=4, out_channels=8, num_layers=2, sample_size=8,
        patch_size=2, num_embeds_ada_norm=1000, norm_num_groups=4,
    )  # fmt: skip
    return diffusers.DiTPipeline(transformer, _vae(), _ddim(scheduler))
