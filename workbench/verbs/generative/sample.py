"""`main.py sample`: draw from a model by any sampler, compare samplers, train small models, ask for likelihoods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from engines.core.spec import to_json
from workbench.verbs import console
from workbench.verbs.generative import studies, training
from workbench.verbs.generative.options import sample_spec
from workbench.verbs.run_group import RunGroup

if TYPE_CHECKING:
    from engines.core.context import Context
    from engines.generative.diffusion.types import SampleResult, SampleSpec


app = typer.Typer(
    cls=RunGroup,
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
    sampler: Annotated[
        str, typer.Option(help="`sample models` lists them; dpm++2m, or as a diffusers folder says.")
    ] = "",
    steps: Annotated[int | None, typer.Option(help="Steps; 20, or as a diffusers folder says.")] = None,
    schedule: Annotated[str, typer.Option(help="Noise schedule; as the model says (`own` for a folder's).")] = "",
    sigma_min: Annotated[float | None, typer.Option(help="Lowest noise level; as the model says.")] = None,
    sigma_max: Annotated[float | None, typer.Option(help="Highest noise level; 0 is infinity.")] = None,
    rho: Annotated[float | None, typer.Option(help="Karras rho; 7.")] = None,
    shift: Annotated[
        float | None, typer.Option(help="Multiplies every noise level (SD3's shift); 1, or as a folder says.")
    ] = None,
    points: Annotated[
        str, typer.Option(help="SHARE:LN_SIGMA,... from 0 to 1, for --schedule custom.", show_default=False)
    ] = "",
    guidance: Annotated[
        float | None, typer.Option(help="Weight; 1 is none. Unsaid: none, or as a diffusers folder says.")
    ] = None,
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
    kernel: Annotated[str, typer.Option(help="Attention kernel; the fastest here.")] = "",
    predicts: Annotated[str, typer.Option(help="What the network predicts, where nothing says it.")] = "",
    keep_steps: Annotated[bool, typer.Option("--keep-steps", help="Write every step too (steps.npz).")] = False,
    out: Annotated[str, typer.Option(help="Folder to write to.", show_default=False)] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    asked = dict(locals())

    def draw(_: None, ctx: Context) -> tuple[SampleSpec, SampleResult]:
        from engines.generative.diffusion.sampling.job import run as sample

        spec = sample_spec(asked)
        return spec, sample(spec, ctx)

    console.run(draw, None, json=json, render=lambda pair: _show(*pair), as_json=lambda pair: as_json(*pair))


def as_json(spec: SampleSpec, result: SampleResult) -> dict[str, Any]:
    """The object that other tools read. Its keys stay."""
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
        from engines.generative.diffusion.models.cards import known_models
        from engines.generative.diffusion.models.catalog import SAMPLERS, schedules

        return {
            "models": [to_json(info) for info in known_models()],
            "samplers": [to_json(entry) for entry in SAMPLERS],
            "schedules": [to_json(entry) for entry in schedules(own=True)],
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


studies.add_to(app)
training.add_to(app)
