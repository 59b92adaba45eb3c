"""A diffusers folder drawn by our samplers gives what its own pipeline gives, from the same latents."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engines.core.context import PlainContext
from engines.core.errors import BadInput, UsageError
from engines.generative.diffusion.axis.guidance import classifier_free
from engines.generative.diffusion.models.opening import inspect, open_model
from engines.generative.diffusion.samplers.named import sample
from engines.generative.diffusion.sampling.job import run
from engines.generative.diffusion.sampling.plan import joined
from engines.generative.diffusion.types import Guidance, Preview, SampleSpec, Schedule
from engines.generative.runs import history
from tests.engines.generative.diffusion.models.tiny_pipelines import build

STEPS = 5


def _table(pipeline) -> torch.Tensor:
    """Sigma of the steps that the pipeline's scheduler takes, with 0 after them."""
    pipeline.scheduler.set_timesteps(STEPS)
    bar = pipeline.scheduler.alphas_cumprod.double()[pipeline.scheduler.timesteps]
    return torch.cat([((1 - bar) / bar).sqrt(), torch.zeros(1, dtype=torch.float64)])


def _latents(channels: int = 4) -> torch.Tensor:
    return torch.randn(2, channels, 8, 8, generator=torch.Generator().manual_seed(3))


def _euler(model, latents: torch.Tensor, sigmas: torch.Tensor, prompt: str = "", weight: float = 1.0) -> torch.Tensor:
    """Ours, from the same x_T; for a VP model y = x / s."""
    first = float(sigmas[0])
    y = latents if model.info.process == "flow" else latents * (1 + first**2) ** 0.5
    if model.describe is None:
        return sample(model.denoise(None), y, sigmas, sampler="euler")
    told, nothing = model.describe([prompt] * 2), model.describe([""] * 2)
    guided = classifier_free(model.denoise(told), model.denoise(joined(told, nothing)), weight)
    return sample(guided, y, sigmas, sampler="euler")


@pytest.mark.parametrize("kind", ["sd", "sdxl"])
@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction"])
def test_stable_diffusion_follows_its_own_pipelines_ddim(tmp_path, kind, prediction) -> None:
    pipeline = build(kind, tmp_path / kind, prediction_type=prediction, set_alpha_to_one=True)
    latents = _latents()
    theirs = pipeline(
        prompt=["dog"] * 2, negative_prompt=[""] * 2, num_inference_steps=STEPS, guidance_scale=3.0, latents=latents,
        output_type="latent", height=16, width=16,
    ).images  # fmt: skip
    model = open_model(str(tmp_path / kind))
    ours = _euler(model, latents, _table(pipeline), "dog", 3.0)
    assert model.info.prediction == {"epsilon": "eps", "v_prediction": "v"}[prediction]
    assert torch.allclose(ours, theirs, rtol=1e-4, atol=1e-4 * float(theirs.abs().max()))
    other = _euler(model, latents, _table(pipeline), "cat", 3.0)
    assert not torch.allclose(other, theirs, rtol=1e-2)


def test_stable_diffusion_3_follows_its_own_pipelines_euler(tmp_path) -> None:
    pipeline = build("sd3", tmp_path / "sd3")
    latents = _latents()
    theirs = pipeline(
        prompt=["dog"] * 2, negative_prompt=[""] * 2, num_inference_steps=STEPS, guidance_scale=3.0, latents=latents,
        output_type="latent", height=16, width=16,
    ).images  # fmt: skip
    times = pipeline.scheduler.sigmas.double()
    model = open_model(str(tmp_path / "sd3"))
    ours = _euler(model, latents, times / (1 - times), "dog", 3.0)
    assert float(times[0]) == 1.0
    assert torch.allclose(ours, theirs, rtol=1e-4, atol=1e-4 * float(theirs.abs().max()))


def test_the_transformer_of_classes_follows_its_own_scheduler(tmp_path) -> None:
    pipeline = build("dit", tmp_path / "dit", set_alpha_to_one=True)
    model = open_model(str(tmp_path / "dit"))
    assert len(model.info.classes) == 1000
    assert model.info.classes[7] == "name 7"
    sigmas, x, labels = _table(pipeline), _latents(), torch.tensor([3, 7])
    first = float(sigmas[0])
    ours = sample(model.denoise(labels), x * (1 + first**2) ** 0.5, sigmas, sampler="euler")
    for t in pipeline.scheduler.timesteps:
        with torch.no_grad():
            eps = pipeline.transformer(x, timestep=t.expand(2), class_labels=labels).sample[:, :4]
        x = pipeline.scheduler.step(eps, t, x).prev_sample
    assert torch.allclose(ours, x, rtol=1e-4, atol=1e-4 * float(x.abs().max()))


