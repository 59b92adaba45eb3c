"""Records what a tile shows as a film: the pictures alone, at their own times, covered where faces are to be hidden.

Frames come from the window's thread and are encoded beside it. When the disk or the processor cannot keep up, frames
are left out and counted; the film is never in the window's way. The film can be played at any moment of its making:
where the disk fills up or the program is killed, what was written until then is whole.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, Signal

from engines.core.errors import KinoscopeError, OutOfResources, WorkFailed
from engines.core.frames import Frame, Size, size_of
from engines.core.outputs import media, new_file
from engines.core.words import tr
from workbench.threads.engine_thread import EngineThread

ROOM = 24
"""Frames that may wait to be encoded."""
BASE = Fraction(1, 1000)
RESERVE = 16 << 20
"""Bytes that are left on the disk: a recording ends before there are fewer."""
LOOK = 15
"""Frames after which it looks how large the film is, and how much room there is."""
FRAGMENTS = {"movflags": "+hybrid_fragmented", "flush_packets": "1"}


class ViewRecorder(EngineThread):
    """`put` frames, then `request_stop`. `written(path, frames, why)` when the film is there; `why` it ended by itself.

    Without a frame there is no film, and `frames` is 0.
    """

    written = Signal(object, int, str)

    def __init__(self, target: Path, parent: QObject | None = None) -> None:
        super().__init__("recorder", parent)
        self.target = target
        self.bytes = 0
        self.size: Size | None = None
        self.first = self.last = 0.0
        self.full = False
        self._waiting: SimpleQueue[Frame | None] = SimpleQueue()
        self._index = -1

    @property
    def seconds(self) -> float:
        """From the first frame to the last."""
        return self.last - self.first

    def put(self, frame: Frame) -> bool:
        """One more frame; False where it is left out: put already, of another size than the first, or too fast."""
        size = size_of(frame.image)
        if self.size is None:
            self.size, self.first = size, frame.stamp.captured_at
        if frame.stamp.index == self._index or size != self.size or self.full or self._waiting.qsize() >= ROOM:
            return False
        self._index, self.last = frame.stamp.index, frame.stamp.captured_at
        self._waiting.put(frame)
        return True

    def request_stop(self) -> None:
        super().request_stop()
        self._waiting.put(None)

    def work(self) -> None:
        """Writes until it is asked to stop or the disk is full; what waits when it is asked is written too."""
        first = self._waiting.get()
        if first is None:
            self.written.emit(self.target, 0, "")
            return
        with new_file(self.target, media(self.target)) as part:
            count, why = self._write(part, first)
        self.written.emit(self.target, count, why)

    def _write(self, part: Path, first: Frame) -> tuple[int, str]:
        film = _Film(part, first)
        try:
            frame: Frame | None = first
            while frame is not None:
                film.add(frame)
                if film.count % LOOK == 1:
                    self.bytes = part.stat().st_size
                    self.full = shutil.disk_usage(part.parent).free < RESERVE
                frame = None if self.full else self._waiting.get()
            film.close()
        except OSError as error:
            self.full = True
            return _saved(part, film, error), tr("the disk is full")
        self.bytes = part.stat().st_size
        return film.count, tr("the disk is nearly full") if self.full else ""


class _Film:
    """A film in the making, as large as its first frame. Whole fragments of it can be played at any time."""

    def __init__(self, path: Path, first: Frame) -> None:
        import av

        self.count, self._before, self._began = 0, -1, first.stamp.captured_at
        self._film = av.open(str(path), "w", format="mp4", options=FRAGMENTS)
        stream: Any = self._film.add_stream(
            "libx264", rate=30, options={"crf": "20", "preset": "veryfast", "g": "30", "bf": "0"}
        )
        size = size_of(first.image)
        stream.width, stream.height = size.width - size.width % 2, size.height - size.height % 2
        stream.pix_fmt, stream.codec_context.time_base = "yuv420p", BASE
        self._stream, self._make = stream, av.VideoFrame.from_ndarray

    def add(self, frame: Frame) -> None:
        """One more frame, at its own time."""
        image = self._make(frame.image[: self._stream.height, : self._stream.width], format="bgr24")
        elapsed = round((frame.stamp.captured_at - self._began) / BASE)
        self._before = image.pts = max(elapsed, self._before + 1)
        image.time_base = BASE
        self._film.mux(self._stream.encode(image))
        self.count += 1

    def close(self) -> None:
        self._film.mux(self._stream.encode(None))
        self._film.close()

    def give_up(self) -> None:
        """Let go of a file that cannot be written any more."""
        with suppress(Exception):
            self._film.close()


def _saved(part: Path, film: _Film, error: OSError) -> int:
    """How many frames can be played of a film that broke off. Raises `OutOfResources` where that is none."""
    film.give_up()
    try:
        cut_to_whole(part)
        return _playable(part)
    except (OSError, KinoscopeError):
        raise OutOfResources(error.strerror or str(error), path=part) from error


def cut_to_whole(path: Path) -> None:
    """Take off what is half written at the end of an MP4 file. Raises `WorkFailed` where nothing whole is in it."""
    with path.open("r+b") as file:
        length, at, whole, pictures = path.stat().st_size, 0, 0, False
        while at + 8 <= length:
            file.seek(at)
            size, name = int.from_bytes(file.read(4), "big"), file.read(4)
            size = int.from_bytes(file.read(8), "big") if size == 1 else size
            if size < 8 or at + size > length:
                break
            at += size
            pictures = pictures or name == b"mdat"
            whole = at if pictures and name in (b"mdat", b"moov") else whole
        if not whole:
            raise WorkFailed(tr("Nothing of the film was saved"), path=path)
        file.truncate(whole)


def _playable(path: Path) -> int:
    import av

    with av.open(str(path)) as film:
        return sum(1 for packet in film.demux(video=0) if packet.size)
