"""The state and counts of a feed: written by its own thread, read by any."""

from __future__ import annotations

from collections.abc import Callable

from engines.cameras.feed.pacing import RateMeter
from engines.cameras.types import FeedInfo, FeedState, FeedStatus
from engines.core.clock import Clock
from engines.core.frames import Frame


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
        self._meter = RateMeter(clock)

    def say(self, state: FeedState, message: str = "", info: FeedInfo | None = None) -> None:
        """Take a new state; `info` only when it is new."""
        changed = (state, message) != (self.state, self.message) or info is not None
        if state is not self.state:
            self._meter.clear()
        self.message, self.state = message, state
        self.info = info or self.info
        if changed and self.on_change is not None:
            self.on_change()

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
        )
