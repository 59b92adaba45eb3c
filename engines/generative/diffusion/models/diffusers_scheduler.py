"""A diffusers scheduler's configuration read as values of the one axis: sampler, noise levels, start, end and clamp.

No torch and no diffusers: the classes are known by name, with the defaults that their constructors have in diffusers
0.42. What cannot be done as the class does it is said in a note.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from engines.core.words import tr
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.pipeline_types import Betas, Clamp, Curve, Grid, Own, Spacing

Config = dict[str, Any]
Taken = tuple[str, dict[str, float]]
"""A sampler and its options."""

CURVES: tuple[tuple[str, Curve], ...] = (
    ("use_karras_sigmas", "karras"), ("use_exponential_sigmas", "exponential"), ("use_beta_sigmas", "beta"),
    ("use_lu_lambdas", "exponential"),
)  # fmt: skip
LEAST = 2.0**-24
"""abar that the scaled schedulers put for 0."""
FEW = 15
"""Steps from which on DPM-Solver no longer lowers its order at the end."""
COSINE = "squaredcos_cap_v2"
COMMON: Config = {"beta_start": 1e-4, "beta_end": 0.02, "timestep_spacing": "linspace"}
LATENT: Config = COMMON | {"beta_start": 0.00085, "beta_end": 0.012}
STEPPED: Config = COMMON | {"timestep_spacing": "leading"}
CLIPPED: Config = STEPPED | {"clip_sample": True}

ALWAYS = (
    "num_train_timesteps", "beta_start", "beta_end", "beta_schedule", "trained_betas", "timestep_spacing",
    "steps_offset",
)  # fmt: skip
CLIP = ("clip_sample", "clip_sample_range")
THRESHOLD = ("thresholding", "dynamic_thresholding_ratio", "sample_max_value")
ZERO = ("rescale_betas_zero_snr",)
LAST = ("final_sigmas_type", *ZERO)
CURVED = ("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas")
EDGES = ("sigma_min", "sigma_max")
SOLVER = ("solver_order", "solver_type", "lower_order_final", "use_flow_sigmas", *THRESHOLD, *CURVED)
FLOW = (
    "shift", "flow_shift", "use_dynamic_shifting", "base_shift", "max_shift", "base_image_seq_len", "max_image_seq_len",
    "time_shift_type", "shift_terminal", "invert_sigmas", "stochastic_sampling", *CURVED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """What all schedulers of a class share. take: the sampler that a configuration asks for. reads: the settings that
    it has beside `ALWAYS`; a configuration may hold those of other classes. usual: defaults.

    scaled: its states are y, not x, and sigma is linear between whole steps. solver: it spaces its steps for one more.
    stride: see `Grid`. flow: for a flow.
    """

    take: Callable[[Config], Taken]
    reads: tuple[str, ...] = ()
    usual: Config = field(default_factory=lambda: COMMON)
    scaled: bool = False
    solver: bool = False
    stride: bool = False
    flow: bool = False


def _ddim(config: Config) -> Taken:
    if config.get("clip_sample") and not config.get("thresholding"):
        return "ddim-clamped", {"clamp": float(config.get("clip_sample_range") or 1.0)}
    return "euler", {}


def _ddpm(config: Config) -> Taken:
    large = str(config.get("variance_type") or "").startswith("fixed_large")
    return ("ddpm-large" if large else "ancestral"), {}


def _dpm(config: Config) -> Taken:
    order, kind = _order(config), str(config.get("algorithm_type") or "dpmsolver++")
    heun = {"heun": 1.0} if config.get("solver_type") == "heun" else {}
    if not kind.endswith("++"):
        return _of_noise(kind, order, config)
    if kind.startswith("sde"):
        return [("ancestral", {}), ("dpm++2m-sde", heun), ("dpm++3m-sde", {"heun": 0.0} | heun)][order - 1]
    if order == 2 and _ends_low(config) and (_lower(config) or config.get("euler_at_final")):
        return "dpm++2m-lower", heun | {"always": float(bool(config.get("euler_at_final")))}
    return [("euler", {}), ("dpm++2m", heun), ("dpm++3m", heun | {"lower_final": _lower(config)})][order - 1]


def _of_noise(kind: str, order: int, config: Config) -> Taken:
    """For DPM-Solver in the noise, whose first order is Euler; the others have no equal here."""
    if kind.startswith("sde"):
        return "dpm++2m-sde", {}
    return ("euler", {}) if order == 1 else ("deis", {"order": float(order), "lower_final": _lower(config)})


def _unipc(config: Config) -> Taken:
    variant = 1.0 if config.get("solver_type") == "bh1" else 2.0
    return "unipc", {"order": float(_order(config, 5)), "variant": variant, "lower_final": _lower(config)}


def _deis(config: Config) -> Taken:
    return "deis", {"order": float(_order(config)), "lower_final": _lower(config)}


def _order(config: Config, most: int = 3) -> int:
    return min(max(int(config.get("solver_order") or 2), 1), most)


def _lower(config: Config) -> float:
    return float(bool(config.get("lower_order_final", True)))


def _plain(sampler: str, **options: float) -> Callable[[Config], Taken]:
    return lambda config: (sampler, dict(options))


KINDS: dict[str, Kind] = {
    "DDPMScheduler": Kind(_ddpm, ("variance_type", *CLIP, *THRESHOLD, *ZERO), CLIPPED),
    "DDIMScheduler": Kind(_ddim, ("set_alpha_to_one", *CLIP, *THRESHOLD, *ZERO), CLIPPED, stride=True),
    "PNDMScheduler": Kind(_plain("pndm"), ("set_alpha_to_one", "skip_prk_steps"), STEPPED, stride=True),
    "EulerDiscreteScheduler": Kind(
        _plain("euler"),
        ("interpolation_type", "timestep_type", *CURVED, *EDGES, *LAST),
        scaled=True,
    ),
    "EulerAncestralDiscreteScheduler": Kind(_plain("ancestral"), ZERO, scaled=True),
    "HeunDiscreteScheduler": Kind(_plain("heun"), (*CLIP, *CURVED), LATENT, scaled=True),
    "KDPM2DiscreteScheduler": Kind(_plain("dpm2"), CURVED, LATENT, scaled=True),
    "KDPM2AncestralDiscreteScheduler": Kind(_plain("dpm2", eta=1.0), CURVED, LATENT, scaled=True),
    "LMSDiscreteScheduler": Kind(_plain("lms"), CURVED, scaled=True),
    "DPMSolverMultistepScheduler": Kind(
        _dpm,
        ("algorithm_type", "euler_at_final", "use_lu_lambdas", "lambda_min_clipped", *SOLVER, *LAST),
        solver=True,
    ),
    "UniPCMultistepScheduler": Kind(
        _unipc, ("predict_x0", "disable_corrector", "solver_p", *EDGES, *SOLVER, *LAST), solver=True
    ),
    "DEISMultistepScheduler": Kind(_deis, SOLVER, solver=True),
    "FlowMatchEulerDiscreteScheduler": Kind(_plain("euler"), FLOW, flow=True),
}
NEAREST: dict[str, Kind] = {
    "DPMSolverSinglestepScheduler": Kind(_plain("dpm++2m"), (*THRESHOLD, *CURVED), solver=True),
    "DPMSolverSDEScheduler": Kind(_plain("dpm++sde"), CURVED, LATENT, scaled=True),
    "FlowMatchHeunDiscreteScheduler": Kind(_plain("heun"), ("shift",), flow=True),
}
"""Classes that are not done as they are, with what takes their place."""
OTHER, OTHER_FLOW = Kind(_plain("dpm++2m"), solver=True), KINDS["FlowMatchEulerDiscreteScheduler"]
FOREIGN = ("EDM", "ScoreSde", "CosineDPM", "Karras", "VQ")
"""Beginnings of the names of schedulers whose noise is no variance-preserving table."""


def kind_of(scheduler: str, flow: bool) -> Kind:
    """A class by its name. Raises `ValueError` for one of another process than the model's."""
    kind = KINDS.get(scheduler) or NEAREST.get(scheduler)
    if kind is None:
        if not flow and scheduler.startswith(("FlowM", *FOREIGN)):
            raise ValueError(
                tr("'{scheduler}' is of another noise process than this kind of pipeline", scheduler=scheduler)
            )
        return OTHER_FLOW if flow else OTHER
    if kind.flow is not flow:
        if flow:
            return OTHER_FLOW
        raise ValueError(
            tr("'{scheduler}' is of another noise process than this kind of pipeline", scheduler=scheduler)
        )
    return kind


