"""Edits of labels as plain functions: each gives new labels, so an undo stack only keeps the old ones.

Two rules hold after every edit. Segments of one track never overlap: what is put down last cuts away what it covers,
as a brush would (a covered segment goes, a longer one is left on both sides). And segments lie within the video, one
frame long at least. Segments stay ordered by start, so find one by value after an edit (`labels.segments.index`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engines.actions.types import Labels, Segment
from engines.core.errors import BadInput
from engines.core.names import name_key
from engines.core.words import tr


def add(labels: Labels, segment: Segment) -> Labels:
    """Put a segment down. A class that is new joins the classes. Ends given the wrong way round are turned."""
    placed = fitted(replace(segment, action=_named(segment.action)), labels.frames)
    kept = (part for each in labels.segments for part in _without(each, placed))
    return add_class(_with(labels, (*kept, placed)), placed.action)


def move(labels: Labels, index: int, start: int, end: int) -> Labels:
    """Give a segment other ends; it cuts away what it then covers. Raises `BadInput` where there is no such segment."""
    return add(remove(labels, index), replace(_at(labels, index), start=start, end=end))


def remove(labels: Labels, index: int) -> Labels:
    """Its class stays in the classes."""
    _at(labels, index)
    return replace(labels, segments=labels.segments[:index] + labels.segments[index + 1 :])


def relabel(labels: Labels, index: int, action: str) -> Labels:
    """Call a segment another action."""
    return add(remove(labels, index), replace(_at(labels, index), action=action))


def split(labels: Labels, index: int, at: int) -> Labels:
    """Two segments of one: up to the frame before `at`, and from `at` on. At its first frame or outside: no change."""
    whole = _at(labels, index)
    if not whole.start < at <= whole.end:
        return labels
    parts = (replace(whole, end=at - 1), replace(whole, start=at))
    return _with(labels, (*labels.segments[:index], *parts, *labels.segments[index + 1 :]))


def add_class(labels: Labels, name: str) -> Labels:
    name = _named(name)
    return labels if name in labels.classes else replace(labels, classes=(*labels.classes, name))


def rename_class(labels: Labels, old: str, new: str) -> Labels:
    """In every segment. Where the new name is a class already, the two become one."""
    new = _named(new)
    classes = tuple(dict.fromkeys(new if name == old else name for name in labels.classes))
    segments = (replace(each, action=new) if each.action == old else each for each in labels.segments)
    return _with(replace(labels, classes=classes), segments)


def remove_class(labels: Labels, name: str) -> Labels:
    """With its segments."""
    classes = tuple(each for each in labels.classes if each != name)
    return _with(replace(labels, classes=classes), (each for each in labels.segments if each.action != name))


def fitted(segment: Segment, frames: int) -> Segment:
    """Within a video of so many frames (0: not known), ends the right way round, one frame long at least."""
    start, end = sorted((segment.start, segment.end))
    last = frames - 1 if frames > 0 else max(end, 0)
    return replace(segment, start=min(max(start, 0), last), end=min(max(end, 0), last))


def _without(segment: Segment, brush: Segment) -> Iterable[Segment]:
    """The rest of a segment: none, one or two parts."""
    if segment.track != brush.track or segment.end < brush.start or brush.end < segment.start:
        yield segment
        return
    if segment.start < brush.start:
        yield replace(segment, end=brush.start - 1)
    if segment.end > brush.end:
        yield replace(segment, start=brush.end + 1)


def _with(labels: Labels, segments: Iterable[Segment]) -> Labels:
    return replace(labels, segments=tuple(sorted(segments, key=lambda each: (each.start, each.end, each.track))))


def _at(labels: Labels, index: int) -> Segment:
    if not 0 <= index < len(labels.segments):
        raise BadInput(
            tr("There is no segment {index}: the labels have {count}", index=index + 1, count=len(labels.segments))
        )
    return labels.segments[index]


def _named(name: str) -> str:
    if not name_key(name):
        raise BadInput(tr("An action needs a name"), hint=tr("Type one, such as 'wave'"))
    return name_key(name)
