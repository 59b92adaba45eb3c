"""The names that a user chooses from: samplers, schedules, and the models that are there without asking. No torch.

The functions behind the names are in `samplers.SAMPLERS` and `schedules.SCHEDULES`; a test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from engines.core.words import tr
from engines.generative.diffusion.types import Guidance, ModelInfo, SampleSpec, Schedule


@dataclass(frozen=True, slots=True)
class Option:
    """A number of a sampler that the user may set. whole: only whole numbers; from 0 to 1 that is off and on."""

    name: str
    title: str
    default: float
    low: float
    high: float
    tip: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Sampler:
    """id: as in a `SampleSpec`. evaluations: of the network a step. stochastic: draws noise on the way, as its options
    stand by default."""

    id: str
    title: str
    tip: str
    evaluations: int = 1
    stochastic: bool = False
    options: tuple[Option, ...] = ()
    aliases: tuple[str, ...] = ()
    moments: bool = False


@dataclass(frozen=True, slots=True)
class ScheduleName:
    id: str
    title: str
    tip: str


_ETA = Option("eta", tr("Eta"), 1.0, 0.0, 2.0, tr("Fresh noise a step: 0 is the ODE"))
_ETA_OFF = Option("eta", tr("Eta"), 0.0, 0.0, 2.0, tr("Fresh noise a step: 0 is the ODE, 1 the ancestral form"))
_HEUN = Option(
    "heun", tr("Exact line"), 0, 0, 1, tr("0: D at the middle of the step; 1: its line integrated exactly"), True
)
_EXACT = Option("exact", tr("Exact weights"), 0, 0, 1, tr("0: as published, second order; 1: third order"), True)
_LOWER = Option("lower_final", tr("Lower order at the end"), 1, 0, 1, tr("Steadier where few steps end at 0"), True)
_INNER = tr("Langevin steps at every noise level")
_SNR = Option("snr", tr("Signal to noise"), 0.16, 0.01, 1.0, tr("Size of a Langevin step"))


def _order(default: int, most: int) -> Option:
    return Option("order", tr("Order"), default, 1, most, tr("How many answers a step uses at most"), True)


SAMPLERS: tuple[Sampler, ...] = (
    Sampler(
        "euler", tr("Euler (DDIM)"), tr("One slope a step; DDIM, and Euler of a rectified flow"), aliases=("ddim",)
    ),
    Sampler(
        "ancestral",
        tr("Ancestral (DDPM)"),
        tr("Euler down, fresh noise up; eta 1 is DDPM"),
        1,
        True,
        (_ETA,),
        ("ddpm",),
    ),
    Sampler(
        "heun",
        tr("Heun (EDM)"),
        tr("Two slopes a step, with EDM's churn"),
        2,
        options=(
            Option("churn", tr("Churn"), 0.0, 0.0, 100.0, tr("EDM's S_churn: 0 is the ODE")),
            Option("churn_min", tr("Churn from"), 0.0, 0.0, 1e3),
            Option("churn_max", tr("Churn to"), 1e9, 0.0, 1e9),
            Option("churn_noise", tr("Churn noise"), 1.0, 0.0, 2.0),
        ),
    ),
    Sampler("dpm2", "DPM2", tr("Midpoint in ln sigma, two slopes a step"), 2, options=(_ETA_OFF,)),
    Sampler("dpm++1s", tr("DPM-Solver++ 1S"), tr("First order in the data; the same numbers as Euler")),
    Sampler(
        "dpm++2s", tr("DPM-Solver++ 2S"), tr("Midpoint in the data, two evaluations a step"), 2, options=(_ETA_OFF,)
    ),
    Sampler(
        "dpm++2m",
        tr("DPM-Solver++ 2M"),
        tr("Two-step in the data; the usual choice for 10 to 30 steps"),
        options=(_HEUN,),
    ),
    Sampler("dpm++3m", tr("DPM-Solver++ 3M"), tr("Three-step in the data"), options=(_EXACT, _HEUN, _LOWER)),
    Sampler("dpm++sde", tr("DPM-Solver++ SDE"), tr("Midpoint with fresh noise"), 2, True, (_ETA,)),
    Sampler("dpm++2m-sde", tr("DPM-Solver++ 2M SDE"), tr("Two-step with fresh noise"), 1, True, (_ETA, _HEUN)),
    Sampler(
        "dpm++3m-sde",
        tr("DPM-Solver++ 3M SDE"),
        tr("Three-step with fresh noise"),
        1,
        True,
        (_ETA, _EXACT, replace(_HEUN, default=1)),
    ),
    Sampler(
        "unipc",
        "UniPC",
        tr("Predicts, then corrects the step before at no extra cost"),
        options=(
            _order(3, 5),
            Option("variant", tr("Variant"), 2, 1, 2, tr("The paper's B1(h) or B2(h)"), True),
            _LOWER,
        ),
    ),
    Sampler(
        "deis",
        "DEIS",
        tr("Exponential integrator with polynomial extrapolation of the noise"),
        options=(_order(3, 4), _LOWER),
    ),
    Sampler("ipndm", "iPNDM", tr("Adams-Bashforth on the noise; strong at few steps"), options=(_order(4, 4),)),
    Sampler("ipndm-v", "iPNDM-v", tr("The same with weights for uneven steps, as published"), options=(_order(4, 4),)),
    Sampler("lms", "LMS", tr("Adams-Bashforth with the exact weights of uneven steps"), options=(_order(4, 4),)),
    Sampler("pndm", "PNDM (PLMS)", tr("iPNDM whose first step is taken twice; what Stable Diffusion came with")),
    Sampler(
        "dpm++2m-lower",
        tr("DPM-Solver++ 2M, Euler last"),
        tr("2M whose last step is Euler's, for levels that do not end at 0"),
        options=(_HEUN, Option("always", tr("At any count"), 0, 0, 1, tr("0: below 15 steps"), True)),
    ),
    Sampler(
        "ddim-clamped",
        tr("DDIM, clamped"),
        tr("D is held within the range of the data and the noise is not, as in DDPM folders"),
        options=(Option("clamp", tr("Clamp"), 1.0, 0.01, 100.0, tr("D stays within minus this and this")), _ETA_OFF),
    ),
    Sampler(
        "ddpm-large", tr("DDPM, large variance"), tr("The ancestral mean with the wider of DDPM's two noises"), 1, True
    ),
    Sampler(
        "gaussian",
        tr("Gaussian residual"),
        tr("Solves the data's Gaussian exactly and steps through what is left; the fewest steps, best after a jump"),
        options=(
            Option("order", tr("Order"), 3, 1, 4),
            Option(
                "learned", tr("Learned weights"), 0, 0, 1, tr("With the Learned schedule after a jump, up to 20 steps")
            ),
        ),
        moments=True,
    ),
    Sampler(
        "langevin",
        tr("Annealed Langevin"),
        tr("SMLD: a few Langevin steps at every noise level"),
        5,
        True,
        (
            Option("inner", tr("Steps a level"), 5, 1, 100, _INNER, True),
            replace(_SNR, default=0.5, tip=tr("Size of a Langevin step; below 0.3 five steps a level do not keep up")),
        ),
    ),
    Sampler(
        "pc",
        tr("Predictor-corrector"),
        tr("Score SDE: Langevin steps, then a reverse-SDE step"),
        2,
        True,
        (
            Option("inner", tr("Corrections"), 1, 0, 20, _INNER, True),
            _SNR,
            Option("norms", tr("Published step size"), 0, 0, 1, tr("1: from the norms of noise and score"), True),
        ),
    ),
)

SCHEDULES: tuple[ScheduleName, ...] = (
    ScheduleName("karras", tr("Karras"), tr("Even in sigma^(1/rho); dense at low noise")),
    ScheduleName("exponential", tr("Exponential"), tr("Even in ln sigma")),
    ScheduleName("linear-beta", tr("Linear beta (DDPM)"), tr("Even steps of a VP model's linear beta table")),
    ScheduleName("scaled-linear", tr("Scaled linear (SD)"), tr("Even steps of Stable Diffusion's table")),
    ScheduleName("cosine", tr("Cosine"), tr("Even steps of the cosine table")),
    ScheduleName("flow", tr("Flow"), tr("Even in t = sigma / (1 + sigma); from infinity where the model allows it")),
    ScheduleName("ays", tr("Align your steps"), tr("Published optimised levels, interpolated in ln sigma")),
    ScheduleName("learned", tr("Learned"), tr("Learned against exact paths, for the Gaussian sampler after a jump")),
    ScheduleName("custom", tr("Drawn"), tr("The curve as it was dragged")),
)
OWN = ScheduleName("own", tr("The folder's own"), tr("Levels, start, end and clamp as the folder's scheduler has them"))
"""For models with a pipeline of their own (`ModelInfo.own`)."""

ANALYTIC: tuple[tuple[str, str], ...] = (
    ("analytic:gaussian", tr("One Gaussian (2-D)")),
    ("analytic:mixture", tr("Eight Gaussians (2-D)")),
    ("analytic:spirals", tr("Two spirals (2-D)")),
    ("analytic:moons", tr("Two moons (2-D)")),
    ("analytic:checkerboard", tr("Checkerboard (2-D)")),
    ("analytic:digits", tr("Digits, mixture (exact)")),
    ("analytic:digits-set", tr("Digits, finite set (exact)")),
)
"""Models whose optimal denoiser has a closed form. `analytic:images:FOLDER` is a finite set of one's own pictures."""