def completed(scheduler: str, kind: Kind, config: Config) -> Config:
    """What a class reads of a configuration, with its defaults in the place of what is not there."""
    said = {name: config[name] for name in (*ALWAYS, *kind.reads) if config.get(name) is not None}
    return kind.usual | said | {"_class_name": scheduler}


def betas_of(kind: Kind, config: Config) -> Betas:
    """The table of a configuration that is complete. Raises what numbers that make no sense raise."""
    trained = config.get("trained_betas") or ()
    return Betas(
        "trained" if trained else str(config.get("beta_schedule") or "linear"),
        len(trained) or int(config.get("num_train_timesteps") or 1000),
        float(config["beta_start"]),
        float(config["beta_end"]),
        tuple(map(float, trained)),
        bool(config.get("rescale_betas_zero_snr")),
        LEAST if kind.scaled or kind.solver else 0.0,
    )


def grid_of(kind: Kind, config: Config, betas: Betas, lowest: Callable[[float], int]) -> Grid:
    """The levels of a table. lowest: how many steps have ln(1 / sigma) below a number. Raises `ValueError`."""
    curve, (spacing, offset) = _curve(config), _spacing(config, betas.steps)
    clipped = float(config.get("lambda_min_clipped", -math.inf))
    last_zero = config.get("set_alpha_to_one", config["_class_name"] != "PNDMScheduler")
    return Grid(
        betas=betas,
        spacing=spacing,
        offset=offset,
        more=kind.solver and spacing != "trailing",
        whole=not kind.scaled,
        top=betas.steps - lowest(clipped) if math.isfinite(clipped) else 0,
        curve=curve,
        table=kind.solver,
        low=_number(config.get("sigma_min")) if curve else None,
        high=_number(config.get("sigma_max")) if curve else None,
        told=_told(kind, config, curve),
        ends=not last_zero if kind.stride else _ends_low(config),
        stride=kind.stride,
    )


