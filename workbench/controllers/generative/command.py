"""Command lines of `main.py sample` that do without the window what the diffusion panel would do."""

from __future__ import annotations

import math
import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from engines.core.installing import CALLED
from engines.generative.diffusion.study_types import CompareSpec, CurveSpec, FlowSpec, PrecisionSpec
from engines.generative.diffusion.types import Guidance, SampleSpec, Schedule
from engines.generative.training.types import TrainSpec
from workbench.controllers.common.command_line import but, saying

MAIN = (*CALLED, "sample")
ALWAYS = ("sampler", "steps", "schedule", "seed")
"""Options that are written even where they are as usual."""


SHOWN = ("preview_every", "keep_steps")
"""What is shown on the way, and changes no result."""
STUDIES = "engines.generative.diffusion.studies"


@saying("engines.generative.diffusion.sampling.job:run", *but(SampleSpec))
def command_line(spec: SampleSpec) -> str:
    """Quoted for this system's shell."""
    usual = _sampled(SampleSpec("")) | {"image": "", "mask": "", "strength": 0.6}
    return _line(spec.model, *_options(_sampled(spec), usual, (*ALWAYS, *_unsure(spec))))


def _is_plain(spec: CompareSpec) -> bool:
    """Whether the runs of a grid share no more than its line can say."""
    run = spec.base
    same = {name: getattr(run, name) for name in ("sampler", "steps", "seeds", "classes", *SHOWN)}
    said = SampleSpec(run.model, schedule=Schedule(run.schedule.name), guidance=Guidance(run.guidance.weight), **same)
    return run == said and len(run.seeds) == 1 and len(run.classes) <= 1 and bool(spec.y_values)


@saying(f"{STUDIES}.comparison:run", *but(CompareSpec, "out"), when=_is_plain)
def compare_line(spec: CompareSpec) -> str:
    """The grid: what all cells share, then the two axes."""
    base = {name: value for name, value in _sampled(spec.base).items() if name in (*ALWAYS, "guidance")}
    shared = base | {"seed": spec.base.seeds[0] if spec.base.seeds else 0, "class": spec.base.classes[:1]}
    words = _options(shared, {"guidance": 1.0, "class": ()}, (*ALWAYS, *_unsure(spec.base)))
    for axis, name, values in (("--x", spec.x, spec.x_values), ("--y", spec.y, spec.y_values)):
        words += [axis, f"{name}={','.join(values)}"] if values else []
    return _line("compare", spec.base.model, *words)


def _unsure(spec: SampleSpec) -> tuple[str, ...]:
    """Options that a folder has its own mind of when they are left out."""
    own = ("shift",) if spec.schedule.name == "own" else ()
    return (*own, "guidance") if os.path.isdir(os.path.expanduser(spec.model)) else own


@saying("engines.generative.training.job:run", *but(TrainSpec))
def train_line(spec: TrainSpec) -> str:
    return _line("train", *_options(_named(spec), _named(TrainSpec("", "")), ("data", "out")))


@saying(f"{STUDIES}.flow:run", *but(FlowSpec, "grid"))
def flow_line(spec: FlowSpec) -> str:
    told = _named(spec)
    del told["model"], told["grid"]
    told = {"sampler": told.pop("samplers")} | told
    return _line("flow", spec.model, *_options(told, _named(FlowSpec())))


@saying(f"{STUDIES}.error_curves:run", *but(CurveSpec, "teleport", "schedule"))
def curves_line(spec: CurveSpec) -> str:
    told = {"sampler": spec.samplers, "evaluations": spec.evaluations, "starts": spec.starts, "seed": spec.seed}
    return _line("curves", spec.model, *_options(told, {}))


def _is_usual(spec: PrecisionSpec) -> bool:
    """Whether a run is a model's usual one but for what its line says; a folder has a mind of its own."""
    run = spec.base
    usual = PrecisionSpec.of(SampleSpec(run.model), run.seeds, run.steps, run.guidance.weight, run.kernel)
    in_turn = run.seeds == tuple(range(run.seeds[0], run.seeds[0] + len(run.seeds)))
    return spec == usual and in_turn and not os.path.isdir(os.path.expanduser(run.model))


@saying(f"{STUDIES}.precision:run", "base", when=_is_usual)
def precision_line(spec: PrecisionSpec) -> str:
    run = spec.base
    told = {"n": len(run.seeds), "steps": run.steps, "guidance": run.guidance.weight, "kernel": run.kernel}
    told |= {"seed": run.seeds[0]}
    return _line("precision", run.model, *_options(told, {"guidance": 1.0, "kernel": ""}))


def _sampled(spec: SampleSpec) -> dict[str, Any]:
    """The options of a run by their names; guidance that changes nothing is as usual."""
    schedule = spec.schedule
    guidance = spec.guidance if spec.guidance.weight != 1 else Guidance()
    plain = ("teleport", "teleport_to", "prompt", "negative", "batch", "device", "precision", "exact", "kernel", "out")
    return {
        "sampler": spec.sampler,
        "steps": spec.steps,
        "schedule": schedule.name,
        **{name: getattr(schedule, name) for name in ("sigma_min", "sigma_max", "rho", "shift")},
        "points": tuple(map(_pair, schedule.points)),
        "guidance": guidance.weight,
        "guidance_kind": guidance.kind,
        "interval": _pair(guidance.interval or ()),
        "weak": guidance.weak,
        "classifier": guidance.classifier,
        **_seeds(spec.seeds or (0,)),
        "class": spec.classes,
        "option": [f"{name}={_word(value)}" for name, value in spec.options.items()],
        "size": "x".join(map(str, spec.size or ())),
        "predicts": spec.prediction,
        **_start(spec),
        **{name: getattr(spec, name) for name in plain},
    }


def _start(spec: SampleSpec) -> dict[str, Any]:
    if spec.start is None:
        return {}
    return {"start": spec.start.kind} | {name: getattr(spec.start, name) for name in ("image", "mask", "strength")}


def _seeds(seeds: tuple[int, ...]) -> dict[str, object]:
    if seeds == tuple(range(seeds[0], seeds[0] + len(seeds))):
        return {"seed": seeds[0], "n": len(seeds)}
    return {"seeds": seeds}


def _named(spec: Any) -> dict[str, Any]:
    return {field.name: getattr(spec, field.name) for field in fields(spec)}


def _options(told: Mapping[str, object], usual: Mapping[str, object], always: tuple[str, ...] = ()) -> list[str]:
    """Words for the options that differ from the usual, and for some always."""
    differ = [(name, value) for name, value in told.items() if name in always or value != usual.get(name)]
    return [word for name, value in differ for word in _option(name, value)]


def _option(name: str, value: object) -> list[str]:
    title = name.replace("_", "-")
    if isinstance(value, bool):
        return [f"--{title}" if value else f"--no-{title}"]
    values = value if isinstance(value, list) else [value]
    return [word for one in values for word in ("-n" if name == "n" else f"--{title}", _word(one))]


def _word(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(_word, value))
    if not isinstance(value, float) or not math.isfinite(value):
        return str(value)
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _pair(values: tuple[float, ...]) -> str:
    return ":".join(map(_word, values))


def _line(*words: str) -> str:
    whole = [*MAIN, *words]
    return subprocess.list2cmdline(whole) if os.name == "nt" else shlex.join(whole)
