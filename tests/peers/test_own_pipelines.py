"""A diffusers folder with nothing said beside its own pipeline, from the same seeds: one picture to 1e-4.

The seeds alone are shared: both draw the first noise and that of every step from a generator a sample.
What is not the same in diffusers is said in a note of the run (`models/diffusers_scheduler.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from engines.generative.diffusion.axis.noise import SeededNoise
from engines.generative.diffusion.models.opening import inspect
from tests.peers.own_pipelines import SEEDS, apart, folder, ours, theirs

pytestmark = pytest.mark.filterwarnings("ignore")
CLOSE = 1e-4
V = {"prediction_type": "v_prediction"}
"""Answers of the size of the data: with noise for an answer a network that knows nothing hardly changes its start."""
LEADING, TRAILING = {"timestep_spacing": "leading", "steps_offset": 1}, {"timestep_spacing": "trailing"}
KARRAS, EXPONENTIAL, BETA = ({f"use_{name}_sigmas": True} for name in ("karras", "exponential", "beta"))
ZERO = {"rescale_betas_zero_snr": True}
COSINE = {"beta_schedule": "squaredcos_cap_v2"}
LOW_END = {"final_sigmas_type": "sigma_min"}
TRAINED = [0.01 + 0.004 * step for step in range(40)]
SDE = {"algorithm_type": "sde-dpmsolver++"}

CASES: list[tuple[str, str, dict[str, Any], int]] = [
    ("ddpm", "DDPMScheduler", {}, 10),
    ("ddpm", "DDPMScheduler", {"variance_type": "fixed_large"}, 10),
    ("ddpm", "DDPMScheduler", {"thresholding": True, "sample_max_value": 1.5}, 10),
    ("ddpm", "DDPMScheduler", {"trained_betas": TRAINED, "num_train_timesteps": len(TRAINED)} | V, 8),
    ("ddpm", "DDIMScheduler", {}, 10),
    ("ddpm", "DDIMScheduler", {"clip_sample": False, "set_alpha_to_one": False}, 10),
    ("ddpm", "DPMSolverMultistepScheduler", V, 12),
    ("sd", "PNDMScheduler", {"skip_prk_steps": True, "beta_schedule": "scaled_linear", "beta_start": 0.00085,
                             "beta_end": 0.012}, 12),
    ("sd", "DDIMScheduler", {"set_alpha_to_one": False, "clip_sample": True} | V, 12),
    ("sd", "DDIMScheduler", TRAILING | ZERO | V, 10),
    ("sd", "EulerDiscreteScheduler", V, 12),
    ("sd", "EulerDiscreteScheduler", LEADING | V, 12),
    ("sd", "EulerDiscreteScheduler", TRAILING | ZERO | V, 12),
    ("sd", "EulerDiscreteScheduler", LOW_END | V, 12),
    ("sd", "EulerDiscreteScheduler", KARRAS | {"sigma_min": 0.03, "sigma_max": 14.0} | V, 12),
    ("sd", "EulerDiscreteScheduler", EXPONENTIAL | V, 12),
    ("sd", "EulerDiscreteScheduler", BETA | V, 12),
    ("sd", "EulerAncestralDiscreteScheduler", V, 12),
    ("sd", "HeunDiscreteScheduler", KARRAS | V, 12),
    ("sd", "HeunDiscreteScheduler", {"clip_sample_range": 0.5} | V, 12),
    ("sd", "LMSDiscreteScheduler", V, 12),
    ("sd", "KDPM2DiscreteScheduler", KARRAS | V, 12),
    ("sd", "KDPM2AncestralDiscreteScheduler", V, 12),
    ("sd", "DPMSolverMultistepScheduler", V, 12),
    ("sd", "DPMSolverMultistepScheduler", LEADING | KARRAS | V, 20),
    ("sd", "DPMSolverMultistepScheduler", {"use_lu_lambdas": True, "solver_order": 3} | V, 12),
    ("sd", "DPMSolverMultistepScheduler", EXPONENTIAL | {"solver_type": "heun"} | V, 12),
    ("sd", "DPMSolverMultistepScheduler", {"lambda_min_clipped": -5.1} | COSINE | V, 12),
    ("sd", "DPMSolverMultistepScheduler", SDE | V, 12),
    ("sd", "DPMSolverMultistepScheduler", SDE | {"solver_order": 1} | V, 12),
    ("sd", "DPMSolverMultistepScheduler", LOW_END | V, 12),
    ("sd", "DPMSolverMultistepScheduler", LOW_END | {"euler_at_final": True} | V, 20),
    ("sd", "UniPCMultistepScheduler", TRAILING | V, 12),
    ("sd", "UniPCMultistepScheduler", KARRAS | {"solver_order": 3} | V, 12),
    ("sd", "DEISMultistepScheduler", LEADING | V, 12),
    ("sd", "DEISMultistepScheduler", KARRAS | V, 12),
    ("sdxl", "EulerDiscreteScheduler", LEADING | V, 8),
    ("dit", "DDIMScheduler", {"clip_sample": False} | V, 8),
    ("dit", "DPMSolverMultistepScheduler", V, 8),
    ("sd3", "FlowMatchEulerDiscreteScheduler", {"shift": 3.0}, 8),
    ("sd3", "FlowMatchEulerDiscreteScheduler", {"use_dynamic_shifting": True}, 8),
    ("sd3", "FlowMatchEulerDiscreteScheduler", {"shift": 2.0, "shift_terminal": 0.1}, 8),
    ("sd3", "FlowMatchEulerDiscreteScheduler", {"shift": 3.0} | KARRAS, 8),
]  # fmt: skip


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the folders lie; networks are built once a kind."""
    return tmp_path_factory.mktemp("own")


