"""Small pictures read from files a few at a time between two turns of the event loop, so that the window never waits.

`want` asks for a file, `picture` gives what has been read, `arrived` says that there are more. A file that is
written again is read again. Points (`.npy`, n x 2) come as a small scatter.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable

from PySide6.QtCore import QElapsedTimer, QObject, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QImageReader, QPainter

from engines.core.errors import KinoscopeError
from engines.core.reading import read_array
from widgets.generative.studio.images import draw_points, extent_of
from widgets.kit.theme import LOOK

KEPT = 300
TURN_MS = 8
LARGEST = 512
MOST_BYTES = 16 * 2**20
POINTS_SIDE = 192


class PictureFiles(QObject):
    """The pictures of the files that were asked for, at most 512 pixels a side, the latest 300 of them."""

    arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read: OrderedDict[str, tuple[int, QImage]] = OrderedDict()
        self._queue: OrderedDict[str, int] = OrderedDict()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._next)
        LOOK.changed.connect(self._forget_points)

    def want(self, paths: Iterable[str]) -> None:
        """Have these ready; what is there and has not changed is kept."""
        for path in paths:
            written = _written(path)
            known = self._read.get(path)
            if written and (known is None or known[0] != written):
                self._queue[path] = written
        if self._queue and not self._timer.isActive():
            self._timer.start(0)

    def picture(self, path: str) -> QImage | None:
        """The picture of this file, None while it has not been read."""
        known = self._read.get(path)
        return known[1] if known is not None and not known[1].isNull() else None

    def _next(self) -> None:
        """Read for a few milliseconds, at least one file, and go on at the next turn."""
        spent, path = QElapsedTimer(), ""
        spent.start()
        while self._queue and (not path or spent.elapsed() < TURN_MS):
            path, written = self._queue.popitem(last=False)
            self._read[path] = (written, _points(path) if path.endswith(".npy") else _picture(path))
            self._read.move_to_end(path)
        while len(self._read) > KEPT:
            self._read.popitem(last=False)
        if self._queue:
            self._timer.start(0)
        self.arrived.emit()

    def _forget_points(self) -> None:
        """A scatter has the colours of its theme."""
        stale = [path for path in self._read if path.endswith(".npy")]
        for path in stale:
            del self._read[path]
        self.want(stale)


def _written(path: str) -> int:
    """When a file was written, in nanoseconds; 0 for one that is not there or too large to be a picture of ours."""
    try:
        stat = os.stat(path)
    except OSError:
        return 0
    return stat.st_mtime_ns if stat.st_size <= MOST_BYTES else 0


def _picture(path: str) -> QImage:
    reader = QImageReader(path)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > LARGEST:
        reader.setScaledSize(size.scaled(QSize(LARGEST, LARGEST), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


def _points(path: str) -> QImage:
    try:
        points = read_array(path, most=MOST_BYTES)
    except KinoscopeError:
        return QImage()
    if points.ndim != 2 or points.shape[1] != 2 or points.dtype.kind != "f":
        return QImage()
    made = QImage(POINTS_SIDE, POINTS_SIDE, QImage.Format.Format_ARGB32_Premultiplied)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    room = QRectF(made.rect()).adjusted(8, 8, -8, -8)
    draw_points(painter, room, points, QPointF(), extent_of(points), LOOK.now.color("accent"), 3.0)
    painter.end()
    return made
