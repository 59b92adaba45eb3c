"""What the live section of the rig's panel shows, and the words that follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engines.calibration.live.rig_types import PairState, RigSighting
from engines.calibration.types import Sighting
from engines.core.words import as_part, tr, tr_count
from widgets.kit.lengths.units import MM, figure, in_units, length
from widgets.sources.choice import SourceChoice

SEVERAL = ":several"
"""Stands for cameras that are chosen one by one."""
LEAST, MOST = 2, 8
"""Cameras of a rig."""


@dataclass(frozen=True, slots=True)
class RigLive:
    """rigs: tiled sources, each a rig by itself; rig: the chosen one, `SEVERAL` for `chosen` sources one by one.

    sources: all that may be chosen. running: boards are looked for. auto: sets are captured by themselves. sighting:
    the newest moment, None before the first. rate: moments a second. problem: why there are no frames. sets: captured
    ones that count. flipped: the pictures are turned left to right. board: what is looked for, in words.
    """

    rigs: tuple[SourceChoice, ...] = ()
    sources: tuple[SourceChoice, ...] = ()
    rig: str = SEVERAL
    chosen: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    running: bool = False
    auto: bool = True
    sighting: RigSighting | None = None
    rate: float = 0.0
    problem: str = ""
    sets: int = 0
    flipped: bool = False
    board: str = ""

    @property
    def can_run(self) -> bool:
        return LEAST <= len(self.chosen) <= MOST

    @property
    def hint(self) -> str:
        """Why it cannot run, "" where it can."""
        if not self.sources:
            return tr("Add a tiled source, or two cameras or more, in Sources to calibrate a rig live.")
        if len(self.chosen) > MOST:
            return tr("A rig has {most} cameras at the most", most=MOST)
        return "" if self.can_run else tr("Choose the cameras that see the board together, two at the least")

    @property
    def guidance(self) -> str:
        """What to do next, in words."""
        if self.problem:
            return self.problem
        return tr("Waiting for the first frame") if self.sighting is None else in_units(self.sighting.guidance)

    @property
    def more(self) -> str:
        """How to hold the board, and what is under way."""
        told = [self._captured]
        if self.board and not self.sets:
            told.append(tr("looking for {board}", board=self.board))
        if self.rate >= 1:
            told.append(tr("{rate:.0f} looks per second", rate=self.rate))
        return ", ".join(told)

    @property
    def _captured(self) -> str:
        if not self.sets:
            return tr("No set captured yet")
        return tr_count(self.sets, "{n} set captured", "{n:,} sets captured")

    @property
    def where(self) -> str:
        """The place asked for, as its first camera sees it."""
        target = None if self.sighting is None else self.sighting.target
        if target is None or not target.words or len(target.cameras) < 2:
            return ""
        return tr("Seen by {names}: {words}", names=self.names[target.cameras[0]], words=as_part(target.words))

    @property
    def can_capture(self) -> bool:
        return self.running and self.sighting is not None and any(one.found for one in self.sighting.cameras)

    @property
    def fitting(self) -> str:
        """Another board that a camera sees instead, in its one-word form."""
        return next((one.fitting for one in self._sights if one.fitting), "")

    @property
    def mirrored(self) -> bool:
        """Every camera that sees the board sees it in a mirror."""
        seen = [one for one in self._sights if one.found or one.mirrored]
        return bool(seen) and not self.flipped and all(one.mirrored for one in seen)

    @property
    def _sights(self) -> tuple[Sighting, ...]:
        return () if self.sighting is None else self.sighting.cameras

    @property
    def rows(self) -> tuple[tuple[str, str, str], ...]:
        """Of each pair: its cameras, shared views, distance."""
        pairs = () if self.sighting is None else self.sighting.pairs
        return tuple((self._pair(pair), shared_words(pair), distance_of(pair)) for pair in pairs)

    @property
    def asked_row(self) -> int:
        """The row of the pair that the guidance is about, -1 where it is about no pair."""
        pairs = () if self.sighting is None else self.sighting.pairs
        asked = () if self.sighting is None else self.sighting.asked
        return next((row for row, pair in enumerate(pairs) if (pair.first, pair.second) == asked), -1)

    @property
    def lacking(self) -> Iterator[int]:
        """Rows of pairs that lack views."""
        return (row for row, pair in enumerate(self.sighting.pairs if self.sighting else ()) if pair.lacks)

    def _pair(self, pair: PairState) -> str:
        return f"{self.names[pair.first]} \u2013 {self.names[pair.second]}"


def shared_words(pair: PairState) -> str:
    """'3 of 8' while views are lacking, then how many there are."""
    if pair.apart:
        return tr("apart")
    return tr("{shared} of {needed}", shared=pair.shared, needed=pair.needed) if pair.lacks else str(pair.shared)


def distance_of(pair: PairState) -> str:
    """With its deviation, as many digits as it leaves; an en dash where nothing is known."""
    if pair.distance is None:
        return "\u2013"
    if pair.std is None:
        return length(pair.distance, MM, 0)
    digits = 2 if pair.std < 1e-4 else 1 if pair.std < 1e-3 else 0
    return f"{figure(pair.distance, MM, digits)} \u00b1 {length(pair.std, MM, digits)}"


def rig_title(title: str, tiles: int) -> str:
    """Of a tiled source as a rig."""
    return tr("{title} · {cameras}", title=title, cameras=tr_count(tiles, "{n} camera", "{n:,} cameras"))
