"""Rows of label files with the place they came from, made into labels that hold together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engines.actions.labels.checking import check_rows
from engines.actions.labels.frame_times import Moments
from engines.actions.types import Labels, Segment
from engines.core.errors import BadInput
from engines.core.names import name_key
from engines.core.reading import read_text
from engines.core.words import tr

TRACK = Segment(0, 0, "").track
NOT_TEXT = tr("The label file is not text")


@dataclass(frozen=True, slots=True)
class FrameRow:
    """A segment in frames, both inclusive. place: where it stands in the file ("Row 3")."""

    place: str
    start: int
    end: int
    action: str
    track: str = TRACK


@dataclass(frozen=True, slots=True)
class TimeRow:
    """A segment in seconds."""

    place: str
    start: float
    end: float
    action: str
    track: str = TRACK


@dataclass(frozen=True, slots=True)
class Origin:
    """A label file, and what is known of the video it belongs to. moments: when its frames are, None not known;
    rate: frames per second; frames: how many, 0 not known; video: its file, for label files that cover several.
    """

    path: Path
    moments: Moments | None = None
    rate: float = 0.0
    frames: int = 0
    video: str = ""


def in_frames(rows: Iterable[TimeRow], origin: Origin) -> list[FrameRow]:
    """Raises `BadInput` when the times of the frames are not known, or a segment ends before it begins."""
    found = []
    for row in rows:
        if origin.moments is None:
            raise BadInput(
                tr("These labels are in seconds, and the frame rate is not known"),
                path=origin.path,
                hint=tr("Give the video they belong to, or its frame rate"),
            )
        if not (math.isfinite(row.start) and math.isfinite(row.end)):
            raise BadInput(
                tr("{place} ({action}) has no times", place=row.place, action=row.action),
                path=origin.path,
                hint=tr("Mend its times"),
            )
        if not row.end > row.start:
            raise BadInput(
                tr("{place} ({action}) ends before it begins", place=row.place, action=row.action),
                path=origin.path,
                hint=tr("Mend its times"),
            )
        found.append(FrameRow(row.place, *origin.moments.frames(row.start, row.end), row.action, row.track))
    return found


def in_seconds(labels: Labels, moments: Moments | None, path: str | Path) -> list[TimeRow]:
    """The way back. Raises `BadInput` when the times of the frames are not known."""
    moments = moments or Moments.of(None, labels.rate)
    if moments is None:
        raise BadInput(
            tr("This kind of file holds seconds, and the frame rate is not known"),
            path=path,
            hint=tr("Give the video that was labelled, or save as .csv"),
        )
    rows = enumerate(labels.segments, start=1)
    return [
        TimeRow(tr("Segment {number}", number=n), *moments.seconds(e.start, e.end), e.action, e.track) for n, e in rows
    ]


def gathered(rows: Sequence[FrameRow], origin: Origin, classes: Sequence[str] = ()) -> Labels:
    """Labels out of rows, by start. classes: known beforehand; those of the rows follow as they occur in the file.

    Raises `BadInput` with the place of what is wrong.
    """
    placed = [
        (row.place, Segment(row.start, row.end, name_key(row.action), name_key(row.track) or TRACK)) for row in rows
    ]
    check_rows(placed, origin.path, origin.frames)
    segments = sorted((segment for _, segment in placed), key=lambda each: (each.start, each.track))
    names = dict.fromkeys((*map(name_key, classes), *(segment.action for _, segment in placed)))
    return Labels(tuple(segments), tuple(names), origin.rate, origin.frames)


def joined(rows: Sequence[TimeRow]) -> list[TimeRow]:
    """Rows of one track that overlap made one, for formats whose files have such doubles; by start."""
    found: list[TimeRow] = []
    newest: dict[str, int] = {}
    for row in sorted(rows, key=lambda each: each.start):
        place = newest.get(row.track)
        if place is not None and row.start < found[place].end:
            found[place] = replace(found[place], end=max(found[place].end, row.end))
        else:
            newest[row.track] = len(found)
            found.append(row)
    return found


def text_of(path: Path) -> str:
    """A text file, whatever Unicode form a spreadsheet gave it. Raises `BadInput` when it is no text."""
    text = read_text(path, what=tr("label file"))
    if "\0" in text:
        raise BadInput(NOT_TEXT, path=path, hint=tr("Save it again as UTF-8 text"))
    return text
