"""`main.py actions train` and `actions show`: a model taught by labelled clips, and its card."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from engines.actions.study_types import TrainSpec
from engines.core.errors import UsageError
from workbench.verbs import console
from workbench.verbs.actions.options import FRAMES, Json, parsed
from workbench.verbs.spec_options import command, flag

if TYPE_CHECKING:
    from engines.actions.study_types import TrainResult
    from engines.actions.types import ModelCard
    from engines.core.context import Context

WORDS = {
    "out": "Model file, .safetensors.",
    "settings": "Published settings by name: trn, idn or miniroad. They fill whatever is not given here.",
    "features": "What the head sees.",
    "model": "The head.",
    "loss": "Cross-entropy over all steps, over the last one, focal, or the F1 itself made differentiable.",
    "rate": "Chunks per second; 0 for the video's own up to 10, or 4 for a folder.",
    "hidden": "H, of the recurrent state.",
    "width": "F, of the projected features.",
    "future_steps": "Steps ahead that are anticipated, 0 for none.",
    "horizon": "Seconds that the last of them looks ahead.",
    "offset": "Chunks ahead of the first of them (0: the current one, as TRN was released); evenly spread without.",
    "window": "Chunks of a training window; of IDN's look back.",
    "iterations": "Updates.",
    "batch": "Windows an update.",
    "learning_rate": "Highest learning rate.",
    "decay": "Weight decay.",
    "dropout": "Share of values that are left out while it learns.",
    "noise": "Noise on the standardised features while it learns.",
    "held_out": "Share at the end of each clip, in whole segments, that decides when to stop; 0 for none.",
    "patience": "Looks at what is held out that may bring nothing.",
    "seed": "Of weights, windows, dropout and noise.",
    "threads": "CPU threads.",
    "device": "Where the head learns.",
    "anew": "Begin with the first step, even where a checkpoint of before could go on.",
    "keep": "Write the model of the checkpoint as it is, and train no further.",
}
OWN = ("clips", "frames", "folder")


def register(app: typer.Typer) -> None:
    """Add these commands to `actions`."""
    app.command(
        name="train",
        help=console.help_text(
            "Teach a head the actions of labelled clips. Features are made once and kept. A folder instead of videos "
            "is a benchmark: rgb*/VIDEO.npy, flow*/VIDEO.npy, target*/VIDEO.npy, and data_info.json.",
            "python main.py actions train clip.mp4 --labels clip.csv --out mine",
            "python main.py actions train clip.mp4 --labels clip.csv --frames 0:191 --features both --out mine --json",
            "python main.py actions train a.mp4 b.mp4 --labels a.csv b.csv --model gru --held-out 0.2 --out mine",
            "python main.py actions train THUMOS/ --settings trn --hidden 512 --out thumos",
        ),
    )(command(train, TrainSpec, WORDS, *_own(), flag("json", "One JSON object and nothing else."), skip=OWN))
    app.command(
        name="show",
        help=console.help_text(
            "What a model file says of itself: classes, head, features, horizons.",
            "python main.py actions show mine.safetensors",
            "python main.py actions show mine.safetensors --json",
        ),
    )(show)


def _own() -> tuple[inspect.Parameter, ...]:
    files = typer.Argument(help="Videos, or one benchmark folder.", show_default=False)
    labels = typer.Option(help="The labels of each video, in the same order.", show_default=False)
    frames = typer.Option(help=f"What is learned from. {FRAMES}", show_default=False)
    kind = inspect.Parameter.KEYWORD_ONLY
    return (
        inspect.Parameter("videos", kind, annotation=Annotated[list[str], files]),
        inspect.Parameter("labels", kind, default=None, annotation=Annotated[list[str] | None, labels]),
        inspect.Parameter("frames", kind, default="", annotation=Annotated[str, frames]),
    )


def train(*, videos: list[str], labels: list[str] | None, frames: str, json: bool, **values: Any) -> None:
    def work(_: None, ctx: Context) -> TrainResult:
        from engines.core.spec import from_json

        data = sources(videos, labels or [])
        spec: TrainSpec = from_json(TrainSpec, values | data | {"frames": parsed(frames)})
        from engines.actions.training.job import run

        return run(spec, ctx)

    console.run(work, None, json=json, render=_show_result, as_json=told, heard=_warn)


def _warn(key: str, value: object) -> None:
    """Weak points of the labels are told before the work begins."""
    if key == "advice":
        for line in cast("tuple[str, ...]", value):
            print(f"Note: {line}", file=sys.stderr)


def sources(files: list[str], labels: list[str]) -> dict[str, Any]:
    """Fields `clips` or `folder` of a spec. Of `VIDEOS... --labels FILES...` the parser takes all but the first label
    file for another video, so the second half of all files are labels. Raises `UsageError` for an odd number.
    """
    if not labels and len(files) == 1 and Path(files[0]).is_dir():
        return {"folder": files[0]}
    if not labels:
        raise UsageError("The labels are missing", hint="Add --labels FILE, one for each video")
    count, odd = divmod(len(files) + len(labels), 2)
    videos, marks = files[:count], [*labels, *files[count:]]
    if odd or len(videos) != len(marks):
        message = f"{len(files)} videos and {len(labels)} label files do not go together"
        raise UsageError(message, hint="Give one label file for each video, in the same order")
    return {"clips": [{"video": video, "labels": mark} for video, mark in zip(videos, marks, strict=True)]}


def show(
    model: Annotated[str, typer.Argument(help="A model file.", show_default=False)],
    json: Json = False,
) -> None:
    def work(_: None, ctx: Context) -> ModelCard:
        from engines.actions.models.files import open_model

        return open_model(model).card

    def told_card(card: ModelCard) -> dict[str, Any]:
        from engines.core.spec import to_json

        said: dict[str, Any] = to_json(card)
        return {"file": model, **said}

    console.run(work, None, json=json, render=_show_card, as_json=told_card)


def told(result: TrainResult) -> dict[str, Any]:
    """A training as the command line tells it."""
    from workbench.verbs.actions.evaluation import told as told_evaluation

    card, last = result.card, result.last
    return {
        "file": result.file,
        "map": result.map,
        "classes": list(card.classes),
        "horizons_s": list(card.horizons),
        "parameters": card.parameters,
        "iterations": result.iterations,
        "stopped_early": result.stopped_early,
        "seconds": result.seconds,
        "feature_seconds": result.feature_seconds,
        "advice": list(result.advice),
        "sha256": card.sha256,
        "loss": [list(pair) for pair in last.loss] if last else [],
        "held_out_loss": [list(pair) for pair in last.held_loss] if last else [],
        "held_out_map": [list(pair) for pair in last.map] if last else [],
        "test": told_evaluation(result.tested) if result.tested else None,
    }


def _show_result(result: TrainResult) -> None:
    terminal = console.out()
    of = "test videos" if result.tested else "what was held out"
    precision = "Nothing was held out" if result.map is None else f"{100 * result.map:.1f} %"
    on = "" if result.map is None else f" mAP on {of}"
    all_of = len(result.card.classes) - 1
    mean = result.map is not None and result.card.averaged < all_of
    actions = f"{on}; {f'mean of {result.card.averaged} of ' if mean else ''}{all_of} actions"
    terminal.print(console.headline(precision, actions))
    early = ", stopped early" if result.stopped_early else ""
    terminal.print(f"  {result.iterations} iterations{early}, {result.seconds:.0f} s")
    for line in result.advice:
        terminal.print(f"  {line}")
    terminal.print(f"Written to {result.file}")


def _show_card(card: ModelCard) -> None:
    terminal = console.out()
    terminal.print(console.headline(card.name, f": {card.shape.kind.upper()}, {card.parameters:,} parameters"))
    terminal.print(f"  Actions: {', '.join(card.classes[1:])}")
    features = card.recipe.of or ", ".join(card.recipe.streams)
    terminal.print(f"  Features: {features}; {card.recipe.rate:g} chunks per second")
    if card.horizons:
        terminal.print(f"  Anticipates {', '.join(f'{at:g}' for at in card.horizons)} s ahead")
    over = f" over {card.averaged} actions" if card.averaged else ""
    precision = "" if card.map is None else f", {100 * card.map:.1f} % mAP{over}"
    terminal.print(f"  Trained on {card.trained_on or 'what is not known'}{precision}")
    if card.learned and len(card.learned) < len(card.classes) - 1:
        strange = [name for name in card.classes[1:] if name not in card.learned]
        terminal.print(f"  Never learned: {', '.join(strange)}")