def _spacing(config: Config, trained: int) -> tuple[Spacing, int]:
    """(how steps are spaced, what is added to each)."""
    spacing, offset = config["timestep_spacing"], int(config.get("steps_offset") or 0)
    if spacing not in get_args(Spacing) or not 0 <= offset < trained:
        raise ValueError(tr("steps cannot be spaced by '{spacing}' and {offset}", spacing=spacing, offset=offset))
    return cast(Spacing, spacing), offset


def flow_grid(config: Config, dynamic: bool) -> Grid:
    """The levels of FlowMatchEuler. dynamic: the shift comes from the size, and the last time is not shifted before."""
    trained = int(config.get("num_train_timesteps") or 1000)
    low = 1 / trained if dynamic else None
    terminal = float(config.get("shift_terminal") or 0.0)
    return Grid(None, top=trained, curve=_curve(config), low=low, terminal=terminal)


def dynamic_shift(config: Config, tokens: int) -> float:
    """SD3's shift from the count of patches of a picture: e^mu, mu linear between two sizes."""
    few, many = float(config.get("base_image_seq_len", 256)), float(config.get("max_image_seq_len", 4096))
    low, high = float(config.get("base_shift", 0.5)), float(config.get("max_shift", 1.15))
    mu = low + (high - low) * (tokens - few) / (many - few)
    return mu if config.get("time_shift_type") == "linear" else math.exp(mu)


def clamp_of(config: Config, sampler: str) -> Clamp | None:
    """What is done to D; sampler "ddim-clamped" does it itself."""
    if config.get("thresholding"):
        share = float(config.get("dynamic_thresholding_ratio") or 0.995)
        return Clamp(float(config.get("sample_max_value") or 1.0), share)
    if sampler == "ddim-clamped" or not config.get("clip_sample"):
        return None
    return Clamp(float(config.get("clip_sample_range") or 1.0))


def words(own: Own) -> str:
    """'Euler (DDIM), shift 3'."""
    parts = [_title((own.sampler, own.options))]
    parts += [own.grid.curve.capitalize()] * bool(own.grid.curve) + [tr("shift {shift:.3g}", shift=own.shift)] * (
        own.shift != 1
    )
    return ", ".join(parts)


def _title(taken: Taken) -> str:
    entry = catalog.sampler(taken[0])
    return entry.title if entry is not None else taken[0]


