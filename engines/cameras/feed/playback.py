"""One opened source playing: each turn either obeys the user, or shows the next picture when it is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from engines.cameras.feed.pacing import Pacer
from engines.cameras.feed.playback_requests import Move, PlaybackRequests, SeekTo, StepBy
from engines.cameras.feed.report import FeedReport
from engines.cameras.feed.subscribers import Subscribers
from engines.cameras.readers.abandonable import Hand, Stalled
from engines.cameras.readers.reader import Reader, ReaderItem, TimedPicture
from engines.cameras.types import FeedInfo, FeedState
from engines.core.clock import Clock
from engines.core.errors import SourceFailed
from engines.core.frames import End, Frame, Gap, GapReason, Stamp
from engines.core.words import tr

T = TypeVar("T")

SLICE = 0.05
"""Seconds after which a wait looks at the clock again, so that a clock moved by hand is noticed."""


class Playback:
    """Runs on the feed's thread. Frame numbers and times of a live source go on where the last connection left them."""

    def __init__(
        self, id: str, reader: Reader, info: FeedInfo, hand: Hand,
        *, requests: PlaybackRequests, subscribers: Subscribers, report: FeedReport, clock: Clock,
    ) -> None:  # fmt: skip
        self._id = id
        self._reader = reader
        self._info = info
        self._hand = hand
        self._requests = requests
        self._subscribers = subscribers
        self._report = report
        self._clock = clock
        self._pacer = Pacer(clock, requests.speed)
        self._pending: TimedPicture | None = None
        self._last: Frame | None = None
        self._since_jump = 0
        self._let_through = 0
        self._ended = False
        self._broke = ""
        self._base_index, self._base_time = self._base()

    def run(self) -> None:
        """Returns when asked to reopen; raises `Abandoned` when stopped and `KinoscopeError` when the source breaks."""
        if self._report.shown is not None:
            self._subscribers.publish(Gap(self._id, 0, GapReason.REOPENED))
        while not self._requests.stopping and not self._requests.take_reopen():
            self._turn()

    def _turn(self) -> None:
        seen = self._requests.version
        move = self._requests.take_move()
        if move is not None:
            self._obey(move)
        elif self._ended:
            self._requests.wait(seen)
        elif self._requests.paused and self._info.live and not self._info.seekable:
            self._drain()
        elif self._requests.paused and self._last is not None:
            self._subscribers.hold(self._last)
            self._report.say(FeedState.PAUSED, self._words)
            self._pacer.restart()
            self._requests.wait(seen)
        else:
            self._play(seen)

    def _play(self, seen: int) -> None:
        item = self._pending or self._read()
        self._pending = None
        self._subscribers.hold(None)
        self._report.say(FeedState.PLAYING, self._words)
        if isinstance(item, TimedPicture) and self._reader.paced and not self._due(item, seen):
            self._pending = item
            return
        self._take(item)

    def _due(self, picture: TimedPicture, seen: int) -> bool:
        """Wait for the picture's time. False: something changed meanwhile."""
        self._pacer.set_speed(self._requests.speed)
        while (left := self._pacer.wait(picture.media_time)) > 0:
            if self._requests.wait(seen, min(left, SLICE)):
                return False
        return True

    def _drain(self) -> None:
        """A paused camera goes on giving pictures; they are let go so that none is stale afterwards."""
        item = self._read()
        self._subscribers.hold(self._last)
        self._report.say(FeedState.PAUSED, self._words)
        if isinstance(item, TimedPicture) and self._let_through <= 0 and self._last is not None:
            return
        self._let_through -= isinstance(item, TimedPicture)
        self._take(item)

    def _obey(self, move: Move) -> None:
        if isinstance(move, StepBy):
            self._step(move.frames)
        elif self._info.seekable:
            seconds = max(move.seconds, 0.0) if isinstance(move, SeekTo) else 0.0
            self._jump(self._reader_call(partial(self._reader.locate, seconds)), GapReason.SEEK)
            self._show_next()
        elif not isinstance(move, SeekTo):
            self._requests.reopen()

    def _step(self, frames: int) -> None:
        if self._info.live and not self._info.seekable:
            self._let_through = max(frames, 0)
        elif frames == 1 or not self._info.seekable:
            for _ in range(frames):
                self._show_next()
        elif self._last is not None and frames:
            self._jump(max(self._last.stamp.index + frames, 0), GapReason.SEEK)
            self._show_next()

    def _show_next(self) -> None:
        """Show the next picture at once, due or not."""
        before, item = self._report.frames, self._pending
        self._pending = None
        self._pacer.restart()
        while True:
            self._take(item or self._read())
            item = None
            if self._report.frames != before or self._ended or self._requests.stopping:
                return

    def _jump(self, index: int, why: GapReason) -> None:
        self._reader_call(partial(self._reader.seek, index))
        self._pending = None
        self._ended = False
        self._since_jump = 0
        self._pacer.restart()
        self._subscribers.publish(Gap(self._id, 0, why))

    def _take(self, item: ReaderItem) -> None:
        if isinstance(item, TimedPicture):
            self._show(item)
        elif isinstance(item, Gap):
            self._report.lost += item.lost
            self._subscribers.publish(replace(item, source=self._id))
        else:
            self._finish(item)

    def _show(self, picture: TimedPicture) -> None:
        index, time = picture.index + self._base_index, picture.media_time + self._base_time
        stamp = Stamp(self._id, index, self._clock(), time, picture.turn)
        frame = Frame(picture.image, stamp)
        if self._last is not None and self._last.image.shape != frame.image.shape:
            self._subscribers.publish(Gap(self._id, 0, GapReason.RESIZED))
        self._last = frame
        self._since_jump += 1
        self._pacer.shown(picture.media_time)
        self._report.count(frame)
        self._subscribers.publish(frame, None if self._info.live else self._may_wait)

    def _may_wait(self) -> bool:
        return not self._requests.restless

    def _finish(self, end: End) -> None:
        """The source gives no more: again from the start, or rest at the last picture."""
        if self._reader.reconnects and self._info.live:
            raise SourceFailed(end.why or tr("The pictures stopped"))
        self._broke = end.why
        if self._requests.loop and self._info.seekable and self._since_jump > 0:
            self._jump(0, GapReason.LOOP)
            self._pacer.wrap(1.0 / self._info.fps if self._info.fps > 0 else 0.0)
            return
        self._ended = True
        self._subscribers.hold(self._last)
        self._report.say(FeedState.ENDED, self._words)
        self._subscribers.publish(End(self._id, end.why))

    @property
    def _words(self) -> str:
        """What the user should know of the source: where it broke off the last time, or what its reader remarks."""
        return self._broke or self._reader.note

    def _read(self) -> ReaderItem:
        self._report.ask()
        item = self._reader_call(self._reader.read)
        if isinstance(item, TimedPicture):
            self._report.answered()
        return item

    def _reader_call(self, work: Callable[[], T]) -> T:
        limit = self._reader.read_limit
        try:
            return self._hand.call(work, lambda: self._requests.stopping, limit)
        except Stalled:
            raise SourceFailed(tr("No picture came for {limit:g} s", limit=limit)) from None

    def _base(self) -> tuple[int, float]:
        shown = self._report.shown
        if shown is None or self._info.seekable or not self._info.live:
            return 0, 0.0
        return shown.stamp.index + 1, shown.stamp.media_time + self._clock() - shown.stamp.captured_at
