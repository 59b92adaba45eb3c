"""The playhead: which picture of the chosen source the viewer shows, and going to another one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from engines.cameras.feed.running import Feed
from engines.cameras.types import FeedState
from engines.core.frames import Stamp
from workbench.controllers.common.source_watch import SourceWatch
from workbench.controllers.shell.viewer import ViewerController
from workbench.feeds.running import Feeds

FOLLOW_MS = 33
"""As often as a picture is painted."""
NEAR = 1.0
"""Seconds from the end and from the beginning within which a film that plays has begun again."""


class Playhead(QObject):
    """`moved` when another picture is shown, or it plays no longer; `looped` when the film that plays has begun again.

    followed: whether anybody wants to know.
    """

    moved = Signal()
    looped = Signal()

    def __init__(
        self, viewer: ViewerController, feeds: Feeds, watch: SourceWatch, followed: Callable[[], bool],
        parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._viewer, self._feeds, self._watch, self._followed = viewer, feeds, watch, followed
        self.stamp: Stamp | None = None
        self.playing = False
        self._played: Stamp | None = None
        """The last picture while it plays."""
        self._clock = QTimer(self, interval=FOLLOW_MS)
        self._clock.timeout.connect(self._look)
        self._clock.start()

    @property
    def frame(self) -> int:
        """Number of the picture, -1 for none."""
        stamp = self._newest()
        return stamp.index if stamp is not None else -1

    @property
    def position(self) -> float:
        """Seconds of the picture that was last looked at; 0 before one of the chosen source is shown."""
        here = self.stamp is not None and self.stamp.source == self._watch.source
        return self.stamp.media_time if self.stamp is not None and here else 0.0

    @property
    def duration(self) -> float | None:
        """Seconds of what is played, None for a live feed."""
        feed = self._feed()
        info = feed.status().info if feed is not None else None
        return info.duration if info is not None and not info.live else None

    def seek(self, seconds: float) -> None:
        """Show the picture of this time."""
        if (feed := self._feed()) is not None:
            feed.seek(seconds)

    def play(self, seconds: float) -> None:
        """Go on from the picture of this time."""
        self.seek(seconds)
        if (feed := self._feed()) is not None:
            feed.play()

    def close(self) -> None:
        self._clock.stop()

    def _newest(self) -> Stamp | None:
        frame = self._viewer.newest(self._watch.source)
        return frame.stamp if frame is not None else None

    def _feed(self) -> Feed | None:
        id = self._watch.source.partition("/")[0]
        return self._feeds.feed(id) if id in self._feeds.ids() else None

    def _look(self) -> None:
        if not self._followed():
            return
        feed = self._feed()
        now = self._newest(), feed is not None and feed.status().state is FeedState.PLAYING
        if now != (self.stamp, self.playing):
            self.stamp, self.playing = now
            self._look_back(feed)
            self.moved.emit()

    def _look_back(self, feed: Feed | None) -> None:
        """Whether it has begun again since the last picture that played; between the two there may be none."""
        before, self._played = self._played, self.stamp if self.playing else None
        if self.playing and self.stamp is None:
            self._played = before
        elif feed is not None and feed.status().loop and begins_again(before, self._played, self.duration):
            self.looped.emit()


def begins_again(before: Stamp | None, now: Stamp | None, duration: float | None) -> bool:
    """Whether a film went on from its end to its beginning between two pictures. duration: seconds."""
    if before is None or now is None or not duration or before.source != now.source or now.index >= before.index:
        return False
    return before.media_time >= duration - NEAR and now.media_time <= NEAR
