"""The live board finders, and the frames that their results belong to.

A finder takes the newest frame only, and what is captured is exactly the picture in which the board was seen.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from engines.calibration.live import BoardFinder
from engines.calibration.types import FinderSettings, Sighting
from engines.core.context import Context
from engines.core.frames import Frame, FrameSet
from workbench.controllers.common.live_threads import Lookers
from workbench.services import Services

ENGINE = "workbench.controllers.calibration.finders:CapturingFinder"
SEEN, CAPTURE = "seen", "capture"


@dataclass(frozen=True, slots=True)
class Seen:
    """A result and the very frame it belongs to."""

    sighting: Sighting
    frame: Frame


class CapturingFinder(BoardFinder):
    """The board finder, which also hands over the frames that views are captured from: `SEEN` the newest one,
    `CAPTURE` the newest that the automatic capture asks for, which later frames do not replace."""

    def open(self, settings: FinderSettings, ctx: Context) -> None:
        super().open(settings, ctx)
        self._ctx = ctx

    def process(self, frames: FrameSet) -> Sighting:
        sighting = super().process(frames)
        seen = Seen(sighting, frames[0])
        if sighting.wants_capture:
            self._ctx.emit(CAPTURE, seen)
        self._ctx.emit(SEEN, seen)
        return sighting


class Finders(Lookers):
    """`looked(path)` when there is a newer result; `asked(path, Seen)` when the automatic capture wants a view."""

    asked = Signal(str, object)

    def __init__(self, services: Services, parent: QObject) -> None:
        super().__init__(services, ENGINE, "Board detection", parent)
        self._seen: dict[str, Seen] = {}
        self._captured: dict[str, Seen] = {}

    def stop(self, path: str) -> None:
        super().stop(path)
        self._seen.pop(path, None)
        self._captured.pop(path, None)

    def sighting(self, path: str) -> Sighting | None:
        """The newest result at `path`."""
        seen = self._seen.get(path)
        return seen.sighting if seen else None

    def seen(self, path: str) -> Seen | None:
        """The newest result with its frame."""
        return self._seen.get(path)

    def _hear(self, path: str) -> None:
        events = self.events(path)
        wanted = events.get(CAPTURE)
        if isinstance(wanted, Seen) and wanted is not self._captured.get(path):
            self._captured[path] = wanted
            self.asked.emit(path, wanted)
        seen = events.get(SEEN)
        if isinstance(seen, Seen) and seen is not self._seen.get(path):
            self._seen[path] = seen
            self.looked.emit(path)
