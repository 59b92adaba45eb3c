"""What the diffusion panel would run, as the `main.py sample` line that does the same without the window."""

from __future__ import annotations

import math
import os
import shlex
import subprocess
from dataclasses import fields, replace
from typing import Any

from engines.generative.diffusion.studies.types import CompareSpec, CurveSpec, FlowSpec
from engines.generative.diffusion.types import SampleSpec
from engines.generative.training.types import TrainSpec

START = ("python", "main.py", "sample")


def command_line(spec: SampleSpec) -> str:
    """Quoted for this system's shell."""
    return _line([spec.model, *sample_words(spec)])


def compare_line(spec: CompareSpec) -> str:
    """The grid: the base's options, then the two axes."""
    words = ["compare", spec.base.model, *_base(spec.base), "--x", f"{spec.x}={','.join(spec.x_values)}"]
    if spec.y_values:
        words += ["--y", f"{spec.y}={','.join(spec.y_values)}"]
    return _line(words)


def _base(spec: SampleSpec) -> list[str]:
    """What all cells share."""
    words = ["--sampler", spec.sampler, "--steps", str(spec.steps), "--schedule", spec.schedule.name]
    if spec.guidance.weight != 1:
        words += ["--guidance", _number(spec.guidance.weight)]
    words += ["--seed", str(spec.seeds[0] if spec.seeds else 0)]
    return words + (["--class", str(spec.classes[0])] if spec.classes else [])


def train_line(spec: TrainSpec) -> str:
    return _line(["train", *_changed(spec, TrainSpec("", ""), first=("data", "out"))])


def flow_line(spec: FlowSpec) -> str:
    usual = FlowSpec(samplers=spec.samplers)
    words = ["flow", spec.model, "--sampler", ",".join(spec.samplers)]
    return _line([*words, *_changed(spec, replace(usual, model=spec.model, grid=spec.grid))])


def curves_line(spec: CurveSpec) -> str:
    words = ["curves", spec.model, "--sampler", ",".join(spec.samplers)]
    words += ["--evaluations", ",".join(map(str, spec.evaluations)), "--starts", str(spec.starts)]
    return _line([*words, "--seed", str(spec.seed)])


def sample_words(spec: SampleSpec) -> list[str]:
    """The options of a run, those that are as they always are left out."""
    words = ["--sampler", spec.sampler, "--steps", str(spec.steps), "--schedule", spec.schedule.name]
    words += _schedule(spec) + _guidance(spec) + _seeds(spec)
    for name, value in spec.options.items():
        words += ["--option", f"{name}={_number(value)}"]
    if spec.teleport:
        words.append("--teleport")
    plain = SampleSpec("")
    for name in ("teleport_to", "prompt", "negative", "batch", "device", "precision"):
        if getattr(spec, name) != getattr(plain, name):
            words += [_option(name), _word(getattr(spec, name))]
    if spec.size is not None:
        words += ["--size", f"{spec.size[0]}x{spec.size[1]}"]
    if spec.prediction:
        words += ["--predicts", spec.prediction]
    return words + (["--exact"] if spec.exact else []) + _start(spec) + (["--out", spec.out] if spec.out else [])


def _schedule(spec: SampleSpec) -> list[str]:
    schedule, words = spec.schedule, []
    for name, usual in (("sigma_min", None), ("sigma_max", None), ("rho", 7.0), ("shift", 1.0)):
        if (value := getattr(schedule, name)) != usual:
            words += [_option(name), _word(value)]
    if schedule.points:
        words += ["--points", ",".join(f"{_number(x)}:{_number(y)}" for x, y in schedule.points)]
    return words


def _guidance(spec: SampleSpec) -> list[str]:
    guidance = spec.guidance
    if guidance.weight == 1:
        return []
    words = ["--guidance", _number(guidance.weight)]
    if guidance.kind != "cfg":
        words += ["--guidance-kind", guidance.kind]
    if guidance.interval is not None:
        words += ["--interval", ":".join(map(_number, guidance.interval))]
    for name in ("weak", "classifier"):
        if value := getattr(guidance, name):
            words += [_option(name), value]
    return words


def _seeds(spec: SampleSpec) -> list[str]:
    seeds = spec.seeds or (0,)
    words = ["--seed", str(seeds[0])]
    if len(seeds) > 1 and seeds == tuple(range(seeds[0], seeds[0] + len(seeds))):
        words += ["-n", str(len(seeds))]
    elif len(seeds) > 1:
        words = ["--seeds", ",".join(map(str, seeds))]
    if spec.classes:
        words += ["--class", ",".join(map(str, spec.classes))]
    return words


def _start(spec: SampleSpec) -> list[str]:
    if spec.start is None:
        return []
    words = ["--start", spec.start.kind]
    for name in ("image", "mask"):
        if value := getattr(spec.start, name):
            words += [_option(name), value]
    return words if spec.start.strength == 0.6 else [*words, "--strength", _number(spec.start.strength)]


def _changed(spec: Any, usual: Any, first: tuple[str, ...] = ()) -> list[str]:
    """Options for the fields that differ from the usual, `first` of them always."""
    words: list[str] = []
    for field in fields(spec):
        value = getattr(spec, field.name)
        if field.name not in first and value == getattr(usual, field.name):
            continue
        words += [_option(field.name), _word(value)] if not isinstance(value, bool) else [_switch(field.name, value)]
    return words


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _switch(name: str, on: bool) -> str:
    return _option(name) if on else f"--no-{name.replace('_', '-')}"


def _word(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(_word, value))
    return _number(value) if isinstance(value, float) else str(value)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def _line(words: list[str]) -> str:
    whole = [*START, *words]
    return subprocess.list2cmdline(whole) if os.name == "nt" else shlex.join(whole)
