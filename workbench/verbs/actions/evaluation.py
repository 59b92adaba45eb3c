"""`main.py actions evaluate`, `evaluate-arrays` and `labels`: scores against labels, and labels from tool to tool."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engines.actions.study_types import EvaluateSpec, Evaluation
from engines.core.errors import UsageError
from engines.core.spec import to_json
from workbench.verbs import console
from workbench.verbs.actions.options import Frames, Json, Threshold, Video, parsed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engines.actions.types import Labels
    from engines.core.context import Context

RENAMED = {"confusion": "confusion_s", "false_alarms": "false_alarms_per_minute", "delay": "delay_s"}
"""Fields that say their unit on the command line."""
SHARES = "In JSON all precisions are shares, 0 to 1; on the terminal they are in percent."


def register(app: typer.Typer) -> None:
    """Add these commands to `actions`."""
    app.command(
        name="evaluate",
        help=console.help_text(
            "Compare scores of frames with labels: average precision by frame, calibrated, by decile, of starts and of "
            f"segments. The frames that count are those of the score file. {SHARES}",
            "python main.py actions evaluate scores.csv labels.csv",
            "python main.py actions evaluate scores.csv labels.csv --frames 191:371 --json",
            "python main.py actions evaluate trn.csv gru.csv labels.eaf --video clip.mp4",
            "python main.py actions evaluate trn.csv labels.csv --model trn.safetensors",
            "python main.py actions evaluate trn.safetensors gru.safetensors labels.csv --video clip.mp4 --frames 191:",
            "python main.py actions evaluate trn.safetensors labels.csv --video clip.mp4 --frames 191: --one-frame",
        ),
    )(evaluate)
    app.command(
        name="evaluate-arrays",
        help=console.help_text(
            "The same precisions for plain arrays, frames x classes, as feature-based benchmarks keep them. "
            f"Targets are flags (frames x classes) or class indices (frames). {SHARES}",
            "python main.py actions evaluate-arrays --scores scores.npy --targets targets.npy --json",
            "python main.py actions evaluate-arrays --scores thumos.npy --targets thumos-target.npy --ignore 21",
        ),
    )(evaluate_arrays)
    app.command(
        name="labels",
        help=console.help_text(
            "Check labels, and write them for another tool: .csv, .json, .eaf (ELAN), .via.json (VIA), "
            "a folder (THUMOS14, also read from .txt). Formats in seconds need the video, or its frame rate.",
            "python main.py actions labels labels.csv",
            "python main.py actions labels labels.csv --out labels.eaf --video clip.mp4",
            "python main.py actions labels project.via.json --out labels.csv --rate 25",
        ),
    )(labels)


def evaluate(
    files: Annotated[
        list[str], typer.Argument(help="Score files, or models to run on --video; then the labels.", show_default=False)
    ],
    frames: Frames = "",
    video: Video = "",
    model: Annotated[
        list[str] | None,
        typer.Option(help="Model behind each score file: its horizons, for what it anticipated.", show_default=False),
    ] = None,
    threshold: Threshold = 0.5,
    one_frame: Annotated[
        bool,
        typer.Option("--one-frame", help="Also a logistic regression on single chunks, learned before --frames."),
    ] = False,
    json: Json = False,
) -> None:
    def work(_: None, ctx: Context) -> tuple[Evaluation, ...]:
        from engines.actions.evaluation.job import run

        scores, models = sources(files[:-1], model or ())
        return run(EvaluateSpec(scores, files[-1], (), models, video, parsed(frames), threshold, one_frame), ctx)

    console.run(work, None, json=json, render=_show_all, as_json=_told_all)


def evaluate_arrays(
    scores: Annotated[str, typer.Option(help=".npy, frames x classes.", show_default=False)],
    targets: Annotated[str, typer.Option(help=".npy, frames x classes or frames.", show_default=False)],
    ignore: Annotated[
        int | None, typer.Option(help="Column of ambiguous frames, which are left out.", show_default=False)
    ] = None,
    background: Annotated[int, typer.Option(help="Column that is not averaged; -1 for none.")] = 0,
    json: Json = False,
) -> None:
    def work(_: None, ctx: Context) -> Evaluation:
        from engines.actions.evaluation.arrays import evaluate_arrays as measured
        from engines.core.reading import read_array

        column = None if background == -1 else background
        arrays = read_array(scores), read_array(targets)
        return measured(*arrays, ignore, column, Path(scores).stem, (scores, targets))

    console.run(work, None, json=json, render=_show, as_json=told)


def labels(
    file: Annotated[str, typer.Argument(help="Labels of any kind.", show_default=False)],
    out: Annotated[str, typer.Option(help="Where to; the suffix says the kind.", show_default=False)] = "",
    video: Video = "",
    rate: Annotated[float, typer.Option(help="Frames per second, where there is no video.", show_default=False)] = 0.0,
    json: Json = False,
) -> None:
    def work(_: None, ctx: Context) -> tuple[Labels, tuple[str, ...]]:
        from engines.actions.labels.files import check, read_labels, write_labels
        from engines.core.outputs import refuse_inputs

        refuse_inputs(out, (file, video))
        times = _times(video)
        read = read_labels(file, times, rate, video=video)
        advice = check(read, 0 if times is None else len(times), path=file)
        if out:
            write_labels(out, read, times, video=video)
        return read, advice

    def told_labels(result: tuple[Labels, tuple[str, ...]]) -> dict[str, Any]:
        read, advice = result
        return {
            "file": out or file,
            "segments": len(read.segments),
            "classes": list(read.classes),
            "tracks": list(read.tracks),
            "advice": list(advice),
        }

    def show(result: tuple[Labels, tuple[str, ...]]) -> None:
        terminal = console.out()
        read, advice = result
        terminal.print(f"{len(read.segments)} segments of {len(read.classes)} actions")
        for line in advice:
            terminal.print(f"  {line}")
        if out:
            terminal.print(f"Written to {out}")

    console.run(work, None, json=json, render=show, as_json=told_labels)


def sources(files: Sequence[str], models: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Score files and the models behind them; a model file in place of scores is to be run first.

    Raises `UsageError` without any file, and for more models than score files.
    """
    if not files:
        raise UsageError("Scores and labels are needed", hint="actions evaluate SCORES.csv LABELS.csv")
    given = iter(models)
    pairs = [("", file) if Path(file).suffix == ".safetensors" else (file, next(given, "")) for file in files]
    if next(given, None) is not None:
        raise UsageError("There are more models than score files", hint="Give --model once for each score file")
    return tuple(scores for scores, _ in pairs), tuple(model for _, model in pairs)


