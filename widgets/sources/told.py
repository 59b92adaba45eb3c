"""Words for a running source in lists and tiles: its state, how that is to be taken, and why, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from engines.cameras.types import FeedState, FeedStatus
from engines.core.words import tr

WORDS = {
    FeedState.CLOSED: tr("closed"),
    FeedState.OPENING: tr("opening"),
    FeedState.PLAYING: tr("playing"),
    FeedState.PAUSED: tr("paused"),
    FeedState.ENDED: tr("ended"),
    FeedState.RECONNECTING: tr("reconnecting"),
    FeedState.FAILED: tr("failed"),
}
LEVELS = {
    FeedState.PLAYING: "good",
    FeedState.OPENING: "busy",
    FeedState.RECONNECTING: "warn",
    FeedState.FAILED: "bad",
}


@dataclass(frozen=True, slots=True)
class Told:
    """level: "good", "warn", "bad", "busy" or ""."""

    word: str
    level: str
    message: str = ""


def told(status: FeedStatus) -> Told:
    """A source that is silent is amber before its time is up; the message counts the seconds."""
    if status.silent and status.state is FeedState.PLAYING:
        return Told(tr("waiting"), "warn", tr("No picture for {seconds} s", seconds=f"{status.silent:.1f}"))
    if status.silent:
        return Told(WORDS[status.state], "warn", tr("No answer for {seconds} s", seconds=f"{status.silent:.1f}"))
    level = LEVELS.get(status.state, "")
    return Told(WORDS[status.state], "warn" if level == "good" and status.message else level, status.message)
