"""Checks of a run before anything is opened. No torch: the window checks the form, too.

Each refusal is one sentence that says what is wrong and what would be right.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from engines.attention.types import KINDS
from engines.core.errors import FileMissing, UsageError
from engines.core.words import control, tr
from engines.generative.diffusion.axis import own_levels
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.types import ModelInfo, SampleSpec

MOST_STEPS = 1000
MOST_SAMPLES = 9999
LEAST_SIDE, MOST_SIDE = 8, 4096
MOST_SEED = 2**63
SILENT_AT_INFINITY = ("eps", "score", "edm")


def check_request(spec: SampleSpec) -> None:
    """Raise `UsageError` for what makes no sense whatever the model is."""
    for problem, hint in _problems(spec):
        raise UsageError(problem, hint=hint)
    _check_sampler(spec)
    _check_kernel(spec.kernel)
    _check_start(spec)


def check_against(spec: SampleSpec, info: ModelInfo) -> None:
    """Raise `UsageError` for what this model cannot do."""
    for problem, hint in _misfits(spec, info):
        raise UsageError(problem, hint=hint)
    first = own_levels.values(spec.schedule, spec.steps, info)[0]
    if first == math.inf and not info.exact and info.prediction in SILENT_AT_INFINITY:
        hint = tr("Give a finite {highest}", highest=control(tr("Highest noise"), "--sigma-max"))
        raise UsageError(
            tr("A network that predicts '{prediction}' says nothing at infinite noise", prediction=info.prediction),
            hint=hint,
        )


def class_of(spec: SampleSpec, sample: int) -> int | None:
    """The class that a sample is to have, None for no class."""
    if not spec.classes:
        return None
    return spec.classes[0] if len(spec.classes) == 1 else spec.classes[sample]


def _problems(spec: SampleSpec) -> Iterator[tuple[str, str]]:
    weight, seeds = spec.guidance.weight, spec.seeds
    if spec.steps < 1:
        yield tr("{steps} steps draw nothing", steps=spec.steps), tr("Ask for 1 step at least")
    if spec.steps > MOST_STEPS:
        yield (
            tr("{steps} steps are more than {most_steps}", steps=spec.steps, most_steps=MOST_STEPS),
            tr("Twenty are usual; more than a thousand gain nothing"),
        )
    if not seeds:
        yield tr("There is no seed, so there is nothing to draw"), tr("Give a seed for each sample")
    if len(seeds) > MOST_SAMPLES:
        yield (
            tr("{count} samples in one run are too many", count=len(seeds)),
            tr("At most {most_samples}; queue several runs", most_samples=MOST_SAMPLES),
        )
    if any(not 0 <= seed < MOST_SEED for seed in seeds):
        yield tr("A seed is a whole number from 0 to 2^63 - 1"), tr("Change that seed")
    if not math.isfinite(weight):
        yield tr("The guidance weight is {weight}", weight=weight), tr("Give a finite number; 1 is no guidance")
    if spec.guidance.interval is not None and not spec.guidance.interval[0] < spec.guidance.interval[1]:
        yield tr("The guidance interval is empty"), tr("Give the lower noise level first")
    if len(spec.classes) > 1 and len(spec.classes) != len(seeds):
        yield (
            tr("{classes} classes for {samples} samples", classes=len(spec.classes), samples=len(seeds)),
            tr("Give one for all or one a sample"),
        )
    if spec.batch < 0:
        yield tr("A batch cannot be negative"), tr("0 takes all samples at once")
    if spec.preview_every < 0:
        yield tr("Previews cannot come every few steps less than none"), tr("0 shows none")


def _misfits(spec: SampleSpec, info: ModelInfo) -> Iterator[tuple[str, str]]:
    count = len(info.classes)
    if info.needs_prediction and not spec.prediction:
        yield (
            tr("Nothing says what this network predicts"),
            tr("Choose eps, x0, v, u, score or edm; its authors say which"),
        )
    if (spec.prompt or spec.negative) and not info.text:
        yield tr("{info} takes no prompt", info=info.title), tr("Leave it empty, or choose a model with text")
    if spec.classes and not count:
        yield tr("{info} knows no classes", info=info.title), tr("Leave the class empty")
    if any(not 0 <= label <= count for label in spec.classes):
        yield (
            tr(
                "{info} has the classes 0 to {count}; {classes} is none",
                info=info.title,
                count=count - 1,
                classes=max(spec.classes),
            ),
            tr("{count} means no class", count=count),
        )
    if spec.size is not None:
        yield from _size_misfits(spec.size, info)
    if spec.teleport and not info.moments:
        yield (
            tr("The mean and covariance of {info}'s data are not known", info=info.title),
            tr("Sample it without teleport"),
        )
    if spec.guidance.kind == "cfg" and spec.guidance.weight != 1 and not (count or info.text):
        yield (
            tr("{info} has nothing to guide to: no classes and no text", info=info.title),
            tr("Set the guidance weight to 1"),
        )
    if spec.guidance.kind == "auto" and spec.guidance.weight != 1 and not (spec.guidance.weak or info.weak):
        yield tr("There is no weaker version of {info}", info=info.title), tr("Name a model to guide away from")
    if spec.guidance.kind == "classifier" and spec.guidance.weight != 0:
        if not (spec.guidance.classifier or info.classifier):
            yield (
                tr("There is no classifier that guides {info}", info=info.title),
                tr("Name one that was trained on noised pictures"),
            )
        if not spec.classes:
            yield tr("A classifier guides to a class, and none is chosen"), tr("Choose a class")
    if spec.start is not None and spec.start.kind != "between" and len(info.shape) != 3:
        yield tr("{info} draws points: there is no picture to begin with", info=info.title), tr("Begin at noise")


def _size_misfits(size: tuple[int, int], info: ModelInfo) -> Iterator[tuple[str, str]]:
    if info.kind == "diffusers" and not info.multiple:
        height, width = (side * info.factor for side in info.shape[1:])
        if tuple(size) != (height, width):
            yield (
                tr("{info} draws {height} x {width} and nothing else", info=info.title, height=height, width=width),
                tr("Leave the size empty"),
            )
    elif info.kind != "diffusers":
        if tuple(size) != tuple(info.shape[1:]):
            wanted = " x ".join(map(str, info.shape[1:])) or tr("points")
            yield (
                tr("{info} draws {wanted} and nothing else", info=info.title, wanted=wanted),
                tr("Leave the size empty"),
            )
    elif any(side % info.multiple or not LEAST_SIDE <= side <= MOST_SIDE for side in size):
        yield (
            tr("{height} x {width} does not fit {info}", height=size[0], width=size[1], info=info.title),
            tr("Sides are multiples of {multiple}", multiple=info.multiple),
        )


def _check_sampler(spec: SampleSpec) -> None:
    entry = catalog.sampler(spec.sampler)
    if entry is None:
        known = ", ".join(sampler.id for sampler in catalog.SAMPLERS)
        raise UsageError(
            tr("There is no sampler '{sampler}'", sampler=spec.sampler), hint=tr("Known are {known}", known=known)
        )
    options = {option.name: option for option in entry.options}
    for name, value in spec.options.items():
        if name not in options:
            hint = tr("It has {options}", options=", ".join(options)) if options else tr("It has none")
            raise UsageError(tr("{entry} has no option '{name}'", entry=entry.title, name=name), hint=hint)
        if not options[name].low <= value <= options[name].high:
            hint = tr("From {low:g} to {high:g}", low=options[name].low, high=options[name].high)
            raise UsageError(tr("{options} cannot be {value:g}", options=options[name].title, value=value), hint=hint)


def _check_kernel(name: str) -> None:
    """A kernel that is named without a version was asked for by a person, and must be an exact one."""
    known = [kind.id for kind in KINDS if kind.exact]
    if name and " " not in name and name not in known:
        raise UsageError(
            tr("There is no attention kernel '{name}' to sample with", name=name),
            hint=tr("Known are {known}", known=", ".join(known)),
        )


def _check_start(spec: SampleSpec) -> None:
    start = spec.start
    if start is None:
        return
    if start.kind == "between":
        if len(spec.seeds) < 3:
            raise UsageError(
                tr("A walk between two seeds needs three samples or more"), hint=tr("Ask for more samples")
            )
        return
    if not 0 < start.strength <= 1:
        raise UsageError(
            tr("A strength of {strength:g} is none", strength=start.strength),
            hint=tr("Give a number above 0, 1 at most"),
        )
    if not start.image:
        raise UsageError(tr("No picture is chosen to begin with"), hint=tr("Choose a picture"))
    if not Path(start.image).expanduser().is_file():
        raise FileMissing(tr("There is no such picture"), path=start.image)
    if start.kind == "inpaint" and not start.mask:
        raise UsageError(tr("No mask is chosen to begin with"), hint=tr("Choose a mask"))
    if start.kind == "inpaint" and not Path(start.mask).expanduser().is_file():
        raise FileMissing(tr("There is no such mask"), path=start.mask)
