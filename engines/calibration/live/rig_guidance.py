"""Guidance for a rig: says in words which cameras lack shared views and where the board should go next.

A rig hangs together by what its cameras see at once. Pairs come first: those that join cameras which nothing joins yet,
then those that share the fewest views. When no pair lacks any, each camera's own lens has its turn (`guidance`), where
it is not known, and then the pair whose distance is the least certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from engines.calibration.live.candidates import candidates
from engines.calibration.live.guidance import SHARP, Guide
from engines.calibration.live.rig_targets import Pair, Places, distance_gain, known_information, places
from engines.calibration.live.rig_types import PairState, RigCapture, RigEstimate, RigTarget
from engines.calibration.types import Capture, Sighting
from engines.core.boards import Board
from engines.core.words import all_of, as_part, tr, tr_count

SETTLED = 3
"""Moments for which a board must have been followed in a picture, before its motion there counts."""
UNCERTAIN = 0.002
"""Deviation of a distance as a share of it, above which more views are asked for."""
WORTH = 0.1
"""Gain of a view for the distance of a pair that has all it needs, from which on it is asked for."""
MOST = 3
"""A pair is asked for at most so many times what it needs, however uncertain its distance stays."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What the next set should bring. cameras: that it is about, () when nothing is lacking."""

    words: str = ""
    cameras: tuple[int, ...] = ()
    target: RigTarget | None = None


class RigGuide:
    """Remembers the sets taken of a rig and says what is missing. guides: of the cameras, None before their first
    frame."""

    def __init__(self, names: Sequence[str], boards: Sequence[Board], lenses_known: Sequence[bool]) -> None:
        self.names, self.boards = tuple(names), tuple(boards)
        self.taken: list[RigCapture] = []
        self.known: RigEstimate | None = None
        self._lenses_known = tuple(lenses_known)
        self._apart: set[tuple[int, int]] = set()
        self._goal: Goal | None = None

    def add(self, capture: RigCapture) -> None:
        """A set has been taken."""
        self.taken.append(capture)
        self._goal = None

    def know(self, known: RigEstimate | None) -> None:
        """What the sets tell of the rig is known anew."""
        if known != self.known:
            self.known, self._goal = known, None

    def pairs(self) -> tuple[PairState, ...]:
        """All pairs, in order."""
        return tuple(self._pair(first, second) for first, second in combinations(range(len(self.names)), 2))

    def _pair(self, first: int, second: int) -> PairState:
        shared = sum(capture.shared(first, second) for capture in self.taken)
        told = self.known.pair(first, second) if self.known is not None else None
        apart = (first, second) in self._apart and shared == 0
        if told is None:
            return PairState(first, second, shared, apart=apart)
        return PairState(first, second, shared, distance=told.distance, std=told.distance_std, apart=apart)

    def adds(self, sights: Sequence[Sighting], useful: Sequence[int]) -> bool:
        """Whether a set of these cameras is worth taking: for a pair that lacks views, for a lens that is not known."""
        if any(sights[number].worth and not self._lenses_known[number] for number in useful):
            return True
        asked = self._goal.cameras if self._goal is not None else ()
        for pair in self.pairs():
            both = pair.first in useful and pair.second in useful
            wanted = pair.lacks > 0 or (pair.first, pair.second) == asked
            if both and wanted and self._is_new(sights[pair.first], sights[pair.second]):
                return True
        return False

    @staticmethod
    def _is_new(one: Sighting, other: Sighting) -> bool:
        return one.board == other.board and one.new and other.new

    def goal(self, guides: Sequence[Guide | None]) -> Goal:
        """What is asked for until a set is taken or the rig is known better."""
        goal = self._goal or next(self._goals(guides), Goal())
        self._goal = None if None in guides else goal
        return goal

    def _goals(self, guides: Sequence[Guide | None]) -> Iterator[Goal]:
        for pair in self._lacking():
            target, apart = self._target(pair, guides)
            if apart and pair.shared == 0:
                self._apart.add((pair.first, pair.second))
                continue
            yield Goal(self._lacking_words(pair), (pair.first, pair.second), target)
        yield from self._lens_goals(guides)
        yield from self._distance_goals(guides)

    def _lacking(self) -> list[PairState]:
        """Pairs that lack views: those that join what nothing joins yet, the one with most views first, then those
        that share the fewest."""
        pairs = self.pairs()
        parts = _parts(len(self.names), ((pair.first, pair.second) for pair in pairs if pair.shared >= pair.needed))
        lacking = [pair for pair in pairs if pair.lacks]

        def order(pair: PairState) -> tuple[bool, int]:
            joins = parts[pair.first] != parts[pair.second]
            return not joins, -pair.shared if joins else pair.shared

        return sorted(lacking, key=order)

    def _lacking_words(self, pair: PairState) -> str:
        told = {"one": self.names[pair.first], "other": self.names[pair.second], "needed": pair.needed}
        if pair.shared == 0:
            return tr("{one} and {other} share no view, {needed} are needed: hold the board where both see it", **told)
        return tr_count(
            pair.shared,
            "{one} and {other} share {n} view, {needed} are needed: hold the board where both see it",
            "{one} and {other} share {n} views, {needed} are needed: hold the board where both see it",
            **told,
        )

    def _lens_goals(self, guides: Sequence[Guide | None]) -> Iterator[Goal]:
        """Of cameras whose lens is not known, the one with the fewest views first."""
        numbers = [
            number for number, guide in enumerate(guides) if guide is not None and not self._lenses_known[number]
        ]
        for number in sorted(numbers, key=lambda each: _count(guides[each])):
            guide = guides[number]
            if guide is not None and (words := guide.goal()):
                yield Goal(f"{self.names[number]}: {_lowered(words)}", (number,), self._lens_target(number, guide))

    def _lens_target(self, number: int, guide: Guide) -> RigTarget | None:
        wish = guide.wish
        known = candidates(guide.estimate.lens, guide.size, self.boards[0], guide.quarter)
        if wish is None or wish not in known.wishes:
            return None
        outline = known.outlines[known.wishes.index(wish)]
        return RigTarget((number,), (_points(outline),), wish.words)

    def _distance_goals(self, guides: Sequence[Guide | None]) -> Iterator[Goal]:
        """The pair whose distance is the least certain, while more views would tell it better."""
        loose = [pair for pair in self.pairs() if _share(pair) > UNCERTAIN and pair.shared < MOST * pair.needed]
        for pair in sorted(loose, key=_share, reverse=True):
            target, _ = self._target(pair, guides, WORTH)
            if target is not None and pair.distance is not None and pair.std is not None:
                words = tr(
                    "{first} to {second} is {distance}: hold the board where both see it",
                    first=self.names[pair.first],
                    second=self.names[pair.second],
                    distance=distance_words(pair.distance, pair.std),
                )
                yield Goal(words, (pair.first, pair.second), target)

    def _target(
        self, pair: PairState, guides: Sequence[Guide | None], least: float = 0.0
    ) -> tuple[RigTarget | None, bool]:
        """Where both cameras see the board, at the new place that tells most; and whether there is no such place."""
        one, other = (self.known.camera(number) if self.known else None for number in (pair.first, pair.second))
        first, second = guides[pair.first], guides[pair.second]
        if one is None or other is None or first is None or second is None:
            return None, False
        both = Pair.of(one, other)
        there = places(both, self.boards[0], first.quarter)
        if not there.words:
            return None, True
        known = known_information(both, self.boards[0], self._shared(pair))
        gains = distance_gain(both, known, there.information)
        chosen = next(
            (int(n) for n in np.argsort(-gains) if gains[n] >= least and _is_new(there, n, first, second)), None
        )
        return (None if chosen is None else _as_target(there, chosen, pair)), False

    def _shared(self, pair: PairState) -> list[tuple[Capture, Capture]]:
        sights = [(taken.sights[pair.first], taken.sights[pair.second]) for taken in self.taken]
        return [
            (one, two) for one, two in sights if one is not None and two is not None and one.board == two.board == 0
        ]

    def advice(
        self, sights: Sequence[Sighting], useful: Sequence[int], moving: Sequence[int], guides: Sequence[Guide | None]
    ) -> str:
        """Words for this moment: what hinders, else what is lacking."""
        found = [number for number, sighting in enumerate(sights) if sighting.found]
        if not found:
            return self._nothing(sights) or self.goal(guides).words or self.farewell()
        if flipped := [number for number, one in enumerate(sights) if one.mirrored and not one.found]:
            return tr(
                "In {list} the board is seen in a mirror: mirror those pictures back at the source",
                list=self._list(flipped),
            )
        if moving and self.adds(sights, found):
            return _word_of(sights[moving[0]], tr("Hold still"))
        if not useful and all(sights[number].sharpness < SHARP for number in found):
            return tr("The board is blurred in {list}: focus or add light", list=self._list(found))
        return self.goal(guides).words or self.farewell()

    def _nothing(self, sights: Sequence[Sighting]) -> str:
        for name, sighting in zip(self.names, sights, strict=True):
            if sighting.fitting:
                return tr("{name} shows another board: {fitting}", name=name, fitting=sighting.fitting)
            if sighting.mirrored:
                return tr("The board is seen in a mirror: flip the pictures")
        return "" if self.taken else tr("Show the whole board to two cameras at once")

    def farewell(self) -> str:
        """That there is enough, and what has been reached."""
        told = [pair for pair in self.pairs() if pair.distance is not None and pair.std is not None]
        if not told:
            return tr("Enough views: calibrate")
        worst = max(told, key=_share)
        return tr(
            "Enough views: calibrate ({first} to {second} {distance})",
            first=self.names[worst.first],
            second=self.names[worst.second],
            distance=distance_words(worst.distance or 0.0, worst.std or 0.0),
        )

    def _list(self, numbers: Sequence[int]) -> str:
        return all_of([self.names[number] for number in numbers])


