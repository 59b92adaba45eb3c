"""The truth of the rows that are measured: classes by row, and each instance of an action as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.actions.labels.targets import ambiguous_frames, frame_classes, frame_sets, is_ambiguous
from engines.actions.types import BACKGROUND, Labels
from engines.core.errors import BadInput
from engines.core.words import tr

Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Instance:
    """One action from its first to its last frame, both inclusive, whether or not all of them are measured."""

    cls: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """n rows. frames (n,): number in the video, ascending. flags (n, C): which classes a row shows, several with
    tracks that overlap. single (n,): one class a row. dropped (n,): ambiguous rows, which do not count.
    """

    frames: Indices
    flags: Flags
    single: Indices
    dropped: Flags
    instances: tuple[Instance, ...]

    @classmethod
    def of_labels(cls, labels: Labels, classes: Sequence[str], frames: ArrayLike) -> Truth:
        """classes: background first. Only segments that reach into `frames` count. Raises `BadInput` for a class
        that is not among them.
        """
        asked = np.asarray(frames, np.int64)
        first, last = (int(asked[0]), int(asked[-1])) if asked.size else (0, -1)
        seen = tuple(each for each in labels.segments if each.end >= first and each.start <= last)
        within = Labels(seen, labels.classes, labels.rate, labels.frames)
        names = {name: index for index, name in enumerate((BACKGROUND, *(c for c in classes if c != BACKGROUND)))}
        return cls(
            asked,
            frame_sets(within, classes, asked),
            frame_classes(within, classes, asked),
            ambiguous_frames(within, asked),
            tuple(
                Instance(names[each.action], each.start, each.end)
                for each in seen
                if not is_ambiguous(each.action) and each.action != BACKGROUND
            ),
        )

    @classmethod
    def of_flags(cls, flags: Flags, dropped: Flags, background: int | None = 0) -> Truth:
        """Of rows alone: every run of a class is an instance."""
        rows = np.arange(len(flags))
        actions = [index for index in range(flags.shape[1]) if index != background]
        found = tuple(
            Instance(index, start, end - 1) for index in actions for start, end in runs(flags[:, index] & ~dropped)
        )
        return cls(rows, flags, np.argmax(flags, axis=1).astype(np.int64), dropped, found)

    @classmethod
    def of_classes(cls, classes: ArrayLike, count: int, frames: ArrayLike | None = None) -> Truth:
        """Of one class a row (n,), -1 for rows that do not count; `count` classes, background first."""
        single = np.asarray(classes, np.int64)
        if single.size and (single.min() < -1 or single.max() >= count):
            raise BadInput(
                tr("Target {target} is no class: there are {count}, counted from 0", target=single.max(), count=count)
            )
        made = cls.of_flags(single[:, None] == np.arange(count), single < 0)
        if frames is None:
            return made
        numbers = np.asarray(frames, np.int64)
        moved = tuple(Instance(e.cls, int(numbers[e.start]), int(numbers[e.end])) for e in made.instances)
        return cls(numbers, made.flags, made.single, made.dropped, moved)

    def of(self, columns: Sequence[int]) -> Truth:
        """These classes alone, the background first; the others are nothing."""
        place = {column: index for index, column in enumerate(columns)}
        single = np.array([place.get(int(each), 0) for each in self.single], np.int64)
        there = (each for each in self.instances if each.cls in place)
        moved = tuple(Instance(place[each.cls], each.start, each.end) for each in there)
        return Truth(self.frames, self.flags[:, columns], single, self.dropped, moved)

    @property
    def kept(self) -> Flags:
        """Rows that count (n,)."""
        return ~self.dropped

    def begins(self, instance: Instance) -> bool:
        """Whether the instance's first frame is among the rows."""
        return bool(self.frames.size and instance.start >= self.frames[0])


def runs(flags: Flags) -> Iterator[tuple[int, int]]:
    """Half-open ranges of rows in which a flag stands."""
    steps = np.diff(flags.astype(np.int8), prepend=0, append=0)
    for start, stop in zip(np.flatnonzero(steps > 0), np.flatnonzero(steps < 0), strict=True):
        yield int(start), int(stop)
