"""A feed: a source that runs. It opens it, shows its pictures to every reader, and keeps trying where that makes sense.

`run` is the whole life and belongs to one thread; everything else may be called from any. Native calls are made on
a daemon thread that is walked away from when they hang, so `stop` always works.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from engines.cameras.feed.pacing import backoff
from engines.cameras.feed.playback import Playback
from engines.cameras.feed.playback_requests import Again, PlaybackRequests, SeekTo, StepBy
from engines.cameras.feed.report import FeedReport
from engines.cameras.feed.subscribers import Subscribers
from engines.cameras.feed.views import Views
from engines.cameras.readers.abandonable import Abandoned, Hand, Stalled
from engines.cameras.readers.opening import open_reader, reader_for
from engines.cameras.readers.reader import Reader
from engines.cameras.sources.changes import file_of, opens_anew
from engines.cameras.sources.tiles import TileGrid, simple
from engines.cameras.types import Child, FeedInfo, FeedState, FeedStatus, FileSource, FolderSource, Source
from engines.core.clock import Clock, monotonic
from engines.core.errors import KinoscopeError, SourceFailed, UsageError
from engines.core.frames import End
from engines.core.slots import Latest, Lossless, Slot
from engines.core.words import tr

LATEST = Latest()
CLOSING = 0.1
"""Seconds that closing a source may take before it is left to finish by itself."""


class Feed:
    """`id` names the feed in every stamp. Raises `UsageError` for a grid of tiles that cannot be."""

    def __init__(self, id: str, source: Source, *, clock: Clock = monotonic) -> None:
        self.id = id
        self.source = source
        self._clock = clock
        self._simple = simple(source)
        self._grid = TileGrid.of(source)
        self._views = Views(self._grid)
        self._subscribers = Subscribers(self._views)
        self._report = FeedReport(clock)
        loop = isinstance(self._simple, FileSource | FolderSource) and self._simple.loop
        self._requests = PlaybackRequests(loop, self._simple.speed if isinstance(self._simple, FileSource) else 1.0)
        self._tries = 0
        self._stuck: Hand | None = None

    @property
    def on_change(self) -> Callable[[], None] | None:
        """Called on the feed's thread when the state, message or info changes; must not block."""
        return self._report.on_change

    @on_change.setter
    def on_change(self, call: Callable[[], None] | None) -> None:
        self._report.on_change = call

    def run(self) -> None:
        """Open, read, publish; returns after `stop()`. A failing source is a state, not an exception."""
        try:
            while not self._requests.stopping:
                self._session()
        except BaseException:
            self._report.say(FeedState.FAILED, tr("The feed stopped because of a defect; the log has the details"))
            raise
        self._subscribers.hold(None)
        self._subscribers.publish(End(self.id, tr("the feed was closed")))
        self._report.say(FeedState.CLOSED)

    def stop(self) -> None:
        """Returns at once; `run()` returns within 200 ms, also when the source hangs."""
        self._requests.set("stopping", True)

    def status(self) -> FeedStatus:
        return self._report.status(self._requests.loop, self._requests.speed)

    def subscribe(
        self, policy: Latest | Lossless = LATEST, wake: Callable[[], None] | None = None, tile: str = ""
    ) -> Slot:
        """A slot of one's own for the whole frame, a tile or a child. Raises `UsageError` for an unknown name."""
        return self._subscribers.join(policy, wake, tile)

    def unsubscribe(self, slot: Slot) -> None:
        """Close the slot and forget it."""
        self._subscribers.part(slot)

    @property
    def children(self) -> dict[str, Child]:
        """The straightened pictures of this feed by name."""
        return self._views.children

    def add_child(self, name: str, child: Child) -> None:
        """Offer a straightened picture, or change it; it costs nothing until it is read. Raises as `Views.add` does."""
        self._views.add(name, child)
        self._subscribers.renew(name)

    def remove_child(self, name: str) -> None:
        """Offer it no more, and close its slots."""
        self._views.remove(name)
        self._subscribers.dismiss(name)

    def problem(self, view: str) -> str:
        """Why a child gives no pictures though the feed does; "" where it does."""
        return self._views.problem(view)

    def play(self) -> None:
        """Go on; from the start when it had ended."""
        self._requests.set("paused", False)
        if self._report.state is FeedState.ENDED:
            self._requests.move(Again())

    def pause(self) -> None:
        """Stand still at the present picture."""
        self._requests.set("paused", True)

    def step(self, frames: int = 1) -> None:
        """Pause, `frames` further on (negative: back)."""
        self._requests.move(StepBy(frames))

    def seek(self, seconds: float) -> None:
        """Go to the picture shown at this media time; playing or paused as before."""
        self._requests.move(SeekTo(seconds))

    def set_loop(self, on: bool) -> None:
        """At the end, begin again."""
        self._requests.set("loop", on)

    def set_speed(self, factor: float) -> None:
        """1 is real time, 0 as fast as the readers take. Raises `UsageError` below 0."""
        self._requests.set_speed(factor)

    def describe(self, source: Source) -> None:
        """Take other words, loop and speed for the same pictures. Raises `UsageError` for other pictures."""
        if opens_anew(self.source, source):
            raise UsageError(tr("This is another source, which has to be opened anew"))
        self.source, of = source, simple(source)
        if isinstance(of, FileSource | FolderSource):
            self.set_loop(of.loop)
        if isinstance(of, FileSource):
            self.set_speed(of.speed)

    def retry(self) -> None:
        """Open the source again now, whatever the state."""
        self._requests.reopen()

    def _session(self) -> None:
        """From opening the source to closing it, and the wait after a failure."""
        self._announce()
        hand = Hand(tr("source of {id}", id=self.id), self._requests.bell)
        reader = reader_for(self._simple, self._clock)
        shown = self._report.frames
        failure: KinoscopeError | None = None
        try:
            self._open_and_play(hand, reader)
        except Abandoned:
            pass
        except KinoscopeError as error:
            failure = error
        finally:
            self._stuck = None if hand.leave(reader.close, CLOSING) else hand
        if self._report.frames > shown:
            self._tries = 0
        if failure is not None:
            self._after(failure, reader)

    def _announce(self) -> None:
        if self._tries:
            self._report.say(FeedState.RECONNECTING, tr("Connecting again, attempt {tries}", tries=self._tries))
        else:
            self._report.say(FeedState.OPENING)

    def _open_and_play(self, hand: Hand, reader: Reader) -> None:
        try:
            info = hand.call(
                lambda: open_reader(reader, self._simple), lambda: self._requests.stopping, reader.open_limit
            )
        except Stalled:
            raise SourceFailed(
                tr("No answer within {open_limit:g} s", open_limit=reader.open_limit),
                hint=tr("Check that it is connected and switched on"),
            ) from None
        self._report.say(self._report.state, self._report.message, self._tiled(info))
        play = Playback(
            self.id, reader, info, hand,
            requests=self._requests, subscribers=self._subscribers, report=self._report, clock=self._clock,
        )  # fmt: skip
        play.run()

    def _tiled(self, info: FeedInfo) -> FeedInfo:
        if self._grid is None:
            return info
        return FeedInfo(
            info.size, info.fps, info.frames, info.duration, info.seekable, info.live,
            self._grid.names, (self._grid.rows, self._grid.columns), info.detail,
        )  # fmt: skip

    def _after(self, failure: KinoscopeError, reader: Reader) -> None:
        """Wait for the next attempt (a source that was there before), or for the user."""
        if not (reader.reconnects and self._report.frames):
            self._tries = 0
            self._report.gone = bool(file_of(self.source)) and not os.path.exists(file_of(self.source))
            self._report.say(FeedState.FAILED, str(failure))
            self._wait(None)
            return
        self._tries += 1
        delay = backoff(self._tries)
        self._report.say(
            FeedState.RECONNECTING, tr("{failure}; trying again in {delay:g} s", failure=failure, delay=delay)
        )
        self._wait(self._clock() + delay)

    def _wait(self, until: float | None) -> None:
        """Until the user wants it opened, or the time has come and no earlier attempt still hangs."""
        while not self._requests.stopping:
            seen = self._requests.version
            if self._requests.take_reopen():
                return
            if until is not None and self._clock() >= until and not (self._stuck and self._stuck.alive):
                return
            self._requests.wait(seen, None if until is None else _nap(until - self._clock()))


def _nap(left: float) -> float:
    """Seconds to wait before looking at the clock again."""
    return min(left, 0.25) if left > 0 else 0.25
