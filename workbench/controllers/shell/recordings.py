"""Recordings of what tiles show: begun and ended by path, each a film of its own, with every frame accounted for."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from engines.cameras.types import FeedState
from engines.core.frames import End, Frame, Gap
from engines.core.names import shown
from engines.core.outputs import free_name
from engines.core.places import pictures_dir
from engines.core.slots import Lossless
from engines.core.words import tr, tr_count
from widgets.kit.words import size_words
from widgets.viewer.recording_bar import RecordingShown
from workbench.controllers.shell.reveal import reveal
from workbench.feeds.running import FrameTap, is_of
from workbench.feeds.view_recorder import ViewRecorder
from workbench.services import Services

TICK_MS = 400
UNREAD = Lossless(32)
"""How many frames may wait while the window is busy; more are left out and counted."""
LONGEST = 100
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')


@dataclass(slots=True)
class Recording:
    """One film in the making. arrived: frames that the source gave since it began; why: why it is being ended."""

    path: str
    title: str
    recorder: ViewRecorder
    tap: FrameTap
    arrived: int = 0
    taken: int = 0
    index: int = -1
    why: str = ""

    @property
    def left_out(self) -> int:
        return max(self.arrived - self.taken, 0)


@dataclass(frozen=True, slots=True)
class Film:
    """One that is there. why: why it ended, where nobody asked for it; lost: frames that came too fast."""

    path: Path
    frames: int
    why: str
    lost: int


class Recordings(QObject):
    """`changed()` when one began or ended; `told(shown)` how they stand, a few times a second and at the end;
    `recorded(path)` when a film is there.
    """

    changed = Signal()
    told = Signal(object)
    recorded = Signal(object)

    def __init__(self, services: Services, guarded: Callable[[str], bool], parent: QObject) -> None:
        """guarded: whether frames of a path may be kept only as they are given to `painted`."""
        super().__init__(parent)
        self._services, self._guarded = services, guarded
        self._running: dict[str, Recording] = {}
        self._ending: list[Recording] = []
        self._films: list[Film] = []
        self._clock = QTimer(self, interval=TICK_MS)
        self._clock.timeout.connect(self._tell)
        services.feeds.changed.connect(self._changed)

    def paths(self) -> tuple[str, ...]:
        """What is being recorded."""
        return tuple(self._running)

    def toggle(self, path: str) -> None:
        """Record a feed, tile or straightened picture, or end that."""
        self.end(path) if path in self._running else self.begin(path)

    def begin(self, path: str) -> None:
        """Record to the pictures folder, under a name that tells source and time."""
        title = self._services.feeds.title(path)
        recorder = ViewRecorder(free_name(pictures_dir() / f"{file_title(title)}.mp4"))
        one = Recording(path, title, recorder, FrameTap(self._services.feeds, path, UNREAD, self))
        recorder.written.connect(lambda film, frames, why: self._written(one, film, frames, why))
        recorder.failed.connect(lambda failure: self._failed(one, str(failure)))
        one.tap.ready.connect(lambda: self._arrived(one))
        self._running[path] = one
        self._services.supervisor.adopt(recorder)
        recorder.start()
        self._clock.start()
        self._arrived(one)
        self.changed.emit()
        self._tell()

    def begin_all(self, paths: Sequence[str]) -> None:
        """Record each of these that is not being recorded yet and goes on: a film that has ended is one picture."""
        for path in dict.fromkeys(paths):
            state = self._services.feeds.feed(path.partition("/")[0]).status().state
            if path not in self._running and state is not FeedState.ENDED:
                self.begin(path)

    def end(self, path: str, why: str = "") -> None:
        """End a recording; the film is there soon after. why: where nobody asked for it."""
        one = self._running.get(path)
        if one is None:
            return
        self._arrived(one)
        self._running.pop(path, None)
        one.why = one.why or why
        self._ending.append(one)
        one.tap.close()
        one.recorder.request_stop()
        if not self._running:
            self._clock.stop()
        self.changed.emit()
        self._tell()

    def end_all(self) -> None:
        for path in self.paths():
            self.end(path)

    def painted(self, path: str, frame: Frame) -> None:
        """A frame of a guarded path as it may be kept."""
        if (one := self._running.get(path)) is not None and self._guarded(path):
            one.taken += one.recorder.put(frame)

    def closed(self, id: str) -> None:
        """A source is gone, or one of its pictures."""
        for path in [path for path in self._running if is_of(path, id)]:
            self.end(path, tr("the source was closed"))

    def _arrived(self, one: Recording) -> None:
        while self._running.get(one.path) is one and (item := one.tap.take()) is not None:
            if isinstance(item, Frame):
                self._take(one, item)
            elif isinstance(item, Gap):
                one.arrived += item.lost
            elif isinstance(item, End):
                one.why = tr("the source ended")
                QTimer.singleShot(0, self, lambda: self.end(one.path))

    def _take(self, one: Recording, frame: Frame) -> None:
        size, (height, width) = one.recorder.size, frame.image.shape[:2]
        if frame.stamp.index == one.index:
            return
        one.index = frame.stamp.index
        one.arrived += 1
        if size is not None and (size.width, size.height) != (width, height):
            one.why = tr("its pictures have another size now")
            QTimer.singleShot(0, self, lambda: self.end(one.path))
        elif not self._guarded(one.path):
            one.taken += one.recorder.put(frame)

    def _changed(self, id: str) -> None:
        if self._services.feeds.state(id) is FeedState.FAILED:
            for path in [path for path in self._running if is_of(path, id)]:
                self.end(path, tr("the source failed"))

    def _tell(self) -> None:
        self.told.emit(tuple(_shown(one) for one in self._running.values()))

    def _written(self, one: Recording, path: Path, frames: int, why: str) -> None:
        if self._running.get(one.path) is one:
            self.end(one.path)
        if frames:
            self._films.append(Film(path, frames, why or one.why, max(one.arrived - frames, 0)))
            self.recorded.emit(path)
        else:
            text = tr("Nothing of {source} was recorded: no picture came", source=one.title)
            self._services.notify(text, "warn")
        self._ended(one)

    def _failed(self, one: Recording, why: str) -> None:
        if self._running.get(one.path) is one:
            self.end(one.path)
        self._services.notify(tr("The recording of {source} failed: {why}", source=one.title, why=why), "bad")
        self._ended(one)

    def _ended(self, one: Recording) -> None:
        """Say once what films there are, when the last of those that end together is there."""
        one.tap.deleteLater()
        self._ending.remove(one)
        if self._ending or not self._films:
            return
        films, self._films = self._films, []
        lost, broke = sum(film.lost for film in films), any(film.why for film in films)
        text = _done_words(films[0]) if len(films) == 1 else _several_words(films)
        text = " ".join(filter(None, (text, _lost_words(lost))))
        level = "warn" if broke or lost else "good"
        self._services.notify(text, level, tr("Show"), partial(reveal, films[0].path, self._services.notify))


def file_title(title: str) -> str:
    """What a file of a picture is called: its title as far as file systems take it, and the time."""
    plain = " ".join(_NOT_IN_A_NAME.sub(" ", title).split())[:LONGEST].strip(". ")
    return f"{plain} {time.strftime('%Y-%m-%d %H-%M-%S')}".strip()


def _done_words(film: Film) -> str:
    said = tr_count(
        film.frames,
        "Recorded {n} frame to {file} in {folder}.",
        "Recorded {n:,} frames to {file} in {folder}.",
        file=shown(film.path.name),
        folder=shown(str(film.path.parent)),
    )
    return tr("{said} It ended because {why}.", said=said, why=film.why) if film.why else said


def _several_words(films: Sequence[Film]) -> str:
    folder, why = shown(str(films[0].path.parent)), next((film.why for film in films if film.why), "")
    if why:
        return tr("Recorded {n} films to {folder}. They ended because {why}.", n=len(films), folder=folder, why=why)
    return tr("Recorded {n} films to {folder}.", n=len(films), folder=folder)


def _lost_words(lost: int) -> str:
    if not lost:
        return ""
    return tr_count(lost, "One frame came too fast and is left out.", "{n:,} frames came too fast and are left out.")


def _shown(one: Recording) -> RecordingShown:
    minutes, seconds = divmod(int(one.recorder.seconds), 60)
    clock, size = f"{minutes}:{seconds:02d}", size_words(one.recorder.bytes)
    return RecordingShown(one.path, one.title, clock, size, one.recorder.bytes, one.left_out, one.recorder.seconds)
