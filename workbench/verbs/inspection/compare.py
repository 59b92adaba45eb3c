"""`main.py inspect compare`: two models, or one on two pictures, layer by layer."""

from __future__ import annotations

from typing import Annotated

import typer

from engines.core.errors import UsageError
from engines.core.spec import to_json
from engines.inspection.studies import CompareResult, CompareSpec, LayerDifference
from engines.inspection.types import OpenSpec
from workbench.verbs import console
from workbench.verbs.inspection.shapes import shape_of

USUAL = CompareSpec()


def register(app: typer.Typer) -> None:
    """The command."""
    app.command(
        help=console.help_text(
            "Compare two models on one picture, or one model on two, layer by layer: which layer differs first?",
            "python main.py inspect compare before.onnx after.onnx --input 1x3x224x224 --json",
            "python main.py inspect compare model.onnx --picture day.jpg --other night.jpg",
        )
    )(compare)


def compare(
    first: Annotated[str, typer.Argument(help="A model file, or a name of the model store.", show_default=False)],
    second: Annotated[str, typer.Argument(help="Another; left out: the first again.", show_default=False)] = "",
    inputs: Annotated[
        list[str] | None, typer.Option("--input", help="Shape of an input, as 1x3x224x224; again for the next input.")
    ] = None,
    picture: Annotated[str, typer.Option(help="What both see.", show_default="seeded noise")] = "",
    other: Annotated[str, typer.Option(help="What the second sees instead.", show_default=False)] = "",
    tolerance: Annotated[float, typer.Option(help="Relative error above which a layer differs.")] = USUAL.tolerance,
    seed: Annotated[int, typer.Option(help="Of the noise.")] = USUAL.seed,
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    from engines.inspection.activations.comparing import run

    shapes = tuple(shape_of(text) for text in inputs or ())
    if not second and not other:
        raise UsageError("There is nothing to compare", hint="Name a second model, or a second picture with --other")
    beside = OpenSpec(second, shapes) if second else OpenSpec()
    spec = CompareSpec(OpenSpec(first, shapes), beside, picture, other, tolerance=tolerance, seed=seed)
    console.run(run, spec, json=json, render=_show, as_json=as_json)


def as_json(result: CompareResult) -> dict[str, object]:
    """What scripts read."""
    return {
        "first_differing": result.first_differing,
        "layers": [to_json(layer) for layer in result.layers],
        "warnings": list(result.warnings),
    }


def _show(result: CompareResult) -> None:
    """The answer, then a row a layer."""
    from rich import box
    from rich.table import Table

    told = console.out()
    differ = result.first_differing
    told.print(f"First layer that differs: {differ}" if differ else "No layer differs", soft_wrap=True)
    for words in result.warnings:
        told.print(words, soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD)
    for index, name in enumerate(("layer", "operator", "relative error", "largest", "cosine", "")):
        table.add_column(name, justify="right" if 2 <= index <= 4 else "left")
    for row in result.layers:
        table.add_row(_name(row), row.type, _figure(row.error), _figure(row.largest), _figure(row.cosine, 6), row.note)
    told.print(table)


def _name(row: LayerDifference) -> str:
    names = dict.fromkeys(name for name in (row.name, row.other_name) if name)
    return " | ".join(names)


def _figure(value: float | None, digits: int = 3) -> str:
    return "" if value is None else f"{value:.{digits}g}"
