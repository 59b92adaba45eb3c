"""`main.py faces train`: a margin-softmax head over a folder of one's own people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from engines.core.errors import UsageError
from engines.faces.study_types import HeadSpec
from workbench.verbs import console

if TYPE_CHECKING:
    from engines.core.context import Context
    from engines.faces.study_types import HeadResult

DEFAULT = HeadSpec("", "")


def register(app: typer.Typer) -> None:
    """Add these commands to `faces`."""
    app.command(
        name="train",
        help=console.help_text(
            "Train a margin softmax over a folder: one folder a person, or files named NAME_0001.jpg. "
            "The logit of the true person is s (cos(m1 theta + m2) - m3), of every other s cos theta.",
            "python main.py faces train people/ --out mine",
            "python main.py faces train people/ --out mine --margins 1,0.5,0 --scale 64",
            "python main.py faces train people/ --out mine --backbone small --json",
            "python main.py faces verify a.jpg b.jpg --model mine/arcface-frozen.onnx",
        ),
    )(train)


def train(
    folder: Annotated[str, typer.Argument(help="Pictures of the people.", show_default=False)],
    out: Annotated[str, typer.Option(help="Folder for the ONNX recogniser and its card.", show_default=False)],
    loss: Annotated[str, typer.Option(help="softmax, sphereface, cosface, arcface or adaface.")] = DEFAULT.loss,
    margins: Annotated[str, typer.Option(help="m1,m2,m3 instead of the customary ones.", show_default=False)] = "",
    scale: Annotated[float, typer.Option(help="s, which sharpens the softmax.")] = DEFAULT.scale,
    backbone: Annotated[
        str, typer.Option(help="frozen: a projection of a recogniser's embeddings; small: a network of its own.")
    ] = DEFAULT.backbone,
    model: Annotated[str, typer.Option(help="Recogniser under a frozen backbone.")] = DEFAULT.model,
    dim: Annotated[int, typer.Option(help="Length of an embedding.")] = DEFAULT.dim,
    steps: Annotated[int, typer.Option(help="Updates.")] = DEFAULT.steps,
    batch: Annotated[int, typer.Option(help="Faces an update.")] = DEFAULT.batch,
    rate: Annotated[float, typer.Option(help="Highest learning rate.")] = DEFAULT.rate,
    sample: Annotated[float, typer.Option(help="Share of the centres used an update (partial FC).")] = DEFAULT.sample,
    held_out: Annotated[float, typer.Option(help="Share of each person's pictures held out.")] = DEFAULT.held_out,
    seed: Annotated[int, typer.Option(help="Of split, weights and order.")] = DEFAULT.seed,
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    asked: dict[str, Any] = {
        "images": folder,
        "out": out,
        "loss": loss,
        "scale": scale,
        "backbone": backbone,
        "model": model,
    }
    asked |= {"dim": dim, "steps": steps, "batch": batch, "rate": rate, "sample": sample}
    asked |= {"held_out": held_out, "seed": seed}

    def work(_: None, ctx: Context) -> HeadResult:
        from engines.core.spec import from_json
        from engines.faces.training.job import run

        return run(from_json(HeadSpec, asked | {"margins": parsed(margins)}), ctx)

    console.run(work, None, json=json, render=_show, as_json=_told)


def parsed(margins: str) -> tuple[float, ...] | None:
    """ "1,0.5,0" as numbers, "" as None. Raises `UsageError` for anything but three numbers."""
    if not margins:
        return None
    try:
        numbers = tuple(float(part) for part in margins.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != 3:
        raise UsageError(f"Margins are three numbers, not '{margins}'", hint="--margins 1,0.5,0")
    return numbers


def _told(result: HeadResult) -> dict[str, Any]:
    last = result.last
    return {
        "file": result.file,
        "accuracy": result.accuracy,
        "own_degrees": result.separation[0],
        "other_degrees": result.separation[1],
        "people": result.classes,
        "images": result.images,
        "held_out": len(last.own) if last else 0,
        "seconds": result.seconds,
        "loss": [list(pair) for pair in last.loss] if last else [],
        "held_out_accuracy": [list(pair) for pair in last.accuracy] if last else [],
    }


def _show(result: HeadResult) -> None:
    terminal = console.out()
    own, other = result.separation
    held = len(result.last.own) if result.last else 0
    nearest = f" of {held} held-out pictures nearest to their own person"
    terminal.print(console.headline(f"{100 * result.accuracy:.1f} %", nearest))
    terminal.print(f"  own centre at {own:.1f}°, nearest other at {other:.1f}° on average")
    terminal.print(f"  {result.classes} people, {result.images} pictures, {result.seconds:.0f} s")
    terminal.print(f"Written to {result.file}")