@pytest.mark.parametrize(("kind", "scheduler", "config", "steps"), CASES)
def test_with_nothing_said_a_folder_gives_its_own_pictures(
    saved: Path, kind: str, scheduler: str, config: dict[str, Any], steps: int
) -> None:
    pipeline = folder(kind, saved / kind, scheduler, **config)
    want = theirs(pipeline, kind, steps)
    assert want.isfinite().all()
    assert apart(ours(saved / kind, kind, steps), want) < CLOSE
    own = inspect(str(saved / kind)).own
    assert own is not None
    assert not own.notes or config.get("use_dynamic_shifting")


@pytest.mark.parametrize("kind", ["ddim", "sd", "sdxl", "sd3", "dit"])
def test_steps_and_guidance_are_the_pipelines_too(saved: Path, kind: str) -> None:
    flow, given = kind == "sd3", {"clip_sample": kind == "ddim"} | V
    scheduler, config = ("FlowMatchEulerDiscreteScheduler", {"shift": 3.0}) if flow else ("DDIMScheduler", given)
    pipeline = folder(kind, saved / kind, scheduler, **config)
    assert apart(ours(saved / kind, kind, None), theirs(pipeline, kind, None)) < CLOSE


def test_the_same_latents_may_be_handed_over(saved: Path) -> None:
    """They are the first draw of the seeds; and what is said of the noise on the way counts."""
    pipeline = folder("sd", saved / "sd", "EulerAncestralDiscreteScheduler", **V)
    latents = SeededNoise(SEEDS)(torch.empty(2, 4, 8, 8))
    generators = [torch.Generator().manual_seed(seed) for seed in SEEDS]
    for generator in generators:
        torch.randn(4, 8, 8, generator=generator)
    given = theirs(pipeline, "sd", 6, latents=latents, generators=generators)
    assert apart(ours(saved / "sd", "sd", 6), given) < CLOSE
    assert apart(ours(saved / "sd", "sd", 6, sampler="euler"), given) > 0.1


@pytest.mark.parametrize(
    ("kind", "scheduler", "config", "words"),
    [
        ("sd", "PNDMScheduler", {"skip_prk_steps": True} | V, "extrapolates what the network gives"),
        ("ddpm", "DDPMScheduler", {"variance_type": "learned"}, "own variance"),
        ("sd", "DPMSolverSinglestepScheduler", {}, "DPM-Solver++ 2M takes its place"),
        ("sd", "LCMScheduler", {}, "not done here"),
        ("dit", "EulerDiscreteScheduler", {}, "too small"),
        ("sd", "UniPCMultistepScheduler", {"disable_corrector": [0]}, "corrector"),
    ],
)
def test_what_is_not_the_same_is_said(
    saved: Path, kind: str, scheduler: str, config: dict[str, Any], words: str
) -> None:
    folder(kind, saved / kind, scheduler, **config)
    own = inspect(str(saved / kind)).own
    assert own is not None
    assert any(words in note for note in own.notes)
