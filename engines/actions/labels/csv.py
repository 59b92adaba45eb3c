"""Labels as CSV: `start_frame,end_frame,action[,track]`, both frames inside the segment; seconds: `start_s,end_s`.

Forgiving of what spreadsheets do: a byte order mark, spaces, semicolons or tabs, columns in another order, empty lines.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from engines.actions.labels import via as label_via
from engines.actions.labels.rows import TRACK, FrameRow, Origin, TimeRow, gathered, in_frames, text_of
from engines.actions.types import Labels
from engines.core.errors import BadInput
from engines.core.files import write_text
from engines.core.reading import decimal, table
from engines.core.words import tr

EXPECTED = tr("The first line names start_frame,end_frame,action (and track), or start_s,end_s,action")


def read(origin: Origin) -> Labels:
    """Raises `BadInput` with the row that is wrong."""
    text = text_of(origin.path)
    if label_via.is_export(text):
        return label_via.read_export(text, origin)
    lines = table(text, origin.path)
    if not lines:
        raise BadInput(tr("The label file is empty"), path=origin.path, hint=EXPECTED)
    names = [name.casefold() for name in lines[0][1]]
    in_seconds = "start_frame" not in names
    columns = ("start_s", "end_s", "action") if in_seconds else ("start_frame", "end_frame", "action")
    absent = [name for name in columns if name not in names]
    if absent:
        raise BadInput(tr("The label file has no column '{absent}'", absent=absent[0]), path=origin.path, hint=EXPECTED)
    made = [_row(dict(zip(names, row, strict=True)), columns, number, origin.path) for number, row in lines[1:]]
    return gathered(in_frames(made, origin) if in_seconds else [_whole(row, origin.path) for row in made], origin)


def write(path: str | Path, labels: Labels) -> None:
    """The column track is written only where there is more than the usual one."""
    tracks = labels.tracks not in ((), (TRACK,))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("start_frame", "end_frame", "action", *(["track"] if tracks else [])))
    for each in labels.segments:
        writer.writerow((each.start, each.end, each.action, *([each.track] if tracks else [])))
    write_text(path, text.getvalue())


def _row(cells: dict[str, str], columns: tuple[str, str, str], line: int, path: Path) -> TimeRow:
    place = tr("Row {line}", line=line)
    try:
        start, end = (decimal(cells.get(name, "")) for name in columns[:2])
    except ValueError as error:
        raise BadInput(
            tr("{place}: {start} and {end} are numbers", place=place, start=columns[0], end=columns[1]),
            path=path,
            hint=EXPECTED,
        ) from error
    return TimeRow(place, start, end, cells.get("action", ""), cells.get("track", ""))


def _whole(row: TimeRow, path: Path) -> FrameRow:
    if not (row.start.is_integer() and row.end.is_integer()):
        raise BadInput(
            tr("{place}: frames are whole numbers", place=row.place),
            path=path,
            hint=tr("Seconds go under start_s and end_s"),
        )
    return FrameRow(row.place, int(row.start), int(row.end), row.action, row.track)