def sampler(id: str) -> Sampler | None:
    """The entry of an id or alias."""
    return next((entry for entry in SAMPLERS if id == entry.id or id in entry.aliases), None)


def schedules(own: bool) -> tuple[ScheduleName, ...]:
    """Those that a model can take. own: it has a pipeline of its own."""
    return (OWN, *SCHEDULES) if own else SCHEDULES


def schedule(id: str) -> ScheduleName | None:
    """The entry of an id."""
    return next((entry for entry in (OWN, *SCHEDULES) if entry.id == id), None)


def usual(info: ModelInfo) -> SampleSpec:
    """The run of a model when nothing is said: as its own pipeline runs, else 20 steps of DPM-Solver++ 2M."""
    own = info.own
    if own is None:
        return SampleSpec(info.name, schedule=Schedule("flow" if info.process == "flow" else "karras"))
    levels, guidance = Schedule(OWN.id, shift=own.shift), Guidance(own.guidance)
    return SampleSpec(info.name, own.sampler, own.steps, levels, dict(own.options), guidance)


def rescheduled(levels: Schedule, name: str) -> Schedule:
    """Levels by another name; the shift of a folder's own suits a flow alone."""
    kept = levels.name != OWN.id or name in (OWN.id, "flow")
    return replace(levels, name=name, shift=levels.shift if kept else 1.0)
