"""Noise of a seed: the numbers that `torch.randn` gives step by step, however and wherever they are drawn."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest
import torch
from torch import Tensor

from engines.core.errors import Cancelled
from engines.generative.diffusion.axis.noise import SeededNoise
from engines.generative.diffusion.axis.schedules import karras
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.samplers.named import sample

SEEDS = (3, 5)
DRAWING = [entry.id for entry in catalog.SAMPLERS if entry.stochastic]
LARGE = (2, 4, 128, 128)


@pytest.fixture(autouse=True)
def a_core_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 0)
    monkeypatch.setattr(os, "getloadavg", lambda: (0.0, 0.0, 0.0), raising=False)


def one_by_one(shape: tuple[int, ...], count: int) -> list[Tensor]:
    """The definition: for every sample a generator of its seed, from which `torch.randn` draws step by step."""
    generators = [torch.Generator().manual_seed(seed) for seed in SEEDS]
    draws = [[torch.randn(shape[1:], generator=each) for each in generators] for _ in range(count)]
    return [torch.stack(rows) for rows in draws]


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("noise")]


@pytest.mark.parametrize("shape", [(2, 3), (2, 15), (2, 1, 4, 4), (2, 17), (2, 3, 37), LARGE, (2, 3, 101, 77)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_the_numbers_are_those_of_randn(shape: tuple[int, ...], dtype: torch.dtype):
    """Vectorised or not, whole groups of sixteen or not, at once or ahead."""
    like, noise, threaded = torch.empty(shape, dtype=dtype), SeededNoise(SEEDS), SeededNoise(SEEDS)
    with threaded.ahead(like) as ahead:
        for expected in one_by_one(shape, 4):
            assert torch.equal(noise(like), expected.to(dtype))
            assert torch.equal(ahead(like), expected.to(dtype))


def test_a_states_layout_in_memory_changes_nothing():
    like = torch.empty(2, 3, 8, 8).to(memory_format=torch.channels_last)
    assert torch.equal(SeededNoise(SEEDS)(like), one_by_one((2, 3, 8, 8), 1)[0])


def test_what_was_drawn_stays():
    with SeededNoise(SEEDS).ahead(torch.empty(LARGE)) as ahead:
        draws = [ahead(torch.empty(LARGE)) for _ in range(4)]
    for drawn, expected in zip(draws, one_by_one(LARGE, 4), strict=True):
        assert torch.equal(drawn, expected)


@pytest.mark.parametrize("taken", [0, 1, 3])
def test_a_draw_that_nobody_took_is_as_if_it_had_not_been_made(taken: int):
    noise = SeededNoise(SEEDS)
    with noise.ahead(torch.empty(LARGE)) as ahead:
        for _ in range(taken):
            ahead(torch.empty(LARGE))
    assert torch.equal(noise(torch.empty(LARGE)), one_by_one(LARGE, taken + 1)[-1])


def test_another_shape_on_the_way_is_drawn_as_it_would_have_been():
    noise, plain = SeededNoise(SEEDS), SeededNoise(SEEDS)
    shapes = [LARGE, LARGE, (2, 5), (2, 5), LARGE]
    with noise.ahead(torch.empty(LARGE)) as ahead:
        for shape in shapes:
            assert torch.equal(ahead(torch.empty(shape)), plain(torch.empty(shape)))


@pytest.mark.parametrize("name", DRAWING)
def test_a_sampler_ends_the_same_with_noise_ahead(name: str):
    """Its draws are made on the thread while it works, and none is left out or taken twice."""
    start, sigmas = 80 * SeededNoise((1, 2))(torch.empty(LARGE)), karras(5, 0.01, 80.0)
    noise = SeededNoise(SEEDS)
    with noise.ahead(start) as ahead:
        one = sample(lambda y, sigma: y.tanh(), start, sigmas, sampler=name, noise=ahead)
    assert torch.equal(one, sample(lambda y, sigma: y.tanh(), start, sigmas, sampler=name, noise=SeededNoise(SEEDS)))
    assert threads() == []


def test_large_draws_have_a_thread_until_the_end_and_small_ones_none():
    with SeededNoise(SEEDS).ahead(torch.empty(LARGE)) as ahead:
        assert threads() == []
        ahead(torch.empty(LARGE))
        assert len(threads()) == 1
    with SeededNoise(SEEDS).ahead(torch.empty(2, 8)) as ahead:
        ahead(torch.empty(2, 8))
        assert threads() == []


@pytest.mark.parametrize(("where", "name", "busy"), [(torch, "get_num_threads", 10**6), (os, "getloadavg", (1e6,))])
def test_no_thread_is_begun_where_no_core_is_free(where: object, name: str, busy: object, monkeypatch):
    monkeypatch.setattr(where, name, lambda: busy, raising=False)
    with SeededNoise(SEEDS).ahead(torch.empty(LARGE)) as ahead:
        assert torch.equal(ahead(torch.empty(LARGE)), one_by_one(LARGE, 1)[0])
        assert threads() == []


def test_a_cancelled_run_leaves_no_thread_and_no_draw():
    noise, start, sigmas = SeededNoise(SEEDS), torch.ones(LARGE), karras(5, 0.01, 1.0)

    def observe(step: int, *_: object) -> None:
        if step == 2:
            raise Cancelled

    with pytest.raises(Cancelled), noise.ahead(start) as ahead:
        sample(lambda y, sigma: y.tanh(), start, sigmas, sampler="ancestral", noise=ahead, observe=observe)
    assert threads() == []
    assert torch.equal(noise(start), one_by_one(LARGE, 3)[-1])


def test_an_error_of_a_draw_comes_to_whoever_takes_it(monkeypatch: pytest.MonkeyPatch):
    empty = torch.empty

    begun = threading.Event()

    def failing(*shape: Any, **options: Any) -> Tensor:
        if threading.current_thread() is not threading.main_thread():
            begun.set()
            raise MemoryError("no room for noise")
        return empty(*shape, **options)

    like = torch.empty(LARGE)
    monkeypatch.setattr(torch, "empty", failing)
    with SeededNoise(SEEDS).ahead(like) as ahead:
        ahead(like)
        begun.wait()
        with pytest.raises(MemoryError, match="no room for noise"):
            ahead(like)
    with SeededNoise(SEEDS).ahead(like) as ahead:
        assert torch.equal(ahead(like), one_by_one(LARGE, 1)[0])
    assert threads() == []


def test_a_batch_without_its_seeds_is_refused():
    for noise in (SeededNoise(SEEDS), SeededNoise([1])):
        with noise.ahead(torch.empty(LARGE)) as ahead, pytest.raises(ValueError, match="for a batch of 3"):
            ahead(torch.empty(3, 8))
