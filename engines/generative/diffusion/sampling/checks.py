"""Checks of a run before anything is opened. No torch: the window checks the form, too.

Each refusal is one sentence that says what is wrong and what would be right.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from engines.attention.types import KINDS
from engines.core.errors import FileMissing, UsageError
from engines.generative.diffusion.axis import levels
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
    first = levels.values(spec.schedule, spec.steps, info.sigma_min, info.sigma_max)[0]
    if first == math.inf and not info.exact and info.prediction in SILENT_AT_INFINITY:
        hint = "Give a finite sigma_max"
        raise UsageError(f"A network that predicts '{info.prediction}' says nothing at infinite noise", hint=hint)


def class_of(spec: SampleSpec, sample: int) -> int | None:
    """The class that a sample is to have, None for no class."""
    if not spec.classes:
        return None
    return spec.classes[0] if len(spec.classes) == 1 else spec.classes[sample]


def _problems(spec: SampleSpec) -> Iterator[tuple[str, str]]:
    weight, seeds = spec.guidance.weight, spec.seeds
    if spec.steps < 1:
        yield f"{spec.steps} steps draw nothing", "Ask for 1 step at least"
    if spec.steps > MOST_STEPS:
        yield f"{spec.steps} steps are more than {MOST_STEPS}", "Twenty are usual; more than a thousand gain nothing"
    if not seeds:
        yield "There is no seed, so there is nothing to draw", "Give a seed for each sample"
    if len(seeds) > MOST_SAMPLES:
        yield f"{len(seeds)} samples in one run are too many", f"At most {MOST_SAMPLES}; queue several runs"
    if any(not 0 <= seed < MOST_SEED for seed in seeds):
        yield "A seed is a whole number from 0 to 2^63 - 1", "Change that seed"
    if not math.isfinite(weight):
        yield f"The guidance weight is {weight}", "Give a finite number; 1 is no guidance"
    if spec.guidance.interval is not None and not spec.guidance.interval[0] < spec.guidance.interval[1]:
        yield "The guidance interval is empty", "Give the lower noise level first"
    if len(spec.classes) > 1 and len(spec.classes) != len(seeds):
        yield f"{len(spec.classes)} classes for {len(seeds)} samples", "Give one for all or one a sample"
    if spec.batch < 0:
        yield "A batch cannot be negative", "0 takes all samples at once"
    if spec.preview_every < 0:
        yield "Previews cannot come every few steps less than none", "0 shows none"


def _misfits(spec: SampleSpec, info: ModelInfo) -> Iterator[tuple[str, str]]:
    count = len(info.classes)
    if info.needs_prediction and not spec.prediction:
        yield "Nothing says what this network predicts", "Choose eps, x0, v, u, score or edm; its authors say which"
    if (spec.prompt or spec.negative) and not info.text:
        yield f"{info.title} takes no prompt", "Leave it empty, or choose a model with text"
    if spec.classes and not count:
        yield f"{info.title} knows no classes", "Leave the class empty"
    if any(not 0 <= label <= count for label in spec.classes):
        yield f"{info.title} has the classes 0 to {count - 1}; {max(spec.classes)} is none", f"{count} means no class"
    if spec.size is not None:
        yield from _size_misfits(spec.size, info)
    if spec.teleport and not info.moments:
        yield f"The mean and covariance of {info.title}'s data are not known", "Sample it without teleport"
    if spec.guidance.kind == "cfg" and spec.guidance.weight != 1 and not (count or info.text):
        yield f"{info.title} has nothing to guide to: no classes and no text", "Set the guidance weight to 1"
    if spec.guidance.kind == "auto" and spec.guidance.weight != 1 and not (spec.guidance.weak or info.weak):
        yield f"There is no weaker version of {info.title}", "Name a model to guide away from"
    if spec.guidance.kind == "classifier" and spec.guidance.weight != 0:
        if not (spec.guidance.classifier or info.classifier):
            yield f"There is no classifier that guides {info.title}", "Name one that was trained on noised pictures"
        if not spec.classes:
            yield "A classifier guides to a class, and none is chosen", "Choose a class"
    if spec.start is not None and spec.start.kind != "between" and len(info.shape) != 3:
        yield f"{info.title} draws points: there is no picture to begin with", "Begin at noise"


def _size_misfits(size: tuple[int, int], info: ModelInfo) -> Iterator[tuple[str, str]]:
    if info.kind == "diffusers" and not info.multiple:
        height, width = (side * info.factor for side in info.shape[1:])
        if tuple(size) != (height, width):
            yield f"{info.title} draws {height} x {width} and nothing else", "Leave the size empty"
    elif info.kind != "diffusers":
        if tuple(size) != tuple(info.shape[1:]):
            wanted = " x ".join(map(str, info.shape[1:])) or "points"
            yield f"{info.title} draws {wanted} and nothing else", "Leave the size empty"
    elif any(side % info.multiple or not LEAST_SIDE <= side <= MOST_SIDE for side in size):
        yield f"{size[0]} x {size[1]} does not fit {info.title}", f"Sides are multiples of {info.multiple}"


def _check_sampler(spec: SampleSpec) -> None:
    entry = catalog.sampler(spec.sampler)
    if entry is None:
        known = ", ".join(sampler.id for sampler in catalog.SAMPLERS)
        raise UsageError(f"There is no sampler '{spec.sampler}'", hint=f"Known are {known}")
    options = {option.name: option for option in entry.options}
    for name, value in spec.options.items():
        if name not in options:
            hint = f"It has {', '.join(options)}" if options else "It has none"
            raise UsageError(f"{entry.title} has no option '{name}'", hint=hint)
        if not options[name].low <= value <= options[name].high:
            hint = f"From {options[name].low:g} to {options[name].high:g}"
            raise UsageError(f"{options[name].title} cannot be {value:g}", hint=hint)


def _check_kernel(name: str) -> None:
    """A kernel that is named without a version was asked for by a person, and must be an exact one."""
    known = [kind.id for kind in KINDS if kind.exact]
    if name and " " not in name and name not in known:
        raise UsageError(f"There is no attention kernel '{name}' to sample with", hint=f"Known are {', '.join(known)}")


def _check_start(spec: SampleSpec) -> None:
    start = spec.start
    if start is None:
        return
    if start.kind == "between":
        if len(spec.seeds) < 3:
            raise UsageError("A walk between two seeds needs three samples or more", hint="Ask for more samples")
        return
    if not 0 < start.strength <= 1:
        raise UsageError(f"A strength of {start.strength:g} is none", hint="Give a number above 0, 1 at most")
    for path, what in ((start.image, "picture"), (start.mask, "mask")):
        if what == "mask" and start.kind != "inpaint":
            continue
        if not path:
            raise UsageError(f"No {what} is chosen to begin with", hint=f"Choose a {what}")
        if not Path(path).expanduser().is_file():
            raise FileMissing(f"There is no such {what}", path=path)
