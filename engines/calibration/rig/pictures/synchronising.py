"""The constant offset between films that were recorded side by side, told by how the board moves in them.

When a board is carried around, its steps in one picture follow from its steps in the other, nearly linearly: sideways,
up and down, nearer and farther. That link is looked for at every offset. How much of the motion it explains is weighed
by how many independent steps both films show, so that a few that agree by chance do not win. What the motion does not
tell is refused: a board that hardly moves, or goes the same ways again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets import films
from engines.calibration.targets.corners import to_gray
from engines.calibration.targets.looks import outline_of
from engines.calibration.targets.shots import Search, look
from engines.calibration.targets.sight import reduced
from engines.core.boards import Board
from engines.core.context import Context
from engines.core.errors import BadInput, WorkFailed
from engines.core.video import stills
from engines.core.video.film import Film, FilmFrame
from engines.core.words import control, tr, tr_count

Floats = NDArray[np.float64]
Told = Callable[[float, str], None]
MOST_LOOKED = 1500
"""Frames of each film that are looked at, from its middle."""
LEAST_SHARED = 40
"""Frames in which both must show the moving board."""
_LONGEST = 800
"""Pixels of the longer side that the board is looked for in: places to a pixel are enough."""
_RATES = 0.01
"""Share by which the films' rates may differ."""
_STEP = 2
"""Frames from one place to the next."""
_STILL_PX = 0.3
"""Pixels (rms) of a step below which a board is at rest."""
_LEAST_FREE = 2.0
_LEAST_EVIDENCE, _LEAST_LEAD = 25.0, 8.0
"""Motions that have nothing to do with each other come to 22 at their best offset."""
_ALIKE = 0.6
_WIDEST = 3.0
"""Frames to each side, in memories of the motion, that belong to a peak."""
_WHOLE = 0.25
"""Frames off a whole number from which on it is said."""


@dataclass(frozen=True, slots=True)
class Lag:
    """By how many frames the second film is late: whole, and as the motion tells. explained: share of its motion that
    follows from the first's. evidence: logarithm of how much likelier the motions are with the link than without;
    lead: the evidence less that of the next best offset. shared: frames that both show.
    """

    frames: int
    exact: float
    explained: float
    evidence: float
    lead: float
    shared: int

    @property
    def told(self) -> bool:
        """Whether the motion tells it."""
        return self.evidence >= _LEAST_EVIDENCE and self.lead >= _LEAST_LEAD

    @property
    def words(self) -> str:
        """How sure it is, for people."""
        told = {"explained": 100 * self.explained, "shared": self.shared}
        sure = (
            tr("certain: {explained:.0f} % of the board's motion agrees over {shared} frames", **told)
            if self.lead > 20
            else tr("very likely: {explained:.0f} % of the board's motion agrees over {shared} frames", **told)
        )
        off = self.exact - self.frames
        if abs(off) < _WHOLE:
            return sure
        return tr(
            "{sure}; but it lies at {exact:+.2f}, not at a whole frame: the cameras do not expose at one time",
            sure=sure,
            exact=self.exact,
        )


@dataclass(frozen=True, slots=True)
class Synchronised:
    """offsets: frames by which each film is late, 0 for the first. lags: those they follow from, by pairs of films."""

    offsets: tuple[int, ...]
    lags: dict[tuple[int, int], Lag]

    def words(self, names: Sequence[str]) -> tuple[str, ...]:
        """A sentence for each film but one. names: of the films."""
        return tuple(
            f"{_late(lag.frames, names[second], names[first])} ({lag.words})"
            for (first, second), lag in self.lags.items()
        )


def _late(frames: int, film: str, other: str) -> str:
    told = {"film": film, "other": other}
    if not frames:
        return tr("{film} runs in step with {other}", **told)
    if frames > 0:
        return tr_count(frames, "{film} is {n} frame late on {other}", "{film} is {n} frames late on {other}", **told)
    return tr_count(-frames, "{film} is {n} frame early on {other}", "{film} is {n} frames early on {other}", **told)


def synchronise(
    each: Sequence[Film], boards: tuple[Board, ...], ctx: Context, told: Told, threads: int = 2
) -> Synchronised:
    """By how many frames each film is late.

    Raises `BadInput` for films of different rates, `WorkFailed` where the motion does not tell, `Cancelled`.
    """
    _check_rates(each)
    places = []
    for number, film in enumerate(each):

        def part(share: float, words: str, number: int = number) -> None:
            told((number + share) / len(each), words)

        places.append(places_of(film, boards, ctx, part, threads))
    lags = {pair: lag_of(places[pair[0]], places[pair[1]]) for pair in combinations(range(len(each)), 2)}
    return _joined(each, lags)


