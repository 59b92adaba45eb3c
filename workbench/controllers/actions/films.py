"""What the timeline needs to know of a film before it was played through: how many frames, and when each is shown."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engines.cameras.types import FileSource
from workbench.feeds.running import Feeds
from workbench.threads.background import Errands


@dataclass(frozen=True, slots=True, eq=False)
class FilmFacts:
    """times: (frames,) seconds of each frame; duration: to the end of the last one."""

    rate: float = 0.0
    frames: int = 0
    times: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    duration: float = 0.0


class Films(QObject):
    """`changed` when the facts of a film have arrived."""

    changed = Signal()

    def __init__(self, feeds: Feeds, errands: Errands, parent: QObject) -> None:
        super().__init__(parent)
        self._feeds, self._errands = feeds, errands
        self._known: dict[str, FilmFacts | None] = {}
        feeds.removed.connect(self._forget)

    def video(self, path: str) -> str:
        """The file that a source plays, "" when it is none."""
        if path not in self._feeds.ids():
            return ""
        source = self._feeds.feed(path).source
        return source.path if isinstance(source, FileSource) else ""

    def facts(self, video: str) -> FilmFacts | None:
        """None while they are being read, and where they cannot be."""
        if video and video not in self._known:
            self._known[video] = None
            self._errands.ask(lambda: read_facts(video), lambda facts: self._have(video, facts), lambda _failure: None)
        return self._known.get(video)

    def _forget(self, _id: str) -> None:
        """A file that is opened again may be another one by then."""
        played = {self.video(path) for path in self._feeds.ids()}
        self._known = {video: facts for video, facts in self._known.items() if video in played}

    def _have(self, video: str, facts: FilmFacts) -> None:
        self._known[video] = facts
        self.changed.emit()


def read_facts(video: str) -> FilmFacts:
    """Raises `KinoscopeError` for what is no film."""
    from engines.core.video.film import Film

    with Film.open(video) as film:
        times = film.frame_times()
        times.flags.writeable = False
        last = float(times[-1]) + 1 / film.rate if len(times) else 0.0
        return FilmFacts(film.rate, len(times), times, last)
