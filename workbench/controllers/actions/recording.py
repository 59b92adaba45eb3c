"""A live feed cannot be labelled: it is recorded first, and what was recorded is opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from engines.core.clock import monotonic
from workbench.controllers.shell.viewer import ViewerController
from workbench.services import Services

TICK_MS = 500


class ClipRecorder(QObject):
    """`changed` while it records; `opened(path)` when the film is there."""

    changed = Signal()
    opened = Signal(str)

    def __init__(
        self, viewer: ViewerController, services: Services, source: Callable[[], str], parent: QObject
    ) -> None:
        """source: the feed that would be recorded."""
        super().__init__(parent)
        self._viewer, self._services, self._source = viewer, services, source
        self._path, self._since, self._wanted = "", 0.0, False
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._look)
        viewer.recorded.connect(self._recorded)

    @property
    def on(self) -> bool:
        return bool(self._path)

    @property
    def seconds(self) -> float:
        """How long it has been recording."""
        return monotonic() - self._since if self._path else 0.0

    def toggle(self) -> None:
        """Record the feed, or end that."""
        self._look()
        path = self._path or self._source()
        if path not in self._viewer.shown().values():
            self._services.notify("Show the camera in a tile to record it", "info")
            return
        self._path = "" if self._path else path
        self._since, self._wanted = monotonic(), True
        self._viewer.record(path)
        self._tick.start() if self._path else self._tick.stop()
        self.changed.emit()

    def close(self) -> None:
        self._tick.stop()

    def _look(self) -> None:
        """The recording may have been ended elsewhere: by the toolbar, or with its source."""
        if self._path and not self._viewer.records(self._path):
            self._path = ""
            self._tick.stop()
        self.changed.emit()

    def _recorded(self, path: Path) -> None:
        self._look()
        if self._wanted and not self._path:
            self._wanted = False
            self.opened.emit(str(path))
