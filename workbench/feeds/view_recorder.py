"""Records what a tile shows as a film: the pictures alone, at their own times, covered where faces are to be hidden.

Frames come from the window's thread and are encoded beside it. When the disk or the processor cannot keep up, frames
are left out and counted; the film is never in the window's way.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, Signal

from engines.core.frames import Frame, Size, size_of
from engines.core.outputs import media, new_file
from workbench.threads.engine_thread import EngineThread

ROOM = 24
"""Frames that may wait to be encoded."""
BASE = Fraction(1, 1000)


class ViewRecorder(EngineThread):
    """`put` frames, then `request_stop`. `written(path, frames, left_out)` when the film is there."""

    written = Signal(object, int, int)

    def __init__(self, target: Path, parent: QObject | None = None) -> None:
        super().__init__("recorder", parent)
        self.target = target
        self.left_out = 0
        self._waiting: SimpleQueue[Frame | None] = SimpleQueue()
        self._last = -1
        self._size: Size | None = None

    def put(self, frame: Frame) -> None:
        """One more frame; one that was put already or has another size than the first is not taken."""
        size = size_of(frame.image)
        self._size = self._size or size
        if frame.stamp.index == self._last or size != self._size:
            return
        self._last = frame.stamp.index
        if self._waiting.qsize() >= ROOM:
            self.left_out += 1
        else:
            self._waiting.put(frame)

    def request_stop(self) -> None:
        super().request_stop()
        self._waiting.put(None)

    def work(self) -> None:
        """Writes until it is asked to stop; what waits then is written too. Without a frame there is no film."""
        first = self._waiting.get()
        if first is None:
            return
        with new_file(self.target, media(self.target)) as part:
            count = self._write(part, first)
        self.written.emit(self.target, count, self.left_out)

    def _write(self, part: Path, first: Frame) -> int:
        import av

        count, before = 0, -1
        with av.open(str(part), "w", format="mp4") as film:
            stream: Any = film.add_stream("libx264", rate=30, options={"crf": "20", "preset": "veryfast"})
            size = size_of(first.image)
            stream.width, stream.height = size.width - size.width % 2, size.height - size.height % 2
            stream.pix_fmt, stream.codec_context.time_base = "yuv420p", BASE
            frame: Frame | None = first
            while frame is not None:
                image = av.VideoFrame.from_ndarray(frame.image[: stream.height, : stream.width], format="bgr24")
                elapsed = round((frame.stamp.captured_at - first.stamp.captured_at) / BASE)
                before = image.pts = max(elapsed, before + 1)
                image.time_base = BASE
                film.mux(stream.encode(image))
                count += 1
                frame = self._waiting.get()
            film.mux(stream.encode(None))
        return count