def places_of(film: Film, boards: tuple[Board, ...], ctx: Context, told: Told, threads: int = 2) -> Floats:
    """Where the board lies in each frame and how large it is, all in pixels, (count, 3); NaN where it is not seen.

    Of a long film, in its middle.
    """
    count = film.count or 0
    start = max(0, (count - MOST_LOOKED) // 2)
    wanted = range(start, min(count, start + MOST_LOOKED))
    places = np.full((count, 3), np.nan)
    looker = _Looker(film, Search(boards, quick=True))
    with ThreadPoolExecutor(max(threads, 1), thread_name_prefix="detect") as pool:
        for done, (index, place) in enumerate(films.in_turn(pool, looker, stills.pick(film, wanted), 2 * threads), 1):
            ctx.check()
            places[index] = place
            told(
                done / len(wanted),
                tr(
                    "Following the board: frame {done} of {count} of {path}",
                    done=done,
                    count=len(wanted),
                    path=film.path.name,
                ),
            )
    return places


def lag_of(first: Floats, second: Floats) -> Lag:
    """By how many frames the second of two motions is late. first, second: as `places_of`."""
    one, two = _steps(first), _steps(second)
    lags = range(-len(one) + 1, len(two))
    links = [_link(one, two, lag) for lag in lags]
    evidence = np.array([link.evidence for link in links])
    best = int(np.argmax(evidence))
    width = min(_width(evidence, best), int(_WIDEST * links[best].memory) + 2)
    away = [link for at, link in enumerate(links) if abs(at - best) > width]
    lead = min((_lead(links[best], link) for link in away), default=evidence[best])
    exact = lags[best] + _between(np.array([link.open for link in links]), best)
    top = links[best]
    return Lag(lags[best], float(exact), 1 - top.open, top.evidence, float(lead), top.shared)


@dataclass(frozen=True, slots=True)
class _Link:
    """open: share of the second's steps that are no linear function of the first's. memory: frames, as `_memory`; free:
    how many independent steps there are."""

    evidence: float = 0.0
    open: float = 1.0
    shared: int = 0
    memory: float = 1.0
    free: float = 0.0


def _lead(best: _Link, other: _Link) -> float:
    """How much likelier the one is; where both films show nearly as much at both, by how well they fit alone."""
    if other.free < _ALIKE * best.free:
        return best.evidence - other.evidence
    return min(best.free, other.free) * float(np.log(max(other.open, 1e-9) / max(best.open, 1e-9)))


def _steps(places: Floats) -> Floats:
    steps = np.full_like(places, np.nan)
    steps[_STEP:] = places[_STEP:] - places[:-_STEP]
    return steps


def _link(first: Floats, second: Floats, lag: int) -> _Link:
    start, stop = max(0, -lag), min(len(first), len(second) - lag)
    one, two = first[start : max(stop, start)], second[max(start + lag, 0) : max(stop + lag, 0)]
    both = np.isfinite(one).all(axis=1) & np.isfinite(two).all(axis=1) if len(one) else np.zeros(0, dtype=np.bool_)
    if both.sum() < LEAST_SHARED:
        return _Link()
    one, two = one[both] - one[both].mean(axis=0), two[both] - two[both].mean(axis=0)
    memory = max(_memory(one), _memory(two))
    free = len(one) / memory - one.shape[1]
    moved = min(float((one**2).sum()), float((two**2).sum()))
    if free <= _LEAST_FREE or moved < len(one) * _STILL_PX**2:
        return _Link()
    left = two - one @ np.linalg.lstsq(one, two, rcond=None)[0]
    share = float((left**2).sum() / (two**2).sum())
    return _Link(-free * float(np.log(max(share, 1e-9))), share, len(one), memory, free)


def _memory(steps: Floats) -> float:
    """Frames that tell as much as one would on its own, where two such motions are compared (Bartlett's formula)."""
    size = 1 << (2 * len(steps) - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(steps, size, axis=0)) ** 2
    alike = np.fft.irfft(spectrum.sum(axis=1), size)[: len(steps)]
    falling = alike / max(alike[0], 1e-12)
    ends = np.flatnonzero(falling < 0.1)
    return 1.0 + 2.0 * float((falling[1 : ends[0] if len(ends) else len(falling)] ** 2).sum())


def _width(evidence: Floats, best: int) -> int:
    """Frames from the peak to where it has fallen to half."""
    low = np.flatnonzero(evidence < evidence[best] / 2)
    return max(2, int(np.abs(low - best).min(initial=len(evidence))))


def _between(opens: Floats, best: int) -> float:
    """Where the parabola through the lowest and its neighbours is lowest, in frames from there."""
    if not 0 < best < len(opens) - 1:
        return 0.0
    left, low, right = opens[best - 1 : best + 2]
    bend = left - 2 * low + right
    return float(np.clip((left - right) / (2 * bend), -0.5, 0.5)) if bend > 0 else 0.0


def _check_rates(each: Sequence[Film]) -> None:
    for one, two in pairwise(each):
        if abs(one.rate - two.rate) > _RATES * one.rate:
            raise BadInput(
                tr(
                    "The films have different rates: {first:.4g} and {second:.4g} per second",
                    first=one.rate,
                    second=two.rate,
                ),
                path=two.path,
                hint=tr(
                    "No offset in frames fits them; match them by time, with {control}",
                    control=control(tr("By time stamps"), "--match time"),
                ),
            )


def _joined(each: Sequence[Film], lags: dict[tuple[int, int], Lag]) -> Synchronised:
    """The offsets of all films by the surest lags that join them. Raises `WorkFailed` where some are not joined."""
    offsets = {0: 0}
    used: dict[tuple[int, int], Lag] = {}
    while len(offsets) < len(each):
        ends = {pair: lag for pair, lag in lags.items() if lag.told and (pair[0] in offsets) != (pair[1] in offsets)}
        if not ends:
            raise _untold(each, [number for number in range(len(each)) if number not in offsets], lags)
        pair = max(ends, key=lambda pair: ends[pair].evidence)
        first, second = pair
        if first in offsets:
            offsets[second] = offsets[first] + lags[pair].frames
        else:
            offsets[first] = offsets[second] - lags[pair].frames
        used[pair] = lags[pair]
    _check_agreement(each, offsets, lags)
    return Synchronised(tuple(offsets[number] for number in range(len(each))), used)


def _check_agreement(each: Sequence[Film], offsets: dict[int, int], lags: dict[tuple[int, int], Lag]) -> None:
    """Three films tell each offset twice: what does not add up is no constant offset."""
    for (first, second), lag in lags.items():
        if lag.told and abs(offsets[second] - offsets[first] - lag.frames) > 1:
            raise WorkFailed(
                tr(
                    "The offsets of the films {first} and {second} do not add up",
                    first=each[first].path.name,
                    second=each[second].path.name,
                ),
                hint=tr(
                    "Frames may be missing in one of them; match them by time, or cut the part where it is constant"
                ),
            )


def _untold(each: Sequence[Film], rest: Sequence[int], lags: dict[tuple[int, int], Lag]) -> WorkFailed:
    number = rest[0]
    best = max((lag for pair, lag in lags.items() if number in pair), key=lambda lag: lag.evidence)
    if not best.shared:
        reason = tr("it does not move enough where another film shows it, too")
    elif best.evidence < _LEAST_EVIDENCE:
        reason = tr(
            "its motion does not follow that in any other film ({explained:.0f} % agrees at best)",
            explained=100 * best.explained,
        )
    else:
        reason = tr("the same ways are gone again and again, so that several offsets fit")
    return WorkFailed(
        tr(
            "The board's motion does not tell the offset of {path}: {reason}",
            path=each[number].path.name,
            reason=reason,
        ),
        path=each[number].path,
        hint=tr(
            "Carry the board around, to and fro, where all cameras see it, "
            "or give the offsets with {order} and {offsets}",
            order=control(tr("By their order"), "--match order"),
            offsets=control(tr("Frames late"), "--offsets"),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Looker:
    """The first board's middle and size in a frame."""

    film: Film
    search: Search

    def __call__(self, frame: FilmFrame) -> tuple[int, Floats]:
        gray, scale = reduced(to_gray(frame.image), _LONGEST)
        shot = look(gray, self.film.path, "", self.search)[0]
        found = shot.detection
        outline = None if found is None else outline_of(self.search.boards[shot.board], found.ids, found.corners)
        if outline is None or shot.board:
            return frame.index, np.full(3, np.nan)
        middle = outline.mean(axis=0)
        reach = np.linalg.norm(outline - middle, axis=1).mean()
        return frame.index, np.array([*middle, reach]) / scale
