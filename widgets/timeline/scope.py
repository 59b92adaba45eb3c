"""The part of the time that is in view: all of it, what the user zoomed to, or a window that follows now.

Plain arithmetic without Qt. A film has limits and is shown whole until the user zooms. A live feed runs on: the window
keeps now at 70 % of the width, so that what is anticipated has room, until the user pans away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from widgets.timeline.axis import TimeAxis

LIVE_SPAN = 30.0
NOW_SHARE = 0.7
MOST_LIVE = 600.0
"""Seconds in view of a feed that has only begun."""


@dataclass(frozen=True, slots=True)
class Scope:
    """axis: what is in view. low, high: the time there is. live: it runs on. following: the view moves with `now`.

    fitted: all is in view and stays so.
    """

    axis: TimeAxis = TimeAxis()
    low: float = 0.0
    high: float = 1.0
    now: float = 0.0
    live: bool = False
    following: bool = False
    fitted: bool = True

    @classmethod
    def of_film(cls, duration: float, width: float) -> Scope:
        return cls(TimeAxis.over(0.0, duration, width), 0.0, duration)

    @classmethod
    def of_feed(cls, now: float, width: float) -> Scope:
        return cls(TimeAxis.over(now, now + LIVE_SPAN, width), now, now, now, True, True, False)._settled()

    def moved(self, now: float, low: float, high: float) -> Scope:
        """It is later, or there is more of it."""
        return replace(self, now=now, low=low, high=high)._settled()

    def resized(self, width: float) -> Scope:
        """The same seconds over another width."""
        if width == self.axis.width:
            return self
        axis = TimeAxis.over(self.axis.start, self.axis.end, width)
        return replace(self, axis=axis)._settled()

    def zoomed(self, factor: float, about: float) -> Scope:
        """`factor` times as many seconds; `about` (or now, while following) stays in its place."""
        most = max(self.high - self.low, MOST_LIVE) if self.live else self.high - self.low
        axis = self.axis.zoomed(factor, self.now if self.following else about, most)
        return replace(self, axis=axis, fitted=not self.live and axis.span >= most)._settled()

    def panned(self, pixels: float) -> Scope:
        """Along by so many pixels; stops following."""
        return replace(self, axis=self.axis.panned(pixels), following=False)._settled()

    def over(self, low: float, high: float) -> Scope:
        """Just this stretch, with a little room; stops following."""
        room = 0.08 * (high - low)
        axis = TimeAxis.over(low - room, high + room, self.axis.width)
        return replace(self, axis=axis, following=False, fitted=False)._settled()

    def whole(self) -> Scope:
        """All there is."""
        if self.live:
            axis = TimeAxis.over(self.low, max(self.high, self.low + 1.0), self.axis.width)
            return replace(self, axis=axis, following=False)
        return replace(self, fitted=True, following=False)._settled()

    def at(self, start: float, span: float, following: bool) -> Scope:
        """So many seconds from `start` on, or with now at its place."""
        axis = TimeAxis.over(start, start + span, self.axis.width)
        return replace(self, axis=axis, following=following, fitted=False)._settled()

    def followed(self, on: bool = True) -> Scope:
        """With now at its place in the width, from here on; or standing still."""
        return replace(self, following=on)._settled()

    def seeing(self, seconds: float) -> Scope:
        """The same where a time is in view, else moved to have it in the middle."""
        if self.axis.start <= seconds <= self.axis.end:
            return self
        return replace(self, axis=self.axis.with_at(seconds, 0.5), fitted=False)._settled()

    def _settled(self) -> Scope:
        axis = self.axis
        if self.fitted and not self.live:
            axis = TimeAxis.over(self.low, self.high, axis.width)
        elif self.following:
            axis = axis.with_at(self.now, NOW_SHARE)
        if not self.live:
            axis = axis.within(self.low, self.high)
        elif not self.following:
            axis = self._near(axis)
        return replace(self, axis=axis)

    def _near(self, axis: TimeAxis) -> TimeAxis:
        """A feed's axis is held where at least half the width has been or will be."""
        half = axis.span / 2
        return replace(axis, start=min(max(axis.start, self.low - half), self.high - half))
