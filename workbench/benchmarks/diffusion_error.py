"""Error of samplers against the exact path: the published methods as they are, tuned, and the Gaussian sampler.

Three tables. `shared`: the methods that everyone has, Karras rho 7 from 80 to 0.002 to 0, on the digits mixture, beside
the figures that are known and the peers' own code where it is installed. `few_steps`: on the mixture and on the finite
set of digits, from fresh starts, the best published method with its schedule tuned on that very problem, the best of
them after a jump by the data's Gaussian, and sampler "gaussian" with levels and weights that were learned on neither
problem (`engines.generative.diffusion.samplers.residual_learning`). Errors are |end - exact| / |exact|, a mean over
starts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.benchmarks import diffusion_peers as peers

if TYPE_CHECKING:
    from torch import Tensor

    from engines.generative.diffusion.distributions.mixtures import Known

NFE = (5, 10, 20, 35, 50)
KNOWN: dict[str, tuple[float, ...]] = {
    "euler": (0.345, 0.177, 0.0895, 0.0509, 0.0368),
    "heun": (2.52, 0.681, 0.103, 0.0251, 0.0121),
    "dpm++2m": (0.180, 0.105, 0.0233, 0.0066, 0.0032),
    "dpm++3m": (0.356, 0.184, 0.0085, 0.0020, 0.00094),
    "unipc": (0.429, 0.216, 0.0128, 0.0018, 0.00048),
    "ipndm": (0.179, 0.031, 0.0069, 0.0026, 0.0012),
    "ipndm-v": (0.233, 0.045, 0.0053, 0.0017, 0.00047),
}
"""Measured earlier with diffusers, k-diffusion and diff-sampler on the same problem and starts."""
DIFFUSERS: dict[str, tuple[str, dict[str, Any]]] = {
    "euler": ("EulerDiscreteScheduler", {}),
    "dpm++2m": ("DPMSolverMultistepScheduler", {}),
    "dpm++3m": ("DPMSolverMultistepScheduler", {"solver_order": 3}),
    "unipc": ("UniPCMultistepScheduler", {"solver_order": 3}),
}
K_DIFFUSION = {"euler": "sample_euler", "heun": "sample_heun", "dpm++2m": "sample_dpmpp_2m"}
OPTIONS: dict[str, dict[str, Any]] = {"ipndm": {"order": 3}}
LOWEST = (0.02, 0.05, 0.1, 0.2)
RHOS = (7.0, 20.0)


@dataclass(frozen=True)
class Problem:
    """Starts at sigma 80 with their exact ends."""

    known: Known
    starts: Tensor
    ends: Tensor

    def error(self, end: Tensor) -> float:
        from engines.generative.diffusion.exact.ode import relative_error

        return float(relative_error(end, self.ends).mean())


def main(
    starts: Annotated[int, typer.Option(help="Fresh starts of each problem.", min=8)] = 256,
    seed: Annotated[int, typer.Option(help="Of the fresh starts.")] = 2026,
    tuned: Annotated[bool, typer.Option(help="Tune the published methods too (two minutes).")] = True,
) -> dict[str, Any]:
    """Mean relative error by method and evaluations, and how many times less than the best published method."""
    import torch

    with torch.no_grad():
        shared = _shared()
        rows = [row for name in ("digits", "digits-set") for row in _few_steps(name, starts, seed, tuned)]
    return peers.versions() | {"starts": starts, "shared": shared, "few_steps": rows, "targets": _targets(shared, rows)}


def problem(name: str, count: int, seed: int, tolerance: float = 1e-3) -> Problem:
    """Starts of a seed, all drawn at once, and their exact ends."""
    import torch

    from engines.generative.diffusion.distributions import analytic
    from engines.generative.diffusion.exact.ode import solve

    known, _ = analytic.open(f"analytic:{name}")
    generator = torch.Generator().manual_seed(seed)
    drawn = 80.0 * torch.randn(count, 64, generator=generator, dtype=torch.float64)
    return Problem(known, drawn, solve(known, drawn, 80.0, tolerance=tolerance).y)


def _shared() -> list[dict[str, Any]]:
    """Our samplers, the known figures, and the peers' own code, from the starts of seed 1."""
    given, rows = problem("digits", 64, 1, 1e-4), []
    for sampler, known in KNOWN.items():
        for who, run in _runs(sampler, given).items():
            errors = [given.error(run(count)) for count in NFE]
            rows.append({"sampler": sampler, "code": who} | _columns(errors) | _deviation(errors, known))
        rows.append({"sampler": sampler, "code": "known"} | _columns(known))
    return rows


def _runs(sampler: str, given: Problem) -> dict[str, Callable[[int], Tensor]]:
    """Whose code, and the end it gives for a count of evaluations."""
    from engines.generative.diffusion.samplers.named import sample

    def ours(nfe: int) -> Tensor:
        sigmas = _karras(_steps(sampler, nfe))
        return sample(given.known, given.starts, sigmas, sampler=sampler, **OPTIONS.get(sampler, {}))

    runs: dict[str, Callable[[int], Tensor]] = {"ours": ours}
    if sampler in DIFFUSERS and peers.diffusers():
        runs["diffusers"] = lambda nfe: _diffusers(sampler, given, nfe)
    if sampler in K_DIFFUSION and peers.k_diffusion():
        runs["k-diffusion"] = lambda nfe: _k_diffusion(sampler, given, nfe)
    return runs


