"""The state and counts of a feed: written by its own thread, read by any."""

from __future__ import annotations

from collections.abc import Callable

from engines.cameras.feed.pacing import RateMeter
from engines.cameras.types import FeedInfo, FeedState, FeedStatus
from engines.core.clock import Clock
from engines.core.frames import Frame

USUAL, USUAL_OPENING = 1.0, 2.0
"""Seconds without a picture that say nothing yet: while it plays, and while it is opened."""
PICTURES = 2.5
"""The same in pictures, for a source that gives fewer than one or two a second."""


class FeedReport:
    """State, words and counts. `on_change` is called when the state, the words or the info change, not per frame."""

    def __init__(self, clock: Clock) -> None:
        self.on_change: Callable[[], None] | None = None
        self.state = FeedState.CLOSED
        self.message = ""
        self.info: FeedInfo | None = None
        self.frames = 0
        self.lost = 0
        self.shown: Frame | None = None
        self.gone = False
        self._clock = clock
        self._asked: float | None = None
        self._meter = RateMeter(clock)

    def say(self, state: FeedState, message: str = "", info: FeedInfo | None = None) -> None:
        """Take a new state; `info` only when it is new."""
        changed = (state, message) != (self.state, self.message) or info is not None
        if state is not self.state:
            self._meter.clear()
            self._asked = self._clock() if state is FeedState.OPENING else None
        self.message, self.state = message, state
        self.info = info or self.info
        if changed and self.on_change is not None:
            self.on_change()

    def ask(self) -> None:
        """A picture is waited for from now on, if it was not before."""
        if self._asked is None:
            self._asked = self._clock()

    def answered(self) -> None:
        """It came."""
        self._asked = None

    def count(self, frame: Frame) -> None:
        self.frames += 1
        self.shown = frame
        self._meter.tick()

    def status(self, loop: bool, speed: float) -> FeedStatus:
        shown = self.shown
        return FeedStatus(
            state=self.state,
            fps=self._meter.rate if self.state is FeedState.PLAYING else 0.0,
            frames=self.frames,
            lost=self.lost,
            position=0.0 if shown is None else shown.stamp.media_time,
            message=self.message,
            info=self.info,
            loop=loop,
            speed=speed,
            silent=self._silent(),
            gone=self.gone and self.state is FeedState.FAILED,
        )

    def _silent(self) -> float:
        asked, fps = self._asked, self.info.fps if self.info is not None else 0.0
        if asked is None or self.state not in (FeedState.OPENING, FeedState.PLAYING):
            return 0.0
        usual = USUAL_OPENING if self.state is FeedState.OPENING else max(USUAL, PICTURES / fps if fps > 0 else 0.0)
        waited = self._clock() - asked
        return waited if waited >= usual else 0.0
