"""`main.py calibrate triangulate`: named points that the cameras of a rig saw, as places in space."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.verbs import console
from workbench.verbs.calibration.group import app

if TYPE_CHECKING:
    from engines.calibration.rig.types import TriangulateResult
    from engines.core.context import Context

_POINTS = "A table with the columns frame (may be absent), name, camera (its name or number), x, y, sigma (optional)."
_SHOWN = 10
"""Lines that are named on a terminal; JSON has all."""


@app.command(
    help=console.help_text(
        "Place points that two or more cameras of a rig see, with the deviations of pixels and rig.",
        "python main.py calibrate triangulate rig.json points.csv --out places.csv",
    )
)
def triangulate(
    rig: Annotated[str, typer.Argument(help="A calibration of a rig.", show_default=False)],
    points: Annotated[str, typer.Argument(help=_POINTS, show_default=False)],
    out: Annotated[str, typer.Option(help="The CSV to write: metres in the rig's coordinates.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    def place(_: None, ctx: Context) -> TriangulateResult:
        from engines.calibration.rig.triangulating import run
        from engines.calibration.rig.types import TriangulateSpec

        return run(TriangulateSpec(rig, points, out), ctx)

    console.run(place, None, json=json, render=_show, as_json=_as_json)


def _as_json(result: TriangulateResult) -> dict[str, Any]:
    unplaced = [{"frame": frame, **asdict(one)} for frame, one in result.unplaced]
    return asdict(result) | {"unplaced": unplaced}


def _show(result: TriangulateResult) -> None:
    terminal = console.out()
    frames = f" in {result.frames} frames" if result.frames > 1 else ""
    points = "1 point" if result.points == 1 else f"{result.points} points"
    told = f", residuals {result.residual_px:.3g} px; wrote {result.out}"
    terminal.print(console.headline(f"Placed {points}{frames}", told))
    if not result.rig_counted:
        terminal.print("The rig's own uncertainty is not known: only that of the pixels is stated", style="yellow")
    if not result.sigma_told:
        terminal.print("No column sigma: 0.5 px was taken for each pixel", style="yellow")
    for why, count in Counter(one.why for _, one in result.unplaced).items():
        terminal.print(f"  {count} without a place: {why}", style="yellow")
    for line in result.left_out[:_SHOWN]:
        terminal.print(f"  left out: {line}", style="yellow")
    if len(result.left_out) > _SHOWN:
        terminal.print(f"  and {len(result.left_out) - _SHOWN} lines more, all with --json", style="yellow")