def notes_on(scheduler: str, kind: Kind, config: Config, prediction: str) -> Iterator[str]:
    """What a run does otherwise than the class."""
    title = scheduler.removesuffix("Scheduler")
    if scheduler not in KINDS or KINDS[scheduler] is not kind:
        yield tr(
            "The folder's {title} is not done here; {taken} takes its place",
            title=title,
            taken=_title(kind.take(config)),
        )
    for name, what in UNDONE.items():
        if config.get(name):
            yield tr("The folder's {title} {what}", title=title, what=what)
    if scheduler == "PNDMScheduler":
        if not config.get("skip_prk_steps"):
            yield tr("The folder's PNDM begins with Runge-Kutta steps; here it begins with one corrected step")
        if prediction != "eps":
            yield tr("The folder's PNDM extrapolates what the network gives; here its noise is extrapolated")
    if scheduler == "DDIMScheduler" and config.get("thresholding"):
        yield tr("The folder's DDIM keeps the noise of unclamped data; here it follows the clamped data")
    if scheduler == "DDPMScheduler":
        yield from _variance_notes(config)
    if scheduler == "DPMSolverMultistepScheduler":
        yield from _solver_notes(config)
    if scheduler == "UniPCMultistepScheduler" and config.get("predict_x0") is False:
        yield tr("The folder's UniPC extrapolates noise; here it extrapolates data")
    if config.get("interpolation_type") == "log_linear":
        yield tr(
            "The folder spaces its levels evenly in ln sigma and tells the network other times; that is not done here"
        )
    if config.get("timestep_type") == "continuous" and prediction == "v":
        yield tr("The folder tells its network ln(sigma) / 4 for a time; here it is told the step")


UNDONE = {
    "disable_corrector": tr("leaves its corrector out at some steps; here it is always used"),
    "solver_p": tr("predicts by another solver; here by its own"),
    "use_flow_sigmas": tr("has levels of a flow; those of its table are taken"),
    "stochastic_sampling": tr("draws fresh noise at every step; here it follows the ODE"),
    "invert_sigmas": tr("runs its levels upwards; here they fall"),
}
"""Switches of configurations that are not followed."""


def _variance_notes(config: Config) -> Iterator[str]:
    kind = str(config.get("variance_type") or "fixed_small")
    if kind.startswith("learned"):
        yield tr("The network's own variance is not used; the smaller of DDPM's two takes its place")
    if kind == "fixed_large_log":
        yield tr(
            "The folder's variance 'fixed_large_log' gives no numbers in diffusers; the larger of DDPM's two is drawn"
        )
    if kind == "fixed_large" and int(config.get("steps_offset") or 0):
        yield tr("The folder's DDPM adds noise after its last step too; here it does not")


def _solver_notes(config: Config) -> Iterator[str]:
    kind, order = str(config.get("algorithm_type") or "dpmsolver++"), _order(config)
    if not kind.endswith("++") and (order > 1 or kind.startswith("sde")):
        yield tr(
            "The folder's DPM-Solver of the kind '{kind}' is not done here; {title} takes its place",
            kind=kind,
            title=_title(_dpm(config)),
        )
    if kind == "sde-dpmsolver++" and order == 3:
        yield tr("The folder's third-order SDE solver has a wrong sign in diffusers; here it is as published")
    early = config.get("euler_at_final") or (kind.startswith("sde") and _lower(config))
    if _ends_low(config) and early and (order == 3 or (kind.startswith("sde") and order == 2)):
        yield tr("The folder's last step is of first order (below {few} steps); here it is not", few=FEW)


def _curve(config: Config) -> Curve:
    return next((curve for name, curve in CURVES if config.get(name)), "")


def _told(kind: Kind, config: Config, curve: Curve) -> Literal["", "round", "floor"]:
    """Solvers tell whole steps: rounded for Karras (of a cosine table cut, in DPM-Solver) and Lu, cut for others."""
    if not curve or not kind.solver:
        scaled = config["_class_name"].startswith("KDPM2")
        return "round" if scaled and curve == "karras" else ""
    rounded = curve == "karras" or bool(config.get("use_lu_lambdas"))
    cut = config.get("beta_schedule") == COSINE and config["_class_name"].startswith("DPMSolver")
    return "round" if rounded and not cut else "floor"


def _ends_low(config: Config) -> bool:
    return config["_class_name"].startswith("DEIS") or config.get("final_sigmas_type") == "sigma_min"


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
