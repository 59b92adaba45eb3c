"""The names that a user chooses from: samplers, schedules, and the models that are there without asking. No torch.

The functions behind the names are in `samplers.SAMPLERS` and `schedules.SCHEDULES`; a test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """A number of a sampler that the user may set."""

    name: str
    title: str
    default: float
    low: float
    high: float
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Sampler:
    """id: as in a `SampleSpec`. evaluations: of the network a step. stochastic: draws noise on the way."""

    id: str
    title: str
    tip: str
    evaluations: int = 1
    stochastic: bool = False
    options: tuple[Option, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScheduleName:
    id: str
    title: str
    tip: str


_ETA = Option("eta", "Eta", 1.0, 0.0, 2.0, "Fresh noise a step: 0 is the ODE")

SAMPLERS: tuple[Sampler, ...] = (
    Sampler("euler", "Euler (DDIM)", "One slope a step; DDIM, and Euler of a rectified flow", aliases=("ddim",)),
    Sampler("ancestral", "Ancestral (DDPM)", "Euler down, fresh noise up; eta 1 is DDPM", 1, True, (_ETA,), ("ddpm",)),
    Sampler(
        "heun",
        "Heun (EDM)",
        "Two slopes a step, with EDM's churn",
        2,
        True,
        (
            Option("churn", "Churn", 0.0, 0.0, 100.0, "EDM's S_churn: 0 is the ODE"),
            Option("churn_min", "Churn from", 0.0, 0.0, 1e3),
            Option("churn_max", "Churn to", 1e9, 0.0, 1e9),
            Option("churn_noise", "Churn noise", 1.0, 0.0, 2.0),
        ),
    ),
    Sampler("dpm2", "DPM2", "Midpoint in ln sigma, two slopes a step", 2),
    Sampler("dpm++1s", "DPM-Solver++ 1S", "First order in the data; the same numbers as Euler"),
    Sampler("dpm++2s", "DPM-Solver++ 2S", "Midpoint in the data, two evaluations a step", 2),
    Sampler("dpm++2m", "DPM-Solver++ 2M", "Two-step in the data; the usual choice for 10 to 30 steps"),
    Sampler("dpm++3m", "DPM-Solver++ 3M", "Three-step in the data"),
    Sampler("dpm++sde", "DPM-Solver++ SDE", "Midpoint with fresh noise", 2, True, (_ETA,)),
    Sampler("dpm++2m-sde", "DPM-Solver++ 2M SDE", "Two-step with fresh noise", 1, True, (_ETA,)),
    Sampler("dpm++3m-sde", "DPM-Solver++ 3M SDE", "Three-step with fresh noise", 1, True, (_ETA,)),
    Sampler(
        "unipc",
        "UniPC",
        "Predicts, then corrects the step before at no extra cost",
        options=(Option("order", "Order", 3, 1, 3),),
    ),
    Sampler("deis", "DEIS", "Exponential integrator with polynomial extrapolation of the noise",
            options=(Option("order", "Order", 3, 1, 4),)),
    Sampler("ipndm", "iPNDM", "Adams-Bashforth on the noise; strong at few steps",
            options=(Option("order", "Order", 3, 1, 4),)),
    Sampler("ipndm-v", "iPNDM-v", "The same with weights for uneven steps",
            options=(Option("order", "Order", 4, 1, 4),)),
    Sampler("lms", "LMS", "Linear multistep of order four", options=(Option("order", "Order", 4, 1, 4),)),
    Sampler(
        "langevin",
        "Annealed Langevin",
        "SMLD: a few Langevin steps at every noise level",
        5,
        True,
        (
            Option("inner", "Steps a level", 5, 1, 100),
            Option("snr", "Signal to noise", 0.16, 0.01, 1.0, "Size of a Langevin step"),
        ),
    ),
    Sampler(
        "pc",
        "Predictor-corrector",
        "Score SDE: a reverse-SDE step, then Langevin steps",
        2,
        True,
        (
            Option("inner", "Corrections", 1, 1, 20),
            Option("snr", "Signal to noise", 0.16, 0.01, 1.0, "Size of a Langevin step"),
        ),
    ),
)  # fmt: skip

SCHEDULES: tuple[ScheduleName, ...] = (
    ScheduleName("karras", "Karras", "Even in sigma^(1/rho); dense at low noise"),
    ScheduleName("exponential", "Exponential", "Even in ln sigma"),
    ScheduleName("linear-beta", "Linear beta (DDPM)", "Even steps of a VP model's linear beta table"),
    ScheduleName("scaled-linear", "Scaled linear (SD)", "Even steps of Stable Diffusion's table"),
    ScheduleName("cosine", "Cosine", "Even steps of the cosine table"),
    ScheduleName("flow", "Flow", "Even in t = sigma / (1 + sigma); from infinity where the model allows it"),
    ScheduleName("ays", "Align your steps", "Published optimised levels, interpolated in ln sigma"),
    ScheduleName("custom", "Drawn", "The curve as it was dragged"),
)

ANALYTIC: tuple[tuple[str, str], ...] = (
    ("analytic:gaussian", "One Gaussian (2-D)"),
    ("analytic:mixture", "Eight Gaussians (2-D)"),
    ("analytic:spirals", "Two spirals (2-D)"),
    ("analytic:moons", "Two moons (2-D)"),
    ("analytic:checkerboard", "Checkerboard (2-D)"),
    ("analytic:digits", "Digits, mixture (exact)"),
    ("analytic:digits-set", "Digits, finite set (exact)"),
)
"""Models whose optimal denoiser has a closed form. `analytic:images:FOLDER` is a finite set of one's own pictures."""


def sampler(id: str) -> Sampler | None:
    """The entry of an id or alias."""
    return next((entry for entry in SAMPLERS if id == entry.id or id in entry.aliases), None)


def usual_schedule(process: str) -> str:
    """The schedule that suits models of a process, as a card names it."""
    return "flow" if process == "flow" else "karras"