def test_a_ddpm_of_pixels_follows_ddim(tmp_path) -> None:
    pipeline = build("ddpm", tmp_path / "ddpm")
    from diffusers import DDIMScheduler

    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config)
    model = open_model(str(tmp_path / "ddpm"))
    sigmas, x = _table(pipeline), _latents(3)
    ours = _euler(model, x, sigmas)
    for t in pipeline.scheduler.timesteps:
        with torch.no_grad():
            eps = pipeline.unet(x, t).sample
        x = pipeline.scheduler.step(eps, t, x).prev_sample
    assert torch.allclose(ours, x, rtol=1e-4, atol=1e-4 * float(x.abs().max()))


def test_a_whole_run_in_latents_is_decoded_kept_and_previewed(tmp_path) -> None:
    build("sd", tmp_path / "sd")
    ctx = PlainContext()
    spec = SampleSpec(
        str(tmp_path / "sd"), steps=40, prompt="dog", guidance=Guidance(2.0), seeds=(0, 1), size=(24, 16),
        schedule=Schedule("scaled-linear"),
    )  # fmt: skip
    result = run(spec, ctx)
    picture = history.read_image(Path(result.files[0]))
    assert picture.shape == (24, 16, 3)
    preview = ctx.events["preview"]
    assert isinstance(preview, Preview)
    assert preview.images is not None
    assert preview.images.shape == (2, 12, 8, 3)
    with history.Steps(result.folder) as steps:
        assert steps.pictures(0)["y"].shape == (2, 12, 8, 3)
    again = run(history.read_settings(result.files[1]), ctx)
    assert Path(again.files[1]).read_bytes() == Path(result.files[1]).read_bytes()
    with pytest.raises(UsageError, match="does not fit"):
        run(replace(spec, size=(23, 16)), ctx)


def test_a_decoder_gives_back_what_it_was_given_to_encode_in_scale(tmp_path) -> None:
    pipeline = build("sd3", tmp_path / "sd3")
    model = open_model(str(tmp_path / "sd3"))
    assert model.latents is not None
    latents = _latents()
    theirs = pipeline.vae.decode(latents / 1.5 + 0.06).sample.clamp(-1, 1)
    assert torch.allclose(model.latents.decode(latents), theirs, atol=1e-5)
    picture = theirs * 0.5
    mean = pipeline.vae.encode(picture).latent_dist.mean
    assert torch.allclose(model.latents.encode(picture), (mean - 0.06) * 1.5, atol=1e-5)


def test_a_folder_is_looked_at_without_reading_weights(tmp_path) -> None:
    build("sdxl", tmp_path / "sdxl")
    info = inspect(str(tmp_path / "sdxl"))
    assert (info.kind, info.shape, info.text, info.latent, info.factor) == ("diffusers", (4, 8, 8), True, True, 2)
    assert info.parameters > 1000
    assert inspect(str(tmp_path / "sdxl"), "v").prediction == "v"


def test_what_cannot_be_opened_is_said(tmp_path) -> None:
    build("ddpm", tmp_path / "good")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="no diffusers pipeline"):
        inspect(str(tmp_path / "empty"))
    other = _copy(tmp_path, "other")
    index = json.loads((other / "model_index.json").read_text())
    (other / "model_index.json").write_text(json.dumps(index | {"_class_name": "MyPipeline"}))
    with pytest.raises(BadInput, match="'MyPipeline' are not known"):
        inspect(str(other))
    pickled = _copy(tmp_path, "pickled")
    weights = pickled / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(BadInput, match="pickle"):
        open_model(str(pickled))
    cut = _copy(tmp_path, "cut")
    weights = cut / "unet" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(BadInput, match="cut short"):
        open_model(str(cut))
    changed = _copy(tmp_path, "changed")
    config = json.loads((changed / "unet" / "config.json").read_text())
    (changed / "unet" / "config.json").write_text(json.dumps(config | {"block_out_channels": [16, 16]}))
    with pytest.raises(BadInput, match="cannot be opened"):
        open_model(str(changed))
    partial = _copy(tmp_path, "partial")
    (partial / "scheduler" / "scheduler_config.json").unlink()
    with pytest.raises(BadInput, match="missing"):
        inspect(str(partial))


def _copy(tmp_path: Path, name: str) -> Path:
    return Path(shutil.copytree(tmp_path / "good", tmp_path / name))
