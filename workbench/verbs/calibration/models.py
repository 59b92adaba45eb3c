"""`main.py calibrate models`: lens models side by side on the same photographs, and which of them serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.verbs import console
from workbench.verbs.calibration.group import MODELS, STYLES, app
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
    words,
)

if TYPE_CHECKING:
    from engines.calibration.types import ModelRow, ModelsResult, MonoResult
    from engines.core.context import Context


@app.command(
    help=console.help_text(
        "Calibrate with several lens models and compare them by the error on left-out views.",
        "python main.py calibrate models photos/ --board chessboard:9x6:25mm",
        "python main.py calibrate models photos/ --board chessboard:9x6:25mm --models brown5,fisheye4 --json",
    )
)
def models(
    paths: Paths,
    board: Boards,
    models: Annotated[
        str, typer.Option(help=f"Lens models, separated by commas: {MODELS}; all if left out.", show_default=False)
    ] = "",
    fix: Fix = "",
    free_board: FreeBoard = False,
    window: Window = "auto",
    exclude: Exclude = None,
    drop: Drop = None,
    every: Every = 0,
    mirror: Mirror = "auto",
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    def compared(_: None, ctx: Context) -> ModelsResult:
        from engines.calibration.models import run
        from engines.calibration.types import ModelsSpec

        mono = mono_spec(
            paths, board, fix=fix, free_board=free_board, window=window, exclude=exclude, drop=drop, every=every,
            mirror=mirror,
        )  # fmt: skip
        chosen = words(models)
        return run(ModelsSpec(mono, chosen) if chosen else ModelsSpec(mono), ctx)  # type: ignore[arg-type]

    console.run(compared, None, json=json, render=_show, as_json=as_json)


def as_json(result: ModelsResult) -> dict[str, Any]:
    """The object that other tools read."""
    return {
        "models": [_row(row) for row in result.rows],
        "recommended": result.recommended,
        "words": result.words,
        "seconds": round(result.seconds, 3),
    }


def _row(row: ModelRow) -> dict[str, Any]:
    from dataclasses import asdict

    one = row.result
    return {
        "model": row.model,
        "intrinsics": None if one is None else asdict(one.intrinsics),
        "distortion": None if one is None else list(one.distortion),
        "std": None if one is None else dict(one.std),
        "distortion_std": None if one is None else list(one.distortion_std),
        "rms_px": None if one is None else one.rms_px,
        "loo_rms_px": None if one is None else one.loo_rms_px,
        "verdict": None if one is None else one.verdict,
        "fixed": [] if one is None else list(one.fixed),
        "problem": row.problem,
    }


def _show(result: ModelsResult) -> None:
    from rich import box
    from rich.table import Table

    terminal = console.out()
    terminal.print(console.headline(result.recommended or "no model", f"  {result.words}", "bold"))
    table = Table(box=box.SIMPLE_HEAD)
    for head in ("", "RMS px", "left out px", "fx px", "fy px", "verdict"):
        table.add_column(head, justify="right" if head not in ("", "verdict") else "left", no_wrap=True)
    for row in result.rows:
        if row.result is not None:
            table.add_row(row.model, *_figures(row.result))
    terminal.print(table)
    for row in result.rows:
        if row.problem:
            terminal.print(f"{row.model}: {row.problem}")


def _figures(one: MonoResult) -> tuple[Any, ...]:
    from rich.text import Text

    inner = one.intrinsics
    focal = [(inner.fx, "fx"), (inner.fy, "fy")]
    told = [f"{value:.2f} ± {one.std[name]:.2g}" for value, name in focal]
    left_out = "" if one.loo_rms_px is None else f"{one.loo_rms_px:.3f}"
    return (f"{one.rms_px:.3f}", left_out, *told, Text(one.verdict, STYLES.get(one.verdict, "default")))
