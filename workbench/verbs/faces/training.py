"""`main.py faces train`: a margin-softmax head over a folder of one's own people."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engines.core.errors import UsageError
from engines.faces.study_types import HeadSpec
from workbench.verbs import console
from workbench.verbs.faces.options import Answer, run_job
from workbench.verbs.spec_options import command, flag

if TYPE_CHECKING:
    from engines.faces.study_types import HeadResult

WORDS = {
    "out": "Folder for the ONNX recogniser and its card.",
    "loss": "softmax, sphereface, cosface, arcface or adaface.",
    "scale": "s, which sharpens the softmax.",
    "model": "Recogniser under a frozen backbone.",
    "backbone": "frozen: a projection of a recogniser's embeddings; small: a network of its own.",
    "dim": "Length of an embedding.",
    "steps": "Updates.",
    "batch": "Faces an update.",
    "rate": "Highest learning rate.",
    "sample": "Share of the centres used an update (partial FC).",
    "held_out": "Share of each person's pictures held out.",
    "seed": "Of split, weights and order.",
    "anew": "Begin with the first step, even where a checkpoint of before could go on.",
    "keep": "Write the recogniser of the checkpoint as it is, and train no further.",
}
FOLDER = Annotated[str, typer.Argument(help="Pictures of the people.", show_default=False)]
MARGINS = Annotated[str, typer.Option(help="m1,m2,m3 instead of the customary ones.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add these commands to `faces`."""
    more = (
        inspect.Parameter("folder", inspect.Parameter.KEYWORD_ONLY, annotation=FOLDER),
        inspect.Parameter("margins", inspect.Parameter.KEYWORD_ONLY, annotation=MARGINS, default=""),
        flag("json", "One JSON object and nothing else."),
    )
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
    )(command(train, HeadSpec, WORDS, *more, skip=("images", "margins")))


def train(*, folder: str, margins: str, json: bool, **asked: Any) -> None:
    told = asked | {"images": folder, "margins": parsed(margins)}
    run_job("training.job", told, json=json, render=_show, as_json=_told)


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


def _told(result: HeadResult) -> Answer:
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
