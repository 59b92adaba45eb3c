"""Words for what happens now and next; the picture and the panel share them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engines.actions.types import Decision, Watched
from engines.core.words import tr
from widgets.charts.class_colors import class_words

SOON = 0.5
"""Probability from which on something anticipated is said."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A class and its probability. place: among the actions, -1 for the background. sure: from the threshold on."""

    action: str
    place: int
    probability: float
    sure: bool

    @property
    def words(self) -> str:
        """'lunge left'."""
        return class_words(self.action)

    @property
    def percent(self) -> str:
        """'93 %'."""
        return f"{round(100 * self.probability)} %"


def ranked(decision: Decision, classes: Sequence[str], threshold: float) -> list[Seen]:
    """Every class, the most probable first."""
    made = [
        Seen(action, place, probability, probability >= threshold)
        for place, (action, probability) in enumerate(zip(classes, decision.probabilities, strict=False), start=-1)
    ]
    return sorted(made, key=lambda seen: -seen.probability)


def seen_now(watched: Watched, threshold: float) -> Seen | None:
    """The most probable class; None before the first decision."""
    decision = watched.now
    return next(iter(ranked(decision, watched.classes, threshold)), None) if decision is not None else None


@dataclass(frozen=True, slots=True)
class Coming:
    """An anticipated class. seconds: from now until then."""

    seen: Seen
    seconds: float


def coming(watched: Watched) -> Coming | None:
    """The next action other than the present one that is more probable than not; None where there is none."""
    decision, present = watched.now, seen_now(watched, 0.0)
    if decision is None or present is None:
        return None
    for seconds, row in zip(watched.horizons, decision.ahead, strict=False):
        best = ranked(Decision(0, 0.0, row), watched.classes, SOON)[0]
        if seconds > 0 and best.sure and best.place >= 0 and best.place != present.place:
            return Coming(best, seconds)
    return None


def coming_words(watched: Watched) -> str:
    """'Next 2 s: arms out in 1.2 s (84 %)', 'Next 2 s: nothing new'; nothing without a decoder."""
    if watched.now is None or not watched.now.ahead or not watched.horizons:
        return ""
    start = tr("Next {horizons:g} s", horizons=watched.horizons[-1])
    found = coming(watched)
    if found is None:
        return tr("{start}: nothing new", start=start)
    return tr(
        "{start}: {words} in {seconds:.1f} s ({percent})",
        start=start,
        words=found.seen.words,
        seconds=found.seconds,
        percent=found.seen.percent,
    )
