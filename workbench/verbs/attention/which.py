"""`main.py attention which`: the kernel that `auto` takes on this machine, and the times of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from engines.attention.types import WhichSpec
from engines.core.errors import UsageError
from workbench.verbs import console

if TYPE_CHECKING:
    from engines.attention.types import WhichResult
    from engines.core.context import Context


def register(app: typer.Typer) -> None:
    """Add the command to `attention`."""
    app.command(
        help=console.help_text(
            "Which kernel `auto` takes for a request here, and the measured times of all that can do it. That is "
            "measured once for requests of about this size and kept; another processor, torch or number of threads "
            "measures anew.",
            "python main.py attention which --shape 1,8,1024,64",
            "python main.py attention which --shape 1,4,4096,64 --dtype bfloat16 --causal --window 256 --json",
        )
    )(which)


def which(
    shape: Annotated[str, typer.Option(help="Batch, heads, length and dim of a head, with commas.")],
    dtype: Annotated[str, typer.Option(help="float64, float32, bfloat16 or float16.")] = "float32",
    causal: Annotated[bool, typer.Option("--causal", help="A query sees keys up to its own place.")] = False,
    window: Annotated[int | None, typer.Option(help="A query sees keys nearer than this.", show_default=False)] = None,
    backward: Annotated[bool, typer.Option("--backward", help="Forward and backward together.")] = False,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    json: Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")] = False,
) -> None:
    from engines.core.spec import to_json

    told = {"dtype": dtype, "causal": causal, "window": window, "backward": backward, "device": device}

    def work(_: None, ctx: Context) -> WhichResult:
        from engines.attention.measuring import which
        from engines.core.spec import from_json

        return which.run(from_json(WhichSpec, told | _sizes(shape)), ctx)

    console.run(work, None, json=json, render=_show, as_json=to_json)


def _sizes(written: str) -> dict[str, int]:
    words = [word.strip() for word in written.split(",")]
    if len(words) != 4 or not all(word.isdecimal() for word in words):
        raise UsageError(f"'{written}' is no shape", hint="Write --shape B,H,N,D, for example --shape 1,8,1024,64")
    return dict(zip(("batch", "heads", "length", "dim"), map(int, words), strict=True))


def _show(result: WhichResult) -> None:
    out = console.out()
    out.print(console.headline(result.kernel, f" is what auto takes for {result.request}"))
    if not result.measured:
        out.print("Requests this small take it unmeasured: it is over before another could be faster.")
    out.print(_table(result))
    out.print(f"{result.machine}; measured {result.when}")


def _table(result: WhichResult) -> Any:
    from rich import box
    from rich.table import Table

    best = next(iter(result.times.values()), 1.0)
    table = Table("", "ms", "of the fastest", box=box.SIMPLE_HEAD)
    table.columns[1].justify = table.columns[2].justify = "right"
    for name, ms in result.times.items():
        table.add_row(name, f"{ms:.3g}", f"{ms / best:.2f}")
    for name, why in result.refused.items():
        table.add_row(name, "-", why)
    return table
