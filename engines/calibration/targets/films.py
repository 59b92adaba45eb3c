"""Films of a board: decoded once, looked at on all cores, and of each the frames chosen that a calibration needs.

A film shows the same view again and again, much of it blurred. Some six frames a second are looked at; of those that
show the board the sharp and still ones are kept whose board lies farthest from all that are kept already. Only corners
are remembered, never pictures, so that a film may be as long as it likes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count, pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets.corners import to_gray
from engines.calibration.targets.detection import Floats, Gray
from engines.calibration.targets.looks import normal_of, outline_of, sharpness_of
from engines.calibration.targets.shots import NOT_FOUND, Search, Shot, flip, look
from engines.core.boards import Board
from engines.core.context import Context
from engines.core.errors import BadInput, KinoscopeError
from engines.core.frames import Size, size_of
from engines.core.video import stills
from engines.core.video.film import Film, FilmFrame
from engines.core.video.timeline import clock_text
from engines.core.words import as_part, control, tr

A = TypeVar("A")
B = TypeVar("B")
Told = Callable[[float, str], None]

MOST_VIEWS = 30
"""Frames that are chosen of one film."""
MOST_FOUND = 1000
"""Frames with the board that one film may give where they are not chosen: more cannot be solved in any time."""
_LOOKS_PER_SECOND = 6.0
_MOST_LOOKS = 4000
_LEAST_LOOKS = 60
_SPEED = 3.0
"""Pixels a frame at which a view counts half of one at rest."""
WORTH = 0.5
"""Least quality, in shares of what the film's better views have."""
APART = 0.02
"""Least distance between two chosen views, as `distances`."""
_TILT = 0.15
"""What two normals at right angles count, in diagonals of the picture, divided by 1.4."""


@dataclass(frozen=True, slots=True)
class Look:
    """One frame that shows a board. outline: 4 x 2 pixels; quality 0 to 1: sharp and at rest."""

    index: int
    shots: tuple[Shot, ...]
    outline: Floats
    normal: Floats
    sharpness: float


def frame_name(film: str, frame: int | None) -> str:
    """What a frame's view is called; the film's own name where it is None."""
    return film if frame is None else tr("{film} frame {frame}", film=film, frame=frame)


def samples(path: Path, number: int = 5) -> list[Path]:
    """The picture itself; of a film a few frames that are spread over it."""
    if not stills.is_film(path):
        return [path]
    length = stills.opened(path).count or number
    return [Path(stills.named(path, int(index))) for index in np.linspace(0, length - 1, number + 2)[1:-1]]


def in_turn(pool: ThreadPoolExecutor, call: Callable[[A], B], items: Iterable[A], ahead: int = 8) -> Iterator[B]:
    """What `call` gives for each item, in order, on the pool's threads; few items are held at a time."""
    waiting: deque[Future[B]] = deque()
    for item in items:
        waiting.append(pool.submit(call, item))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def search_frames(
    path: Path, name: str, frames: Sequence[int], search: Search, ctx: Context, told: Told, pool: ThreadPoolExecutor
) -> Iterator[Shot]:
    """The frames with these numbers, a shot for each board, whether they show it or not."""
    try:
        film = stills.opened(path)
    except KinoscopeError as error:
        yield from (_unread(path, name, frame, error) for frame in frames)
        return
    found: dict[int, tuple[Shot, ...]] = {}
    looker = _Looker(path, name, search)
    for done, (index, shots) in enumerate(in_turn(pool, looker.shots, stills.pick(film, sorted(set(frames)))), 1):
        ctx.check()
        found[index] = shots
        told(
            done / len(frames),
            tr("Looking for the board: frame {done} of {count} of {name}", done=done, count=len(frames), name=name),
        )
    for frame in frames:
        yield from found.get(frame) or (_absent(film, name, frame),)


def search_film(
    path: Path, name: str, search: Search, ctx: Context, told: Told, pool: ThreadPoolExecutor
) -> Iterator[Shot]:
    """The views of a film: its chosen frames, or each N-th one that shows a board; one shot that says what is wrong
    where there is none.

    Raises `BadInput` where each N-th are too many to be solved.
    """
    try:
        film = stills.opened(path)
    except KinoscopeError as error:
        yield Shot(name, path, None, None, as_part(error.message))
        return
    looks: list[Look] = []
    looked = 0
    looker = _Looker(path, name, replace(search, quick=True))
    for index, seen in in_turn(pool, looker.judged, _frames(film, search.every)):
        ctx.check()
        looked += 1
        looks += [] if seen is None else [seen]
        told(*position(film, index, len(looks), name))
        if search.every and len(looks) > MOST_FOUND:
            raise too_many(path, search.every)
    chosen = looks if search.every else choose(looks, film.size)
    shots = [shot for one in chosen for shot in one.shots]
    yield from shots or [Shot(name, path, film.size, None, _none(looked))]


def choose(looks: Sequence[Look], size: Size, most: int = MOST_VIEWS) -> list[Look]:
    """At most `most` of the looks, in the film's order: the best one, then again and again the one whose distance from
    all that are chosen, times its quality, is largest.
    """
    if not looks:
        return []
    quality = qualities(looks)
    able = np.flatnonzero(quality >= WORTH * np.percentile(quality, 90))
    able = able[np.argsort(-quality[able], kind="stable")]
    chosen = [int(able[0])]
    apart = distances(looks, able, chosen[0], size)
    while len(chosen) < min(most, len(able)):
        best = int(np.argmax(apart * quality[able]))
        if apart[best] < APART:
            break
        chosen.append(int(able[best]))
        apart = np.minimum(apart, distances(looks, able, chosen[-1], size))
    return [looks[number] for number in sorted(chosen)]


