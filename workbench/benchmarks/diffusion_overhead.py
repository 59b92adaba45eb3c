"""The cost of a sampler's step beyond the network: ours, a bare loop of the same arithmetic, diffusers, k-diffusion.

The network is a function that returns a tensor made beforehand. All run in one thread, one after the other, round by
round; what is told is the median over rounds of the thread's own processor time, so that other work on the machine
counts as little as can be. The bare loops are in `diffusion_bare`. Ours is timed with everything that `sample` does and
checks; what draws noise draws it for a seed, as a run does.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from functools import partial
from statistics import median
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.benchmarks import diffusion_bare as bare
from workbench.benchmarks import diffusion_peers as peers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

SHAPES = ((4, 8, 8), (4, 64, 64), (16, 128, 128))
SAMPLERS = ("euler", "dpm++2m", "unipc", "lms", "dpm++2m-sde", "dpm++sde")
K_DIFFUSION = {
    "euler": "sample_euler",
    "dpm++2m": "sample_dpmpp_2m",
    "lms": "sample_lms",
    "dpm++2m-sde": "sample_dpmpp_2m_sde",
    "dpm++sde": "sample_dpmpp_sde",
}
DIFFUSERS: dict[str, tuple[str, dict[str, Any]]] = {
    "euler": ("EulerDiscreteScheduler", {"prediction_type": "sample"}),
    "dpm++2m": ("DPMSolverMultistepScheduler", {"prediction_type": "sample"}),
    "unipc": ("UniPCMultistepScheduler", {"prediction_type": "sample", "solver_order": 3}),
    "lms": ("LMSDiscreteScheduler", {}),
    "dpm++2m-sde": (
        "DPMSolverMultistepScheduler",
        {"prediction_type": "sample", "algorithm_type": "sde-dpmsolver++"},
    ),
}
SECONDS_A_METHOD = 1.0
SLOW = 0.05
TREE_STEPS = 10
LEAST_ROUNDS = 3
NETWORK = 512
"""Rows and columns of the product that stands for a network: a few milliseconds on one core."""

Prepare = Callable[[], Callable[[], object]]
"""Makes what a run needs anew (schedulers count their steps) and gives the run that is timed."""


def main(
    steps: Annotated[int, typer.Option(help="Steps a run.", min=5)] = 50,
    rounds: Annotated[int, typer.Option(help="Rounds over all methods.", min=1)] = 25,
) -> dict[str, Any]:
    """Median microseconds a step beyond the network, by state shape and sampler, and ratios."""
    import torch

    with one_thread(), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = [row for shape in SHAPES for row in _measure(shape, steps, rounds)]
        beside = _noise_beside_a_network(SHAPES[-1], rounds)
    return (
        {"torch": torch.__version__}
        | peers.versions()
        | {"steps": steps, "microseconds_a_step": rows, "noise_beside_a_network": beside, "targets": _targets(rows)}
    )


@contextmanager
def one_thread() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _measure(shape: tuple[int, ...], steps: int, rounds: int) -> list[dict[str, Any]]:
    """One row a sampler at one shape; every method has a turn in every round."""
    import torch

    from engines.generative.diffusion.axis import schedules

    levels = {count: schedules.karras(count, 0.002, 80.0) for count in (steps, min(steps, TREE_STEPS))}
    y, answer = torch.randn(1, *shape) * 80, torch.randn(1, *shape)
    methods = _methods(y, answer, steps, levels)
    times: dict[tuple[str, str], list[float]] = {key: [] for key in methods}
    for _ in range(max(rounds, 1)):
        for key, prepare in methods.items():
            count = _steps(*key, steps)
            if len(times[key]) < LEAST_ROUNDS or sum(times[key]) * count < SECONDS_A_METHOD:
                slow = sum(times[key]) * count > SLOW * len(times[key])
                times[key].append(_seconds(prepare, slow) / count)
    middle = {key: 1e6 * median(each) for key, each in times.items()}
    return [_row("x".join(map(str, shape)), sampler, middle) for sampler in SAMPLERS]


def _methods(y: Tensor, answer: Tensor, steps: int, levels: dict[int, Tensor]) -> dict[tuple[str, str], Prepare]:
    sigmas = levels[steps]

    def denoise(state: Tensor, sigma: Tensor) -> Tensor:
        return answer

    methods: dict[tuple[str, str], Prepare] = {}
    for sampler in SAMPLERS:
        methods[sampler, "ours"] = partial(_ours, sampler, denoise, y, sigmas)
        methods[sampler, "bare"] = partial(bare.LOOPS[sampler], denoise, y, sigmas)
        if sampler in DIFFUSERS and peers.diffusers():
            methods[sampler, "diffusers"] = partial(_diffusers, sampler, denoise, y, sigmas)
        if sampler in K_DIFFUSION and peers.k_diffusion():
            methods[sampler, "k_diffusion"] = partial(
                _k_diffusion, sampler, denoise, y, levels[_steps(sampler, "k_diffusion", steps)]
            )
    return methods


def _ours(sampler: str, denoise: Callable[..., Tensor], start: Tensor, sigmas: Tensor) -> bare.Run:
    """`sample` with noise of a seed, which an ODE sampler leaves alone."""
    from engines.generative.diffusion.axis.noise import SeededNoise
    from engines.generative.diffusion.samplers.named import sample

    return partial(sample, denoise, start, sigmas, sampler=sampler, noise=SeededNoise([bare.SEED]))


def _noise_beside_a_network(shape: tuple[int, ...], rounds: int) -> dict[str, Any]:
    """Milliseconds a step by the clock, beside a network on one thread: without noise, drawn at once, drawn ahead.

    hidden: the share of the noise's time that goes by while the network works. Near 0 where no second core is free,
    for noise is then drawn at once.
    """
    import torch

    from engines.generative.diffusion.axis import schedules

    weights, y, sigmas = torch.randn(NETWORK, NETWORK), torch.randn(1, *shape) * 80, schedules.karras(20, 0.002, 80.0)
    answer = torch.randn(1, *shape)

    def denoise(state: Tensor, sigma: Tensor) -> Tensor:
        torch.mm(weights, weights)
        return answer

    runs = {kind: partial(_clock, kind, denoise, y, sigmas) for kind in ("no_noise", "at_once", "ahead")}
    times = [{kind: run() for kind, run in runs.items()} for _ in range(max(rounds, 1))]
    middle = {kind: 1e3 * median(each[kind] for each in times) for kind in runs}
    noise = middle["at_once"] - middle["no_noise"]
    hidden = (middle["at_once"] - middle["ahead"]) / noise if noise > 0 else None
    return {"state": "x".join(map(str, shape)), "milliseconds_a_step": middle, "hidden": hidden}


def _clock(kind: str, denoise: Callable[..., Tensor], start: Tensor, sigmas: Tensor) -> float:
    """Seconds a step of "ancestral", which is Euler where it draws nothing."""
    from engines.generative.diffusion.axis.noise import SeededNoise
    from engines.generative.diffusion.samplers.named import sample

    seeded, eta = SeededNoise([bare.SEED]), 0.0 if kind == "no_noise" else 1.0
    began = perf_counter()
    with seeded.ahead(start) if kind == "ahead" else nullcontext(seeded) as noise:
        sample(denoise, start, sigmas, sampler="ancestral", noise=noise, eta=eta)
    return (perf_counter() - began) / (len(sigmas) - 1)


def _diffusers(sampler: str, denoise: Callable[..., Tensor], start: Tensor, sigmas: Tensor) -> bare.Run:
    """The scheduler's `step` in a loop, and nothing else of a pipeline; its levels in its own float32."""
    name, config = DIFFUSERS[sampler]
    made = peers.scheduler(name, sigmas.float(), **config)

    def run() -> Tensor:
        y = start
        for level, time in zip(sigmas, made.timesteps, strict=False):
            y = made.step(denoise(y, level), time, y, return_dict=False)[0]
        return y

    return run


