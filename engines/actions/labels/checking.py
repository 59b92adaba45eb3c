"""Checks of labels: mistakes are said with their file and row, weaknesses are advice."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from engines.actions.labels.targets import is_ambiguous
from engines.actions.types import BACKGROUND, Labels, Segment
from engines.core.errors import BadInput
from engines.core.names import name_key
from engines.core.words import tr


def check(
    labels: Labels, frames: int = 0, classes: Sequence[str] | None = None, path: str | Path | None = None
) -> tuple[str, ...]:
    """Advice on labels that can be used. Raises `BadInput` for those that cannot.

    frames: of the video, 0 not known. classes: the only ones allowed, None for any. Wrong are: no segments at all, an
    end before its start, a frame below 0 or past the end, overlap within one track, an unknown class.
    """
    if not labels.segments:
        raise BadInput(tr("The labels are empty"), path=path, hint=tr("Mark at least one segment of each action"))
    check_rows(
        [(tr("Segment {index}", index=index), each) for index, each in enumerate(labels.segments, start=1)],
        path,
        frames,
    )
    _only_known(labels, classes, path)
    return advice(labels)


def check_rows(rows: Sequence[tuple[str, Segment]], path: str | Path | None, frames: int = 0) -> None:
    """The same for segments with their places in a file ("Row 3"), but for classes and emptiness."""
    for place, segment in rows:
        _sound(place, segment, path, frames)
    by_track: dict[str, list[tuple[str, Segment]]] = {}
    for row in rows:
        by_track.setdefault(row[1].track, []).append(row)
    for of_track in by_track.values():
        of_track.sort(key=lambda row: (row[1].start, row[1].end))
        for before, after in pairwise(of_track):
            _apart(before, after, path)


def advice(labels: Labels) -> tuple[str, ...]:
    """Weaknesses, in words: classes without a segment, with one only, or with segments of a single frame."""
    said = []
    for name in labels.classes:
        lengths = [each.end - each.start + 1 for each in labels.segments if each.action == name]
        if name == BACKGROUND or is_ambiguous(name):
            continue
        if len(lengths) < 2:
            said.append(
                tr(
                    "'{name}' has {words}; two are the least to learn from",
                    name=name,
                    words=tr("one segment") if lengths else tr("no segment"),
                )
            )
        elif min(lengths) == 1:
            said.append(tr("'{name}' has a segment of one frame", name=name))
    return tuple(said)


def _sound(place: str, segment: Segment, path: str | Path | None, frames: int) -> None:
    what = tr(
        "{place} ({action}, frames {start} to {end})",
        place=place,
        action=segment.action,
        start=segment.start,
        end=segment.end,
    )
    if not segment.action:
        raise BadInput(tr("{place} has no action", place=place), path=path, hint=tr("Every segment needs a name"))
    if segment.start < 0:
        raise BadInput(tr("{what} begins before the video", what=what), path=path, hint=tr("Frames count from 0"))
    if segment.end < segment.start:
        raise BadInput(
            tr("{what} ends before it begins", what=what), path=path, hint=tr("Both frames are part of the segment")
        )
    if frames and segment.end >= frames:
        raise BadInput(
            tr("{what} runs past the end: the last frame is {frames}", what=what, frames=frames - 1),
            path=path,
            hint=tr("Shorten it, or check that the labels belong to this video"),
        )


def _apart(before: tuple[str, Segment], after: tuple[str, Segment], path: str | Path | None) -> None:
    if after[1].start > before[1].end:
        return
    raise BadInput(
        tr(
            "{after} ({action}, from frame {start}) overlaps {before} ({before_action}, to frame {end})",
            after=after[0],
            action=after[1].action,
            start=after[1].start,
            before=before[0].lower(),
            before_action=before[1].action,
            end=before[1].end,
        ),
        path=path,
        hint=tr("Shorten one of them, or put one on another track"),
    )


def _only_known(labels: Labels, classes: Sequence[str] | None, path: str | Path | None) -> None:
    if classes is None:
        return
    allowed = {BACKGROUND, *map(name_key, classes)}
    for index, segment in enumerate(labels.segments, start=1):
        if name_key(segment.action) not in allowed and not is_ambiguous(segment.action):
            known = ", ".join(name for name in classes if name != BACKGROUND)
            raise BadInput(
                tr(
                    "Segment {index} names a class that is not known here: '{action}'",
                    index=index,
                    action=segment.action,
                ),
                path=path,
                hint=tr("Known classes: {known}", known=known or tr("none")),
            )
