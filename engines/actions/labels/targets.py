"""Targets of learning and measuring: the class of every frame, or its set of classes.

A chunk's target is the class of the frame that closed it, so the same functions serve chunks: hand them those frames.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.actions.types import BACKGROUND, Labels, Segment
from engines.core.errors import BadInput
from engines.core.names import name_key
from engines.core.words import tr

Classes = NDArray[np.int64]
Flags = NDArray[np.bool_]

AMBIGUOUS = "ambiguous"
"""An action of this name (in any case) says: nobody can tell. Such frames are neither learned nor measured."""


def class_names(labels: Labels) -> tuple[str, ...]:
    """The background, then the labels' classes in their order; an ambiguous one is none of them."""
    return (BACKGROUND, *(name for name in labels.classes if name != BACKGROUND and not is_ambiguous(name)))


def is_ambiguous(action: str) -> bool:
    return action.casefold() == AMBIGUOUS


def frame_classes(labels: Labels, classes: Sequence[str], frames: int | ArrayLike, ambiguous: int = 0) -> Classes:
    """The class of each frame, 0 for the background.

    classes: the names, with or without the background as first; indices count it always. frames: how many there are,
    or the frames that are asked for (n,). Where segments of several tracks cover a frame, the one that began last
    holds. ambiguous: what frames get that an ambiguous segment covers. Raises `BadInput` for an unknown class.
    """
    place = _places(classes)
    asked = _asked(frames)
    found = np.zeros(asked.size, np.int64)
    sure = [segment for segment in labels.segments if not is_ambiguous(segment.action)]
    for segment in sorted(sure, key=lambda each: (each.start, -each.end)):
        found[_inside(segment, asked)] = _place(segment, place)
    found[ambiguous_frames(labels, asked)] = ambiguous
    return found


def frame_sets(labels: Labels, classes: Sequence[str], frames: int | ArrayLike) -> Flags:
    """Which classes each frame shows (n, C): several where tracks overlap, the background where there is none.

    Arguments and errors as of `frame_classes`.
    """
    place = _places(classes)
    asked = _asked(frames)
    found = np.zeros((asked.size, max(place.values(), default=0) + 1), np.bool_)
    for segment in labels.segments:
        if not is_ambiguous(segment.action):
            found[_inside(segment, asked), _place(segment, place)] = True
    found[:, 0] |= ~found[:, 1:].any(axis=1)
    return found


def ambiguous_frames(labels: Labels, frames: int | ArrayLike) -> Flags:
    """Which frames lie in an ambiguous segment of any track (n,)."""
    asked = _asked(frames)
    found = np.zeros(asked.size, np.bool_)
    for segment in labels.segments:
        if is_ambiguous(segment.action):
            found |= _inside(segment, asked)
    return found


def _asked(frames: int | ArrayLike) -> Classes:
    return np.arange(frames) if isinstance(frames, int) else np.asarray(frames, np.int64)


def _inside(segment: Segment, frames: Classes) -> Flags:
    inside: Flags = (frames >= segment.start) & (frames <= segment.end)
    return inside


def _places(classes: Sequence[str]) -> dict[str, int]:
    names = [BACKGROUND, *(name for name in classes if name != BACKGROUND)]
    return {name_key(name): index for index, name in enumerate(names)}


def _place(segment: Segment, place: dict[str, int]) -> int:
    named = name_key(segment.action)
    if named not in place:
        known = ", ".join(name for name in place if name != BACKGROUND)
        raise BadInput(
            tr(
                "The labels name a class that is not known here: '{action}' (frames {start} to {end})",
                action=segment.action,
                start=segment.start,
                end=segment.end,
            ),
            hint=tr("Known classes: {known}. Rename it, or train a model with it", known=known or tr("none")),
        )
    return place[named]
