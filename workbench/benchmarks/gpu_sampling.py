"""Sampling of the shipped networks on a CUDA device, samples a second: step by step, compiled, captured, diffusers."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import torch
from torch import Tensor

from engines.core.errors import KinoscopeError
from engines.generative.diffusion.axis.schedules import karras
from engines.generative.diffusion.models.opening import open_model
from engines.generative.diffusion.samplers.named import sample
from engines.generative.diffusion.sampling.cuda_graphs import Loop
from workbench.benchmarks import diffusion_peers as peers
from workbench.benchmarks.gpu_turns import Ceiling, Clock

MODELS = ("mnist-dit", "mnist-unet")
SAMPLER = "dpm++2m"
STEPS = 20
ROUNDS = 7
BATCH = 64

Run = Callable[[], Tensor]


def rows(quick: bool, clock: Clock, limits: Ceiling) -> list[dict[str, Any]]:
    """Samples a second in 20 steps of DPM-Solver++ (2M), the median of turns; and how much faster than step by step."""
    return [_row(name, BATCH) for name in (MODELS[:1] if quick else MODELS) if not clock.over]


@torch.no_grad()
def _row(name: str, batch: int) -> dict[str, Any]:
    about = {"model": name, "batch": batch}
    try:
        runs = _runs(name, batch)
    except KinoscopeError as error:
        return about | {"failed": {name: str(error)}}
    for run in runs.values():
        run()
    times: dict[str, list[float]] = {kind: [] for kind in runs}
    for _ in range(ROUNDS):
        for kind, run in runs.items():
            times[kind].append(_seconds(run))
    rates = {kind: batch / median(each) for kind, each in times.items()}
    return about | rates | {"captured_over_eager": rates["captured"] / rates["eager"]}


def _runs(name: str, batch: int) -> dict[str, Run]:
    model, other = (open_model(name, device="cuda") for _ in range(2))
    labels = model.labels([index % 10 for index in range(batch)])
    denoise, compiled = model.denoise(labels), other.denoise(labels)
    assert other.network is not None
    other.network.compile()
    sigmas = karras(STEPS, 0.02, 40.0)
    y = 40.0 * torch.randn(batch, *model.info.shape, generator=torch.Generator().manual_seed(0)).cuda()
    loop = Loop(denoise, y, sigmas, sampler=SAMPLER)
    runs: dict[str, Run] = {
        "eager": partial(sample, denoise, y, sigmas, sampler=SAMPLER),
        "compiled": partial(sample, compiled, y, sigmas, sampler=SAMPLER),
        "captured": partial(loop, y),
    }
    if importlib.util.find_spec("diffusers") is not None:
        runs["diffusers"] = lambda: _diffusers(denoise, y, sigmas)
    return runs


def _diffusers(denoise: Any, y: Tensor, sigmas: Tensor) -> Tensor:
    made = peers.scheduler("DPMSolverMultistepScheduler", sigmas.float(), prediction_type="sample")
    return peers.walk_scheduler(made, denoise, y, sigmas)[-1]


def _seconds(run: Run) -> float:
    torch.cuda.synchronize()
    started = time.perf_counter()
    run()
    torch.cuda.synchronize()
    return time.perf_counter() - started
