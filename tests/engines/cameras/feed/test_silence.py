"""A source that hangs says so while there is still hope: it counts the seconds, and stops once pictures come again."""

from __future__ import annotations

import os

import pytest

from engines.cameras.feed.report import FeedReport
from engines.cameras.feed.running import Feed
from engines.cameras.types import FeedInfo, FeedState, FileSource, StreamSource
from engines.core.frames import Size
from tests.engines.cameras.readers.servers import Motion
from widgets.sources.told import Told, told


class ByHand:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds


def test_a_stream_that_hangs_counts_up_and_recovers(run) -> None:
    clock = ByHand()
    with Motion(stall=20) as server:
        running = run(Feed("cam", StreamSource(server.url), clock=clock))
        running.until(lambda s: s.frames >= 10)
        running.until(lambda s: clock.move(0.7) or s.silent > 2)
        before = running.feed.status()
        clock.move(1.0)
        after = running.feed.status()
        assert (before.state, after.state) == (FeedState.PLAYING, FeedState.PLAYING)
        assert after.silent == pytest.approx(before.silent + 1.0)
        assert told(after) == Told("waiting", "warn", f"No picture for {after.silent:.1f} s")
        server.go.set()
        assert told(running.until(lambda s: s.frames > after.frames and not s.silent)).level == "good"


@pytest.mark.parametrize(("fps", "usual"), [(30.0, 1.0), (0.5, 5.0), (0.0, 1.0)])
def test_what_is_usual_is_no_silence(fps, usual) -> None:
    clock = ByHand()
    report = FeedReport(clock)
    report.say(FeedState.PLAYING, "", FeedInfo(Size(4, 4), fps))
    report.ask()
    for seconds, silent in ((usual - 0.1, 0.0), (0.2, usual + 0.1)):
        clock.move(seconds)
        report.ask()
        assert report.status(False, 1.0).silent == pytest.approx(silent)
    report.answered()
    assert report.status(False, 1.0).silent == 0
    report.ask()
    clock.move(60)
    report.say(FeedState.PAUSED)
    assert report.status(False, 1.0).silent == 0


def test_an_opening_that_takes_long_is_said(run) -> None:
    clock = ByHand()
    report = FeedReport(clock)
    report.say(FeedState.OPENING)
    clock.move(3.25)
    assert told(report.status(False, 1.0)) == Told("opening", "warn", "No answer for 3.2 s")


def test_a_file_that_is_gone_is_told_from_one_that_is_broken(run, tmp_path) -> None:
    broken = tmp_path / "broken [1].mp4"
    broken.write_bytes(b"no film")
    gone = os.fsdecode(bytes(tmp_path) + b"/caf\xe9: gone.mp4")
    for path, expected in ((str(broken), False), (gone, True)):
        status = run(Feed("f", FileSource(path))).until(lambda s: s.state is FeedState.FAILED)
        assert status.gone is expected
