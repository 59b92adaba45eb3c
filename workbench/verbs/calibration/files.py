"""`main.py calibrate export` and `compare`: cameras and rigs for other programs, and two of them beside each other."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from workbench.verbs import console
from workbench.verbs.calibration import rigs_beside
from workbench.verbs.calibration.group import app

if TYPE_CHECKING:
    from engines.calibration.compare import Comparison
    from engines.calibration.rig.differences import RigComparison
    from engines.core.context import Context

_FORMATS = "opencv, json, kalibr, ros or colmap; a rig also as opencv-stereo, aniposelib or caliscope, not as colmap"
_UNIT = "Of lengths in a rig's file that does not say it: mm, cm, in or m."
_ABOUT = "Lay two rigs onto each other by this camera; without it by all."

Unit = Annotated[str, typer.Option(help=_UNIT, show_default=False)]


@app.command(
    help=console.help_text(
        "Write a camera or a rig for another program; refused where its format cannot hold the lenses exactly.",
        "python main.py calibrate export camera.json --format ros --out camera_info.yaml",
        "python main.py calibrate export camchain.yaml#cam1 --format opencv --out right.yaml",
        "python main.py calibrate export rig.json --format kalibr --out camchain.yaml",
    )
)
def export(
    file: Annotated[str, typer.Argument(help="A calibration of ours or of another program.", show_default=False)],
    format: Annotated[str, typer.Option(help=f"What to write: {_FORMATS}.", show_default=False)],
    out: Annotated[str, typer.Option(help="The file to write, or the folder of a pair.", show_default=False)],
    unit: Unit = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    def write(_: None, __: Context) -> dict[str, Any]:
        from engines.calibration.formats.rig_files import holds_rig

        return _write_rig(file, format, out, unit) if holds_rig(file) else _write_camera(file, format, out)

    def show(told: dict[str, Any]) -> None:
        about = f", in {told['coordinates']} coordinates" if "coordinates" in told else ""
        for note in told.get("notes", ()):
            console.out().print(note, style="yellow")
        console.out().print(f"Wrote {out} ({format}{about})")

    console.run(write, None, json=json, render=show, as_json=dict)


@app.command(
    help=console.help_text(
        "Compare two calibrations of a camera or of a rig: pixels, millimetres, degrees, and what of it is not chance.",
        "python main.py calibrate compare before.json after.json --json",
        "python main.py calibrate compare rig-may.json rig-june.json --about left",
    )
)
def compare(
    first: Annotated[str, typer.Argument(help="A calibration.", show_default=False)],
    second: Annotated[str, typer.Argument(help="Another one of the same camera or rig.", show_default=False)],
    about: Annotated[str, typer.Option(help=_ABOUT, show_default=False)] = "",
    unit: Unit = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    def work(_: None, __: Context) -> Comparison | RigComparison:
        from engines.calibration.formats.rig_files import holds_rig

        rigs = [holds_rig(one) for one in (first, second)]
        return _rigs(first, second, about, unit) if any(rigs) else _cameras(first, second)

    def is_rig(result: Comparison | RigComparison) -> bool:
        return hasattr(result, "laid")

    console.run(
        work,
        None,
        json=json,
        render=lambda result: rigs_beside.show(cast(Any, result)) if is_rig(result) else _show(cast(Any, result)),
        as_json=lambda one: rigs_beside.as_json(cast(Any, one)) if is_rig(one) else _as_json(cast(Any, one)),
    )


def _write_camera(file: str, format: str, out: str) -> dict[str, Any]:
    from engines.calibration.formats.exporting import export as write_file
    from engines.calibration.formats.files import load
    from engines.calibration.formats.opencv import UNKNOWN

    result = load(file, UNKNOWN)
    written = write_file(result, out, format)
    return {"file": file, "format": format, "out": str(written), "model": result.model}


def _write_rig(file: str, format: str, out: str, unit: str) -> dict[str, Any]:
    from engines.calibration.formats.rig_exporting import FORMATS, exported
    from engines.calibration.formats.rig_files import load

    result = load(file, unit)
    written = exported(result, format, out)
    models = [camera.model for camera in result.cameras]
    notes = [reason.words for reason in result.reasons] if not result.verdict else []
    told = {"file": file, "format": format, "out": str(written), "models": models, "notes": notes}
    return told | {"cameras": [camera.name for camera in result.cameras], "coordinates": FORMATS[format].coordinates}


def _cameras(first: str, second: str) -> Comparison:
    from engines.calibration.compare import compare as beside
    from engines.calibration.formats.files import load
    from engines.calibration.formats.opencv import UNKNOWN

    return beside(load(first, UNKNOWN), load(second, UNKNOWN))


def _rigs(first: str, second: str, about: str, unit: str) -> RigComparison:
    from engines.calibration.formats.rig_files import load
    from engines.calibration.rig.comparison import compare as beside

    return beside(load(first, unit), load(second, unit), about)


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
