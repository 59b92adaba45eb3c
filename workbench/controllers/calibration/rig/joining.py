"""Points of another feature, seen by the cameras of a rig, joined in space: a thread beside the window's own."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from threading import Condition
from typing import Any

from PySide6.QtCore import QObject, Signal

from engines.calibration.rig.points.joining import Joiner, Moment
from engines.calibration.rig.points.recording import PlaceRecorder
from engines.calibration.rig.types import RigResult
from engines.core.sightings import Seen
from engines.core.spec import resolve
from engines.core.words import tr
from workbench.threads.engine_thread import EngineThread, Wake

MOST = 64
"""Results that wait at most: then the oldest are passed over."""
_RATE = 30
"""Moments that the rate is taken over."""


class Joining(EngineThread):
    """`joined()`: there is a newer moment. `recorded(path, moments)`: a table is there. `failed(Failure)`: it ended.

    points: dotted path of what turns a result into `Seen`.
    """

    joined = Signal()
    recorded = Signal(object, int)

    def __init__(self, rig: RigResult, points: str, parent: QObject | None = None) -> None:
        super().__init__(tr("points in space"), parent)
        self.rig = rig
        self._points = points
        self._waiting: deque[tuple[int, Any]] = deque(maxlen=MOST)
        self._changed = Condition()
        self._wake = Wake(self.joined, self)
        self._latest: Moment | None = None
        self._times: deque[float] = deque(maxlen=_RATE)
        self._target: Path | None = None
        self._recorder: PlaceRecorder | None = None

    # --- any thread

    def put(self, camera: int, result: object) -> None:
        """A result of a camera."""
        with self._changed:
            self._waiting.append((camera, result))
            self._changed.notify()

    def latest(self) -> Moment | None:
        return self._latest

    @property
    def rate(self) -> float:
        """Moments a second, of late."""
        times = list(self._times)
        return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else 0.0

    def record(self, path: Path | None) -> None:
        """Write what comes from now on into a table, or end that."""
        with self._changed:
            self._target = path
            self._changed.notify()

    def request_stop(self) -> None:
        super().request_stop()
        with self._changed:
            self._changed.notify()

    # --- the thread

    def work(self) -> None:
        joiner, seen_in = Joiner(self.rig), resolve(self._points)
        try:
            while not self.stopping:
                for camera, result in self._take():
                    seen = seen_in(result)
                    if isinstance(seen, Seen):
                        joiner.put(camera, seen)
                self._follow_target()
                if (moment := joiner.join()) is not None:
                    self._have(moment)
        finally:
            self._wake.close()
            self._end_recording()

    def _take(self) -> list[tuple[int, Any]]:
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting) or self.stopping or self._is_asked, 0.5)
            taken = list(self._waiting)
            self._waiting.clear()
            return taken

    @property
    def _is_asked(self) -> bool:
        """To record, or to end that."""
        there = self._recorder.path if self._recorder is not None else None
        return self._target != there

    def _have(self, moment: Moment) -> None:
        self._latest = moment
        self._times.append(time.monotonic())
        if self._recorder is not None:
            self._recorder.add(moment)
        self._wake.ring()

    def _follow_target(self) -> None:
        if self._is_asked:
            self._end_recording()
            self._recorder = PlaceRecorder(self._target, self.rig) if self._target is not None else None

    def _end_recording(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            path = recorder.close()
            self.recorded.emit(path, recorder.moments)
