"""`main.py bench NAME`: measure on this machine. Each is `benchmarks/NAME.py`, or in the room of its feature there,
imported when it is run.

A benchmark is a function `main(...)` whose keyword arguments become options and whose result is a dict of
numbers, units in the names. It says what it was measured against; the machine is named here. One whose result makes no
good table as it is has `tables(result)` too: what is printed instead.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import os
import platform
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from engines.core.context import Context
from engines.core.processor import fact
from workbench.plugged import FEATURES
from workbench.verbs import console

BENCHMARKS: dict[str, str] = {
    "display": "Four 1080p feeds in a 2x2 grid beside the usual ways to paint",
    "start": "The window from its start to its first paint, and the memory of its process",
    "kill": "kill -9 at random moments while every page is used: what the window showed before is there again",
    "projects": "How long a project with 50 sources, 10,000 labels and 500 jobs takes to open",
    "theme": "How long the window stands still while its theme changes",
    "workers": "Worker start-up, shared-memory frames, window stalls",
}
_PLACE = "workbench.benchmarks"
_ROOMS: dict[str, str] = {"kill": "desk", "projects": "desk"}
for _feature in FEATURES:
    BENCHMARKS |= _feature.benchmarks
    _ROOMS |= dict.fromkeys(_feature.benchmarks, _feature.id)

Benchmark = Callable[..., dict[str, Any]]


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    help=console.help_text(
        "Measure speed on this machine, beside the usual ways.",
        "python main.py bench detect",
        "python main.py bench display --json",
    ),
)


@app.callback()
def _group() -> None:
    pass


def _add(name: str) -> None:
    """A command that imports its benchmark and hands the remaining arguments on to it."""
    passing = {"allow_extra_args": True, "ignore_unknown_options": True}

    @app.command(name, short_help=BENCHMARKS[name], add_help_option=False, context_settings=passing)
    def command(ctx: typer.Context) -> None:
        module = importlib.import_module(_module(name))
        tables = getattr(module, "tables", None)
        shown = functools.partial(_print, tables) if tables else functools.partial(show, name)
        code = _benchmark(name, module.main, shown)(ctx.args, prog_name=ctx.command_path, standalone_mode=False)
        raise typer.Exit(code or 0)


def _module(name: str) -> str:
    file, room = name.replace("-", "_"), _ROOMS.get(name, "")
    there = room and (Path(__file__).parents[1] / "benchmarks" / room / f"{file}.py").exists()
    return f"{_PLACE}.{room}.{file}" if there else f"{_PLACE}.{file}"


for _name in sorted(BENCHMARKS):
    _add(_name)


def _benchmark(name: str, main: Benchmark, shown: Callable[[dict[str, Any]], None]) -> typer.Typer:
    inner = typer.Typer(add_completion=False, rich_markup_mode="rich")
    text = console.help_text(f"{BENCHMARKS[name]}.", f"python main.py bench {name} --json")
    inner.command(name, help=text)(_with_output(main, shown))
    return inner


def _with_output(main: Benchmark, shown: Callable[[dict[str, Any]], None]) -> Callable[..., None]:
    """`main` with an option `--json` more, printing its result instead of giving it."""

    @functools.wraps(main)
    def command(*, json: bool = False, **options: Any) -> None:
        def measure(_: None, ctx: Context) -> dict[str, Any]:
            return {"machine": machine()} | main(**options)

        console.run(measure, None, json=json, render=shown, as_json=dict)

    hints = get_type_hints(main, include_extras=True)
    hints.pop("return", None)
    flag = Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")]
    parameters = list(inspect.signature(main, eval_str=True).parameters.values())
    extra = inspect.Parameter("json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=flag)
    command.__signature__ = inspect.Signature([*parameters, extra])  # type: ignore[attr-defined]
    command.__annotations__ = hints | {"json": flag}
    return command


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "system": platform.platform(terse=True),
        "processor": fact("model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def _print(tables: Callable[[dict[str, Any]], Iterable[Any]], result: dict[str, Any]) -> None:
    out = console.out()
    for each in tables(result):
        out.print(each, soft_wrap=isinstance(each, str))


def show(name: str, result: dict[str, Any]) -> None:
    """Print figures as tables: plain values first, then one table per nested group."""
    from rich.table import Table

    out = console.out()
    plain = Table("", name, title=BENCHMARKS[name], title_justify="left")
    for key, value in result.items():
        if not isinstance(value, (dict, list)):
            plain.add_row(_words(key), _number(value))
    if plain.row_count:
        out.print(plain)
    for key, value in result.items():
        if isinstance(value, (dict, list)) and value:
            out.print(_nested(key, value))


def _nested(key: str, value: dict[str, Any] | list[Any]) -> Any:
    from rich.table import Table

    rows = value if isinstance(value, list) else [{"": name} | row for name, row in value.items() if _is_row(row)]
    if rows and all(_is_row(row) for row in rows):
        columns = list(dict.fromkeys(column for row in rows for column in row))
        table = Table(*[_words(column) for column in columns], title=_words(key), title_justify="left")
        for row in rows:
            table.add_row(*[_number(row.get(column, "")) for column in columns])
        return table
    table = Table("", "", title=_words(key), title_justify="left", show_header=False)
    for name, item in value.items() if isinstance(value, dict) else enumerate(value):
        table.add_row(_words(str(name)), _number(item))
    return table


def _is_row(value: Any) -> bool:
    return isinstance(value, dict)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