def _diffusers(sampler: str, given: Problem, nfe: int) -> Tensor:
    name, config = DIFFUSERS[sampler]
    sigmas = _karras(_steps(sampler, nfe))
    made = peers.scheduler(name, sigmas, prediction_type="sample", **config)
    scale = _unscaled if sampler == "euler" else _preserving
    return peers.walk_scheduler(made, given.known, given.starts, sigmas, scale=scale)[-1]


def _unscaled(_sigma: float) -> float:
    return 1.0


def _preserving(sigma: float) -> float:
    return (1 + sigma**2) ** -0.5


def _k_diffusion(sampler: str, given: Problem, nfe: int) -> Tensor:
    function = getattr(peers.k_diffusion(), K_DIFFUSION[sampler])

    def denoise(y: Tensor, sigma: Tensor) -> Tensor:
        return given.known(y, sigma.flatten()[0])

    return function(denoise, given.starts, _karras(_steps(sampler, nfe)), disable=True)


def _few_steps(name: str, starts: int, seed: int, tuned: bool) -> list[dict[str, Any]]:
    """Best published, best published after a jump, ours; and ours without what was learned."""
    given, rows = problem(name, starts, seed), []
    kept = {"problem": name}
    if tuned:
        practice = problem(name, 48, 7)
        for jump, title in ((False, "best published, tuned"), (True, "best published, tuned, after a jump")):
            found = [_tuned(practice, given, nfe, jump) for nfe in NFE[:3]]
            rows.append(kept | {"method": title} | _columns([error for error, _ in found]))
            rows[-1]["which"] = ", ".join(which for _, which in found)
    for method, learned in (("gaussian, learned levels", 0), ("gaussian, learned levels and weights", 1)):
        rows.append(kept | {"method": method} | _columns([ours(given, nfe, learned) for nfe in NFE]))
    return rows


def ours(given: Problem, nfe: int, learned: int) -> float:
    """The error of sampler "gaussian" on its learned levels, after the jump that belongs to them."""
    from engines.generative.diffusion.samplers.named import sample
    from engines.generative.diffusion.samplers.residual import plan
    from engines.generative.diffusion.samplers.teleport import teleport

    moments = given.known.moments
    sigmas = plan(moments, nfe)
    start = teleport(moments, given.starts, 80.0, float(sigmas[0]))
    end = sample(given.known, start, sigmas, sampler="gaussian", moments=moments, learned=learned)
    return given.error(end)


def _tuned(practice: Problem, given: Problem, nfe: int, jump: bool) -> tuple[float, str]:
    """(error on fresh starts, the method) of the sampler and schedule that are best on starts of the same problem."""
    highs = (2.0, 3.0, 5.0, 10.0) if jump else (80.0,)
    choices = [(sampler, low, high, rho) for sampler in KNOWN for low in LOWEST for high in highs for rho in RHOS]
    best = min(choices, key=lambda choice: _published(practice, nfe, *choice))
    sampler, low, high, rho = best
    return _published(given, nfe, *best), f"{sampler} {high:g} to {low:g} rho {rho:g}"


def _published(given: Problem, nfe: int, sampler: str, low: float, high: float, rho: float) -> float:
    from engines.generative.diffusion.samplers.named import sample
    from engines.generative.diffusion.samplers.teleport import teleport

    start = given.starts if high == 80.0 else teleport(given.known.moments, given.starts, 80.0, high)
    sigmas = _karras(_steps(sampler, nfe), low, high, rho)
    return given.error(sample(given.known, start, sigmas, sampler=sampler, **OPTIONS.get(sampler, {})))


def _karras(steps: int, low: float = 0.002, high: float = 80.0, rho: float = 7.0) -> Tensor:
    from engines.generative.diffusion.axis.schedules import karras

    return karras(steps, low, high, rho)


def _steps(sampler: str, nfe: int) -> int:
    """Heun takes two evaluations a step, and one for the last."""
    return (nfe + 1) // 2 if sampler == "heun" else nfe


def _columns(errors: list[float] | tuple[float, ...]) -> dict[str, float]:
    return {f"nfe_{count}": error for count, error in zip(NFE, errors, strict=False)}


def _deviation(errors: list[float], known: tuple[float, ...]) -> dict[str, float]:
    """The furthest from the known figures, in percent."""
    return {"off_percent": 100 * max(abs(a / b - 1) for a, b in zip(errors, known, strict=True))}


def _targets(shared: list[dict[str, Any]], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What was asked for, and whether it is so."""
    ours_off = [row["off_percent"] for row in shared if row["code"] == "ours"]
    targets: dict[str, Any] = {"shared_within_5_percent": max(ours_off) <= 5}
    for name in ("digits", "digits-set"):
        here = {row["method"]: row for row in rows if row["problem"] == name}
        if "best published, tuned" in here:
            best, mine = here["best published, tuned"], here["gaussian, learned levels and weights"]
            for count in NFE[:3]:
                targets[f"{name}_nfe_{count}_times_less"] = best[f"nfe_{count}"] / mine[f"nfe_{count}"]
    return targets
