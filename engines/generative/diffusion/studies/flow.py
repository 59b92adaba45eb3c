"""Job: particles of a 2-D model flowing from the same noise by several samplers, and the field and density they follow.

All is kept in the coordinates of a flow, x_t = y / (1 + sigma), t = sigma / (1 + sigma), in which noise and data have
one size: a rectified flow then goes at x0 - eps toward the data, and so does every other ODE sampler at its own pace.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.files import atomic_path
from engines.core.outputs import check_file, holding
from engines.core.places import cache_dir
from engines.core.words import tr
from engines.generative.data.metrics import sliced_wasserstein, straightness
from engines.generative.diffusion.axis.noise import SeededNoise
from engines.generative.diffusion.axis.schedules import flow, karras
from engines.generative.diffusion.distributions import analytic
from engines.generative.diffusion.distributions.mixtures import Known
from engines.generative.diffusion.samplers.named import begin, named, sample
from engines.generative.diffusion.study_types import FlowResult, FlowSpec
from engines.generative.diffusion.types import ModelInfo

LEVELS = 33
NEAREST = 0.02
SHOWN = 2000
FLOW = holding(tr("a flow that was computed here"), b"levels.npy", b"field.npy", b"density.npy")


@dataclass(frozen=True)
class Flowed:
    """paths: (K + 1, n, 2) in the coordinates of a flow; sigmas: (K + 1,)."""

    paths: Tensor
    sigmas: Tensor
    end: Tensor
    nfe: int


def run(spec: FlowSpec, ctx: Context) -> FlowResult:
    """Write the .npz that `FlowResult` describes. Raises `BadInput` for a model that is not 2-D and exact."""
    file = _file(spec)
    known, info = _opened(spec)
    data = known.sample(max(SHOWN, spec.particles), torch.Generator().manual_seed(spec.seed))
    arrays: dict[str, NDArray[np.generic]] = {"data": data[:SHOWN].float().numpy()}
    arrays |= background(known, _axis(data, spec.grid))
    ways: dict[str, Flowed] = {}
    for done, name in enumerate(spec.samplers):
        ctx.progress(done, len(spec.samplers), name)
        ways[name] = flowed(known, info, name, spec, ctx)
        arrays[f"{name}.paths"] = ways[name].paths.float().numpy()
        arrays[f"{name}.sigmas"] = ways[name].sigmas.numpy()
    with atomic_path(file) as part:
        np.savez_compressed(part, allow_pickle=False, **arrays)
    ctx.progress(len(spec.samplers), len(spec.samplers), "")
    return FlowResult(
        file=str(file),
        samplers=tuple(ways),
        straightness={name: straightness(way.paths) for name, way in ways.items()},
        errors={name: sliced_wasserstein(way.end, data) for name, way in ways.items()},
        nfe={name: way.nfe for name, way in ways.items()},
    )


def flowed(known: Known, info: ModelInfo, name: str, spec: FlowSpec, ctx: Context) -> Flowed:
    """The particles of one sampler. "flow" is Euler from infinite noise, even in t. Each particle has its own seed."""
    far = name == "flow"
    sigmas = flow(spec.steps, info.sigma_min, math.inf) if far else karras(spec.steps, info.sigma_min, info.sigma_max)
    noise = SeededNoise(range(spec.seed, spec.seed + spec.particles))
    start = noise(torch.empty(spec.particles, 2, dtype=torch.float64))
    paths: list[Tensor] = []
    calls = 0

    def denoise(y: Tensor, sigma: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        return known(y, sigma)

    def observe(step: int, sigma: float, y: Tensor, denoised: Tensor) -> None:
        ctx.check()
        paths.append(in_flow(y, sigma))

    sampler = "euler" if far else name
    end = sample(denoise, begin(start, sigmas), sigmas, sampler=sampler, noise=noise, observe=observe)
    return Flowed(torch.stack([*paths, end]), sigmas, end, calls)


def in_flow(y: Tensor, sigma: float) -> Tensor:
    """A copy of y as x_t = y / (1 + sigma); at infinity y is x_1 already."""
    return y.clone() if sigma == math.inf else y / (1 + sigma)


def background(known: Known, axis: Tensor) -> dict[str, NDArray[np.generic]]:
    """levels (L,), field (L, G, G, 2), density (L, G, G) of x_t; rows along y, columns along x, `axis` (G,)."""
    across, up = torch.meshgrid(axis, axis, indexing="xy")
    grid = torch.stack([across, up], -1).reshape(-1, 2)
    times = torch.linspace(NEAREST, 1, LEVELS, dtype=torch.float64)
    levels = torch.where(times < 1, times / (1 - times), math.inf)
    side = len(axis)
    field = torch.stack([velocity(known, grid, float(sigma)) for sigma in levels])
    density = torch.stack([_log_density(known, grid, float(sigma)).exp() for sigma in levels])
    return {
        "levels": levels.numpy(),
        "field": field.reshape(-1, side, side, 2).float().numpy(),
        "density": density.reshape(-1, side, side).float().numpy(),
        "axis": axis.float().numpy(),
    }


def velocity(known: Known, x: Tensor, sigma: float) -> Tensor:
    """E[x0 - eps | x_t = x], (n, 2): where particles go as the noise falls, per unit of t."""
    if sigma == math.inf:
        return known(x, math.inf) - x
    y = x * (1 + sigma)
    mean = known(y, sigma)
    return mean - (y - mean) / sigma


def _log_density(known: Known, x: Tensor, sigma: float) -> Tensor:
    if sigma == math.inf:
        return -(x**2).sum(1) / 2 - math.log(2 * math.pi)
    return known.log_density(x * (1 + sigma), sigma) + 2 * math.log1p(sigma)


def _opened(spec: FlowSpec) -> tuple[Known, ModelInfo]:
    if spec.particles < 1 or spec.grid < 2 or not 1 <= spec.steps <= 1000:
        raise UsageError(tr("A flow needs 1 particle, a grid of 2 and 1 to 1000 steps at least"))
    for name in spec.samplers:
        if name != "flow":
            named(name)
    hint = tr("Choose a 2-D shape, such as analytic:spirals")
    if not spec.model.startswith("analytic:"):
        raise BadInput(tr("The flow of '{model}' cannot be shown: it is not a 2-D model", model=spec.model), hint=hint)
    known, info = analytic.open(spec.model)
    if info.shape != (2,):
        raise BadInput(tr("The flow of {info} cannot be shown: its samples are not points", info=info.title), hint=hint)
    return known, info


def _axis(data: Tensor, grid: int) -> Tensor:
    """Wide enough for the data and for nearly all of the noise."""
    half = max(3.0, 1.15 * float(data.abs().max()))
    return torch.linspace(-half, half, grid, dtype=torch.float64)


def _file(spec: FlowSpec) -> Path:
    if spec.out:
        out = Path(spec.out).expanduser()
        return check_file(out if out.suffix == ".npz" else out / "flow.npz", FLOW)
    return cache_dir() / "flows" / f"{spec.model.removeprefix('analytic:')}-{spec.seed}.npz"