def distance_words(distance: float, std: float) -> str:
    """In millimetres, with its deviation."""
    digits = 2 if std < 0.0001 else 1 if std < 0.001 else 0
    return f"{1000 * distance:.{digits}f} \u00b1 {max(1000 * std, 10**-digits):.{digits}f}\u00a0mm"


def _word_of(sighting: Sighting, word: str) -> str:
    return sighting.guidance if sighting.guidance.startswith(word) else word


def _parts(count: int, joined: Iterable[tuple[int, int]]) -> list[int]:
    """For each camera the smallest number among those that hang together with it."""
    label = list(range(count))
    for first, second in joined:
        low, high = sorted((label[first], label[second]))
        label = [low if each == high else each for each in label]
    return label


def _share(pair: PairState) -> float:
    return pair.std / pair.distance if pair.std is not None and pair.distance else 0.0


def _count(guide: Guide | None) -> int:
    return 0 if guide is None else guide.count


def _is_new(there: Places, number: int, first: Guide, second: Guide) -> bool:
    one, other = there.outlines
    return first.is_new(one[number]) and second.is_new(other[number])


def _as_target(there: Places, number: int, pair: PairState) -> RigTarget:
    outlines = (_points(there.outlines[0][number]), _points(there.outlines[1][number]))
    return RigTarget((pair.first, pair.second), outlines, there.words[number])


def _points(outline: np.ndarray) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in outline)


def _lowered(words: str) -> str:
    return as_part(words)
