"""`main.py attention check`: every kind in every dtype beside its float64 form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from engines.attention.types import KINDS, CheckSpec
from workbench.verbs import console

if TYPE_CHECKING:
    from engines.attention.types import Checked, CheckResult
    from engines.core.context import Context


def register(app: typer.Typer) -> None:
    """Add the command to `attention`."""
    app.command(
        help=console.help_text(
            "Every kind of attention in every dtype beside its own float64 form, output and gradients. Right is 1e-12 "
            "in float64, and elsewhere at most 2 times (float32) or 2.2 times the error of a reference in the same "
            "dtype. What a kind cannot do is skipped, which is no failure. The exit code is 1 where one fails.",
            "python main.py attention check",
            "python main.py attention check --kind tiled --json",
        )
    )(check)


def check(
    kind: Annotated[
        str, typer.Option(help=f"One of {', '.join(kind.id for kind in KINDS)}; all of them if left out.")
    ] = "",
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    seed: Annotated[int, typer.Option(help="Of the numbers.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    from engines.core.spec import to_json

    def work(spec: CheckSpec, ctx: Context) -> CheckResult:
        from engines.attention.measuring import check

        return check.run(spec, ctx)

    spec = CheckSpec((kind,) if kind else (), device=device, seed=seed)
    result = console.run(work, spec, json=json, render=_show, as_json=to_json)
    if not result.ok:
        raise typer.Exit(1)


def _show(result: CheckResult) -> None:
    from rich import box
    from rich.table import Table

    out = console.out()
    failed = [f"{kind} in {dtype}" for kind, each in result.kinds.items() for dtype, one in each.items() if not one.ok]
    out.print(console.headline(f"{', '.join(failed)} failed" if failed else "All is right", f" on {result.machine}"))
    table = Table("", "", "error", "reference", "gradient", "reference", "", box=box.SIMPLE_HEAD)
    for column in table.columns[2:6]:
        column.justify = "right"
    for kind, each in result.kinds.items():
        for dtype, one in each.items():
            table.add_row(kind if dtype == next(iter(each)) else "", dtype, *_figures(one), _verdict(one))
    out.print(table)


def _figures(one: Checked) -> list[Any]:
    figures = (one.error, one.reference_error, one.grad_error, one.grad_reference_error if one.grad_error else None)
    return ["-" if figure is None else f"{figure:.2g}" for figure in figures]


def _verdict(one: Checked) -> str:
    return one.skipped or ("right" if one.ok else "wrong")
