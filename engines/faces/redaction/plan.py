"""The plan of what is covered in each frame of a film, made of the whole film, so that no gap shows a face.

Between two sightings of a track its box moves in a straight line; before the first and after the last it stays for a
while, as large as it can have moved; neither reaches over a cut. A face is left bare only when its track bears a name
at the end and bore no other.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engines.faces.types import Box
from engines.faces.vectors import Floats

BRIDGED = 1.0
"""Seconds without a sighting that a straight line bridges, and more where `hold` is longer."""


@dataclass(slots=True)
class Followed:
    """One track over the whole film. frames: where it was seen; boxes: x, y, width, height; people: "" unknown."""

    frames: list[int] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    people: list[str] = field(default_factory=list)

    def add(self, frame: int, box: Box, person: str) -> None:
        self.frames.append(frame)
        self.boxes.append((box.x, box.y, box.width, box.height))
        self.people.append(person)

    @property
    def person(self) -> str:
        """Who this is: the last name, if it is the only one."""
        named = {person for person in self.people if person}
        return self.people[-1] if len(named) == 1 and self.people[-1] else ""


@dataclass(slots=True)
class Film:
    """What was seen. times: seconds of each frame; scenes: number of the scene it belongs to, ascending.

    loose: boxes of each frame that no track took up.
    """

    times: list[float] = field(default_factory=list)
    scenes: list[int] = field(default_factory=list)
    paths: dict[int, Followed] = field(default_factory=dict)
    loose: list[list[Box]] = field(default_factory=list)

    def covers(self, hold: float, *, bare: bool) -> list[list[Box]]:
        """Boxes to cover, frame by frame. hold: seconds; bare: whoever has a name is left uncovered."""
        made = [list(boxes) for boxes in self.loose]
        for path in self.paths.values():
            if not (bare and path.person):
                for part in self._by_scene(path):
                    scene = self.scenes[part.frames[0]]
                    for frame, box in path_covers(part, self.times, hold):
                        if self.scenes[frame] == scene:
                            made[frame].append(box)
        return made

    def _by_scene(self, path: Followed) -> list[Followed]:
        parts: dict[int, Followed] = {}
        for frame, box, person in zip(path.frames, path.boxes, path.people, strict=True):
            parts.setdefault(self.scenes[frame], Followed()).add(frame, Box(*box), person)
        return list(parts.values())


def path_covers(path: Followed, times: list[float], hold: float) -> list[tuple[int, Box]]:
    """(frame, box) wherever this track of one scene has to be covered."""
    made = [(frame, Box(*box)) for frame, box in zip(path.frames, path.boxes, strict=True)]
    made += _held(path, times, hold, 0) + _held(path, times, hold, -1)
    for k in range(len(path.frames) - 1):
        start, end = path.frames[k], path.frames[k + 1]
        if end - start < 2:
            continue
        if times[end] - times[start] <= max(BRIDGED, 2 * hold):
            made += _bridged(path, times, k)
        else:
            part = Followed(path.frames[: k + 1], path.boxes[: k + 1], path.people[: k + 1])
            rest = Followed(path.frames[k + 1 :], path.boxes[k + 1 :], path.people[k + 1 :])
            made += _held(part, times, hold, -1) + _held(rest, times, hold, 0)
    return made


def _bridged(path: Followed, times: list[float], k: int) -> list[tuple[int, Box]]:
    start, end = path.frames[k], path.frames[k + 1]
    a, b = np.array(path.boxes[k]), np.array(path.boxes[k + 1])
    whole = times[end] - times[start]
    made = []
    for frame in range(start + 1, end):
        share = (times[frame] - times[start]) / whole if whole > 0 else 0.5
        made.append((frame, Box(*map(float, a + (b - a) * share))))
    return made


def _held(path: Followed, times: list[float], hold: float, end: int) -> list[tuple[int, Box]]:
    """After the last sighting (end -1) or before the first (0): where it was, and on to where it can have gone."""
    at, step = path.frames[end], 1 if end else -1
    box, speed = np.array(path.boxes[end], np.float64), _speed(path, times, end)
    made, frame = [], at + step
    while 0 <= frame < len(times) and abs(times[frame] - times[at]) <= hold:
        moved = box.copy()
        moved[:2] += speed * (times[frame] - times[at])
        made.append((frame, _both(box, moved)))
        frame += step
    return made


def _speed(path: Followed, times: list[float], end: int) -> Floats:
    """Pixels a second at one end, at most two boxes a second."""
    if len(path.frames) < 2:
        return np.zeros(2)
    other = -2 if end else 1
    seconds = times[path.frames[end]] - times[path.frames[other]]
    if abs(seconds) < 1e-6 or abs(seconds) > BRIDGED:
        return np.zeros(2)
    a, b = np.array(path.boxes[other], np.float64), np.array(path.boxes[end], np.float64)
    speed = (b[:2] + b[2:] / 2 - a[:2] - a[2:] / 2) / seconds
    most = 2 * b[2:]
    return np.asarray(np.clip(speed, -most, most), np.float64)


def _both(a: Floats, b: Floats) -> Box:
    low = np.minimum(a[:2], b[:2])
    high = np.maximum(a[:2] + a[2:], b[:2] + b[2:])
    return Box(float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
