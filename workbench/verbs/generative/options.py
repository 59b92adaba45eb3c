"""Options of `main.py sample` as the fields of specs: seeds, classes, schedules, axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engines.core.errors import UsageError
from engines.core.spec import from_json, resolve, spec_type, to_json
from workbench.verbs import console

if TYPE_CHECKING:
    from engines.core.context import Context
    from engines.generative.diffusion.types import ModelInfo, SampleSpec

NAMED = 10
"""Classes that a message names at most."""


def run_job(job: str, told: Callable[[], Mapping[str, Any]], json: bool, show: Callable[[Any], None]) -> None:
    """Run a job by its dotted path. told: the fields of its spec; what is wrong with them is said as what fails."""

    def work(_: None, ctx: Context) -> Any:
        return resolve(job)(from_json(spec_type(job), told()), ctx)

    console.run(work, None, json=json, render=show, as_json=to_json)


def words(written: str) -> tuple[str, ...]:
    """Values with commas between them."""
    return tuple(part.strip() for part in written.split(",") if part.strip())


def axis(written: str) -> tuple[str, tuple[str, ...]]:
    """AXIS=VALUE,VALUE."""
    name, _, values = written.partition("=")
    if not words(values):
        raise UsageError(f"'{written}' is not an axis", hint="Write for example --x sampler=euler,heun")
    return name.strip(), words(values)


def sample_spec(asked: dict[str, Any]) -> SampleSpec:
    """The options as a spec; a PNG that carries its settings gives all of them."""
    from engines.generative.diffusion.types import SampleSpec

    if Path(asked["model"]).suffix.lower() == ".png":
        from engines.core.outputs import refuse_inputs
        from engines.generative.runs.history import read_settings

        refuse_inputs(asked["out"], [Path(asked["model"]).parent])
        return replace(read_settings(asked["model"]), out=asked["out"])
    seeds = _seeds(asked)
    told = {name: asked[name] for name in _PLAIN} | {
        "schedule": _schedule(asked),
        "options": _pairs(asked["option"] or []),
        "guidance": _guidance(asked),
        "seeds": seeds,
        "classes": class_numbers(asked["model"], asked["classes"], len(seeds), asked["predicts"]),
        "size": _numbers(asked["size"].lower(), "x", "--size") if asked["size"] else None,
        "start": _start(asked),
        "prediction": asked["predicts"],
        "preview_every": 0,
    }
    return from_json(SampleSpec, told)


_PLAIN = (
    "model", "sampler", "steps", "prompt", "negative", "batch", "device", "precision", "exact", "kernel", "teleport",
    "teleport_to", "keep_steps", "out",
)  # fmt: skip


def _schedule(asked: dict[str, Any]) -> dict[str, Any]:
    name = schedule_name(asked["model"], asked["schedule"], asked["predicts"])
    points = [_numbers(pair, ":", "--points") for pair in words(asked["points"])]
    plain = {name: asked[name] for name in ("sigma_min", "sigma_max", "rho", "shift")}
    return plain | {"name": name, "points": points}


def _seeds(asked: dict[str, Any]) -> tuple[int, ...]:
    written = words(asked["seeds"])
    if not all(word.isdigit() for word in written):
        raise UsageError(f"'{asked['seeds']}' are not seeds", hint="Write for example --seeds 1,4,9")
    return tuple(map(int, written)) or tuple(range(asked["seed"], asked["seed"] + asked["n"]))


def _guidance(asked: dict[str, Any]) -> dict[str, Any]:
    interval = _numbers(asked["interval"], ":", "--interval") if asked["interval"] else None
    names = {"weight": "guidance", "kind": "guidance_kind", "weak": "weak", "classifier": "classifier"}
    return {"interval": interval} | {field: asked[name] for field, name in names.items()}


def _start(asked: dict[str, Any]) -> dict[str, Any] | None:
    kind = asked["start"] or ("image" if asked["image"] else "")
    if not kind:
        return None
    if kind != "between" and not asked["image"]:
        raise UsageError(f"--start {kind} needs a picture", hint="Add --image FILE")
    return {"kind": kind} | {name: asked[name] for name in ("image", "mask", "strength")}


def schedule_name(model: str, written: str, predicts: str = "") -> str:
    """The schedule that was asked for, or the one that suits the model."""
    from engines.generative.diffusion.models.catalog import usual_schedule

    return written or usual_schedule(_looked_at(model, predicts).process)


def class_numbers(model: str, written: str, count: int, predicts: str = "") -> tuple[int, ...]:
    """Class numbers for what the user wrote, names and numbers with commas or `each`, of `count` samples."""
    asked = words(written)
    if not asked:
        return ()
    names = _looked_at(model, predicts).classes
    if not names:
        raise UsageError(f"{model} has no classes", hint="Leave --class out")
    if asked == ("each",):
        return tuple(index % len(names) for index in range(count))
    numbers = tuple(_class(word, names) for word in asked)
    if len(numbers) not in (1, count):
        raise UsageError(f"{len(numbers)} classes for {count} samples", hint="Name one, or one a sample")
    return numbers


def _looked_at(model: str, predicts: str) -> ModelInfo:
    from engines.core.context import PlainContext
    from engines.generative.diffusion.models.cards import known_models
    from engines.generative.diffusion.models.opening import run as inspect
    from engines.generative.diffusion.types import InspectSpec

    known = next((info for info in known_models() if info.name == model), None)
    return known or inspect(InspectSpec(model, predicts), PlainContext())


def _class(word: str, names: tuple[str, ...]) -> int:
    if word in names:
        return names.index(word)
    if word.isdigit() and int(word) < len(names):
        return int(word)
    raise UsageError(f"There is no class '{word}'", hint=_nearest(word, names))


def _nearest(word: str, names: tuple[str, ...]) -> str:
    """All names where they are few, else those that are most like the word."""
    from difflib import SequenceMatcher

    if len(names) <= NAMED:
        return f"Known are {', '.join(names)}"
    asked = word.casefold()
    alike = {name: SequenceMatcher(None, asked, name.casefold()).ratio() for name in names}
    near = sorted(names, key=lambda name: (asked not in name.casefold(), -alike[name]))[:NAMED]
    return f"Nearest of {len(names)} are {', '.join(near)}; numbers go from 0 to {len(names) - 1}"


def _pairs(written: list[str]) -> dict[str, float]:
    values = {}
    for pair in written:
        name, _, value = pair.partition("=")
        try:
            values[name] = float(value)
        except ValueError:
            raise UsageError(f"'{pair}' is not NAME=NUMBER", hint="For example --option eta=0.5") from None
    return values


def _numbers(written: str, between: str, option: str) -> tuple[float, float]:
    """Two numbers with `between` between them."""
    try:
        first, second = map(float, written.split(between))
    except ValueError:
        raise UsageError(f"'{written}' is not a value of {option}", hint=f"Write A{between}B") from None
    return first, second
