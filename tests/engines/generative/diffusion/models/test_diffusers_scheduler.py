"""Schedulers' configurations are read as the classes of diffusers would read them; diffusers itself is not needed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from engines.core.errors import BadInput
from engines.core.reading import MISFITS
from engines.core.spec import from_json, to_json
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.models.own_pipeline import own_of
from engines.generative.diffusion.pipeline_types import Clamp, Own
from engines.generative.diffusion.types import Guidance, ModelInfo, Schedule

PIPELINES = {
    "ddpm": "DDPMPipeline", "ddim": "DDIMPipeline", "sd": "StableDiffusionPipeline",
    "sdxl": "StableDiffusionXLPipeline", "sd3": "StableDiffusion3Pipeline", "dit": "DiTPipeline",
}  # fmt: skip


def read(kind: str, scheduler: str, prediction: str = "eps", **config: Any) -> Own:
    process = "flow" if kind == "sd3" else "vp"
    info = ModelInfo("f", "F", "diffusers", (4, 64, 32), "u" if kind == "sd3" else prediction, process)
    index = {"_class_name": PIPELINES[kind], "scheduler": ["diffusers", scheduler]}
    return own_of(index, config | {"_class_name": scheduler}, info, {"patch_size": 2}, Path("f"))


@pytest.mark.parametrize(
    ("scheduler", "config", "sampler", "options"),
    [
        ("DDIMScheduler", {"clip_sample": False}, "euler", {}),
        ("DDIMScheduler", {"clip_sample_range": 2.0}, "ddim-clamped", {"clamp": 2.0}),
        ("DDPMScheduler", {}, "ancestral", {}),
        ("DDPMParallelScheduler", {}, "ancestral", {}),
        ("DDPMScheduler", {"variance_type": "fixed_large"}, "ddpm-large", {}),
        ("PNDMScheduler", {"skip_prk_steps": True}, "pndm", {}),
        ("EulerDiscreteScheduler", {}, "euler", {}),
        ("EulerAncestralDiscreteScheduler", {}, "ancestral", {}),
        ("KDPM2AncestralDiscreteScheduler", {}, "dpm2", {"eta": 1.0}),
        ("DPMSolverMultistepScheduler", {}, "dpm++2m", {}),
        ("DPMSolverMultistepScheduler", {"solver_type": "heun"}, "dpm++2m", {"heun": 1.0}),
        ("DPMSolverMultistepScheduler", {"solver_order": 3, "lower_order_final": False}, "dpm++3m",
         {"lower_final": 0.0}),
        ("DPMSolverMultistepScheduler", {"final_sigmas_type": "sigma_min"}, "dpm++2m-lower", {"always": 0.0}),
        ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}, "dpm++2m-sde", {}),
        ("UniPCMultistepScheduler", {"solver_type": "bh1"}, "unipc",
         {"order": 2.0, "variant": 1.0, "lower_final": 1.0}),
        ("DEISMultistepScheduler", {"solver_order": 3}, "deis", {"order": 3.0, "lower_final": 1.0}),
    ],
)  # fmt: skip
def test_a_class_is_the_sampler_that_does_the_same(
    scheduler: str, config: dict[str, Any], sampler: str, options: dict[str, float]
) -> None:
    own = read("ddpm", scheduler, **config)
    assert (own.sampler, own.options) == (sampler, options)
    entry = catalog.sampler(sampler)
    assert entry is not None
    assert set(options) <= {option.name for option in entry.options}
    assert from_json(Own, to_json(own)) == own


def test_what_is_not_there_is_as_the_class_has_it() -> None:
    ddim, euler, heun = (read("sdxl", f"{name}Scheduler") for name in ("DDIM", "EulerDiscrete", "HeunDiscrete"))
    assert (ddim.grid.spacing, euler.grid.spacing) == ("leading", "linspace")
    assert ddim.grid.betas is not None
    assert heun.grid.betas is not None
    assert (ddim.grid.betas.first, heun.grid.betas.first) == (1e-4, 0.00085)
    assert (read("sdxl", "PNDMScheduler").grid.ends, ddim.grid.ends) == (True, False)


def test_settings_of_other_classes_are_not_read() -> None:
    """A configuration keeps what it was told by the schedulers before."""
    own = read(
        "sdxl", "EulerAncestralDiscreteScheduler", clip_sample=True, use_karras_sigmas=True, set_alpha_to_one=False
    )
    assert (own.clamp, own.grid.curve, own.grid.ends) == (None, "", False)


def test_stable_diffusion_counts_from_1_and_does_not_clamp() -> None:
    own = read("sd", "DDIMScheduler", clip_sample=True, steps_offset=0)
    assert (own.sampler, own.grid.offset) == ("euler", 1)
    assert read("sdxl", "DDIMScheduler", clip_sample=True, steps_offset=0).grid.offset == 0


def test_start_and_end_are_x_or_y() -> None:
    assert [(own.unit_start, own.unit_end) for own in (
        read("sd", "DDIMScheduler"), read("sd", "EulerDiscreteScheduler"),
        read("sd", "EulerDiscreteScheduler", timestep_spacing="leading"),
    )] == [(True, True), (False, False), (True, False)]  # fmt: skip


def test_data_is_clamped_where_the_class_clamps_it() -> None:
    assert read("ddpm", "DDPMScheduler").clamp == Clamp(1.0)
    assert read("ddpm", "DDPMScheduler", clip_sample=False).clamp is None
    dynamic = read("ddpm", "DPMSolverMultistepScheduler", thresholding=True, sample_max_value=1.5).clamp
    assert dynamic == Clamp(1.5, 0.995)


def test_pipelines_have_their_steps_and_guidance() -> None:
    said = {kind: read(kind, "DDPMScheduler") for kind in ("ddpm", "ddim", "sd", "sdxl", "dit")}
    assert [own.steps for own in said.values()] == [1000, 50, 50, 50, 50]
    assert [own.guidance for own in said.values()] == [1.0, 1.0, 7.5, 5.0, 4.0]
    assert said["ddim"].scheduler == "DDIMScheduler", "whatever the folder has"
    assert (said["sdxl"].blank, said["sd"].blank) == (True, False)


def test_a_flow_has_its_shift_or_that_of_its_size() -> None:
    assert read("sd3", "FlowMatchEulerDiscreteScheduler", shift=3.0).shift == 3.0
    assert read("sd3", "UniPCMultistepScheduler", use_flow_sigmas=True, flow_shift=3.0).shift == 3.0
    own = read("sd3", "FlowMatchEulerDiscreteScheduler", use_dynamic_shifting=True)
    mu = 0.5 + (1.15 - 0.5) * (32 * 16 - 256) / (4096 - 256)
    assert own.shift == pytest.approx(math.exp(mu))
    assert "depends on the size" in own.notes[-1]
    assert (own.steps, own.guidance) == (28, 7.0)


def test_the_usual_run_is_the_folders_or_as_ever() -> None:
    own = read("sd3", "FlowMatchEulerDiscreteScheduler", shift=3.0)
    info = ModelInfo("f", "F", "diffusers", (4, 8, 8), own=own)
    usual = catalog.usual(info)
    assert (usual.sampler, usual.steps, usual.schedule) == ("euler", 28, Schedule("own", shift=3.0))
    assert usual.guidance == Guidance(7.0)
    assert catalog.rescheduled(usual.schedule, "karras") == Schedule("karras")
    assert catalog.rescheduled(usual.schedule, "flow") == Schedule("flow", shift=3.0)
    plain = catalog.usual(ModelInfo("net", "Net", "network", (1, 8, 8)))
    assert (plain.sampler, plain.steps, plain.schedule, plain.guidance) == ("dpm++2m", 20, Schedule(), Guidance())


@pytest.mark.parametrize(
    ("scheduler", "config", "words"),
    [
        ("EDMEulerScheduler", {}, "another noise process"),
        ("FlowMatchEulerDiscreteScheduler", {}, "another noise process"),
        ("DDIMScheduler", {"beta_schedule": "wavy"}, "'wavy' is not known"),
        ("DDIMScheduler", {"beta_end": 2.0}, "not those of a diffusion"),
        ("DDIMScheduler", {"num_train_timesteps": 10**9}, "training steps"),
    ],
)
def test_noise_that_is_not_known_is_refused(scheduler: str, config: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read("sd", scheduler, **config)


@pytest.mark.parametrize(
    ("scheduler", "config", "words"),
    [
        ("LCMScheduler", {}, "LCM is not done here; DPM-Solver++ 2M takes its place"),
        ("PNDMScheduler", {}, "Runge-Kutta"),
        ("DDPMScheduler", {"variance_type": "learned_range"}, "own variance"),
        ("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver"}, "DEIS takes its place"),
        ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver"}, "2M SDE takes its place"),
        ("UniPCMultistepScheduler", {"predict_x0": False}, "extrapolates noise"),
        ("EulerDiscreteScheduler", {"interpolation_type": "log_linear"}, "evenly in ln sigma"),
    ],
)
def test_what_cannot_be_done_is_said(scheduler: str, config: dict[str, Any], words: str) -> None:
    assert any(words in note for note in read("sd", scheduler, **config).notes)
    assert not read("sd", "DPMSolverMultistepScheduler").notes


@pytest.mark.parametrize(
    "config",
    [
        {"steps_offset": 1e308}, {"steps_offset": -1}, {"timestep_spacing": "sideways"}, {"beta_start": "low"},
        {"num_train_timesteps": [1]}, {"trained_betas": {"a": 1}}, {"clip_sample_range": "wide"},
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_errors_of_the_reading(config: dict[str, Any]) -> None:
    """Those that `read_folder` turns into words."""
    with pytest.raises(MISFITS):
        read("ddpm", "DDIMScheduler", **config)