def distances(looks: Sequence[Look], numbers: Sequence[int] | NDArray[np.intp], one: int, size: Size) -> Floats:
    """How far the boards of looks lie from that of one: in place and size, in diagonals of the picture, and in tilt."""
    outlines = np.array([looks[number].outline for number in numbers])
    normals = np.array([looks[number].normal for number in numbers])
    moved = np.linalg.norm(outlines - looks[one].outline, axis=2).mean(axis=1) / np.hypot(size.width, size.height)
    return np.asarray(moved + _TILT * np.linalg.norm(normals - looks[one].normal, axis=1), dtype=np.float64)


def qualities(looks: Sequence[Look]) -> Floats:
    """Sharpness of a film's looks, in order, lessened by the motion to the neighbours in time where those are near."""
    speeds = np.full(len(looks), np.inf)
    for number, (one, two) in enumerate(pairwise(looks)):
        speed = float(np.abs(one.outline - two.outline).max()) / (two.index - one.index)
        speeds[number : number + 2] = np.minimum(speeds[number : number + 2], speed)
    speeds[~np.isfinite(speeds)] = 0.0
    return np.asarray([one.sharpness for one in looks] / (1 + speeds / _SPEED) + 1e-3, dtype=np.float64)


def step_of(film: Film) -> int:
    """Each how many frames are looked at, of which some are chosen."""
    step = max(1, round(film.rate / _LOOKS_PER_SECOND), -(-(film.count or 0) // _MOST_LOOKS))
    if film.count and film.count < _LEAST_LOOKS * step:
        step = max(1, film.count // _LEAST_LOOKS)
    return step


def _frames(film: Film, every: int) -> Iterator[FilmFrame]:
    step = every or step_of(film)
    return stills.pick(film, range(0, film.count, step) if film.count else count(0, step))


def judge(index: int, shots: tuple[Shot, ...], gray: Gray, boards: Sequence[Board]) -> Look | None:
    """How good a frame is by the first board that it shows; None where it shows none, or too little of it."""
    shot = shots[0]
    if shot.detection is None:
        return None
    board, found = boards[shot.board], shot.detection
    outline = outline_of(board, found.ids, found.corners)
    if outline is None or not np.isfinite(outline).all():
        return None
    sharp = sharpness_of(flip(gray) if shot.flipped else gray, board, found.ids, found.corners)
    return Look(index, shots, outline, normal_of(outline, board, size_of(gray)), sharp)


@dataclass(frozen=True, slots=True)
class _Looker:
    """Looks at one frame of a film, on any thread."""

    path: Path
    name: str
    search: Search

    def shots(self, frame: FilmFrame) -> tuple[int, tuple[Shot, ...]]:
        return frame.index, self._shots(frame, to_gray(frame.image))

    def judged(self, frame: FilmFrame) -> tuple[int, Look | None]:
        gray = to_gray(frame.image)
        return frame.index, judge(frame.index, self._shots(frame, gray), gray, self.search.boards)

    def _shots(self, frame: FilmFrame, gray: Gray) -> tuple[Shot, ...]:
        place = Path(stills.named(self.path, frame.index))
        return look(gray, place, frame_name(self.name, frame.index), self.search, (self.name,))


def position(film: Film, index: int, found: int, name: str) -> tuple[float, str]:
    """How far a search of a film has come, as a share and in words."""
    length = film.timeline.duration
    told = {"at": clock_text(film.timeline.time(index)), "name": name, "found": found}
    if not length:
        return 0.5, tr("Looking for the board: {at} of {name}, {found} with it", **told)
    words = tr("Looking for the board: {at} of {whole} of {name}, {found} with it", whole=clock_text(length), **told)
    return min(1.0, film.timeline.time(index) / length), words


def _none(looked: int) -> str:
    if looked == 1:
        return NOT_FOUND
    return (
        tr("the board is in none of the {looked} frames that were looked at", looked=looked)
        if looked
        else tr("no frame can be decoded")
    )


def too_many(path: Path, every: int) -> BadInput:
    """The refusal of more than `MOST_FOUND`."""
    return BadInput(
        tr(
            "More than {most_found} frames show the board, of which each {every}. was to be taken",
            most_found=MOST_FOUND,
            every=every,
        ),
        path=path,
        hint=tr(
            "Take fewer, such as each {every}. with {control}, or let them be chosen with 0",
            every=10 * every,
            control=control(tr("Frames of films"), f"--every {10 * every}"),
        ),
    )


def _unread(path: Path, name: str, frame: int, error: KinoscopeError) -> Shot:
    note = as_part(error.message)
    return Shot(frame_name(name, frame), Path(stills.named(path, frame)), None, None, note)


def _absent(film: Film, name: str, frame: int) -> Shot:
    note = (
        tr("there is no frame {frame} in the film, which has {count}", frame=frame, count=film.count)
        if film.count
        else tr("there is no frame {frame} in the film", frame=frame)
    )
    return Shot(frame_name(name, frame), Path(stills.named(film.path, frame)), None, None, note)
