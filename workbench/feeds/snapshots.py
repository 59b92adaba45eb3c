"""Saves one picture of a tile to a file, with what must not be seen covered in its pixels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
from PySide6.QtCore import Signal

from engines.core.errors import BadInput, WorkFailed
from engines.core.files import atomic_path
from engines.core.frames import Frame, Image
from engines.core.outputs import free_name
from engines.core.places import pictures_dir
from engines.core.words import tr
from widgets.viewer.overlays import Cover, Overlay
from workbench.threads.engine_thread import EngineThread


class SnapshotWriter(EngineThread):
    """Encodes and writes one picture beside the window: a large one takes longer than a frame."""

    written = Signal(object)

    def __init__(self, name: str, frame: Frame) -> None:
        super().__init__("snapshot")
        self._name, self._frame = name, frame

    def work(self) -> None:
        target = free_name(pictures_dir() / self._name)
        try:
            write_png(target, self._frame.image)
        except OSError as error:
            raise BadInput(error.strerror or str(error), path=target.parent) from error
        self.written.emit(target)


def covered(frame: Frame, overlays: Sequence[Overlay]) -> Frame:
    """The frame with every overlay that covers something painted into its pixels."""
    image = frame.image.copy()
    for overlay in overlays:
        if isinstance(overlay, Cover):
            overlay.cover(image)
    return Frame(image, frame.stamp)


def write_png(target: Path, image: Image) -> None:
    """Write pixels as they are, whole or not at all."""
    done, data = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise WorkFailed(tr("The picture could not be encoded as PNG"), path=target)
    with atomic_path(target) as part:
        part.write_bytes(data.tobytes())
