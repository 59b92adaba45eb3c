"""What `main.py inspect FILE` prints of a model: its head in words, then its layers, or its tensors without a graph."""

from __future__ import annotations

from collections.abc import Iterable

from engines.inspection.shapes import shape_text
from engines.inspection.types import Counts, ModelSheet
from workbench.verbs import console

TORCH = ("aten.", "aten::", "prims.")
NUMBERS = ("parameters", "mult-adds", "ms")


def show(sheet: ModelSheet) -> None:
    """To the terminal."""
    told = console.out()
    for line in _head(sheet):
        told.print(line, soft_wrap=True, markup=False)
    if sheet.counts.layers:
        _print(*_layers(sheet.counts))
    elif sheet.tensors:
        rows = ((one.name, one.dtype, shape_text(one.shape)) for one in sheet.tensors)
        _print(("tensor", "type", "shape"), rows)


def _head(sheet: ModelSheet) -> Iterable[str]:
    """Name, format and sums; why it cannot be run; warnings."""
    counts = sheet.counts
    adds = "" if counts.multiply_adds is None else f", {counts.multiply_adds:,} multiply-adds"
    times = [layer.ms for layer in counts.layers if layer.ms is not None]
    took = f", {sum(times):.3g} ms" if times else ""
    yield f"{sheet.title}: {sheet.format}, {counts.parameters:,} parameters{adds}{took}"
    yield from filter(None, (sheet.runs, *sheet.warnings))


def _layers(counts: Counts) -> tuple[tuple[str, ...], Iterable[tuple[str, ...]]]:
    """Headings and a row a layer; times where they were measured."""
    timed = any(layer.ms is not None for layer in counts.layers)
    heads = ("layer", "operator", "output", *NUMBERS)[: 6 if timed else 5]
    rows = (
        (layer.name, _operator(layer.type), shape_text(layer.output_shape), f"{layer.parameters:,}",
         "" if layer.multiply_adds is None else f"{layer.multiply_adds:,}",
         "" if layer.ms is None else f"{layer.ms:.3f}")
        for layer in counts.layers
    )  # fmt: skip
    return heads, (row[: len(heads)] for row in rows)


def _print(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for name in heads:
        table.add_column(name, justify="right" if name in (*NUMBERS, "output") else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console.out().print(table)


def _operator(name: str) -> str:
    """'conv2d' of 'aten.conv2d.default': a terminal has 80 columns."""
    lead = next((one for one in TORCH if name.startswith(one)), "")
    return name.removeprefix(lead).removesuffix(".default") if lead else name
