"""Cameras on this machine. A thread of the feed's own takes every picture as it comes, so none is ever stale."""

from __future__ import annotations

import cv2
import numpy as np

from engines.cameras.readers.reader import Reader, ReaderItem, TimedPicture
from engines.cameras.types import FeedInfo, UsbSource
from engines.core.clock import Clock, monotonic
from engines.core.errors import SourceFailed
from engines.core.frames import End, size_of
from engines.core.words import tr

PATIENCE = 20
"""Empty answers in a row after which a camera counts as unplugged."""


class UsbReader(Reader):
    """`width`, `height` and `fps` of the source are wishes; the info says what the camera gives."""

    paced = False
    reconnects = True
    open_limit = 25.0
    read_limit = 5.0

    def __init__(self, source: UsbSource, clock: Clock = monotonic) -> None:
        self._source = source
        self._clock = clock
        self._capture: cv2.VideoCapture | None = None
        self._started = 0.0
        self._index = 0

    def open(self) -> FeedInfo:
        """Raises `SourceFailed` when there is no such camera, or it is in use."""
        address = self._source.address
        target: int | str = int(address) if address.isdecimal() else address
        capture = self._capture = cv2.VideoCapture(target, self._source.backend or cv2.CAP_ANY)
        if not capture.isOpened():
            raise SourceFailed(
                tr("{name} does not open", name=self._name),
                hint=tr("Check that it is plugged in and that no other program uses it"),
            )
        self._ask(capture)
        ok, image = capture.read()
        if not ok or image is None:
            raise SourceFailed(
                tr("{name} opens but gives no picture", name=self._name), hint=tr("Unplug it and plug it in again")
            )
        self._started = self._clock()
        fps = float(capture.get(cv2.CAP_PROP_FPS)) or 30.0
        size = size_of(image)
        detail = tr("{backend}, {size}, {fps:g} per second", backend=capture.getBackendName(), size=size, fps=fps)
        return FeedInfo(size, fps, seekable=False, live=True, detail=detail)

    def read(self) -> ReaderItem:
        assert self._capture is not None
        for _ in range(PATIENCE):
            ok, image = self._capture.read()
            if ok and image is not None:
                index, self._index = self._index, self._index + 1
                picture = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image
                return TimedPicture(np.asarray(picture, dtype=np.uint8), index, self._clock() - self._started)
            if not self._capture.isOpened():
                break
        return End("", tr("{name} gives no more pictures; it may have been unplugged", name=self._name))

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _ask(self, capture: cv2.VideoCapture) -> None:
        wishes = (
            (cv2.CAP_PROP_FRAME_WIDTH, self._source.width),
            (cv2.CAP_PROP_FRAME_HEIGHT, self._source.height),
            (cv2.CAP_PROP_FPS, self._source.fps),
        )
        if self._source.width * self._source.height > 640 * 480:
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        for name, value in wishes:
            if value:
                capture.set(name, value)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)

    @property
    def _name(self) -> str:
        return self._source.name or tr("Camera {address}", address=self._source.address)
