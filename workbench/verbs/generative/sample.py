"""`main.py sample`: draw from a model by any sampler, compare samplers, train small models, ask for likelihoods."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from workbench.verbs import console
from workbench.verbs.generative import studies as sample_studies
from workbench.verbs.generative import training as sample_training

if TYPE_CHECKING:
    from engines.core.context import Context
    from engines.generative.diffusion.types import Guidance, ModelInfo, SampleResult, SampleSpec, Schedule, Start


class _Group(TyperGroup):
    """`sample MODEL ...` is `sample run MODEL ...`: drawing samples is what the verb is for."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


NAMED = 10
"""Classes that a message names at most."""
app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    help=console.help_text(
        "Draw samples from a diffusion or flow model; compare, train and measure such models.",
        "python main.py sample mnist-unet --sampler dpm++2m --steps 10 --class 3 -n 8 --guidance 2 --out threes",
        "python main.py sample analytic:digits --sampler heun --steps 18 --out digits --json",
        "python main.py sample train --data digits --out my-model",
    ),
)


@app.callback()
def _group() -> None:
    pass


@app.command(
    help=console.help_text(
        "Draw samples. The word `run` may be left out.",
        "python main.py sample mnist-unet --sampler dpm++2m --steps 10 --class 3 -n 8 --guidance 2 --out threes",
        "python main.py sample mnist-flow --sampler euler --schedule flow --steps 20 --out flow",
        "python main.py sample mnist-unet --start invert --image seven.png --out again",
        "python main.py sample threes/0000.png --out the-same",
    )
)
def run(
    model: Annotated[
        str,
        typer.Argument(
            help="A name (`sample models` lists them), a diffusers folder, a .safetensors file, or a PNG that was "
            "sampled here: then every setting is taken from it.",
            show_default=False,
        ),
    ],
    sampler: Annotated[str, typer.Option(help="Sampler; `sample models` lists them.")] = "dpm++2m",
    steps: Annotated[int, typer.Option(help="Steps.")] = 20,
    schedule: Annotated[str, typer.Option(help="Noise schedule.")] = "",
    sigma_min: Annotated[float | None, typer.Option(help="Lowest noise level; as the model says.")] = None,
    sigma_max: Annotated[float | None, typer.Option(help="Highest noise level; 0 is infinity.")] = None,
    rho: Annotated[float, typer.Option(help="Karras rho.")] = 7.0,
    shift: Annotated[float, typer.Option(help="Multiplies every noise level (SD3's shift).")] = 1.0,
    points: Annotated[
        str, typer.Option(help="SHARE:LN_SIGMA,... from 0 to 1, for --schedule custom.", show_default=False)
    ] = "",
    guidance: Annotated[float, typer.Option(help="Weight; 1 is none.")] = 1.0,
    guidance_kind: Annotated[str, typer.Option(help="cfg, auto (a weaker model) or classifier.")] = "cfg",
    interval: Annotated[str, typer.Option(help="Noise levels LOW:HIGH outside which there is no guidance.")] = "",
    weak: Annotated[str, typer.Option(help="Weaker model for --guidance-kind auto; as the card says.")] = "",
    classifier: Annotated[str, typer.Option(help="For --guidance-kind classifier; as the card says.")] = "",
    seed: Annotated[int, typer.Option(help="Seed of the first sample; the others count on.")] = 0,
    n: Annotated[int, typer.Option("-n", help="Samples.")] = 1,
    seeds: Annotated[str, typer.Option(help="A seed a sample, with commas, instead of --seed and -n.")] = "",
    classes: Annotated[
        str, typer.Option("--class", help="Class by name or number; with commas one a sample, `each` in turn.")
    ] = "",
    option: Annotated[list[str] | None, typer.Option(help="NAME=VALUE of the sampler; may be repeated.")] = None,
    teleport: Annotated[bool, typer.Option("--teleport", help="Jump by the data's Gaussian first.")] = False,
    teleport_to: Annotated[float | None, typer.Option(help="Noise level to jump to.")] = None,
    prompt: Annotated[str, typer.Option(help="For models with text.")] = "",
    negative: Annotated[str, typer.Option(help="What to guide away from.")] = "",
    size: Annotated[str, typer.Option(help="HEIGHTxWIDTH in pixels; as the model says.")] = "",
    start: Annotated[str, typer.Option(help="image, inpaint, invert or between: where to begin.")] = "",
    image: Annotated[str, typer.Option(help="The picture to begin with.")] = "",
    mask: Annotated[str, typer.Option(help="Black is kept (inpaint).")] = "",
    strength: Annotated[float, typer.Option(help="How much noise a picture is given, 0 to 1.")] = 0.6,
    batch: Annotated[int, typer.Option(help="Samples at a time; 0 for all.")] = 0,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    precision: Annotated[str, typer.Option(help="float32, float64, float16 or bfloat16.")] = "float32",
    exact: Annotated[bool, typer.Option("--exact", help="One by one: no picture depends on its batch.")] = False,
    predicts: Annotated[str, typer.Option(help="What the network predicts, where nothing says it.")] = "",
    keep_steps: Annotated[bool, typer.Option("--keep-steps", help="Write every step too (steps.npz).")] = False,
    out: Annotated[str, typer.Option(help="Folder to write to.", show_default=False)] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    asked = dict(locals())

    def draw(_: None, ctx: Context) -> tuple[SampleSpec, SampleResult]:
        from engines.generative.diffusion.sampling.job import run as sample

        spec = _spec(asked)
        return spec, sample(spec, ctx)

    console.run(draw, None, json=json, render=lambda pair: _show(*pair), as_json=lambda pair: as_json(*pair))


def _spec(asked: dict[str, Any]) -> SampleSpec:
    """The options as a spec; a PNG that carries its settings gives all of them."""
    from dataclasses import replace

    from engines.core.spec import from_json
    from engines.generative.diffusion.types import SampleSpec

    if Path(asked["model"]).suffix.lower() == ".png":
        from engines.core.outputs import refuse_inputs
        from engines.generative.runs.history import read_settings

        refuse_inputs(asked["out"], [Path(asked["model"]).parent])
        return replace(read_settings(asked["model"]), out=asked["out"])
    plain = {name: asked[name] for name in _PLAIN}
    spec = from_json(SampleSpec, plain | {"options": _pairs(asked["option"] or []), "size": _size(asked["size"])})
    seeds = _seeds(asked)
    classes = class_numbers(asked["model"], asked["classes"], len(seeds), asked["predicts"])
    return replace(
        spec,
        schedule=_schedule(asked),
        guidance=_guidance(asked),
        start=_start(asked),
        classes=classes,
        seeds=seeds,
        prediction=asked["predicts"],
        preview_every=0,
    )


_PLAIN = (
    "model", "sampler", "steps", "prompt", "negative", "batch", "device", "precision", "exact", "teleport",
    "teleport_to", "keep_steps", "out",
)  # fmt: skip


def _schedule(asked: dict[str, Any]) -> Schedule:
    from engines.generative.diffusion.types import Schedule

    name = schedule_name(asked["model"], asked["schedule"], asked["predicts"])
    pairs = [part for part in asked["points"].split(",") if part]
    points = tuple((x, y) for x, y in (_numbers(pair, ":", 2, "--points") for pair in pairs))
    return Schedule(name, asked["sigma_min"], asked["sigma_max"], asked["rho"], asked["shift"], points)


def _seeds(asked: dict[str, Any]) -> tuple[int, ...]:
    from engines.core.errors import UsageError

    words = [part.strip() for part in asked["seeds"].split(",") if part.strip()]
    if not all(word.isdigit() for word in words):
        raise UsageError(f"'{asked['seeds']}' are not seeds", hint="Write for example --seeds 1,4,9")
    return tuple(map(int, words)) or tuple(range(asked["seed"], asked["seed"] + asked["n"]))


def _guidance(asked: dict[str, Any]) -> Guidance:
    from engines.core.spec import from_json
    from engines.generative.diffusion.types import Guidance

    interval = _numbers(asked["interval"], ":", 2, "--interval") if asked["interval"] else None
    told = {"weight": asked["guidance"], "kind": asked["guidance_kind"], "interval": interval}
    return from_json(Guidance, told | {name: asked[name] for name in ("weak", "classifier")})


def _start(asked: dict[str, Any]) -> Start | None:
    from engines.core.errors import UsageError
    from engines.core.spec import from_json
    from engines.generative.diffusion.types import Start

    kind = asked["start"] or ("image" if asked["image"] else "")
    if not kind:
        return None
    if kind != "between" and not asked["image"]:
        raise UsageError(f"--start {kind} needs a picture", hint="Add --image FILE")
    return from_json(Start, {"kind": kind} | {name: asked[name] for name in ("image", "mask", "strength")})


def schedule_name(model: str, written: str, predicts: str = "") -> str:
    """The schedule that was asked for, or the one that suits the model."""
    from engines.generative.diffusion.models.catalog import usual_schedule

    return written or usual_schedule(_looked_at(model, predicts).process)


def class_numbers(model: str, written: str, count: int, predicts: str = "") -> tuple[int, ...]:
    """Class numbers for what the user wrote, names and numbers with commas or `each`, of `count` samples."""
    from engines.core.errors import UsageError

    words = [part.strip() for part in written.split(",") if part.strip()]
    if not words:
        return ()
    names = _looked_at(model, predicts).classes
    if not names:
        raise UsageError(f"{model} has no classes", hint="Leave --class out")
    if words == ["each"]:
        return tuple(index % len(names) for index in range(count))
    numbers = tuple(_class(word, names) for word in words)
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
    from engines.core.errors import UsageError

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
    from engines.core.errors import UsageError

    values = {}
    for pair in written:
        name, _, value = pair.partition("=")
        try:
            values[name] = float(value)
        except ValueError:
            raise UsageError(f"'{pair}' is not NAME=NUMBER", hint="For example --option eta=0.5") from None
    return values


def _size(written: str) -> tuple[int, ...] | None:
    return tuple(int(side) for side in _numbers(written.lower(), "x", 2, "--size")) if written else None


def _numbers(written: str, between: str, count: int, option: str) -> tuple[float, ...]:
    from engines.core.errors import UsageError

    try:
        values = tuple(float(part) for part in written.split(between))
    except ValueError:
        values = ()
    if len(values) != count:
        raise UsageError(f"'{written}' is not a value of {option}", hint=f"Write {between.join(['A', 'B'])}")
    return values


def as_json(spec: SampleSpec, result: SampleResult) -> dict[str, Any]:
    """The object that other tools read. Its keys stay."""
    from engines.core.spec import to_json

    return {"spec": to_json(spec)} | to_json(result)


def _show(spec: SampleSpec, result: SampleResult) -> None:
    terminal = console.out()
    made = "1 sample" if len(result.seeds) == 1 else f"{len(result.seeds)} samples"
    how = f" from {spec.model} by {spec.sampler}, {spec.steps} steps, {result.nfe} evaluations each"
    terminal.print(console.headline(made, f"{how}, {result.seconds:.2f} s"))
    for sentence in result.notes:
        terminal.print(f"  {sentence}")
    terminal.print(f"Written to {result.folder}")


@app.command(
    name="models",
    help=console.help_text("List models, samplers and schedules.", "python main.py sample models"),
)
def list_models(
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    def gather(_: None, __: Context) -> dict[str, Any]:
        from engines.core.spec import to_json
        from engines.generative.diffusion.models.cards import known_models
        from engines.generative.diffusion.models.catalog import SAMPLERS, SCHEDULES

        return {
            "models": [to_json(info) for info in known_models()],
            "samplers": [to_json(entry) for entry in SAMPLERS],
            "schedules": [to_json(entry) for entry in SCHEDULES],
        }

    console.run(gather, None, json=json, render=_show_names, as_json=dict)


def _show_names(found: dict[str, Any]) -> None:
    from rich import box
    from rich.table import Table

    for kind, key in (("models", "name"), ("samplers", "id"), ("schedules", "id")):
        table = Table(box=box.SIMPLE_HEAD, title=kind.capitalize(), title_justify="left", show_header=False)
        for entry in found[kind]:
            table.add_row(entry[key], entry["title"], entry.get("tip") or entry.get("summary") or "")
        console.out().print(table)


sample_studies.add_to(app)
sample_training.add_to(app)
