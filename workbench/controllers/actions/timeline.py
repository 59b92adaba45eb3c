"""The timeline follows the viewer: which picture is shown, what was decided and labelled around it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from engines.actions.types import BACKGROUND
from engines.cameras.types import FeedState
from engines.core.frames import Stamp
from widgets.actions.state import Page
from widgets.timeline.state import ScoreTrack, TimelineView
from workbench.controllers.shell.viewer import ViewerController

if TYPE_CHECKING:
    from engines.cameras.feed.running import Feed
    from workbench.controllers.actions.controller import ActionsController

FOLLOW_MS = 33
"""As often as a picture is painted."""


class TimelineDesk(QObject):
    """`moved` when another picture is shown, or it plays no longer."""

    moved = Signal()

    def __init__(self, desk: ActionsController, viewer: ViewerController) -> None:
        super().__init__(desk)
        self._desk, self._viewer = desk, viewer
        self._at: tuple[Stamp | None, bool] = (None, False)
        self._clock = QTimer(self, interval=FOLLOW_MS)
        self._clock.timeout.connect(self._look)
        self._clock.start()

    @property
    def frame(self) -> int:
        """Number of the picture that the viewer shows of the chosen source, -1 for none."""
        stamp = self._stamp()
        return stamp.index if stamp is not None else -1

    def seek(self, seconds: float) -> None:
        """Show the picture of this time."""
        feed = self._feed()
        if feed is not None:
            feed.seek(seconds)

    def play(self, seconds: float) -> None:
        """Go on from the picture of this time."""
        self.seek(seconds)
        if (feed := self._feed()) is not None:
            feed.play()

    def view(self) -> TimelineView:
        desk, source = self._desk, self._desk.watch.source
        stamp, playing = self._at
        video, facts, form = desk.video, desk.facts, desk.form
        own = self._own(video)
        tracks = (*((own,) if own is not None else ()), *self._others(video))
        labels = desk.labels.labels(video) if video else None
        mark = desk.labels.open if desk.labels.open is not None and desk.labels.open.video == video else None
        named = next((choice.title for choice in desk.watch.sources() if choice.path == source), "")
        known = labels.tracks if labels is not None else ()
        return TimelineView(
            path=source,
            title=named,
            duration=facts.duration or self._duration(),
            position=stamp.media_time if stamp is not None and stamp.source == source else 0.0,
            playing=playing,
            rate=facts.rate,
            frame_times=facts.times,
            classes=_classes(labels.classes if labels is not None else (), tracks),
            tracks=tracks,
            labels=labels if labels is not None and (labels.segments or form.page is Page.TEACH) else None,
            editing=form.page is Page.TEACH and bool(video),
            selected=desk.labels.selected,
            marking=mark.action if mark else "",
            marking_from=mark.start if mark else -1,
            track=form.track,
            tracks_known=tuple(dict.fromkeys(("actions", *known, form.track))),
            hidden=form.hidden,
            threshold=form.settings.threshold,
            own=own,
        )

    def close(self) -> None:
        self._clock.stop()

    def _own(self, video: str) -> ScoreTrack | None:
        """What the chosen model gave along the source: its run over the whole film, else what it saw when watching."""
        desk, settings = self._desk, self._desk.form.settings
        live = desk.watch.track()
        whole = next((each for each in desk.studies.whole(video) if each.is_by(settings)), None)
        if whole is None:
            return live
        track = whole.track(settings)
        if live is None:
            return track
        ahead = {"ahead_times": live.ahead_times, "ahead": live.ahead, "now": live.now}
        return replace(track, **ahead, version=track.version + live.version)

    def _others(self, video: str) -> tuple[ScoreTrack, ...]:
        """What other models gave along the whole film."""
        settings = self._desk.form.settings
        return tuple(each.track(settings) for each in self._desk.studies.whole(video) if not each.is_by(settings))

    def _stamp(self) -> Stamp | None:
        frame = self._viewer.newest(self._desk.watch.source)
        return frame.stamp if frame is not None else None

    def _feed(self) -> Feed | None:
        id = self._desk.watch.source.partition("/")[0]
        feeds = self._desk.services.feeds
        return feeds.feed(id) if id in feeds.ids() else None

    def _duration(self) -> float | None:
        feed = self._feed()
        info = feed.status().info if feed is not None else None
        return info.duration if info is not None and not info.live else None

    def _look(self) -> None:
        if not self._desk.timeline.isVisible():
            return
        feed = self._feed()
        now = (self._stamp(), feed is not None and feed.status().state is FeedState.PLAYING)
        if now != self._at:
            self._at = now
            self.moved.emit()


def _classes(labelled: tuple[str, ...], tracks: tuple[ScoreTrack, ...]) -> tuple[str, ...]:
    """Those of the labels first, then what models know beside them; a class keeps its colour everywhere."""
    scored = (name for track in tracks for name in track.classes if name != BACKGROUND)
    return tuple(dict.fromkeys((*labelled, *scored)))
