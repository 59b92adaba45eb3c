"""`main.py calibrate export` and `compare`: calibrations for other programs, and two of them beside each other."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.verbs import console
from workbench.verbs.calibration.group import app

if TYPE_CHECKING:
    from engines.calibration.compare import Comparison
    from engines.core.context import Context

_FORMATS = "opencv, json, kalibr, ros or colmap"


@app.command(
    help=console.help_text(
        "Write a calibration for another program; refused where its format cannot hold the lens exactly.",
        "python main.py calibrate export camera.json --format ros --out camera_info.yaml",
        "python main.py calibrate export camchain.yaml#cam1 --format opencv --out right.yaml",
    )
)
def export(
    file: Annotated[str, typer.Argument(help="A calibration of ours, OpenCV, ROS or Kalibr.", show_default=False)],
    format: Annotated[str, typer.Option(help=f"What to write: {_FORMATS}.", show_default=False)],
    out: Annotated[str, typer.Option(help="The file to write.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    def write(_: None, __: Context) -> dict[str, Any]:
        from engines.calibration.formats.exporting import export as write_file
        from engines.calibration.formats.files import load
        from engines.calibration.formats.opencv import UNKNOWN

        result = load(file, UNKNOWN)
        written = write_file(result, out, format)
        return {"file": file, "format": format, "out": str(written), "model": result.model}

    console.run(write, None, json=json, render=lambda _: console.out().print(f"Wrote {out} ({format})"), as_json=dict)


@app.command(
    help=console.help_text(
        "Compare two calibrations of a camera: pixels over the picture, parameters in deviations.",
        "python main.py calibrate compare before.json after.json --json",
    )
)
def compare(
    first: Annotated[str, typer.Argument(help="A calibration.", show_default=False)],
    second: Annotated[str, typer.Argument(help="Another one of the same camera.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    def work(_: None, __: Context) -> Comparison:
        from engines.calibration.compare import compare as beside
        from engines.calibration.formats.files import load
        from engines.calibration.formats.opencv import UNKNOWN

        return beside(load(first, UNKNOWN), load(second, UNKNOWN))

    console.run(work, None, json=json, render=_show, as_json=_as_json)


def _as_json(result: Comparison) -> dict[str, Any]:
    from math import isfinite

    cells = [value if isfinite(value) else None for value in result.difference]
    rows = [cells[start : start + result.columns] for start in range(0, len(cells), result.columns)]
    return {
        "image_size": [result.image_size.width, result.image_size.height],
        "rms_px": result.rms_px if isfinite(result.rms_px) else None,
        "largest_px": result.largest_px if isfinite(result.largest_px) else None,
        "turn_deg": result.turn_deg,
        "difference_px": rows,
        "parameters": [asdict(one) for one in result.parameters],
    }


def _show(result: Comparison) -> None:
    from rich import box
    from rich.table import Table

    terminal = console.out()
    terminal.print(
        f"Over the picture {result.rms_px:.3f} px apart, {result.largest_px:.3f} px at most, "
        f"after a turn by {result.turn_deg:.3f} degrees"
    )
    table = Table(box=box.SIMPLE_HEAD)
    for head in ("", "first", "second", "deviations apart"):
        table.add_column(head, justify="left" if not head else "right")
    for one in result.parameters:
        apart = "" if one.deviations is None else f"{one.deviations:.1f}"
        table.add_row(one.name, _told(one.first, one.first_std), _told(one.second, one.second_std), apart)
    terminal.print(table)


def _told(value: float | None, std: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.5g}" if std is None else f"{value:.{5 if abs(value) < 10 else 3}f} ± {std:.2g}"
