"""`main.py calibrate`: a camera from photographs of a board, and the board itself as a PDF in true size."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.verbs import console
from workbench.verbs.calibration import files as _files  # noqa: F401  (its commands join the group)
from workbench.verbs.calibration import models as _models  # noqa: F401
from workbench.verbs.calibration import prepare as _prepare  # noqa: F401
from workbench.verbs.calibration import rig as _rig  # noqa: F401
from workbench.verbs.calibration import stereo as _stereo  # noqa: F401
from workbench.verbs.calibration import triangulate as _triangulate  # noqa: F401
from workbench.verbs.calibration import undistort as _undistort  # noqa: F401
from workbench.verbs.calibration.group import KINDS_HELP, MODELS, STYLES, app
from workbench.verbs.calibration.inputs import (
    Boards,
    Drop,
    Every,
    Exclude,
    Fix,
    FreeBoard,
    Mirror,
    Paths,
    Window,
    mono_spec,
)

if TYPE_CHECKING:
    from engines.calibration.types import MonoResult, ViewResult
    from engines.core.context import Context


@app.command(
    help=console.help_text(
        "Calibrate one camera from photographs of a board.",
        "python main.py calibrate mono photos/ --board chessboard:9x6:25mm",
        "python main.py calibrate mono a*.png --board charuco:5x4:54mm:40.5mm:DICT_4X4_1000 --free-board --json",
    )
)
def mono(
    paths: Paths,
    board: Boards,
    model: Annotated[str, typer.Option(help=f"Lens model: {MODELS}.")] = "brown5",
    fix: Fix = "",
    free_board: FreeBoard = False,
    window: Window = "auto",
    exclude: Exclude = None,
    drop: Drop = None,
    every: Every = 0,
    mirror: Mirror = "auto",
    out: Annotated[str, typer.Option(help="Save to this file: .yaml (OpenCV) or .json.", show_default=False)] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    def calibrate(_: None, ctx: Context) -> MonoResult:
        from engines.calibration.mono import run

        spec = mono_spec(
            paths, board, fix=fix, free_board=free_board, window=window, exclude=exclude, drop=drop, every=every,
            mirror=mirror,
        )  # fmt: skip
        return run(replace(spec, model=model, out=out), ctx)  # type: ignore[arg-type]  # `run` refuses other models

    console.run(calibrate, None, json=json, render=lambda result: _show(result, out), as_json=as_json)


@app.command(
    name="board",
    help=console.help_text(
        "Write a board as a PDF to print in true size.",
        "python main.py calibrate board chessboard:9x6:25mm --out board.pdf",
        "python main.py calibrate board charuco:5x4:54mm:40.5mm:DICT_4X4_1000 --out board.pdf --page a3",
    ),
)
def print_board(
    board: Annotated[str, typer.Argument(help=f"The board: {KINDS_HELP}.", show_default=False)],
    out: Annotated[str, typer.Option(help="The PDF to write.", show_default=False)],
    page: Annotated[str, typer.Option(help="Paper: a4, a3, a2, a1, a0, letter, legal, tabloid, or fit.")] = "a4",
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    def write(_: None, __: Context) -> dict[str, Any]:
        from engines.calibration.targets.pdf import write_board
        from engines.core.boards import Board

        sheet = write_board(Board.parse(board), Path(out), page)
        return {"board": board, "out": out, "page": sheet.name, "page_mm": [sheet.width, sheet.height]}

    def show(result: dict[str, Any]) -> None:
        console.out().print(f"Wrote {out} ({result['page']}). Print at 100 %, then check the ruler.")

    console.run(write, None, json=json, render=show, as_json=dict)


def as_json(result: MonoResult) -> dict[str, Any]:
    """The object that other tools read. Its keys stay."""
    return {
        "model": result.model,
        "image_size": [result.image_size.width, result.image_size.height],
        "intrinsics": asdict(result.intrinsics),
        "std": dict(result.std),
        "distortion": list(result.distortion),
        "rms_px": result.rms_px,
        "loo_rms_px": result.loo_rms_px,
        "views": [_view(view) for view in result.views],
        "verdict": result.verdict,
        "seconds": round(result.seconds, 3),
        "advice": list(result.advice),
        "distortion_std": list(result.distortion_std),
        "board": str(result.board),
        "free_board": result.free_board,
        "board_points_m": [list(point) for point in result.board_points],
        "left_out": [asdict(one) for one in result.left_out],
        "reasons": [asdict(reason) for reason in result.reasons],
        "fixed": list(result.fixed),
        "covariance": [list(row) for row in result.covariance],
        "mirrored": result.mirrored,
        "more_boards": [str(board) for board in result.more_boards],
        "uncertainty": [asdict(one) for one in result.uncertainty],
        "other": None if result.other is None else asdict(result.other),
        "field_of_view_deg": _field_of_view(result),
    }


def _field_of_view(result: MonoResult) -> dict[str, float | None]:
    """None where the lens's curve ends before the picture does."""
    from math import isfinite

    from engines.core.optics import field_of_view

    angles = asdict(field_of_view(result.lens, result.image_size))
    return {name: angle if isfinite(angle) else None for name, angle in angles.items()}


def _view(view: ViewResult) -> dict[str, Any]:
    return {
        "name": view.name,
        "found": view.found,
        "used": view.used,
        "rms_px": view.rms_px,
        "loo_rms_px": view.loo_rms_px,
        "corners": len(view.ids),
        "note": view.note,
        "board": view.board,
        "suspects": list(view.suspects),
        "dropped": list(view.dropped),
        "twin_of": view.twin_of,
    }


def _show(result: MonoResult, out: str) -> None:
    terminal = console.out()
    used, left_out = sum(view.used for view in result.views), result.loo_rms_px
    held = "" if left_out is None else f", {left_out:.3f} px on left-out views"
    style = STYLES.get(result.verdict, "default")
    terminal.print(
        console.headline(result.verdict, f"  {used} views, RMS {result.rms_px:.3f} px{held}", f"bold {style}")
    )
    for sentence in result.advice:
        terminal.print(f"  {sentence}")
    terminal.print(_camera_table(result))
    terminal.print(_view_table(result))
    console.left_out(result.left_out)
    if out:
        terminal.print(f"Saved to {out}")


def _camera_table(result: MonoResult) -> Any:
    from rich import box
    from rich.table import Table

    from engines.core.lenses import DISTORTION_NAMES

    table = Table(box=box.SIMPLE_HEAD, title=f"Camera, {result.model}, {result.image_size}", title_justify="left")
    table.add_column("")
    table.add_column("value", justify="right")
    table.add_column("std", justify="right")
    for name, value in asdict(result.intrinsics).items():
        table.add_row(name, f"{value:.3f} px", f"± {result.std[name]:.3f} px")
    lens = zip(DISTORTION_NAMES[result.model], result.distortion, result.distortion_std, strict=True)
    for name, value, std in lens:
        table.add_row(name, f"{value:.6f}   ", f"± {std:.6f}   ")
    for name, angle in _field_of_view(result).items():
        table.add_row(f"{name} view", "beyond the model" if angle is None else f"{angle:.1f}°   ", "")
    return table


def _view_table(result: MonoResult) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title="Views", title_justify="left")
    table.add_column("name", overflow="fold")
    table.add_column("corners", justify="right")
    table.add_column("RMS px", justify="right")
    table.add_column("left out px", justify="right")
    table.add_column("")
    for view in result.views:
        errors = ["" if value is None else f"{value:.3f}" for value in (view.rms_px, view.loo_rms_px)]
        table.add_row(view.name, str(len(view.ids) or ""), *errors, view.note)
    return table
