"""`main.py attention compare`: time, memory and error of kinds of attention over the length of the sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from engines.attention.types import KINDS, CompareSpec
from engines.core.errors import UsageError
from workbench.verbs import console

if TYPE_CHECKING:
    from engines.attention.types import CompareResult, Point
    from engines.core.context import Context

USUAL = CompareSpec()


def register(app: typer.Typer) -> None:
    """Add the command to `attention`."""
    app.command(
        help=console.help_text(
            "Kinds of attention beside one another, turn by turn: time, memory, error against float64.",
            "python main.py attention compare --lengths 256,1024,4096",
            "python main.py attention compare --kinds sdpa,naive --causal --backward --out figures.csv",
        )
    )(compare)


def compare(
    kinds: Annotated[str, typer.Option(help=f"With commas: {', '.join(kind.id for kind in KINDS)}.")] = ",".join(
        USUAL.kinds
    ),
    lengths: Annotated[str, typer.Option(help="Of the sequence, with commas.")] = ",".join(map(str, USUAL.lengths)),
    batch: Annotated[int, typer.Option(help="Sequences at a time.")] = USUAL.batch,
    heads: Annotated[int, typer.Option(help="Of each sequence.")] = USUAL.heads,
    dim: Annotated[int, typer.Option(help="Dimensions of a head.")] = USUAL.dim,
    dtype: Annotated[str, typer.Option(help="float64, float32, bfloat16 or float16.")] = USUAL.dtype,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = USUAL.device,
    causal: Annotated[bool, typer.Option("--causal", help="A query sees keys up to its own place.")] = False,
    window: Annotated[int | None, typer.Option(help="A query sees keys nearer than this.", show_default=False)] = None,
    backward: Annotated[bool, typer.Option("--backward", help="Forward and backward together.")] = False,
    threads: Annotated[int, typer.Option(help="Of the CPU, 0 for all.")] = USUAL.threads,
    repeats: Annotated[int, typer.Option(help="Turns of each kind at a length, at least.")] = USUAL.repeats,
    seed: Annotated[int, typer.Option(help="Of the numbers in q, k and v.")] = USUAL.seed,
    out: Annotated[str, typer.Option(help="CSV file for all figures.", show_default=False)] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    from engines.core.spec import to_json

    told = dict(locals())

    def work(_: None, ctx: Context) -> CompareResult:
        from engines.attention.measuring import comparison, figures

        result = comparison.run(_spec(told), ctx)
        if out:
            figures.write(result, out)
        return result

    console.run(work, None, json=json, render=_show, as_json=to_json)


def _spec(told: dict[str, Any]) -> CompareSpec:
    from engines.core.spec import from_json

    lists = {"kinds": _listed(told["kinds"]), "lengths": [_whole(word) for word in _listed(told["lengths"])]}
    rest = {name: told[name] for name in CompareSpec.__dataclass_fields__ if name not in lists}
    return from_json(CompareSpec, lists | rest)


def _listed(written: str) -> list[str]:
    return [part.strip() for part in written.split(",") if part.strip()]


def _whole(word: str) -> int:
    if not word.isdecimal():
        raise UsageError(f"'{word}' is no length", hint="Write for example --lengths 256,1024,4096")
    return int(word)


def _show(result: CompareResult) -> None:
    """A table of times, one of everything else at the longest length, and what was left out."""
    from rich import box
    from rich.table import Table

    from engines.attention.measuring import figures

    out, auto = console.out(), dict(result.auto)
    lengths = sorted({point.length for point in result.points})
    table = Table(box=box.SIMPLE_HEAD, title="Milliseconds of a call; * what auto takes", title_justify="left")
    for title in ("", *(f"{length:,}" for length in lengths)):
        table.add_column(title, justify="right" if title else "left")
    for kind in result.spec.kinds:
        points = {point.length: point for point in result.points if point.kind == kind}
        table.add_row(kind, *(_time(points[n], auto.get(n) == kind) for n in lengths))
    out.print(table)
    out.print(_rest(result, lengths[-1]))
    out.print(
        f"{result.machine}: products {result.ceiling.gflops:.3g} GFLOP/s, copies {result.ceiling.gbytes:.3g} GB/s"
    )
    for kind, where, reason in figures.left_out(result):
        out.print(f"{kind}{where}: left out, {reason}")
    for note in result.notes:
        out.print(f"Note: {note}")


def _rest(result: CompareResult, length: int) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title=f"At {length:,}", title_justify="left")
    for title in ("", "GFLOP/s", "extra MiB", "error", "gradient error"):
        table.add_column(title, justify="right" if title else "left")
    for point in result.points:
        if point.length == length:
            figures = (point.gflops, point.extra_mb, point.error, point.grad_error)
            table.add_row(point.kind, *("-" if figure is None else f"{figure:.3g}" for figure in figures))
    return table


def _time(point: Point, taken: bool) -> str:
    return "-" if point.ms is None else f"{point.ms:.3g}{'*' if taken else ''}"
