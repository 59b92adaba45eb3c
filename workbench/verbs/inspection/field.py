"""`main.py inspect MODEL --receptive-field LAYER|all`: sizes, strides and starts of receptive fields."""

from __future__ import annotations

from functools import partial
from typing import Any

from engines.inspection.field.results import FieldTable
from engines.inspection.types import FieldRow, OpenSpec
from workbench.verbs import console

ALL = "all"


def run(spec: OpenSpec, layers: str, json: bool) -> None:
    """layers: a layer's name, or "all"."""
    from engines.inspection.field.table import run as work

    job = partial(work, layer="" if layers == ALL else layers)
    console.run(job, spec, json=json, render=_show, as_json=table_json)


def table_json(table: FieldTable) -> dict[str, Any]:
    """What scripts read. `whole`, `exact` and `note` are there where they say something."""
    return {"layers": [_row_json(row) for row in table.rows]}


def _row_json(row: FieldRow) -> dict[str, Any]:
    found: dict[str, Any] = {"name": row.name, "size": list(row.size), "stride": list(row.stride)}
    found["start"] = list(row.start)
    if row.whole:
        found["whole"] = True
    if not row.exact:
        found["exact"] = False
    return found | ({"note": row.note} if row.note else {})


def _show(table: FieldTable) -> None:
    from rich import box
    from rich.table import Table

    told = console.out()
    told.print(f"Receptive fields in pixels of an input of {table.input[0]} x {table.input[1]}", soft_wrap=True)
    shown = Table(box=box.SIMPLE_HEAD)
    for name in ("layer", "size", "stride", "start", ""):
        shown.add_column(name, justify="left" if name in ("layer", "") else "right")
    for row in table.rows:
        shown.add_row(row.name, _pair(row.size), _pair(row.stride), _pair(row.start), _word(row))
    told.print(shown)


def _pair(numbers: tuple[float, float]) -> str:
    """One number where both are the same."""
    texts = [f"{number:g}" for number in numbers]
    return texts[0] if texts[0] == texts[1] else " x ".join(texts)


def _word(row: FieldRow) -> str:
    return row.note or ("all of the input" if row.whole else "")
