"""What the page of receptive fields says: figures, rows of its table, the answer of a check, what is missing."""

from __future__ import annotations

from engines.core.words import tr
from engines.inspection.field.results import CheckResult, FieldTable
from engines.inspection.looks import FieldLook
from engines.inspection.types import FieldRow
from widgets.inspection.state import InspectionView
from widgets.kit.results import Stat

HEADERS = (tr("Layer"), tr("Size"), tr("Stride"), tr("Start"), tr("Note"))
TIPS = (
    tr("In order of execution; click one to look at its units"),
    tr("Pixels of the input that the unit in the middle can see, whatever the border cuts off"),
    tr("Pixels between the fields of neighbouring units"),
    tr("First pixel that the first unit can see; below 0 it lies in the padding"),
    tr("What more there is to say"),
)
TIMES = " \u00d7 "
NO_MODEL = tr("Open a model file to see what its units can see of a picture"), tr("Open model")
NO_GRAPH = tr("This file holds weights and no graph, so nobody can say what its units see"), tr("Open another model")


def missing(view: InspectionView) -> tuple[str, str]:
    """Words and button while there is no field to show, ("", "") when there is."""
    sheet = view.model.sheet
    if sheet is None:
        return NO_MODEL
    return NO_GRAPH if sheet.graph is None else ("", "")


def no_picture(view: InspectionView) -> tuple[str, str]:
    """Words and button in the place of the picture."""
    look = view.look
    if not look.source:
        return tr("Choose a camera, a film or a picture to see a unit's field on it."), tr("Choose a source")
    if view.problem or look.note:
        return view.problem or look.note, ""
    return (
        (tr("Looking at the first picture"), "")
        if look.on
        else (tr("Press Look to see a unit's field on the picture"), "")
    )


def pair(numbers: tuple[float, float]) -> str:
    """'35', or '1 x 7' where height and width differ."""
    high, wide = (f"{number:g}".replace("-", "\u2212") for number in numbers)
    return high if high == wide else f"{high}{TIMES}{wide}"


def cells(row: FieldRow) -> tuple[str, ...]:
    return row.name, pair(row.size), pair(row.stride), pair(row.start), note(row)


def note(row: FieldRow) -> str:
    """In a word or two; the tooltip has the sentence."""
    if not row.exact:
        return tr("Not exact")
    return tr("Whole") if row.whole else ""


def told(row: FieldRow) -> str:
    """The sentence behind the note."""
    if row.note:
        return row.note
    return tr("Within the borders it sees every pixel of the input") if row.whole else ""


def csv_rows(table: FieldTable) -> list[list[str]]:
    """Every figure in a column of its own."""
    head = ["layer", "height", "width", "stride_y", "stride_x", "start_y", "start_x", "rows", "columns", "whole",
            "exact", "note"]  # fmt: skip
    rows = [
        [row.name, *(f"{number:g}" for number in (*row.size, *row.stride, *row.start, *grid)),
         str(row.whole).lower(), str(row.exact).lower(), row.note]
        for row, grid in zip(table.rows, table.grids, strict=True)
    ]  # fmt: skip
    return [head, *rows]


def row_of(table: FieldTable | None, layer: str) -> FieldRow | None:
    return next((row for row in table.rows if row.name == layer), None) if table is not None else None


def grid_of(table: FieldTable | None, layer: str) -> tuple[int, int]:
    """Of a layer's map, (1, 1) where it is not known."""
    rows = zip(table.rows, table.grids, strict=True) if table is not None else ()
    return next((grid for row, grid in rows if row.name == layer), (1, 1))


def stats(row: FieldRow | None, look: FieldLook | None) -> list[Stat]:
    """The layer's figures, then the unit's."""
    found: list[Stat] = []
    if row is not None:
        found += [
            Stat(tr("Size"), pair(row.size), "px", tip=TIPS[1]),
            Stat(tr("Stride"), pair(row.stride), "px", tip=TIPS[2]),
            Stat(tr("Start"), pair(row.start), "px", tip=TIPS[3]),
        ]
    if look is not None:
        top, left, bottom, right = look.exact
        found.append(
            Stat(tr("Seen here"), pair((bottom - top, right - left)), "px", tip=tr("By this unit, within the borders"))
        )
        if look.effective is not None:
            found += [
                Stat(
                    tr("Effective"),
                    f"{look.side:.1f}",
                    "px",
                    tip=tr("Side of a square of the pixels above 4.55 % of the peak"),
                ),
                Stat(tr("Share"), share(look), "%", tip=tr("Pixels above 4.55 % of the peak, of all that it can see")),
            ]
        found.append(Stat(tr("Value"), _value(look.value), "", tip=tr("Of the unit on this picture")))
    return found


def _value(value: float) -> str:
    """As much of it as there is room for: '\u22120.0012', '\u22128e-5'."""
    return f"{value:.2g}".replace("-", "\u2212", 1)


def share(look: FieldLook) -> str:
    """How much of the field the effective one fills, in percent."""
    top, left, bottom, right = look.exact
    there = (bottom - top) * (right - left) * look.seen_pixels
    return f"{100 * min(look.side**2 / there, 1):.1f}" if there else "0"


def state(look: FieldLook | None, row: FieldRow | None) -> str:
    """Under the title: 'layer2.0.conv1, unit (3, 4) of 28 x 28'."""
    if look is None:
        return row.name if row is not None else ""
    return f"{look.seen.layer}, {unit_words(look.unit, look.grid)}"


def unit_words(unit: tuple[int, int], grid: tuple[int, int]) -> str:
    if grid == (1, 1):
        return tr("one unit a channel")
    return tr(
        "row {row}, column {column} of {rows} \u00d7 {columns}",
        row=unit[0] + 1,
        column=unit[1] + 1,
        rows=grid[0],
        columns=grid[1],
    )


def checked(check: CheckResult, layer: str) -> tuple[str, str]:
    """Word and sentence of a check: whether the gradient agrees. layer: the one that is looked at."""
    row, column = check.unit
    where = tr("row {row}, column {column}", row=row + 1, column=column + 1) + (
        "" if check.layer == layer else tr(" of {layer}", layer=check.layer)
    )
    if check.agrees:
        return tr("Agrees"), tr("The same {ours:,} pixels at {where}", ours=check.ours, where=where)
    both = tr("{ours:,} by the field, {gradients:,} by the gradient", ours=check.ours, gradients=check.gradients)
    return tr("Differs"), ". ".join(
        filter(
            None,
            (
                tr("{differing:,} pixels differ at {where}: {both}", differing=check.differing, where=where, both=both),
                check.note,
            ),
        )
    )
