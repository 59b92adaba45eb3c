"""`main.py tour`: walk through every preset with real results and save one picture per panel and state.

It fails when a panel is blank or an error reaches the log, and with `--strict` also when the window's thread computes
for too long at a stretch. The pictures are what a person looks at before calling a screen done.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from engines.core import places
from engines.core.outputs import result_folder
from workbench.verbs.console import help_text
from workbench.work import languages

EXAMPLES = (
    "python main.py tour --out tour",
    "python main.py tour --quick --out tour",
    "python main.py tour --out tour --size 1920x1080 --scale 1.5 --theme light",
)
MANIFEST = "tour.json"
app = typer.Typer(add_completion=False)


@app.command(help=help_text("Walk through every panel, offscreen, and save a picture of each state.", *EXAMPLES))
def tour(
    out: Annotated[Path, typer.Option(help="Folder for the pictures")] = Path("tour"),
    size: Annotated[str, typer.Option(help="Window size, WIDTHxHEIGHT")] = "1440x900",
    scale: Annotated[float, typer.Option(help="Device pixels to a logical pixel")] = 1.0,
    theme: Annotated[str, typer.Option(help="dark, light or both")] = "both",
    only: Annotated[str, typer.Option(help="Only the stops whose name contains this: PART or PART,PART")] = "",
    quick: Annotated[bool, typer.Option("--quick", help="Only the nine main pictures, in a minute")] = False,
    language: Annotated[
        str, typer.Option(help="A language; `stretched` and `wide` show what is cut or not translated")
    ] = "en",
    strict: Annotated[bool, typer.Option("--strict", help="Fail when the window stalled, too")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Exits with 1 when a panel is blank without saying why, or something raised; a stall is a remark.

    `out` holds nothing else: an absent or empty folder, or an earlier tour.
    """
    width, height = _size(size)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = str(scale)
    os.environ.setdefault(places.STORE_VARIABLE, str(places.store_dir()))
    with (
        result_folder(out, MANIFEST, what="tour") as staging,
        tempfile.TemporaryDirectory(prefix="kinoscope-tour-") as home,
    ):
        os.environ["KINOSCOPE_HOME"] = home
        os.environ[languages.VARIABLE] = language
        languages.speak_in(languages.chosen(language))
        from workbench.tour.stops import main_stops, stops
        from workbench.tour.walk import walk

        every = main_stops(theme) if quick else stops(theme)
        chosen = [stop for stop in every if any(part in stop.name for part in only.split(","))]
        report = walk(staging, (width, height), chosen, say=lambda text: print(text, file=sys.stderr, flush=True))
    pictures = report["pictures"]
    assert isinstance(pictures, list)
    report["pictures"] = [str(out / Path(picture).name) for picture in pictures]
    if as_json:
        print(json.dumps(report))
    else:
        _print(report, out)
    raise typer.Exit(1 if report["problems"] or (strict and report["remarks"]) else 0)


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError:
        raise typer.BadParameter(f"'{text}' is not WIDTHxHEIGHT", param_hint="--size") from None
    return width, height


def _print(report: dict[str, object], out: Path) -> None:
    pictures = report["pictures"]
    assert isinstance(pictures, list)
    print(f"{len(pictures)} pictures in {out.resolve()}")
    print(f"longest stretch of computing in the window: {report['stall_ms_max']:.0f} ms")
    jobs = report.get("jobs")
    for name, figures in jobs.items() if isinstance(jobs, dict) else ():
        print(f"{name}: {figures['clicks']} clicks, {figures['seconds']} s")
    for kind in ("remark", "problem"):
        told = report[f"{kind}s"]
        assert isinstance(told, list)
        for text in told:
            print(f"{kind}: {text}", file=sys.stderr)