def told(result: Evaluation) -> dict[str, Any]:
    """An evaluation as the command line tells it."""
    said = to_json(result)
    trade = said["trade_off"] and _renamed(said["trade_off"])
    return _renamed(said) | {"trade_off": trade, "averaged": list(result.averaged)}


def _renamed(said: dict[str, Any]) -> dict[str, Any]:
    return {RENAMED.get(name, name): value for name, value in said.items()}


def _told_all(results: tuple[Evaluation, ...]) -> dict[str, Any]:
    return told(results[0]) if len(results) == 1 else {"models": [told(result) for result in results]}


def _show_all(results: tuple[Evaluation, ...]) -> None:
    for result in results:
        _show(result)


def _show(result: Evaluation) -> None:
    terminal = console.out()
    many = f"{len(result.averaged)} {'action' if len(result.averaged) == 1 else 'actions'}"
    by_chance = "" if result.chance is None else f"; chance {100 * result.chance:.1f} %"
    of = f"of {result.name or 'the scores'} over {result.frames} frames{by_chance}"
    rest = f" mAP, {100 * result.mcap:.1f} % mcAP (mean of {many}) {of}"
    terminal.print(console.headline(f"{100 * result.map:.1f} %", rest))
    for name, value in result.ap.items():
        shown = "does not occur" if value is None else f"{100 * value:5.1f} %"
        terminal.print(f"  {name:24} {shown}")
    for what, pairs, unit in (
        ("Ahead", result.ahead, "s"),
        ("What shows now goes on", result.ahead_still, "s"),
        ("Starts within", result.starts[1::4], "s"),
        ("Segments at IoU", result.segments, ""),
    ):
        if pairs:
            values = ", ".join(f"{at:g}{f' {unit}' if unit else ''}: {100 * value:.1f} %" for at, value in pairs)
            terminal.print(f"  {what}: {values}")
    if result.one_frame is not None:
        terminal.print(f"  One chunk alone (logistic regression): {100 * result.one_frame:.1f} %")
    for note in result.notes:
        terminal.print(f"  {note}")


def _times(video: str) -> NDArray[Any] | None:
    if not video:
        return None
    from engines.core.video.film import Film

    with Film.open(video) as film:
        return film.frame_times()