def _k_diffusion(sampler: str, denoise: Callable[..., Tensor], start: Tensor, sigmas: Tensor) -> bare.Run:
    """Its function as it is, its Brownian tree made within as it does."""
    function = getattr(peers.k_diffusion(), K_DIFFUSION[sampler])
    return partial(function, denoise, start, sigmas.float(), disable=True)


def _steps(sampler: str, kind: str, steps: int) -> int:
    """A Brownian tree takes milliseconds a step: few are enough."""
    return min(steps, TREE_STEPS) if kind == "k_diffusion" and sampler.endswith("sde") else steps


def _seconds(prepare: Prepare, cold: bool) -> float:
    """Of one run; unless `cold`, after another one that brings code and data into the caches."""
    if not cold:
        prepare()()
    run = prepare()
    began = thread_time()
    run()
    return thread_time() - began


def _row(shape: str, sampler: str, middle: dict[tuple[str, str], float]) -> dict[str, Any]:
    kinds = ("ours", "bare", "diffusers", "k_diffusion")
    row: dict[str, Any] = {"state": shape, "sampler": sampler}
    row |= {kind: middle[sampler, kind] for kind in kinds if (sampler, kind) in middle}
    row["ours_over_bare"] = row["ours"] / row["bare"]
    return row | {f"{peer}_over_ours": row[peer] / row["ours"] for peer in kinds[2:] if peer in row}


def _targets(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The worst ratio of each promise; None where the peer is absent.

    Where the bare loop itself is within 10 times of diffusers the time goes into memory, and nothing could be 10 times
    faster: those rows are told apart.
    """
    two = [row for row in rows if row["sampler"] in ("euler", "dpm++2m")]
    room = [row for row in two if row.get("diffusers", 0.0) >= 10 * row["bare"]]
    sde = [row for row in rows if row["sampler"].endswith("sde")]
    return {
        "ours_over_bare_at_most_1.5": max(row["ours_over_bare"] for row in rows),
        "diffusers_over_ours_at_least_10": _least("diffusers_over_ours", room),
        "diffusers_over_ours_where_memory_rules": _least(
            "diffusers_over_ours", [row for row in two if row not in room]
        ),
        "k_diffusion_sde_over_ours_at_least_20": _least("k_diffusion_over_ours", sde),
    }


def _least(ratio: str, rows: list[dict[str, Any]]) -> float | None:
    return min((row[ratio] for row in rows if ratio in row), default=None)
