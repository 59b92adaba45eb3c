"""Labels as CSV: `start_frame,end_frame,action[,track]`, both frames inside the segment; seconds: `start_s,end_s`.

Forgiving of what spreadsheets do: a byte order mark, spaces, semicolons or tabs, columns in another order, empty lines.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from engines.actions.marking.label_rows import TRACK, FrameRow, TimeRow, gathered, in_frames
from engines.actions.marking.moments import Moments
from engines.actions.types import Labels
from engines.core.errors import BadInput
from engines.core.files import write_text

EXPECTED = "The first line names start_frame,end_frame,action (and track), or start_s,end_s,action"


def read(path: str | Path, moments: Moments | None, rate: float, frames: int) -> Labels:
    """Raises `BadInput` with the row that is wrong."""
    lines = [(number, row) for number, row in _rows(path) if any(row)]
    if not lines:
        raise BadInput("The label file is empty", path=path, hint=EXPECTED)
    names = [name.casefold() for name in lines[0][1]]
    in_seconds = "start_frame" not in names
    columns = ("start_s", "end_s", "action") if in_seconds else ("start_frame", "end_frame", "action")
    absent = [name for name in columns if name not in names]
    if absent:
        raise BadInput(f"The label file has no column '{absent[0]}'", path=path, hint=EXPECTED)
    made = [_row(dict(zip(names, row, strict=False)), columns, number, path) for number, row in lines[1:]]
    if not in_seconds:
        return gathered([_whole(row, path) for row in made], path, rate=rate, frames=frames)
    return gathered(in_frames(made, moments, path), path, rate=rate, frames=frames)


def write(path: str | Path, labels: Labels) -> None:
    """The column track is written only where there is more than the usual one."""
    tracks = labels.tracks not in ((), (TRACK,))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("start_frame", "end_frame", "action", *(["track"] if tracks else [])))
    for each in labels.segments:
        writer.writerow((each.start, each.end, each.action, *([each.track] if tracks else [])))
    write_text(path, text.getvalue())


def table(path: str | Path) -> str:
    """A text file, whatever Unicode form a spreadsheet gave it. Raises `BadInput` when it is no text."""
    raw = Path(path).read_bytes()
    coding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(coding)
    except UnicodeDecodeError as error:
        raise BadInput("The label file is not text", path=path, hint=EXPECTED) from error


def _rows(path: str | Path) -> list[tuple[int, list[str]]]:
    text = table(path)
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=mark, skipinitialspace=True)
    try:
        return [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise BadInput(f"Row {reader.line_num}: {error}", path=path, hint=EXPECTED) from error


def _row(cells: dict[str, str], columns: tuple[str, str, str], line: int, path: str | Path) -> TimeRow:
    place = f"Row {line}"
    try:
        start, end = (float(cells.get(name, "").replace(",", ".")) for name in columns[:2])
    except ValueError as error:
        raise BadInput(f"{place}: {columns[0]} and {columns[1]} are numbers", path=path, hint=EXPECTED) from error
    return TimeRow(place, start, end, cells.get("action", ""), cells.get("track", ""))


def _whole(row: TimeRow, path: str | Path) -> FrameRow:
    if not (row.start.is_integer() and row.end.is_integer()):
        raise BadInput(f"{row.place}: frames are whole numbers", path=path, hint="Seconds go under start_s and end_s")
    return FrameRow(row.place, int(row.start), int(row.end), row.action, row.track)
