"""Samplers on a CUDA device: no step waits for it, a captured loop is the eager one, and it agrees with the CPU."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from engines.generative.diffusion.axis import schedules
from engines.generative.diffusion.axis.noise import SeededNoise
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.samplers.named import SAMPLERS, sample

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]
FREE = [entry for entry in catalog.SAMPLERS if not entry.moments]
SIGMAS = schedules.karras(12, 0.01, 20.0)


def denoise(y: Tensor, sigma: Tensor) -> Tensor:
    """Two points, 1 and -1 in every coordinate, blurred: smooth, and different at every level."""
    variance = 0.1
    total = variance + float(sigma) ** 2
    near = torch.tanh(y / total) if math.isfinite(total) else torch.zeros_like(y)
    return near * (1 - variance / total) + y * (variance / total)


@pytest.fixture
def start() -> Tensor:
    noise = torch.randn(4, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    return (noise * SIGMAS[0]).float().cuda()


@pytest.fixture
def no_waiting() -> Iterator[None]:
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    yield
    torch.cuda.set_sync_debug_mode("default")


@pytest.mark.parametrize("entry", FREE, ids=lambda entry: entry.id)
def test_no_step_waits_for_the_device(entry: catalog.Sampler, start: Tensor, no_waiting: None):
    for options in ({}, {option.name: option.high for option in entry.options if option.whole and option.high <= 5}):
        sample(denoise, start, SIGMAS, sampler=entry.id, **options)
        sample(denoise, start, SIGMAS, sampler=entry.id, observe=lambda step, sigma, y, d: None, **options)


@pytest.mark.parametrize("entry", [entry for entry in FREE if not entry.stochastic], ids=lambda entry: entry.id)
def test_a_captured_loop_is_the_eager_one(entry: catalog.Sampler, start: Tensor):
    step = SAMPLERS[entry.id]
    with torch.no_grad():
        wanted = step(denoise, start, SIGMAS)
        warm = torch.cuda.Stream()
        warm.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(warm):
            step(denoise, start, SIGMAS)
        torch.cuda.current_stream().wait_stream(warm)
        given, graph = start.clone(), torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            end = step(denoise, given, SIGMAS)
        graph.replay()
        assert torch.equal(end, wanted)
        given.copy_(-start)
        graph.replay()
        assert torch.equal(end, step(denoise, -start, SIGMAS))


@pytest.mark.parametrize("entry", FREE, ids=lambda entry: entry.id)
def test_the_device_agrees_with_the_processor(entry: catalog.Sampler, start: Tensor):
    there = sample(denoise, start, SIGMAS, sampler=entry.id, noise=SeededNoise(range(4)))
    here = sample(denoise, start.cpu(), SIGMAS, sampler=entry.id, noise=SeededNoise(range(4)))
    assert there.device.type == "cuda"
    assert float((there.cpu() - here).norm() / here.norm()) < 1e-5
