"""`main.py sample compare | curves | flow | likelihood | export | precision`: look at samplers and models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from engines.core.spec import to_json
from workbench.verbs import console
from workbench.verbs.generative.options import (
    axis,
    class_numbers,
    run_job,
    sampler_options,
    schedule_fields,
    usual_run,
    words,
)

if TYPE_CHECKING:
    from engines.generative.diffusion.study_types import (
        CompareResult,
        CurveResult,
        ExportResult,
        FlowResult,
        LikelihoodResult,
        PrecisionResult,
    )

_STUDIES = "engines.generative.diffusion.studies"
_JSON = typer.Option("--json", help="One JSON object and nothing else.")
_AXES = "sampler, steps, guidance, schedule, model, seed, class or teleport"


def add_to(app: typer.Typer) -> None:
    """The six commands."""
    app.command(
        help=console.help_text(
            "A grid of one setting against another, each cell a run of its own.",
            "python main.py sample compare mnist-unet --x sampler=euler,dpm++2m,heun --y steps=5,10,20 --out grid",
            "python main.py sample compare mnist-unet --x guidance=1,2,4 --y seed=0,1,2 --class 7 --out sevens",
        )
    )(compare)
    app.command(
        help=console.help_text(
            "Error against the exact ODE and cost, for a model whose denoiser is known in closed form.",
            "python main.py sample curves analytic:digits --sampler euler,dpm++2m,ipndm --json",
        )
    )(curves)
    app.command(
        help=console.help_text(
            "Particles of a 2-D model from noise to data by several samplers, as arrays.",
            "python main.py sample flow analytic:spirals --out spirals --json",
        )
    )(flow)
    app.command(
        help=console.help_text(
            "Exact log-likelihood by the probability-flow ODE.",
            "python main.py sample likelihood mnist-unet sevens/ --json",
            "python main.py sample likelihood analytic:digits points.npy --steps 200",
        )
    )(likelihood)
    app.command(
        help=console.help_text(
            "Write a run as a picture or film.",
            "python main.py sample export threes --kind strip --out threes.png",
            "python main.py sample export threes --kind mp4 --out threes.mp4",
        )
    )(export)
    app.command(
        help=console.help_text(
            "What bfloat16 gains and costs on this processor, for a model and a batch.",
            "python main.py sample precision mnist-unet -n 32 --json",
        )
    )(precision)


def compare(
    model: Annotated[str, typer.Argument(help="As for `sample`.", show_default=False)],
    x: Annotated[str, typer.Option("--x", help=f"AXIS=VALUE,VALUE across: {_AXES}.", show_default=False)],
    y: Annotated[str, typer.Option("--y", help="The same, down.")] = "",
    sampler: Annotated[str, typer.Option(help="Where no axis says it; dpm++2m, or as a folder says.")] = "",
    steps: Annotated[int | None, typer.Option(help="Where no axis says it; 20, or as a folder says.")] = None,
    schedule: Annotated[str, typer.Option(help="Where no axis says it; as the model says.")] = "",
    guidance: Annotated[float | None, typer.Option(help="Where no axis says it; 1, or as a folder says.")] = None,
    seed: Annotated[int, typer.Option(help="Where no axis says it.")] = 0,
    classes: Annotated[str, typer.Option("--class", help="Class by name or number.")] = "",
    out: Annotated[str, typer.Option(help="Folder to write to.", show_default=False)] = "",
    json: Annotated[bool, _JSON] = False,
) -> None:
    def told() -> dict[str, Any]:
        across, x_values = axis(x)
        down, y_values = axis(y) if y else ("seed", (str(seed),))
        usual = usual_run(model)
        base = {
            "model": model,
            "sampler": sampler or usual.sampler,
            "steps": usual.steps if steps is None else steps,
            "schedule": schedule_fields(schedule, usual),
            "options": sampler_options(sampler, usual),
            "guidance": {"weight": usual.guidance.weight if guidance is None else guidance},
            "seeds": [seed],
            "classes": class_numbers(model, classes, 1),
        }
        return {"base": base, "x": across, "x_values": x_values, "y": down, "y_values": y_values, "out": out}

    run_job(f"{_STUDIES}.comparison:run", told, json, _show_grid)


def curves(
    model: Annotated[str, typer.Argument(help="A model whose denoiser is exact.")] = "analytic:digits",
    sampler: Annotated[str, typer.Option(help="Samplers, with commas.")] = "euler,heun,dpm++2m,unipc,ipndm",
    evaluations: Annotated[str, typer.Option(help="Counts of evaluations, with commas.")] = "5,10,20,35,50",
    starts: Annotated[int, typer.Option(help="Starting points.")] = 64,
    seed: Annotated[int, typer.Option(help="Of the starting points.")] = 1,
    json: Annotated[bool, _JSON] = False,
) -> None:
    told = {"model": model, "samplers": words(sampler), "evaluations": words(evaluations)}
    run_job(f"{_STUDIES}.error_curves:run", lambda: told | {"starts": starts, "seed": seed}, json, _show_curves)


def flow(
    model: Annotated[str, typer.Argument(help="A 2-D model.")] = "analytic:spirals",
    sampler: Annotated[str, typer.Option(help="Samplers, with commas.")] = "ancestral,euler,flow,heun",
    steps: Annotated[int, typer.Option(help="Steps.")] = 40,
    particles: Annotated[int, typer.Option(help="Of each sampler.")] = 512,
    seed: Annotated[int, typer.Option(help="Of the noise.")] = 0,
    out: Annotated[str, typer.Option(help="Folder to write to.", show_default=False)] = "",
    json: Annotated[bool, _JSON] = False,
) -> None:
    told = dict(locals())
    run_job(f"{_STUDIES}.flow:run", lambda: told | {"samplers": words(sampler)}, json, _show_flow)


def likelihood(
    model: Annotated[str, typer.Argument(help="As for `sample`.", show_default=False)],
    images: Annotated[list[str], typer.Argument(help="Pictures, folders, or .npy.", show_default=False)],
    steps: Annotated[int, typer.Option(help="Of the integration.")] = 200,
    divergence: Annotated[str, typer.Option(help="auto, exact or hutchinson.")] = "auto",
    probes: Annotated[int, typer.Option(help="Directions a step for hutchinson.")] = 1,
    limit: Annotated[int, typer.Option(help="At most so many pictures; 0 for all.")] = 0,
    seed: Annotated[int, typer.Option(help="Of the probes and of dequantisation.")] = 0,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    json: Annotated[bool, _JSON] = False,
) -> None:
    told = dict(locals())
    run_job("engines.generative.diffusion.exact.likelihood:run", lambda: told, json, _show_likelihood)


def export(
    folder: Annotated[str, typer.Argument(help="Folder of a run.", show_default=False)],
    out: Annotated[str, typer.Option(help="File to write.", show_default=False)],
    kind: Annotated[str, typer.Option(help="grid, strip, gif or mp4.")] = "grid",
    columns: Annotated[int, typer.Option(help="Samples a row; 0 for a square.")] = 0,
    scale: Annotated[int, typer.Option(help="Times the samples' own size; 0 to suit.")] = 0,
    json: Annotated[bool, _JSON] = False,
) -> None:
    told = dict(locals())
    run_job("engines.generative.runs.exporting:run", lambda: told, json, _show_export)


def precision(
    model: Annotated[str, typer.Argument(help="As for `sample`.", show_default=False)],
    n: Annotated[int, typer.Option("-n", help="Samples at a time.", min=1)] = 16,
    steps: Annotated[int | None, typer.Option(help="Of the pictures that are compared; as the model says.")] = None,
    guidance: Annotated[float, typer.Option(help="Weight; 1 is none, others take twice the batch.")] = 1.0,
    kernel: Annotated[str, typer.Option(help="Attention kernel; the fastest here.")] = "",
    seed: Annotated[int, typer.Option(help="Seed of the first sample.")] = 0,
    json: Annotated[bool, _JSON] = False,
) -> None:
    def told() -> dict[str, Any]:
        from engines.generative.diffusion.study_types import PrecisionSpec

        return to_json(PrecisionSpec.of(usual_run(model), range(seed, seed + n), steps, guidance, kernel))

    run_job(f"{_STUDIES}.precision:run", told, json, _show_precision)


def _show_precision(result: PrecisionResult) -> None:
    table = _table("One evaluation", "", "milliseconds")
    for name, spent in result.milliseconds.items():
        table.add_row(name, f"{spent:.2f}")
    console.out().print(table)
    console.out().print(f"{result.words}.")


def _table(title: str, *columns: str) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index else "left")
    return table


def _show_export(result: ExportResult) -> None:
    films = f", {result.frames} pictures" if result.frames > 1 else ""
    console.out().print(f"Wrote {result.file} ({result.width} x {result.height}{films})")


def _show_grid(result: CompareResult) -> None:
    table = _table(f"{result.y} down, {result.x} across", "", *result.x_values)
    for row, value in enumerate(result.y_values):
        cells = [cell for cell in result.cells if cell.row == row]
        told = [f"{cell.seconds:.2f} s" if cell.error is None else f"{cell.error:.4f}" for cell in cells]
        table.add_row(value, *told)
    console.out().print(table)
    console.out().print(f"Written to {result.picture}")


def _show_curves(result: CurveResult) -> None:
    counts = result.curves[0].evaluations if result.curves else ()
    table = _table(f"Mean relative error on {result.model}, by evaluations", "", *[str(count) for count in counts])
    for curve in result.curves:
        name = f"{curve.name}, teleport" if curve.teleport else curve.name
        table.add_row(name, *[f"{error:.3g}" for error in curve.errors])
    console.out().print(table)


def _show_flow(result: FlowResult) -> None:
    table = _table("Paths from noise to data", "", "evaluations", "straightness", "distance to the data")
    for name in result.samplers:
        figures = str(result.nfe[name]), f"{result.straightness[name]:.3f}", f"{result.errors[name]:.4f}"
        table.add_row(name, *figures)
    console.out().print(table)
    console.out().print(f"Written to {result.file}")


def _show_likelihood(result: LikelihoodResult) -> None:
    extra = (["bits a dimension"] if result.bits else []) + (["true nats"] if result.true else [])
    table = _table("Log-likelihood", "", "nats", *extra)
    for index, name in enumerate(result.names):
        figures = [values[index] for values in (result.nats, result.bits, result.true) if values]
        table.add_row(name, *[f"{figure:.3f}" for figure in figures])
    console.out().print(table)
