"""`main.py actions features`: the features of a video, chunk by chunk, as an array for other tools."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engines.core.errors import UsageError
from workbench.verbs import console
from workbench.verbs.actions.options import Frames, Json, parsed

if TYPE_CHECKING:
    from engines.actions.study_types import FeaturesResult
    from engines.core.context import Context

HELP = console.help_text(
    "Describe a video as one vector for each chunk: appearance (EfficientNet-Lite0) with motion (DIS optical flow), "
    "body pose (MediaPipe landmarks, normalised, with velocities), or both. The .npy holds chunks x numbers; the .json "
    "beside it how they were made, and the frame and time that closed each chunk.",
    "python main.py actions features walk.mp4 --kind appearance --out walk.npy",
    "python main.py actions features walk.mp4 --kind pose --frames 0:191 --rate 10 --out walk.npy --json",
)


def register(app: typer.Typer) -> None:
    """Add these commands to `actions`."""
    app.command("features", help=HELP)(features)


def features(
    video: Annotated[Path, typer.Argument(help="The video.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The .npy file to write.", show_default=False)],
    kind: Annotated[str, typer.Option(help="appearance, pose or both.")] = "appearance",
    frames: Frames = "",
    rate: Annotated[float, typer.Option(help="Chunks per second; 0: the video's own rate, up to 10.")] = 0.0,
    threads: Annotated[int, typer.Option(min=1, help="Threads of the networks.")] = 1,
    json: Json = False,
) -> None:
    """Features of a video."""

    def work(_: None, ctx: Context) -> FeaturesResult:
        from engines.actions.features.extraction import run
        from engines.actions.study_types import FeaturesSpec
        from engines.core.spec import from_json

        asked = {"video": str(video), "out": str(npy_path(out)), "kind": kind, "rate": rate, "threads": threads}
        return run(from_json(FeaturesSpec, asked | {"frames": parsed(frames)}), ctx)

    console.run(work, None, json=json, render=_show, as_json=asdict)


def npy_path(out: Path) -> Path:
    """The file with the ending .npy. Raises `UsageError` for another one."""
    if out.suffix not in ("", ".npy"):
        raise UsageError(f"Features are written as .npy, not as '{out.suffix}'", hint="--out features.npy")
    return out.with_suffix(".npy") if out.name else out


def _show(result: FeaturesResult) -> None:
    terminal = console.out()
    made = "taken from the cache" if result.reused else f"made in {result.seconds:.1f} s"
    terminal.print(f"{result.chunks} chunks of {result.length} numbers at {result.rate:g} per second, {made}")
    if result.without_body:
        terminal.print(f"  nobody in view in {100 * result.without_body:.0f} % of the chunks")
    terminal.print(f"Written to {result.file}")
