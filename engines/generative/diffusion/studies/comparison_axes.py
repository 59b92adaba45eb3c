"""One run varied along an axis: what a cell of a comparison is. No torch, so the window can show a cell's settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from engines.core.errors import UsageError
from engines.core.words import tr
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.study_types import Axis, CompareSpec
from engines.generative.diffusion.types import SampleSpec, Schedule

N = TypeVar("N", int, float)

TITLES: dict[str, str] = {
    "sampler": tr("Sampler"), "steps": tr("Steps"), "guidance": tr("Guidance"), "schedule": tr("Schedule"),
    "model": tr("Model"), "seed": tr("Seed"), "class": tr("Class"), "teleport": tr("Teleport"),
}  # fmt: skip
ON = ("on", "yes", "true", "1")
OFF = ("off", "no", "false", "0")
MOST_CELLS = 400


def cells(spec: CompareSpec, classes: tuple[str, ...] = ()) -> list[list[SampleSpec]]:
    """The specification of every cell, row by row. classes: names that a class may be given by.

    Raises `UsageError` for a value that is none of its axis.
    """
    rows = spec.y_values or (value_of(spec.base, spec.y),)
    if spec.x == spec.y:
        raise UsageError(tr("Both axes vary the {x}", x=spec.x), hint=tr("Choose two different ones"))
    if not spec.x_values:
        raise UsageError(tr("There is nothing to compare"), hint=tr("Give values of the {x}", x=spec.x))
    if len(rows) * len(spec.x_values) > MOST_CELLS:
        raise UsageError(
            tr("{count} cells are too many", count=len(rows) * len(spec.x_values)),
            hint=tr("At most {most_cells}", most_cells=MOST_CELLS),
        )
    return [
        [varied(varied(spec.base, spec.x, x, classes), spec.y, y, classes) for x in spec.x_values] for y in rows
    ]  # fmt: skip


def varied(spec: SampleSpec, axis: Axis, value: str, classes: tuple[str, ...] = ()) -> SampleSpec:
    """A run with one of its settings put to a value that is written as text."""
    value = value.strip()
    match axis:
        case "sampler":
            return _with_sampler(spec, value)
        case "steps":
            return replace(spec, steps=_number(int, value, axis))
        case "guidance":
            return replace(spec, guidance=replace(spec.guidance, weight=_number(float, value, axis)))
        case "schedule":
            return replace(spec, schedule=_rescheduled(spec.schedule, value))
        case "model":
            return replace(spec, model=value)
        case "seed":
            first, shift = spec.seeds[0] if spec.seeds else 0, _number(int, value, axis)
            return replace(spec, seeds=tuple(seed - first + shift for seed in spec.seeds or (0,)))
        case "class":
            return replace(spec, classes=(classes.index(value) if value in classes else _number(int, value, axis),))
        case "teleport":
            return replace(spec, teleport=_switch(value))
    raise UsageError(
        tr("A comparison cannot vary the '{axis}'", axis=axis),
        hint=tr("It can vary {titles}", titles=", ".join(TITLES)),
    )


def value_of(spec: SampleSpec, axis: Axis) -> str:
    """The text that leaves a run as it is."""
    match axis:
        case "guidance":
            return f"{spec.guidance.weight:g}"
        case "schedule":
            return spec.schedule.name
        case "seed":
            return str(spec.seeds[0]) if spec.seeds else "0"
        case "class":
            return str(spec.classes[0]) if spec.classes else ""
        case "teleport":
            return "on" if spec.teleport else "off"
    return str(getattr(spec, axis))


def label(axis: Axis, value: str) -> str:
    """The words printed at a column or row."""
    if axis == "sampler":
        entry = catalog.sampler(value)
        return entry.title if entry else value
    if axis == "schedule":
        known = catalog.schedule(value)
        return known.title if known else value
    if axis == "model":
        return next((title for name, title in catalog.ANALYTIC if name == value), Path(value).name)
    return f"{TITLES[axis]} {value}"


def fixed(spec: SampleSpec, axes: tuple[Axis, ...]) -> str:
    """The settings that no axis varies, in one line."""
    parts: dict[Axis, str] = {
        "model": label("model", spec.model),
        "sampler": label("sampler", spec.sampler),
        "steps": tr("{steps} steps", steps=spec.steps),
        "schedule": label("schedule", spec.schedule.name),
        "guidance": tr("guidance {weight:g}", weight=spec.guidance.weight),
        "seed": tr("seed {seeds}", seeds=spec.seeds[0]) if spec.seeds else "",
        "class": tr("class {classes}", classes=spec.classes[0]) if spec.classes else "",
        "teleport": tr("teleport") if spec.teleport else "",
    }
    return ", ".join(text for axis, text in parts.items() if text and axis not in axes)


def _with_sampler(spec: SampleSpec, name: str) -> SampleSpec:
    """Options that the sampler does not have are left out; those it shares stay."""
    entry = catalog.sampler(name)
    if entry is None:
        known = ", ".join(sampler.id for sampler in catalog.SAMPLERS)
        raise UsageError(tr("There is no sampler '{name}'", name=name), hint=tr("Known are {known}", known=known))
    known_options = {option.name for option in entry.options}
    same = catalog.sampler(spec.sampler) == entry
    options = {key: value for key, value in spec.options.items() if same and key in known_options}
    return replace(spec, sampler=name, options=options)


def _rescheduled(schedule: Schedule, name: str) -> Schedule:
    if name == catalog.OWN.id != schedule.name:
        hint = tr("Begin with the folder's own schedule, and vary to others")
        raise UsageError(tr("A folder's own schedule can be compared with others, not others with it"), hint=hint)
    return catalog.rescheduled(schedule, name)


def _number(kind: Callable[[str], N], value: str, axis: str) -> N:
    try:
        return kind(value)
    except ValueError as error:
        hint = tr("Give whole numbers") if kind is int else tr("Give numbers")
        raise UsageError(tr("'{value}' is no {axis}", value=value, axis=axis), hint=hint) from error


def _switch(value: str) -> bool:
    if value.lower() in ON:
        return True
    if value.lower() in OFF:
        return False
    raise UsageError(tr("'{value}' is neither on nor off", value=value), hint=tr("Write on or off"))
