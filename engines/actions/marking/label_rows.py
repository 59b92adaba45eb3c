"""What all readers of label files make first: rows with the place they came from, then labels that hold together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engines.actions.marking.checking import check_rows
from engines.actions.marking.moments import Moments
from engines.actions.types import Labels, Segment
from engines.core.errors import BadInput

TRACK = Segment(0, 0, "").track


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


def in_frames(rows: Iterable[TimeRow], moments: Moments | None, path: str | Path) -> list[FrameRow]:
    """Raises `BadInput` when the times of the frames are not known, or a segment ends before it begins."""
    found = []
    for row in rows:
        if moments is None:
            raise BadInput(
                "These labels are in seconds, and the frame rate is not known",
                path=path,
                hint="Give the video they belong to, or its frame rate",
            )
        if not row.end > row.start:
            raise BadInput(f"{row.place} ({row.action}) ends before it begins", path=path, hint="Mend its times")
        found.append(FrameRow(row.place, *moments.frames(row.start, row.end), row.action, row.track))
    return found


def gathered(
    rows: Sequence[FrameRow],
    path: str | Path,
    *,
    classes: Sequence[str] = (),
    rate: float = 0.0,
    frames: int = 0,
) -> Labels:
    """Labels out of rows, by start. classes: known beforehand; those of the rows follow as they occur in the file.

    Raises `BadInput` with the place of what is wrong.
    """
    placed = [(row.place, Segment(row.start, row.end, row.action.strip(), row.track.strip() or TRACK)) for row in rows]
    check_rows(placed, path, frames)
    segments = sorted((segment for _, segment in placed), key=lambda each: (each.start, each.track))
    names = dict.fromkeys((*classes, *(segment.action for _, segment in placed)))
    return Labels(tuple(segments), tuple(names), rate, frames)
