"""`main.py inspect`: what a model file is, what its layers see, what its outputs rest on."""

from __future__ import annotations

from typing import Annotated, Any, cast

import typer

from engines.core.spec import to_json
from engines.inspection.attribution.asked import BASELINES, AttributeSpec
from engines.inspection.types import ModelSheet, OpenSpec
from workbench.verbs import console
from workbench.verbs.inspection import attribute, compare
from workbench.verbs.inspection.shapes import shape_of
from workbench.verbs.inspection.sheet import show as _show
from workbench.verbs.run_group import RunGroup

app = typer.Typer(
    cls=RunGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    help=console.help_text(
        "What a model file is, whether it is safe, what its layers see and what its outputs rest on.",
        "python main.py inspect model.onnx --input 1x3x224x224 --json",
    ),
)


@app.callback()
def _group() -> None:
    pass


@app.command(
    help=console.help_text(
        "Look into one model. The word `run` may be left out.",
        "python main.py inspect yunet --json",
        "python main.py inspect model.onnx --input 1x3x224x224",
        "python main.py inspect downloaded.pth --safety --json",
        "python main.py inspect yunet --receptive-field all",
        "python main.py inspect model.onnx cat.png --attribute grad-cam --sanity --out why.png",
    )
)
def run(
    model: Annotated[str, typer.Argument(help="A model file, a diffusers folder, or a name of the model store.")],
    picture: Annotated[str, typer.Argument(help="A picture, for --attribute.", show_default=False)] = "",
    inputs: Annotated[
        list[str] | None, typer.Option("--input", help="Shape of an input, as 1x3x224x224; again for the next input.")
    ] = None,
    code: Annotated[bool, typer.Option("--code", help="Load TorchScript, which is a program, in a child.")] = False,
    safety: Annotated[bool, typer.Option("--safety", help="Only whether it is safe; nothing is executed.")] = False,
    time: Annotated[bool, typer.Option("--time", help="Measure each node on this machine.")] = False,
    fields: Annotated[
        str, typer.Option("--receptive-field", help="Receptive field of a layer by its name, or of `all`.")
    ] = "",
    methods: Annotated[
        str,
        typer.Option("--attribute", help=f"Pixels that an output rests on, by {attribute.NAMES}.", show_default=False),
    ] = "",
    layer: Annotated[str, typer.Option(help="Of Grad-CAM.", show_default="the last with a map")] = "",
    target: Annotated[
        str,
        typer.Option(help="A number of the output, norm, mean, or LAYER:CHANNEL.", show_default="the largest output"),
    ] = "",
    baseline: Annotated[str, typer.Option(help=f"Nothing: {', '.join(BASELINES)}.")] = "black",
    steps: Annotated[int, typer.Option(help="Of integrated gradients, at most.")] = AttributeSpec().most_steps,
    sanity: Annotated[bool, typer.Option("--sanity", help="Explain again with shuffled weights.")] = False,
    curves: Annotated[bool, typer.Option("--curves", help="Deletion and insertion.")] = False,
    out: Annotated[str, typer.Option(help="PNG of the picture under the map.", show_default=False)] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    from engines.inspection.opening.job import sheet_of as work
    from workbench.verbs.inspection import safety as judging

    if safety:
        judging.run(model, json)
        return
    spec = OpenSpec(model, tuple(shape_of(text) for text in inputs or ()), code, time)
    if fields:
        from workbench.verbs.inspection.field import run as show_fields

        show_fields(spec, fields, json)
        return
    if methods or picture or out or layer or target or sanity or curves:
        asked = AttributeSpec(spec, picture, attribute.methods_of(methods), layer, target, sanity=sanity, curves=curves,
                              baseline=cast("Any", baseline), most_steps=steps)  # fmt: skip
        attribute.run(asked, out, json=json)
        return
    console.run(work, spec, json=json, render=_show, as_json=sheet_json)


def sheet_json(sheet: ModelSheet) -> dict[str, Any]:
    """What scripts read."""
    counts = sheet.counts
    return {
        "format": sheet.format,
        "parameters": counts.parameters,
        "parameters_shared_once": counts.parameters_shared_once,
        "multiply_adds": counts.multiply_adds,
        "layers": [to_json(layer) for layer in counts.layers],
        "warnings": [words for words in (sheet.runs, *sheet.warnings) if words],
    }


compare.register(app)
