"""`main.py actions detect`: the decisions of a model along a film, frame by frame, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from engines.actions.study_types import DetectSpec
from engines.core.spec import to_json
from workbench.verbs import console
from workbench.verbs.actions.options import Frames, Json, Threshold, parsed

if TYPE_CHECKING:
    from engines.actions.study_types import DetectResult
    from engines.core.context import Context

DEFAULT = DetectSpec("", "", "")
SHOWN = 20
"""Events printed, the first ones."""


def register(app: typer.Typer) -> None:
    """Add these commands to `actions`."""
    app.command(
        name="detect",
        help=console.help_text(
            "Run a model over a film as if it came live: the probability of each class at each frame, seeing only "
            "what came before.",
            "python main.py actions detect mine.safetensors film.mp4 --out scores.csv",
            "python main.py actions detect mine.safetensors film.mp4 --frames 191:371 --out scores.csv --json",
            "python main.py actions detect mine.safetensors film.mp4 --out scores.csv --ahead --events events.eaf",
        ),
    )(detect)


def detect(
    model: Annotated[str, typer.Argument(help="What actions train wrote (.safetensors).", show_default=False)],
    video: Annotated[str, typer.Argument(help="A film.", show_default=False)],
    out: Annotated[str, typer.Option(help="Scores: frame,time_s, then a column a class (.csv).", show_default=False)],
    frames: Frames = "",
    ahead: Annotated[
        bool, typer.Option("--ahead", help="Also what is anticipated: OUT.ahead.npy, frames x steps x classes.")
    ] = False,
    events: Annotated[str, typer.Option(help="Also events: .csv, .json or .eaf (ELAN).", show_default=False)] = "",
    threshold: Threshold = DEFAULT.threshold,
    release: Annotated[
        float, typer.Option(help="Probability below which it ends; 0: three fifths of the threshold.")
    ] = DEFAULT.release,
    least: Annotated[float, typer.Option(help="Seconds that an event lasts at least.")] = DEFAULT.least,
    weights: Annotated[str, typer.Option(help="float32, bfloat16 or int8.")] = DEFAULT.weights,
    threads: Annotated[int, typer.Option(help="Of each network of the features.")] = DEFAULT.threads,
    json: Json = False,
) -> None:
    asked: dict[str, Any] = {"model": model, "video": video, "out": out, "ahead": ahead, "events": events}
    asked |= {"threshold": threshold, "release": release, "least": least, "weights": weights, "threads": threads}

    def work(_: None, ctx: Context) -> DetectResult:
        from engines.actions.streaming.detect import run
        from engines.core.spec import from_json

        return run(from_json(DetectSpec, asked | {"frames": parsed(frames)}), ctx)

    console.run(work, None, json=json, render=_show, as_json=to_json)


def _show(result: DetectResult) -> None:
    terminal = console.out()
    for event in result.events[:SHOWN]:
        end = "" if event.end is None else f"{event.end:8.2f}"
        terminal.print(f"  {event.start:8.2f} {end} s  {100 * event.probability:3.0f} %  {event.action}")
    if len(result.events) > SHOWN:
        terminal.print(f"  and {len(result.events) - SHOWN} more")
    found = f"{len(result.events)} events" if len(result.events) != 1 else "1 event"
    terminal.print(console.headline(found, f" in {result.frames} frames, {result.fps:.0f} frames per second"))
    for file in filter(None, (result.file, result.ahead)):
        terminal.print(f"Written to {file}")
